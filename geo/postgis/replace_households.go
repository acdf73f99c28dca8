package postgis

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// households makes the households equal to the stream's: staged by COPY,
// compared and written by sets.
func (r *replacer) households(ctx context.Context, stream iter.Seq2[geo.Household, error]) error {
	if err := r.stage(ctx, stream); err != nil {
		return err
	}
	changes, err := r.compareHouseholds(ctx)
	if err != nil {
		return err
	}
	if len(changes) > 0 {
		if err := r.putHouseholds(ctx, changes); err != nil {
			return err
		}
	}
	r.list = append(r.list, changes...)
	_, err = r.tx.Exec(ctx, `
		update household as h set leaf_id = i.leaf_id
		from incoming as i
		where h.territory_id = $1 and h.ref = i.ref and h.leaf_id is distinct from i.leaf_id`, r.territory)
	return err
}

// stage copies the stream into the temporary table incoming.
func (r *replacer) stage(ctx context.Context, stream iter.Seq2[geo.Household, error]) error {
	list := "territory_id, " + columnsOf(households) + ", revision, leaf_id"
	if _, err := r.tx.Exec(ctx, "create temporary table incoming on commit drop as select "+list+" from household with no data"); err != nil {
		return err
	}
	rows := householdRows(stream, r.snap.Territory.Keeps, r.ids, newPlacer(open(r.grids)), r.territory, r.rev)
	if _, err := copyIn(ctx, r.tx, "incoming ("+list+")", rows); err != nil {
		return err
	}
	if _, err := r.tx.Exec(ctx, "analyze incoming"); err != nil {
		return err
	}
	twice, err := some(ctx, r.tx, (*row).text, `select ref from incoming group by ref having count(*) > 1 order by ref limit 1`)
	if err == nil && len(twice) > 0 {
		err = inRecord("household", twice[0], fmt.Errorf("ref stands twice: %w", geo.ErrConflict))
	}
	return err
}

// aliased lists the household columns of a table alias.
func aliased(alias string) string {
	return alias + "." + strings.Join(households.columns, ", "+alias+".")
}

// compareHouseholds returns what differs; new households have no ID yet.
func (r *replacer) compareHouseholds(ctx context.Context) ([]geo.Change, error) {
	var changes []geo.Change
	query := fmt.Sprintf(`select h.id, %s, h.id, %s
		from (select * from household where territory_id = %d) as h
		full join incoming as i on i.ref = h.ref
		where (%s) is distinct from (%s) order by h.id, i.ref`,
		aliased("h"), aliased("i"), r.territory, aliased("h"), aliased("i"))
	err := copyOut(ctx, r.tx, query, func(line *row) error {
		before, after := readHousehold(line), readHousehold(line)
		var c geo.Change
		if before.Ref != "" {
			c.Before = &before
		}
		if after.Ref != "" {
			c.After = &after
		}
		changes = append(changes, c)
		return line.err
	})
	return changes, err
}

// putHouseholds writes what differs and gives the new ones of changes their
// IDs.
func (r *replacer) putHouseholds(ctx context.Context, changes []geo.Change) error {
	if _, err := r.tx.Exec(ctx, `delete from household as h where territory_id = $1
		and not exists (select from incoming as i where i.ref = h.ref)`, r.territory); err != nil {
		return err
	}
	set := columnsOf(households) + ", revision"
	if _, err := r.tx.Exec(ctx, fmt.Sprintf(`update household as h set (%s) = (%s, i.revision), leaf_id = i.leaf_id
		from incoming as i where h.territory_id = $1 and h.ref = i.ref and (%s) is distinct from (%s)`,
		set, aliased("i"), aliased("h"), aliased("i")), r.territory); err != nil {
		return err
	}
	rows, err := r.tx.Query(ctx, fmt.Sprintf(`insert into household (territory_id, %s, leaf_id)
		select territory_id, %s, leaf_id from incoming as i
		where not exists (select from household as h where h.territory_id = $1 and h.ref = i.ref)
		order by i.ref
		returning ref, id`, set, set), r.territory)
	if err != nil {
		return err
	}
	fresh := map[string]geo.HouseholdID{}
	var ref string
	var id geo.HouseholdID
	if _, err := pgx.ForEachRow(rows, []any{&ref, &id}, func() error { fresh[ref] = id; return nil }); err != nil {
		return err
	}
	for i := range changes {
		if h, ok := changes[i].After.(*geo.Household); ok && changes[i].Before == nil {
			h.ID = fresh[h.Ref]
		}
	}
	return nil
}

// placeAll finds the leaf of every household anew where grids changed.
func (r *replacer) placeAll(ctx context.Context) error {
	if !r.shifted {
		return nil
	}
	spots, err := spotsOf(ctx, r.tx, r.territory)
	if err != nil {
		return err
	}
	_, err = rehouse(ctx, r.tx, r.territory, movesIn(newPlacer(open(r.grids)), spots))
	return err
}

// A spot is a located household and the leaf it lies in, 0 for none.
type spot struct {
	id   geo.HouseholdID
	at   topo.Point
	leaf geo.GridID
}

// spotsOf reads where the households of a territory lie.
func spotsOf(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID) ([]spot, error) {
	return all(ctx, tx, func(line *row) spot {
		s := spot{id: geo.HouseholdID(line.int64())}
		s.at, _ = line.point()
		s.leaf = geo.GridID(line.int64())
		return s
	}, fmt.Sprintf("select id, at, leaf_id from household where territory_id = %d and at is not null", territory))
}

// moves lead households to the leaf they are to lie in, 0 for none.
type moves map[geo.HouseholdID]geo.GridID

// movesIn returns the households that lie in another grid by a placer.
func movesIn(p *placer, spots []spot) moves {
	m := moves{}
	for i := range spots {
		if leaf, _ := p.place(spots[i].at); leaf != spots[i].leaf {
			m[spots[i].id] = leaf
		}
	}
	return m
}

// rehouse writes the leaves of households, and returns how many lie in another
// than before.
func rehouse(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, m moves) (moved int64, err error) {
	if len(m) == 0 {
		return 0, nil
	}
	ids, leaves := make([]int64, 0, len(m)), make([]int64, 0, len(m))
	for _, id := range slices.Sorted(maps.Keys(m)) {
		ids, leaves = append(ids, int64(id)), append(leaves, int64(m[id]))
	}
	tag, err := tx.Exec(ctx, `update household as h set leaf_id = nullif(m.leaf, 0)
		from unnest($2::bigint[], $3::bigint[]) as m (id, leaf)
		where h.territory_id = $1 and h.id = m.id and h.leaf_id is distinct from nullif(m.leaf, 0)`,
		int64(territory), ids, leaves)
	return tag.RowsAffected(), err
}
