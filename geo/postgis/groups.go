package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// groupsValue is null for a household that counts no group.
func groupsValue(counts geo.GroupCounts) any {
	if counts == "" {
		return nil
	}
	return document(counts)
}

// declared refuses counts of groups that the territory does not declare. The
// counter's lock keeps the declaration as it is until the commit.
func (d *desk) declared(ctx context.Context, tx pgx.Tx) error {
	counting := d.of(households, func(st *state) bool { return st.now != nil && st.now.(*geo.Household).Groups != "" })
	if len(counting) == 0 {
		return nil
	}
	var keeps geo.Keeps
	if err := tx.QueryRow(ctx, `select keeps from territory where territory_id = $1`, int64(d.w.Territory)).Scan(&keeps); err != nil {
		return err
	}
	for _, st := range counting {
		if err := keeps.Known(st.now.(*geo.Household).Groups); err != nil {
			return d.w.inAction(st.action, err)
		}
	}
	return nil
}
