package api

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/exchange"
	"gridmap/geo/postgis"
)

var rollupQuery = []string{"as_of", "profile", "schedule", "code", "f", "format"}

// A RollupJSON is how territories stand side by side, and together.
type RollupJSON struct {
	AsOf     geo.Date       `json:"as_of"`
	Profile  string         `json:"profile,omitempty"`
	Schedule string         `json:"schedule,omitempty"`
	Rows     []RollupRow    `json:"territories"`
	Missing  int            `json:"without_run"` // territories that totals know nothing of
	Totals   *check.Outline `json:"totals"`      // null when no territory has a run
}

// A RollupRow is one territory by its newest run; Run and Outline are null where
// it has none.
type RollupRow struct {
	Territory geo.Territory  `json:"territory"`
	Run       *RollupRun     `json:"run"`
	Outline   *check.Outline `json:"outline"`
}

// A RollupRun says which run a row is of.
type RollupRun struct {
	ID       string       `json:"run"`
	Plan     geo.PlanID   `json:"plan"`
	Revision geo.Revision `json:"plan_version"`
	AsOf     geo.Date     `json:"as_of"`
	AskedAt  time.Time    `json:"asked_at"`
}

// getRollup handles GET /v1/rollup: one row a territory that the caller may see,
// by its newest kept run, and exact totals.
func (s *Server) getRollup(w http.ResponseWriter, r *http.Request) error {
	how, err := negotiate(w, r, formatJSON, formatCSV)
	if err != nil {
		return err
	}
	day, err := s.asOf(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if q.Has("profile") && q.Has("schedule") {
		return bad("profile", "goes without schedule, whose question has its own")
	}
	ask := postgis.RollupQuery{AsOf: day, Profile: q.Get("profile"), Schedule: q.Get("schedule")}
	if ask.Profile == "" && ask.Schedule == "" {
		ask.Profile = geo.DefaultProfile
	}
	all, err := s.store.Rollup(r.Context(), ask)
	if err != nil {
		return err
	}
	var seen []postgis.RollupRow
	for _, row := range all {
		if strings.HasPrefix(row.Territory.Code, q.Get("code")) && s.allow(r, Counts, Scope{Territory: row.Territory.ID}) == nil {
			seen = append(seen, row)
		}
	}
	rollup := ShowRollup(ask, seen)
	w.Header().Set("Cache-Control", "private, no-cache")
	if how == formatCSV {
		columns := rollup.columns()
		return writeCSV(w, columns.headings(), func(out *exchange.CSVWriter) error {
			for i := range rollup.Rows {
				out.Row(columns.row(&rollup.Rows[i])...)
			}
			return nil
		})
	}
	return writeJSON(w, http.StatusOK, rollup)
}

// ShowRollup adds up the rows of a roll-up.
func ShowRollup(q postgis.RollupQuery, rows []postgis.RollupRow) RollupJSON {
	j := RollupJSON{AsOf: q.AsOf, Profile: q.Profile, Schedule: q.Schedule, Rows: []RollupRow{}}
	var sum check.Outline
	for _, row := range rows {
		one := RollupRow{Territory: row.Territory}
		if run := row.Run; run != nil {
			one.Run = &RollupRun{run.ID, run.Plan, run.Revision, run.AsOf, run.AskedAt}
			one.Outline = &run.Outline
			sum.Add(run.Outline)
			j.Totals = &sum
		} else {
			j.Missing++
		}
		j.Rows = append(j.Rows, one)
	}
	return j
}

// rollupColumns are the tiers, roles and standards that any row has, which
// become columns of the table.
type rollupColumns struct{ tiers, roles, standards []string }

func (j *RollupJSON) columns() rollupColumns {
	var c rollupColumns
	if j.Totals == nil {
		return c
	}
	c.tiers = slices.Sorted(maps.Keys(j.Totals.Grids))
	c.roles = slices.Sorted(maps.Keys(j.Totals.Workers))
	for _, rule := range slices.Sorted(maps.Keys(j.Totals.Standards)) {
		for _, tier := range slices.Sorted(maps.Keys(j.Totals.Standards[rule])) {
			c.standards = append(c.standards, string(rule)+" "+tier)
		}
	}
	return c
}

var rollupHeadings = []string{"territory", "name", "name_en", "run", "as_of", "pass", "errors", "warnings", "infos", "waived",
	"area_m2", "missing_m2", "covered_pct", "households", "in_one", "in_none", "in_many", "persons_resident", "grids_without_worker"}

func (c rollupColumns) headings() []string {
	list := slices.Clone(rollupHeadings)
	for _, tier := range c.tiers {
		list = append(list, "grids_"+tier)
	}
	for _, role := range c.roles {
		list = append(list, "workers_"+role)
	}
	for _, s := range c.standards {
		list = append(list, s+" required", s+" actual", s+" short")
	}
	return list
}

// row writes a territory under the headings; one without a run has its name
// alone.
func (c rollupColumns) row(r *RollupRow) []string {
	cells := []string{r.Territory.Code, r.Territory.Name.ZH, r.Territory.Name.EN}
	if o := r.Outline; o != nil {
		pass := "no"
		if o.Pass {
			pass = "yes"
		}
		cells = append(cells, r.Run.ID, r.Run.AsOf.String(), pass, whole(o.Findings[geo.Error]), whole(o.Findings[geo.Warning]),
			whole(o.Findings[geo.Info]), whole(o.Waived), decimal(&o.AreaM2), decimal(&o.MissingM2), decimal(&o.CoveredPct),
			whole(o.Households.Total), whole(o.Households.InOne), whole(o.Households.InNone), whole(o.Households.InMany),
			whole(o.Households.Resident), whole(o.GridsWithoutWorker))
		for _, tier := range c.tiers {
			cells = append(cells, whole(o.Grids[tier]))
		}
		for _, role := range c.roles {
			cells = append(cells, whole(o.Workers[role]))
		}
		for _, s := range c.standards {
			rule, tier, _ := strings.Cut(s, " ")
			at := o.Standards[geo.RuleID(rule)][tier]
			cells = append(cells, whole(at.Required), whole(at.Actual), whole(at.Short))
		}
	}
	for len(cells) < len(c.headings()) {
		cells = append(cells, "")
	}
	return cells
}
