package redraw_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// scribble makes random edits on a drawing and returns those that were done.
func scribble(h hand, most int) (done []redraw.Redrawing, asked []redraw.Edit) {
	for range most {
		e := h.edit()
		r, err := h.d.Apply(e)
		if err == nil && len(r.Changes) > 0 && h.d.Take(r) == nil {
			done, asked = append(done, r), append(asked, e)
		}
	}
	return done, asked
}

// replayed makes edits on a drawing as if they were asked for there, and
// reports whether each could be done and does not look at what lies around.
func replayed(d *redraw.Drawing, asked []redraw.Edit) bool {
	d.NumberFrom(1_000_000)
	for _, e := range asked {
		switch e := e.(type) {
		case redraw.Split:
			if e.ToleranceM > 0 || e.Straddling == redraw.LargerShare {
				return false
			}
		case redraw.Merge:
		default:
			return false
		}
		r, err := d.Apply(e)
		if err != nil || d.Take(r) != nil {
			return false
		}
	}
	return true
}

// plan is a drawing's grids as a snapshot.
func plan(like *geo.Snapshot, d *redraw.Drawing) *geo.Snapshot {
	s := *like
	s.Grids = d.Grids()
	return &s
}

// split reports whether drawn general grids stand under a grid.
func (s state) split(id geo.GridID) bool {
	for _, g := range s {
		if g.Parent == id && g.Kind == geo.General && len(g.Boundary) > 0 {
			return true
		}
	}
	return false
}

// facts are what a redrawing between two states says about grids: "all" for
// one that comes or goes, "under" for one that gets a child, else fields.
func facts(before, after state, ids []geo.GridID) map[geo.GridID][]string {
	all := map[geo.GridID][]string{}
	note := func(id geo.GridID, fact string) { all[id] = append(all[id], fact) }
	for _, id := range ids {
		b, was := before[id]
		a, is := after[id]
		if !was || !is {
			if was || is {
				note(id, "all")
			}
			if is {
				note(a.Parent, "under")
			}
			continue
		}
		if b.Parent != a.Parent {
			note(a.Parent, "under")
		}
		if before.split(id) != after.split(id) || !before.split(id) && !b.Boundary.Equal(a.Boundary) {
			note(id, "ground")
		}
		for _, f := range [][2]any{{b.Parent, a.Parent}, {b.Tier, a.Tier}, {b.Code, a.Code}, {b.Name, a.Name}, {b.Kind, a.Kind}, {b.Setting, a.Setting},
			{b.Owner, a.Owner}, {b.TextBounds, a.TextBounds}, {b.Valid, a.Valid}, {fmt.Sprint(b.Predecessors), fmt.Sprint(a.Predecessors)}, {b.Rest, a.Rest}} {
			if f[0] != f[1] {
				note(id, fmt.Sprintf("%T", f[0])) // every field has a type of its own here, but Rest and texts
			}
		}
	}
	return all
}

// meet reports whether two sets of facts are about the same.
func meet(a, b map[geo.GridID][]string) bool {
	for id, mine := range a {
		theirs := b[id]
		if len(theirs) == 0 {
			continue
		}
		if slices.Contains(mine, "all") || slices.Contains(theirs, "all") {
			return true
		}
		for _, f := range mine {
			if f != "under" && slices.Contains(theirs, f) {
				return true
			}
		}
	}
	return false
}

func idsOf(states ...state) []geo.GridID {
	var ids []geo.GridID
	for _, s := range states {
		for id := range s {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Whatever a draft and its plan became, the draft is carried over if and only
// if no edit changed what the plan changed; it is whole then, has what each of
// the two changed, and every edit is undone and done again bit for bit.
func TestRebase(t *testing.T) {
	t.Parallel()
	county := mini(t)
	carried, clashed, again := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		h := hand{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5)), drawing(t, &county.Snapshot)}
		h.d.NumberFrom(1_000_000)
		origin := stateOf(h.d)
		edits, asked := scribble(h, 1+h.IntN(8))
		mine := plan(&county.Snapshot, h.d)
		base := hand{h.Rand, drawing(t, &county.Snapshot)}
		for _, g := range mine.Grids {
			base.d.Reserve(g.Code)
		}
		for i := range edits {
			for _, c := range edits[i].Changes {
				if g, ok := c.After.(*geo.Grid); ok {
					base.d.Reserve(g.Code)
				}
			}
		}
		scribble(base, 1+h.IntN(8))
		newer := plan(&county.Snapshot, base.d)
		got, clashes, err := redraw.Rebase(mine, newer, edits, nil)
		if err != nil {
			t.Fatal(err)
		}
		theirs := facts(origin, stateOf(base.d), idsOf(origin, stateOf(base.d)))
		walk, want := drawing(t, &county.Snapshot), false
		for _, e := range edits {
			before := stateOf(walk)
			if err := walk.Take(e); err != nil {
				t.Fatal(err)
			}
			want = want || meet(facts(before, stateOf(walk), idsOf(before, stateOf(walk))), theirs)
		}
		if len(clashes) > 0 {
			clashed++
			if !want && clashes[0].Reason == "" {
				t.Fatalf("clash of what does not touch: %+v", clashes[0])
			}
			return
		}
		carried++
		if want {
			t.Fatal("no clash of what touches")
		}
		end := expectCarried(t, mine, newer, origin, got, edits)
		if replay := drawing(t, newer); replayed(replay, asked) {
			again++
			if err := sameGround(end, stateOf(replay)); err != nil {
				t.Fatalf("asked for again: %v", err)
			}
		}
	})
	if carried < 10 || clashed == 0 || again == 0 {
		t.Errorf("%d carried over, %d of these like asked for again, %d clashed", carried, again, clashed)
	}
}

// expectCarried holds a rebased draft against what it must be and returns how
// it stands.
func expectCarried(t *rapid.T, mine, newer *geo.Snapshot, origin state, got redraw.Rebased, edits []redraw.Redrawing) state {
	d := drawing(t, mine)
	take := func(r redraw.Redrawing) {
		if err := d.Take(r); err != nil {
			t.Fatal(err)
		}
		if err := broken(d); err != nil {
			t.Fatal(err)
		}
	}
	take(got.Begin)
	begin := stateOf(d)
	if err := begin.differs(stateOf(drawing(t, newer))); err != nil {
		t.Fatalf("begins: %v", err)
	}
	for _, e := range got.Edits {
		take(e)
	}
	end, was := stateOf(d), stateOf(drawing(t, mine))
	for _, id := range idsOf(origin, begin, was, end) {
		_, stays := end[id]
		_, theirs := begin[id]
		_, ours := was[id]
		if _, old := origin[id]; stays != (old && theirs && ours || !old && (theirs || ours)) {
			t.Fatalf("grid %d is there: %v", id, stays)
		}
		if !stays {
			continue
		}
		ground := end[id].Boundary
		switch b, m, o := begin[id].Boundary, was[id].Boundary, origin[id].Boundary; {
		case end.split(id):
			union, err := topo.Union(shapes(drawn(d, id)))
			if err != nil || union.AreaM2() < ground.AreaM2()*(1-1e-9) {
				t.Fatalf("grid %d is not what stands under it: %v", id, err)
			}
		case was.split(id) != origin.split(id) && was.split(id), begin.split(id) != origin.split(id) && begin.split(id):
			t.Fatalf("grid %d is a leaf", id)
		case m.Equal(o) && !ground.Equal(b), b.Equal(o) && !ground.Equal(m):
			t.Fatalf("grid %d has other ground than who changed it gave it", id)
		}
	}
	for i := range slices.Backward(got.Edits) {
		take(got.Edits[i].Inverse())
	}
	if err := stateOf(d).differs(begin); err != nil {
		t.Fatalf("undone to where it begins: %v", err)
	}
	take(got.Begin.Inverse())
	if err := stateOf(d).differs(was); err != nil {
		t.Fatalf("undone to the draft as it was: %v", err)
	}
	if len(got.Edits) != len(edits) {
		t.Fatalf("%d edits of %d", len(got.Edits), len(edits))
	}
	return end
}

// sameGround reports leaves that are not drawn alike.
func sameGround(a, b state) error {
	prints := map[topo.Fingerprint]geo.GridID{}
	for id, g := range a {
		if !a.split(id) {
			prints[g.Boundary.Fingerprint()] = id
		}
	}
	for id, g := range b {
		if !b.split(id) && prints[g.Boundary.Fingerprint()] == 0 {
			return fmt.Errorf("grid %d is drawn otherwise", id)
		}
	}
	return nil
}
