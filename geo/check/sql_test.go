package check_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
	"gridmap/geo/topo"
)

func TestMain(m *testing.M) { gridtest.Main(m) }

// What a check counts, of whom each standard asks how many, and whom each rule
// of people names, is what PostgreSQL works out by itself, in every made-up
// county, roughed up so that every rule has something to say.
func TestCheckEqualsSQL(t *testing.T) {
	t.Parallel()
	names := fixtures.Names()
	if testing.Short() {
		names = []string{"mini"}
	}
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := gridtest.DB(t)
			c := rough(t, name, uint64(i))
			store := postgis.New(db)
			territory, _, err := store.Load(t.Context(), &c.Snapshot, gridtest.Stream(c.Households), "test")
			if err != nil {
				t.Fatal(err)
			}
			snapshot, err := store.SnapshotInForce(t.Context(), territory, fixtures.AsOf)
			if err != nil {
				t.Fatal(err)
			}
			a, err := atlas.New(snapshot)
			if err != nil {
				t.Fatal(err)
			}
			report, err := a.Check(check.Question{AsOf: fixtures.AsOf, MaxFindings: 1_000_000})
			if err != nil {
				t.Fatal(err)
			}
			o := consult(t, db, snapshot.Plan.ID)
			o.compareUnits(report)
			o.compareFindings(report)
			o.compareSummary(report)
		})
	}
}

// rough makes up a county in which much is amiss, the same for a seed.
func rough(t *testing.T, name string, seed uint64) *fixtures.County {
	t.Helper()
	c, err := fixtures.Make(name, 3000)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 3))
	one := func(n int) bool { return r.IntN(n) == 0 }
	for i := range c.Workers {
		w := &c.Workers[i]
		w.Employment = []geo.Employment{geo.FullTime, geo.FullTime, geo.PartTime, geo.Volunteer}[r.IntN(4)]
		if one(5) {
			w.Phone = ""
		}
		if one(10) {
			w.TrainedOn = 0
		}
		if one(20) {
			w.Active.To = fixtures.AsOf
		}
	}
	for i := range c.Assignments {
		a := &c.Assignments[i]
		if a.Permille = r.IntN(1001); one(15) {
			a.Valid.To = fixtures.AsOf
		}
		for k := 0; one(6) && k < 7; k++ { // more posts, some of them in the same grid
			twin := *a
			twin.ID, twin.Role, twin.Primary = geo.AssignmentID(len(c.Assignments)+1), c.Roles[r.IntN(len(c.Roles))].Code, false
			if twin.Valid.From = geo.Date(20250102 + k); one(2) {
				twin.Grid = c.Assignments[r.IntN(len(c.Assignments))].Grid
			}
			c.Assignments = append(c.Assignments, twin)
		}
	}
	busy := c.Assignments[0]
	for i := range 9 { // one who serves everywhere
		busy.ID, busy.Grid, busy.Valid = geo.AssignmentID(len(c.Assignments)+1), c.Grids[len(c.Grids)-1-i].ID, geo.Period{From: 20250201}
		c.Assignments = append(c.Assignments, busy)
	}
	roughHouseholds(c, r)
	roughNorms(c, r)
	roughKeepers(c, r)
	return c
}

// roughKeepers lets some keepers be over, others not begun, and others workers
// who may have left.
func roughKeepers(c *fixtures.County, r *rand.Rand) {
	for i := range c.Responsibilities {
		switch v := &c.Responsibilities[i]; r.IntN(12) {
		case 0:
			v.Valid.To = fixtures.AsOf
		case 1:
			v.Valid.From = 20250701
		case 2, 3:
			v.Worker = c.Workers[r.IntN(len(c.Workers))].ID
		case 4:
			v.Position = "somebody_else"
		}
	}
}

func roughHouseholds(c *fixtures.County, r *rand.Rand) {
	one := func(n int) bool { return r.IntN(n) == 0 }
	var villages []geo.GridID
	for i := range c.Grids {
		if c.Grids[i].Tier == 2 {
			villages = append(villages, c.Grids[i].ID)
		}
		if g := &c.Grids[i]; g.Kind == geo.Dedicated && one(3) {
			g.Owner = ""
		}
	}
	corner := c.Grids[0].Boundary.Bound().Min
	for i := range c.Households {
		h := &c.Households[i]
		switch {
		case one(40):
			h.At, h.Located = topo.Point{}, false
		case one(60):
			h.At = topo.Point{X: corner.X - 10_000 - r.Int32N(100_000), Y: corner.Y}
		case one(40):
			h.Stated = villages[r.IntN(len(villages))]
		case one(100):
			h.Resident = 3000
		}
	}
	for i := range c.Tiers {
		if t := &c.Tiers[i]; t.Class == geo.GridClass {
			t.Households = geo.Band{Min: t.Households.Min + (t.Households.Max-t.Households.Min)/4, Max: t.Households.Max * 2 / 3}
			t.PersonsCap = 2500
		}
	}
}

// roughNorms lays down standards of every form, which some units meet and others
// miss, and figures of people that they ask by.
func roughNorms(c *fixtures.County, r *rand.Rand) {
	norms := []geo.Standard{
		{Rule: geo.RuleRatio, Form: geo.RatioForm, Tier: 1, Workers: 7, Residents: 300, Basis: geo.UrbanResident},
		{Rule: geo.RuleRatio, Form: geo.RatioForm, Tier: 2, Workers: 1, Residents: 77, Basis: geo.Resident, Roles: []string{"leader", "grid_worker"}},
		{Rule: geo.RuleRatio, Form: geo.RatioForm, Tier: 3, Workers: 3, Residents: 250, Basis: geo.Registered, Roles: []string{"grid_worker", "liaison"}, FullPosts: true},
		{Rule: geo.RuleSteps, Form: geo.StepsForm, Tier: 2, Basis: geo.Resident, Steps: []geo.Step{{From: 5, Workers: 1}, {From: 40, Workers: 3}, {From: 90, Workers: 9}}},
		{Rule: geo.RulePosts, Form: geo.BandForm, Tier: 2, Min: 2, Max: 9, Employment: geo.FullTime},
		{Rule: geo.RulePosts, Form: geo.BandForm, Tier: 1, Min: 4, Max: 40, FullPosts: true, Settings: []geo.Setting{geo.Rural, geo.Urban}},
		{Rule: geo.RuleOneWorker, Form: geo.OneEachForm, Tier: 3, Max: 1, Employment: geo.FullTime},
		{Rule: geo.RuleOneWorker, Form: geo.ShareForm, Tier: 1, Permille: 333, Employment: geo.PartTime},
		{Rule: geo.RuleOneWorker, Form: geo.ShareForm, Tier: 2, Permille: 501, Roles: []string{"leader"}, Among: []string{"leader", "grid_worker"}, FullPosts: true},
		{Rule: geo.RuleReach, Form: geo.OneEachForm, Tier: 2, Facility: "police_station", Settings: []geo.Setting{geo.Urban}},
		{Rule: geo.RuleReach, Form: geo.FloorForm, Tier: 1, Facility: "party_service_centre", Min: 300},
		{Rule: geo.RuleReach, Form: geo.ReachForm, Tier: 2, Facility: "police_station", Max: 3333, Permille: 800, DetourPermille: 1250},
		{Rule: geo.RuleReach, Form: geo.ReachForm, Tier: 1, Facility: "party_service_centre", Max: 1500},
	}
	c.Standards = nil
	for i, s := range norms {
		s.ID, s.Valid = geo.StandardID(i+1), geo.Period{From: 20250101}
		c.Standards = append(c.Standards, s)
	}
	gone := norms[1]
	gone.ID, gone.Basis, gone.Valid = 99, geo.Registered, geo.Period{From: 20240101, To: fixtures.AsOf}
	c.Standards = append(c.Standards, gone)
	for i := range c.Facilities {
		if r.IntN(8) == 0 {
			c.Facilities[i].FloorAreaM2 = 0
		}
		if r.IntN(9) == 0 {
			c.Facilities[i].Valid.To = fixtures.AsOf
		}
	}
	for i := range c.Grids {
		if g := &c.Grids[i]; g.Tier > 0 && g.Tier <= 2 && g.Kind == geo.General && r.IntN(3) > 0 {
			for k, day := range []geo.Date{20231231, 20241231, 20260101} {
				c.Populations = append(c.Populations, geo.Population{ID: geo.PopulationID(1000 + 10*i + k), Unit: g.ID,
					Basis: geo.UrbanResident, Value: r.Int64N(3000) * int64(k), AsOf: day})
			}
		}
	}
}

// An oracle works out by SQL what a check should say.
type oracle struct {
	t     *testing.T
	conn  *pgxpool.Conn
	terms *strings.Replacer // what $1 and $2 stand for
}

// consult prepares an oracle of a plan on the day.
func consult(t *testing.T, db *pgxpool.Pool, plan geo.PlanID) oracle {
	t.Helper()
	conn, err := db.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Release)
	o := oracle{t, conn, strings.NewReplacer("$1", fmt.Sprint(plan), "$2", "'"+fixtures.AsOf.String()+"'")}
	for _, sql := range append([]string{"set statement_timeout = 0"}, prepared...) {
		if _, err := conn.Exec(t.Context(), o.terms.Replace(sql)); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// lines collects the rows of a query, each as one text.
func (o oracle) lines(sql string) []string {
	o.t.Helper()
	rows, err := o.conn.Query(o.t.Context(), o.terms.Replace(sql))
	if err != nil {
		o.t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		o.t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// same fails unless both hold the same lines.
func (o oracle) same(what string, got, want []string) {
	o.t.Helper()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		o.t.Errorf("%s: %d lines, SQL has %d\nmore: %q\nless: %q", what, len(got), len(want), without(got, want), without(want, got))
	}
}

// without returns the first few of a that b has not.
func without(a, b []string) []string {
	n := map[string]int{}
	for _, line := range b {
		n[line]++
	}
	var rest []string
	for _, line := range a {
		if n[line]--; n[line] < 0 && len(rest) < 6 {
			rest = append(rest, line)
		}
	}
	return rest
}

func (o oracle) compareUnits(r check.Report) {
	o.t.Helper()
	var got []string
	forms, missed := map[geo.Form]bool{}, map[geo.Form]bool{}
	for _, u := range r.Units {
		people, _ := u.AskedBy()
		if asks := slices.Contains([]geo.Form{geo.RatioForm, geo.StepsForm, geo.ReachForm}, u.Form); asks != (u.Population != nil) || asks != (u.Basis != nil) {
			o.t.Errorf("%s %s of %s: people %v on basis %v", u.Rule, u.Form, u.Code, u.Population, u.Basis)
		}
		got = append(got, fmt.Sprintf("%s %s %s|%s people %d required %d actual %d short %d over %d", u.Rule, u.Form, u.Code, u.About, people, u.Required, u.Actual, u.Short, u.Over))
		forms[u.Form], missed[u.Form] = true, missed[u.Form] || u.Short+u.Over > 0
	}
	o.same("units", got, o.lines(unitsByStaff))
	if len(forms) != 7 || len(missed) != 7 {
		o.t.Errorf("forms %v, missed %v", forms, missed)
	}
}

func (o oracle) compareFindings(r check.Report) {
	o.t.Helper()
	byRule := map[geo.RuleID][]string{}
	for _, f := range r.Findings {
		subject := f.Subject.Code
		if f.Subject.Type == "household" {
			subject = fmt.Sprint(f.Subject.ID)
		}
		byRule[f.Rule] = append(byRule[f.Rule], subject)
	}
	for rule, sql := range bySQL {
		o.same(string(rule), byRule[rule], o.lines(sql))
	}
}

func (o oracle) compareSummary(r check.Report) {
	o.t.Helper()
	var got []string
	for tier, n := range r.Summary.Grids {
		got = append(got, fmt.Sprintf("grids %s %d", tier, n))
	}
	for role, n := range r.Summary.Workers.ByRole {
		got = append(got, fmt.Sprintf("role %s %d", role, n))
	}
	h := r.Summary.Households
	got = append(got, fmt.Sprintf("households %d located %d none %d persons %d", h.Total, h.Located, h.InNone, h.Resident),
		fmt.Sprintf("unstaffed %d", r.Summary.GridsWithoutWorker))
	o.same("summary", got, o.lines(summaryBySQL))
	var area float64
	if err := o.conn.QueryRow(o.t.Context(), `select st_area(boundary::geography) from here where parent_id is null`).Scan(&area); err != nil {
		o.t.Fatal(err)
	}
	if off := r.Summary.AreaM2/area - 1; off > 1e-5 || off < -1e-5 || r.Summary.CoveredPct != 100 {
		o.t.Errorf("%v m², %v %% covered; PostGIS has %v m²", r.Summary.AreaM2, r.Summary.CoveredPct, area)
	}
}
