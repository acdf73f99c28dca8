package exchange

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"gridmap/geo/check"
	"gridmap/geo/topo"
)

// geometryJSON is ground or a place as a GeoJSON geometry.
type geometryJSON struct {
	shape topo.Shape
	at    *topo.Point
}

// MarshalJSON writes a Polygon, a MultiPolygon, a Point or null.
func (g geometryJSON) MarshalJSON() ([]byte, error) {
	if len(g.shape) == 0 && g.at != nil {
		return AppendPoint(nil, *g.at), nil
	}
	return AppendShape(nil, g.shape), nil
}

type findingJSON struct {
	check.Finding
	Geometry geometryJSON `json:"geometry"`
}

func findings(r *check.Report) []findingJSON {
	list := make([]findingJSON, len(r.Findings))
	for i, f := range r.Findings {
		list[i] = findingJSON{f, geometryJSON{f.Region, f.At}}
	}
	return list
}

// WriteReport writes a report as the service answers it, each finding with its
// geometry.
func WriteReport(w io.Writer, r *check.Report) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		*check.Report
		Findings []findingJSON `json:"findings"`
	}{r, findings(r)})
}

// WriteFindingsGeoJSON writes the findings of a report as features, one a
// line; what a finding says is its properties.
func WriteFindingsGeoJSON(w io.Writer, r *check.Report) error {
	type feature struct {
		Type       string        `json:"type"`
		ID         string        `json:"id"`
		Properties check.Finding `json:"properties"`
		Geometry   geometryJSON  `json:"geometry"`
	}
	text := []byte("{\"type\":\"FeatureCollection\",\"features\":[\n")
	for i, f := range r.Findings {
		one, err := json.Marshal(feature{"Feature", f.ID, f, geometryJSON{f.Region, f.At}})
		if err != nil {
			return err
		}
		if i > 0 {
			text = append(text, ",\n"...)
		}
		text = append(text, one...)
	}
	_, err := w.Write(append(text, "\n]}\n"...))
	return err
}

// FindingColumns are the headings of a table of findings.
var FindingColumns = []string{"territory", "id", "rule", "severity", "tier", "subject_type", "subject_code", "subject_name",
	"value", "unit", "op", "limit", "lon", "lat", "touches", "households_inside", "message_zh", "message_en",
	"waived_by", "waived_why", "waived_until"}

// FindingRow returns a finding as a row of [FindingColumns]; lon and lat are
// the place of the finding or a point in its ground.
func FindingRow(territory string, f *check.Finding) []string {
	var value, unit, op, limit, lon, lat, touches, inside string
	if m := f.Measure; m != nil {
		value, unit, op, limit = measure(m.Value), m.Unit, m.Op, measure(m.Limit)
	}
	if at, ok := PlaceOf(f); ok {
		lon, lat = degrees(at)
	}
	if e := f.Evidence; e != nil {
		touches, inside = strings.Join(e.Touches, " "), strconv.Itoa(e.Households)
	}
	var by, why, until string
	if v := f.Waived; v != nil {
		by, why, until = v.By, v.Why, v.Until.String()
	}
	return []string{territory, f.ID, string(f.Rule), string(f.Severity), f.Tier, f.Subject.Type, f.Subject.Code, f.Subject.Name,
		value, unit, op, limit, lon, lat, touches, inside, f.Message.ZH, f.Message.EN,
		by, why, until}
}

// WriteFindingsCSV writes the findings of a report as a table.
func WriteFindingsCSV(w io.Writer, r *check.Report) error {
	c := NewCSVWriter(w, FindingColumns...)
	for i := range r.Findings {
		c.Row(FindingRow(r.Territory, &r.Findings[i])...)
	}
	return c.Close()
}

// PlaceOf returns where a finding is: its point, or one in its ground.
func PlaceOf(f *check.Finding) (topo.Point, bool) {
	switch {
	case f.At != nil:
		return *f.At, true
	case len(f.Region) > 0:
		return f.Region.InteriorPoint(), true
	}
	return topo.Point{}, false
}

func measure(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// Degrees writes a place as decimal degrees, exactly.
func Degrees(at topo.Point) (lon, lat string) { return degrees(at) }

// AppendDegrees appends what [Degrees] writes, a comma between.
func AppendDegrees(b []byte, at topo.Point) []byte {
	return appendDegrees(append(appendDegrees(b, at.X), ','), at.Y)
}
