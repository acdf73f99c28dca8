package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// A plan's queue stands before the lock of its row. Edits go through side by
// side, who needs the plan alone by himself, in the order of their coming: the
// row's own lock would let edits pass one who waits for it, for ever if they
// never cease.
const planQueue = `hashtextextended('plan ' || id, 1)`

// besideOthers passes the queue of a plan together with other edits.
func besideOthers(ctx context.Context, tx pgx.Tx, plan geo.PlanID) error {
	_, err := tx.Exec(ctx, `select pg_advisory_xact_lock_shared(`+planQueue+`) from (values ($1::bigint)) as plan (id)`, int64(plan))
	return err
}

// aloneWith passes the queues of those plans of a territory that a condition
// selects, and takes the locks of their rows.
func aloneWith(ctx context.Context, tx pgx.Tx, condition string, args ...any) error {
	which := ` from plan where territory_id = $1 and ` + condition + ` order by id`
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(`+planQueue+`) from (select id`+which+`) as plan`, args...); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `select`+which+` for update`, args...)
	return err
}
