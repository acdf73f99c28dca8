package atlas

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// A picture that follows redrawings shows what one made of the drawing shows.
func TestPictureFollowsRedrawings(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	d, err := redraw.NewDrawing(&county.Snapshot, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(&county.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	follow := func(e redraw.Edit) {
		r, err := d.Apply(e)
		if err != nil {
			return
		}
		if err := d.Take(r); err != nil {
			t.Fatal(err)
		}
		cs := geo.ChangeSet{Territory: 1, Plan: 1, Revision: a.Revision() + 1, Changes: r.Changes}
		if a, err = a.Apply(cs); err != nil {
			t.Fatalf("%+v: %v", e, err)
		}
		findings(t, a) // so that what is kept of them is carried along
		made++
	}
	for _, g := range county.Grids[1:] {
		if g.Kind != geo.General {
			continue
		}
		b := g.Boundary.Bound()
		y := b.Min.Y + (b.Max.Y-b.Min.Y)/3
		follow(redraw.Split{Grid: g.ID, Line: []topo.Point{{X: b.Min.X - 5, Y: y}, {X: b.Max.X + 5, Y: y}}})
		follow(redraw.Retire{Grid: g.ID})
	}
	fresh := county.Snapshot
	fresh.Grids = d.Grids()
	want, err := New(&fresh)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range county.Dwellings {
		i, ok := a.Locate(w.At)
		j, there := want.Locate(w.At)
		if ok != there || ok && a.Grid(i).ID != want.Grid(j).ID {
			t.Errorf("household %d: followed %v, afresh %v", w.ID, ok, there)
		}
	}
	got, expected := findings(t, a), findings(t, want)
	if !slices.Equal(got, expected) || !slices.ContainsFunc(got, func(f string) bool { return strings.HasPrefix(f, "GEO-9") }) {
		t.Errorf("the followed picture finds\n%s\nand one made afresh\n%s", strings.Join(got, "\n"), strings.Join(expected, "\n"))
	}
	if made < 30 {
		t.Errorf("only %d edits were made", made)
	}
}

// findings returns the rules and ids of all findings of a picture, sorted.
func findings(t *testing.T, a *Atlas) (list []string) {
	t.Helper()
	report, err := a.Check(check.Question{AsOf: fixtures.AsOf, MaxFindings: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		list = append(list, fmt.Sprint(f.Rule, " ", f.ID, " ", f.Message.EN))
	}
	slices.Sort(list)
	return list
}
