package main

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// The story of two villages through the command line: they merge, that is
// undone and done again, twelve micro grids are redrawn, the plan is compared,
// reviewed, filed and put in force, households and workers follow, and the old
// map is still there as of last month.
func TestStoryOnTheCommandLine(t *testing.T) {
	t.Parallel()
	p := newPlannerOf(t, "shilou", 3000)
	code := p.snapshot.Territory.Code
	var draft geo.Plan
	p.does(&draft, "plan", "new", "--territory", code, "--by", "li", "并村")
	id := fmt.Sprint(draft.ID)
	heir, gone := p.villages()
	type edited struct {
		Revision geo.Revision
		Moved    []struct {
			Tier                string
			From, To            *struct{ ID geo.GridID }
			Households, Persons int64
		}
		Effects struct {
			Counts []struct {
				Grid          struct{ ID geo.GridID }
				Before, After *struct{ Households int64 }
			}
			References []struct{ Entity, Then string }
		}
	}
	var merged edited
	p.does(&merged, "edit", "--plan", id, "--by", "li", "--geometry", "none",
		p.file(fmt.Sprintf(`{"op":"merge","grids":[%d,%d],"keep":%d}`, heir.ID, gone.ID, heir.ID)))
	moved := int64(0)
	for _, m := range merged.Moved {
		if m.Tier == "village" && m.From.ID == gone.ID && m.To.ID == heir.ID {
			moved += m.Households
		}
	}
	if want := p.households(gone); moved != want || want == 0 {
		t.Errorf("%d households moved, want the %d of the village that went", moved, want)
	}
	var undone, redone edited
	p.does(&undone, "plan", "undo", "--plan", id, "--by", "li")
	p.does(&redone, "plan", "redo", "--plan", id, "--by", "li")
	if len(undone.Effects.Counts) != len(merged.Effects.Counts) || len(redone.Effects.Counts) != len(merged.Effects.Counts) || len(merged.Effects.Counts) < 2 {
		t.Errorf("counts of %d grids change, undone %d, redone %d", len(merged.Effects.Counts), len(undone.Effects.Counts), len(redone.Effects.Counts))
	}
	p.compares(id, draft.Revision, redone.Revision, gone)
	twelve := p.redrawTwelve(id, heir, gone)
	told := p.tellsTwelve(id, twelve)

	p.does(nil, "plan", "state", "--plan", id, "--by", "wang", "reviewed")
	p.does(nil, "plan", "state", "--plan", id, "--by", "zhao", "filed")
	var done struct {
		Plan       geo.Plan
		Retired    geo.PlanID
		References []struct {
			Entity, Then string
			Grid         struct{ ID geo.GridID }
		}
	}
	p.does(&done, "plan", "state", "--plan", id, "--by", "sun", "in_force")
	if done.Plan.State != geo.InForce || done.Retired != p.snapshot.Plan.ID || len(done.References) == 0 {
		t.Errorf("published %+v", done)
	}
	steps := p.does(nil, "plan", "edits", "--plan", id)
	_, states, _ := strings.Cut(steps, "STATE")
	for i, want := range [][2]string{{"draft", "li"}, {"reviewed", "wang"}, {"filed", "zhao"}, {"in_force", "sun"}} {
		lines := strings.Split(states, "\n")
		if len(lines) < 5 || !strings.HasPrefix(lines[i+1], want[0]) || !strings.Contains(lines[i+1], want[1]) {
			t.Errorf("step %d is not %v:\n%s", i, want, steps)
		}
	}
	p.follow(told, twelve)
	lastMonth := geo.DateOf(time.Now().AddDate(0, -1, 0))
	past, err := p.store.SnapshotInForce(t.Context(), p.snapshot.Territory.ID, lastMonth)
	if err != nil || past.Plan.ID != p.snapshot.Plan.ID || len(past.Grids) != len(p.snapshot.Grids) {
		t.Fatalf("as of %s: plan %d, %v", lastMonth, past.Plan.ID, err)
	}
	for i := range past.Grids {
		if g := &past.Grids[i]; g.ID != p.snapshot.Grids[i].ID || !g.Boundary.Equal(p.snapshot.Grids[i].Boundary) {
			t.Errorf("as of last month grid %d is drawn otherwise", g.ID)
		}
	}
}

// compares asks for the comparison of two revisions in every form.
func (p *planner) compares(plan string, from, to geo.Revision, gone geo.Grid) {
	p.t.Helper()
	var d struct {
		FromRevision geo.Revision `json:"from_revision"`
		ToRevision   geo.Revision `json:"to_revision"`
		Retired      []struct{ ID geo.GridID }
	}
	against := []string{"plan", "diff", "--plan", plan, "--against-revision", fmt.Sprint(from)}
	p.does(&d, against...)
	if d.FromRevision != from || d.ToRevision != to || len(d.Retired) != 1 || d.Retired[0].ID != gone.ID {
		p.t.Errorf("from revision %d to %d: %+v", from, to, d)
	}
	if p.does(&d, append(against, "--revision", fmt.Sprint(from))...); len(d.Retired) != 0 {
		p.t.Errorf("a revision against itself: %+v", d)
	}
	en := p.does(nil, append(against, "--format", "text", "--lang", "en")...)
	zh := p.does(nil, append(against, "--format", "text", "--lang", "zh")...)
	if !strings.Contains(en, "retired  village "+gone.Code) || !strings.Contains(zh, "撤销  village "+gone.Code) || strings.Contains(en+zh, "%!") {
		p.t.Errorf("as text:\n%s\n%s", en, zh)
	}
	if errs := p.refused(exitUsage, append(against, "--format", "map")...); !strings.Contains(errs, "json or text") {
		p.t.Errorf("a form nobody knows: %s", errs)
	}
	if errs := p.refused(exitUsage, "plan", "diff", "--plan", plan); !strings.Contains(errs, "--against") {
		p.t.Errorf("against nothing: %s", errs)
	}
	if errs := p.refused(exitError, "plan", "diff", "--plan", plan, "--against-revision", "99999"); !strings.Contains(errs, "still to come") {
		p.t.Errorf("against a revision to come: %s", errs)
	}
}

// villages returns two villages of one township with a common border, and micro
// grids enough.
func (p *planner) villages() (a, b geo.Grid) {
	p.t.Helper()
	for i, a := range p.snapshot.Grids {
		for _, b := range p.snapshot.Grids[i+1:] {
			if a.Tier == 2 && b.Tier == 2 && a.Parent == b.Parent && topo.SharedBorderM(a.Boundary, b.Boundary) > 0 && len(p.micros(a, b)) >= 12 {
				return a, b
			}
		}
	}
	p.t.Fatal("no two villages with micro grids share a border")
	return a, b
}

// micros returns pairs of sibling micro grids with a common border in villages,
// each grid in one pair.
func (p *planner) micros(villages ...geo.Grid) (pairs [][2]geo.Grid) {
	up, taken := map[geo.GridID]*geo.Grid{}, map[geo.GridID]bool{}
	for i := range p.snapshot.Grids {
		up[p.snapshot.Grids[i].ID] = &p.snapshot.Grids[i]
	}
	under := map[geo.GridID][]geo.Grid{} // by parent
	for _, g := range p.snapshot.Grids {
		if g.Tier != 5 || g.Kind != geo.General {
			continue
		}
		village := up[up[g.Parent].Parent].Parent
		if slices.ContainsFunc(villages, func(v geo.Grid) bool { return v.ID == village }) {
			under[g.Parent] = append(under[g.Parent], g)
		}
	}
	for _, parent := range slices.Sorted(maps.Keys(under)) {
		for i, a := range under[parent] {
			for _, b := range under[parent][i+1:] {
				if !taken[a.ID] && !taken[b.ID] && touch(a, b) {
					taken[a.ID], taken[b.ID] = true, true
					pairs = append(pairs, [2]geo.Grid{a, b})
				}
			}
		}
	}
	return pairs
}

// redrawTwelve gives ground of one micro grid of the villages to another, six
// times, and returns the grids, ascending.
func (p *planner) redrawTwelve(plan string, villages ...geo.Grid) (twelve []geo.GridID) {
	p.t.Helper()
	for _, pair := range p.micros(villages...) {
		if len(twelve) == 12 {
			break
		}
		var common []topo.Point
		for _, at := range pair[0].Boundary[0][0] {
			if slices.Contains(pair[1].Boundary[0][0], at) {
				common = append(common, at)
			}
		}
		lon, lat := common[len(common)/2].LonLat()
		box := pair[0].Boundary.Bound()
		w, h := float64(box.Max.X-box.Min.X)/topo.Unit/3, float64(box.Max.Y-box.Min.Y)/topo.Unit/3
		body := fmt.Sprintf(`{"op":"transfer","to":%d,"from":[%d],"region":{"type":"Polygon","coordinates":[[[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]]}}`,
			pair[1].ID, pair[0].ID, lon-w, lat-h, lon+w, lat-h, lon+w, lat+h, lon-w, lat+h, lon-w, lat-h)
		switch code, _, errs := call(p.t, "edit", "--plan", plan, "--by", "li", "--geometry", "none", "--database", p.database, p.file(body)); code {
		case exitOK:
			twelve = append(twelve, pair[0].ID, pair[1].ID)
		case exitError: // it would take all ground, or leave it in pieces
		default:
			p.t.Fatalf("exit %d: %s", code, errs)
		}
	}
	if slices.Sort(twelve); len(twelve) != 12 {
		p.t.Fatalf("%d micro grids could be redrawn, want 12", len(twelve))
	}
	return twelve
}

// movedSeen is what is told of a pair of grids between which households moved.
type movedSeen struct {
	Tier       string
	From, To   *struct{ ID geo.GridID }
	Households int
	Refs       []string
}

// tellsTwelve compares the draft with the plan in force: twelve micro grids are
// drawn otherwise and no other. It returns who moved between them.
func (p *planner) tellsTwelve(plan string, twelve []geo.GridID) (moved []movedSeen) {
	p.t.Helper()
	var d struct {
		Changed []struct {
			ID     geo.GridID
			AreaM2 float64 `json:"area_m2"`
			After  struct{ Tier string }
		}
		Moved []movedSeen
	}
	p.does(&d, "plan", "diff", "--plan", plan, "--against", fmt.Sprint(p.snapshot.Plan.ID), "--households", "refs")
	var micros []geo.GridID
	for _, g := range d.Changed {
		if g.After.Tier == "micro" && g.AreaM2 > 5 {
			micros = append(micros, g.ID)
		}
	}
	if slices.Sort(micros); !slices.Equal(micros, twelve) {
		p.t.Errorf("redrawn are the micro grids %v, want %v", micros, twelve)
	}
	for _, m := range d.Moved {
		if len(m.Refs) != m.Households {
			p.t.Errorf("%d refs of %d households", len(m.Refs), m.Households)
		}
		if m.Tier == "micro" && m.Households > 0 {
			moved = append(moved, m)
		}
	}
	if len(moved) == 0 {
		p.t.Error("nobody moved")
	}
	return moved
}

// follow finds every household of the redrawn grids, by its ref, where the
// comparison said it would be once the plan is in force, and every post where
// it was.
func (p *planner) follow(told []movedSeen, twelve []geo.GridID) {
	p.t.Helper()
	now, err := p.store.SnapshotInForce(p.t.Context(), p.snapshot.Territory.ID, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	at := map[geo.HouseholdID]geo.Dwelling{}
	refs := map[string]geo.HouseholdID{}
	for _, w := range now.Dwellings {
		at[w.ID] = w
	}
	err = p.store.Households(p.t.Context(), now.Territory.ID, func(h geo.Household) error {
		refs[h.Ref] = h.ID
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	drawn := func(s *geo.Snapshot, id geo.GridID) topo.Shape {
		i := slices.IndexFunc(s.Grids, func(g geo.Grid) bool { return g.ID == id })
		return s.Grids[i].Boundary
	}
	for _, m := range told {
		for _, ref := range m.Refs {
			if w := at[refs[ref]]; !drawn(p.snapshot, m.From.ID).Contains(w.At) || !drawn(now, m.To.ID).Contains(w.At) {
				p.t.Errorf("household %s did not move from %d to %d", ref, m.From.ID, m.To.ID)
			}
		}
	}
	posts := func(s *geo.Snapshot) (list []geo.Assignment) {
		for _, as := range s.Assignments {
			if slices.Contains(twelve, as.Grid) {
				list = append(list, as)
			}
		}
		return list
	}
	if was, is := posts(p.snapshot), posts(now); len(was) == 0 || !reflect.DeepEqual(was, is) {
		p.t.Errorf("the posts of the twelve are %+v, were %+v", is, was)
	}
}

// households counts those that lie in a grid.
func (p *planner) households(g geo.Grid) (n int64) {
	for _, w := range p.snapshot.Dwellings {
		if w.Located && g.Boundary.Contains(w.At) {
			n++
		}
	}
	return n
}
