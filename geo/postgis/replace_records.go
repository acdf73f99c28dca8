package postgis

import (
	"context"
	"fmt"
	"reflect"

	"gridmap/geo"
	"gridmap/geo/check"
)

// records makes everything that the snapshot has columns of equal to it.
func (r *replacer) records(ctx context.Context) error {
	d := &desk{w: &Write{Territory: r.territory}, drawers: map[geo.Entity]*drawer{}}
	if err := r.matchWorkers(ctx); err != nil {
		return err
	}
	for _, e := range entities {
		column := r.snap.Column(e.name)
		if column == nil { // households come in a stream
			continue
		}
		if err := r.replaceAll(ctx, d, e, column.Len(), column.Copy, true); err != nil {
			return err
		}
	}
	if r.schedules != nil {
		if err := r.replaceAll(ctx, d, schedules, len(r.schedules), scheduleAt(r.schedules), true); err != nil {
			return err
		}
	}
	if len(r.comments) > 0 {
		if err := r.replaceAll(ctx, d, comments, len(r.comments), commentAt(r.comments, r.plan.ID), false); err != nil {
			return err
		}
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

// scheduleAt returns a copy of a schedule by its position.
func scheduleAt(list []check.Schedule) func(int) geo.Record {
	return func(i int) geo.Record {
		s := list[i]
		return &s
	}
}

// commentAt returns a copy of a comment by its position, about the plan if it is
// about one.
func commentAt(list []geo.Comment, plan geo.PlanID) func(int) geo.Record {
	return func(i int) geo.Record {
		c := list[i]
		if c.Plan != 0 {
			c.Plan = plan
		}
		return &c
	}
}

// replaceAll puts n records, of which at gives copies, on the desk; whole, in
// place of all records of the entity, so that the others go.
func (r *replacer) replaceAll(ctx context.Context, d *desk, e *entity, n int, at func(int) geo.Record, whole bool) error {
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
	for i := range n {
		record := at(i)
		if err := r.lead(e, record); err != nil {
			return inRecord(e.table(), fmt.Sprint("number ", i+1), err)
		}
		if err := of.replace(record, kept); err != nil {
			return inRecord(e.table(), fmt.Sprint("number ", i+1), err)
		}
	}
	for _, st := range held {
		if whole && !kept[st] {
			of.touch(st, n)
			st.now = nil
		}
	}
	return nil
}

// lead makes a record refer to the store's IDs. A worker gets its own, known
// or new; other records have none until they are found or numbered.
func (r *replacer) lead(e *entity, record geo.Record) error {
	id := int64(0)
	if w, ok := record.(*geo.Worker); ok {
		id = int64(r.ids.worker[w.ID])
	}
	e.setID(record, id)
	return r.ids.lead(e, record)
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
