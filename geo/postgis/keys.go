package postgis

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// Requests under an Idempotency-Key: the first is carried out, and remembered
// in the same transaction; a repeat gets the first answer.

// maxKey is the most bytes of an idempotency key.
const maxKey = 255

// ownKey begins the keys that the store makes itself, so that a commit in doubt
// can be repeated safely.
const ownKey = "once:"

func onceKey() string { return ownKey + rand.Text() }

// validKey refuses a key that is too long.
func validKey(key string) error {
	if len(key) > maxKey {
		return &geo.InvalidError{Field: "Idempotency-Key", Reason: fmt.Sprintf("is longer than %d bytes", maxKey)}
	}
	return nil
}

// A first is what was answered under a key.
type first struct {
	set    geo.ChangeSet
	answer []byte // besides the change set, JSON; nil for none
}

// answered returns what was answered under a key to a request with the same
// hash. A request that changed nothing has a change set without a revision of
// its own. Error: [geo.ErrConflict] for another request under the key.
func answered(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, key string, hash []byte) (first, bool, error) {
	var done first
	var kept []byte
	var changed bool
	err := tx.QueryRow(ctx, `
		select request_hash, revision, true, answer::text from change_set where territory_id = $1 and request_key = $2
		union all
		select request_hash, revision, false, null from unchanged_request where territory_id = $1 and request_key = $2`,
		int64(territory), key).Scan(&kept, &done.set.Revision, &changed, &done.answer)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return first{}, false, nil
	case err != nil:
		return first{}, false, err
	case !bytes.Equal(kept, hash):
		return first{}, false, fmt.Errorf("idempotency key was used for another request: %w", geo.ErrConflict)
	case !changed:
		done.set.Territory = territory
		return done, true, nil
	}
	sets, err := changeSets(ctx, tx, `territory_id = $1 and revision = $2`, int64(territory), int64(done.set.Revision))
	if err != nil {
		return first{}, false, err
	}
	done.set = sets[0]
	return done, true, nil
}

// remember notes a request under a key that changed nothing. Keys that the
// store made itself are forgotten.
func remember(ctx context.Context, tx pgx.Tx, set geo.ChangeSet, key string, hash []byte) error {
	if strings.HasPrefix(key, ownKey) {
		return nil
	}
	_, err := tx.Exec(ctx, `insert into unchanged_request (territory_id, request_key, request_hash, revision) values ($1, $2, $3, $4)`,
		int64(set.Territory), key, hash, int64(set.Revision))
	return err
}
