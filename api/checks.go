package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/exchange"
)

var checkQueryNames = []string{"min_revision", "revision", "as_of", "max_findings", "geometry", "profile", "f", "format"}

// checkFormats are the ways a report is written.
var checkFormats = []format{formatJSON, formatGeoJSON, formatCSV}

// getCheck handles GET /v1/plans/{p}/check: everything the plan can be asked, as
// it is or, with revision=, as it was then with all its records.
func (s *Server) getCheck(w http.ResponseWriter, r *http.Request) error {
	how, err := negotiate(w, r, checkFormats...)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	var question check.Question
	if question.AsOf, err = s.asOf(r); err != nil {
		return err
	}
	if question.Include.Geometry, err = wordQuery(q, "geometry", "full", "none"); err != nil {
		return err
	}
	most, err := intQuery(q, "max_findings", 0, 1, int64(s.limits.Findings))
	if err != nil {
		return err
	}
	question.MaxFindings, question.Profile = int(most), q.Get("profile")
	rev, err := intQuery(q, "revision", 0, 1, 1<<62)
	if err != nil {
		return err
	}
	a, err := s.picture(r, Counts)
	if err != nil {
		return err
	}
	if a, err = s.pictures.then(r.Context(), s, a, geo.Revision(rev)); err != nil {
		return err
	}
	if fresh(w, r, etag(a.Revision(), int32(question.AsOf), most, question.Include.Geometry, question.Profile), a.Revision()) {
		return nil
	}
	report, err := s.check(a, question)
	if err != nil {
		return err
	}
	return writeReports(w, how, []reportJSON{report}, true)
}

// postCheck handles POST /v1/checks. The body {} asks everything of every
// plan in force that the caller may see. The answer is {"reports": […]}, or
// the one report itself where the question names what it is about: a
// territory, a plan, or divisions.
func (s *Server) postCheck(w http.ResponseWriter, r *http.Request) error {
	how, err := negotiate(w, r, checkFormats...)
	if err != nil {
		return err
	}
	raw, err := readBody(w, r, s.limits.Body, typeJSON)
	if err != nil {
		return err
	}
	var question check.Question
	if err := decodeJSON(raw, &question); err != nil {
		return err
	}
	if question.MaxFindings > s.limits.Findings {
		return invalid("max_findings", "is more than %d", s.limits.Findings)
	}
	wait, err := s.waitOf(question)
	if err != nil {
		return err
	}
	if question.AsOf == 0 {
		question.AsOf = s.today()
	}
	asked, one, err := s.asked(r, question)
	if err != nil {
		return err
	}
	waiting, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	for _, a := range asked { // all or none: whoever may not keep one is told before any is
		if err := s.mayKeep(r, a.Territory().ID, question.Store); err != nil {
			return err
		}
	}
	reports := make([]reportJSON, 0, len(asked))
	for _, a := range asked {
		if waiting.Err() != nil {
			return waiting.Err()
		}
		report, err := s.checkOrKeep(waiting, r, a, question)
		if err != nil {
			return err
		}
		reports = append(reports, report)
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return writeReports(w, how, reports, one)
}

// waitOf reads how long the caller waits for the answer, at most and if not
// stated the deadline of a request.
func (s *Server) waitOf(q check.Question) (time.Duration, error) {
	if q.Wait == "" {
		return s.limits.Deadline, nil
	}
	wait, err := time.ParseDuration(q.Wait)
	if err != nil || wait <= 0 {
		return 0, invalid("wait", "%q is not a time such as 5s", clip(q.Wait))
	}
	return min(wait, s.limits.Deadline), nil
}

// asked returns the plans a question is about; one says that it names what it
// is about, so that the answer is a single report.
func (s *Server) asked(r *http.Request, q check.Question) (plans []*atlas.Atlas, one bool, err error) {
	scope, err := s.addressed(r)
	if err != nil {
		return nil, false, err
	}
	if q.Plan != nil {
		a, err := s.pictureOf(r, *q.Plan, Counts)
		if err != nil {
			return nil, false, err
		}
		if t := a.Territory().ID; scope.Territory != 0 && t != scope.Territory {
			return nil, false, invalid("plan", "belongs to territory %d", t)
		}
		return []*atlas.Atlas{a}, true, nil
	}
	live, err := s.inForce(r, scope.Territory, q.AsOf)
	if err != nil {
		return nil, false, err
	}
	for _, a := range live {
		if holdsAll(a, q.Scope.Divisions) {
			plans = append(plans, a)
		}
	}
	one = scope.Territory != 0 || len(q.Scope.Divisions) > 0
	if one && len(plans) == 0 {
		return nil, false, invalid("scope.divisions", "no plan in force has all of: %s", clip(strings.Join(q.Scope.Divisions, ", ")))
	}
	return plans, one && len(plans) == 1, nil
}

// holdsAll reports whether the plan has a grid of every code.
func holdsAll(a *atlas.Atlas, codes []string) bool {
	for _, code := range codes {
		if _, ok := a.Tree().ByCode(code); !ok {
			return false
		}
	}
	return true
}

// mayKeep asks allow whether the caller may write runs of a territory, if runs
// shall be kept.
func (s *Server) mayKeep(r *http.Request, t geo.TerritoryID, store bool) error {
	if !store {
		return nil
	}
	return s.allow(r, Edit, Scope{Territory: t})
}

// checkOrKeep asks one plan and keeps the answer where the question wants that.
func (s *Server) checkOrKeep(ctx context.Context, r *http.Request, a *atlas.Atlas, q check.Question) (reportJSON, error) {
	if !q.Store {
		return s.check(a, q)
	}
	kept, err := Keepable(a, q)
	if err != nil {
		return reportJSON{}, err
	}
	kept.Run.By = s.who(r)
	if _, err := s.store.KeepRun(ctx, kept.Run, kept.Text); err != nil {
		return reportJSON{}, err
	}
	return showReport(kept.Report.Shown(q), kept.Run.Plan), nil
}

// check asks one plan. The run is named after the question and what it was
// asked of, so that the same check bears the same name on every server.
func (s *Server) check(a *atlas.Atlas, q check.Question) (reportJSON, error) {
	report, err := runOf(a, q)
	return showReport(report, a.Plan().ID), err
}

// runOf asks a plan and names the run.
func runOf(a *atlas.Atlas, q check.Question) (check.Report, error) {
	report, err := a.Check(q)
	if err != nil {
		return report, err
	}
	report.Run, err = check.RunID(q, a.Territory().ID, a.Plan().ID, a.Revision())
	return report, err
}

// reportJSON is a report whose findings carry their ground as GeoJSON.
type reportJSON struct {
	check.Report
	Plan     geo.PlanID    `json:"plan"`
	Findings []findingJSON `json:"findings"`
}

// showReport writes a report as the calls answer it.
func showReport(report check.Report, plan geo.PlanID) reportJSON {
	j := reportJSON{Report: report, Plan: plan, Findings: make([]findingJSON, len(report.Findings))}
	for i := range report.Findings {
		j.Findings[i] = findingJSON{Finding: report.Findings[i], Geometry: geometryOf(&report.Findings[i])}
	}
	return j
}

type findingJSON struct {
	check.Finding
	Geometry json.Marshaler `json:"geometry"` // null, Polygon, MultiPolygon or Point
}

func geometryOf(f *check.Finding) json.Marshaler {
	switch {
	case len(f.Region) > 0:
		return shapeJSON(f.Region)
	case f.At != nil:
		return pointJSON(*f.At)
	}
	return nil
}

// writeReports answers reports in the format. GeoJSON and CSV hold the
// findings alone, each with the territory it belongs to.
func writeReports(w http.ResponseWriter, how format, reports []reportJSON, one bool) error {
	switch {
	case how == formatGeoJSON:
		return writeAs(w, http.StatusOK, typeGeoJSON, findingFeatures(reports))
	case how == formatCSV:
		return writeCSV(w, exchange.FindingColumns, func(out *exchange.CSVWriter) error {
			for _, report := range reports {
				for i := range report.Findings {
					out.Row(exchange.FindingRow(report.Territory, &report.Findings[i].Finding)...)
				}
			}
			return nil
		})
	case one:
		return writeJSON(w, http.StatusOK, reports[0])
	}
	return writeJSON(w, http.StatusOK, map[string]any{"reports": reports})
}

func findingFeatures(reports []reportJSON) collectionJSON {
	c := collectionJSON{Type: "FeatureCollection", Features: []featureJSON{}}
	for _, report := range reports {
		for _, f := range report.Findings {
			c.Features = append(c.Features, featureJSON{Type: "Feature", ID: f.ID, Geometry: f.Geometry,
				Properties: struct {
					check.Finding
					Territory string `json:"territory"`
					Run       string `json:"run"`
				}{f.Finding, report.Territory, report.Run}})
		}
	}
	return c
}
