package api

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
)

// kept asks a question to be kept and returns the report.
func (s *service) kept(t testing.TB, body string) (r reportView) {
	t.Helper()
	s.call(t, "POST", fmt.Sprintf("/v1/checks?territory=%d", s.territory), body).wants(200).into(&r)
	return r
}

// A kept report is whole, whatever was shown of it, and asking the same of the
// same revision gives the same again.
func TestStoredRuns(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", func(c *Config) { c.Who = func(*http.Request) string { return "li" } })
	strict := `"as_of":"2025-06-30","rules":{"STF-7":{"max":1}}`
	plain := s.kept(t, `{`+strict+`}`)
	s.get(t, "/v1/runs/"+plain.Run).refused(404, "not-found", "")
	first := s.kept(t, `{`+strict+`,"store":true,"max_findings":1,"include":{"geometry":"none"}}`)
	if first.Run != plain.Run || len(first.Findings) != 1 || first.FindingsTotal != plain.FindingsTotal || first.FindingsTotal < 2 {
		t.Fatalf("run %s of %d findings, shown %d; want %s of %d", first.Run, first.FindingsTotal, len(first.Findings), plain.Run, plain.FindingsTotal)
	}
	s.kept(t, `{`+strict+`,"store":true}`)
	var run struct {
		check.Run
		Report reportView
	}
	read := s.get(t, "/v1/runs/"+first.Run).wants(200)
	read.into(&run)
	run.Report.ElapsedMS, plain.ElapsedMS = 0, 0
	if !reflect.DeepEqual(run.Report, plain) {
		t.Errorf("kept %+v, answered %+v", run.Report, plain)
	}
	if run.By != "li" || run.AsOf != 20250630 || run.Question.Rules[geo.RuleLoad].Max != 1 || run.Question.MaxFindings != 0 ||
		run.Outline.Rules[geo.RuleLoad] == 0 || run.Plan != s.plan {
		t.Errorf("run %+v", run.Run)
	}
	s.get(t, "/v1/runs/"+first.Run, "If-None-Match", read.header.Get("ETag")).wants(304)
	second := s.kept(t, `{"as_of":"2025-07-01","store":true}`)
	var page struct {
		Runs []check.Run
		Next string
	}
	s.get(t, fmt.Sprintf("/v1/runs?territory=%d&limit=1", s.territory)).wants(200).into(&page)
	if len(page.Runs) != 1 || page.Runs[0].ID != second.Run || page.Next == "" {
		t.Fatalf("page %+v", page)
	}
	next := page.Next
	page.Next = ""
	s.get(t, next).wants(200).into(&page)
	if len(page.Runs) != 1 || page.Runs[0].ID != first.Run || page.Next != "" {
		t.Errorf("next page %+v", page)
	}
	s.call(t, "DELETE", "/v1/runs/"+first.Run, "").wants(204)
	s.get(t, "/v1/runs/"+first.Run).refused(404, "not-found", "")
	s.get(t, "/v1/runs").refused(400, "invalid-request", "territory")
	s.get(t, fmt.Sprintf("/v1/runs?territory=%d&limit=0", s.territory)).refused(400, "invalid-request", "limit")
	s.get(t, fmt.Sprintf("/v1/runs?territory=%d&cursor=none", s.territory)).refused(404, "not-found", "")
}

// A run asked again of its revision says what it said, however the plan and its
// people changed since; so does a check of that revision.
func TestRunsCanBeRepeated(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	type repeated struct {
		check.Run
		Same   bool
		Report reportView
	}
	again := func(run string) (r repeated) {
		t.Helper()
		s.get(t, "/v1/runs/"+run+"/again").wants(200).into(&r)
		return r
	}
	at := func(rev geo.Revision) string {
		t.Helper()
		of := ""
		if rev > 0 {
			of = fmt.Sprintf("&revision=%d", rev)
		}
		body := s.get(t, fmt.Sprintf("/v1/plans/%d/check?as_of=2025-06-30&profile=%s%s", s.plan, fixtures.ProfileCode, of)).wants(200).body
		return elapsed.ReplaceAllString(string(body), "")
	}
	type kept struct {
		run   reportView
		check string
	}
	var all []kept
	for _, change := range []string{"", "assignments", "households", "standards", "responsibilities"} {
		if change != "" {
			s.dropSome(t, change)
		}
		all = append(all, kept{s.kept(t, `{"as_of":"2025-06-30","store":true,"rules":{"STF-7":{"max":1}}}`), at(0)})
	}
	s.dropSome(t, "profiles") // that they were checked by
	for i, k := range all {
		if i > 0 && k.run.Run == all[i-1].run.Run {
			t.Errorf("change %d led to no other run", i)
		}
		if r := again(k.run.Run); !r.Same || r.Revision != k.run.PlanVersion || r.Report.FindingsTotal != k.run.FindingsTotal {
			t.Errorf("run %d of revision %d: the same %v, %d findings of revision %d, want %d", i, k.run.PlanVersion, r.Same, r.Report.FindingsTotal, r.Revision, k.run.FindingsTotal)
		}
		if then := at(k.run.PlanVersion); then != k.check {
			t.Errorf("check %d of revision %d is another than it was", i, k.run.PlanVersion)
		}
	}
	run, text, err := s.store.Run(t.Context(), all[1].run.Run)
	if err != nil {
		t.Fatal(err)
	}
	then, err := s.store.PastSnapshot(t.Context(), run.Plan, run.Revision)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := atlas.New(then)
	if err != nil {
		t.Fatal(err)
	}
	for tampered, want := range map[string]bool{string(text): true, strings.Replace(string(text), `"total":`, `"total":1`, 1): false} {
		if _, same, err := Repeated(picture, run, json.RawMessage(tampered)); same != want || err != nil {
			t.Errorf("said to be the same: %v, %v; want %v", same, err, want)
		}
	}
	s.get(t, "/v1/runs/none/again").refused(404, "not-found", "")
	s.get(t, fmt.Sprintf("/v1/plans/%d/check?revision=999", s.plan)).refused(422, "invalid-record", "revision")
	s.get(t, fmt.Sprintf("/v1/plans/%d/check?revision=0", s.plan)).refused(400, "invalid-request", "revision")
}

// elapsed is how long a check took.
var elapsed = regexp.MustCompile(`"elapsed_ms":[0-9.]+,?`)

// dropSome deletes the first records of a sort that can be.
func (s *service) dropSome(t testing.TB, sort string) {
	t.Helper()
	var page map[string]json.RawMessage
	s.get(t, fmt.Sprintf("/v1/%s?territory=%d", sort, s.territory)).wants(200).into(&page)
	var list []struct{ ID int64 }
	if err := json.Unmarshal(page[sort], &list); err != nil || len(list) == 0 {
		t.Fatalf("%s: %v", sort, err)
	}
	dropped := 0
	for _, r := range list {
		if s.call(t, "DELETE", fmt.Sprintf("/v1/%s/%d", sort, r.ID), "").status == 204 {
			if dropped++; dropped == 3 {
				break
			}
		}
	}
	if dropped == 0 {
		t.Fatalf("no record of %s could be deleted", sort)
	}
	rev, err := s.store.Revision(t.Context(), s.territory)
	if err == nil {
		_, err = s.live.Wait(t.Context(), s.territory, rev)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Who may only read cannot keep, and reads no run of a territory that is not
// theirs.
func TestRunsAskForRights(t *testing.T) {
	t.Parallel()
	var counts, edit atomic.Bool
	counts.Store(true)
	edit.Store(true)
	s := serve(t, "mini", func(c *Config) {
		c.Allow = func(_ *http.Request, right Right, at Scope) error {
			if at.Territory != 0 && (right == Counts && !counts.Load() || right == Edit && !edit.Load()) {
				return ErrForbidden
			}
			return nil
		}
	})
	run := s.kept(t, `{"store":true}`).Run
	edit.Store(false)
	s.call(t, "POST", "/v1/checks", `{"store":true,"as_of":"2025-06-30"}`).refused(403, "forbidden", "")
	s.call(t, "POST", "/v1/checks", `{"as_of":"2025-06-30"}`).wants(200)
	s.call(t, "DELETE", "/v1/runs/"+run, "").refused(403, "forbidden", "")
	counts.Store(false)
	s.get(t, "/v1/runs/"+run).refused(403, "forbidden", "")
	s.get(t, "/v1/runs/"+run+"/diff").refused(403, "forbidden", "")
	var rollup RollupJSON
	s.get(t, "/v1/rollup").wants(200).into(&rollup)
	if len(rollup.Rows) != 0 {
		t.Errorf("%d rows are shown", len(rollup.Rows))
	}
}

// The quarter's end against today, and against another run.
func TestRunsAreCompared(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	quarter := s.kept(t, `{"as_of":"2025-12-31","rules":{"STF-7":{"max":1},"CON-1":{"off":true}},"store":true}`) // metrics are of 2025
	var c check.Comparison
	s.get(t, "/v1/runs/"+quarter.Run+"/diff").wants(200).into(&c)
	if c.Before.Run != quarter.Run || c.After.AsOf != 20260115 || c.After.Run == quarter.Run || c.Totals.New+c.Totals.Gone != 0 ||
		c.Totals.Stayed != quarter.FindingsTotal || !c.Complete || len(c.Unasked) != 0 {
		t.Errorf("against today %+v", c.Totals)
	}
	later := s.kept(t, `{"as_of":"2026-01-15","rules":{"CON-1":{"off":true}},"store":true}`)
	s.get(t, "/v1/runs/"+later.Run+"/diff?against="+quarter.Run+"&max_findings=1").wants(200).into(&c)
	if c.Before.Run != quarter.Run || c.After.Run != later.Run || c.Totals.Gone < 2 || len(c.Gone) != 1 || c.Totals.Stayed+c.Totals.Gone != quarter.FindingsTotal {
		t.Errorf("against the quarter %+v, %d listed", c.Totals, len(c.Gone))
	}
	for _, u := range c.Units {
		if u.Before == nil || u.After == nil || u.ShortChange == nil || *u.ShortChange != 0 {
			t.Errorf("unit %+v", u)
		}
	}
	s.get(t, "/v1/runs/"+later.Run+"/diff?against=none").refused(404, "not-found", "")
	s.get(t, "/v1/runs/none/diff").refused(404, "not-found", "")
	s.get(t, "/v1/runs/"+later.Run+"/diff?max_findings=0").refused(400, "invalid-request", "max_findings")
}

func TestSchedulesOverHTTP(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	of := fmt.Sprintf("?territory=%d", s.territory)
	var made check.Schedule
	s.call(t, "POST", "/v1/schedules"+of, `{"code":"q","every":"quarter_end","name":{"zh":"季末核查"},"question":{"tiers":["primary"]},"valid":{"from":"2025-07-01"}}`).
		wants(201).into(&made)
	if _, err := s.store.RunDue(t.Context(), s.today(), Scheduled(s.store, s.live, s.today())); err != nil {
		t.Fatal(err)
	}
	var told struct {
		Schedule check.Schedule
		Next     geo.Date `json:"next_day"`
		Days     []check.ScheduledRun
	}
	s.get(t, fmt.Sprintf("/v1/schedules/%d/runs", made.ID)).wants(200).into(&told)
	if told.Schedule.Code != "q" || told.Next != 20260331 || len(told.Days) != 2 || told.Days[0].Day != 20251231 || told.Days[0].Before != told.Days[1].Run ||
		told.Days[0].Changed == nil {
		t.Errorf("told %+v", told)
	}
	var run struct {
		check.Run
		Report reportView
	}
	s.get(t, "/v1/runs/"+told.Days[0].Run).wants(200).into(&run)
	if run.AsOf != 20251231 || len(run.Question.Tiers) != 1 || run.Report.Summary.Grids["primary"] == 0 || run.Report.Summary.Grids["township"] != 0 {
		t.Errorf("run %+v", run.Run)
	}
	s.call(t, "DELETE", "/v1/runs/"+told.Days[1].Run, "").refused(409, "conflict", "")
	for body, field := range map[string]string{
		`{"code":"x","every":"daily","valid":{"from":"2025-07-01"}}`:                                           "every",
		`{"code":"x","every":"weekly","valid":{}}`:                                                             "valid.from",
		`{"code":"x","every":"weekly","valid":{"from":"2025-07-01","to":"2025-07-01"}}`:                        "valid.to",
		`{"code":"x","every":"weekly","valid":{"from":"2025-07-01"},"question":{"plan":1}}`:                    "question.plan",
		`{"code":"x","every":"weekly","valid":{"from":"2025-07-01"},"question":{"tiers":["nothing"]}}`:         "question.tiers[0]",
		`{"code":"x","every":"weekly","valid":{"from":"2025-07-01"},"question":{"rules":{"STF-3":{"per":1}}}}`: "question.rules.STF-3.min",
		`{"code":"x","every":"weekly","valid":{"from":"2025-07-01"},"question":{"scope":{"divisions":["0"]}}}`: "question.scope.divisions[0]",
		`{"code":"x","every":"weekly","valid":{"from":"2025-07-01"},"question":{"store":true}}`:                "question",
	} {
		s.call(t, "POST", "/v1/schedules"+of, body).refused(422, "invalid-record", field)
	}
	s.get(t, "/v1/schedules/99999/runs").refused(404, "not-found", "")
	s.get(t, fmt.Sprintf("/v1/schedules/%d/runs?before=soon", made.ID)).refused(400, "invalid-request", "before")
}

// Totals of a roll-up are the sums of its rows, which are the runs'.
func TestRollup(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	mini, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	s := serveOn(t, db, mini, nil)
	qinyuan, err := fixtures.Make("qinyuan", 3000)
	if err != nil {
		t.Fatal(err)
	}
	store := postgis.New(db)
	other, _, err := store.Load(t.Context(), &qinyuan.Snapshot, gridtest.Stream(qinyuan.Households), "test")
	if err != nil {
		t.Fatal(err)
	}
	kept := s.kept(t, `{"store":true}`)
	var one, both RollupJSON
	s.get(t, "/v1/rollup").wants(200).into(&one)
	if len(one.Rows) != 2 || one.Missing != 1 || one.Totals.Households.Total != kept.Summary.Households.Total || one.Profile != geo.DefaultProfile {
		t.Fatalf("one run of two: %+v", one)
	}
	today := s.today()
	run, text, err := Scheduled(store, nil, today)(t.Context(), other, check.Question{AsOf: today})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.KeepRun(t.Context(), run, text); err != nil {
		t.Fatal(err)
	}
	s.get(t, "/v1/rollup").wants(200).into(&both)
	short := both.Totals.Standards[geo.RuleRatio]["county"].Short
	var sum check.Outline
	for _, row := range both.Rows {
		sum.Add(*row.Outline)
		if row.Territory.ID == other && row.Outline.Standards[geo.RuleRatio]["county"].Short != 2 {
			t.Errorf("Qinyuan is %+v", row.Outline.Standards)
		}
	}
	if both.Missing != 0 || !reflect.DeepEqual(sum, *both.Totals) || short < 2 || both.Totals.Pass {
		t.Errorf("totals %+v, sum of rows %+v", both.Totals, sum)
	}
	table := s.get(t, "/v1/rollup?f=csv").wants(200)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(table.body), "\xef\xbb\xbf"))).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	at := func(row int, heading string) string {
		for i, h := range rows[0] {
			if h == heading {
				return rows[row][i]
			}
		}
		t.Fatalf("no column %q in %v", heading, rows[0])
		return ""
	}
	for i, row := range both.Rows {
		if at(i+1, "territory") != row.Territory.Code || at(i+1, "households") != whole(row.Outline.Households.Total) ||
			at(i+1, "grids_primary") != whole(row.Outline.Grids["primary"]) || at(i+1, "run") != row.Run.ID {
			t.Errorf("row %v of %+v", rows[i+1], row)
		}
	}
	var none RollupJSON
	s.get(t, "/v1/rollup?code="+qinyuan.Territory.Code+"&as_of=2020-01-01").wants(200).into(&none)
	if len(none.Rows) != 1 || none.Missing != 1 || none.Totals != nil {
		t.Errorf("before any run: %+v", none)
	}
	s.get(t, "/v1/rollup?profile=a&schedule=b").refused(400, "invalid-request", "profile")
	s.get(t, "/v1/rollup?as_of=soon").refused(400, "invalid-request", "as_of")
	s.get(t, "/v1/rollup?f=geojson").refused(400, "invalid-request", "f")
}

// Old revisions are drawn a few at a time, as each takes the room of a plan: who
// finds no place in the time there is, is told to come again.
func TestOldRevisionsAreDrawnAFewAtATime(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", func(c *Config) { c.Limits.BulkTime = 200 * time.Millisecond })
	now := s.hire(t, "past")
	for range keptRevisions {
		s.pictures.painters <- struct{}{}
	}
	if _, err := s.live.Wait(t.Context(), s.territory, now); err != nil { // else the first revision is no old one
		t.Fatal(err)
	}
	s.get(t, fmt.Sprintf("/v1/plans/%d/check?revision=1", s.plan)).refused(503, "deadline", "")
}
