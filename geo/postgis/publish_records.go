package postgis

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// bequeath lets go on what refers to grids that are gone:
//
//   - assignments end on the day and go on in the heir, unless the worker
//     serves there in that role already or nobody has the ground;
//   - responsibilities end likewise and go on for an heir of the same tier;
//   - members of nets are replaced by an heir that has all of their ground, or
//     their progress counts with that which it has in the net already;
//   - facilities, compounds and buildings are the heir's from now on, unless it has a
//     facility of the same type and name;
//   - the newest figures of units that became one, whole and nothing but them,
//     add up to one of the heir as of the day, if they are of one basis and
//     date; the old ones stay, so that the old plan counts as before;
//   - the division that a household's address names stays what it says.
//
// done tells of each, and which need a look.
func (w *step) bequeath(ctx context.Context, done *Published) error {
	b := w.ahead.bequest(w.plan)
	done.References = b.told
	if len(b.write.Actions) == 0 {
		return nil
	}
	desk, err := b.desk(ctx, w.tx)
	if err != nil {
		return err
	}
	done.Changes = desk.changes()
	return desk.apply(ctx, w.tx, w.rev)
}

// bequest finds out what moves with the grids that are gone.
func (r *rehearsal) bequest(p geo.Plan) *bequest {
	b := &bequest{day: p.Effective, before: r.before, snap: r.snap, left: r.left, write: &Write{Territory: p.Territory}}
	if len(r.left) == 0 {
		return b
	}
	b.repost()
	b.entrust()
	b.enrol()
	b.rehouse()
	b.addUp()
	b.stated()
	slices.SortStableFunc(b.told, func(a, c redraw.Reference) int { return cmp.Compare(a.Grid, c.Grid) })
	return b
}

// desk returns the records of a bequest as they stand and as they shall stand.
func (b *bequest) desk(ctx context.Context, tx pgx.Tx) (*desk, error) {
	desk, err := newDesk(ctx, tx, b.write)
	if err != nil {
		return nil, err
	}
	for i := range b.write.Actions {
		if err := desk.do(&b.write.Actions[i], i); err != nil {
			return nil, fmt.Errorf("records of grids that are gone: %w", err)
		}
	}
	return desk, desk.settle()
}

// A bequest is the moving of records at publishing.
type bequest struct {
	day    geo.Date
	before []geo.Grid
	snap   *geo.Snapshot
	left   map[geo.GridID]legacy
	write  *Write
	told   []redraw.Reference
}

func (b *bequest) do(a Action) { b.write.Actions = append(b.write.Actions, a) }

func (b *bequest) tell(entity geo.Entity, id int64, count int, grid geo.GridID, then redraw.Becoming) {
	l := b.left[grid]
	r := redraw.Reference{Entity: entity, ID: id, Count: count, Grid: grid, Code: l.grid.Code, Heir: l.heir, Then: then}
	for i := range b.snap.Grids {
		if b.snap.Grids[i].ID == l.heir {
			r.HeirCode = b.snap.Grids[i].Code
		}
	}
	b.told = append(b.told, r)
}

// repost ends the assignments to grids that are gone, and lets them go on in
// the heirs.
func (b *bequest) repost() {
	type post struct {
		worker geo.WorkerID
		grid   geo.GridID
		role   string
	}
	held := map[post]bool{}
	for _, a := range b.snap.Assignments {
		if a.Valid.Holds(b.day) {
			held[post{a.Worker, a.Grid, a.Role}] = true
		}
	}
	for _, a := range b.snap.Assignments {
		l, gone := b.left[a.Grid]
		if !gone || a.Valid.To != 0 && a.Valid.To <= b.day {
			continue
		}
		if a.Valid.From < b.day {
			b.do(Patch(geo.AssignmentEntity, int64(a.ID), func(r geo.Record) error {
				r.(*geo.Assignment).Valid.To = b.day
				return nil
			}))
		} else {
			b.do(Delete(geo.AssignmentEntity, int64(a.ID)))
		}
		then := redraw.Ends
		if at := (post{a.Worker, l.heir, a.Role}); l.heir != 0 && !held[at] {
			held[at], then = true, redraw.Follows
			next := a
			next.ID, next.Grid, next.Valid.From = 0, l.heir, max(a.Valid.From, b.day)
			b.do(Upsert(&next))
		}
		b.tell(geo.AssignmentEntity, int64(a.ID), 1, a.Grid, then)
	}
}

// rehouse gives facilities, compounds and buildings to the heirs.
func (b *bequest) rehouse() {
	type name struct {
		kind, zh string
		division geo.GridID
	}
	taken := map[name]bool{}
	for _, f := range b.snap.Facilities {
		taken[name{f.Type, f.Name.ZH, f.Division}] = true
	}
	for i := range b.snap.Facilities {
		f := &b.snap.Facilities[i]
		b.inherit(f, f.Division, func(heir geo.GridID) bool {
			n := name{f.Type, f.Name.ZH, heir}
			was := taken[n]
			taken[n] = true
			return !was
		}, func(r geo.Record, heir geo.GridID) { r.(*geo.Facility).Division = heir })
	}
	free := func(geo.GridID) bool { return true } // their codes are the territory's
	for i := range b.snap.Compounds {
		c := &b.snap.Compounds[i]
		b.inherit(c, c.Division, free, func(r geo.Record, heir geo.GridID) { r.(*geo.Compound).Division = heir })
	}
	for i := range b.snap.Buildings {
		v := &b.snap.Buildings[i]
		b.inherit(v, v.Division, free, func(r geo.Record, heir geo.GridID) { r.(*geo.Building).Division = heir })
	}
}

// inherit gives a record that lies in a division that is gone to the heir, if
// there is one and it is free to take it.
func (b *bequest) inherit(r geo.Record, division geo.GridID, free func(heir geo.GridID) bool, move func(geo.Record, geo.GridID)) {
	l, gone := b.left[division]
	if !gone {
		return
	}
	entity, id := r.Key()
	then := redraw.Attention
	if l.heir != 0 && free(l.heir) {
		then = redraw.Follows
		b.do(Patch(entity, id, func(r geo.Record) error {
			move(r, l.heir)
			return nil
		}))
	}
	b.tell(entity, id, 1, division, then)
}

// addUp makes figures for units that others were merged into.
func (b *bequest) addUp() {
	united := b.united()
	for _, basis := range []geo.Basis{geo.Resident, geo.Registered, geo.UrbanResident} {
		for _, heir := range slices.Sorted(maps.Keys(united)) {
			if sum, ok := b.sum(united[heir], basis); ok {
				sum.Unit = heir
				b.do(Upsert(sum))
				united[heir][0].summed = append(united[heir][0].summed, basis)
			}
		}
	}
	for _, p := range b.snap.Populations {
		l, gone := b.left[p.Unit]
		if !gone {
			continue
		}
		then := redraw.Attention
		if units := united[l.heir]; l.whole && len(units) > 0 && slices.Contains(units[0].summed, p.Basis) {
			then = redraw.AddsUp
		}
		b.tell(geo.PopulationEntity, int64(p.ID), 1, p.Unit, then)
	}
}

// A unit is one of those that became one.
type unit struct {
	*geo.Grid
	summed []geo.Basis // of the first: the bases that added up
}

// united returns for each heir the units that it was made of, by id, where it
// has all of their ground and none besides.
func (b *bequest) united() map[geo.GridID][]*unit {
	made := map[geo.GridID][]*unit{}
	for _, l := range b.left {
		if l.whole {
			made[l.heir] = append(made[l.heir], &unit{Grid: l.grid})
		}
	}
	for i := range b.before {
		if g := &b.before[i]; made[g.ID] != nil {
			made[g.ID] = append(made[g.ID], &unit{Grid: g})
		}
	}
	for i := range b.snap.Grids {
		g := &b.snap.Grids[i]
		area := 0.0
		for _, u := range made[g.ID] {
			area += u.Boundary.AreaM2()
		}
		if !sameArea(area, g.Boundary.AreaM2()) {
			delete(made, g.ID)
		}
	}
	for _, units := range made {
		slices.SortFunc(units, func(a, c *unit) int { return cmp.Compare(a.ID, c.ID) })
	}
	return made
}

// sum adds the newest figures of units up if each has one and all are of one
// date.
func (b *bequest) sum(units []*unit, basis geo.Basis) (*geo.Population, bool) {
	total := &geo.Population{Basis: basis, AsOf: b.day}
	var codes []string
	var date geo.Date
	for i, u := range units {
		p := b.newest(u.ID, basis)
		if p == nil || i > 0 && p.AsOf != date {
			return nil, false
		}
		date = p.AsOf
		total.Value += p.Value
		codes = append(codes, u.Code)
	}
	total.Source = fmt.Sprintf("合计 sum %s: %s", date, strings.Join(codes, " + "))
	return total, len(units) > 1
}

// newest returns the newest figure of a unit that is not after the day.
func (b *bequest) newest(id geo.GridID, basis geo.Basis) *geo.Population {
	var newest *geo.Population
	for i := range b.snap.Populations {
		p := &b.snap.Populations[i]
		if p.Unit == id && p.Basis == basis && p.AsOf <= b.day && (newest == nil || p.AsOf > newest.AsOf) {
			newest = p
		}
	}
	return newest
}

// stated counts the households whose address names a grid that is gone.
func (b *bequest) stated() {
	n := map[geo.GridID]int{}
	for i := range b.snap.Dwellings {
		if s := b.snap.Dwellings[i].Stated; s != 0 {
			n[s]++
		}
	}
	for _, id := range slices.Sorted(maps.Keys(b.left)) {
		if n[id] > 0 {
			b.tell(geo.HouseholdEntity, 0, n[id], id, redraw.Stays)
		}
	}
}
