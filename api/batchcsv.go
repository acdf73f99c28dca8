package api

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gridmap/geo/exchange"
)

// pointColumns are the headers a CSV of points may use.
var pointColumns = map[string]string{"lon": "lon", "lng": "lon", "longitude": "lon", "x": "lon", "经度": "lon",
	"lat": "lat", "latitude": "lat", "y": "lat", "纬度": "lat", "id": "id", "编号": "id"}

// pointCells says in which cells of a row a point stands; id is -1 for none.
type pointCells struct{ lon, lat, id int }

// readHeader finds the columns of points in a header.
func readHeader(header []string) (pointCells, error) {
	at := map[string]int{}
	for i, name := range header {
		if column, known := pointColumns[strings.ToLower(strings.TrimSpace(name))]; known {
			if _, twice := at[column]; twice {
				return pointCells{}, &inputError{Field: column, Reason: "stands in two columns", Line: 1}
			}
			at[column] = i
		}
	}
	for _, name := range []string{"lon", "lat"} {
		if _, has := at[name]; !has {
			return pointCells{}, &inputError{Field: name, Reason: "is no column of the header", Line: 1}
		}
	}
	cells := pointCells{at["lon"], at["lat"], -1}
	if id, has := at["id"]; has {
		cells.id = id
	}
	return cells, nil
}

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
	at, err := readHeader(header)
	if err != nil {
		return err
	}
	var text []byte
	for {
		cells, line, err := rows.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		lon, err := degree("lon", cells[at.lon], line)
		if err != nil {
			return err
		}
		lat, err := degree("lat", cells[at.lat], line)
		if err != nil {
			return err
		}
		id := ""
		if at.id >= 0 && cells[at.id] != "" {
			text = appendText(text[:0], cells[at.id])
			id = string(text)
		}
		if err := take(line, lon, lat, id); err != nil {
			return err
		}
	}
}

// degree reads one number of a position.
func degree(name, cell string, line int) (float64, error) {
	value, err := parseFloat(strings.TrimSpace(cell))
	if err != nil {
		return 0, &inputError{Field: name, Reason: err.Error(), Line: line}
	}
	return value, nil
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
func (b *batch) csv(w http.ResponseWriter) error {
	if err := writeCSV(w, b.columns(), func(*exchange.CSVWriter) error { return nil }); err != nil {
		return err
	}
	cells := exchange.NewCSVCells()
	return b.send(w, func(out []byte, _ int, p batchPoint) ([]byte, error) { return b.appendRow(out, cells, p) })
}

// appendRow writes the row of a point.
func (b *batch) appendRow(out []byte, cells *exchange.CSVCells, p batchPoint) ([]byte, error) {
	id, err := p.name()
	if err != nil {
		return nil, err
	}
	out = exchange.AppendDegrees(append(cells.Append(out, id), ','), p.at)
	if where, found := b.find(p.at); found {
		return b.appendCells(append(out, ",true,"...), cells, where, p), nil
	}
	return append(append(out, ",false"...), strings.Repeat(",", len(b.columns())-4)...), nil
}

// appendCells writes what a row tells behind the place of a point that was
// found.
func (b *batch) appendCells(out []byte, cells *exchange.CSVCells, where told, p batchPoint) []byte {
	row, known := b.rows[where]
	if !known {
		row = append(cells.Append(nil, b.place(where).cells()...), ',')
		b.rows[where] = row
	}
	out = append(out, row...)
	v := b.views[where.plan]
	var overlays []string
	for _, k := range v.a.Overlays(p.at) {
		overlays = append(overlays, v.s.Grids[k].Code)
	}
	if len(overlays) > 0 {
		out = cells.Append(out, strings.Join(overlays, " "))
	}
	if b.matter != "" {
		out = cells.Append(append(out, ','), v.matterTold(b.matter, p.at, where.leaf).cells()...)
	}
	return out
}

// name returns the caller's own name of a point, as text.
func (p batchPoint) name() (string, error) {
	switch {
	case !strings.HasPrefix(p.id, `"`):
		return p.id, nil
	case !strings.Contains(p.id, `\`):
		return p.id[1 : len(p.id)-1], nil // as it stands: JSON without escapes
	}
	var name string
	err := json.Unmarshal([]byte(p.id), &name)
	return name, err
}

// cells fills the first three cells of a row: the point's name and place.
func (p batchPoint) cells(row []string) (err error) {
	row[0], err = p.name()
	row[1], row[2] = exchange.Degrees(p.at)
	return err
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
