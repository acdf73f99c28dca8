package redraw

import (
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// Effects returns what the redrawings since [Drawing.Watch] do, and ends the
// watch; shifts are what they moved. It finds what a check of the whole plan
// before and after would find, as long as its grids do not overlap: households
// in several grids count in one of them here, and COV-2 is not asked. Of COV-6
// there is nothing to tell: where a building stands and nobody lives is the same
// however the ground is divided. Without [Drawing.Staff] there is nothing to
// tell.
func (d *Drawing) Effects(shifts []Shift) (Effects, error) {
	l := d.ledger
	if l == nil || l.watch == nil {
		return Effects{}, nil
	}
	defer func() { l.watch = nil }()
	p := l.part()
	then, err := p.version(true)
	if err != nil {
		return Effects{}, err
	}
	now, err := p.version(false)
	if err != nil {
		return Effects{}, err
	}
	before, err := then.check()
	if err != nil {
		return Effects{}, err
	}
	after, err := now.check()
	if err != nil {
		return Effects{}, err
	}
	stating := func(id geo.GridID) int { return len(l.stating[id]) }
	return effects(then.counted, now.counted, before, after, shifts, stating), nil
}

// A portion is what of a plan an edit may have given or taken a finding.
type portion struct {
	l         *ledger
	grids     map[geo.GridID]bool
	redrawn   map[geo.GridID]bool // grids that changed and their parents, then and now
	compounds []geo.Compound
	cuttable  int            // how many of them borders may have begun or ceased to cut
	buildings []geo.Building // of these, and of the grids of the part
	dwellings []int32        // ascending
	staff     []geo.AssignmentID
}

// part collects what bears on the watched changes: everything that can lie,
// count or serve otherwise than before, and what a rule asks beside it.
func (l *ledger) part() *portion {
	p := &portion{l: l, grids: map[geo.GridID]bool{l.d.root: true}, redrawn: map[geo.GridID]bool{}}
	for id := range l.watch.grids {
		p.addFamily(id)
	}
	for id := range l.watch.counts {
		p.addFamily(id)
	}
	p.collectCompounds()
	p.collectBuildings()
	p.collectDwellings()
	p.collectStaff()
	if l.watch.doubts {
		for id := range l.d.nodes {
			p.grids[id] = true
		}
	}
	return p
}

// addFamily takes a grid, those beside it, to which rules compare it, and those
// right under it, whose codes begin with its.
func (p *portion) addFamily(id geo.GridID) {
	p.grids[id] = true
	now := p.l.d.nodes[id]
	if now != nil {
		p.addChildren(id)
		p.addChildren(now.Parent)
	}
	then, changed := p.l.watch.grids[id]
	if changed { // a finding about what is under it bears its code
		p.redrawn[id] = true
	}
	if then != nil {
		p.addChildren(then.Parent)
		p.redrawn[then.Parent] = true
	}
	if changed && now != nil {
		p.redrawn[now.Parent] = true
	}
	if then != nil && now != nil && then.Setting != now.Setting {
		p.addAll(id)
	}
}

// addAll takes everything under id: what has no setting is as the grid above.
func (p *portion) addAll(id geo.GridID) {
	p.addChildren(id)
	if n := p.l.d.nodes[id]; n != nil {
		for _, c := range n.children {
			p.addAll(c)
		}
	}
}

// addChildren takes the grids under id; those that were and are not any more
// are among the changed ones.
func (p *portion) addChildren(id geo.GridID) {
	if n := p.l.d.nodes[id]; n != nil {
		for _, c := range n.children {
			p.grids[c] = true
		}
	}
}

// collectCompounds takes those on ground of a leaf that changed, each with the
// leaves it may lie in, and behind them those that belong to a grid of the part.
func (p *portion) collectCompounds() {
	var changed []topo.Box
	for id, then := range p.l.watch.grids {
		now := p.l.d.nodes[id]
		if now != nil && !now.holds() {
			continue // its ground is that of others
		}
		if then != nil && len(then.Boundary) > 0 {
			changed = append(changed, then.Boundary.Bound())
		}
		if now != nil {
			changed = append(changed, now.Boundary.Bound())
		}
	}
	var others []geo.Compound
	for _, c := range p.l.lie() {
		switch {
		case c.drawn && slices.ContainsFunc(changed, c.box.Intersects):
			p.compounds = append(p.compounds, *c.Compound)
			for _, leaf := range p.l.d.near.find(c.box) {
				p.grids[leaf] = true
			}
		case p.grids[c.Division]:
			others = append(others, *c.Compound)
		}
	}
	p.cuttable = len(p.compounds)
	p.compounds = append(p.compounds, others...)
}

// A lying compound is one with its bounds.
type lying struct {
	*geo.Compound
	box   topo.Box
	drawn bool
}

// lie lists the compounds by division with their bounds, once for as long as
// they stay.
func (l *ledger) lie() []lying {
	if l.lies == nil {
		l.lies = []lying{}
		for _, division := range sortedKeys(l.compounds) {
			for i := range l.compounds[division] {
				c := &l.compounds[division][i]
				l.lies = append(l.lies, lying{c, c.Boundary.Bound(), len(c.Boundary) > 0})
			}
		}
	}
	return l.lies
}

// collectBuildings takes those of the compounds that may be cut, which a finding
// tells of, and those that belong to a grid of the part.
func (p *portion) collectBuildings() {
	cuttable := map[string]bool{}
	for i := range p.compounds[:p.cuttable] {
		cuttable[p.compounds[i].Code] = true
	}
	if len(cuttable) == 0 {
		for _, division := range sortedKeys(p.grids) {
			p.buildings = append(p.buildings, p.l.buildings[division]...)
		}
		return
	}
	for _, division := range sortedKeys(p.l.buildings) {
		for _, v := range p.l.buildings[division] {
			if p.grids[division] || cuttable[v.Compound] {
				p.buildings = append(p.buildings, v)
			}
		}
	}
}

// collectDwellings takes those that are not simply where they should be, then
// or now.
func (p *portion) collectDwellings() {
	l, odd := p.l, map[int32]bool{}
	for i, leaf := range l.watch.homes {
		if p.odd(i, leaf[0], true) || p.odd(i, leaf[1], false) {
			odd[i] = true
		}
	}
	for id, then := range l.watch.own {
		p.grids[id] = true
		_, changed := l.watch.grids[id]
		if (changed || then != l.own[id]) && (suspicious(then) || suspicious(l.own[id])) {
			for _, i := range l.stating[id] {
				odd[i] = true
			}
		}
	}
	if l.watch.doubts { // a gap tells how many it holds
		for _, i := range l.d.homes[0] {
			odd[i] = true
		}
	}
	for i := range odd {
		p.dwellings = append(p.dwellings, i)
		then, now := p.leaf(i, true), p.leaf(i, false)
		p.grids[then], p.grids[now], p.grids[l.d.dwellings[i].Stated] = true, true, true
	}
	slices.Sort(p.dwellings)
}

// suspicious reports a division that GEO-11 may speak of, or nearly.
func suspicious(o geo.Owned) bool { return o.Elsewhere > 0 }

// odd reports whether a dwelling in a leaf is one that a rule speaks of.
func (p *portion) odd(i int32, leaf geo.GridID, then bool) bool {
	w := &p.l.d.dwellings[i]
	if !w.Located || leaf == 0 {
		return true
	}
	if w.Stated == 0 || p.grid(w.Stated, then) == nil {
		return false
	}
	for at := leaf; at != 0; {
		if at == w.Stated {
			return false
		}
		g := p.grid(at, then)
		if g == nil {
			break
		}
		at = g.Parent
	}
	return true
}

// leaf returns the grid that holds or held a dwelling.
func (p *portion) leaf(i int32, then bool) geo.GridID {
	if h, seen := p.l.watch.homes[i]; seen {
		if then {
			return h[0]
		}
		return h[1]
	}
	return p.l.leafOf(i)
}

// grid returns a grid as it was or is, nil if it was not or is not there.
func (p *portion) grid(id geo.GridID, then bool) *geo.Grid {
	if g, seen := p.l.watch.grids[id]; then && seen {
		return g
	}
	if n := p.l.d.nodes[id]; n != nil {
		return &n.Grid
	}
	return nil
}

// collectStaff takes all posts of those who gained or lost one, and the posts
// in grids whose counts changed.
func (p *portion) collectStaff() {
	l, posts := p.l, map[geo.AssignmentID]bool{}
	holders := map[geo.WorkerID]bool{}
	for w := range l.watch.workers {
		holders[w] = true
	}
	for id := range l.watch.counts {
		for _, a := range l.inGrid[id] {
			holders[l.assignments[a].Worker] = true
		}
	}
	for w := range holders {
		for _, a := range l.ofWorker[w] {
			posts[a] = true
			p.grids[l.assignments[a].Grid] = true
		}
	}
	for a := range posts {
		p.staff = append(p.staff, a)
	}
	slices.Sort(p.staff)
}
