package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// The story of two villages through the command line: they merge, that is
// undone and done again, the plan is compared, reviewed, filed and put in
// force, and the old map is still there as of last month.
func TestStoryOnTheCommandLine(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
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

// villages returns two villages of one township with a common border.
func (p *planner) villages() (a, b geo.Grid) {
	p.t.Helper()
	for i, a := range p.snapshot.Grids {
		for _, b := range p.snapshot.Grids[i+1:] {
			if a.Tier == 2 && b.Tier == 2 && a.Parent == b.Parent && topo.SharedBorderM(a.Boundary, b.Boundary) > 0 {
				return a, b
			}
		}
	}
	p.t.Fatal("no two villages share a border")
	return a, b
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
