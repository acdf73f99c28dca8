package postgis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"gridmap/geo"
)

// ErrUnavailable is returned when the database cannot be reached, is going
// down, is out of room or did not answer in time. The call may be repeated
// later.
var ErrUnavailable = errors.New("database unavailable")

// A breach is what a named constraint tells the caller: the field as JSON
// names it and the reason. taken marks keys: the record exists already.
type breach struct {
	field, reason string
	taken         bool
}

// breaches lists the constraints that data from outside can break. What is
// missing here is the service's own fault and stays an internal error.
var breaches = map[string]breach{
	"territory_code_unique": {"code", "a territory with this code exists", true},
	"territory_code_given":  {"code", "is empty", false},
	"plan_one_in_force":     {"state", "another plan of the territory is in force", true},
	"plan_state_known":      {"state", "is none of draft, reviewed, filed, in_force, retired, discarded", false},
	"tier_pk":               {"rank", "a tier of this rank exists", true},
	"tier_code_unique":      {"code", "a tier with this code exists", true},

	"grid_code_unique":           {"code", "a grid with this code exists in the plan", true},
	"grid_tier_in_plan":          {"tier", "the plan has no such tier", false},
	"grid_parent_in_plan":        {"parent", "the plan has no such grid", false},
	"grid_root_is_tier_0":        {"tier", "only the root is of tier 0, and it is", false},
	"grid_one_root":              {"parent", "the plan has a root already", true},
	"grid_root_general":          {"kind", "the root is a general grid", false},
	"grid_period_ordered":        {"valid", "ends before it begins", false},
	"grid_boundary_hash_matches": {"boundary", "was changed without its hash", false},
	"grid_children_cover_parent": {"boundary", "the children do not partition their parent", false},
	"household_leaf_in_plan":     {"id", "households lie in the grid", true},

	"role_pk":                    {"code", "a role with this code exists", true},
	"worker_number_unique":       {"number", "a worker with this number exists", true},
	"worker_period_ordered":      {"active", "ends before it begins", false},
	"assignment_post_unique":     {"worker", "the worker holds this role in the grid from that day already", true},
	"assignment_worker":          {"worker", "no such worker", false},
	"assignment_grid":            {"grid", "no such grid", false},
	"assignment_role":            {"role", "no such role", false},
	"assignment_deputy":          {"deputy", "no such worker", false},
	"household_ref_unique":       {"ref", "a household with this number exists", true},
	"household_stated_division":  {"stated", "no such grid", false},
	"population_figure_unique":   {"unit", "the unit has a figure of this basis and day", true},
	"population_unit":            {"unit", "no such grid", false},
	"facility_name_unique":       {"name", "a facility of this type and name exists in the division", true},
	"facility_division":          {"division", "no such grid", false},
	"compound_code_unique":       {"code", "a compound with this code exists", true},
	"compound_division":          {"division", "no such grid", false},
	"standard_norm_unique":       {"rule", "a norm of this rule, form, basis, tier and setting from that day exists", true},
	"check_schedule_code_unique": {"code", "a schedule with this code exists", true},
	"waiver_finding_unique":      {"finding", "a waiver of this finding exists", true},
	"profile_code_own":           {"code", "county-default is the name of the limits built in", false},
	"profile_code_unique":        {"code", "a profile with this code from that day exists", true},

	"building_code_unique": {"code", "a building with this code exists", true},
	"building_division":    {"division", "no such grid", false},
	"matter_code_unique":   {"code", "a matter with this code exists", true},
	"metric_name_unique":   {"name", "the unit has a metric of this name and period", true},
	"metric_unit":          {"unit", "no such grid", false},

	"comment_ref_unique": {"ref", "a comment with this ref exists", true},
	"comment_plan":       {"plan", "no such plan", false},
	"comment_grid":       {"grid", "no such grid", false},

	"responsibility_keeper_unique": {"keeper", "keeps the unit in this position from that day already", true},
	"responsibility_unit":          {"unit", "no such grid", false},
	"responsibility_worker":        {"worker", "no such worker", false},
	"net_code_unique":              {"code", "a net with this code exists", true},
	"net_member_measure_unique":    {"grid", "the grid is in the net with this measure already", true},
	"net_member_net":               {"net", "no such net", false},
	"net_member_grid":              {"grid", "no such grid", false},
	"net_member_under":             {"under", "no such grid", false},

	"change_set_key_unique": {"Idempotency-Key", "is in use", true},
}

// explain turns an error of the driver into the domain's words: a named
// constraint into an [geo.InvalidError] or [geo.ErrConflict], lost connections
// and deadlines into [ErrUnavailable]. Other errors stay as they are.
func explain(err error) error {
	if err == nil || errors.Is(err, ErrUnavailable) {
		return err
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return explainServer(err, pg)
	}
	if lost(err) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

func explainServer(err error, pg *pgconn.PgError) error {
	if b, ok := breaches[pg.ConstraintName]; ok {
		reason := b.reason + offender(pg.Detail)
		if pg.ConstraintName == "grid_children_cover_parent" {
			reason = pg.Message // names the parent
		}
		if b.taken {
			return fmt.Errorf("%s: %s: %w", b.field, reason, geo.ErrConflict)
		}
		return &geo.InvalidError{Field: b.field, Reason: reason}
	}
	switch {
	case pg.Code == "23503": // a key that is still referred to
		return fmt.Errorf("%s is still referred to: %w", pg.TableName, geo.ErrConflict)
	case pg.Code == "57014", pg.Code == "55P03", // out of time, lock not to be had
		strings.HasPrefix(pg.Code, "57P"), strings.HasPrefix(pg.Code, "08"), strings.HasPrefix(pg.Code, "53"):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

// keyValues finds the values of a key in what PostgreSQL says of it, such as
// Key (territory_id, number)=(1, W-7) already exists, without the territory.
var keyValues = regexp.MustCompile(`=\(\d+, (.*)\)`)

// offender names the key that broke a constraint, if detail does.
func offender(detail string) string {
	if values := keyValues.FindStringSubmatch(detail); values != nil {
		return ": " + values[1]
	}
	return ""
}

// passing reports whether the same call may succeed when repeated: the
// transaction lost a race (40001, 40P01), waited too long for a lock (55P03) or
// lost its connection (08xxx, or the connection itself broke).
func passing(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code != "" {
		switch {
		case pg.Code == "40001", pg.Code == "40P01", pg.Code == "55P03", strings.HasPrefix(pg.Code, "08"):
			return true
		}
		// 57P01 to 57P03: the server goes down or comes up, which ends the
		// connection like 08006.
		return strings.HasPrefix(pg.Code, "57P0")
	}
	return lost(err)
}

// lost reports whether err means that the connection is gone or could not be
// made.
func lost(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		pgconn.SafeToRetry(err)
}
