package postgis

import (
	"fmt"

	"gridmap/geo"
)

// gridColumns are the columns of a grid row after territory_id and plan_id, in
// the order of gridValues.
const gridColumns = `id, parent_id, tier, code, name_zh, name_en, kind, setting, boundary, boundary_hash,
	fingerprint_a, fingerprint_b, area_m2, label, text_bounds, owner, valid_from, valid_to, predecessors, rest, hole`

// gridRead are those that readGrid takes.
const gridRead = `g.id, g.parent_id, g.tier, g.code, g.name_zh, g.name_en, g.kind, g.setting, g.boundary,
	g.text_bounds, g.owner, g.valid_from, g.valid_to, g.predecessors, g.rest, g.hole`

// gridValues returns a grid's row after territory_id and plan_id. What follows
// from the boundary is worked out here, so that the two never part.
func gridValues(g *geo.Grid) []any {
	var shape geometry
	var hash []byte
	var a, b, area any
	var label geometry
	if len(g.Boundary) > 0 {
		f := g.Boundary.Fingerprint()
		shape, hash = shapeEWKB(g.Boundary)
		a, b, area = f.A, f.B, g.Boundary.AreaM2()
		label = pointEWKB(g.Boundary.InteriorPoint())
	}
	predecessors := make([]int64, len(g.Predecessors))
	for i, p := range g.Predecessors {
		predecessors[i] = int64(p)
	}
	return []any{
		int64(g.ID), optional(g.Parent), int16(g.Tier), g.Code, g.Name.ZH, g.Name.EN, string(g.Kind), string(g.Setting),
		shape, hash, a, b, area, label, g.TextBounds, g.Owner, g.Valid.From, g.Valid.To, predecessors, g.Rest, g.Hole,
	}
}

func readGrid(r *row) geo.Grid {
	g := geo.Grid{
		ID: geo.GridID(r.int64()), Parent: geo.GridID(r.int64()), Tier: int(r.int16()), Code: r.text(), Name: r.name(),
		Kind: geo.Kind(r.text()), Setting: geo.Setting(r.text()), Boundary: r.shape(), TextBounds: r.text(),
		Owner: r.text(), Valid: r.period(),
	}
	for _, p := range r.int64s() {
		g.Predecessors = append(g.Predecessors, geo.GridID(p))
	}
	g.Rest, g.Hole = r.bool(), r.bool()
	return g
}

const tierColumns = `rank, code, name_zh, name_en, class, complete, households_min, households_max, persons_cap, needs_worker, dedicated`

func tierValues(t *geo.Tier) []any {
	return []any{int16(t.Rank), t.Code, t.Name.ZH, t.Name.EN, string(t.Class), t.Complete,
		t.Households.Min, t.Households.Max, t.PersonsCap, t.NeedsWorker, string(t.Dedicated)}
}

func readTier(r *row) geo.Tier {
	return geo.Tier{
		Rank: int(r.int16()), Code: r.text(), Name: r.name(), Class: geo.Class(r.text()), Complete: r.bool(),
		Households: geo.Band{Min: r.int64(), Max: r.int64()}, PersonsCap: r.int64(), NeedsWorker: r.bool(), Dedicated: geo.Lying(r.text()),
	}
}

// roleColumns are those of a role but for its territory and place in the order.
const roleColumns = `code, name_zh, name_en, counts_in_ratio, duties_zh, duties_en, employment, public`

func roleValues(r *geo.Role) []any {
	return []any{r.Code, r.Name.ZH, r.Name.EN, r.CountsInRatio, r.Duties.ZH, r.Duties.EN, string(r.Employment), r.Public}
}

func readRole(r *row) geo.Role {
	return geo.Role{Code: r.text(), Name: r.name(), CountsInRatio: r.bool(), Duties: r.name(), Employment: geo.Employment(r.text()), Public: r.bool()}
}

// validSnapshot returns the first thing in snap that cannot be stored, naming
// the record. A plan in force must have well-formed boundaries; that they
// partition their parents is judged at commit.
func validSnapshot(snap *geo.Snapshot) error {
	if err := inRecord("territory", snap.Territory.Code, snap.Territory.Validate()); err != nil {
		return err
	}
	if err := inRecord("plan", snap.Plan.Name, snap.Plan.Validate()); err != nil {
		return err
	}
	if _, err := geo.NewTree(snap.Grids); err != nil {
		return &geo.InvalidError{Field: "grids", Reason: err.Error()}
	}
	for i := range snap.Tiers {
		if err := inRecord("tier", snap.Tiers[i].Code, snap.Tiers[i].Validate()); err != nil {
			return err
		}
	}
	for i := range snap.Roles {
		if err := inRecord("role", snap.Roles[i].Code, snap.Roles[i].Validate()); err != nil {
			return err
		}
	}
	for i := range snap.Grids {
		g := &snap.Grids[i]
		err := g.Validate()
		if err == nil && snap.Plan.State == geo.InForce && g.Boundary != nil {
			if bad := g.Boundary.Validate(); bad != nil {
				err = &geo.InvalidError{Field: "boundary", Reason: bad.Error()}
			}
		}
		if err := inRecord("grid", g.Code, err); err != nil {
			return err
		}
	}
	return nil
}

// inRecord names the record that a fault was found in.
func inRecord(what, code string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %q: %w", what, code, err)
}
