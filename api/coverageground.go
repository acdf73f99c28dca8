package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"gridmap/geo"
	"gridmap/geo/cover"
	"gridmap/geo/datum"
	"gridmap/geo/exchange"
	"gridmap/geo/nets"
	"gridmap/geo/topo"
)

// mostGround is how many polygons, with or without parts, one question may have.
const mostGround = 100

// A GroundTotal says how much of ground is covered and staffed at a tier.
type GroundTotal struct {
	Tier       string    `json:"tier"`
	CoveredM2  nets.Area `json:"covered_m2"`
	CoveredPct float64   `json:"covered_pct"` // cut: 100 means that nothing is missing
	StaffedM2  nets.Area `json:"staffed_m2"`
	StaffedPct float64   `json:"staffed_pct"`
	GapM2      nets.Area `json:"gap_m2"`
}

// A groundCover is that for one polygon, with where not and by which grids.
type groundCover struct {
	GroundTotal
	Gap   shapeJSON   `json:"gap"` // null when there is none
	Grids []groundRef `json:"grids"`
}

// A groundRef is what one grid covers of a polygon.
type groundRef struct {
	Territory string    `json:"territory"` // code
	Code      string    `json:"code"`
	Name      geo.Name  `json:"name"`
	M2        nets.Area `json:"m2"`
	Staffed   bool      `json:"staffed"`
}

// A polygonCover is the answer for one polygon.
type polygonCover struct {
	N      int           `json:"n"` // its place in the question, the first being 1
	ID     string        `json:"id,omitempty"`
	AreaM2 nets.Area     `json:"area_m2"`
	Tiers  []groundCover `json:"tiers"`
}

// TierTotal is the sum over all polygons at a tier.
type TierTotal struct {
	GroundTotal
	Undrawn int `json:"undrawn"` // grids of the tier without ground, of which this cannot tell
}

// A GroundCoverage answers of polygons. Ground in several of them counts in each.
type GroundCoverage struct {
	coverageHead
	Polygons []polygonCover `json:"polygons"`
	Summary  []TierTotal    `json:"summary"`
}

// coverGround answers of polygons.
func (c *Coverage) coverGround(ctx context.Context, polygons []exchange.Feature) (*GroundCoverage, error) {
	tierNets := make([]groundNet, len(c.tiers))
	answer := &GroundCoverage{c.head(), []polygonCover{}, make([]TierTotal, len(c.tiers))}
	for k, code := range c.tiers {
		tierNets[k] = c.netOf(k)
		answer.Summary[k] = TierTotal{GroundTotal{Tier: code}, c.undrawn(k)}
	}
	for n, polygon := range polygons {
		one := polygonCover{N: n + 1, ID: polygon.ID, AreaM2: nets.AreaOf(polygon.Shape)}
		for k := range c.tiers {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			found, err := cover.Of(polygon.Shape, tierNets[k].grids)
			if err != nil {
				return nil, groundError(n, err)
			}
			one.Tiers = append(one.Tiers, tierNets[k].tell(c, k, found))
			answer.Summary[k].add(found)
		}
		answer.Polygons = append(answer.Polygons, one)
	}
	return answer, nil
}

// add adds an answer to the sum.
func (t *GroundTotal) add(a cover.Answer) {
	t.CoveredM2, t.StaffedM2, t.GapM2 = t.CoveredM2+a.Covered, t.StaffedM2+a.Staffed, t.GapM2+a.GapArea
	whole := int64(t.CoveredM2 + t.GapM2)
	t.CoveredPct, t.StaffedPct = cutPct(int64(t.CoveredM2), whole), cutPct(int64(t.StaffedM2), whole)
}

// readGround reads the GeoJSON of the question.
func readGround(src io.Reader, crs datum.CRS, most int) ([]exchange.Feature, error) {
	var polygons []exchange.Feature
	vertices := 0
	opts := exchange.Options{CRS: crs, Limits: exchange.Limits{Vertices: topo.MaxRegion}}
	for f, err := range exchange.ReadGeoJSON(src, opts) {
		var input *exchange.InputError
		switch {
		case errors.As(err, &input):
			return nil, bad(polygonField(max(0, input.Feature)), "%s", reasonOf(input))
		case err != nil:
			return nil, bad("polygons", "%v", err)
		case f.Flaw != nil:
			return nil, groundError(len(polygons), f.Flaw)
		case len(f.Shape) == 0:
			return nil, bad(polygonField(len(polygons)), "has no ground; want a Polygon or MultiPolygon")
		case len(polygons) == most:
			return nil, bad("polygons", "holds more than %d polygons; send several requests", most)
		}
		if vertices += f.Shape.Vertices(); vertices > topo.MaxRegion {
			return nil, bad("polygons", "has more than %d vertices; send several requests", topo.MaxRegion)
		}
		if err := topo.CheckRegion(f.Shape); err != nil {
			return nil, groundError(len(polygons), err)
		}
		polygons = append(polygons, f)
	}
	if len(polygons) == 0 {
		return nil, bad("polygons", "holds no polygon")
	}
	return polygons, nil
}

func polygonField(n int) string { return indexed("polygons", n) }

func reasonOf(e *exchange.InputError) string {
	if e.Field == "" {
		return e.Reason
	}
	return e.Field + ": " + e.Reason
}

// groundError says what is wrong with the polygon at index n, and where.
func groundError(n int, err error) error {
	var line *topo.LineError
	var ring *topo.RingError
	switch {
	case errors.As(err, &ring):
		at := ring.At
		lon, lat := exchange.Degrees(at)
		return invalid(polygonField(n), "%s at %s, %s", ring.Reason, lon, lat)
	case errors.As(err, &line), errors.Is(err, topo.ErrIntricate):
		return invalid(polygonField(n), "%v", err)
	}
	return err
}

// A groundNet is the grids of one tier in all plans.
type groundNet struct {
	grids []cover.Grid
	of    []gridOf // by grid
}

// A gridOf is a grid by plan and position.
type gridOf struct {
	plan *coveredPlan
	at   int
}

// netOf gathers the grids of the k-th tier that have ground and partition their
// parents.
func (c *Coverage) netOf(k int) (net groundNet) {
	for _, p := range c.plans {
		for i := range p.Tree().Len() {
			g := p.Grid(i)
			if g.Tier != p.ranks[k] || !g.Partitions() {
				continue
			}
			if ground := p.Ground(i); len(ground.Shape) > 0 {
				net.grids = append(net.grids, cover.Grid{Ground: ground.Shape, Box: ground.Box, Staffed: c.isStaffed(p, i)})
				net.of = append(net.of, gridOf{p, i})
			}
		}
	}
	return net
}

// tell writes an answer about the k-th tier.
func (n *groundNet) tell(c *Coverage, k int, found cover.Answer) groundCover {
	told := groundCover{GroundTotal: GroundTotal{Tier: c.tiers[k]}, Gap: shapeJSON(found.Gap), Grids: []groundRef{}}
	told.add(found)
	for _, t := range found.Touched {
		of := n.of[t.Grid]
		g := of.plan.Grid(of.at)
		told.Grids = append(told.Grids, groundRef{of.plan.Territory().Code, g.Code, g.Name, t.Area, n.grids[t.Grid].Staffed})
	}
	return told
}

// appendText writes text as JSON.
func appendText(out []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(text) // text always can be
			return append(out, quoted...)
		}
	}
	return append(append(append(out, '"'), text...), '"')
}
