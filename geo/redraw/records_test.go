package redraw_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// A clerk keeps the records of a county beside its drawing and changes them as
// they come in between edits.
type clerk struct {
	hand
	county *geo.Snapshot // with the records as they are, by ID; its grids are not kept
	sorts  []geo.Column  // of the county, those that bear on what an edit does
	last   int64         // the last ID given
}

// newClerk takes up a county, and draws it.
func newClerk(t testing.TB, county *geo.Snapshot, rng *rand.Rand) *clerk {
	t.Helper()
	own := *county
	own.Dwellings = slices.Clone(county.Dwellings)
	d := drawing(t, &own)
	d.Staff(&own, day)
	kept := *county
	c := &clerk{hand: hand{rng, d}, county: &kept, last: 1 << 30}
	for _, column := range kept.Columns() {
		column.Own()
		column.Order()
		switch column.Entity() {
		case geo.MatterEntity, geo.ProfileEntity, geo.WaiverEntity, geo.NetEntity: // no edit touches what these say
		default:
			c.sorts = append(c.sorts, column)
		}
	}
	return c
}

// change makes one change of a record of any sort, here and in the drawing.
func (c *clerk) change(t testing.TB) geo.Change {
	t.Helper()
	at := c.IntN(len(c.sorts) + 4)
	if at >= len(c.sorts) {
		return c.rehouse(t)
	}
	column := c.sorts[at]
	column.Own() // pictures have the list before
	var change geo.Change
	if n := column.Len(); n > 0 && c.IntN(3) > 0 {
		change.Before = column.Copy(c.IntN(n))
		_, id := change.Before.Key()
		if c.IntN(3) == 0 {
			column.Drop(id)
			c.d.Record(change)
			return change
		}
		change.After = c.record(column.Entity(), id)
	} else {
		c.last++
		change.After = c.record(column.Entity(), c.last)
	}
	column.Put(change.After)
	c.d.Record(change)
	return change
}

// unit is any grid or division that is there.
func (c *clerk) unit() geo.GridID { return pick(c.hand, c.d.Grids()).ID }

// period holds on the day, mostly.
func (c *clerk) period() geo.Period {
	return pick(c.hand, []geo.Period{{}, {}, {From: 20250101}, {To: 20250101}, {From: 20260101}})
}

// ground is a rectangle that some grid's border may cut.
func (c *clerk) ground() topo.Shape { return c.region(c.grid()) }

// place is in or around some grid.
func (c *clerk) place() topo.Point { return c.near(c.grid().Boundary.Bound()) }

// worker is one that is there, or 0.
func (c *clerk) worker() geo.WorkerID {
	if len(c.county.Workers) == 0 || c.IntN(6) == 0 {
		return 0
	}
	return pick(c.hand, c.county.Workers).ID
}

// record draws one with an ID.
func (c *clerk) record(e geo.Entity, id int64) geo.Record {
	tier := 1 + c.IntN(3)
	switch code := fmt.Sprint("R-", id); e {
	case geo.WorkerEntity:
		return &geo.Worker{ID: geo.WorkerID(id), Number: code, Active: c.period(), TrainedOn: pick(c.hand, []geo.Date{0, 20230101, 20250501}),
			Employment: pick(c.hand, []geo.Employment{geo.FullTime, geo.PartTime})}
	case geo.AssignmentEntity:
		return &geo.Assignment{ID: geo.AssignmentID(id), Worker: c.worker(), Grid: c.unit(), Role: pick(c.hand, c.county.Roles).Code,
			Primary: c.IntN(2) == 0, Permille: 100 * c.IntN(11), Valid: c.period()}
	case geo.PopulationEntity:
		return &geo.Population{ID: geo.PopulationID(id), Unit: c.unit(), Basis: geo.UrbanResident, Value: int64(c.IntN(9000)), AsOf: day - geo.Date(c.IntN(20))}
	case geo.FacilityEntity:
		return &geo.Facility{ID: geo.FacilityID(id), Type: pick(c.hand, []string{"station", "school"}), At: c.place(), Division: c.unit(),
			FloorAreaM2: float64(100 * c.IntN(7)), Valid: c.period()}
	case geo.CompoundEntity:
		return &geo.Compound{ID: geo.CompoundID(id), Code: code, Division: c.unit(), Units: c.Int32N(90), Boundary: c.ground(), Valid: c.period()}
	case geo.BuildingEntity:
		v := &geo.Building{ID: geo.BuildingID(id), Code: code, Division: c.unit(), Units: c.Int32N(30), At: c.place(), Valid: c.period()}
		if len(c.county.Compounds) > 0 {
			v.Compound = pick(c.hand, c.county.Compounds).Code
		}
		return v
	case geo.MetricEntity:
		return &geo.Metric{ID: geo.MetricID(id), Unit: c.unit(), Name: "m", Period: "2025", Value: new(float64(c.IntN(9))),
			Declares: pick(c.hand, []geo.Declared{"", "households", "residents", "grids.primary", "facilities", "compounds", "workers"})}
	case geo.StandardEntity:
		s := pick(c.hand, append(everyForm(), geo.Standard{Rule: geo.RuleRatio, Tier: tier, Workers: 18, Residents: 1000, Basis: geo.Resident}))
		s.ID, s.Valid = geo.StandardID(id), c.period()
		return &s
	case geo.ResponsibilityEntity:
		return &geo.Responsibility{ID: geo.ResponsibilityID(id), Unit: c.unit(), Keeper: "某某", Worker: c.worker(), Valid: c.period(),
			Position: pick(c.hand, []geo.Position{geo.CountyLeader, geo.TownshipLeader, geo.VillageCadre})}
	case geo.NetMemberEntity:
		return &geo.NetMember{ID: geo.NetMemberID(id), Net: pick(c.hand, []string{"J", "P"}), Grid: c.unit(), Measure: pick(c.hand, []string{"", "doors"})}
	default:
		panic("no record of sort " + e + " is drawn")
	}
}

// rehouse makes a household move, come, go or become another.
func (c *clerk) rehouse(t testing.TB) (change geo.Change) {
	t.Helper()
	c.county.Dwellings = slices.Clone(c.county.Dwellings)
	list := &c.county.Dwellings
	c.last++
	id := geo.HouseholdID(c.last)
	i := len(*list)
	if c.IntN(4) > 0 && i > 0 {
		i = c.IntN(i)
		change.Before = &geo.Household{Dwelling: (*list)[i]}
		id = (*list)[i].ID
	}
	now := &geo.Dwelling{ID: id, At: c.place(), Located: c.IntN(9) > 0, Stated: c.unit(), Resident: c.Int32N(6), Registered: c.Int32N(6), Occupied: c.IntN(3) > 0}
	switch {
	case !now.Located:
		now.At = topo.Point{}
	case change.Before != nil && c.IntN(4) == 0:
		*list, now = slices.Delete(*list, i, i+1), nil
	}
	if now != nil {
		change.After = &geo.Household{Dwelling: *now}
		*list = append((*list)[:i], append([]geo.Dwelling{*now}, (*list)[min(i+1, len(*list)):]...)...)
	}
	if !c.d.Rehouse(id, now) {
		t.Fatalf("household %d cannot be told to the drawing", id)
	}
	return change
}

// What refers to a grid that goes is told, also where it came or changed since
// the drawing was made.
func TestRecordsThatComeLaterAreTold(t *testing.T) {
	t.Parallel()
	elsewhere, here := geo.GridID(6), geo.GridID(4)
	tests := []struct {
		name    string
		changes []geo.Change
		want    []geo.Entity // that refer to grid 4
	}{
		{"nothing", nil, nil},
		{"a keeper comes", []geo.Change{{After: &geo.Responsibility{ID: 1, Unit: here}}}, []geo.Entity{geo.ResponsibilityEntity}},
		{"a keeper comes whose days are over", []geo.Change{{After: &geo.Responsibility{ID: 1, Unit: here, Valid: geo.Period{To: 20250101}}}}, nil},
		{"a keeper goes over", []geo.Change{{After: &geo.Responsibility{ID: 1, Unit: elsewhere}},
			{Before: &geo.Responsibility{ID: 1, Unit: elsewhere}, After: &geo.Responsibility{ID: 1, Unit: here}}}, []geo.Entity{geo.ResponsibilityEntity}},
		{"a keeper is no more", []geo.Change{{After: &geo.Responsibility{ID: 1, Unit: here}}, {Before: &geo.Responsibility{ID: 1, Unit: here}}}, nil},
		{"a keeper who leaves", []geo.Change{{After: &geo.Worker{ID: 1}}, {After: &geo.Responsibility{ID: 1, Unit: here, Worker: 1}},
			{Before: &geo.Worker{ID: 1}, After: &geo.Worker{ID: 1, Active: geo.Period{To: 20250101}}}}, nil},
		{"a member of a net comes", []geo.Change{{After: &geo.NetMember{ID: 1, Net: "P", Grid: here}}}, []geo.Entity{geo.NetMemberEntity}},
		{"a member of a net goes over", []geo.Change{{After: &geo.NetMember{ID: 1, Net: "P", Grid: here}},
			{Before: &geo.NetMember{ID: 1, Net: "P", Grid: here}, After: &geo.NetMember{ID: 1, Net: "P", Grid: elsewhere}}}, nil},
		{"a figure, a place and its buildings come", []geo.Change{{After: &geo.Population{ID: 1, Unit: here}}, {After: &geo.Facility{ID: 1, Division: here}},
			{After: &geo.Compound{ID: 1, Division: here}}, {After: &geo.Building{ID: 1, Division: here}}},
			[]geo.Entity{geo.PopulationEntity, geo.FacilityEntity, geo.CompoundEntity, geo.BuildingEntity}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := town()
			d := drawing(t, s)
			d.Staff(s, day)
			for _, c := range tt.changes {
				d.Record(c)
			}
			d.Watch(day)
			r := must(t, d, redraw.Retire{Grid: here, To: 5})
			e, err := d.Effects(r.Shifts)
			if err != nil {
				t.Fatal(err)
			}
			var got []geo.Entity
			for _, ref := range e.Left {
				if ref.Entity != geo.HouseholdEntity {
					got = append(got, ref.Entity)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("told of %v, want %v", got, tt.want)
			}
		})
	}
}

// Whether anybody was ever trained is known of all workers, not only of those
// whom an edit touches.
func TestTrainingElsewhereCounts(t *testing.T) {
	t.Parallel()
	for _, trained := range []geo.Date{0, day - 10} {
		s := town()
		s.Tiers[2].Class = geo.GridClass
		s.Workers = []geo.Worker{{ID: 1, Number: "W-1"}, {ID: 2, Number: "W-2"}}
		s.Assignments = []geo.Assignment{{ID: 1, Worker: 1, Grid: 4}}
		d := drawing(t, s)
		d.Staff(s, day)
		d.Record(geo.Change{Before: &s.Workers[1], After: &geo.Worker{ID: 2, Number: "W-2", TrainedOn: trained}})
		d.Watch(day)
		e, err := d.Effects(must(t, d, redraw.Retire{Grid: 4, To: 5}).Shifts)
		if err != nil {
			t.Fatal(err)
		}
		told := slices.ContainsFunc(e.Gone, func(f check.Finding) bool { return f.Rule == geo.RuleUntrained })
		if told != (trained != 0) {
			t.Errorf("training on %s: gone are %q", trained, said(e.Gone))
		}
	}
}

// A household that moves is measured anew to facilities of every type, also
// where those of one type changed beside it.
func TestWhoMovesWalksAnew(t *testing.T) {
	t.Parallel()
	s := town()
	for id, kind := range []string{"school", "station"} {
		s.Facilities = append(s.Facilities, geo.Facility{ID: geo.FacilityID(id + 1), Type: kind, At: at(90, 10)})
		s.Standards = append(s.Standards, geo.Standard{ID: geo.StandardID(id + 1), Rule: geo.RuleReach, Form: geo.ReachForm, Tier: 2, Facility: kind, Max: 30})
	}
	d := drawing(t, s)
	d.Staff(s, day)
	station, home := s.Facilities[1], s.Dwellings[0]
	s.Facilities[1].At, home.At = at(10, 90), at(88, 10)
	d.Record(geo.Change{Before: &station, After: &s.Facilities[1]})
	if !d.Rehouse(home.ID, &home) {
		t.Fatal("a known dwelling was not taken")
	}
	d.Watch(day)
	before := wholeOf(t, s, d)
	r := must(t, d, redraw.Retire{Grid: 4, To: 5})
	if e := compareEffects(t, d, before, wholeOf(t, s, d), r.Shifts); len(e.Shortfalls) == 0 {
		t.Error("nothing is told of who walks how far")
	}
}

// Once the last household is gone, rules rest that ask of households; when one
// comes back, they ask again.
func TestRulesRestWithoutHouseholds(t *testing.T) {
	t.Parallel()
	for _, back := range []bool{false, true} {
		s := town()
		s.Tiers[2].Class, s.Tiers[2].Households = geo.GridClass, geo.Band{Min: 5, Max: 9}
		first := s.Dwellings[0]
		d := drawing(t, s)
		d.Staff(s, day)
		for _, w := range s.Dwellings {
			d.Rehouse(w.ID, nil)
		}
		if s.Dwellings = nil; back {
			d.Rehouse(first.ID, &first)
			s.Dwellings = []geo.Dwelling{first}
		}
		d.Watch(day)
		before := wholeOf(t, s, d)
		r := must(t, d, redraw.Retire{Grid: 4, To: 5})
		e := compareEffects(t, d, before, wholeOf(t, s, d), r.Shifts)
		if told := slices.ContainsFunc(e.Gone, func(f check.Finding) bool { return f.Rule == geo.RuleHouseholds }); told != back {
			t.Errorf("with a household %v: gone are %q", back, said(e.Gone))
		}
	}
}

// Where no standard is, the ratio built in is asked of the territory: whoever
// loses the only grid he serves is missing there.
func TestTheRatioBuiltInIsTold(t *testing.T) {
	t.Parallel()
	s := town()
	s.Standards = nil
	s.Roles = []geo.Role{{Code: "community_worker", CountsInRatio: true}, {Code: "liaison", CountsInRatio: true}} // one alone is counted apart
	s.Workers = []geo.Worker{{ID: 1, Number: "W1"}}
	s.Assignments = []geo.Assignment{{ID: 1, Worker: 1, Grid: 4, Role: "community_worker", Permille: 1000}}
	s.Populations = []geo.Population{{ID: 1, Unit: 1, Basis: geo.UrbanResident, Value: 500}}
	d := drawing(t, s)
	d.Staff(s, day)
	before := wholeOf(t, s, d)
	d.Watch(day)
	r := must(t, d, redraw.Retire{Grid: 4, To: 5})
	e := compareEffects(t, d, before, wholeOf(t, s, d), r.Shifts)
	if len(e.Shortfalls) != 1 || e.Shortfalls[0].Before.Short != 0 || e.Shortfalls[0].After.Short != 1 {
		t.Errorf("shortfalls %q", plain(e.Shortfalls))
	}
}
