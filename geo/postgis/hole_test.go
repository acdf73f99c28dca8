package postgis_test

import (
	"bytes"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/exchange"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// squareAround is a square around a place, a quarter as wide as a box.
func squareAround(p topo.Point, b topo.Box) topo.Shape {
	r := (b.Max.X - b.Min.X) / 8
	return topo.Shape{{{{X: p.X - r, Y: p.Y - r}, {X: p.X + r, Y: p.Y - r}, {X: p.X + r, Y: p.Y + r}, {X: p.X - r, Y: p.Y + r}}}}
}

// A dedicated grid in a hole is stored, counted, judged and published as part
// of the partition, and goes back into a file as it was.
func TestHolesFromDraftIntoForce(t *testing.T) {
	t.Parallel()
	c := county(t, "mini")
	for i := range c.Tiers {
		if c.Tiers[i].Code == "primary" {
			c.Tiers[i].Dedicated = geo.Hole
		}
	}
	db := gridtest.DB(t)
	store := postgis.New(db)
	territory, _, err := store.Load(t.Context(), &c.Snapshot, gridtest.Stream(c.Households), "tester")
	if err != nil {
		t.Fatal(err)
	}
	draft, err := store.CreateDraft(t.Context(), territory, 0, "专属", "lin")
	if err != nil {
		t.Fatal(err)
	}
	before := snapshotOf(t, store, draft.ID)
	home := before.Dwellings[7].At
	var village geo.Grid
	for _, g := range before.Grids {
		if g.Tier == 2 && g.Boundary.Contains(home) {
			village = g
		}
	}
	ground, _, err := topo.CutRegion([]topo.Shape{village.Boundary}, squareAround(home, village.Boundary.Bound()))
	if err != nil {
		t.Fatal(err)
	}
	made := edit(t, store, draft.ID, redraw.Create{Grid: geo.Grid{Parent: village.ID, Tier: 3, Kind: geo.Dedicated, Owner: "县教育局",
		Name: geo.Name{ZH: "一中"}, Boundary: ground.Left[0]}})
	if err := whole(t, db, store, draft.ID); err != nil {
		t.Fatal(err)
	}
	advance(t, store, draft.ID, geo.Reviewed, geo.Filed, geo.InForce)
	snap := snapshotOf(t, store, draft.ID)
	var hole geo.Grid
	for _, g := range snap.Grids {
		if g.Hole {
			hole = g
		}
	}
	if hole.Owner != "县教育局" || hole.Kind != geo.Dedicated || len(made.Shifts) == 0 {
		t.Fatalf("stored %+v", hole)
	}
	if n := count(t, db, `select count(*) from partition_faults($1, $2)`, int64(territory), int64(draft.ID)); n != 0 {
		t.Errorf("%d parents are judged faulty", n)
	}
	picture, err := atlas.New(snap)
	if err != nil {
		t.Fatal(err)
	}
	leaf, ok := picture.Locate(home)
	if !ok || picture.Grid(leaf).ID != hole.ID {
		t.Errorf("the household lies in %d", leaf)
	}
	counted := picture.Counted(0)
	if sql := count(t, db, `select households from grid_household_count where territory_id = $1 and plan_id = $2 and id = $3`,
		int64(territory), int64(draft.ID), int64(hole.ID)); sql == 0 || sql != counted.Tallies[leaf].Households {
		t.Errorf("SQL counts %d households in the hole, the picture %d", sql, counted.Tallies[leaf].Households)
	}
	if counted.Tallies[0].Households != int64(len(snap.Dwellings)) {
		t.Errorf("the territory counts %d of %d households", counted.Tallies[0].Households, len(snap.Dwellings))
	}
	report, err := picture.Check(check.Question{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.Severity == geo.Error && f.Rule != geo.RuleUnstaffed && f.Rule != geo.RuleRatio {
			t.Errorf("finding %s: %s", f.Rule, f.Message.EN)
		}
	}
	var file bytes.Buffer
	w := exchange.NewGeoJSONWriter(&file, "")
	if err := exchange.WriteAllGrids(w, snap); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil || bytes.Count(file.Bytes(), []byte(`"hole":true`)) != 1 || bytes.Count(file.Bytes(), []byte(`"hole":false`)) != 2 {
		t.Errorf("the file tells of %d holes and %d overlays", bytes.Count(file.Bytes(), []byte(`"hole":true`)), bytes.Count(file.Bytes(), []byte(`"hole":false`)))
	}
}

// Compounds are found by their codes; codes of none are passed over.
func TestCompoundsByCode(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	found, err := store.Compounds(t.Context(), territory, []string{snap.Compounds[0].Code, "nobody", snap.Compounds[2].Code})
	if err != nil || len(found) != 2 || found[snap.Compounds[2].Code].ID != snap.Compounds[2].ID {
		t.Errorf("found %+v, %v", found, err)
	}
}
