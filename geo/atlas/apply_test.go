package atlas

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/topo"
)

const day geo.Date = 20250630

// A world is the plain truth behind a picture: records by ID, changed one by
// one, from which a snapshot can be written out at any time.
type world struct {
	rng  *rand.Rand
	base *geo.Snapshot
	rows map[geo.Entity]map[int64]geo.Record
	last int64 // the last ID given
}

func newWorld(t testing.TB, rng *rand.Rand) *world {
	w := &world{rng: rng, base: smallCounty(t, rng), rows: map[geo.Entity]map[int64]geo.Record{}, last: 1000}
	w.base.Territory.Keeps.Groups = []geo.Group{{Code: "veterans"}, {Code: "elderly_alone"}}
	for i := range w.base.Grids {
		w.put(&w.base.Grids[i])
	}
	for range 12 {
		w.put(w.worker(0))
		w.put(w.assignment(0))
	}
	for range 40 {
		w.put(w.household(0))
	}
	return w
}

func (w *world) put(r geo.Record) {
	entity, id := r.Key()
	if w.rows[entity] == nil {
		w.rows[entity] = map[int64]geo.Record{}
	}
	w.rows[entity][id] = r
}

// id returns the given ID, or a new one for 0.
func (w *world) id(id int64) int64 {
	if id == 0 {
		w.last++
		id = w.last
	}
	return id
}

// one returns the ID of some record, 0 if there is none.
func (w *world) one(e geo.Entity) int64 {
	ids := slices.Sorted(maps.Keys(w.rows[e]))
	if len(ids) == 0 {
		return 0
	}
	return ids[w.rng.IntN(len(ids))]
}

func (w *world) point() topo.Point {
	return topo.Point{X: w.rng.Int32N(80) - 40, Y: w.rng.Int32N(80) - 40}
}

func (w *world) worker(id int64) *geo.Worker {
	return &geo.Worker{ID: geo.WorkerID(w.id(id)), Active: geo.Period{To: []geo.Date{0, 0, day - 1}[w.rng.IntN(3)]}}
}

func (w *world) assignment(id int64) *geo.Assignment {
	return &geo.Assignment{
		ID: geo.AssignmentID(w.id(id)), Worker: geo.WorkerID(w.one(geo.WorkerEntity)), Grid: geo.GridID(w.one(geo.GridEntity)),
		Role: []string{"leader", "grid_worker"}[w.rng.IntN(2)], Primary: w.rng.IntN(2) == 0,
	}
}

func (w *world) household(id int64) *geo.Household {
	return &geo.Household{Dwelling: geo.Dwelling{
		ID: geo.HouseholdID(w.id(id)), At: w.point(), Located: w.rng.IntN(8) > 0, Occupied: w.rng.IntN(2) == 0,
		Stated: geo.GridID(w.one(geo.GridEntity)), Resident: w.rng.Int32N(6), Registered: w.rng.Int32N(6),
		Groups: geo.NewGroupCounts(map[string]int32{"veterans": w.rng.Int32N(3), "elderly_alone": w.rng.Int32N(2)}),
	}}
}

// grid is a changed copy of one, or a new one that lies over others.
func (w *world) grid(id int64) *geo.Grid {
	if id == 0 {
		parent := w.rows[geo.GridEntity][w.one(geo.GridEntity)].(*geo.Grid)
		if parent.Tier == 2 {
			parent = w.rows[geo.GridEntity][1].(*geo.Grid)
		}
		a := w.point()
		return &geo.Grid{
			ID: geo.GridID(w.id(0)), Parent: parent.ID, Tier: 2, Code: "new", Kind: []geo.Kind{geo.General, geo.Dedicated}[w.rng.IntN(2)],
			Boundary: topo.Shape{{{a, {X: a.X + 9, Y: a.Y}, {X: a.X, Y: a.Y + 7}}}},
		}
	}
	g := *w.rows[geo.GridEntity][id].(*geo.Grid)
	other := w.rows[geo.GridEntity][w.one(geo.GridEntity)].(*geo.Grid)
	switch w.rng.IntN(5) {
	case 0:
		g.Name.ZH, g.Code = "改名", "renamed"
	case 1:
		g.Boundary = nil
	case 2:
		g.Boundary = other.Boundary
	case 3:
		if g.Tier == 2 && other.Tier == 1 {
			g.Parent = other.ID
		}
	case 4:
		if g.Parent != 0 {
			g.Kind = []geo.Kind{geo.General, geo.Dedicated, geo.Task}[w.rng.IntN(3)]
		}
	}
	return &g
}

// step changes one record and tells how.
func (w *world) step() geo.Change {
	entities := []geo.Entity{geo.HouseholdEntity, geo.HouseholdEntity, geo.HouseholdEntity, geo.GridEntity}
	for _, column := range w.base.Columns() { // each sort must be drawn below
		entities = append(entities, column.Entity())
	}
	e := entities[w.rng.IntN(len(entities))]
	id := w.one(e)
	if w.rng.IntN(3) == 0 {
		id = 0
	}
	before := w.rows[e][id]
	if id != 0 && w.rng.IntN(4) == 0 && w.free(before) {
		delete(w.rows[e], id)
		return geo.Change{Before: before}
	}
	after := w.draw(e, id)
	w.put(after)
	return geo.Change{Before: before, After: after}
}

// free reports whether nothing refers to r that a tree needs.
func (w *world) free(r geo.Record) bool {
	g, ok := r.(*geo.Grid)
	if !ok {
		return true
	}
	for _, o := range w.rows[geo.GridEntity] {
		if o.(*geo.Grid).Parent == g.ID {
			return false
		}
	}
	return g.Parent != 0
}

func (w *world) draw(e geo.Entity, id int64) geo.Record {
	switch e {
	case geo.HouseholdEntity:
		return w.household(id)
	case geo.WorkerEntity:
		return w.worker(id)
	case geo.AssignmentEntity:
		return w.assignment(id)
	case geo.PopulationEntity:
		return &geo.Population{ID: geo.PopulationID(w.id(id)), Unit: 1, Basis: geo.Resident, Value: w.rng.Int64N(900), AsOf: day}
	case geo.FacilityEntity:
		return &geo.Facility{ID: geo.FacilityID(w.id(id)), Type: "station", At: w.point()}
	case geo.CompoundEntity:
		id := w.id(id)
		return &geo.Compound{ID: geo.CompoundID(id), Code: fmt.Sprint("C-", id), Units: w.rng.Int32N(90)}
	case geo.BuildingEntity:
		id := w.id(id)
		return &geo.Building{ID: geo.BuildingID(id), Code: fmt.Sprint("B-", id), Compound: fmt.Sprint("C-", w.one(geo.CompoundEntity)), At: w.point()}
	case geo.MatterEntity:
		id := w.id(id)
		return &geo.Matter{ID: geo.MatterID(id), Code: fmt.Sprint("M-", id), Admitted: w.rng.IntN(2) == 0}
	case geo.MetricEntity:
		return &geo.Metric{ID: geo.MetricID(w.id(id)), Unit: geo.GridID(w.one(geo.GridEntity)), Name: "m", Period: "2025",
			Value: new(float64(w.rng.IntN(9))), Declares: []geo.Declared{"grids", "residents", ""}[w.rng.IntN(3)]}
	case geo.StandardEntity:
		return &geo.Standard{ID: geo.StandardID(w.id(id)), Rule: geo.RuleRatio, Workers: 1 + w.rng.Int64N(9), Residents: 100, Basis: geo.Resident, Tier: w.rng.IntN(3)}
	case geo.ProfileEntity:
		id := w.id(id)
		return &geo.Profile{ID: geo.ProfileID(id), Code: fmt.Sprint("P-", id),
			Rules: map[geo.RuleID]geo.RuleSetting{geo.RuleLoad: {Max: 1 + w.rng.Int64N(400)}}}
	case geo.WaiverEntity:
		id := w.id(id)
		return &geo.Waiver{ID: geo.WaiverID(id), Finding: fmt.Sprint("f", id), Rule: geo.RuleLoad, Why: fmt.Sprint(w.rng.IntN(9)), By: "b"}
	case geo.ResponsibilityEntity:
		return &geo.Responsibility{ID: geo.ResponsibilityID(w.id(id)), Unit: 1, Position: geo.CountyLeader, Keeper: fmt.Sprint(w.rng.IntN(9))}
	case geo.NetEntity:
		id := w.id(id)
		return &geo.Net{ID: geo.NetID(id), Code: fmt.Sprint("N-", id), Purpose: geo.TaskNet, Valid: geo.Period{From: geo.Date(20250101 + w.rng.IntN(9))}}
	case geo.NetMemberEntity:
		return &geo.NetMember{ID: geo.NetMemberID(w.id(id)), Net: "N-1", Grid: 1, Measure: "households", Done: w.rng.Int64N(9), Total: 9}
	case geo.GridEntity:
		return w.grid(id)
	default:
		panic("no record of sort " + e + " is drawn")
	}
}

// of returns the records of a sort by ID.
func (w *world) of(e geo.Entity) []geo.Record {
	var rows []geo.Record
	for _, id := range slices.Sorted(maps.Keys(w.rows[e])) {
		rows = append(rows, w.rows[e][id])
	}
	return rows
}

// snapshot writes the world out, with the grids in the order of like.
func (w *world) snapshot(like *Atlas, revision geo.Revision) *geo.Snapshot {
	s := *w.base
	s.Revision, s.Plan.Revision = revision, like.Plan().Revision
	s.Grids = nil
	for _, r := range w.of(geo.GridEntity) {
		s.Grids = append(s.Grids, *r.(*geo.Grid))
	}
	slices.SortStableFunc(s.Grids, func(a, b geo.Grid) int {
		i, _ := like.Tree().Index(a.ID)
		k, _ := like.Tree().Index(b.ID)
		return cmp.Compare(i, k)
	})
	for _, column := range s.Columns() {
		column.Clear()
		for _, r := range w.of(column.Entity()) {
			column.Append(r)
		}
	}
	s.Dwellings = nil
	for _, r := range w.of(geo.HouseholdEntity) {
		s.Dwellings = append(s.Dwellings, r.(*geo.Household).Dwelling)
	}
	return &s
}

// samePicture fails unless both pictures answer alike.
func samePicture(t testing.TB, got, want *Atlas, rng *rand.Rand) {
	t.Helper()
	a, b := got.Snapshot(), want.Snapshot()
	av, bv := reflect.ValueOf(*a), reflect.ValueOf(*b)
	for i := range av.NumField() {
		x, y := av.Field(i), bv.Field(i)
		if x.Kind() == reflect.Slice && x.Len() == 0 && y.Len() == 0 {
			continue
		}
		if !reflect.DeepEqual(x.Interface(), y.Interface()) {
			t.Fatalf("%s differ:\n%+v\n%+v", av.Type().Field(i).Name, x.Interface(), y.Interface())
		}
	}
	c, d := got.Counted(day), want.Counted(day)
	if !reflect.DeepEqual(c.Tallies, d.Tallies) || !slices.Equal(c.Leaf, d.Leaf) || !slices.Equal(c.Stated, d.Stated) ||
		!reflect.DeepEqual(c.Placing, d.Placing) || !reflect.DeepEqual(c.Many, d.Many) {
		t.Fatalf("counts differ:\n%+v %v %v %+v %v\n%+v %v %v %+v %v", c.Tallies, c.Leaf, c.Stated, c.Placing, c.Many,
			d.Tallies, d.Leaf, d.Stated, d.Placing, d.Many)
	}
	if x, y := c.Groups(), d.Groups(); len(x) == 0 || !reflect.DeepEqual(x, y) {
		t.Fatalf("groups differ: %v, %v", x, y)
	}
	if x, y := told(t, got), told(t, want); x != y {
		t.Fatalf("reports differ:\n%s\n%s", x, y)
	}
	for range 50 {
		p := topo.Point{X: rng.Int32N(80) - 40, Y: rng.Int32N(80) - 40}
		if !slices.Equal(got.LocateAll(p, nil), want.LocateAll(p, nil)) || !slices.Equal(got.Overlays(p), want.Overlays(p)) {
			t.Fatalf("%v is found elsewhere", p)
		}
	}
	for i := range got.Tree().Len() {
		if x, y := got.Workers(i, day), want.Workers(i, day); !reflect.DeepEqual(x, y) {
			t.Fatalf("posts of grid %d differ: %+v, %+v", i, x, y)
		}
		if x, y := got.Ground(i), want.Ground(i); !reflect.DeepEqual(x, y) {
			t.Fatalf("ground of grid %d differs: %+v, %+v", i, x, y)
		}
	}
}

// told is the report of a picture as a user gets it, with the geometry.
func told(t testing.TB, a *Atlas) string {
	t.Helper()
	r, err := a.Check(check.Question{AsOf: day})
	if err != nil {
		t.Fatal(err)
	}
	r.ElapsedMS = 0
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		region, err := json.Marshal(f.Region)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, region...)
	}
	return string(text)
}

// However a county changes, and whether or not anyone looks in between, the
// picture brought along equals the picture made anew.
func TestApplyEqualsNew(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, seeded(rt))
		first := &geo.Snapshot{}
		*first = *w.base
		a := picture(t, w.snapshot(picture(t, first), 1))
		for range 1 + w.rng.IntN(8) {
			cs := geo.ChangeSet{Territory: 1, Revision: a.Revision() + 1}
			for range w.rng.IntN(6) {
				cs.Changes = append(cs.Changes, w.step())
			}
			next, err := a.Apply(cs)
			if err != nil {
				t.Fatal(err)
			}
			if w.rng.IntN(3) == 0 {
				next.Counted(day)
			}
			if w.rng.IntN(3) == 0 {
				told(t, next)
				for i := range next.Tree().Len() {
					next.Ground(i)
				}
			}
			a = next
		}
		samePicture(t, a, picture(t, w.snapshot(a, a.Revision())), w.rng)
	})
}

// A picture stays as it is, whatever is made from it.
func TestApplyLeavesThePictureBefore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, seeded(rt))
		a := picture(t, w.base)
		start := w.snapshot(a, 1)
		a = picture(t, start)
		if w.rng.IntN(2) == 0 {
			a.Counted(day)
		}
		for next := a; next.Revision() < 5; {
			cs := geo.ChangeSet{Territory: 1, Revision: next.Revision() + 1, Changes: []geo.Change{w.step(), w.step()}}
			var err error
			if next, err = next.Apply(cs); err != nil {
				t.Fatal(err)
			}
			next.Counted(day)
		}
		samePicture(t, a, picture(t, start), w.rng)
	})
}

// Two pictures made from the same one do not mix.
func TestApplyTwiceOnOne(t *testing.T) {
	w := newWorld(t, rand.New(rand.NewPCG(4, 4)))
	a := picture(t, w.snapshot(picture(t, w.base), 1))
	come := func(from *Atlas, id int64) *Atlas {
		h := &geo.Household{Dwelling: geo.Dwelling{ID: geo.HouseholdID(id)}}
		next, err := from.Apply(geo.ChangeSet{Territory: 1, Revision: from.Revision() + 1, Changes: []geo.Change{{After: h}}})
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	for id := int64(5000); id < 5003; id++ { // three moves leave room for a fourth
		a = come(a, id)
	}
	one, other := come(a, 6000), come(a, 7000)
	for _, tt := range []struct {
		a  *Atlas
		id geo.HouseholdID
	}{{one, 6000}, {other, 7000}} {
		d := tt.a.Snapshot().Dwellings
		if last := d[len(d)-1].ID; last != tt.id {
			t.Errorf("the last household is %d, want %d", last, tt.id)
		}
	}
}

func TestApplyRefuses(t *testing.T) {
	w := newWorld(t, rand.New(rand.NewPCG(1, 1)))
	a := picture(t, w.snapshot(picture(t, w.base), 7))
	old := *w.of(geo.HouseholdEntity)[0].(*geo.Household)
	unknown := &geo.Household{Dwelling: geo.Dwelling{ID: 1 << 40}}
	root := a.Grid(0)
	orphan := &geo.Grid{ID: 1 << 40, Parent: 1 << 41, Tier: 1}
	tests := []struct {
		name string
		cs   geo.ChangeSet
		want error
	}{
		{"a bulk load", geo.ChangeSet{Territory: 1, Revision: 8, Reload: true}, ErrReload},
		{"a revision too far", geo.ChangeSet{Territory: 1, Revision: 9}, ErrReload},
		{"another territory", geo.ChangeSet{Territory: 2, Revision: 8}, geo.ErrInvalid},
		{"a change of nothing", geo.ChangeSet{Territory: 1, Revision: 8, Changes: []geo.Change{{}}}, ErrReload},
		{"a household it never had", geo.ChangeSet{Territory: 1, Revision: 8, Changes: []geo.Change{{Before: unknown, After: unknown}}}, ErrReload},
		{"a household created twice", geo.ChangeSet{Territory: 1, Revision: 8, Changes: []geo.Change{{After: &old}}}, ErrReload},
		{"the root taken out", geo.ChangeSet{Territory: 1, Revision: 8, Changes: []geo.Change{{Before: root}}}, ErrReload},
		{"a grid without a parent", geo.ChangeSet{Territory: 1, Revision: 8, Changes: []geo.Change{{After: orphan}}}, ErrReload},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if next, err := a.Apply(tt.cs); next != nil || !errors.Is(err, tt.want) {
				t.Errorf("Apply = %v, %v, want %v", next, err, tt.want)
			}
		})
	}
	if next, err := a.Apply(geo.ChangeSet{Territory: 1, Revision: 7, Reload: true}); next != a || err != nil {
		t.Errorf("a revision already shown gives %p, %v, want the same picture", next, err)
	}
}

// Changes of another plan's grids advance the revision and nothing else.
func TestApplyIgnoresOtherPlans(t *testing.T) {
	a := picture(t, newWorld(t, rand.New(rand.NewPCG(2, 2))).base)
	moved := *a.Grid(1)
	moved.Boundary = nil
	next, err := a.Apply(geo.ChangeSet{Territory: 1, Plan: 99, Revision: 2, Changes: []geo.Change{{Before: a.Grid(1), After: &moved}}})
	if err != nil {
		t.Fatal(err)
	}
	if next.Revision() != 2 || next.Plan() != a.Plan() || !next.Grid(1).Boundary.Equal(a.Grid(1).Boundary) {
		t.Errorf("revision %d, plan %+v", next.Revision(), next.Plan())
	}
}
