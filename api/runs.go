package api

import (
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/gorilla/mux"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
)

// A Kept is a check as it is kept.
type Kept struct {
	Run    check.Run // its By is left to the caller
	Report check.Report
	Text   []byte // the report as the calls answer it
}

// Keepable asks a plan for a run that can be kept: with every finding and its
// ground, however little of it the question wants to see. The error is a
// *[geo.InvalidError] for a question that cannot be asked.
func Keepable(a *atlas.Atlas, q check.Question) (Kept, error) {
	report, err := runOf(a, q.Kept())
	if err != nil {
		return Kept{}, err
	}
	text, err := json.Marshal(showReport(report, a.Plan().ID))
	run := check.Run{ID: report.Run, Territory: a.Territory().ID, Plan: a.Plan().ID, Revision: a.Revision(), AsOf: report.AsOf,
		Question: q.Asked(), Outline: report.Outline}
	return Kept{run, report, text}, err
}

// listRuns handles GET /v1/runs: the kept runs of a territory, the one asked
// last first.
func (s *Server) listRuns(w http.ResponseWriter, r *http.Request) error {
	territory, err := s.statedTerritory(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	limit, err := intQuery(q, "limit", 100, 1, 999)
	if err != nil {
		return err
	}
	runs, err := s.store.Runs(r.Context(), territory, q.Get("cursor"), int(limit)+1)
	if err != nil {
		return err
	}
	answer := map[string]any{}
	if len(runs) > int(limit) {
		runs = runs[:limit]
		answer["next"] = nextPage(w, r.URL, runs[limit-1].ID)
	}
	answer["runs"] = append([]check.Run{}, runs...)
	w.Header().Set("Cache-Control", "private, no-cache")
	return writeJSON(w, http.StatusOK, answer)
}

// A runJSON is a kept run with its report.
type runJSON struct {
	check.Run
	Report json.RawMessage `json:"report"`
}

// run reads the kept run that the address names and asks allow about its
// territory.
func (s *Server) run(r *http.Request, id string, right Right) (runJSON, error) {
	run, report, err := s.store.Run(r.Context(), id)
	if err != nil {
		return runJSON{}, err
	}
	return runJSON{run, report}, s.allow(r, right, Scope{Territory: run.Territory})
}

// getRun handles GET /v1/runs/{run}: what was asked and the report as it was
// kept.
func (s *Server) getRun(w http.ResponseWriter, r *http.Request) error {
	run, err := s.run(r, mux.Vars(r)["run"], Counts)
	if err != nil {
		return err
	}
	if fresh(w, r, `"`+run.ID+`"`, run.Revision) {
		return nil
	}
	return writeJSON(w, http.StatusOK, run)
}

// A repeatedJSON is a kept run asked again of what it was asked of.
type repeatedJSON struct {
	check.Run
	Same   bool       `json:"same"` // but for the time it took
	Report reportJSON `json:"report"`
}

// repeatRun handles GET /v1/runs/{run}/again: the question of a run, asked again
// of the plan as it was at the run's revision, and whether the answer is the one
// that was kept.
func (s *Server) repeatRun(w http.ResponseWriter, r *http.Request) error {
	named, err := s.run(r, mux.Vars(r)["run"], Counts)
	if err != nil {
		return err
	}
	a, err := s.pictureOf(r, named.Plan, Counts)
	if err != nil {
		return err
	}
	if a, err = s.pictures.then(r.Context(), s, a, named.Revision); err != nil {
		return err
	}
	again, same, err := Repeated(a, named.Run, named.Report)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return writeJSON(w, http.StatusOK, repeatedJSON{named.Run, same, showReport(again.Report, named.Plan)})
}

// Repeated asks the question of a run again of a picture of its plan at its
// revision, and says whether the answer is the one that was kept, but for the
// time it took.
func Repeated(a *atlas.Atlas, run check.Run, report json.RawMessage) (again Kept, same bool, err error) {
	question := run.Question
	question.AsOf = run.AsOf
	if again, err = Keepable(a, question); err != nil {
		return again, false, err
	}
	var texts [2]map[string]any
	for i, text := range [][]byte{report, again.Text} {
		if err := json.Unmarshal(text, &texts[i]); err != nil {
			return again, false, err
		}
		delete(texts[i], "elapsed_ms")
	}
	return again, reflect.DeepEqual(texts[0], texts[1]), nil
}

// deleteRun handles DELETE /v1/runs/{run}.
func (s *Server) deleteRun(w http.ResponseWriter, r *http.Request) error {
	run, err := s.run(r, mux.Vars(r)["run"], Edit)
	if err != nil {
		return err
	}
	if err := s.store.DropRun(r.Context(), run.ID); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// diffRun handles GET /v1/runs/{run}/diff: what became of the run against= by
// this one, or, without that, of this one by today.
func (s *Server) diffRun(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	most, err := intQuery(q, "max_findings", 0, 1, int64(s.limits.Findings))
	if err != nil {
		return err
	}
	named, err := s.run(r, mux.Vars(r)["run"], Counts)
	if err != nil {
		return err
	}
	report, err := named.decode()
	if err != nil {
		return err
	}
	var before, after check.Report
	if q.Has("against") {
		other, err := s.run(r, q.Get("against"), Counts)
		if err != nil {
			return err
		}
		if other.Territory != named.Territory {
			return invalid("against", "is a run of another territory")
		}
		if before, err = other.decode(); err != nil {
			return err
		}
		after = report
	} else {
		before = report
		if after, err = s.askAgain(r, named.Run); err != nil {
			return err
		}
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return writeJSON(w, http.StatusOK, check.Compare(before, after).Shown(int(most)))
}

// decode reads the report that was kept, all but the ground of its findings.
func (j runJSON) decode() (check.Report, error) {
	var report check.Report
	err := json.Unmarshal(j.Report, &report)
	return report, err
}

// askAgain asks the question of a run today.
func (s *Server) askAgain(r *http.Request, run check.Run) (check.Report, error) {
	question := run.Question.Kept()
	question.AsOf = s.today()
	if question.Plan != nil {
		a, err := s.pictureOf(r, *question.Plan, Counts)
		if err != nil {
			return check.Report{}, err
		}
		return runOf(a, question)
	}
	live, err := s.inForce(r, run.Territory, question.AsOf)
	if err != nil {
		return check.Report{}, err
	}
	return runOf(live[0], question)
}

// scheduleJSON is a schedule as the face writes it.
type scheduleJSON struct{ check.Schedule }

func showSchedule(r geo.Record) any { return scheduleJSON{*r.(*check.Schedule)} }

// record refuses a question that the plan in force cannot be asked; without one
// that shows when its day comes.
func (j *scheduleJSON) record(c *codes) (geo.Record, error) {
	s := j.Schedule
	if err := s.Validate(); err != nil {
		return &s, err
	}
	if _, live := c.server.live.Get(c.territory); !live {
		return &s, nil
	}
	if err := c.look(); err != nil {
		return &s, err
	}
	return &s, s.Known(c.a.Counted(c.server.today()))
}

// listScheduledRuns handles GET /v1/schedules/{id}/runs: the days that were
// dealt with, the last first, and the next to come.
func (s *Server) listScheduledRuns(w http.ResponseWriter, r *http.Request) error {
	id := identity(mux.Vars(r)["id"])
	q := r.URL.Query()
	limit, err := intQuery(q, "limit", 100, 1, 999)
	if err != nil {
		return err
	}
	before, err := dateQuery(q, "before")
	if err != nil {
		return err
	}
	territory, err := s.store.Territory(r.Context(), check.ScheduleEntity, id)
	if err != nil {
		return err
	}
	if err := s.allow(r, Counts, Scope{Territory: territory}); err != nil {
		return err
	}
	record, _, err := s.store.Record(r.Context(), territory, check.ScheduleEntity, id)
	if err != nil {
		return err
	}
	days, err := s.store.ScheduledRuns(r.Context(), territory, check.ScheduleID(id), before, int(limit))
	if err != nil {
		return err
	}
	answer := struct {
		Schedule geo.Record           `json:"schedule"`
		Next     *geo.Date            `json:"next_day"` // null when it has ended
		Days     []check.ScheduledRun `json:"days"`
	}{Schedule: record, Days: append([]check.ScheduledRun{}, days...)}
	if next := record.(*check.Schedule).Next(s.today()); next != 0 {
		answer.Next = &next
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return writeJSON(w, http.StatusOK, answer)
}
