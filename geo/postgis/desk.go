package postgis

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"gridmap/geo"
)

// A desk holds the records that a write touches: as they stand in the store
// and as they shall stand.
type desk struct {
	w       *Write
	drawers map[geo.Entity]*drawer
	changed []*state // in order of first touch, after settle
}

// A drawer holds the records of one entity.
type drawer struct {
	*entity
	byID  map[int64]*state
	byKey map[any]*state
	all   []*state // touched, in order
}

// A state is one record before the write (nil: none) and after (nil: gone).
type state struct {
	drawer      *drawer
	id          int64 // of a new record, when it is settled before; else 0
	action      int   // that touched it last
	touched     bool
	before, now geo.Record
	rev         geo.Revision
}

// newDesk reads the records that the actions of w name.
func newDesk(ctx context.Context, tx pgx.Tx, w *Write) (*desk, error) {
	d := &desk{w: w, drawers: map[geo.Entity]*drawer{}}
	ids, texts, numbers := map[*drawer][]int64{}, map[*drawer][]string{}, map[*drawer][]int64{}
	for i := range w.Actions {
		a := &w.Actions[i]
		of, err := d.drawer(a.entity)
		if err != nil {
			return nil, w.inAction(i, err)
		}
		switch a.verb {
		case patch, remove:
			ids[of] = append(ids[of], a.id)
		case upsert:
			switch key := of.narrowKey(a.record).(type) {
			case string:
				texts[of] = append(texts[of], key)
			case int64:
				numbers[of] = append(numbers[of], key)
			}
		}
	}
	for _, of := range d.drawers {
		if err := of.fill(ctx, tx, w.Territory, "id", ids[of]); err != nil {
			return nil, err
		}
		if err := of.fill(ctx, tx, w.Territory, of.narrow, texts[of]); err != nil {
			return nil, err
		}
		if err := of.fill(ctx, tx, w.Territory, of.narrow, numbers[of]); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *desk) drawer(name geo.Entity) (*drawer, error) {
	if of, ok := d.drawers[name]; ok {
		return of, nil
	}
	e, err := entityOf(name)
	if err != nil {
		return nil, err
	}
	of := &drawer{entity: e, byID: map[int64]*state{}, byKey: map[any]*state{}}
	d.drawers[name] = of
	return of, nil
}

// fill reads the records whose column holds one of values, a slice.
func (of *drawer) fill(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, column string, values any) error {
	if ints, ok := values.([]int64); ok && len(ints) == 0 {
		return nil
	}
	if texts, ok := values.([]string); ok && len(texts) == 0 {
		return nil
	}
	list, err := some(ctx, tx, of.state, of.selection()+fmt.Sprintf(` where r.territory_id = $1 and r.%s = any($2)`, column),
		int64(territory), values)
	if err != nil {
		return err
	}
	for _, st := range list {
		_, id := st.before.Key()
		if of.byID[id] == nil {
			st.drawer = of
			of.byID[id], of.byKey[of.key(st.before)] = st, st
		}
	}
	return nil
}

// do carries out one action on the desk.
func (d *desk) do(a *Action, i int) error {
	of := d.drawers[a.entity]
	switch a.verb {
	case create:
		return of.put(&state{drawer: of}, a.record, i)
	case upsert:
		st := of.byKey[of.key(a.record)]
		if st == nil || st.now == nil {
			st = &state{drawer: of}
		} else if err := d.fresh(st); err != nil {
			return err
		}
		return of.put(st, a.record, i)
	}
	st := of.byID[a.id]
	if st == nil || st.now == nil {
		return fmt.Errorf("%s %d: %w", a.entity, a.id, geo.ErrNotFound)
	}
	if err := d.fresh(st); err != nil {
		return err
	}
	if a.verb == remove {
		delete(of.byKey, of.key(st.now))
		of.touch(st, i)
		st.now = nil
		return nil
	}
	edited, err := copyOf(st.now)
	if err != nil {
		return err
	}
	if err := a.edit(edited); err != nil {
		return err
	}
	delete(of.byKey, of.key(st.now))
	return of.put(st, edited, i)
}

// fresh reports a record that changed after the revision the caller saw.
func (d *desk) fresh(st *state) error {
	if d.w.Base != 0 && st.rev > d.w.Base {
		return geo.ErrStale
	}
	return nil
}

// put makes r the state's record, with the state's own ID.
func (of *drawer) put(st *state, r geo.Record, i int) error {
	r, err := copyOf(r)
	if err != nil {
		return err
	}
	id := st.id
	if st.before != nil {
		_, id = st.before.Key()
	}
	of.setID(r, id)
	if err := of.valid(r); err != nil {
		return err
	}
	of.touch(st, i)
	st.now = r
	of.byKey[of.key(r)] = st
	return nil
}

func (of *drawer) touch(st *state, i int) {
	st.action = i
	if !st.touched {
		st.touched = true
		of.all = append(of.all, st)
	}
}

// copyOf returns a copy that shares nothing with r.
func copyOf(r geo.Record) (geo.Record, error) {
	name, _ := r.Key()
	data, err := encodeRecord(r)
	if err != nil {
		return nil, &geo.InvalidError{Field: string(name), Reason: err.Error()}
	}
	return decodeRecord(name, data)
}

// settle lists what really changes.
func (d *desk) settle() error {
	for _, of := range d.drawers {
		for _, st := range of.all {
			same, err := equal(st.before, st.now)
			if err != nil {
				return err
			}
			if !same {
				d.changed = append(d.changed, st)
			}
		}
	}
	slices.SortStableFunc(d.changed, func(a, b *state) int { return a.action - b.action })
	return nil
}

// equal compares records as the journal writes them.
func equal(a, b geo.Record) (bool, error) {
	first, err := encodeRecord(a)
	if err != nil {
		return false, err
	}
	second, err := encodeRecord(b)
	return bytes.Equal(first, second), err
}

func (d *desk) changes() []geo.Change {
	changes := make([]geo.Change, len(d.changed))
	for i, st := range d.changed {
		changes[i] = geo.Change{Before: st.before, After: st.now}
	}
	return changes
}

// apply writes what changed: deletions and updates of the referring before the
// referred to, then new records the other way round.
func (d *desk) apply(ctx context.Context, tx pgx.Tx, rev geo.Revision) error {
	var batch pgx.Batch
	var order []*state // of the batch's statements
	for _, e := range slices.Backward(entities) {
		for _, st := range d.of(e, func(st *state) bool { return st.now == nil }) {
			_, id := st.before.Key()
			batch.Queue(`delete from `+e.table()+` where territory_id = $1 and id = $2`, int64(d.w.Territory), id)
			order = append(order, st)
		}
		changed := d.of(e, func(st *state) bool { return st.before != nil && st.now != nil })
		if err := queue(&batch, e.update(), d.w, rev, changed); err != nil {
			return err
		}
		order = append(order, changed...)
	}
	for _, e := range entities {
		created := d.of(e, func(st *state) bool { return st.before == nil })
		if err := number(ctx, tx, e, created); err != nil {
			return err
		}
		if err := queue(&batch, e.insert(), d.w, rev, created); err != nil {
			return err
		}
		order = append(order, created...)
	}
	if err := d.send(ctx, tx, &batch, order); err != nil {
		return err
	}
	return d.place(ctx, tx)
}

// number gives new records their IDs, but for those that have one.
func number(ctx context.Context, tx pgx.Tx, e *entity, created []*state) error {
	without := slices.DeleteFunc(slices.Clone(created), func(st *state) bool { return st.id != 0 })
	ids, err := reserve(ctx, tx, e.table(), len(without))
	if err != nil {
		return err
	}
	for i, st := range without {
		e.setID(st.now, ids[i])
	}
	return nil
}

// of returns the changed records of an entity that satisfy a condition.
func (d *desk) of(e *entity, which func(*state) bool) []*state {
	var list []*state
	for _, st := range d.changed {
		if st.drawer.entity == e && which(st) {
			list = append(list, st)
		}
	}
	return list
}

// queue adds one statement for each state.
func queue(batch *pgx.Batch, sql string, w *Write, rev geo.Revision, list []*state) error {
	for _, st := range list {
		values, err := st.drawer.values(st.now)
		if err != nil {
			return w.inAction(st.action, err)
		}
		_, id := st.now.Key()
		batch.Queue(sql, append([]any{int64(w.Territory), id, int64(rev)}, statementArgs(values)...)...)
	}
	return nil
}

// send runs the batch; order names the record of each statement.
func (d *desk) send(ctx context.Context, tx pgx.Tx, batch *pgx.Batch, order []*state) error {
	results := tx.SendBatch(ctx, batch)
	for _, st := range order {
		_, err := results.Exec()
		if err == nil {
			continue
		}
		_ = results.Close() // says the same again
		var pg *pgconn.PgError
		// A key that breaks stands in the table that refers: in another one when
		// what it refers to went away or took another code.
		if errors.As(err, &pg) && pg.Code == "23503" && (st.now == nil || pg.TableName != st.drawer.table()) {
			err = fmt.Errorf("%s is still referred to: %w", st.drawer.table(), geo.ErrConflict)
		}
		return d.w.inAction(st.action, err)
	}
	return results.Close()
}

// place finds the leaf of every changed household that has a point.
func (d *desk) place(ctx context.Context, tx pgx.Tx) error {
	var moved []*geo.Household
	for _, st := range d.of(households, func(st *state) bool { return st.now != nil }) {
		if h := st.now.(*geo.Household); h.Located {
			moved = append(moved, h)
		}
	}
	if len(moved) == 0 {
		return nil
	}
	return placeHouseholds(ctx, tx, d.w.Territory, moved)
}
