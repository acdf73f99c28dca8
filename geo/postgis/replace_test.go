package postgis_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/topo"
)

func replace(t *testing.T, store *postgis.Store, c *fixtures.County) postgis.Replaced {
	t.Helper()
	done, err := store.Replace(t.Context(), &c.Snapshot, gridtest.Stream(c.Households), "tester")
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// Importing the same again, in another order and under other IDs, changes
// nothing.
func TestReplaceByTheSameChangesNothing(t *testing.T) {
	t.Parallel()
	store := postgis.New(gridtest.DB(t))
	first := replace(t, store, county(t, "mini"))
	if !first.Changed || first.Created[geo.HouseholdEntity] != 60 || first.Revision != 1 {
		t.Errorf("first: %+v", first)
	}
	before := current(t, store, first.Territory)
	again := county(t, "mini")
	slices.Reverse(again.Households)
	slices.Reverse(again.Workers)
	slices.Reverse(again.Assignments)
	for i := range again.Workers {
		again.Workers[i].ID += 1000
	}
	for i := range again.Assignments {
		again.Assignments[i].Worker += 1000
		if again.Assignments[i].Deputy != 0 {
			again.Assignments[i].Deputy += 1000
		}
	}
	for i := range again.Grids { // a ring may start anywhere
		for _, polygon := range again.Grids[i].Boundary {
			for k, ring := range polygon {
				polygon[k] = append(ring[1:len(ring):len(ring)], ring[0])
			}
		}
	}
	done := replace(t, store, again)
	if done.Changed || done.Revision != 1 || done.Plan != first.Plan {
		t.Errorf("again: %+v", done)
	}
	if asJSON(t, before) != asJSON(t, current(t, store, first.Territory)) {
		t.Error("the snapshot differs")
	}
	if n := count(t, store.Pool(), `select count(*) from change_set`); n != 1 {
		t.Errorf("%d change sets, want 1", n)
	}
}

// What differs makes one change set that tells exactly that, and the rest
// keeps its IDs.
func TestReplaceTellsWhatDiffers(t *testing.T) {
	t.Parallel()
	store := postgis.New(gridtest.DB(t))
	replace(t, store, county(t, "mini"))
	c := county(t, "mini")
	c.Grids[5].Name.EN = "Renamed"
	gone := c.Workers[len(c.Workers)-1].ID
	c.Workers = c.Workers[:len(c.Workers)-1]
	c.Assignments = slices.DeleteFunc(c.Assignments, func(a geo.Assignment) bool { return a.Worker == gone })
	c.Workers = append(c.Workers, geo.Worker{ID: 5000, Number: "new", Name: "新", Employment: geo.FullTime})
	c.Assignments = append(c.Assignments, geo.Assignment{Worker: 5000, Grid: c.Grids[12].ID, Role: "leader", Permille: 1000})
	c.Households[0].Resident++
	c.Households[1].At = c.Households[40].At
	c.Households = append(c.Households[:50], c.Households[51:]...)
	c.Households = append(c.Households, geo.Household{Ref: "new"})
	done := replace(t, store, c)
	wantCreated := map[geo.Entity]int{geo.WorkerEntity: 1, geo.AssignmentEntity: 1, geo.HouseholdEntity: 1}
	wantUpdated := map[geo.Entity]int{geo.GridEntity: 1, geo.HouseholdEntity: 2}
	wantDeleted := map[geo.Entity]int{geo.WorkerEntity: 1, geo.AssignmentEntity: 1, geo.HouseholdEntity: 1}
	if !maps.Equal(done.Created, wantCreated) || !maps.Equal(done.Updated, wantUpdated) || !maps.Equal(done.Deleted, wantDeleted) {
		t.Errorf("replaced %+v", done)
	}
	sets, err := store.Since(t.Context(), done.Territory, 1)
	if err != nil || len(sets) != 1 || len(sets[0].Changes) != 9 || sets[0].Reload || sets[0].Plan != done.Plan {
		t.Fatalf("told %+v, %v", sets, err)
	}
	for _, change := range sets[0].Changes {
		if change.After == nil {
			continue
		}
		if name, id := change.After.Key(); id == 0 {
			t.Errorf("new %s without an ID", name)
		} else if name != geo.GridEntity {
			got, _ := get(t, store, done.Territory, change.After)
			if asJSON(t, got) != asJSON(t, change.After) || place(got) != place(change.After) {
				t.Errorf("told %s, stored %s", asJSON(t, change.After), asJSON(t, got))
			}
		}
	}
	checkPlaces(t, store, done.Territory)
	if again := replace(t, store, c); again.Changed {
		t.Errorf("the same again: %+v", again)
	}
}

// A redrawn border moves households, cells and fingerprints with it; grids
// that are gone leave nothing behind.
func TestReplaceMovesBorders(t *testing.T) {
	t.Parallel()
	store := postgis.New(gridtest.DB(t))
	replace(t, store, county(t, "mini"))
	c := county(t, "mini")
	into, from := siblingLeaves(c)
	joined, err := topo.Union([]topo.Shape{c.Grids[into].Boundary, c.Grids[from].Boundary})
	if err != nil {
		t.Fatal(err)
	}
	c.Grids[into].Boundary = joined
	dropped := c.Grids[from].ID
	for i := range c.Assignments {
		if c.Assignments[i].Grid == dropped {
			c.Assignments[i].Grid = c.Grids[into].ID
		}
	}
	c.Responsibilities, c.NetMembers = nil, nil // some are of the grid that goes
	c.Grids = slices.Delete(c.Grids, from, from+1)
	done, err := store.Replace(t.Context(), &c.Snapshot, nil, "tester") // households stay, under other grids
	if err != nil {
		t.Fatal(err)
	}
	if done.Updated[geo.GridEntity] != 1 || done.Deleted[geo.GridEntity] != 1 || done.Deleted[geo.HouseholdEntity] != 0 {
		t.Errorf("replaced %+v", done)
	}
	checkPlaces(t, store, done.Territory)
	if n := count(t, store.Pool(), `select count(*) from grid_cell as c where not exists (select from grid as g
		where g.id = c.grid_id and g.plan_id = c.plan_id and g.territory_id = c.territory_id)`); n != 0 {
		t.Errorf("%d cells of no grid", n)
	}
	if back := replace(t, store, county(t, "mini")); back.Created[geo.GridEntity] != 1 || back.Updated[geo.GridEntity] != 1 {
		t.Errorf("back again: %+v", back)
	}
	checkPlaces(t, store, done.Territory)
}

// siblingLeaves returns the positions of two neighbours without children under
// one parent, the later of them second.
func siblingLeaves(c *fixtures.County) (into, from int) {
	parents := map[geo.GridID]bool{}
	for i := range c.Grids {
		parents[c.Grids[i].Parent] = true
	}
	leaf := func(i int) bool { return c.Grids[i].Kind == geo.General && !parents[c.Grids[i].ID] }
	for from = len(c.Grids) - 1; ; from-- {
		for into = range from {
			if !leaf(into) || !leaf(from) || c.Grids[into].Parent != c.Grids[from].Parent {
				continue
			}
			joined, err := topo.Union([]topo.Shape{c.Grids[into].Boundary, c.Grids[from].Boundary})
			if err == nil && len(joined) == 1 {
				return into, from
			}
		}
	}
}

func TestReplaceOfTiersAndRolesAsksForReload(t *testing.T) {
	t.Parallel()
	store := postgis.New(gridtest.DB(t))
	replace(t, store, county(t, "mini"))
	c := county(t, "mini")
	c.Tiers[3].NeedsWorker = !c.Tiers[3].NeedsWorker
	c.Roles = append(c.Roles, geo.Role{Code: "adviser2", Name: geo.Name{ZH: "指导员"}})
	c.Plan.Name = "another"
	c.Territory.Name.EN = "Another"
	done := replace(t, store, c)
	sets, err := store.Since(t.Context(), done.Territory, 1)
	if err != nil || len(sets) != 1 || !sets[0].Reload {
		t.Fatalf("told %+v, %v", sets, err)
	}
	got := current(t, store, done.Territory)
	if !slices.Equal(got.Tiers, c.Tiers) || !slices.Equal(got.Roles, c.Roles) || got.Plan.Name != "another" || got.Territory.Name.EN != "Another" {
		t.Errorf("stored %+v", got)
	}
	if got.Plan.Revision != done.Revision {
		t.Errorf("plan at revision %d, want %d", got.Plan.Revision, done.Revision)
	}
	if again := replace(t, store, county(t, "mini")); !again.Changed {
		t.Error("back again changed nothing")
	}
}

// A refused replacement leaves everything as it was.
func TestReplaceRefuses(t *testing.T) {
	t.Parallel()
	store := postgis.New(gridtest.DB(t))
	first := replace(t, store, county(t, "mini"))
	before := asJSON(t, current(t, store, first.Territory))
	broken := errors.New("the file ends here")
	tests := []struct {
		name  string
		spoil func(*fixtures.County)
		want  func(error) bool
	}{
		{"a grid is missing", func(c *fixtures.County) { c.Grids = slices.Delete(c.Grids, 10, 11); unpost(c) }, invalid("boundary")},
		{"a code stands twice", func(c *fixtures.County) { c.Grids[9].Code = c.Grids[8].Code }, conflict},
		{"a worker's number stands twice", func(c *fixtures.County) { c.Workers[1].Number = c.Workers[0].Number }, conflict},
		{"a household stands twice", func(c *fixtures.County) { c.Households[9].Ref = c.Households[8].Ref }, conflict},
		{"a role is gone that is still held", func(c *fixtures.County) { c.Roles = c.Roles[1:] }, invalid("role")},
		{"the stream breaks off", func(c *fixtures.County) { c.Households = c.Households[:1] }, is(broken)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := county(t, "mini")
			c.Workers[4].Org = "must not stay"
			tt.spoil(c)
			stream := func(yield func(geo.Household, error) bool) {
				for _, h := range c.Households {
					if !yield(h, nil) {
						return
					}
				}
				if len(c.Households) == 1 {
					yield(geo.Household{}, broken)
				}
			}
			if _, err := store.Replace(t.Context(), &c.Snapshot, stream, "tester"); !tt.want(err) {
				t.Errorf("error %v", err)
			}
			if asJSON(t, current(t, store, first.Territory)) != before {
				t.Error("something changed")
			}
		})
	}
}

// A record that is new gets an ID of its own, whatever it is called in the
// file: the caller's IDs are those of other records in the store.
func TestReplaceNumbersWhatIsNew(t *testing.T) {
	t.Parallel()
	store := postgis.New(gridtest.DB(t))
	first := replace(t, store, county(t, "mini"))
	c := county(t, "mini")
	added := c.Facilities[2]
	added.Name.ZH = "新站"
	c.Facilities = append([]geo.Facility{added}, c.Facilities...)
	if done := replace(t, store, c); done.Created[geo.FacilityEntity] != 1 || len(done.Updated)+len(done.Deleted) != 0 {
		t.Errorf("%+v", done)
	}
	got := current(t, store, first.Territory).Facilities
	last := got[len(got)-1]
	if len(got) != len(c.Facilities) || last.Name.ZH != "新站" || int(last.ID) <= len(got)-1 {
		t.Errorf("%d facilities, the last %+v", len(got), last)
	}
}
