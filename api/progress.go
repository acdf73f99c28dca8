package api

import (
	"fmt"
	"net/http"
	"slices"

	"gridmap/geo"
	"gridmap/geo/exchange"
	"gridmap/geo/progress"
)

// netKind finds nets by id.
var netKind = recordKind{entity: geo.NetEntity}

// A progressJSON answers how far a net has come, and on which plan's tree that
// is added up.
type progressJSON struct {
	Plan     geo.PlanID   `json:"plan"`
	Revision geo.Revision `json:"revision"`
	progress.Report
}

// getProgress handles GET /v1/nets/{id}/progress: a task's progress per grid,
// summed over the units above, second parents and groups.
func (s *Server) getProgress(w http.ResponseWriter, r *http.Request) error {
	how, err := negotiate(w, r, formatJSON, formatCSV)
	if err != nil {
		return err
	}
	day, err := s.asOf(r)
	if err != nil {
		return err
	}
	id, territory, err := s.record(netKind, r, Counts)
	if err != nil {
		return err
	}
	plans, err := s.inForce(r, territory, day)
	if err != nil {
		return err
	}
	a := plans[0]
	tier := r.URL.Query().Get("tier")
	if tier != "" && !slices.ContainsFunc(a.Records().Tiers, func(t geo.Tier) bool { return t.Code == tier }) {
		return bad("tier", "the plan has no tier %q", clip(tier))
	}
	at := slices.IndexFunc(a.Records().Nets, func(n geo.Net) bool { return int64(n.ID) == id })
	if at < 0 {
		return fmt.Errorf("net %d: %w", id, geo.ErrNotFound)
	}
	if fresh(w, r, etag(a.Revision(), a.Plan().ID, int32(day), how.word, tier), a.Revision()) {
		return nil
	}
	report := progress.Of(a.Records(), a.Tree(), &a.Records().Nets[at], day)
	if tier != "" {
		report.Units = slices.DeleteFunc(report.Units, func(u progress.Unit) bool { return u.Tier != tier })
	}
	if how == formatCSV {
		return writeCSV(w, progressHeadings, func(out *exchange.CSVWriter) error {
			progressRows(out, &report)
			return nil
		})
	}
	return writeJSON(w, http.StatusOK, progressJSON{a.Plan().ID, a.Revision(), report})
}

var progressHeadings = []string{"of", "code", "name", "name_en", "tier", "member", "members", "measure", "done", "total", "done_pct", "updated_on"}

// progressRows writes a line for every measure of a unit, second parent or
// group; one without a measure has a line with empty cells.
func progressRows(out *exchange.CSVWriter, report *progress.Report) {
	row := func(cells []string, s progress.Sum) {
		cells = append(cells, whole(int64(s.Members)))
		if len(s.Progress) == 0 {
			out.Row(append(cells, "", "", "", "", "")...)
		}
		for _, c := range s.Progress {
			out.Row(append(cells, c.Measure, whole(c.Done), whole(c.Total), decimal(c.DonePct), c.UpdatedOn.String())...)
		}
	}
	units := func(of string, list []progress.Unit) {
		for _, u := range list {
			row([]string{of, u.Code, u.Name.ZH, u.Name.EN, u.Tier, fmt.Sprint(u.Member)}, u.Sum)
		}
	}
	units("unit", report.Units)
	units("parent", report.Parents)
	for _, g := range report.Groups {
		row([]string{"group", "", g.Name, "", "", ""}, g.Sum)
	}
	row([]string{"elsewhere", "", "", "", "", ""}, report.Elsewhere)
}
