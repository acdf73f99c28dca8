package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// contradicted refuses a standard or a profile that a write leaves beside
// another which says something else of the same days. It is called when the
// records are written.
func (d *desk) contradicted(ctx context.Context, tx pgx.Tx) error {
	for _, e := range []*entity{standards, profiles} {
		changed := d.of(e, func(st *state) bool { return st.now != nil })
		if len(changed) == 0 {
			continue
		}
		all, err := some(ctx, tx, e.read, e.selection()+` where r.territory_id = $1 order by r.id`, int64(d.w.Territory))
		if err != nil {
			return err
		}
		for _, st := range changed {
			for _, other := range all {
				if err := contradiction(st.now, other); err != nil {
					return d.w.inAction(st.action, err)
				}
			}
		}
	}
	return nil
}

// contradiction returns a *[geo.InvalidError] for a record that cannot hold
// beside another.
func contradiction(one, other geo.Record) error {
	switch r := one.(type) {
	case *geo.Standard:
		if o := other.(*geo.Standard); r.Clashes(o) {
			return &geo.InvalidError{Field: "valid", Reason: fmt.Sprintf("has days on which standard %d of %s asks the same of the same units: let one end before the other begins", o.ID, o.Rule)}
		}
	case *geo.Profile:
		if o := other.(*geo.Profile); r.Clashes(o) {
			return &geo.InvalidError{Field: "valid", Reason: fmt.Sprintf("has days on which profile %d says that %s still holds: let one end before the other begins", o.ID, o.Code)}
		}
	}
	return nil
}

// consistent refuses a snapshot with standards or profiles that contradict each
// other.
func consistent(snap *geo.Snapshot) error {
	for i := range snap.Standards {
		for k := range snap.Standards[:i] {
			one, other := snap.Standards[i], snap.Standards[k]
			if one.ID, other.ID = 2, 1; one.Clashes(&other) {
				return inRecord("standard", string(one.Rule), &geo.InvalidError{Field: "valid",
					Reason: fmt.Sprintf("standards %d and %d of the list ask the same of the same units on the same days", k+1, i+1)})
			}
		}
	}
	for i := range snap.Profiles {
		for k := range snap.Profiles[:i] {
			one, other := snap.Profiles[i], snap.Profiles[k]
			if one.ID, other.ID = 2, 1; one.Clashes(&other) {
				return inRecord("profile", one.Code, &geo.InvalidError{Field: "valid",
					Reason: fmt.Sprintf("profiles %d and %d of the list both say that they hold on the same days", k+1, i+1)})
			}
		}
	}
	return nil
}
