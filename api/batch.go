package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gridmap/geo/datum"
	"gridmap/geo/exchange"
	"gridmap/geo/topo"
)

var batchQuery = []string{"crs", "territory", "plan", "as_of", "min_revision", "matter", "f", "format"}

// maxID bounds the caller's own name of a point, in bytes.
const maxID = 200

// A batchPoint is one point of a batch: its place and the caller's own name
// of it, as JSON, empty when it has none.
type batchPoint struct {
	at topo.Point
	id string
}

// postLocate handles POST /v1/locate: any number of points up to the limit,
// as a JSON array, one object a line, or CSV. All are read before the first
// is answered, so that a bad line refuses the batch instead of cutting its
// answer; the answers then leave as they are made.
func (s *Server) postLocate(w http.ResponseWriter, r *http.Request) error {
	body, media, err := openBody(w, r, s.limits.BulkBody, typeJSON, typeNDJSON, typeCSV)
	if err != nil {
		return err
	}
	how, err := negotiate(w, r, batchFormats(media)...)
	if err != nil {
		return err
	}
	asOf, err := s.asOf(r)
	if err != nil {
		return err
	}
	plans, err := s.locators(r)
	if err != nil {
		return err
	}
	crs, err := readCRS(r.URL.Query().Get("crs"))
	if err != nil {
		return err
	}
	points, err := readBatch(body, media, crs, s.limits.BatchPoints)
	if err != nil {
		return err
	}
	matter, err := askedMatter(r, plans)
	if err != nil {
		return err
	}
	b := batch{points: points, matter: matter, told: map[told][]byte{}, rows: map[told][]string{}}
	for _, a := range plans {
		b.views = append(b.views, viewOf(a, asOf))
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	if len(plans) == 1 {
		w.Header().Set("Gridmap-Revision", revisionText(plans[0].Revision()))
	}
	if how == formatCSV {
		return writeCSV(w, b.columns(), b.csv)
	}
	return b.json(w, how)
}

// batchFormats puts the format of the question first: without a wish the
// answer takes it.
func batchFormats(media string) []format {
	switch media {
	case typeNDJSON:
		return []format{formatNDJSON, formatJSON, formatCSV}
	case typeCSV:
		return []format{formatCSV, formatJSON, formatNDJSON}
	}
	return []format{formatJSON, formatNDJSON, formatCSV}
}

// readCRS reads the declared system of positions; "" is EPSG:4326.
func readCRS(name string) (datum.CRS, error) {
	if name == "" {
		name = "EPSG:4326"
	}
	crs, err := datum.Parse(name)
	if err != nil {
		return 0, bad("crs", "%v", err)
	}
	return crs, nil
}

// readBatch reads the points of a batch.
func readBatch(body io.Reader, media string, crs datum.CRS, most int) ([]batchPoint, error) {
	var points []batchPoint
	take := func(line int, lon, lat float64, id string) error {
		if len(points) == most {
			return bad("body", "holds more than %d points; send several requests", most)
		}
		if len(id) > maxID {
			return &inputError{Field: "id", Reason: "is longer than " + strconv.Itoa(maxID) + " bytes", Line: line}
		}
		at, err := snapIn(crs, lon, lat)
		if err != nil {
			return atLine(err, line)
		}
		points = append(points, batchPoint{at, id})
		return nil
	}
	object := func(line int, raw []byte) error {
		lon, lat, id, err := decodePoint(raw)
		if err != nil {
			return atLine(err, line)
		}
		return take(line, lon, lat, id)
	}
	var err error
	switch media {
	case typeCSV:
		err = eachCSVPoint(body, take)
	case typeNDJSON:
		err = eachLine(body, object)
	default:
		var raw []byte
		if raw, err = io.ReadAll(body); err != nil {
			return nil, bodyError(err)
		}
		var plain bool
		if plain, err = plainPoints(raw, take); !plain {
			points = nil
			err = eachElement(bytes.NewReader(raw), object)
		}
	}
	return points, err
}

// pointColumns are the headers a CSV of points may use.
var pointColumns = map[string]string{"lon": "lon", "lng": "lon", "longitude": "lon", "x": "lon", "经度": "lon",
	"lat": "lat", "latitude": "lat", "y": "lat", "纬度": "lat", "id": "id", "编号": "id"}

// eachCSVPoint calls take with every row of a CSV that has the columns lon
// and lat, and perhaps id; other columns are passed over.
func eachCSVPoint(body io.Reader, take func(line int, lon, lat float64, id string) error) error {
	rows := newCSV(body)
	header, _, err := rows.next()
	if err != nil {
		if err == io.EOF {
			return bad("body", "is empty")
		}
		return err
	}
	at := map[string]int{}
	for i, name := range header {
		if column, known := pointColumns[strings.ToLower(strings.TrimSpace(name))]; known {
			if _, twice := at[column]; twice {
				return &inputError{Field: column, Reason: "stands in two columns", Line: 1}
			}
			at[column] = i
		}
	}
	for _, name := range []string{"lon", "lat"} {
		if _, has := at[name]; !has {
			return &inputError{Field: name, Reason: "is no column of the header", Line: 1}
		}
	}
	for {
		cells, line, err := rows.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := csvPoint(cells, at, line, take); err != nil {
			return err
		}
	}
}

func csvPoint(cells []string, at map[string]int, line int, take func(line int, lon, lat float64, id string) error) error {
	var position [2]float64
	for k, name := range []string{"lon", "lat"} {
		value, err := parseFloat(strings.TrimSpace(cells[at[name]]))
		if err != nil {
			return &inputError{Field: name, Reason: err.Error(), Line: line}
		}
		position[k] = value
	}
	id := ""
	if i, has := at["id"]; has && cells[i] != "" {
		text, err := json.Marshal(cells[i])
		if err != nil {
			return err
		}
		id = string(text)
	}
	return take(line, position[0], position[1], id)
}

// A batch answers points. What it tells of a grid is made once per grid.
type batch struct {
	points []batchPoint
	views  []view
	told   map[told][]byte
	rows   map[told][]string
	matter string // code of the one asked about, empty for none
}

// told names a leaf of one of the plans.
type told struct{ plan, leaf int }

// find returns where a point lies.
func (b *batch) find(p topo.Point) (told, bool) {
	for k := range b.views {
		if leaf, found := b.views[k].a.Locate(p); found {
			return told{k, leaf}, true
		}
	}
	return told{}, false
}

// A batchPlace is what a batch tells of the grid a point lies in.
type batchPlace struct {
	Territory string    `json:"territory"` // code
	Grid      refJSON   `json:"grid"`
	Chain     []refCode `json:"chain"`
	Leader    *postJSON `json:"leader"`
	Workers   int       `json:"workers"`
}

// A refCode is one grid of a chain.
type refCode struct {
	Tier string `json:"tier"`
	Code string `json:"code"`
}

func (b *batch) place(t told) batchPlace {
	v := b.views[t.plan]
	p := batchPlace{Territory: v.s.Territory.Code, Grid: v.ref(t.leaf), Leader: v.leader(t.leaf), Workers: len(v.posts(t.leaf))}
	for _, ref := range v.chain(t.leaf) {
		p.Chain = append(p.Chain, refCode{ref.Tier, ref.Code})
	}
	return p
}

// json writes one object a point, as an array or one a line.
func (b *batch) json(w http.ResponseWriter, how format) error {
	w.Header().Set("Content-Type", how.media)
	w.WriteHeader(http.StatusOK)
	out := make([]byte, 0, 64<<10)
	if how == formatJSON {
		out = append(out, '[')
	}
	for i, p := range b.points {
		if how == formatJSON && i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = b.appendAnswer(out, i+1, p); err != nil {
			return err
		}
		out = append(out, '\n')
		if len(out) > 48<<10 {
			if _, err := w.Write(out); err != nil {
				return err
			}
			out = out[:0]
		}
	}
	if how == formatJSON {
		out = append(out, "]\n"...)
	}
	_, err := w.Write(out)
	return err
}

// appendAnswer writes the answer to the n-th point.
func (b *batch) appendAnswer(out []byte, n int, p batchPoint) ([]byte, error) {
	out = strconv.AppendInt(append(out, `{"n":`...), int64(n), 10)
	if p.id != "" {
		out = append(append(out, `,"id":`...), p.id...)
	}
	out = exchange.AppendPosition(append(out, `,"at":`...), p.at)
	where, found := b.find(p.at)
	if !found {
		return append(out, `,"found":false}`...), nil
	}
	text, known := b.told[where]
	if !known {
		encoded, err := json.Marshal(b.place(where))
		if err != nil {
			return nil, err
		}
		text = bytes.TrimPrefix(bytes.TrimSuffix(encoded, []byte("}")), []byte("{"))
		b.told[where] = text
	}
	out = append(append(out, `,"found":true,`...), text...)
	out = append(out, `,"overlays":[`...)
	for i, k := range b.views[where.plan].a.Overlays(p.at) {
		if i > 0 {
			out = append(out, ',')
		}
		code, err := json.Marshal(b.views[where.plan].s.Grids[k].Code)
		if err != nil {
			return nil, err
		}
		out = append(out, code...)
	}
	out = append(out, ']')
	if b.matter != "" {
		text, err := json.Marshal(b.views[where.plan].matterTold(b.matter, p.at, where.leaf))
		if err != nil {
			return nil, err
		}
		out = append(append(out, `,"matter":`...), text...)
	}
	return append(out, '}'), nil
}

var batchColumns = []string{"id", "lon", "lat", "found", "territory", "grid", "grid_name", "tier", "chain", "leader", "leader_phone", "workers", "overlays"}

// matterColumns stand behind those of a batch that asks about a matter.
var matterColumns = []string{"admitted", "matter_grid", "department", "role", "answers", "answers_phone"}

func (b *batch) columns() []string {
	if b.matter == "" {
		return batchColumns
	}
	return append(slices.Clone(batchColumns), matterColumns...)
}

// csv writes one row a point.
func (b *batch) csv(out *exchange.CSVWriter) error {
	row := make([]string, len(b.columns()))
	for _, p := range b.points {
		clear(row)
		if err := b.csvRow(row, p); err != nil {
			return err
		}
		out.Row(row...)
	}
	return nil
}

// cells fills the first three cells of a row: the point's name and place.
func (p batchPoint) cells(row []string) error {
	row[0] = p.id
	if strings.HasPrefix(p.id, `"`) && !strings.Contains(p.id, `\`) {
		row[0] = p.id[1 : len(p.id)-1] // as it stands: JSON without escapes
	} else if strings.HasPrefix(p.id, `"`) {
		if err := json.Unmarshal([]byte(p.id), &row[0]); err != nil {
			return err
		}
	}
	row[1], row[2] = exchange.Degrees(p.at)
	return nil
}

func (b *batch) csvRow(row []string, p batchPoint) error {
	if err := p.cells(row); err != nil {
		return err
	}
	where, found := b.find(p.at)
	row[3] = strconv.FormatBool(found)
	if !found {
		return nil
	}
	cells, known := b.rows[where]
	if !known {
		cells = b.place(where).cells()
		b.rows[where] = cells
	}
	copy(row[4:], cells)
	v := b.views[where.plan]
	var overlays []string
	for _, k := range v.a.Overlays(p.at) {
		overlays = append(overlays, v.s.Grids[k].Code)
	}
	row[12] = strings.Join(overlays, " ")
	if b.matter != "" {
		copy(row[len(batchColumns):], v.matterTold(b.matter, p.at, where.leaf).cells())
	}
	return nil
}

// cells are those of [matterColumns].
func (m *matterAnswer) cells() []string {
	if !m.Admitted {
		return []string{"false", "", "", "", "", ""}
	}
	cells := []string{"true", m.Grid.Code, m.Department.ZH, m.Role, "", ""}
	if len(m.Answers) > 0 {
		cells[4], cells[5] = m.Answers[0].Name, m.Answers[0].Phone
	}
	return cells
}

func (p batchPlace) cells() []string {
	chain := make([]string, len(p.Chain))
	for i, c := range p.Chain {
		chain[i] = c.Code
	}
	cells := []string{p.Territory, p.Grid.Code, p.Grid.Name.ZH, p.Grid.Tier, strings.Join(chain, " "), "", "", strconv.Itoa(p.Workers)}
	if p.Leader != nil {
		cells[5], cells[6] = p.Leader.Name, p.Leader.Phone
	}
	return cells
}
