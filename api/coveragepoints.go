package api

import (
	"encoding/json"
	"io"
	"strconv"

	"gridmap/geo/exchange"
	"gridmap/geo/nets"
	"gridmap/geo/topo"
)

// A coveredPoint says where a point lies: the plan, and by tier asked about the
// position of the grid there, -1 for none.
type coveredPoint struct {
	plan  *coveredPlan
	grids []int32
}

// locate finds where points lie. Ground that only an upper grid covers, since
// those under it leave a gap, is covered at the upper tier.
func (c *Coverage) locate(points []batchPoint) []coveredPoint {
	places := make([]topo.Point, len(points))
	for i := range points {
		places[i] = points[i].at
	}
	found := make([]coveredPoint, len(points))
	grids := make([]int32, len(points)*len(c.tiers))
	for i := range grids {
		grids[i] = -1
	}
	leaf := make([]int32, len(points))
	for _, p := range c.plans {
		p.LocateEach(places, leaf)
		box := p.Ground(0).Box
		for i, at := range leaf {
			if found[i].grids == nil {
				found[i].grids = grids[i*len(c.tiers) : (i+1)*len(c.tiers)]
			}
			if at < 0 && found[i].plan == nil && box.Contains(places[i]) {
				at = p.deepest(places[i])
			}
			if at < 0 || found[i].plan != nil {
				continue
			}
			found[i].plan = p
			for up := int(at); up >= 0; up = p.Tree().Parent(up) {
				for k, rank := range p.ranks {
					if p.Grid(up).Tier == rank {
						found[i].grids[k] = int32(up)
					}
				}
			}
		}
	}
	return found
}

// deepest returns the position of the lowest grid that holds a point which no
// leaf holds, -1 outside the territory.
func (p *coveredPlan) deepest(at topo.Point) int32 {
	if !p.Ground(0).Shape.Contains(at) {
		return -1
	}
	i := int32(0)
	for {
		next := int32(-1)
		for _, c := range p.Tree().Children(int(i)) {
			if ground := p.Ground(int(c)); p.Grid(int(c)).Partitions() && ground.Box.Contains(at) && ground.Shape.Contains(at) {
				next = c
				break
			}
		}
		if next < 0 {
			return i
		}
		i = next
	}
}

// A PointsCover counts, at one tier, the points that are covered and those whose
// grid is staffed, and names the others.
type PointsCover struct {
	Tier       string     `json:"tier"`
	Undrawn    int        `json:"undrawn"` // grids of the tier without ground, of which this cannot tell
	Covered    int        `json:"covered"`
	CoveredPct float64    `json:"covered_pct"` // cut: 100 means all
	Staffed    int        `json:"staffed"`
	StaffedPct float64    `json:"staffed_pct"`
	Uncovered  []PointRef `json:"uncovered"`
	Unstaffed  []PointRef `json:"unstaffed"` // covered, but by a grid without a worker
}

// A PointRef names a point by its place in the question, the first being 1, and
// by its own name, if it has one.
type PointRef struct {
	N  int             `json:"n"`
	ID json.RawMessage `json:"id,omitempty"`
}

// cutPct is the share of part in whole in percent, cut to four decimals; nothing
// is wholly covered.
func cutPct(part, whole int64) float64 {
	if whole == 0 {
		return 100
	}
	return float64(nets.PPM(nets.Area(part), nets.Area(whole))) / 1e4
}

// summary counts the points tier by tier.
func (c *Coverage) summary(points []batchPoint, found []coveredPoint) []PointsCover {
	tiers := make([]PointsCover, len(c.tiers))
	for k, code := range c.tiers {
		t := &tiers[k]
		*t = PointsCover{Tier: code, Undrawn: c.undrawn(k), Uncovered: []PointRef{}, Unstaffed: []PointRef{}}
		for i := range found {
			ref := PointRef{i + 1, json.RawMessage(points[i].id)}
			switch at := found[i].grids; {
			case at == nil || at[k] < 0:
				t.Uncovered = append(t.Uncovered, ref)
			case c.isStaffed(found[i].plan, int(at[k])):
				t.Staffed++
			default:
				t.Unstaffed = append(t.Unstaffed, ref)
			}
		}
		t.Covered = len(found) - len(t.Uncovered)
		t.CoveredPct, t.StaffedPct = cutPct(int64(t.Covered), int64(len(found))), cutPct(int64(t.Staffed), int64(len(found)))
	}
	return tiers
}

// A PointsCoverage answers of points.
type PointsCoverage struct {
	coverageHead
	Points  int           `json:"count"`
	Summary []PointsCover `json:"summary"`

	of    *Coverage
	asked []batchPoint
	found []coveredPoint
}

// coverPoints answers of points.
func (c *Coverage) coverPoints(points []batchPoint) *PointsCoverage {
	found := c.locate(points)
	return &PointsCoverage{c.head(), len(points), c.summary(points, found), c, points, found}
}

// write writes the answer: as JSON the counts, then every point; one a line, as
// NDJSON, CSV or features, the points alone.
func (a *PointsCoverage) write(w io.Writer, how format) error {
	switch how {
	case formatCSV:
		return a.csv(w)
	case formatGeoJSON:
		return a.features(w)
	}
	out := make([]byte, 0, 64<<10)
	if how == formatJSON {
		head, err := json.Marshal(a)
		if err != nil {
			return err
		}
		out = append(append(out, head[:len(head)-1]...), `,"points":[`...)
	}
	for i := range a.asked {
		if how == formatJSON && i > 0 {
			out = append(out, ',')
		}
		out = append(a.of.appendPoint(out, i+1, a.asked[i], a.found[i]), '\n')
		if len(out) > 48<<10 {
			if _, err := w.Write(out); err != nil {
				return err
			}
			out = out[:0]
		}
	}
	if how == formatJSON {
		out = append(out, "]}\n"...)
	}
	_, err := w.Write(out)
	return err
}

// appendPoint writes the answer to the n-th point.
func (c *Coverage) appendPoint(out []byte, n int, p batchPoint, found coveredPoint) []byte {
	out = strconv.AppendInt(append(out, `{"n":`...), int64(n), 10)
	if p.id != "" {
		out = append(append(out, `,"id":`...), p.id...)
	}
	out = exchange.AppendPosition(append(out, `,"at":`...), p.at)
	out = append(out, `,"tiers":[`...)
	for k, code := range c.tiers {
		if k > 0 {
			out = append(out, ',')
		}
		out = appendText(append(out, `{"tier":`...), code)
		if found.grids == nil || found.grids[k] < 0 {
			out = append(out, `,"grid":null,"staffed":false}`...)
			continue
		}
		at := int(found.grids[k])
		out = appendText(append(out, `,"grid":`...), found.plan.Grid(at).Code)
		out = append(strconv.AppendBool(append(out, `,"staffed":`...), c.isStaffed(found.plan, at)), '}')
	}
	return append(out, "]}"...)
}

// at returns what the i-th point has at the k-th tier: the code of its grid, ""
// for none, and whether that is staffed.
func (a *PointsCoverage) at(i, k int) (code string, staffed bool) {
	grids := a.found[i].grids
	if grids == nil || grids[k] < 0 {
		return "", false
	}
	at := int(grids[k])
	return a.found[i].plan.Grid(at).Code, a.of.isStaffed(a.found[i].plan, at)
}

// csv writes one row a point, with two columns a tier.
func (a *PointsCoverage) csv(w io.Writer) error {
	columns := []string{"id", "lon", "lat"}
	for _, code := range a.of.tiers {
		columns = append(columns, code+"_code", code+"_staffed")
	}
	out := exchange.NewCSVWriter(w, columns...)
	row := make([]string, len(columns))
	for i, p := range a.asked {
		if err := p.cells(row); err != nil {
			return err
		}
		for k := range a.of.tiers {
			code, staffed := a.at(i, k)
			row[3+2*k], row[4+2*k] = code, strconv.FormatBool(staffed)
		}
		out.Row(row...)
	}
	return out.Close()
}

// features writes every point as a feature, with two properties a tier.
func (a *PointsCoverage) features(w io.Writer) error {
	out := exchange.NewGeoJSONWriter(w, "")
	for i, p := range a.asked {
		name, err := p.name()
		if err != nil {
			return err
		}
		members := []exchange.Member{{Name: "n", Value: i + 1}, {Name: "id", Value: name}}
		for k, tier := range a.of.tiers {
			code, staffed := a.at(i, k)
			members = append(members, exchange.Member{Name: tier + "_code", Value: code}, exchange.Member{Name: tier + "_staffed", Value: staffed})
		}
		if err := out.WritePoint(members, p.at); err != nil {
			return err
		}
	}
	return out.Close()
}
