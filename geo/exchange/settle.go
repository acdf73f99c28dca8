package exchange

import (
	"fmt"
	"math"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// Settled says what [Assembly.Settle] did, so that nothing is done in silence.
type Settled struct {
	Inserted int      // vertices inserted into straight borders of neighbours
	Derived  []string // codes of grids whose outline was taken from their children
	Rest     []string // codes of leaves made of ground that no child takes
}

// Settle makes the grids ready for the store, where the outline of a divided
// grid is that of its children, vertex for vertex: vertices that neighbours
// have on a straight border are inserted, outlines are taken from the children
// where these leave nothing open that is over the tolerance, and ground of a
// partial tier that no child takes becomes a leaf of its own, as does what the
// drawn children of a parent leave to those not drawn yet. Where children
// fail to partition their parent nothing is changed; the check tells of it.
func (a *Assembly) Settle() (Settled, error) {
	var done Settled
	a.dropFlawed()
	done.Inserted = a.node()
	tree, err := geo.NewTree(a.snap.Grids)
	if err != nil {
		return done, err
	}
	for i := tree.Len() - 1; i >= 0; i-- {
		a.settle(tree, i, &done)
	}
	slices.Reverse(done.Derived)
	return done, nil
}

// Derive draws divided grids below the root that came without an outline from
// their children, where all of these are drawn and do not overlap. The root
// stays as its file has it: without one, a void that the grids enclose is told
// as a gap.
func (a *Assembly) Derive() error {
	tree, err := geo.NewTree(a.snap.Grids)
	if err != nil {
		return err
	}
	for i := tree.Len() - 1; i > 0; i-- {
		if a.snap.Grids[i].Boundary != nil {
			continue
		}
		if shapes, _, drawn := a.children(tree, i); drawn {
			a.outline(i, shapes)
		}
	}
	return nil
}

// dropFlawed forgets nothing but outlines that no later step could read.
func (a *Assembly) dropFlawed() {
	for i := range a.Flaws {
		for _, polygon := range a.snap.Grids[i].Boundary {
			for _, ring := range polygon {
				if len(ring) < 3 {
					a.snap.Grids[i].Boundary = nil
				}
			}
		}
	}
}

// node gives neighbours the same vertices along straight borders.
func (a *Assembly) node() int {
	var at []int
	var shapes []topo.Shape
	for i := range a.snap.Grids {
		if g := &a.snap.Grids[i]; g.Partitions() && g.Boundary != nil {
			at, shapes = append(at, i), append(shapes, g.Boundary)
		}
	}
	noded, inserted := topo.Node(shapes)
	for k, i := range at {
		a.snap.Grids[i].Boundary = noded[k]
	}
	return inserted
}

// children returns the ground of a grid's general children, whether the tier
// of any of them is complete, and whether there are some and all are drawn.
func (a *Assembly) children(tree *geo.Tree, i int) (shapes []topo.Shape, complete, drawn bool) {
	for _, c := range tree.Children(i) {
		g := &a.snap.Grids[c]
		if !g.Partitions() {
			continue
		}
		if g.Boundary == nil {
			return nil, false, false
		}
		shapes = append(shapes, g.Boundary)
		complete = complete || g.Tier < len(a.snap.Tiers) && a.snap.Tiers[g.Tier].Complete
	}
	return shapes, complete, len(shapes) > 0
}

// drawnChildren returns the ground of the general children that have any.
func (a *Assembly) drawnChildren(tree *geo.Tree, i int) (shapes []topo.Shape) {
	for _, c := range tree.Children(i) {
		if g := &a.snap.Grids[c]; g.Kind == geo.General && g.Boundary != nil {
			shapes = append(shapes, g.Boundary)
		}
	}
	return shapes
}

// outline draws a grid as its children lie, unless they overlap, or leave a
// slit between them that the stated outline does not have.
func (a *Assembly) outline(i int, shapes []topo.Shape) bool {
	union, err := topo.Union(shapes)
	stated := a.snap.Grids[i].Boundary
	if err != nil || stated != nil && slit(stated, union) {
		return false
	}
	a.snap.Grids[i].Boundary = union
	return true
}

// slit reports whether an outline taken from children runs on between them:
// along a border that only wavers by less than the tolerance it is as long as
// the stated one, to a metre or one part in 100,000; into a slit and back it is
// longer by twice the slit's length, however narrow that is.
func slit(stated, union topo.Shape) bool {
	is, was := union.PerimeterM(), stated.PerimeterM()
	return math.Abs(is-was) > max(1, was/100_000)
}

func (a *Assembly) settle(tree *geo.Tree, i int, done *Settled) {
	shapes, complete, drawn := a.children(tree, i)
	g := &a.snap.Grids[i]
	if !drawn && g.Boundary != nil {
		shapes, complete = a.drawnChildren(tree, i), false
		drawn = len(shapes) > 0
	}
	switch {
	case !drawn:
		return
	case i == 0 && g.Boundary == nil && encloses(shapes):
		return
	case g.Boundary == nil:
		if a.outline(i, shapes) {
			done.Derived = append(done.Derived, g.Code)
		}
		return
	case topo.Whole(g.Boundary, shapes):
		return
	}
	faults, _ := topo.Faults(g.Boundary, shapes, topo.DefaultTolerance)
	if !complete {
		rest, only := gapsOnly(faults)
		if !only {
			return
		}
		if len(rest) > 0 {
			shapes = append(shapes, rest)
			done.Rest = append(done.Rest, a.addRest(tree, i, rest))
		}
	} else if len(faults) > 0 {
		return
	}
	if a.outline(i, shapes) {
		done.Derived = append(done.Derived, a.snap.Grids[i].Code)
	}
}

// encloses reports whether shapes leave a void between them.
func encloses(shapes []topo.Shape) bool {
	faults, _ := topo.Faults(nil, shapes, topo.DefaultTolerance)
	return slices.ContainsFunc(faults, func(f topo.Fault) bool { return f.Kind == topo.Gap })
}

// gapsOnly returns the ground of the gaps, and false when there are faults of
// another kind.
func gapsOnly(faults []topo.Fault) (ground topo.Shape, only bool) {
	for _, f := range faults {
		if f.Kind != topo.Gap {
			return nil, false
		}
		ground = append(ground, f.Region...)
	}
	return ground, true
}

// addRest makes the ground that the children of a grid leave a leaf of its
// own. It is coded 000 below its parent, as numbering schemes code what is not
// divided (CJ/T 349-2010).
func (a *Assembly) addRest(tree *geo.Tree, parent int, ground topo.Shape) string {
	p := &a.snap.Grids[parent]
	code := p.Code + "-000"
	for n := 1; ; n++ {
		if _, taken := a.codes[code]; !taken {
			break
		}
		code = fmt.Sprintf("%s-000-%d", p.Code, n)
	}
	rest := geo.Grid{
		Parent: p.ID, Tier: a.snap.Grids[tree.Children(parent)[0]].Tier, Code: code, Kind: geo.General, Setting: p.Setting,
		Name: geo.Name{ZH: p.Name.ZH + "（其余）"}, Valid: p.Valid, Boundary: ground, Rest: true,
	}
	if p.Name.EN != "" {
		rest.Name.EN = p.Name.EN + " (rest)"
	}
	a.append(rest)
	return code
}

// Uneven lists the divided grids that a plan in force could not hold, although
// no fault among their children is over the tolerance: borders that miss each
// other by less. first bounds the list.
func (a *Assembly) Uneven(first int) []string {
	tree, err := geo.NewTree(a.snap.Grids)
	if err != nil {
		return nil
	}
	var codes []string
	for i := 0; i < tree.Len() && len(codes) < first; i++ {
		shapes, complete, drawn := a.children(tree, i)
		if drawn && complete && !topo.Whole(a.snap.Grids[i].Boundary, shapes) {
			codes = append(codes, a.snap.Grids[i].Code)
		}
	}
	return codes
}
