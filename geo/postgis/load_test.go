package postgis_test

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/topo"
)

// county makes up a county; the caller may change it.
func county(t *testing.T, name string) *fixtures.County {
	t.Helper()
	c, err := fixtures.Make(name, 0)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// load puts c into an empty database.
func load(t *testing.T, c *fixtures.County) (*postgis.Store, geo.TerritoryID, *geo.Snapshot) {
	t.Helper()
	store := postgis.New(gridtest.DB(t))
	territory, _, err := store.Load(t.Context(), &c.Snapshot, gridtest.Stream(c.Households), "tester")
	if err != nil {
		t.Fatal(err)
	}
	return store, territory, current(t, store, territory)
}

func current(t *testing.T, store *postgis.Store, territory geo.TerritoryID) *geo.Snapshot {
	t.Helper()
	snap, err := store.SnapshotInForce(t.Context(), territory, 0)
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

// What is loaded comes back: every record, with references led to new IDs.
func TestSnapshotIsWhatWasLoaded(t *testing.T) {
	t.Parallel()
	c := county(t, "mini")
	// A second territory first, so that no new ID equals the county's own.
	other := county(t, "mini")
	other.Territory.Code = "other"
	store := postgis.New(gridtest.DB(t))
	for _, c := range []*fixtures.County{other, c} {
		if _, _, err := store.Load(t.Context(), &c.Snapshot, gridtest.Stream(c.Households), "tester"); err != nil {
			t.Fatal(err)
		}
	}
	territories, err := store.Territories(t.Context())
	if err != nil || len(territories) != 2 || territories[0].Code != c.Territory.Code {
		t.Fatalf("territories %v, %v", territories, err)
	}
	got := current(t, store, territories[0].ID)
	shift := got.Grids[0].ID - c.Grids[0].ID
	for i := range c.Grids {
		want := c.Grids[i]
		want.ID += shift
		if want.Parent != 0 {
			want.Parent += shift
		}
		for k := range want.Predecessors {
			want.Predecessors[k] += shift
		}
		if j := slices.IndexFunc(got.Grids, func(g geo.Grid) bool { return g.ID == want.ID }); j < 0 || !reflect.DeepEqual(got.Grids[j], want) {
			t.Fatalf("grid %s came back as %+v, want %+v", want.Code, got.Grids[j], want)
		}
	}
	compareRest(t, got, c, shift)
}

func compareRest(t *testing.T, got *geo.Snapshot, c *fixtures.County, shift geo.GridID) {
	t.Helper()
	workers := got.Workers[0].ID - c.Workers[0].ID
	for i := range c.Assignments {
		a := &c.Assignments[i]
		a.ID, a.Worker, a.Grid = got.Assignments[i].ID, a.Worker+workers, a.Grid+shift
		if a.Deputy != 0 {
			a.Deputy += workers
		}
	}
	for i := range c.Workers {
		c.Workers[i].ID += workers
	}
	for i := range c.Populations {
		c.Populations[i].ID, c.Populations[i].Unit = got.Populations[i].ID, c.Populations[i].Unit+shift
	}
	for i := range c.Compounds {
		v := &c.Compounds[i]
		v.ID = got.Compounds[i].ID
		if v.Division != 0 {
			v.Division += shift
		}
	}
	for i := range c.Facilities {
		f := &c.Facilities[i]
		f.ID = got.Facilities[i].ID
		if f.Division != 0 {
			f.Division += shift
		}
	}
	for i := range c.Standards {
		c.Standards[i].ID = got.Standards[i].ID
	}
	for i := range c.Profiles {
		c.Profiles[i].ID = got.Profiles[i].ID
	}
	for i := range c.Dwellings {
		d := &c.Dwellings[i]
		d.ID = got.Dwellings[i].ID
		if d.Stated != 0 {
			d.Stated += shift
		}
	}
	for what, same := range map[string]bool{
		"tiers":       reflect.DeepEqual(got.Tiers, c.Tiers),
		"roles":       reflect.DeepEqual(got.Roles, c.Roles),
		"workers":     reflect.DeepEqual(got.Workers, c.Workers),
		"assignments": reflect.DeepEqual(got.Assignments, c.Assignments),
		"populations": reflect.DeepEqual(got.Populations, c.Populations),
		"compounds":   reflect.DeepEqual(got.Compounds, c.Compounds),
		"facilities":  reflect.DeepEqual(got.Facilities, c.Facilities),
		"standards":   reflect.DeepEqual(got.Standards, c.Standards),
		"profiles":    reflect.DeepEqual(got.Profiles, c.Profiles),
		"dwellings":   reflect.DeepEqual(got.Dwellings, c.Dwellings),
		"plan":        got.Plan.Name == c.Plan.Name && got.Plan.State == c.Plan.State && got.Plan.Effective == c.Plan.Effective,
		"territory":   got.Territory.Code == c.Territory.Code && got.Territory.Name == c.Territory.Name,
	} {
		if !same {
			t.Errorf("%s did not come back as loaded", what)
		}
	}
}

// Whatever goes wrong and wherever, nothing of a load stays.
func TestLoadIsAtomic(t *testing.T) {
	t.Parallel()
	broken := errors.New("the file ends here")
	tests := []struct {
		name  string
		spoil func(*fixtures.County)
		want  func(error) bool
	}{
		{"the stream breaks off", func(c *fixtures.County) {}, func(err error) bool { return errors.Is(err, broken) }},
		{"a household has minus one person", func(c *fixtures.County) { c.Households[30].Resident = -1 }, invalid("resident")},
		{"a household names an unknown division", func(c *fixtures.County) { c.Households[30].Stated = 12345 }, invalid("stated")},
		{"a household stands twice", func(c *fixtures.County) { c.Households[30].Ref = c.Households[7].Ref }, conflict},
		{"a text is not UTF-8", func(c *fixtures.County) { c.Households[30].Address = "\xff" }, invalid("address")},
		{"a grid has its neighbour's code", func(c *fixtures.County) { c.Grids[9].Code = c.Grids[8].Code }, conflict},
		{"a grid is of a tier the plan lacks", func(c *fixtures.County) { c.Tiers = c.Tiers[:3] }, invalid("tier")},
		{"a post is of an unknown worker", func(c *fixtures.County) { c.Assignments[3].Worker = 999 }, invalid("worker")},
		{"a post is in an unknown role", func(c *fixtures.County) { c.Assignments[3].Role = "king" }, invalid("role")},
		{"a grid is missing", func(c *fixtures.County) { c.Grids = slices.Delete(c.Grids, 10, 11); unpost(c) }, invalid("boundary")},
		{"a ring crosses itself", func(c *fixtures.County) {
			r := c.Grids[10].Boundary[0][0]
			r[0], r[1] = r[1], r[0]
		}, invalid("boundary")},
	}
	db := gridtest.DB(t)
	store := postgis.New(db)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := county(t, "mini")
			tt.spoil(c)
			stream := func(yield func(geo.Household, error) bool) {
				for _, h := range c.Households {
					if !yield(h, nil) {
						return
					}
				}
				if tt.name == "the stream breaks off" {
					yield(geo.Household{}, broken)
				}
			}
			if _, _, err := store.Load(t.Context(), &c.Snapshot, stream, "tester"); !tt.want(err) {
				t.Errorf("error %v", err)
			}
			for _, table := range []string{"territory", "plan", "grid", "grid_identity", "grid_cell", "worker", "household", "change_set", "partition_check"} {
				if n := count(t, db, "select count(*) from "+table); n != 0 {
					t.Errorf("%d rows left in %s", n, table)
				}
			}
		})
	}
}

// invalid asks for an InvalidError of a field.
func invalid(field string) func(error) bool {
	return func(err error) bool {
		var bad *geo.InvalidError
		return errors.As(err, &bad) && bad.Field == field
	}
}

func conflict(err error) bool { return errors.Is(err, geo.ErrConflict) }

func TestLoadRefusesTheSameTerritory(t *testing.T) {
	t.Parallel()
	c := county(t, "mini")
	store, _, _ := load(t, c)
	if _, _, err := store.Load(t.Context(), &c.Snapshot, nil, "tester"); !errors.Is(err, geo.ErrConflict) {
		t.Errorf("second load: %v, want ErrConflict", err)
	}
}

// The stored leaf, the geometry's own rule, PostGIS and the view agree.
func TestHouseholdsLieWhereTheyShould(t *testing.T) {
	t.Parallel()
	c := county(t, "mini")
	store := postgis.New(gridtest.DB(t))
	outside := topo.Point{X: c.Grids[0].Boundary.Bound().Max.X + 1000, Y: c.Households[0].At.Y}
	c.Households[0].At = outside
	c.Households[1].Located, c.Households[1].At = false, topo.Point{}
	c.Households[2].At = c.Grids[20].Boundary[0][0][0] // a corner of three
	territory, _, err := store.Load(t.Context(), &c.Snapshot, gridtest.Stream(c.Households), "tester")
	if err != nil {
		t.Fatal(err)
	}
	checkPlaces(t, store, territory)
}

// checkPlaces compares every stored leaf with topo and PostGIS, and the view
// with the sums.
func checkPlaces(t *testing.T, store *postgis.Store, territory geo.TerritoryID) {
	t.Helper()
	db := store.Pool()
	snap := current(t, store, territory)
	tree, err := geo.NewTree(snap.Grids)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]int64, tree.Len())
	for _, d := range snap.Dwellings {
		leaf := count(t, db, `select coalesce(leaf_id, 0) from household where territory_id = $1 and id = $2`, territory, d.ID)
		right := int64(0)
		for i := range snap.Grids {
			g := &snap.Grids[i]
			if d.Located && g.Kind == geo.General && g.Boundary.Contains(d.At) {
				right = int64(g.ID) // parents stand before children: the last is the deepest
				want[i]++
			}
		}
		if leaf != right {
			t.Errorf("household %d is stored in grid %d, lies in %d", d.ID, leaf, right)
		}
	}
	for i := range snap.Grids {
		if g := &snap.Grids[i]; g.Kind == geo.General {
			got := count(t, db, `select households from grid_household_count where territory_id = $1 and plan_id = $2 and id = $3`,
				territory, snap.Plan.ID, g.ID)
			if got != want[i] {
				t.Errorf("view counts %d households in %s, want %d", got, g.Code, want[i])
			}
		}
	}
	strays, err := os.ReadFile("testdata/strays.sql")
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, string(strays), territory, snap.Plan.ID, 0.1); n != 0 {
		t.Errorf("PostGIS finds %d households in another grid", n)
	}
}

// Every household's cell is one of its leaf's; an interior cell has no other.
func TestCellsCoverTheirGrids(t *testing.T) {
	t.Parallel()
	store, territory, _ := load(t, county(t, "mini"))
	db := store.Pool()
	if n := count(t, db, `select count(*) from household as h join territory as t using (territory_id)
		where territory_id = $1 and leaf_id is not null
		and not exists (select from grid_cell as c where c.territory_id = h.territory_id and c.plan_id = t.housed_in
		                and c.cell = h.cell and c.grid_id = h.leaf_id)`, territory); n != 0 {
		t.Errorf("%d households in a cell that their leaf does not have", n)
	}
	if n := count(t, db, `select count(*) from grid_cell as a join grid_cell as b using (territory_id, plan_id, cell)
		where a.interior and a.grid_id <> b.grid_id`); n != 0 {
		t.Errorf("%d cells are inside one grid and touch another", n)
	}
	if n := count(t, db, `select count(*) from grid_cell`); n == 0 {
		t.Error("no cells")
	}
}

// The households' own scope streams whole records.
func TestHouseholdsStream(t *testing.T) {
	t.Parallel()
	c := county(t, "mini")
	store, territory, snap := load(t, c)
	i := 0
	err := store.Households(t.Context(), territory, func(h geo.Household) error {
		want := c.Households[i]
		want.Dwelling = snap.Dwellings[i]
		if h != want {
			t.Errorf("household %+v, want %+v", h, want)
		}
		i++
		return nil
	})
	if err != nil || i != len(c.Households) {
		t.Errorf("%d households, %v", i, err)
	}
	stop := errors.New("enough")
	if err := store.Households(t.Context(), territory, func(geo.Household) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped with %v", err)
	}
	// The broken-off stream has not spoilt the pool.
	if err := store.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSnapshotErrors(t *testing.T) {
	t.Parallel()
	store := postgis.New(gridtest.DB(t))
	_, err := store.Snapshot(t.Context(), 5)
	if !errors.Is(err, geo.ErrNotFound) || !strings.Contains(err.Error(), "plan 5") {
		t.Errorf("snapshot of no plan: %v", err)
	}
	if _, err := store.SnapshotInForce(t.Context(), 5, 20250101); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("plan in force of no territory: %v", err)
	}
}

// unpost takes away what refers to grids.
func unpost(c *fixtures.County) {
	c.Assignments, c.Responsibilities, c.NetMembers, c.Metrics = nil, nil, nil, nil
}
