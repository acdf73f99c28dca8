package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// Kept tells what [Store.SetKeeps] did.
type Kept struct {
	Keeps     geo.Keeps
	Revision  geo.Revision // of the change set, or the one found when nothing changed
	Forgotten int64        // households whose heads or flags were deleted
}

// SetKeeps declares what a territory keeps of its households: the groups that
// they may count, and the switch for heads and flags. edit makes the new
// declaration of the one that stands when its turn comes, and may refuse; it may
// be called again. What the switch no longer lets in is deleted in the same
// transaction. The change set, which asks
// followers for a new snapshot, tells that the declaration changed and nothing
// of any household. The same declaration again changes nothing.
//
// Errors, after which nothing is written: that of edit; [geo.ErrNotFound];
// *[geo.InvalidError] for a declaration that cannot be, or one without a group that households
// still count.
func (s *Store) SetKeeps(ctx context.Context, territory geo.TerritoryID, by string, edit func(was geo.Keeps) (geo.Keeps, error)) (Kept, error) {
	var done Kept
	err := retry(ctx, func() error {
		return s.once(ctx, writeMode, s.limits.Write, func(ctx context.Context, tx pgx.Tx) error {
			rev, err := lockCounter(ctx, tx, territory)
			if err != nil {
				return err
			}
			was, err := openPersonal(ctx, tx, territory, "for update")
			if err != nil {
				return err
			}
			keeps, err := edit(was)
			if err != nil {
				return err
			}
			if done = (Kept{Keeps: keeps, Revision: rev}); was.Equal(keeps) {
				return nil
			}
			if err := keeps.Validate(); err != nil {
				return err
			}
			if err := stillDeclared(ctx, tx, territory, keeps); err != nil {
				return err
			}
			before, err := territoryFrameOf(ctx, tx, territory)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `update territory set keeps = $2 where territory_id = $1`, int64(territory), keeps); err != nil {
				return err
			}
			if !was.Personal.Equal(keeps.Personal) {
				if done.Forgotten, err = switched(ctx, tx, territory, keeps.Personal, by); err != nil {
					return err
				}
			}
			done.Revision = rev + 1
			if err := drawRevision(ctx, tx, territory, done.Revision); err != nil {
				return err
			}
			set := geo.ChangeSet{Territory: territory, Revision: done.Revision, By: by, Op: "keeps", Reload: true}
			if err := writeChangeSet(ctx, tx, &set, receipt{}); err != nil {
				return err
			}
			return keepFrame(ctx, tx, territory, done.Revision, 0, before)
		})
	})
	if err != nil {
		return Kept{}, fmt.Errorf("what territory %d keeps: %w", territory, err)
	}
	s.bell.ring(territory)
	return done, nil
}

// switched deletes what a switch lets in no more and notes that it was turned.
func switched(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, keeps geo.PersonalKeeps, by string) (forgotten int64, err error) {
	if forgotten, err = narrowPersonal(ctx, tx, territory, keeps); err != nil {
		return 0, err
	}
	return forgotten, noted(ctx, tx, territory, by, accessSwitch, 0, forgotten)
}

// stillDeclared refuses to drop the declaration of a group that households
// count.
func stillDeclared(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, keeps geo.Keeps) error {
	declared := []string{}
	for _, g := range keeps.Groups {
		declared = append(declared, g.Code)
	}
	var ref, code string
	err := tx.QueryRow(ctx, `
		select h.ref, g.code
		from household as h cross join lateral jsonb_object_keys(h.groups) as g (code)
		where h.territory_id = $1 and g.code <> all($2) order by h.ref, g.code limit 1`, int64(territory), declared).Scan(&ref, &code)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return inRecord("household", ref, &geo.InvalidError{Field: "groups." + code, Reason: "the territory would no longer declare the group"})
}
