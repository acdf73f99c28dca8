package redraw_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// day is one on which the fixtures' people serve.
var day = geo.DateOf(time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC))

// A whole is a plan counted and checked from the ground up.
type whole struct {
	counted *geo.Counted
	report  check.Report
}

func wholeOf(t testing.TB, county *geo.Snapshot, d *redraw.Drawing) whole {
	t.Helper()
	snap := *county
	snap.Grids = d.Grids()
	slices.SortFunc(snap.Grids, func(a, b geo.Grid) int { return cmp.Or(cmp.Compare(a.Tier, b.Tier), cmp.Compare(a.ID, b.ID)) })
	a, err := atlas.New(&snap)
	if err != nil {
		t.Fatal(err)
	}
	report, err := a.Check(askedOfWhole())
	if err != nil {
		t.Fatal(err)
	}
	return whole{a.Counted(day), report}
}

// askedOfWhole asks all that effects tell of.
func askedOfWhole() check.Question {
	return check.Question{AsOf: day, MaxFindings: math.MaxInt, Rules: map[geo.RuleID]geo.RuleSetting{geo.RuleTwice: {Off: new(true)}}}
}

// unsettled is a county in which much is amiss: households nowhere and
// elsewhere, a village half of whose grids are not drawn, two roles that count
// in one ratio, figures and places of many units.
func unsettled(t testing.TB, seed uint64) *geo.Snapshot {
	t.Helper()
	county := mini(t)
	s := &county.Snapshot
	r := rand.New(rand.NewPCG(seed, 11))
	box := s.Grids[0].Boundary.Bound()
	for range len(s.Dwellings) / 20 {
		w := &s.Dwellings[r.IntN(len(s.Dwellings))]
		switch r.IntN(4) {
		case 0:
			w.At = topo.Point{X: box.Min.X + r.Int32N(box.Max.X-box.Min.X), Y: box.Min.Y + r.Int32N(box.Max.Y-box.Min.Y)}
		case 1:
			*w = geo.Dwelling{ID: w.ID, Stated: w.Stated, Resident: w.Resident}
		case 2:
			w.Stated = s.Grids[r.IntN(len(s.Grids))].ID
		case 3:
			w.Occupied, w.Registered = false, 9
		}
	}
	for i := range s.Roles {
		s.Roles[i].CountsInRatio = true
	}
	for i, g := range s.Grids {
		s.Populations = append(s.Populations, geo.Population{ID: geo.PopulationID(9000 + i), Unit: g.ID, Basis: geo.UrbanResident, Value: 3000, AsOf: day - 100})
		s.Facilities = append(s.Facilities, geo.Facility{ID: geo.FacilityID(9000 + i), Type: "station", Division: g.ID, FloorAreaM2: float64(i % 7 * 100)})
		if i%8 == 1 && len(g.Boundary) > 0 {
			s.Facilities = append(s.Facilities, geo.Facility{ID: geo.FacilityID(9500 + i), Type: "school", At: g.Boundary.InteriorPoint()})
		}
		for k, d := range []geo.Declared{"households", "grids", "grids.primary", "facilities.station", "buildings", "workers"} {
			s.Metrics = append(s.Metrics, geo.Metric{ID: geo.MetricID(9000 + 10*i + k), Unit: g.ID, Name: string(d), Period: "2025", Value: new(float64(r.IntN(6))), Declares: d})
		}
	}
	for tier := 1; tier <= 3; tier++ {
		s.Standards = append(s.Standards, geo.Standard{ID: geo.StandardID(90 + tier), Rule: geo.RuleRatio, Tier: tier, Workers: 18, Residents: 10_000, Basis: geo.UrbanResident})
	}
	s.Standards = append(s.Standards, geo.Standard{ID: 99, Rule: geo.RuleRatio, Tier: 2, Workers: 1, Residents: 100, Basis: geo.Resident, Roles: []string{s.Roles[0].Code}})
	s.Standards = append(s.Standards, everyForm()...)
	for i := range s.Workers {
		s.Workers[i].Employment = []geo.Employment{geo.FullTime, geo.PartTime}[i%2]
	}
	for i := range s.Assignments {
		s.Assignments[i].Permille = 500
		if i%3 == 0 { // two posts in one grid, or in two
			twin := s.Assignments[i]
			twin.ID, twin.Role, twin.Grid = geo.AssignmentID(9000+i), s.Roles[i%2].Code, s.Assignments[i/2].Grid
			s.Assignments = append(s.Assignments, twin)
		}
	}
	for i := len(s.Grids) - 1; i >= 0; i-- {
		if g := &s.Grids[i]; g.Kind == geo.General && g.Tier == 3 && i%9 == 0 {
			g.Boundary = nil
		}
	}
	return s
}

// everyForm returns standards that many units of any tier miss.
func everyForm() []geo.Standard {
	return []geo.Standard{
		{ID: 101, Rule: geo.RuleSteps, Form: geo.StepsForm, Tier: 2, Basis: geo.Resident, Steps: []geo.Step{{From: 10, Workers: 2}, {From: 25, Workers: 5}}},
		{ID: 102, Rule: geo.RulePosts, Form: geo.BandForm, Tier: 2, Min: 2, Max: 3},
		{ID: 103, Rule: geo.RulePosts, Form: geo.BandForm, Tier: 1, Min: 3, Max: 5, FullPosts: true, Employment: geo.FullTime},
		{ID: 104, Rule: geo.RuleOneWorker, Form: geo.OneEachForm, Tier: 3, Max: 1, Employment: geo.FullTime},
		{ID: 105, Rule: geo.RuleOneWorker, Form: geo.ShareForm, Tier: 2, Permille: 400, Employment: geo.PartTime},
		{ID: 106, Rule: geo.RuleOneWorker, Form: geo.ShareForm, Tier: 1, Permille: 600, Roles: []string{"leader"}, FullPosts: true},
		{ID: 107, Rule: geo.RuleReach, Form: geo.OneEachForm, Tier: 2, Facility: "station", Max: 3},
		{ID: 108, Rule: geo.RuleReach, Form: geo.FloorForm, Tier: 2, Facility: "station", Min: 300},
		{ID: 109, Rule: geo.RuleReach, Form: geo.ReachForm, Tier: 3, Facility: "school", Max: 700, Permille: 800},
		{ID: 110, Rule: geo.RuleReach, Form: geo.ReachForm, Tier: 2, Facility: "school", Max: 1500, DetourPermille: 1200},
	}
}

// Whatever is redrawn, in drafts in order and not, by one edit or several,
// forth and back: what the drawing tells of the effects is what the whole plan
// counted and checked before and after tells.
func TestEffectsAreThoseOfTheWholePlan(t *testing.T) {
	t.Parallel()
	for seed := uint64(1); seed <= 10; seed++ {
		county := &mini(t).Snapshot
		if seed%2 == 0 {
			county = unsettled(t, seed)
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			testEffects(t, county, seed)
		})
	}
}

func testEffects(t *testing.T, county *geo.Snapshot, seed uint64) {
	d := drawing(t, county)
	d.Staff(county, day)
	h := hand{rand.New(rand.NewPCG(seed, 7)), d}
	before, done := wholeOf(t, county, d), 0
	for range 40 {
		d.Watch(day)
		var took []redraw.Redrawing
		for range 1 + h.IntN(3) {
			r, err := d.Apply(h.anyEdit())
			if err != nil {
				continue
			}
			if err := d.Take(r); err != nil {
				t.Fatal(err)
			}
			took = append(took, r)
		}
		if len(took) == 0 {
			continue
		}
		done++
		after := wholeOf(t, county, d)
		compareEffects(t, d, before, after, d.Net(took))
		if h.IntN(3) > 0 {
			before = after
			continue
		}
		d.Watch(day)
		var back []redraw.Redrawing
		for i := len(took) - 1; i >= 0; i-- {
			back = append(back, took[i].Inverse())
			if err := d.Take(took[i].Inverse()); err != nil {
				t.Fatal(err)
			}
		}
		compareEffects(t, d, after, wholeOf(t, county, d), d.Net(back))
	}
	if done < 6 {
		t.Errorf("only %d edits could be done", done)
	}
}

// anyEdit draws an edit, also of what is not drawn, and of codes and overlays.
func (h hand) anyEdit() redraw.Edit {
	others := slices.DeleteFunc(h.d.Grids(), func(g geo.Grid) bool { return g.Kind == geo.General && g.Boundary != nil })
	switch one := h.grid(); h.IntN(10) {
	case 0:
		code := fmt.Sprint("c", h.IntN(1_000_000))
		return redraw.Set{Grid: one.ID, Code: &code}
	case 1, 2:
		if len(others) == 0 {
			break
		}
		g := pick(h, others)
		if g.Kind != geo.General || h.IntN(3) == 0 {
			return redraw.Retire{Grid: g.ID}
		}
		if siblings := drawn(h.d, g.Parent); len(siblings) > 0 {
			return redraw.Transfer{To: g.ID, Region: h.region(pick(h, siblings))}
		}
	case 3:
		return redraw.Create{Grid: geo.Grid{Parent: one.Parent, Tier: one.Tier, Kind: pick(h, []geo.Kind{geo.General, geo.Dedicated}), Name: geo.Name{ZH: "未绘"}}}
	}
	return h.edit()
}

// compareEffects returns the effects that the drawing tells of, which must be
// those between two counts of the whole.
func compareEffects(t *testing.T, d *redraw.Drawing, before, after whole, shifts []redraw.Shift) redraw.Effects {
	t.Helper()
	got, err := d.Effects(shifts)
	if err != nil {
		t.Fatal(err)
	}
	want := redraw.EffectsBetween(before.counted, after.counted, before.report, after.report, shifts)
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"counts", plain(got.Counts), plain(want.Counts)}, {"posts", plain(got.Posts), plain(want.Posts)},
		{"appeared", said(got.Appeared), said(want.Appeared)}, {"gone", said(got.Gone), said(want.Gone)},
		{"shortfalls", plain(got.Shortfalls), plain(want.Shortfalls)}, {"left", plain(got.Left), plain(want.Left)},
	} {
		if g, w := fmt.Sprint(c.got), fmt.Sprint(c.want); g != w {
			t.Fatalf("%s:\n got %s\nwant %s", c.what, g, w)
		}
	}
	return got
}

// plain writes what pointers point to.
func plain[T any](list []T) []string {
	var texts []string
	for _, one := range list {
		switch c := any(one).(type) {
		case redraw.CountChange:
			texts = append(texts, fmt.Sprint(c.Grid, c.Tier, tally(c.Before), tally(c.After)))
		case redraw.ShortChange:
			texts = append(texts, fmt.Sprintf("%+v %+v", unit(c.Before), unit(c.After)))
		case redraw.PostChange:
			before, after := tally(c.Before), tally(c.After)
			c.Before, c.After = nil, nil
			texts = append(texts, fmt.Sprint(c, before, after))
		default:
			texts = append(texts, fmt.Sprint(c))
		}
	}
	return texts
}

// unit writes what a report says of a unit.
func unit(u *check.UnitReport) string {
	if u == nil {
		return "none"
	}
	people, basis := u.AskedBy()
	return fmt.Sprint(u.Code, u.Rule, u.Form, u.Facility, people, basis, u.Workers, u.Required, u.Actual, u.Short, u.Over, u.Status)
}

func tally(t *geo.Tally) string {
	if t == nil {
		return "none"
	}
	return fmt.Sprint(*t)
}

// said writes what findings say, in the order of their ids.
func said(list []check.Finding) []string {
	var texts []string
	for _, f := range list {
		at, measure := "", ""
		if f.At != nil {
			at = fmt.Sprint(*f.At)
		}
		if f.Measure != nil {
			measure = fmt.Sprint(*f.Measure)
		}
		texts = append(texts, fmt.Sprintln(f.ID, f.Rule, f.Severity, f.Tier, f.Subject, f.Message, at, measure, len(f.Region)))
	}
	slices.Sort(texts)
	return texts
}

// A strip of ground that lies over the grids is told to be a sliver, as of the
// grids under it.
func TestAnOverlaysSliverIsTold(t *testing.T) {
	t.Parallel()
	s := town()
	s.Tiers[2].Class = geo.GridClass
	d := drawing(t, s)
	d.Staff(s, day)
	d.Watch(day)
	r := must(t, d, redraw.Create{Grid: geo.Grid{Parent: 3, Tier: 2, Kind: geo.Dedicated, Name: geo.Name{ZH: "渠"}, Boundary: block(220, 20, 380, 20.5)}})
	e, err := d.Effects(r.Shifts)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(e.Appeared, func(f check.Finding) bool { return f.Rule == geo.RuleSliver && f.Subject.ID == int64(r.Made) }) {
		t.Errorf("appeared are %q", said(e.Appeared))
	}
}

// What refers to a grid that goes is told sort by sort and by ID, whatever of it
// an edit looks at first.
func TestReferencesStandInOrder(t *testing.T) {
	t.Parallel()
	s := town()
	for id, ground := range []topo.Shape{nil, block(110, 10, 120, 20), nil, block(10, 10, 20, 20)} {
		s.Compounds = append(s.Compounds, geo.Compound{ID: geo.CompoundID(id + 1), Code: fmt.Sprint("C-", id), Division: 4, Boundary: ground})
		s.Facilities = append(s.Facilities, geo.Facility{ID: geo.FacilityID(9 - id), Type: "station", Division: 4})
	}
	d := drawing(t, s)
	d.Staff(s, day)
	d.Watch(day)
	e, err := d.Effects(must(t, d, redraw.Retire{Grid: 4, To: 5}).Shifts)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range e.Left {
		got = append(got, fmt.Sprint(r.Entity, " ", r.ID))
	}
	want := []string{"facility 6", "facility 7", "facility 8", "facility 9", "compound 1", "compound 2", "compound 3", "compound 4"}
	if !slices.Equal(got, want) {
		t.Errorf("left are %q, want %q", got, want)
	}
}
