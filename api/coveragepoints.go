package api

import (
	"encoding/json"
	"net/http"
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
func (c *coverage) locate(points []batchPoint) []coveredPoint {
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

// A pointsCover counts, at one tier, the points that are covered and those whose
// grid is staffed, and names the others.
type pointsCover struct {
	Tier       string     `json:"tier"`
	Undrawn    int        `json:"undrawn"` // grids of the tier without ground, of which this cannot tell
	Covered    int        `json:"covered"`
	CoveredPct float64    `json:"covered_pct"` // cut: 100 means all
	Staffed    int        `json:"staffed"`
	StaffedPct float64    `json:"staffed_pct"`
	Uncovered  []pointRef `json:"uncovered"`
	Unstaffed  []pointRef `json:"unstaffed"` // covered, but by a grid without a worker
}

// A pointRef names a point by its place in the question, the first being 1, and
// by its own name, if it has one.
type pointRef struct {
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
func (c *coverage) summary(points []batchPoint, found []coveredPoint) []pointsCover {
	tiers := make([]pointsCover, len(c.tiers))
	for k, code := range c.tiers {
		t := &tiers[k]
		*t = pointsCover{Tier: code, Undrawn: c.undrawn(k), Uncovered: []pointRef{}, Unstaffed: []pointRef{}}
		for i := range found {
			ref := pointRef{i + 1, json.RawMessage(points[i].id)}
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

// answerPoints writes the answer: as JSON the counts, then every point; one a
// line, as NDJSON or CSV, the points alone.
func (c *coverage) answerPoints(w http.ResponseWriter, how format, points []batchPoint) error {
	found := c.locate(points)
	if how == formatCSV {
		return c.csvPoints(w, points, found)
	}
	out := make([]byte, 0, 64<<10)
	if how == formatJSON {
		head, err := json.Marshal(struct {
			coverageHead
			Points  int           `json:"count"`
			Summary []pointsCover `json:"summary"`
		}{c.head(), len(points), c.summary(points, found)})
		if err != nil {
			return err
		}
		out = append(append(out, head[:len(head)-1]...), `,"points":[`...)
	}
	w.Header().Set("Content-Type", how.media)
	w.WriteHeader(http.StatusOK)
	for i := range points {
		if how == formatJSON && i > 0 {
			out = append(out, ',')
		}
		out = append(c.appendPoint(out, i+1, points[i], found[i]), '\n')
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
func (c *coverage) appendPoint(out []byte, n int, p batchPoint, found coveredPoint) []byte {
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

// csvPoints writes one row a point, with two columns a tier.
func (c *coverage) csvPoints(w http.ResponseWriter, points []batchPoint, found []coveredPoint) error {
	columns := []string{"id", "lon", "lat"}
	for _, code := range c.tiers {
		columns = append(columns, code+"_code", code+"_staffed")
	}
	return writeCSV(w, columns, func(out *exchange.CSVWriter) error {
		row := make([]string, len(columns))
		for i, p := range points {
			clear(row)
			if err := p.cells(row); err != nil {
				return err
			}
			for k := range c.tiers {
				row[4+2*k] = "false"
				if at := found[i].grids; at != nil && at[k] >= 0 {
					row[3+2*k], row[4+2*k] = found[i].plan.Grid(int(at[k])).Code, strconv.FormatBool(c.isStaffed(found[i].plan, int(at[k])))
				}
			}
			out.Row(row...)
		}
		return nil
	})
}
