package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// groundOf returns the geometry of a record that its JSON leaves to the face,
// nil for what it does not have.
func groundOf(r geo.Record) (at *topo.Point, boundary *topo.Shape) {
	switch v := r.(type) {
	case *geo.Grid:
		return nil, &v.Boundary
	case *geo.Household:
		return &v.At, nil
	case *geo.Facility:
		return &v.At, nil
	case *geo.Compound:
		return nil, &v.Boundary
	case *geo.Building:
		return &v.At, nil
	}
	return nil, nil
}

// encodeRecord returns the journal's form of r: its JSON and the geometry as
// lattice integers, at or boundary. A household without a place has none, nor
// has what is not drawn, but for grids. nil gives nil.
func encodeRecord(r geo.Record) (json.RawMessage, error) {
	if r == nil {
		return nil, nil
	}
	data, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	at, boundary := groundOf(r)
	_, grid := r.(*geo.Grid)
	h, household := r.(*geo.Household)
	switch {
	case at != nil && (!household || h.Located):
		return extended(data, "at", [2]int32{at.X, at.Y})
	case boundary != nil && (grid || len(*boundary) > 0):
		return extended(data, "boundary", *boundary)
	}
	return data, nil
}

// extended adds a member to an object that has some.
func extended(object []byte, name string, value any) (json.RawMessage, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	object = append(append(object[:len(object)-1], `,"`+name+`":`...), text...)
	return append(object, '}'), nil
}

// decodeRecord reads the journal's form of a record; nil gives nil.
func decodeRecord(name geo.Entity, data []byte) (geo.Record, error) {
	if data == nil {
		return nil, nil
	}
	if name == geo.GridEntity { // large: read in one go
		j := struct {
			*geo.Grid
			Boundary topo.Shape `json:"boundary"`
		}{Grid: new(geo.Grid)}
		err := json.Unmarshal(data, &j)
		j.Grid.Boundary = j.Boundary
		return j.Grid, err
	}
	e, err := entityOf(name)
	if err != nil {
		return nil, err
	}
	r := e.blank()
	if err := json.Unmarshal(data, r); err != nil {
		return nil, err
	}
	at, boundary := groundOf(r)
	var ground struct {
		At       [2]int32   `json:"at"`
		Boundary topo.Shape `json:"boundary"`
	}
	switch {
	case at != nil:
		err := json.Unmarshal(data, &ground)
		*at = topo.Point{X: ground.At[0], Y: ground.At[1]}
		return r, err
	case boundary != nil:
		err := json.Unmarshal(data, &ground)
		*boundary = ground.Boundary
		return r, err
	}
	return r, nil
}

// A receipt is what a change set keeps besides what followers are told; all of
// it may be empty.
type receipt struct {
	key    string          // Idempotency-Key
	hash   []byte          // of what was asked under it
	turn   string          // edit, undo, redo or carry
	target geo.Revision    // of an undo or redo
	again  geo.Revision    // the edit that this one repeats on a newer plan
	answer json.RawMessage // what was answered besides the records
}

// writeChangeSet writes c with its records and sets its time. The caller has
// drawn its revision.
func writeChangeSet(ctx context.Context, tx pgx.Tx, c *geo.ChangeSet, r receipt) error {
	var answer any
	if r.answer != nil {
		answer = string(r.answer)
	}
	err := tx.QueryRow(ctx, `
		insert into change_set (territory_id, revision, plan_id, by_whom, op, reload, records, request_key, request_hash, turn, target, rebased, answer)
		values ($1, $2, nullif($3, 0), $4, $5, $6, $7, nullif($8, ''), $9, nullif($10, ''), nullif($11, 0), nullif($12, 0), $13::text::jsonb) returning at`,
		int64(c.Territory), int64(c.Revision), int64(c.Plan), c.By, c.Op, c.Reload, len(c.Changes),
		r.key, r.hash, r.turn, int64(r.target), int64(r.again), answer).Scan(&c.At)
	if err != nil {
		return err
	}
	c.At = c.At.UTC()
	position := int32(-1)
	_, err = copyIn(ctx, tx, "journal (territory_id, revision, position, entity, record_id, before, after)",
		rowsOf(c.Changes, func(change *geo.Change) ([]any, error) {
			position++
			return journalRow(c, position, change)
		}))
	return err
}

// revisionDrawn is the revision of a territory, $1, that the transaction has
// drawn, as a part of a statement.
const revisionDrawn = `select revision from territory_counter where territory_id = $1`

// queueChangeSet queues what writeChangeSet does, under the revision drawn
// before it in the same batch. It sets the time when the batch is sent.
func queueChangeSet(batch *pgx.Batch, c *geo.ChangeSet, r receipt) error {
	var answer any
	if r.answer != nil {
		answer = string(r.answer)
	}
	batch.Queue(`
		insert into change_set (territory_id, revision, plan_id, by_whom, op, reload, records, request_key, request_hash, turn, target, answer)
		select $1, (`+revisionDrawn+`), nullif($2::bigint, 0), $3, $4, $5, $6, nullif($7, ''), $8, nullif($9, ''), nullif($10::bigint, 0), $11::text::jsonb
		returning at`,
		int64(c.Territory), int64(c.Plan), c.By, c.Op, c.Reload, len(c.Changes), r.key, r.hash, r.turn, int64(r.target), answer).
		QueryRow(func(row pgx.Row) error {
			err := row.Scan(&c.At)
			c.At = c.At.UTC()
			return err
		})
	for position := range c.Changes {
		change := &c.Changes[position]
		before, err := encodeRecord(change.Before)
		if err != nil {
			return err
		}
		after, err := encodeRecord(change.After)
		if err != nil {
			return err
		}
		entity, id := subject(change).Key()
		batch.Queue(`insert into journal (territory_id, revision, position, entity, record_id, before, after)
			select $1, (`+revisionDrawn+`), $2, $3, $4, $5::text::jsonb, $6::text::jsonb`,
			int64(c.Territory), position, string(entity), id, jsonText(before), jsonText(after))
	}
	return nil
}

// jsonText is a record's JSON as a parameter of a statement.
func jsonText(data json.RawMessage) any {
	if data == nil {
		return nil
	}
	return string(data)
}

// subject returns the record that a change is about.
func subject(c *geo.Change) geo.Record {
	if c.After != nil {
		return c.After
	}
	return c.Before
}

func journalRow(c *geo.ChangeSet, position int32, change *geo.Change) ([]any, error) {
	before, err := encodeRecord(change.Before)
	if err != nil {
		return nil, err
	}
	after, err := encodeRecord(change.After)
	if err != nil {
		return nil, err
	}
	entity, id := subject(change).Key()
	return []any{int64(c.Territory), int64(c.Revision), position, string(entity), id, jsonb(before), jsonb(after)}, nil
}

// jsonb is the binary form of a jsonb value: version 1 and the text.
func jsonb(data json.RawMessage) []byte {
	if data == nil {
		return nil
	}
	return append([]byte{jsonbVersion}, data...)
}

// The most change sets returned at once, and how many records they may have
// before there are no more.
const (
	maxSince   = 1000
	maxRecords = 10_000
)

// Since returns the change sets of a territory after rev in their order, at
// most 1,000 and with about 10,000 records: who needs all asks again from the
// last until there are none.
func (s *Store) Since(ctx context.Context, territory geo.TerritoryID, rev geo.Revision) ([]geo.ChangeSet, error) {
	var sets []geo.ChangeSet
	err := s.read(ctx, s.limits.Read, func(ctx context.Context, tx pgx.Tx) (err error) {
		sets, err = changeSets(ctx, tx, `territory_id = $1 and revision > $2`, int64(territory), int64(rev))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("changes of territory %d since %d: %w", territory, rev, err)
	}
	return sets, nil
}

// changeSets reads the first change sets that a condition on change_set
// selects, at least one if there is any, and their records.
func changeSets(ctx context.Context, tx pgx.Tx, condition string, args ...any) ([]geo.ChangeSet, error) {
	rows, err := tx.Query(ctx, fmt.Sprintf(`
		select territory_id, revision, coalesce(plan_id, 0), at, by_whom, op, reload
		from (
			select *, sum(case when reload then 0 else records end) over (order by revision) as so_far
			from (select * from change_set where %s order by revision limit %d) as first
		) as counted
		where so_far - case when reload then 0 else records end <= %d
		order by revision`, condition, maxSince, maxRecords), args...)
	if err != nil {
		return nil, err
	}
	sets, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (c geo.ChangeSet, err error) {
		err = r.Scan(&c.Territory, &c.Revision, &c.Plan, &c.At, &c.By, &c.Op, &c.Reload)
		c.At = c.At.In(time.UTC)
		return c, err
	})
	if err != nil || len(sets) == 0 {
		return nil, err
	}
	return sets, changesOf(ctx, tx, sets, false)
}

// changesOf fills in the records of sets, which are of one territory and
// ascend; those that ask for a new snapshot stay without, unless all is set.
func changesOf(ctx context.Context, tx pgx.Tx, sets []geo.ChangeSet, all bool) error {
	// Between them may lie others: of another plan, or taken back.
	revisions := make([]int64, 0, len(sets))
	for i := range sets {
		if all || !sets[i].Reload {
			revisions = append(revisions, int64(sets[i].Revision))
		}
	}
	if len(revisions) == 0 {
		return nil
	}
	// As the database knows nothing yet of a journal that grows fast, only first
	// and last keep it from reading all of it for the order.
	rows, err := tx.Query(ctx, `
		select revision, entity, before, after from journal
		where territory_id = $1 and revision between $2 and $3 and revision = any($4)
		order by revision, position`,
		int64(sets[0].Territory), revisions[0], revisions[len(revisions)-1], revisions)
	if err != nil {
		return err
	}
	defer rows.Close()
	i := 0
	for rows.Next() {
		var rev geo.Revision
		var entity geo.Entity
		var before, after []byte
		if err := rows.Scan(&rev, &entity, &before, &after); err != nil {
			return err
		}
		for sets[i].Revision < rev {
			i++
		}
		var c geo.Change
		if c.Before, err = decodeRecord(entity, before); err != nil {
			return fmt.Errorf("journal of revision %d: %w", rev, err)
		}
		if c.After, err = decodeRecord(entity, after); err != nil {
			return fmt.Errorf("journal of revision %d: %w", rev, err)
		}
		sets[i].Changes = append(sets[i].Changes, c)
	}
	return rows.Err()
}
