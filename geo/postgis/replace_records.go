package postgis

import (
	"context"
	"fmt"
	"reflect"

	"gridmap/geo"
)

// records makes workers, assignments, facilities, compounds, populations,
// standards, profiles and waivers equal to the snapshot's, in that order: assignments refer to workers.
func (r *replacer) records(ctx context.Context) error {
	d := &desk{w: &Write{Territory: r.territory}, drawers: map[geo.Entity]*drawer{}}
	if err := r.matchWorkers(ctx); err != nil {
		return err
	}
	if err := replaceAll(ctx, r, d, workers, r.snap.Workers, func(w *geo.Worker) (geo.Record, error) {
		moved := *w
		moved.ID = r.ids.worker[w.ID]
		return &moved, nil
	}); err != nil {
		return err
	}
	if err := replaceAll(ctx, r, d, assignments, r.snap.Assignments, func(a *geo.Assignment) (geo.Record, error) {
		return r.ids.assignment(a)
	}); err != nil {
		return err
	}
	if err := replaceAll(ctx, r, d, facilities, r.snap.Facilities, func(f *geo.Facility) (geo.Record, error) {
		return r.ids.facility(f)
	}); err != nil {
		return err
	}
	if err := replaceAll(ctx, r, d, compounds, r.snap.Compounds, func(c *geo.Compound) (geo.Record, error) {
		return r.ids.compound(c)
	}); err != nil {
		return err
	}
	if err := replaceAll(ctx, r, d, populations, r.snap.Populations, func(p *geo.Population) (geo.Record, error) {
		return r.ids.population(p)
	}); err != nil {
		return err
	}
	if err := replaceAll(ctx, r, d, standards, r.snap.Standards, func(n *geo.Standard) (geo.Record, error) {
		moved := *n
		return &moved, nil
	}); err != nil {
		return err
	}
	if err := replaceAll(ctx, r, d, profiles, r.snap.Profiles, func(p *geo.Profile) (geo.Record, error) {
		moved := *p
		return &moved, nil
	}); err != nil {
		return err
	}
	if err := replaceAll(ctx, r, d, waivers, r.snap.Waivers, func(w *geo.Waiver) (geo.Record, error) {
		moved := *w
		return &moved, nil
	}); err != nil {
		return err
	}
	if err := d.settle(); err != nil {
		return err
	}
	if err := d.apply(ctx, r.tx, r.rev); err != nil {
		return err
	}
	r.list = append(r.list, d.changes()...)
	return nil
}

// matchWorkers leads the workers of snap to those with the same numbers, and
// gives the others new IDs.
func (r *replacer) matchWorkers(ctx context.Context) error {
	type numbered struct {
		id     geo.WorkerID
		number string
	}
	list, err := some(ctx, r.tx, func(r *row) numbered { return numbered{geo.WorkerID(r.int64()), r.text()} },
		`select id, number from worker where territory_id = $1`, int64(r.territory))
	if err != nil {
		return err
	}
	byNumber := make(map[string]geo.WorkerID, len(list))
	for _, n := range list {
		byNumber[n.number] = n.id
	}
	r.ids.worker = make(map[geo.WorkerID]geo.WorkerID, len(r.snap.Workers))
	var added []geo.WorkerID
	for i := range r.snap.Workers {
		w := &r.snap.Workers[i]
		if id, ok := byNumber[w.Number]; ok {
			r.ids.worker[w.ID] = id
		} else {
			added = append(added, w.ID)
		}
	}
	fresh, err := reserve(ctx, r.tx, "worker", len(added))
	for i, id := range added {
		if err == nil {
			r.ids.worker[id] = geo.WorkerID(fresh[i])
		}
	}
	return err
}

// replaceAll puts list on the desk in place of all records of an entity; move
// returns a copy of a record that refers to the store's IDs.
func replaceAll[T any](ctx context.Context, r *replacer, d *desk, e *entity, list []T, move func(*T) (geo.Record, error)) error {
	of, err := d.drawer(e.name)
	if err != nil {
		return err
	}
	held, err := some(ctx, r.tx, of.state, of.selection()+` where r.territory_id = $1 order by r.id`, int64(r.territory))
	if err != nil {
		return err
	}
	for _, st := range held {
		st.drawer = of
		of.byKey[of.key(st.before)] = st
	}
	kept := make(map[*state]bool, len(held))
	for i := range list {
		record, err := move(&list[i])
		if err == nil {
			err = of.replace(record, kept)
		}
		if err != nil {
			return inRecord(e.table(), fmt.Sprint("number ", i+1), err)
		}
	}
	for _, st := range held {
		if !kept[st] {
			of.touch(st, len(list))
			st.now = nil
		}
	}
	return nil
}

// replace puts one record in the place of that with the same natural key and
// marks it kept.
func (of *drawer) replace(record geo.Record, kept map[*state]bool) error {
	st := of.byKey[of.key(record)]
	if st == nil {
		_, id := record.Key()
		st = &state{drawer: of, id: id} // new workers have theirs already
	}
	if kept[st] {
		return fmt.Errorf("%v stands twice: %w", of.key(record), geo.ErrConflict)
	}
	kept[st] = true
	if st.before != nil {
		_, id := st.before.Key()
		of.setID(record, id)
		if reflect.DeepEqual(st.before, record) {
			return nil
		}
	}
	return of.put(st, record, len(kept)-1)
}
