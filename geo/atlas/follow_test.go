package atlas

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// Through planners' edits at random, some taken back, the picture that follows
// is the one made anew: the same counts, report, leaves and ground; and it says
// which grids an edit changed.
func TestFollowedPictureEqualsOneMadeAnew(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(4) {
		p := newPlanner(t, &county.Snapshot, seed)
		for round := range 3 {
			for range 12 {
				p.edit()
			}
			if round == 1 {
				for range 8 {
					p.undo()
				}
			}
			p.compare()
		}
		for len(p.done) > 0 {
			p.undo()
		}
		p.compare()
		if p.made < 12 {
			t.Errorf("seed %d: only %d edits were made", seed, p.made)
		}
	}
}

// A planner edits a drawing; a picture follows.
type planner struct {
	t       *testing.T
	rng     *rand.Rand
	county  *geo.Snapshot
	drawing *redraw.Drawing
	a       *Atlas
	done    [][]geo.Change
	made    int
}

func newPlanner(t *testing.T, county *geo.Snapshot, seed uint64) *planner {
	t.Helper()
	d, err := redraw.NewDrawing(county, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &planner{t: t, rng: rand.New(rand.NewPCG(seed, 7)), county: county, drawing: d, a: picture(t, county)}
}

// follow brings the picture along, which must name what changed.
func (p *planner) follow(changes []geo.Change) {
	p.t.Helper()
	if p.rng.IntN(3) == 0 { // what was asked before is carried along
		told(p.t, p.a)
		p.a.Ground(p.rng.IntN(p.a.Tree().Len()))
	}
	next, err := p.a.Apply(geo.ChangeSet{Territory: 1, Plan: 1, Revision: p.a.Revision() + 1, Changes: changes})
	if err != nil {
		p.t.Fatal(err)
	}
	got, ok := next.Changed(p.a)
	var want []geo.GridID
	for _, c := range changes {
		_, id := cmp.Or(c.After, c.Before).Key()
		want = append(want, geo.GridID(id))
	}
	slices.Sort(want)
	if want = slices.Compact(want); !ok || !slices.Equal(got, want) {
		p.t.Fatalf("changed are %v (%t), want %v", got, ok, want)
	}
	p.a = next
}

// edit makes one edit that the drawing allows.
func (p *planner) edit() {
	p.t.Helper()
	for {
		grids := p.drawing.Grids()
		g := grids[1+p.rng.IntN(len(grids)-1)]
		r, err := p.drawing.Apply(p.drawn(&g, grids))
		if err != nil {
			continue
		}
		if err := p.drawing.Take(r); err != nil {
			p.t.Fatal(err)
		}
		p.follow(r.Changes)
		p.done = append(p.done, r.Changes)
		p.made++
		return
	}
}

func (p *planner) drawn(g *geo.Grid, grids []geo.Grid) redraw.Edit {
	box := g.Boundary.Bound()
	if len(g.Boundary) == 0 {
		return redraw.Set{Grid: g.ID, Name: &geo.Name{ZH: "改名"}}
	}
	across := func(part int32) []topo.Point {
		y := box.Min.Y + (box.Max.Y-box.Min.Y)/part
		return []topo.Point{{X: box.Min.X - 5, Y: y}, {X: box.Max.X + 5, Y: y + 40}}
	}
	other := grids[p.rng.IntN(len(grids))]
	switch p.rng.IntN(7) {
	case 0, 1:
		return redraw.Split{Grid: g.ID, Line: across(2 + p.rng.Int32N(3))}
	case 2:
		return redraw.Merge{Grids: []geo.GridID{g.ID, other.ID}, Keep: g.ID}
	case 3:
		return redraw.Retire{Grid: g.ID}
	case 4:
		return redraw.Move{Grid: g.ID, Parent: other.ID}
	case 5:
		code := g.Code + "9"
		return redraw.Set{Grid: g.ID, Code: &code}
	}
	x, y := (box.Min.X+box.Max.X)/2, (box.Min.Y+box.Max.Y)/2
	w, h := (box.Max.X-box.Min.X)/2, (box.Max.Y-box.Min.Y)/5
	return redraw.Transfer{To: g.ID, Region: topo.Shape{{{{X: x, Y: y - h}, {X: x + w, Y: y - h}, {X: x + w, Y: y + h}, {X: x, Y: y + h}}}}}
}

// undo takes the last edit back.
func (p *planner) undo() {
	p.t.Helper()
	last := p.done[len(p.done)-1]
	p.done = p.done[:len(p.done)-1]
	var back []geo.Change
	for _, c := range slices.Backward(last) {
		back = append(back, geo.Change{Before: c.After, After: c.Before})
	}
	p.follow(back)
	// The drawing is made anew: it has no way back.
	s := *p.county
	s.Grids = slices.Clone(p.a.Records().Grids)
	d, err := redraw.NewDrawing(&s, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	p.drawing = d
}

// compare asks the picture and one made anew the same.
func (p *planner) compare() {
	p.t.Helper()
	s := *p.county
	s.Revision, s.Plan.Revision = p.a.Revision(), p.a.Plan().Revision
	s.Grids = p.drawing.Grids()
	slices.SortStableFunc(s.Grids, func(a, b geo.Grid) int {
		i, _ := p.a.Tree().Index(a.ID)
		k, _ := p.a.Tree().Index(b.ID)
		return cmp.Compare(i, k)
	})
	fresh := picture(p.t, &s)
	samePicture(p.t, p.a, fresh, p.rng)
	points := cornersAndMiddles(leavesOf(p.t, s.Grids))
	got, want := make([]int32, len(points)), make([]int32, len(points))
	p.a.LocateEach(points, got)
	fresh.LocateEach(points, want)
	if !slices.Equal(got, want) {
		p.t.Fatal("corners or middles of edges lie elsewhere")
	}
}

// What an edit does not touch is shared, not written again.
func TestAnEditSharesWhatItDoesNotTouch(t *testing.T) {
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	p := newPlanner(t, &county.Snapshot, 1)
	before := p.a
	leaf := leavesOf(t, county.Grids)[0]
	box := leaf.Boundary.Bound()
	y := box.Min.Y + (box.Max.Y-box.Min.Y)/2
	r, err := p.drawing.Apply(redraw.Split{Grid: leaf.ID, Line: []topo.Point{{X: box.Min.X - 5, Y: y}, {X: box.Max.X + 5, Y: y}}})
	if err != nil {
		t.Fatal(err)
	}
	p.follow(r.Changes)
	shared := 0
	for n := range before.places.grid.pages {
		if &before.places.grid.pages[n][0] == &p.a.places.grid.pages[n][0] {
			shared++
		}
	}
	if all := len(before.places.grid.pages); shared == all || shared < all*3/4 {
		t.Errorf("%d of %d pages are shared", shared, all)
	}
	if before.book.seed.columns.dwellings.At(0) != p.a.book.seed.columns.dwellings.At(0) {
		t.Error("the dwellings are copied")
	}
}

// Pictures that were loaded apart cannot tell what changed by what they share.
func TestChangedOfAnotherLine(t *testing.T) {
	w := newWorld(t, rand.New(rand.NewPCG(6, 6)))
	if _, ok := picture(t, w.base).Changed(picture(t, w.base)); ok {
		t.Error("two pictures loaded apart are compared by what they share")
	}
}
