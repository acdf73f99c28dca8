package atlas

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/topo"
)

// A dweller changes where people live and what stands there, as only COV-6 sees.
type dweller struct {
	*world
	grounds []topo.Shape // of compounds
}

// newDweller starts from the county of mini with every household moved out of
// some compounds, so that there is something to find.
func newDweller(t *testing.T, seed uint64) *dweller {
	t.Helper()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	d := &dweller{world: &world{rng: rand.New(rand.NewPCG(seed, 21)), base: &county.Snapshot, rows: map[geo.Entity]map[int64]geo.Record{}, last: 1 << 30}}
	for i := range county.Grids {
		d.put(&county.Grids[i])
	}
	for _, column := range county.Columns() {
		for i := range column.Len() {
			d.put(column.Copy(i))
		}
	}
	for i := range county.Compounds {
		if c := &county.Compounds[i]; len(c.Boundary) > 0 {
			d.grounds = append(d.grounds, c.Boundary)
		}
	}
	for i := range county.Households {
		h := county.Households[i]
		empty := slices.ContainsFunc(d.grounds[:len(d.grounds)/2], func(g topo.Shape) bool { return g.Contains(h.At) })
		if d.put(&h); empty && d.rng.IntN(30) > 0 {
			delete(d.rows[geo.HouseholdEntity], int64(h.ID))
		}
	}
	return d
}

// place is where something may stand: on the ground of a compound, or by a
// building, or where a household is already.
func (d *dweller) place() topo.Point {
	switch d.rng.IntN(4) {
	case 0:
		return d.grounds[d.rng.IntN(len(d.grounds))].InteriorPoint()
	case 1:
		return d.rows[geo.HouseholdEntity][d.one(geo.HouseholdEntity)].(*geo.Household).At
	}
	at := d.rows[geo.BuildingEntity][d.one(geo.BuildingEntity)].(*geo.Building).At
	return topo.Point{X: at.X + d.rng.Int32N(20_000) - 10_000, Y: at.Y + d.rng.Int32N(20_000) - 10_000}
}

// lonely is a household alone in its compound or far from others: one whose
// going is seen.
func (d *dweller) lonely() int64 {
	ground := d.grounds[d.rng.IntN(len(d.grounds)/2)]
	for _, r := range d.of(geo.HouseholdEntity) {
		if h := r.(*geo.Household); ground.Contains(h.At) {
			return int64(h.ID)
		}
	}
	return d.one(geo.HouseholdEntity)
}

func (d *dweller) step() geo.Change {
	e := []geo.Entity{geo.HouseholdEntity, geo.HouseholdEntity, geo.HouseholdEntity, geo.BuildingEntity, geo.CompoundEntity, geo.GridEntity}[d.rng.IntN(6)]
	id := d.one(e)
	if e == geo.HouseholdEntity && d.rng.IntN(2) == 0 {
		id = d.lonely()
	}
	before := d.rows[e][id]
	if d.rng.IntN(4) == 0 && e != geo.GridEntity && len(d.rows[e]) > 9 {
		delete(d.rows[e], id)
		return geo.Change{Before: before}
	}
	comes := d.rng.IntN(3) == 0
	var after geo.Record
	switch r := before.(type) {
	case *geo.Household:
		h := *r
		h.At, h.Located, h.Resident = d.place(), d.rng.IntN(6) > 0, d.rng.Int32N(5)
		if after = &h; comes {
			h.ID, before = geo.HouseholdID(d.id(0)), nil
		}
	case *geo.Building:
		b := *r
		b.At, b.Units, b.Valid.To = d.place(), d.rng.Int32N(9), []geo.Date{0, 0, day, day + 1}[d.rng.IntN(4)]
		if after = &b; comes {
			b.ID, before = geo.BuildingID(d.id(0)), nil
		}
	case *geo.Compound:
		c := *r
		c.Boundary = [...]topo.Shape{nil, d.grounds[d.rng.IntN(len(d.grounds))]}[d.rng.IntN(2)]
		if after = &c; comes {
			c.ID, before = geo.CompoundID(d.id(0)), nil
		}
	case *geo.Grid:
		after = d.grid(id)
	}
	d.put(after)
	return geo.Change{Before: before, After: after}
}

// emptyCells is what COV-6 says of a picture on a day, and why it says nothing.
func emptyCells(t *testing.T, a *Atlas, on geo.Date) (found []string) {
	t.Helper()
	r, err := a.Check(check.Question{AsOf: on, MaxFindings: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		if f.Rule == geo.RuleEmptyCell {
			found = append(found, fmt.Sprint(f.ID, *f.At, f.Message.EN))
		}
	}
	for _, n := range r.NotChecked {
		if n.Rule == geo.RuleEmptyCell {
			found = append(found, n.Because)
		}
	}
	return found
}

// Wherever households come, go and move, whatever is built and however grids are
// drawn, and whenever anybody asks, a picture brought along reports what one made
// anew does, and finds its empty cells on either side of a day.
func TestPictureFollowsWherePeopleLive(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		d := newDweller(t, seed)
		a := picture(t, d.snapshot(picture(t, d.base), 1))
		became, last := 0, ""
		for range 150 {
			cs := geo.ChangeSet{Territory: 1, Revision: a.Revision() + 1}
			for range 1 + d.rng.IntN(2) {
				cs.Changes = append(cs.Changes, d.step())
			}
			next, err := a.Apply(cs)
			if err != nil {
				t.Fatal(err)
			}
			if a = next; d.rng.IntN(2) > 0 {
				continue
			}
			fresh := picture(t, d.snapshot(a, a.Revision()))
			for on := day; on <= day+1; on++ {
				got, want := emptyCells(t, a, on), emptyCells(t, fresh, on)
				if !slices.Equal(got, want) {
					t.Fatalf("seed %d, revision %d, %d: empty are\n%q, want\n%q", seed, a.Revision(), on, got, want)
				}
				if now := fmt.Sprint(want); now != last {
					became, last = became+1, now
				}
			}
			if got, want := told(t, a), told(t, fresh); got != want {
				t.Fatalf("seed %d, revision %d: the report is\n%s\nwant\n%s", seed, a.Revision(), got, want)
			}
		}
		samePicture(t, a, picture(t, d.snapshot(a, a.Revision())), d.rng)
		if became < 20 {
			t.Errorf("seed %d: the empty cells became others only %d times", seed, became)
		}
	}
}

// Pictures made from the same one do not mix, and it keeps its own answer.
func TestEmptyCellsOfPicturesFromOne(t *testing.T) {
	t.Parallel()
	d := newDweller(t, 9)
	a := picture(t, d.snapshot(picture(t, d.base), 1))
	before, others := emptyCells(t, a, day), 0
	rows := d.rows
	for range 40 {
		d.rows = map[geo.Entity]map[int64]geo.Record{}
		for e, of := range rows {
			d.rows[e] = maps.Clone(of)
		}
		next, err := a.Apply(geo.ChangeSet{Territory: 1, Revision: 2, Changes: []geo.Change{d.step()}})
		if err != nil {
			t.Fatal(err)
		}
		got, want := emptyCells(t, next, day), emptyCells(t, picture(t, d.snapshot(next, 2)), day)
		if !slices.Equal(got, want) {
			t.Fatalf("empty are %q, want %q", got, want)
		}
		if !slices.Equal(got, before) {
			others++
		}
	}
	if got := emptyCells(t, a, day); !slices.Equal(got, before) || others < 5 {
		t.Errorf("empty were %q, are %q; %d changes made a difference", before, got, others)
	}
}
