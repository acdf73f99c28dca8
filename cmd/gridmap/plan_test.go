package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
)

// A planner works on the database of one small county.
type planner struct {
	t        *testing.T
	store    *postgis.Store
	database string
	snapshot *geo.Snapshot // of the plan in force
}

func newPlanner(t *testing.T) *planner {
	t.Helper()
	return newPlannerOf(t, "mini", 0)
}

// newPlannerOf is newPlanner on a county of so many households.
func newPlannerOf(t *testing.T, name string, households int) *planner {
	t.Helper()
	county, err := fixtures.Make(name, households)
	if err != nil {
		t.Fatal(err)
	}
	pool := gridtest.DB(t)
	store := postgis.New(pool)
	if _, _, err := store.Load(t.Context(), &county.Snapshot, gridtest.Stream(county.Households), "test"); err != nil {
		t.Fatal(err)
	}
	territories, err := store.Territories(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := store.SnapshotInForce(t.Context(), territories[0].ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	return &planner{t: t, store: store, database: pool.Config().ConnString(), snapshot: snapshot}
}

// does runs a command that must succeed and reads its answer.
func (p *planner) does(answer any, args ...string) string {
	p.t.Helper()
	code, out, errs := call(p.t, append(args, "--database", p.database)...)
	if code != exitOK {
		p.t.Fatalf("gridmap %s: exit %d: %s", strings.Join(args, " "), code, errs)
	}
	if answer != nil {
		if err := json.Unmarshal([]byte(out), answer); err != nil {
			p.t.Fatalf("gridmap %s: %v: %.300s", strings.Join(args, " "), err, out)
		}
	}
	return out
}

// refused runs a command that must not succeed and returns why.
func (p *planner) refused(want int, args ...string) string {
	p.t.Helper()
	code, out, errs := call(p.t, append(args, "--database", p.database)...)
	if code != want || out != "" {
		p.t.Fatalf("gridmap %s: exit %d, want %d: %s%s", strings.Join(args, " "), code, want, out, errs)
	}
	return errs
}

// file writes an edit to a file.
func (p *planner) file(body string) string {
	p.t.Helper()
	name := filepath.Join(p.t.TempDir(), "edit.json")
	if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return name
}

// siblings returns two primary grids of one village with a common border.
func (p *planner) siblings() (a, b geo.Grid) {
	p.t.Helper()
	for i, a := range p.snapshot.Grids {
		for _, b := range p.snapshot.Grids[i+1:] {
			if a.Tier == 3 && b.Tier == 3 && a.Parent == b.Parent && a.Kind == geo.General && b.Kind == geo.General && touch(a, b) {
				return a, b
			}
		}
	}
	p.t.Fatal("no two primary grids share a border")
	return a, b
}

// touch reports whether two grids have two corners in common.
func touch(a, b geo.Grid) bool {
	common := 0
	for _, p := range a.Boundary[0][0] {
		if slices.Contains(b.Boundary[0][0], p) {
			common++
		}
	}
	return common > 1
}

func TestPlanAndEdit(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	var draft geo.Plan
	p.does(&draft, "plan", "new", "--territory", p.snapshot.Territory.Code, "--by", "li", "春季调整")
	if draft.State != geo.Draft || draft.Name != "春季调整" {
		t.Fatalf("made %+v", draft)
	}
	if list := p.does(nil, "plan", "list", "--territory", p.snapshot.Territory.Code); !strings.Contains(list, "draft") || !strings.Contains(list, "in_force") {
		t.Errorf("plans:\n%s", list)
	}
	a, b := p.siblings()
	id := fmt.Sprint(draft.ID)
	var done struct {
		Plan     geo.PlanID
		Revision geo.Revision
		Op, By   string
	}
	merge := p.file(fmt.Sprintf(`{"op":"merge","grids":[%q,%d],"keep":%q}`, a.Code, b.ID, a.Code))
	p.does(&done, "edit", "--plan", id, "--by", "li", "--at", fmt.Sprint(draft.Revision), merge)
	if done.Op != "merge" || done.By != "li" || done.Plan != draft.ID || done.Revision <= draft.Revision {
		t.Errorf("answered %+v", done)
	}
	after, err := p.store.Snapshot(t.Context(), draft.ID)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(after.Grids, func(g geo.Grid) bool { return g.ID == b.ID }) {
		t.Errorf("grid %d is still there", b.ID)
	}
	var diff struct{ Retired []struct{ ID geo.GridID } }
	p.does(&diff, "plan", "diff", "--plan", id, "--against", fmt.Sprint(p.snapshot.Plan.ID))
	if len(diff.Retired) != 1 || diff.Retired[0].ID != b.ID {
		t.Errorf("the comparison tells %+v", diff)
	}
	if errs := p.refused(exitError, "edit", "--plan", id, merge); !strings.Contains(errs, "no such grid") {
		t.Errorf("merged again: %s", errs)
	}
	stale := p.file(fmt.Sprintf(`{"op":"set","grid":%d,"name":{"zh":"新"}}`, a.ID))
	if errs := p.refused(exitError, "edit", "--plan", id, "--at", fmt.Sprint(draft.Revision), stale); !strings.Contains(errs, "older revision") {
		t.Errorf("a late edit: %s", errs)
	}
	if errs := p.refused(exitError, "edit", "--plan", id, merge); !strings.Contains(errs, "没有这个网格") {
		t.Errorf("the refusal in Chinese: %s", errs)
	}
	compound := p.snapshot.Compounds[0].Code
	p.refused(exitUsage, "edit", "--plan", id, p.file(fmt.Sprintf(`{"op":"transfer","to":%q,"compounds":["nobody",%q]}`, a.Code, compound)))
	p.does(&done, "edit", "--plan", id, p.file(fmt.Sprintf(
		`{"edits":[{"op":"create","parent":%d,"tier":"primary","kind":"task","as":"flood"},{"op":"set","grid":"flood","name":{"zh":"防汛"}},{"op":"renumber","parent":%d}]}`,
		a.Parent, a.Parent)))
	if errs := p.refused(exitUsage, "edit", "--plan", id, p.file(`{"op":"set"}`)); !strings.Contains(errs, "grid: is missing") {
		t.Errorf("a bad file: %s", errs)
	}
	if errs := p.refused(exitUsage, "edit", "--plan", id, p.file(`{"op":"retire","grid":"nobody"}`)); !strings.Contains(errs, "nobody") {
		t.Errorf("a code of nobody: %s", errs)
	}
}

func TestPlanUndoRedo(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	var draft geo.Plan
	p.does(&draft, "plan", "new", "--territory", p.snapshot.Territory.Code, "draft")
	id := fmt.Sprint(draft.ID)
	if errs := p.refused(exitError, "plan", "undo", "--plan", id); !strings.Contains(errs, "nothing") {
		t.Errorf("undo of nothing: %s", errs)
	}
	a, b := p.siblings()
	p.does(nil, "edit", "--plan", id, "--by", "li", p.file(fmt.Sprintf(`{"op":"merge","grids":[%d,%d]}`, a.ID, b.ID)))
	var done struct {
		Op    string
		Grids []struct{ Before, After *struct{ ID geo.GridID } }
	}
	p.does(&done, "plan", "undo", "--plan", id)
	if done.Op != "undo" || !slices.ContainsFunc(done.Grids, func(g struct{ Before, After *struct{ ID geo.GridID } }) bool { return g.Before == nil }) {
		t.Errorf("undone %+v", done)
	}
	if list := p.does(nil, "plan", "edits", "--plan", id); !strings.Contains(list, "merge") || !strings.Contains(list, "undone") || !strings.Contains(list, "li") {
		t.Errorf("edits:\n%s", list)
	}
	if p.does(&done, "plan", "redo", "--plan", id); done.Op != "redo" {
		t.Errorf("redone %+v", done)
	}
	if code, _, errs := call(t, "plan", "edits", "--plan", id, "--limit", "0", "--database", p.database); code != exitUsage {
		t.Errorf("--limit 0: exit %d: %s", code, errs)
	}
}

func TestPlanState(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	var draft geo.Plan
	p.does(&draft, "plan", "new", "--territory", p.snapshot.Territory.Code, "draft")
	id := fmt.Sprint(draft.ID)
	a, b := p.siblings()
	p.does(nil, "edit", "--plan", id, p.file(fmt.Sprintf(`{"op":"merge","grids":[%d,%d]}`, a.ID, b.ID)))
	if errs := p.refused(exitError, "plan", "state", "--plan", id, "filed"); !strings.Contains(errs, "reviewed") {
		t.Errorf("filed without review: %s", errs)
	}
	if errs := p.refused(exitUsage, "plan", "state", "--plan", id, "burnt"); !strings.Contains(errs, "burnt") {
		t.Errorf("a state nobody knows: %s", errs)
	}
	var done struct {
		Plan    geo.Plan
		Retired geo.PlanID
	}
	for _, to := range []string{"reviewed", "filed", "in_force"} {
		p.does(&done, "plan", "state", "--plan", id, to)
		if string(done.Plan.State) != to {
			t.Errorf("to %s: %+v", to, done)
		}
	}
	if done.Retired != p.snapshot.Plan.ID {
		t.Errorf("retired plan %d, want %d", done.Retired, p.snapshot.Plan.ID)
	}
	if list := p.does(nil, "plan", "list", "--territory", p.snapshot.Territory.Code); !strings.Contains(list, "retired") {
		t.Errorf("plans:\n%s", list)
	}
}
