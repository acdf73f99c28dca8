package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"

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
	b := batch{points: points, matter: matter, told: map[told][]byte{}, rows: map[told][]byte{}}
	for _, a := range plans {
		b.views = append(b.views, viewOf(a, asOf))
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	if len(plans) == 1 {
		w.Header().Set("Gridmap-Revision", revisionText(plans[0].Revision()))
	}
	if how == formatCSV {
		return b.csv(w)
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

// A batch answers points. What it tells of a grid is made once per grid.
type batch struct {
	points []batchPoint
	views  []view
	told   map[told][]byte
	rows   map[told][]byte // as cells of CSV
	matter string          // code of the one asked about, empty for none
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
	if how != formatJSON {
		return b.send(w, b.appendAnswer)
	}
	if _, err := io.WriteString(w, "["); err != nil {
		return err
	}
	err := b.send(w, func(out []byte, n int, p batchPoint) ([]byte, error) {
		if n > 1 {
			out = append(out, ',')
		}
		return b.appendAnswer(out, n, p)
	})
	if err == nil {
		_, err = io.WriteString(w, "]\n")
	}
	return err
}

// send writes the lines that line appends for the points, the first of which
// is number 1.
func (b *batch) send(w io.Writer, line func(out []byte, n int, p batchPoint) ([]byte, error)) error {
	out := make([]byte, 0, 64<<10)
	for i, p := range b.points {
		var err error
		if out, err = line(out, i+1, p); err != nil {
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
