package exchange

import (
	"fmt"
	"slices"

	"gridmap/geo"
	"gridmap/geo/nets"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// Place finds the parents of the grids whose files name none: the grid of the
// tiers above that has the largest share of their ground, see [nets.Place];
// one that meets none goes to the nearest. It returns those that more than one
// parent has a share of, by code, and does with them as s says.
//
// With CutApart and KeptWhole, also grids that name their parent are held
// against the others; the parent they name has them if it has any of their
// ground. Refused is what an empty s means. A piece that is not over the tolerance goes with the grid, as does
// ground in no parent, for the check to tell of.
//
// Call it when all grids have been added, before the records that name them.
// The predecessors that grids name become known; those that are none of the
// grids are former ones. homes, which may be nil, are read where grids straddle. The error names the
// tier whose grids cross each other too often to be laid over those above.
func (a *Assembly) Place(s Straddling, tol topo.Tolerance, homes nets.Homes) ([]Straddler, error) {
	if s == "" {
		s = Refused
	}
	a.lineage()
	p := &placer{Assembly: a, straddling: s, tol: tol, homes: homes, next: redraw.NewCodes(), pieces: map[int][]int{}, count: len(a.snap.Grids)}
	for i := range a.snap.Grids {
		p.next.Take(a.snap.Grids[i].Code)
	}
	for _, code := range a.snap.Former {
		p.next.Take(code)
	}
	for rank := 2; rank < len(a.snap.Tiers); rank++ {
		if err := p.tier(rank); err != nil {
			return nil, fmt.Errorf("tier %s: %w", a.snap.Tiers[rank].Code, err)
		}
	}
	a.waiting = nil
	p.order()
	sortStraddlers(p.found)
	return p.found, nil
}

// A placer places the grids of an assembly tier by tier, from the top.
type placer struct {
	*Assembly
	straddling Straddling
	tol        topo.Tolerance
	homes      nets.Homes
	next       *redraw.Codes
	pieces     map[int][]int // positions of the pieces cut off a grid
	count      int           // grids before any was cut
	found      []Straddler
}

func (p *placer) index(id geo.GridID) int { return int(id) - 1 }

// tier places the grids of one tier.
func (p *placer) tier(rank int) error {
	general, over := p.members(rank)
	var parents []int
	var candidates []nets.Parent
	for i := range p.snap.Grids {
		if g := &p.snap.Grids[i]; g.Tier > 0 && g.Tier < rank && g.Kind == geo.General {
			parents = append(parents, i)
			candidates = append(candidates, nets.Parent{Code: g.Code, Ground: g.Boundary, Rank: g.Tier})
		}
	}
	if len(parents) == 0 || len(general)+len(over) == 0 {
		return nil
	}
	if len(over) > 0 { // these lie over others as they like
		placed, _, err := nets.Place(p.shapes(over), candidates, p.tol, nil)
		if err != nil {
			return err
		}
		p.settleIn(over, placed, parents)
	}
	if len(general) == 0 {
		return nil
	}
	placed, bare, err := nets.Place(p.shapes(general), candidates, p.tol, p.homes)
	if err != nil {
		return err
	}
	p.obey(general, placed, parents)
	p.settleIn(general, placed, parents)
	return p.straddle(general, placed, parents, bare)
}

// members returns the grids of a tier that are to be placed: the general ones
// together with their siblings, which share borders with them, and those that
// overlay.
func (p *placer) members(rank int) (general, over []int) {
	needed := p.straddling != Refused
	for i := range p.snap.Grids {
		g := &p.snap.Grids[i]
		if g.Tier != rank {
			continue
		}
		waits := p.waits(i)
		switch {
		case g.Boundary == nil:
		case g.Partitions():
			general = append(general, i)
			needed = needed || waits
		case waits:
			over = append(over, i)
		}
	}
	if !needed {
		general = nil
	}
	return general, over
}

// waits reports whether the parent of a grid is to be found by place: its file
// named none, or one that was cut.
func (p *placer) waits(i int) bool {
	if p.waiting[i] {
		return true
	}
	parent := p.index(p.snap.Grids[i].Parent)
	return parent >= 0 && len(p.pieces[parent]) > 0
}

func (p *placer) shapes(at []int) []topo.Shape {
	shapes := make([]topo.Shape, len(at))
	for k, i := range at {
		shapes[k] = p.snap.Grids[i].Boundary
	}
	return shapes
}

// obey puts the share of the parent that a grid's file names first.
func (p *placer) obey(grids []int, placed []nets.Placing, parents []int) {
	for k, i := range grids {
		at := &placed[k]
		if p.waits(i) {
			continue
		}
		stated := slices.Index(parents, p.index(p.snap.Grids[i].Parent))
		own := slices.IndexFunc(at.Shares, func(s nets.Share) bool { return stated >= 0 && s.Parent == stated })
		if own < 0 { // the check tells of a grid that lies elsewhere
			at.Parent, at.Split = nets.None, false
			continue
		}
		share := at.Shares[own]
		at.Shares = slices.Insert(slices.Delete(at.Shares, own, own+1), 0, share)
		at.Parent = stated
		at.Split = slices.ContainsFunc(at.Shares[1:], func(s nets.Share) bool { return s.Over && s.Parent != nets.None })
	}
}

// settleIn puts waiting grids under the parents found, one that meets none
// under the nearest: it is reported as outside that one.
func (p *placer) settleIn(grids []int, placed []nets.Placing, parents []int) {
	for k, i := range grids {
		g := &p.snap.Grids[i]
		switch {
		case !p.waits(i):
		case placed[k].Parent != nets.None:
			g.Parent = p.snap.Grids[parents[placed[k].Parent]].ID
		default:
			g.Parent = p.snap.Grids[p.nearest(g, parents)].ID
		}
	}
}

// nearest returns which of the parents of the lowest tier is nearest to a
// grid.
func (p *placer) nearest(g *geo.Grid, parents []int) int {
	lowest := 0
	for _, i := range parents {
		lowest = max(lowest, p.snap.Grids[i].Tier)
	}
	at := g.Boundary.InteriorPoint()
	best, least := 0, int64(-1)
	for _, i := range parents {
		if o := &p.snap.Grids[i]; o.Tier == lowest && o.Boundary != nil {
			if d := distance(o.Boundary.Bound(), at); least < 0 || d < least {
				best, least = i, d
			}
		}
	}
	return best
}

// straddle lists the grids that more than one parent has a share of, and does
// with them as asked.
func (p *placer) straddle(grids []int, placed []nets.Placing, parents []int, bare []topo.Shape) error {
	split := false
	for k, i := range grids {
		if !placed[k].Split {
			continue
		}
		split = true
		p.found = append(p.found, p.straddler(&p.snap.Grids[i], &placed[k], parents))
		if p.straddling == CutApart {
			if err := p.cutOff(i, &placed[k], parents, &p.found[len(p.found)-1]); err != nil {
				return err
			}
		}
	}
	if !split || p.straddling == Refused {
		return nil
	}
	for k, i := range grids { // their borders have new vertices where they were cut
		p.redraw(i, &placed[k])
	}
	p.follow(placed, parents, bare)
	return nil
}

// redraw draws a grid as the shares it keeps lie.
func (p *placer) redraw(i int, at *nets.Placing) {
	var ground []topo.Shape
	for k, s := range at.Shares {
		if k == 0 || at.Parent == nets.None || !p.goes(&s) {
			ground = append(ground, s.Ground)
		}
	}
	if len(ground) == 1 {
		p.snap.Grids[i].Boundary = ground[0]
	} else if union, err := topo.Union(ground); err == nil && len(union) > 0 {
		p.snap.Grids[i].Boundary = union
	}
}

// goes reports whether a share, not the first, becomes a grid of its own.
func (p *placer) goes(s *nets.Share) bool {
	return p.straddling == CutApart && s.Over && s.Parent != nets.None
}

// cutOff makes grids of the shares of a grid that go.
func (p *placer) cutOff(i int, at *nets.Placing, parents []int, told *Straddler) error {
	for k, s := range at.Shares {
		if k == 0 || !p.goes(&s) {
			continue
		}
		from := p.snap.Grids[i]
		to := &p.snap.Grids[parents[s.Parent]]
		piece := from
		piece.Code = p.next.Next(from.Code, p.snap.Grids[parents[at.Parent]].Code, to.Code)
		if piece.Code == "" {
			return fmt.Errorf("grid %s: no number is left in its series for the piece in %s", from.Code, to.Code)
		}
		piece.Parent, piece.Boundary, piece.Predecessors = to.ID, s.Ground, []geo.GridID{from.ID}
		p.append(piece)
		p.pieces[i] = append(p.pieces[i], len(p.snap.Grids)-1)
		told.Parents[k].Grid = piece.Code
	}
	return nil
}

// follow draws the grids above as those below them now lie: where a grid was
// kept whole, parents lose the ground that went to others and gain what came;
// where it was cut, they get the vertices. Ground that no child takes stays
// where it was, and ground outside stays outside, for the check to tell of.
func (p *placer) follow(placed []nets.Placing, parents []int, bare []topo.Shape) {
	ground := map[int][]topo.Shape{}
	add := func(to int, s topo.Shape) {
		for ; to > 0; to = p.index(p.snap.Grids[to].Parent) {
			ground[to] = append(ground[to], s)
		}
	}
	for k, s := range bare {
		if s != nil {
			add(parents[k], s)
		}
	}
	for _, at := range placed {
		for k, s := range at.Shares {
			switch {
			case s.Parent == nets.None:
			case k > 0 && at.Parent != nets.None && !p.goes(&s): // dust goes with the grid
				add(parents[at.Parent], s.Ground)
			default:
				add(parents[s.Parent], s.Ground)
			}
		}
	}
	for _, i := range parents {
		if g := &p.snap.Grids[i]; g.Boundary != nil {
			if union, err := topo.Union(ground[i]); err == nil { // else the check tells of an overlap
				g.Boundary = union
			}
		}
	}
}

// order puts the pieces behind the grids they were cut off, so that every
// grid stands before its children, and numbers all anew.
func (p *placer) order() {
	if len(p.snap.Grids) == p.count {
		return
	}
	var order []int
	for i := range p.count {
		order = append(append(order, i), p.pieces[i]...)
	}
	id := make([]geo.GridID, len(order)+1) // by the ID before; 0 stays none
	for to, from := range order {
		id[from+1] = geo.GridID(to + 1)
	}
	grids, flaws := make([]geo.Grid, len(order)), map[int]*topo.RingError{}
	for to, from := range order {
		g := p.snap.Grids[from]
		g.ID, g.Parent = id[g.ID], id[g.Parent]
		for k, before := range g.Predecessors {
			if before < firstFormer {
				g.Predecessors[k] = id[before]
			}
		}
		grids[to] = g
		if flaw := p.Flaws[from]; flaw != nil {
			flaws[to] = flaw
		}
	}
	p.snap.Grids, p.Flaws = grids, flaws
	clear(p.codes)
	for i := range grids {
		if _, twice := p.codes[grids[i].Code]; !twice {
			p.codes[grids[i].Code] = i
		}
	}
}
