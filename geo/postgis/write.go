package postgis

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// MaxActions is the most records one [Write] may change.
const MaxActions = 10_000

// A Write changes records of one territory, all or none, as one change set.
type Write struct {
	Territory geo.TerritoryID
	By        string       // who
	Op        string       // what, for the journal: create, update, delete, upsert …
	Key       string       // idempotency key, unique in the territory; "" for none
	Request   []byte       // what was asked under Key, or any digest of it
	Base      geo.Revision // the revision the caller saw; 0 does not ask
	Actions   []Action
}

// An Action changes one record: [Create], [Patch], [Delete] or [Upsert].
type Action struct {
	verb   verb
	entity geo.Entity
	id     int64
	record geo.Record
	edit   func(geo.Record) error
}

type verb int

const (
	create verb = iota + 1
	patch
	remove
	upsert
)

// Create adds a record; its ID is ignored, the change set tells the new one.
func Create(r geo.Record) Action {
	name, _ := r.Key()
	return Action{verb: create, entity: name, record: r}
}

// Patch changes a record in place through edit, which may be called again when
// the transaction is repeated, each time with the record as it stands.
func Patch(name geo.Entity, id int64, edit func(geo.Record) error) Action {
	return Action{verb: patch, entity: name, id: id, edit: edit}
}

// Delete takes a record away.
func Delete(name geo.Entity, id int64) Action {
	return Action{verb: remove, entity: name, id: id}
}

// Upsert makes the record with r's natural key equal to r, or adds it. The
// keys: a worker's number; a household's ref; worker, grid, role and first day
// of an assignment; unit, basis and day of a population; type, Chinese name
// and division of a facility; the code of a compound, a building or a matter; unit, name and period of a
// metric; rule, basis, tier and first day of a standard;
// code and first day of a profile; the finding of a waiver; a schedule's code; a comment's ref;
// unit, position, keeper, worker and first day of a responsibility; code of a
// net; net, grid and measure of a net member.
func Upsert(r geo.Record) Action {
	name, _ := r.Key()
	return Action{verb: upsert, entity: name, record: r}
}

// Write changes records and returns what changed. When nothing would change
// there is no new revision: the change set has the current one and no changes.
// A call with a Key already answered returns the first answer.
//
// Errors, after which nothing is written: [geo.ErrNotFound]; [geo.ErrStale]
// when a record changed after Base; [geo.ErrConflict] for a natural key that
// is taken, a record still referred to, or a Key used for another request;
// *[geo.InvalidError], whose field begins with the number of the action, such
// as [3].number, when there are several.
func (s *Store) Write(ctx context.Context, w Write) (geo.ChangeSet, error) {
	if err := w.valid(); err != nil {
		return geo.ChangeSet{}, fmt.Errorf("write: %w", err)
	}
	if w.Key == "" {
		// A key of its own lets a commit in doubt be repeated safely.
		w.Key = onceKey()
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.Write)
	defer cancel()
	var set geo.ChangeSet
	err := retry(ctx, func() error {
		return s.once(ctx, writeMode, s.limits.Write, func(ctx context.Context, tx pgx.Tx) (err error) {
			set, err = write(ctx, tx, &w)
			return err
		})
	})
	if err != nil {
		return geo.ChangeSet{}, fmt.Errorf("write to territory %d: %w", w.Territory, err)
	}
	if len(set.Changes) > 0 {
		s.bell.ring(w.Territory)
	}
	return set, nil
}

func (w *Write) valid() error {
	switch {
	case len(w.Actions) > MaxActions:
		return &geo.InvalidError{Field: "actions", Reason: fmt.Sprintf("more than %d records", MaxActions)}
	case w.Op == "":
		return &geo.InvalidError{Field: "op", Reason: "is empty"}
	}
	return validKey(w.Key)
}

// hash tells requests under one key apart.
func (w *Write) hash() []byte {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\x00", w.Op)
	sum.Write(w.Request)
	return sum.Sum(nil)
}

// write is one try. The counter's lock puts the writes of a territory in line,
// so that what it reads stays true until the commit.
func write(ctx context.Context, tx pgx.Tx, w *Write) (geo.ChangeSet, error) {
	rev, err := lockCounter(ctx, tx, w.Territory)
	if err != nil {
		return geo.ChangeSet{}, err
	}
	if first, ok, err := answered(ctx, tx, w.Territory, w.Key, w.hash()); ok || err != nil {
		first.set.By, first.set.Op = w.By, w.Op
		return first.set, err
	}
	desk, err := newDesk(ctx, tx, w)
	if err != nil {
		return geo.ChangeSet{}, err
	}
	for i := range w.Actions {
		if err := desk.do(&w.Actions[i], i); err != nil {
			return geo.ChangeSet{}, w.inAction(i, err)
		}
	}
	set := geo.ChangeSet{Territory: w.Territory, Revision: rev, By: w.By, Op: w.Op}
	if err := desk.settle(); err != nil {
		return geo.ChangeSet{}, err
	}
	if err := desk.declared(ctx, tx); err != nil {
		return geo.ChangeSet{}, err
	}
	if len(desk.changed) == 0 {
		return set, remember(ctx, tx, set, w.Key, w.hash())
	}
	set.Revision = rev + 1
	if err := desk.apply(ctx, tx, set.Revision); err != nil {
		return geo.ChangeSet{}, err
	}
	if err := desk.contradicted(ctx, tx); err != nil {
		return geo.ChangeSet{}, err
	}
	set.Changes = desk.changes()
	if err := drawRevision(ctx, tx, set.Territory, set.Revision); err != nil {
		return geo.ChangeSet{}, err
	}
	return set, writeChangeSet(ctx, tx, &set, receipt{key: w.Key, hash: w.hash()})
}

// lockCounter waits for its turn to write to a territory and returns the
// revision reached.
func lockCounter(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID) (rev geo.Revision, err error) {
	err = tx.QueryRow(ctx, `select revision from territory_counter where territory_id = $1 for update`, int64(territory)).Scan(&rev)
	return rev, found(err, "territory", int64(territory))
}

// drawRevision takes the next revision, which lockCounter has reserved.
func drawRevision(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, rev geo.Revision) error {
	_, err := tx.Exec(ctx, `update territory_counter set revision = $2 where territory_id = $1`, int64(territory), int64(rev))
	return err
}

// inAction says which of several actions failed.
func (w *Write) inAction(i int, err error) error {
	err = explain(err)
	if len(w.Actions) == 1 {
		return err
	}
	var invalid *geo.InvalidError
	if errors.As(err, &invalid) {
		return &geo.InvalidError{Field: fmt.Sprintf("[%d].%s", i, invalid.Field), Reason: invalid.Reason}
	}
	return fmt.Errorf("[%d]: %w", i, err)
}
