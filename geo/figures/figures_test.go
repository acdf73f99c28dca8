package figures

import (
	"errors"
	"math"
	"slices"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/stats"
	"gridmap/geo/topo"

	"pgregory.net/rapid"
)

var day, _ = geo.NewDate(2025, 6, 30)

// county counts a made-up county, placing its households by looking at every
// grid.
func county(t *testing.T, name string) (*geo.Counted, func(int) topo.Shape) {
	t.Helper()
	made, err := fixtures.Make(name, 0)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := geo.NewTree(made.Grids)
	if err != nil {
		t.Fatal(err)
	}
	leaf := make([]int32, len(made.Dwellings))
	for i := range made.Dwellings {
		leaf[i] = -1
		for g := range made.Grids {
			grid := &made.Grids[g]
			if grid.Kind == geo.General && len(tree.Children(g)) == 0 && made.Dwellings[i].Located && grid.Boundary.Contains(made.Dwellings[i].At) {
				leaf[i] = int32(g)
			}
		}
	}
	return geo.Count(&made.Snapshot, tree, leaf, day), func(i int) topo.Shape { return made.Grids[i].Boundary }
}

func TestFiguresOfACounty(t *testing.T) {
	t.Parallel()
	c, ground := county(t, "mini")
	units, err := Compute(c, ground, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range units {
		if u.Kind != string(geo.General) {
			continue
		}
		whole := make([]*geo.Dwelling, 0, u.Households)
		for i := range c.Dwellings.Len() {
			if c.Leaf[i] >= 0 && c.Tree.Under(int(c.Leaf[i]), u.Position) {
				whole = append(whole, c.Dwellings.At(i))
			}
		}
		if int64(len(whole)) != u.Households {
			t.Errorf("%s: %d households, want %d", u.Code, u.Households, len(whole))
		}
		checkSpread(t, u, whole)
		checkReach(t, c, u, whole)
		if u.PolsbyPopper != nil && !(*u.PolsbyPopper > 0 && *u.PolsbyPopper < 1 && *u.Reock > 0 && *u.Reock < 1) {
			t.Errorf("%s: compactness %v, %v", u.Code, *u.PolsbyPopper, *u.Reock)
		}
		for figure, because := range u.Because {
			if because == "" {
				t.Errorf("%s: %s is missing for no reason", u.Code, figure)
			}
		}
	}
}

// checkSpread compares the standard distance with that from the middle.
func checkSpread(t *testing.T, u Unit, whole []*geo.Dwelling) {
	t.Helper()
	if len(whole) == 0 {
		if u.SpreadM != nil || u.Because["household_spread_m"] != NoHouseholds {
			t.Errorf("%s: spread %v of nobody", u.Code, u.SpreadM)
		}
		return
	}
	var points []topo.Point
	for _, d := range whole {
		points = append(points, d.At)
	}
	places := stats.Places(points)
	var x, y, sum float64
	for _, p := range places {
		x, y = x+p.X/float64(len(places)), y+p.Y/float64(len(places))
	}
	for _, p := range places {
		sum += (p.X-x)*(p.X-x) + (p.Y-y)*(p.Y-y)
	}
	if want := math.Sqrt(sum / float64(len(places))); math.Abs(*u.SpreadM-want) > 0.01+want*1e-3 {
		t.Errorf("%s: spread %v m, want %v", u.Code, *u.SpreadM, want)
	}
}

// checkReach asks every pair of a household and a facility.
func checkReach(t *testing.T, c *geo.Counted, u Unit, whole []*geo.Dwelling) {
	t.Helper()
	for kind, got := range u.Facilities {
		var people, within, distance float64
		for _, d := range whole {
			near := math.Inf(1)
			for i := range c.Facilities {
				if f := &c.Facilities[i]; f.Type == kind && f.Valid.Holds(c.AsOf) {
					near = min(near, topo.LengthM(d.At, f.At))
				}
			}
			people += float64(d.Resident)
			distance += near * float64(d.Resident)
			if near*1.3 <= 1000 {
				within += float64(d.Resident)
			}
		}
		if people == 0 {
			if got.NearestM != nil {
				t.Errorf("%s, %s: nobody is %v m away", u.Code, kind, *got.NearestM)
			}
			continue
		}
		if math.Abs(*got.NearestM-distance/people) > 1e-6*distance/people || *got.WithinPct != math.Floor(within*1e4/people)/100 {
			t.Errorf("%s, %s: %v m, %v %%, want %v m, %v %%", u.Code, kind, *got.NearestM, *got.WithinPct, distance/people, within*100/people)
		}
	}
}

// The floor area within reach is the two-step figure of every pair.
func TestFloorAreaEqualsTwoStepReach(t *testing.T) {
	t.Parallel()
	c, ground := county(t, "mini")
	for i := range c.Facilities {
		c.Facilities[i].FloorAreaM2 = float64(100 + 10*i)
	}
	units, err := Compute(c, ground, []int{0}, Options{WalkM: 3000})
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for kind, got := range units[0].Facilities {
		var supply []float64
		var at []topo.Point
		for i := range c.Facilities {
			if f := &c.Facilities[i]; f.Type == kind && f.Valid.Holds(day) {
				supply, at = append(supply, f.FloorAreaM2), append(at, f.At)
			}
		}
		demand, people := make([]float64, c.Dwellings.Len()), 0.0
		for i := range c.Dwellings.Len() {
			if c.Leaf[i] >= 0 {
				demand[i] = float64(c.Dwellings.At(i).Resident)
				people += demand[i]
			}
		}
		reach, err := stats.Reach(demand, supply, func(d, s int) float64 {
			if topo.LengthM(c.Dwellings.At(d).At, at[s])*1.3 <= 3000 {
				return 1
			}
			return 0
		})
		if err != nil {
			t.Fatal(err)
		}
		want := 0.0
		for i := range reach {
			want += reach[i] * demand[i] / people
		}
		if math.Abs(*got.PerResidentM2-want) > 1e-9*want {
			t.Errorf("%s: %v m² a resident, want %v", kind, *got.PerResidentM2, want)
		}
		asked++
	}
	if asked == 0 {
		t.Error("the county has no facility")
	}
}

// What a grid shares with its neighbours and with the outside is its border.
func TestBordersAddUp(t *testing.T) {
	t.Parallel()
	c, ground := county(t, "mini")
	units, err := Compute(c, ground, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	byTier := map[string]float64{} // perimeters less borders
	for _, u := range units {
		if u.Kind == string(geo.General) && u.PerimeterM != nil {
			byTier[u.Tier] += *u.PerimeterM
			for _, b := range u.Borders {
				byTier[u.Tier] -= b.LengthM
				back := units[slices.IndexFunc(units, func(o Unit) bool { return o.Code == b.Code })]
				if !slices.ContainsFunc(back.Borders, func(o Border) bool { return o.Code == u.Code && math.Abs(o.LengthM-b.LengthM) < 1e-6 }) {
					t.Errorf("%s borders on %s, which does not on it", u.Code, b.Code)
				}
			}
		}
	}
	outline := ground(0).PerimeterM()
	for i, tier := range c.Tiers {
		if left, is := byTier[tier.Code]; is && tier.Complete && i < 3 && math.Abs(left-outline) > 1e-6*outline {
			t.Errorf("%s: %v m of border are nobody else's, the outline has %v", tier.Code, left, outline)
		}
	}
}

func TestWhatDoesNotExistSaysWhy(t *testing.T) {
	t.Parallel()
	c, _ := county(t, "mini")
	empty := *c.Snapshot
	empty.Dwellings, empty.Workers, empty.Assignments = nil, nil, nil
	bare := geo.Count(&empty, c.Tree, nil, day)
	units, err := Compute(bare, func(int) topo.Shape { return nil }, []int{0}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	u := units[0]
	want := map[string]Reason{
		"area_m2": Undrawn, "perimeter_m": Undrawn, "residents_per_km2": Undrawn, "polsby_popper": Undrawn, "reock": Undrawn,
		"household_spread_m": NoHouseholds, "workers_per_10k": NoPeople, "households_per_worker": NoWorkers,
		"persons_per_worker": NoWorkers, "load_per_worker": NoWorkers, "cv_households": NoHouseholds,
		"gini_households": NoHouseholds, "theil_workers": NoWorkers,
	}
	for figure, because := range want {
		if u.Because[figure] != because {
			t.Errorf("%s: %q, want %q", figure, u.Because[figure], because)
		}
	}
	if u.AreaM2 != nil || u.WorkersPer10k != nil || u.LoadPerWorker != nil || u.Theil != nil || u.Reock != nil {
		t.Errorf("figures of nothing: %+v", u)
	}
}

func TestOptionsAreRefused(t *testing.T) {
	t.Parallel()
	c, ground := county(t, "mini")
	for field, o := range map[string]Options{
		"load.household":  {Load: Load{Household: -1}},
		"load.km2":        {Load: Load{KM2: math.NaN()}},
		"detour_permille": {DetourPermille: 999},
		"walk_m":          {WalkM: -1},
	} {
		var invalid *geo.InvalidError
		if _, err := Compute(c, ground, nil, o); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// The smallest circle holds every point and is no larger than any through two
// or three of them that does.
func TestCircleIsTheSmallest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) stats.Place {
			return stats.Place{X: float64(rapid.IntRange(0, 8).Draw(t, "x")), Y: float64(rapid.IntRange(0, 8).Draw(t, "y"))}
		}), 1, 9).Draw(t, "points")
		got := circle(points)
		least := math.Inf(1)
		try := func(d disc) {
			if d.r < least && !slices.ContainsFunc(points, func(p stats.Place) bool { return !d.holds(p) }) {
				least = d.r
			}
		}
		for i, p := range points {
			for j, q := range points {
				try(between(p, q))
				for _, r := range points[:min(i, j)] {
					try(through(p, q, r))
				}
			}
		}
		if math.Abs(got.r-least) > 1e-5 || slices.ContainsFunc(points, func(p stats.Place) bool { return !got.holds(p) }) {
			t.Fatalf("%v: radius %v, want %v", points, got.r, least)
		}
	})
}

// Two grids, worked out by hand: in the first two households with seven people
// and one worker with part posts, in the second one household with two
// people and nobody who serves them.
func TestRatiosByHand(t *testing.T) {
	t.Parallel()
	s := &geo.Snapshot{
		Tiers: []geo.Tier{{Rank: 0, Code: "county", Class: geo.Administrative}, {Rank: 1, Code: "primary", Class: geo.GridClass, NeedsWorker: true}},
		Grids: []geo.Grid{
			{ID: 1, Code: "county", Kind: geo.General}, {ID: 2, Parent: 1, Tier: 1, Code: "a", Kind: geo.General},
			{ID: 3, Parent: 1, Tier: 1, Code: "b", Kind: geo.General},
		},
		Roles:   []geo.Role{{Code: "leader"}, {Code: "worker"}},
		Workers: []geo.Worker{{ID: 1}, {ID: 2, Active: geo.Period{To: 20250101}}},
		Assignments: []geo.Assignment{
			{Worker: 1, Grid: 2, Role: "leader", Permille: 500}, {Worker: 1, Grid: 2, Role: "worker", Permille: 300},
			{Worker: 1, Grid: 1, Role: "leader", Permille: 400},                                  // with 800 in the grid a full post in the county, and no more
			{Worker: 1, Grid: 3, Role: "worker", Permille: 200, Valid: geo.Period{To: 20250101}}, // over
			{Worker: 2, Grid: 3, Role: "worker", Permille: 1000},                                 // has left
		},
		Dwellings: []geo.Dwelling{{ID: 1, Resident: 4, Registered: 5, Occupied: true}, {ID: 2, Resident: 3}, {ID: 3, Resident: 2}},
	}
	tree, err := geo.NewTree(s.Grids)
	if err != nil {
		t.Fatal(err)
	}
	units, err := Compute(geo.Count(s, tree, []int32{1, 1, 2}, day), func(int) topo.Shape { return nil }, nil, Options{Load: Load{Household: 1, Resident: 0.5}})
	if err != nil {
		t.Fatal(err)
	}
	county, empty := units[0], units[2]
	if county.PostsPermille != 1000 || units[1].PostsPermille != 800 || county.Workers != 1 || county.ByRole["leader"] != 1 || county.ByRole["worker"] != 1 ||
		county.Staffable != 2 || county.Vacant != 1 || county.Registered != 5 || county.Occupied != 1 {
		t.Errorf("the county: %+v", county)
	}
	for _, f := range []struct {
		name string
		got  *float64
		want float64
	}{
		{"workers per 10,000, cut from 1,111.11…", county.WorkersPer10k, 1111.11},
		{"households per worker", county.HouseholdsPerWorker, 3},
		{"persons per worker", county.PersonsPerWorker, 9},
		{"vacancy", county.VacancyPct, 50},
		{"load", county.LoadPerWorker, 3 + 9*0.5},
		{"variation", county.VariationHouseholds, 1. / 3},
		{"Gini", county.GiniHouseholds, 1. / 6},
		{"Theil", &county.Theil.Total, math.Log(1.5)},
		{"Theil between", &county.Theil.Between, math.Log(1.5)},
		{"vacancy of the empty grid", empty.VacancyPct, 100},
		{"workers per 10,000 there", empty.WorkersPer10k, 0},
	} {
		if f.got == nil || math.Abs(*f.got-f.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", f.name, f.got, f.want)
		}
	}
	if empty.LoadPerWorker != nil || empty.Because["load_per_worker"] != NoWorkers {
		t.Errorf("load of nobody: %v", empty.LoadPerWorker)
	}
}
