package postgis

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/check"
)

// maxTold is how many records a replacement may change before followers are
// asked to take a new snapshot. The journal keeps all of them either way.
const maxTold = 10_000

// Replaced tells what [Store.Replace] did.
type Replaced struct {
	Territory geo.TerritoryID
	Plan      geo.PlanID
	Revision  geo.Revision // of the change set, or the one found when nothing changed
	Changed   bool
	// How many records of each entity; a first load counts as created.
	Created, Updated, Deleted map[geo.Entity]int
	// Personal is what was done with heads and flags of households, of which no
	// revision tells.
	Personal PersonalPut
}

// An Import is what [Store.Import] makes a territory equal to.
type Import struct {
	Snapshot   *geo.Snapshot
	Households iter.Seq2[geo.Household, error] // nil: they stay as they are
	// Personal are the heads and flags of all households, nil: they stay as far as
	// the snapshot's territory still keeps them.
	Personal iter.Seq2[geo.Personal, error]
	// Schedules are all of the territory, nil: they stay as they are. One that goes
	// takes the list of its days along, and leaves the runs.
	Schedules []check.Schedule
	// Comments are put beside those of the territory, or in the place of the one
	// with the same ref. One that names a plan is about this import's.
	Comments []geo.Comment
	By       string // who
}

// Replace makes the territory with snap's code equal to snap and households, as
// [Store.Load] takes them: its plan in force, or else its newest, and all
// records. Records are told apart by natural keys (a grid by its code; see
// [Upsert]) and keep their IDs. What snap lacks is deleted; with households nil
// those stay as they are. Equal content makes no change and no revision;
// otherwise there is one change set. A territory that does not exist is loaded.
//
// Errors as of Load; also [geo.ErrConflict] where a natural key stands twice.
func (s *Store) Replace(ctx context.Context, snap *geo.Snapshot, households iter.Seq2[geo.Household, error], by string) (Replaced, error) {
	return s.Import(ctx, Import{Snapshot: snap, Households: households, By: by})
}

// Import is [Store.Replace] with heads and flags of households. What the
// territory keeps no longer by its switch is deleted, whatever is given. Errors
// also as of [Store.PutPersonal].
func (s *Store) Import(ctx context.Context, in Import) (Replaced, error) {
	if err := errors.Join(validSnapshot(in.Snapshot), consistent(in.Snapshot)); err != nil {
		return Replaced{}, fmt.Errorf("replace: %w", err)
	}
	var done Replaced
	err := s.once(ctx, writeMode, s.limits.Load, func(ctx context.Context, tx pgx.Tx) (err error) {
		if done, err = replace(ctx, tx, &in); err != nil {
			return err
		}
		return done.personal(ctx, tx, &in)
	})
	if err != nil {
		return Replaced{}, fmt.Errorf("replace %s: %w", in.Snapshot.Territory.Code, explain(err))
	}
	if done.Changed {
		s.survey(ctx, surveyed)
		s.bell.ring(done.Territory)
	}
	return done, nil
}

// personal brings heads and flags to what an import says, behind everything
// else.
func (r *Replaced) personal(ctx context.Context, tx pgx.Tx, in *Import) error {
	keeps := in.Snapshot.Territory.Keeps.Personal
	forgotten, err := narrowPersonal(ctx, tx, r.Territory, keeps)
	if err != nil {
		return err
	}
	if in.Personal != nil {
		if r.Personal, err = putPersonal(ctx, tx, r.Territory, keeps, in.Personal, true); err != nil {
			return err
		}
	}
	r.Personal.Forgotten += forgotten
	if n := r.Personal.Created + r.Personal.Updated + r.Personal.Forgotten; n > 0 || in.Personal != nil {
		return noted(ctx, tx, r.Territory, in.By, accessImport, 0, n)
	}
	return nil
}

func replace(ctx context.Context, tx pgx.Tx, in *Import) (Replaced, error) {
	var territory geo.TerritoryID
	err := tx.QueryRow(ctx, `select territory_id from territory where code = $1`, in.Snapshot.Territory.Code).Scan(&territory)
	if errors.Is(err, pgx.ErrNoRows) {
		return loadNew(ctx, tx, in)
	}
	if err != nil {
		return Replaced{}, err
	}
	r, err := newReplacer(ctx, tx, territory, in.Snapshot)
	if err != nil {
		return Replaced{}, err
	}
	r.schedules, r.comments = in.Schedules, in.Comments
	// Grids go last: what lies in them has moved out by then.
	steps := []func(context.Context) error{r.frame, r.putGrids, r.records}
	if in.Households != nil {
		steps = append(steps, func(ctx context.Context) error { return r.households(ctx, in.Households) })
	} else {
		steps = append(steps, r.stillDeclared, r.placeAll)
	}
	for _, step := range append(steps, r.dropGrids, r.dropTiers) {
		if err := step(ctx); err != nil {
			return Replaced{}, err
		}
	}
	return r.record(ctx, in.By)
}

// stillDeclared refuses to drop the declaration of a group that households,
// which stay as they are, count.
func (r *replacer) stillDeclared(ctx context.Context) error {
	return stillDeclared(ctx, r.tx, r.territory, r.snap.Territory.Keeps)
}

func loadNew(ctx context.Context, tx pgx.Tx, in *Import) (Replaced, error) {
	snap := in.Snapshot
	l := &loader{tx: tx, snap: snap, schedules: in.Schedules, comments: in.Comments}
	if err := l.all(ctx, in.Households, in.By); err != nil {
		return Replaced{}, err
	}
	created := map[geo.Entity]int{geo.GridEntity: len(snap.Grids), geo.HouseholdEntity: int(l.households)}
	created[check.ScheduleEntity], created[geo.CommentEntity] = len(in.Schedules), len(in.Comments)
	for _, column := range snap.Columns() {
		created[column.Entity()] = column.Len()
	}
	return Replaced{Territory: l.territory, Plan: l.plan, Revision: l.rev, Changed: true, Created: created}, nil
}

// A replacer is one replacement under way.
type replacer struct {
	tx        pgx.Tx
	snap      *geo.Snapshot
	territory geo.TerritoryID
	plan      geo.Plan
	rev       geo.Revision // of the change set, if there is one
	old       *geo.Snapshot
	ids       newIDs
	grids     []geo.Grid // as they shall stand
	schedules []check.Schedule
	comments  []geo.Comment
	shifted   bool // the drawn grids changed: households may lie elsewhere
	whole     bool // something changed that a list of records does not tell
	list      []geo.Change
}

// newReplacer takes the territory's turn to write and reads what it holds
// besides households.
func newReplacer(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, snap *geo.Snapshot) (*replacer, error) {
	if err := aloneWith(ctx, tx, `true`, int64(territory)); err != nil {
		return nil, err
	}
	rev, err := lockCounter(ctx, tx, territory)
	if err != nil {
		return nil, err
	}
	plan, err := one(ctx, tx, readPlan, planRead+`where territory_id = $1 order by state = 'in_force' desc, state = 'discarded', id desc limit 1`, int64(territory))
	if err != nil {
		return nil, found(err, "plan of territory", int64(territory))
	}
	old, err := frameOf(ctx, tx, plan)
	if err != nil {
		return nil, err
	}
	r := &replacer{tx: tx, snap: snap, territory: territory, plan: plan, rev: rev + 1, old: old}
	var housed geo.PlanID
	err = tx.QueryRow(ctx, `select coalesce(housed_in, 0) from territory where territory_id = $1`, int64(territory)).Scan(&housed)
	if err == nil && housed != plan.ID {
		r.shifted = true
		err = houseIn(ctx, tx, territory, plan.ID)
	}
	return r, err
}

// frame brings names, tiers and roles up to date. Tiers and roles that go are
// taken away by dropTiers, when nothing refers to them any more.
func (r *replacer) frame(ctx context.Context) error {
	from, to := &r.old.Territory, &r.snap.Territory
	if from.Name != to.Name || !from.Keeps.Equal(to.Keeps) {
		r.whole = true
		if _, err := r.tx.Exec(ctx, `update territory set name_zh = $2, name_en = $3, keeps = $4 where territory_id = $1`,
			r.territory, to.Name.ZH, to.Name.EN, to.Keeps); err != nil {
			return err
		}
	}
	p := &r.snap.Plan
	if p.Name != r.plan.Name || p.State != r.plan.State || p.Effective != r.plan.Effective {
		r.whole = true
		if _, err := r.tx.Exec(ctx, `update plan set name = $3, state = $4, effective = $5 where territory_id = $1 and id = $2`,
			r.territory, r.plan.ID, p.Name, string(p.State), dateArg(p.Effective)); err != nil {
			return err
		}
	}
	if !slices.Equal(r.old.Tiers, r.snap.Tiers) {
		r.whole = true
		if err := r.putTiers(ctx); err != nil {
			return err
		}
	}
	if !slices.Equal(r.old.Roles, r.snap.Roles) {
		r.whole = true
		return r.putRoles(ctx)
	}
	return nil
}

func (r *replacer) putTiers(ctx context.Context) error {
	var batch pgx.Batch
	for i := range r.snap.Tiers {
		batch.Queue(`insert into tier (territory_id, plan_id, `+tierColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
			on conflict on constraint tier_pk do update set (code, name_zh, name_en, class, complete, households_min, households_max, persons_cap, needs_worker, dedicated)
			= (excluded.code, excluded.name_zh, excluded.name_en, excluded.class, excluded.complete, excluded.households_min, excluded.households_max, excluded.persons_cap, excluded.needs_worker, excluded.dedicated)`,
			append([]any{int64(r.territory), int64(r.plan.ID)}, tierValues(&r.snap.Tiers[i])...)...)
	}
	return r.tx.SendBatch(ctx, &batch).Close()
}

func (r *replacer) putRoles(ctx context.Context) error {
	var batch pgx.Batch
	for i := range r.snap.Roles {
		batch.Queue(`insert into role (territory_id, `+roleColumns+`, position) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			on conflict on constraint role_pk do update set (name_zh, name_en, counts_in_ratio, duties_zh, duties_en, employment, public, position)
			= (excluded.name_zh, excluded.name_en, excluded.counts_in_ratio, excluded.duties_zh, excluded.duties_en, excluded.employment, excluded.public, excluded.position)`,
			append(append([]any{int64(r.territory)}, roleValues(&r.snap.Roles[i])...), i+1)...)
	}
	return r.tx.SendBatch(ctx, &batch).Close()
}

// dropTiers takes away the tiers and roles that are no more.
func (r *replacer) dropTiers(ctx context.Context) error {
	ranks, codes := []int32{}, []string{}
	for i := range r.snap.Tiers {
		ranks = append(ranks, int32(r.snap.Tiers[i].Rank))
	}
	for i := range r.snap.Roles {
		codes = append(codes, r.snap.Roles[i].Code)
	}
	if _, err := r.tx.Exec(ctx, `delete from tier where territory_id = $1 and plan_id = $2 and rank <> all ($3)`,
		r.territory, r.plan.ID, ranks); err != nil {
		return err
	}
	_, err := r.tx.Exec(ctx, `delete from role where territory_id = $1 and code <> all ($2)`, r.territory, codes)
	return err
}

// record writes the change set, if there is anything to tell.
func (r *replacer) record(ctx context.Context, by string) (Replaced, error) {
	done := Replaced{Territory: r.territory, Plan: r.plan.ID, Revision: r.rev - 1}
	if len(r.list) == 0 && !r.whole {
		return done, nil
	}
	done.Revision, done.Changed = r.rev, true
	done.Created, done.Updated, done.Deleted = map[geo.Entity]int{}, map[geo.Entity]int{}, map[geo.Entity]int{}
	set := geo.ChangeSet{Territory: r.territory, Revision: r.rev, By: by, Op: "import", Changes: r.list,
		Reload: r.whole || len(r.list) > maxTold}
	for _, c := range r.list {
		kept, count := c.After, done.Updated
		switch {
		case c.Before == nil:
			count = done.Created
		case c.After == nil:
			kept, count = c.Before, done.Deleted
		}
		entity, _ := kept.Key()
		count[entity]++
		if entity == geo.GridEntity {
			set.Plan = r.plan.ID
		}
	}
	if set.Plan != 0 || r.whole {
		set.Plan = r.plan.ID
		if _, err := r.tx.Exec(ctx, `update plan set revision = $3 where territory_id = $1 and id = $2`,
			r.territory, r.plan.ID, r.rev); err != nil {
			return Replaced{}, err
		}
	}
	if err := drawRevision(ctx, r.tx, r.territory, r.rev); err != nil {
		return Replaced{}, err
	}
	if err := writeChangeSet(ctx, r.tx, &set, receipt{}); err != nil || !r.whole {
		return done, err
	}
	if err := keepFrame(ctx, r.tx, r.territory, r.rev, r.plan.ID, framed(r.old.Plan, r.old.Tiers)); err != nil {
		return done, err
	}
	return done, keepFrame(ctx, r.tx, r.territory, r.rev, 0, territoryFrame{r.old.Territory.Name, r.old.Territory.Keeps, r.old.Roles})
}
