package atlas

import (
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
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
	if made < 30 {
		t.Errorf("only %d edits were made", made)
	}
}
