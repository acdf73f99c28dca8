package postgis

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// A planFrame is what stands of a plan in no record.
type planFrame struct {
	Name      string        `json:"name"`
	State     geo.PlanState `json:"state"`
	Effective geo.Date      `json:"effective"`
	Reviewed  geo.Date      `json:"reviewed"`
	Filed     geo.Date      `json:"filed"`
	Tiers     []geo.Tier    `json:"tiers"`
}

// planFrameOf reads the frame of a plan whose row is known.
func planFrameOf(ctx context.Context, tx pgx.Tx, p geo.Plan) (planFrame, error) {
	if err := tx.QueryRow(ctx, planSteps, int64(p.Territory), int64(p.ID)).Scan(&p.Reviewed, &p.Filed); err != nil {
		return planFrame{}, err
	}
	tiers, err := some(ctx, tx, readTier, `select `+tierColumns+` from tier where territory_id = $1 and plan_id = $2 order by rank`,
		int64(p.Territory), int64(p.ID))
	return framed(p, tiers), err
}

func framed(p geo.Plan, tiers []geo.Tier) planFrame {
	return planFrame{p.Name, p.State, p.Effective, p.Reviewed, p.Filed, tiers}
}

// put makes a snapshot show the frame.
func (f *planFrame) put(s *geo.Snapshot) {
	s.Plan.Name, s.Plan.State, s.Plan.Effective, s.Plan.Reviewed, s.Plan.Filed = f.Name, f.State, f.Effective, f.Reviewed, f.Filed
	s.Tiers = f.Tiers
}

// A territoryFrame is what stands of a territory in no record, whatever its
// plan.
type territoryFrame struct {
	Name  geo.Name   `json:"name"`
	Keeps geo.Keeps  `json:"keeps"`
	Roles []geo.Role `json:"roles"`
}

// territoryFrameOf reads the frame of a territory.
func territoryFrameOf(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID) (f territoryFrame, err error) {
	err = tx.QueryRow(ctx, `select name_zh, name_en, keeps from territory where territory_id = $1`, int64(territory)).
		Scan(&f.Name.ZH, &f.Name.EN, &f.Keeps)
	if err != nil {
		return f, found(err, "territory", int64(territory))
	}
	f.Roles, err = some(ctx, tx, readRole, `select `+roleColumns+` from role where territory_id = $1 order by position, code`, int64(territory))
	return f, err
}

// put makes a snapshot show the frame.
func (f *territoryFrame) put(s *geo.Snapshot) {
	s.Territory.Name, s.Territory.Keeps, s.Roles = f.Name, f.Keeps, f.Roles
}

// keepFrame writes what a frame was before the change set of a revision, which
// is written; plan 0 is for that of the territory.
func keepFrame(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, rev geo.Revision, plan geo.PlanID, before any) error {
	text, err := json.Marshal(before)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into frame_change (territory_id, revision, plan_id, before) values ($1, $2, $3, $4::text::jsonb)`,
		int64(territory), int64(rev), int64(plan), string(text))
	return err
}

// frameBefore reads into a frame what it was at a revision; false when it has
// not changed since.
func frameBefore(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, rev geo.Revision, plan geo.PlanID, frame any) (bool, error) {
	list, err := some(ctx, tx, func(r *row) bool { r.document(frame); return true },
		`select before from frame_change where territory_id = $1 and plan_id = $2 and revision > $3 order by revision limit 1`,
		int64(territory), int64(plan), int64(rev))
	return len(list) > 0, err
}
