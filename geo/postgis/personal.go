package postgis

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// What was done to heads and flags, as table personal_access notes it.
const (
	accessRead   = "read"
	accessWrite  = "write"
	accessForget = "forget"
	accessImport = "import"
	accessExport = "export"
	accessSwitch = "switch"
)

// withPersonal runs fn in a transaction that sees the heads and flags of one
// territory, and gives it what the territory keeps, which stays so until the
// commit.
func (s *Store) withPersonal(ctx context.Context, territory geo.TerritoryID, fn func(ctx context.Context, tx pgx.Tx, keeps geo.PersonalKeeps) error) error {
	return retry(ctx, func() error {
		return s.once(ctx, writeMode, s.limits.Load, func(ctx context.Context, tx pgx.Tx) error {
			keeps, err := openPersonal(ctx, tx, territory, "for share")
			if err != nil {
				return err
			}
			return fn(ctx, tx, keeps.Personal)
		})
	})
}

// openPersonal lets a transaction see the heads and flags of one territory, and
// returns what it keeps, locked as said.
func openPersonal(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, lock string) (keeps geo.Keeps, err error) {
	if _, err = tx.Exec(ctx, `select set_config('gridmap.personal', $1, true)`, strconv.FormatInt(int64(territory), 10)); err != nil {
		return keeps, err
	}
	err = tx.QueryRow(ctx, `select keeps from territory where territory_id = $1 `+lock, int64(territory)).Scan(&keeps)
	return keeps, found(err, "territory", int64(territory))
}

// noted writes who did what to how many households; household is 0 for many.
func noted(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, by, op string, household geo.HouseholdID, n int64) error {
	_, err := tx.Exec(ctx, `insert into personal_access (territory_id, by_whom, op, household_id, households) values ($1, $2, $3, nullif($4::bigint, 0), $5)`,
		int64(territory), by, op, int64(household), n)
	return err
}

// Personal returns the head and flags of one household, and notes that by read
// them. Errors: [geo.ErrNotKept] while the territory's switch is off;
// [geo.ErrNotFound] for no such household, or one that says nothing.
func (s *Store) Personal(ctx context.Context, territory geo.TerritoryID, household geo.HouseholdID, by string) (geo.Personal, error) {
	var p geo.Personal
	err := s.withPersonal(ctx, territory, func(ctx context.Context, tx pgx.Tx, keeps geo.PersonalKeeps) (err error) {
		if !keeps.On() {
			return geo.ErrNotKept
		}
		p, err = one(ctx, tx, readPersonal, personalRead+` where p.territory_id = $1 and p.household_id = $2`, int64(territory), int64(household))
		if err != nil {
			return err
		}
		return noted(ctx, tx, territory, by, accessRead, household, 1)
	})
	if err != nil {
		return geo.Personal{}, found(err, "personal data of household", int64(household))
	}
	return p, nil
}

const personalRead = `select p.household_id, h.ref, p.head, p.flags, p.updated_on
	from personal as p join household as h on h.territory_id = p.territory_id and h.id = p.household_id`

func readPersonal(r *row) geo.Personal {
	return geo.Personal{Household: geo.HouseholdID(r.int64()), Ref: r.text(), Head: r.text(), Flags: r.texts(), UpdatedOn: r.date()}
}

// EachPersonal calls fn with the heads and flags of all households that say
// something, by the household's ref, and notes that by took them out. It calls
// it with none where the switch is off.
func (s *Store) EachPersonal(ctx context.Context, territory geo.TerritoryID, by string, fn func(*geo.Personal) error) error {
	var failed error
	err := s.once(ctx, writeMode, s.limits.Snapshot, func(ctx context.Context, tx pgx.Tx) error {
		keeps, err := openPersonal(ctx, tx, territory, "for share")
		if err != nil || !keeps.Personal.On() {
			return err
		}
		n := int64(0)
		err = copyOut(ctx, tx, fmt.Sprintf(`%s where p.territory_id = %d order by h.ref`, personalRead, territory), func(r *row) error {
			p := readPersonal(r)
			if r.err == nil {
				n++
				failed = fn(&p)
			}
			return failed
		})
		if err != nil {
			return err
		}
		return noted(ctx, tx, territory, by, accessExport, 0, n)
	})
	if failed != nil {
		return failed
	}
	return explain(err)
}

// PersonalCount returns how many households of a territory have a head or a
// flag kept, whether the switch is on or not.
func (s *Store) PersonalCount(ctx context.Context, territory geo.TerritoryID) (n int64, err error) {
	err = s.read(ctx, s.limits.Read, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := openPersonal(ctx, tx, territory, ""); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `select count(*) from personal where territory_id = $1`, int64(territory)).Scan(&n)
	})
	return n, err
}

// PersonalPut tells what [Store.PutPersonal] did, in households.
type PersonalPut struct {
	Records   int64 `json:"records"`
	Created   int64 `json:"created"`
	Updated   int64 `json:"updated"`
	Forgotten int64 `json:"forgotten"`
	Unchanged int64 `json:"unchanged"`
}

// PutPersonal keeps heads and flags of the households that seq names by their
// ref, all or none; one that says nothing forgets what was kept. Households that
// seq does not name stay as they are. There is no revision and no journal of it:
// only who wrote how many and when is noted.
//
// Errors, after which nothing is written: [geo.ErrNotKept] while the switch is
// off or does not let heads or flags in; *[geo.InvalidError], whose field begins
// with the number of the record where there are several; that of seq as it is.
func (s *Store) PutPersonal(ctx context.Context, territory geo.TerritoryID, by string, seq iter.Seq2[geo.Personal, error]) (PersonalPut, error) {
	var done PersonalPut
	err := s.withPersonal(ctx, territory, func(ctx context.Context, tx pgx.Tx, keeps geo.PersonalKeeps) (err error) {
		if !keeps.On() {
			return geo.ErrNotKept
		}
		if done, err = putPersonal(ctx, tx, territory, keeps, seq, false); err != nil {
			return err
		}
		return noted(ctx, tx, territory, by, accessWrite, 0, done.Created+done.Updated+done.Forgotten)
	})
	return done, err
}

// ForgetPersonal deletes the head and flags of one household. Error:
// [geo.ErrNotFound] where there are none.
func (s *Store) ForgetPersonal(ctx context.Context, territory geo.TerritoryID, household geo.HouseholdID, by string) error {
	err := s.withPersonal(ctx, territory, func(ctx context.Context, tx pgx.Tx, _ geo.PersonalKeeps) error {
		tag, err := tx.Exec(ctx, `delete from personal where territory_id = $1 and household_id = $2`, int64(territory), int64(household))
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return pgx.ErrNoRows
		}
		return noted(ctx, tx, territory, by, accessForget, household, 1)
	})
	return found(err, "personal data of household", int64(household))
}

// putPersonal merges seq into the table; with whole, what seq does not name is
// forgotten.
func putPersonal(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, keeps geo.PersonalKeeps, seq iter.Seq2[geo.Personal, error], whole bool) (done PersonalPut, err error) {
	if _, err := tx.Exec(ctx, `create temporary table incoming_personal (at bigint not null, ref text not null, head text not null, flags text[] not null, updated_on date) on commit drop`); err != nil {
		return done, err
	}
	if done.Records, err = copyIn(ctx, tx, "incoming_personal (at, ref, head, flags, updated_on)", personalRows(keeps, seq)); err != nil {
		return done, err
	}
	if err := knownPersonal(ctx, tx, territory); err != nil {
		return done, err
	}
	const forget = `delete from personal as p using household as h
		where p.territory_id = $1 and h.territory_id = $1 and h.id = p.household_id and `
	tag, err := tx.Exec(ctx, forget+`exists (select from incoming_personal as i where i.ref = h.ref and i.head = '' and i.flags = '{}')`, int64(territory))
	if err != nil {
		return done, err
	}
	emptied := tag.RowsAffected()
	if done.Forgotten = emptied; whole {
		if tag, err = tx.Exec(ctx, forget+`not exists (select from incoming_personal as i where i.ref = h.ref)`, int64(territory)); err != nil {
			return done, err
		}
		done.Forgotten += tag.RowsAffected()
	}
	if tag, err = tx.Exec(ctx, `update personal as p set head = i.head, flags = i.flags, updated_on = i.updated_on
		from incoming_personal as i join household as h on h.territory_id = $1 and h.ref = i.ref
		where p.territory_id = $1 and p.household_id = h.id
		  and (p.head, p.flags, p.updated_on) is distinct from (i.head, i.flags, i.updated_on)`, int64(territory)); err != nil {
		return done, err
	}
	done.Updated = tag.RowsAffected()
	if tag, err = tx.Exec(ctx, `insert into personal (territory_id, household_id, head, flags, updated_on)
		select h.territory_id, h.id, i.head, i.flags, i.updated_on
		from incoming_personal as i join household as h on h.territory_id = $1 and h.ref = i.ref
		where i.head <> '' or i.flags <> '{}'
		on conflict on constraint personal_pk do nothing`, int64(territory)); err != nil {
		return done, err
	}
	done.Created = tag.RowsAffected()
	done.Unchanged = done.Records - done.Created - done.Updated - emptied
	return done, nil
}

// personalRows turns what households say into rows for COPY.
func personalRows(keeps geo.PersonalKeeps, seq iter.Seq2[geo.Personal, error]) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		at := int64(-1)
		for p, err := range seq {
			at++
			if err == nil {
				err = p.Validate()
			}
			if err == nil {
				err = keeps.Permits(&p)
			}
			if err != nil {
				yield(nil, inPersonal(at, err))
				return
			}
			if !yield([]any{at, p.Ref, p.Head, append([]string{}, p.Flags...), p.UpdatedOn}, nil) {
				return
			}
		}
	}
}

// inPersonal says which record a fault of the record itself is in.
func inPersonal(at int64, err error) error {
	var invalid *geo.InvalidError
	if errors.As(err, &invalid) {
		return &geo.InvalidError{Field: fmt.Sprintf("[%d].%s", at, invalid.Field), Reason: invalid.Reason}
	}
	return err
}

// knownPersonal refuses what names no household of the territory, or one twice.
func knownPersonal(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID) error {
	var at int64
	var reason string
	err := tx.QueryRow(ctx, `
		select * from (
			(select at, 'no household has it' as reason from incoming_personal as i
			 where not exists (select from household as h where h.territory_id = $1 and h.ref = i.ref) order by at limit 1)
			union all
			(select max(at), 'stands twice' from incoming_personal group by ref having count(*) > 1 order by 1 limit 1)
		) as faults order by at limit 1`, int64(territory)).Scan(&at, &reason)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return &geo.InvalidError{Field: fmt.Sprintf("[%d].ref", at), Reason: reason}
}

// narrowPersonal deletes what a territory keeps no longer: all where the switch
// is off, heads or single flags where it lets them in no more. It returns how
// many households lost something.
func narrowPersonal(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, keeps geo.PersonalKeeps) (int64, error) {
	if _, err := openPersonal(ctx, tx, territory, ""); err != nil {
		return 0, err
	}
	args := []any{int64(territory), keeps.Heads, keeps.FlagCodes()}
	// First what nothing would be left of: a row that says nothing cannot stand.
	gone, err := tx.Exec(ctx, `delete from personal where territory_id = $1 and (not $2::boolean or head = '') and not flags && $3`, args...)
	if err != nil {
		return 0, err
	}
	less, err := tx.Exec(ctx, `update personal
		set head = case when $2::boolean then head else '' end, flags = array(select f from unnest(flags) as f where f = any($3))
		where territory_id = $1 and (not $2::boolean and head <> '' or not flags <@ $3)`, args...)
	return gone.RowsAffected() + less.RowsAffected(), err
}

// unkept counts the households of which something is kept that the territory
// does not keep: such rows came in behind the service's back.
func unkept(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID) (n int64, err error) {
	keeps, err := openPersonal(ctx, tx, territory, "")
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `select count(*) from personal where territory_id = $1 and (not $2::boolean and head <> '' or not flags <@ $3)`,
		int64(territory), keeps.Personal.Heads, keeps.Personal.FlagCodes()).Scan(&n)
	return n, err
}
