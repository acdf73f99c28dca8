package tiles

import (
	"slices"
	"sync"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/surface"
	"gridmap/tiles/mesh"
)

// A Picture is what the tiles of one plan at one revision are drawn from. It
// never changes and is safe for use by many at once.
type Picture struct {
	a        *atlas.Atlas
	layering Layering
	tally    tally
	cuts     []*mesh.Mesh[grid]            // by level: the division down to its tier
	open     *mesh.Mesh[grid]              // grids some of whose children are not drawn
	over     map[geo.Kind]*mesh.Mesh[grid] // dedicated and task grids
	pins     map[string][]pin              // by layer

	tags tagsKnown

	mu       sync.Mutex // guards what is worked out when asked for
	hidden   hidden
	findings findings
	measured map[measuredKey]geo.Measures
	// metricNames are those of all metrics, of any period; nil until asked for.
	metricNames map[string]bool
	progress    map[netKey]map[int]reading
	compounds   compounds
	cells       [surface.Finest - surface.Coarsest + 1]cellsOf
	homes       [surface.Finest - surface.Coarsest + 1]cellsOf // with small counts
}

// A tally counts the drawn general grids by tier, and the leaves of them.
type tally struct{ drawn, leaves map[int]int }

func (t tally) add(s *standing, n int) {
	if !s.grid.parts || len(s.shape) == 0 {
		return
	}
	t.drawn[int(s.grid.rank)] += n
	if s.leaf {
		t.leaves[int(s.grid.rank)] += n
	}
}

// Draw makes the picture of an atlas.
func Draw(a *atlas.Atlas) *Picture {
	p := &Picture{a: a, tally: tally{map[int]int{}, map[int]int{}}, over: map[geo.Kind]*mesh.Mesh[grid]{}}
	standings := make([]standing, 0, a.Tree().Len())
	for i := range a.Tree().Len() {
		if s := standingOf(a, i); len(s.shape) > 0 {
			standings = append(standings, s)
			p.tally.add(&s, 1)
		}
	}
	p.layering = layeringOf(a, p.tally)
	p.cuts = make([]*mesh.Mesh[grid], len(p.layering.Levels))
	var all sync.WaitGroup
	for level := range p.cuts {
		all.Go(func() { p.cuts[level] = build(standings, p.inCut(level)) })
	}
	p.open = build(standings, func(s *standing) bool { return s.open })
	for _, kind := range kinds[1:] {
		p.over[kind] = build(standings, ofKind(kind))
	}
	all.Wait()
	p.pins = pinsOf(a, nil)
	return p
}

func build(standings []standing, in func(*standing) bool) *mesh.Mesh[grid] {
	var faces []mesh.Face[grid]
	for i := range standings {
		if in(&standings[i]) {
			faces = append(faces, standings[i].face())
		}
	}
	return mesh.Build(faces)
}

// inCut tells which grids are part of the division down to a level.
func (p *Picture) inCut(level int) func(*standing) bool {
	rank := uint8(p.layering.Levels[level].rank)
	return func(s *standing) bool { return s.grid.parts && s.grid.rank <= rank && rank <= s.last }
}

func ofKind(kind geo.Kind) func(*standing) bool {
	return func(s *standing) bool { return kinds[s.grid.kind] == kind }
}

// Next makes the picture of a later atlas of the same plan. It draws anew what
// differs and shares the rest; its tiles are those of [Draw].
func (p *Picture) Next(a *atlas.Atlas) *Picture {
	if a == p.a {
		return p
	}
	changed, ok := p.changed(a)
	if !ok {
		return Draw(a)
	}
	next := &Picture{a: a, tally: p.tally, layering: p.layering, cuts: p.cuts, open: p.open, over: p.over, pins: pinsOf(a, p), compounds: p.compoundsFor(a)}
	if len(changed) == 0 {
		return next
	}
	next.tally = tally{map[int]int{}, map[int]int{}}
	for rank, n := range p.tally.drawn {
		next.tally.drawn[rank], next.tally.leaves[rank] = n, p.tally.leaves[rank]
	}
	for _, c := range changed {
		next.tally.add(&c.before, -1)
		next.tally.add(&c.after, 1)
	}
	next.layering = layeringOf(a, next.tally)
	if !slices.EqualFunc(next.layering.Levels, p.layering.Levels, func(a, b Level) bool { return a.rank == b.rank }) {
		return Draw(a)
	}
	next.cuts = make([]*mesh.Mesh[grid], len(p.cuts))
	for level := range next.cuts {
		next.cuts[level] = update(p.cuts[level], changed, next.inCut(level))
	}
	next.open = update(p.open, changed, func(s *standing) bool { return s.open })
	next.over = map[geo.Kind]*mesh.Mesh[grid]{}
	for _, kind := range kinds[1:] {
		next.over[kind] = update(p.over[kind], changed, ofKind(kind))
	}
	return next
}

func update(m *mesh.Mesh[grid], changed []change, in func(*standing) bool) *mesh.Mesh[grid] {
	var gone, came []mesh.Face[grid]
	for i := range changed {
		before, after := &changed[i].before, &changed[i].after
		was, is := len(before.shape) > 0 && in(before), len(after.shape) > 0 && in(after)
		if was && is && before.grid == after.grid && before.texts == after.texts && sameShape(before.shape, after.shape) {
			continue
		}
		if was {
			gone = append(gone, before.face())
		}
		if is {
			came = append(came, after.face())
		}
	}
	return m.Update(gone, came)
}

// A change is what a grid was and what it is; without a shape, it is not drawn.
type change struct{ before, after standing }

// changed lists the grids that stand otherwise in a; ok is false when the two
// have little in common.
func (p *Picture) changed(a *atlas.Atlas) (changes []change, ok bool) {
	if p.a.Plan().ID != a.Plan().ID || !sameTiers(p.a.Rest().Tiers, a.Rest().Tiers) {
		return nil, false
	}
	ids := differing(p.a, a)
	if len(ids) > a.Tree().Len()/4+16 {
		return nil, false
	}
	// Where a child comes, goes or is drawn, those above stand otherwise.
	seen := map[geo.GridID]bool{}
	for _, id := range ids {
		for _, of := range []*atlas.Atlas{p.a, a} {
			i, there := of.Tree().Index(id)
			for up := 0; there && i >= 0; i = of.Tree().Parent(i) {
				seen[of.Grid(i).ID] = true
				if up++; up > 1 && len(of.Grid(i).Boundary) > 0 {
					break
				}
			}
		}
	}
	for id := range seen {
		var c change
		if i, there := p.a.Tree().Index(id); there {
			c.before = standingOf(p.a, i)
		}
		if i, there := a.Tree().Index(id); there {
			c.after = standingOf(a, i)
		}
		if !c.before.same(&c.after) || c.before.id != c.after.id {
			changes = append(changes, c)
		}
	}
	return changes, true
}

func sameTiers(a, b []geo.Tier) bool {
	return slices.EqualFunc(a, b, func(s, t geo.Tier) bool { return s.Rank == t.Rank && s.Code == t.Code && s.Name == t.Name })
}

// differing lists the grids that one of the two does not have, or has
// otherwise.
func differing(before, after *atlas.Atlas) []geo.GridID {
	if ids, ok := after.Changed(before); ok {
		return ids
	}
	old, now := before.Records().Grids, after.Records().Grids
	if len(old) == len(now) && len(old) > 0 && &old[0] == &now[0] {
		return nil
	}
	var ids []geo.GridID
	at, known := 0, 0
	for j := range now {
		if at >= len(old) || old[at].ID != now[j].ID {
			i, there := before.Tree().Index(now[j].ID)
			if !there {
				ids = append(ids, now[j].ID)
				continue
			}
			at = i
		}
		if known++; !sameGrid(&old[at], &now[j]) {
			ids = append(ids, now[j].ID)
		}
		at++
	}
	if known == len(old) {
		return ids
	}
	for i := range old {
		if _, there := after.Tree().Index(old[i].ID); !there {
			ids = append(ids, old[i].ID)
		}
	}
	return ids
}

// sameGrid reports whether the two look the same to a tile, apart from what
// follows from their children.
func sameGrid(a, b *geo.Grid) bool {
	return a.Code == b.Code && a.Name == b.Name && a.Parent == b.Parent && a.Tier == b.Tier && a.Kind == b.Kind &&
		a.Setting == b.Setting && a.Hole == b.Hole && sameShape(a.Boundary, b.Boundary)
}

// Atlas returns what the picture shows.
func (p *Picture) Atlas() *atlas.Atlas { return p.a }

// Layering says which layers the picture has.
func (p *Picture) Layering() Layering { return p.layering }
