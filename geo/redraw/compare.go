package redraw

import (
	"cmp"
	"fmt"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A Comparison is what one plan of a territory does otherwise than another.
type Comparison struct {
	Added, Retired []geo.Grid       // ascending by ID
	Changed        []GridDifference // ascending by ID
	// Shifts tell, tier by tier, what ground and who lies in another grid.
	Shifts []Shift
}

// A GridDifference is a grid that both plans have, and what differs.
type GridDifference struct {
	Before, After geo.Grid
	Fields        []string // as JSON names them, and boundary
	AreaM2        float64  // ground lost and gained together
}

// A Division is a plan's grids and where the dwellings lie: At[i] is the
// position of the grid that holds dwelling i, or -1.
type Division struct {
	Grids []geo.Grid // as [NewTree] asks
	At    []int32
}

// Compare returns what after does otherwise than before. Both place the same
// dwellings. Error: one of [NewTree], or of topo for ground that is not valid.
func Compare(before, after Division, dwellings []geo.Dwelling) (Comparison, error) {
	c := comparer{found: map[passage]*Shift{}, between: map[[2]int32][]passage{}}
	var err error
	if c.before, err = newSide(before); err != nil {
		return Comparison{}, fmt.Errorf("compare: before: %w", err)
	}
	if c.after, err = newSide(after); err != nil {
		return Comparison{}, fmt.Errorf("compare: after: %w", err)
	}
	if err := c.ground(); err != nil {
		return Comparison{}, fmt.Errorf("compare: %w", err)
	}
	for i := range dwellings {
		for _, at := range c.passages(before.At[i], after.At[i]) {
			s := c.shift(at)
			s.Households = append(s.Households, dwellings[i].ID)
			s.Persons += int64(dwellings[i].Resident)
		}
	}
	return c.result(), nil
}

// A side is one of two plans that are compared.
type side struct {
	grids  []geo.Grid
	tree   *geo.Tree
	leaves []int32 // positions of grids that hold ground of their own, ascending
}

func newSide(d Division) (side, error) {
	tree, err := geo.NewTree(d.Grids)
	if err != nil {
		return side{}, err
	}
	s := side{grids: d.Grids, tree: tree}
	for i := range d.Grids {
		divided := slices.ContainsFunc(tree.Children(i), func(c int32) bool { return counts(&d.Grids[c]) })
		if counts(&d.Grids[i]) && !divided {
			s.leaves = append(s.leaves, int32(i))
		}
	}
	return s, nil
}

// holds reports whether the grid at a position is a leaf.
func (s *side) holds(i int) bool {
	_, is := slices.BinarySearch(s.leaves, int32(i))
	return is
}

// index is [geo.Tree.Index], also of a side without grids.
func (s *side) index(id geo.GridID) (int, bool) {
	if s.tree == nil {
		return 0, false
	}
	return s.tree.Index(id)
}

// chain returns the grids above a position and itself, by tier.
func (s *side) chain(i int32) map[int]geo.GridID {
	chain := map[int]geo.GridID{}
	for ; i >= 0; i = int32(s.tree.Parent(int(i))) {
		chain[s.grids[i].Tier] = s.grids[i].ID
	}
	return chain
}

// A comparer gathers what passes between two plans.
type comparer struct {
	before, after side
	found         map[passage]*Shift
	between       map[[2]int32][]passage // remembered by leaves
}

func (c *comparer) shift(at passage) *Shift {
	s := c.found[at]
	if s == nil {
		s = &Shift{Tier: at.tier, From: at.from, To: at.to}
		c.found[at] = s
	}
	return s
}

// passages returns between which grids passes what lies in one leaf before and
// in another after; -1 is no leaf.
func (c *comparer) passages(from, to int32) []passage {
	key := [2]int32{from, to}
	if known, ok := c.between[key]; ok {
		return known
	}
	var passed []passage
	was, is := c.before.chain(from), c.after.chain(to)
	for tier, id := range was {
		if is[tier] != id {
			passed = append(passed, passage{tier, id, is[tier]})
		}
	}
	for tier, id := range is {
		if was[tier] == 0 {
			passed = append(passed, passage{tier, 0, id})
		}
	}
	c.between[key] = passed
	return passed
}

// ground lays the leaves of both plans over each other, those alone whose
// ground is not the same in both, but for vertices on their borders.
func (c *comparer) ground() error {
	var old []int32
	kept := map[geo.GridID]bool{}
	for _, i := range c.before.leaves {
		b := &c.before.grids[i]
		if k, there := c.after.index(b.ID); there && c.after.holds(k) && staysPut(b, &c.after.grids[k]) {
			kept[b.ID] = true
			c.pass(i, int32(k), b.Boundary)
		} else {
			old = append(old, i)
		}
	}
	boxes := make([]topo.Box, len(old))
	for k, i := range old {
		boxes[k] = c.before.grids[i].Boundary.Bound()
	}
	for _, i := range c.after.leaves {
		if !kept[c.after.grids[i].ID] {
			if err := c.overlay(i, old, boxes); err != nil {
				return err
			}
		}
	}
	return nil
}

// overlay finds the leaves before, among old, whose ground a leaf takes after.
func (c *comparer) overlay(to int32, old []int32, boxes []topo.Box) error {
	region := c.after.grids[to].Boundary
	box := region.Bound()
	var under []int32
	var shapes []topo.Shape
	for k, i := range old {
		if boxes[k].Intersects(box) {
			under = append(under, i)
			shapes = append(shapes, c.before.grids[i].Boundary)
		}
	}
	pieces, bare, err := topo.CutRegion(shapes, region)
	if err != nil {
		return fmt.Errorf("grid %s: %w", c.after.grids[to].Code, err)
	}
	for k, i := range under {
		c.pass(i, to, pieces.Left[k])
	}
	c.pass(-1, to, bare)
	return nil
}

// pass adds ground that lies in one leaf before and in another after. A strip
// that is only a border rounded otherwise is none.
func (c *comparer) pass(from, to int32, ground topo.Shape) {
	passed := c.passages(from, to)
	if len(passed) == 0 {
		return
	}
	if area := ground.AreaM2(); 2*area > stripM*ground.PerimeterM() {
		for _, at := range passed {
			c.shift(at).AreaM2 += area
		}
	}
}

// stripM is the mean width, in metres, of ground between two borders that
// differ by rounding to the lattice: two of its steps.
const stripM = 0.022

// staysPut reports whether a leaf has the same ground in both, but for vertices.
func staysPut(b, a *geo.Grid) bool {
	_, same := knots(b, a)
	return same
}

// result puts in order what was found.
func (c *comparer) result() Comparison {
	var r Comparison
	area := map[geo.GridID]float64{}
	for _, s := range c.found {
		if s.AreaM2 == 0 && len(s.Households) == 0 {
			continue
		}
		slices.Sort(s.Households)
		r.Shifts = append(r.Shifts, *s)
		area[s.From] += s.AreaM2
		area[s.To] += s.AreaM2
	}
	slices.SortFunc(r.Shifts, func(s, t Shift) int {
		return cmp.Or(cmp.Compare(s.Tier, t.Tier), cmp.Compare(s.From, t.From), cmp.Compare(s.To, t.To))
	})
	for i := range c.before.grids {
		g := &c.before.grids[i]
		k, there := c.after.index(g.ID)
		if !there {
			r.Retired = append(r.Retired, *g)
		} else if fields := differing(g, &c.after.grids[k]); len(fields) > 0 {
			r.Changed = append(r.Changed, GridDifference{*g, c.after.grids[k], fields, area[g.ID]})
		}
	}
	for i := range c.after.grids {
		if _, there := c.before.index(c.after.grids[i].ID); !there {
			r.Added = append(r.Added, c.after.grids[i])
		}
	}
	byID := func(a, b geo.Grid) int { return cmp.Compare(a.ID, b.ID) }
	slices.SortFunc(r.Added, byID)
	slices.SortFunc(r.Retired, byID)
	slices.SortFunc(r.Changed, func(a, b GridDifference) int { return byID(a.After, b.After) })
	return r
}
