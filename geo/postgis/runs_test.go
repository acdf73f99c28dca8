package postgis_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
)

// asker answers from a snapshot of the plan of the day, as a service does.
func asker(store *postgis.Store) postgis.Asker {
	return func(ctx context.Context, territory geo.TerritoryID, q check.Question) (check.Run, []byte, error) {
		snap, err := store.SnapshotInForce(ctx, territory, q.AsOf)
		if err != nil {
			return check.Run{}, nil, err
		}
		a, err := atlas.New(snap)
		if err != nil {
			return check.Run{}, nil, err
		}
		report, err := a.Check(q)
		if err != nil {
			return check.Run{}, nil, err
		}
		if report.Run, err = check.RunID(q, territory, snap.Plan.ID, snap.Revision); err != nil {
			return check.Run{}, nil, err
		}
		text, err := json.Marshal(report)
		return check.Run{ID: report.Run, Territory: territory, Plan: snap.Plan.ID, Revision: snap.Revision, AsOf: report.AsOf, Question: q.Asked(),
			Outline: report.Outline}, text, err
	}
}

// kept asks a question and keeps the answer.
func kept(t testing.TB, store *postgis.Store, territory geo.TerritoryID, q check.Question, by string) (check.Run, []byte) {
	t.Helper()
	run, text, err := asker(store)(t.Context(), territory, q)
	if err != nil {
		t.Fatal(err)
	}
	run.By = by
	if run, err = store.KeepRun(t.Context(), run, text); err != nil {
		t.Fatal(err)
	}
	return run, text
}

// A run is kept once, as it was answered first, and read back as it was.
func TestRunsAreKept(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	territory, plan := gridtest.County(t, db, "mini")
	store := postgis.New(db)
	first, text := kept(t, store, territory, check.Question{AsOf: 20250630}, "li")
	again, _ := kept(t, store, territory, check.Question{AsOf: 20250630, MaxFindings: 3}, "wang")
	if again.ID != first.ID || again.By != "li" || !again.AskedAt.Equal(first.AskedAt) {
		t.Errorf("kept again: %+v, first %+v", again, first)
	}
	read, report, err := store.Run(t.Context(), first.ID)
	if err != nil || string(report) != string(text) {
		t.Fatalf("%v; the report changed: %.200s, was %.200s", err, report, text)
	}
	if read.Territory != territory || read.Plan != plan || read.AsOf != 20250630 || read.Revision != 1 || read.By != "li" || read.Outline.Grids["primary"] == 0 {
		t.Errorf("read %+v", read)
	}
	if _, _, err := store.Run(t.Context(), "none"); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("a run that is not there: %v", err)
	}
	var ids []string
	for _, day := range []geo.Date{20250701, 20250702, 20250703} {
		run, _ := kept(t, store, territory, check.Question{AsOf: day}, "li")
		ids = append([]string{run.ID}, ids...)
	}
	ids = append(ids, first.ID)
	var listed []string
	for after := ""; ; {
		page, err := store.Runs(t.Context(), territory, after, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, run := range page {
			listed = append(listed, run.ID)
		}
		after = listed[len(listed)-1]
	}
	if !slices.Equal(listed, ids) {
		t.Errorf("listed %v, want %v", listed, ids)
	}
	if _, err := store.Runs(t.Context(), territory, "none", 3); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("a page after a run that is not there: %v", err)
	}
	if err := store.DropRun(t.Context(), first.ID); err != nil {
		t.Error(err)
	}
	if err := store.DropRun(t.Context(), first.ID); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("dropped twice: %v", err)
	}
}

// scheduleOf writes a schedule and returns it with its ID.
func scheduleOf(t testing.TB, store *postgis.Store, territory geo.TerritoryID, s check.Schedule) *check.Schedule {
	t.Helper()
	set, err := store.Write(t.Context(), postgis.Write{Territory: territory, By: "li", Op: "create", Actions: []postgis.Action{postgis.Create(&s)}})
	if err != nil {
		t.Fatal(err)
	}
	return set.Changes[0].After.(*check.Schedule)
}

// Four services ask every day of a schedule once between them, the missed ones
// too, each as of its day and compared with the one before.
func TestSchedulesAskOnce(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	territory, _ := gridtest.County(t, db, "mini")
	store := postgis.New(db)
	monthly := scheduleOf(t, store, territory, check.Schedule{Code: "monthly", Every: check.Monthly, Valid: geo.Period{From: 20250601}})
	var asked atomic.Int64
	var services sync.WaitGroup
	for range 4 {
		services.Go(func() {
			mine := postgis.New(db)
			answer := asker(mine)
			for range 6 {
				if _, err := mine.RunDue(t.Context(), 20250831, func(ctx context.Context, territory geo.TerritoryID, q check.Question) (check.Run, []byte, error) {
					asked.Add(1)
					return answer(ctx, territory, q)
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	services.Wait()
	days, err := store.ScheduledRuns(t.Context(), territory, monthly.ID, 0, 100)
	if err != nil || len(days) != 3 || asked.Load() != 3 {
		t.Fatalf("%d days, asked %d times, %v", len(days), asked.Load(), err)
	}
	for i, want := range []geo.Date{20250831, 20250731, 20250630} {
		d := days[i]
		run, _, err := store.Run(t.Context(), d.Run)
		if err != nil || d.Day != want || run.AsOf != want || run.By != "schedule monthly" || d.Refused != "" {
			t.Errorf("day %+v, run %+v, %v", d, run, err)
		}
		if i < 2 && (d.Before != days[i+1].Run || d.Changed == nil) || i == 2 && (d.Before != "" || d.Changed != nil) {
			t.Errorf("day %v is compared with %q: %+v", d.Day, d.Before, d.Changed)
		}
	}
	if page, err := store.ScheduledRuns(t.Context(), territory, monthly.ID, 20250731, 100); err != nil || len(page) != 1 || page[0].Day != 20250630 {
		t.Errorf("days before 31 July: %+v, %v", page, err)
	}
	if err := store.DropRun(t.Context(), days[2].Run); !errors.Is(err, geo.ErrConflict) {
		t.Errorf("dropping a run of a schedule: %v", err)
	}
}

// What cannot be asked is noted once; what fails otherwise is asked again.
func TestSchedulesThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	territory, _ := gridtest.County(t, db, "mini")
	store := postgis.New(db)
	q := check.Question{}
	q.Scope.Divisions = []string{"nowhere"}
	lost := scheduleOf(t, store, territory, check.Schedule{Code: "lost", Every: check.Weekly, Question: q, Valid: geo.Period{From: 20250602}})
	broken := errors.New("broken")
	if told, err := store.RunDue(t.Context(), 20250602, func(context.Context, geo.TerritoryID, check.Question) (check.Run, []byte, error) {
		return check.Run{}, nil, broken
	}); !errors.Is(err, broken) || len(told) != 0 {
		t.Errorf("told %+v, %v", told, err)
	}
	told, err := store.RunDue(t.Context(), 20250602, asker(store))
	if err != nil || len(told) != 1 || told[0].Run != "" || told[0].Refused == "" {
		t.Fatalf("told %+v, %v", told, err)
	}
	if again, err := store.RunDue(t.Context(), 20250608, asker(store)); err != nil || len(again) != 0 {
		t.Errorf("asked again: %+v, %v", again, err)
	}
	// A day before the plan was in force has nothing to ask of.
	early := scheduleOf(t, store, territory, check.Schedule{Code: "early", Every: check.Weekly, Valid: geo.Period{From: 20240603, To: 20240604}})
	if told, err = store.RunDue(t.Context(), 20240603, asker(store)); err != nil || len(told) != 1 || told[0].Schedule != early.ID || told[0].Refused == "" {
		t.Errorf("a day without a plan: %+v, %v", told, err)
	}
	days, err := store.ScheduledRuns(t.Context(), territory, lost.ID, 0, 10)
	if err != nil || len(days) != 1 || days[0].Refused == "" {
		t.Errorf("days %+v, %v", days, err)
	}
	write(t, store, territory, postgis.Delete(check.ScheduleEntity, int64(lost.ID)))
	if days, err = store.ScheduledRuns(t.Context(), territory, lost.ID, 0, 10); err != nil || len(days) != 0 {
		t.Errorf("days of a schedule that is gone: %+v, %v", days, err)
	}
}

// The roll-up takes each territory's newest run that counts.
func TestRollup(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	territory, _ := gridtest.County(t, db, "mini")
	store := postgis.New(db)
	newest := func(q postgis.RollupQuery) string {
		t.Helper()
		if q.Profile == "" && q.Schedule == "" {
			q.Profile = geo.DefaultProfile
		}
		rows, err := store.Rollup(t.Context(), q)
		if err != nil || len(rows) != 1 || rows[0].Territory.ID != territory || rows[0].Territory.Name.ZH == "" {
			t.Fatalf("%+v, %v", rows, err)
		}
		if rows[0].Run == nil {
			return ""
		}
		return rows[0].Run.ID
	}
	if got := newest(postgis.RollupQuery{AsOf: 20251231}); got != "" {
		t.Errorf("without a run: %q", got)
	}
	old, _ := kept(t, store, territory, check.Question{AsOf: 20250630}, "li")
	late, _ := kept(t, store, territory, check.Question{AsOf: 20250930}, "li")
	before, _ := kept(t, store, territory, check.Question{AsOf: 20250629}, "li") // asked later, but about an earlier day
	part := check.Question{AsOf: 20251001, Tiers: []string{"primary"}}
	kept(t, store, territory, part, "li")
	other, _ := kept(t, store, territory, check.Question{AsOf: 20251002, Rules: map[geo.RuleID]geo.RuleSetting{geo.RuleLoad: {Max: 1}}}, "li")
	for day, want := range map[geo.Date]string{20250628: "", 20250629: before.ID, 20250630: old.ID, 20250929: old.ID, 20250930: late.ID, 20251231: late.ID} {
		if got := newest(postgis.RollupQuery{AsOf: day}); got != want {
			t.Errorf("on %v: %q, want %q", day, got, want)
		}
	}
	if got := newest(postgis.RollupQuery{AsOf: 20251231, Profile: "another"}); got != "" {
		t.Errorf("by another profile: %q", got)
	}
	scheduleOf(t, store, territory, check.Schedule{Code: "strict", Every: check.Weekly, Valid: geo.Period{From: 20251002, To: 20251003}, Question: check.Question{Rules: other.Question.Rules}})
	if _, err := store.RunDue(t.Context(), 20251002, asker(store)); err != nil {
		t.Fatal(err)
	}
	if got := newest(postgis.RollupQuery{AsOf: 20251231, Schedule: "strict"}); got == "" || got == late.ID {
		t.Errorf("of the schedule: %q", got)
	}
	if got := newest(postgis.RollupQuery{AsOf: 20251001, Schedule: "strict"}); got != "" {
		t.Errorf("before the schedule's day: %q", got)
	}
}

// BenchmarkRollup adds nothing up: it reads the newest of 52 runs of each of 300
// territories.
func BenchmarkRollup(b *testing.B) {
	db := gridtest.DB(b)
	territory, _ := gridtest.County(b, db, "mini")
	store := postgis.New(db)
	kept(b, store, territory, check.Question{AsOf: 20250630}, "li")
	if _, err := db.Exec(b.Context(), fmt.Sprintf(`
		insert into territory (territory_id, code, name_zh, name_en)
			select 1000 + n, 'B' || n, 'B', 'B' from generate_series(1, 300) as n;
		insert into plan (territory_id, id, name, state, revision)
			select 1000 + n, 100000 + n, 'p', 'retired', 1 from generate_series(1, 300) as n;
		insert into check_run
			select 1000 + n, md5(n || '-' || w), 100000 + n, 1, r.as_of + w, r.asked_at, r.by_whom, r.profile, r.whole, r.usual, r.question, r.outline, r.report
			from check_run as r, generate_series(1, 300) as n, generate_series(1, 52) as w where r.territory_id = %d;
		analyze check_run`, territory)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		rows, err := store.Rollup(b.Context(), postgis.RollupQuery{AsOf: 20261231, Profile: geo.DefaultProfile})
		if err != nil || len(rows) != 301 {
			b.Fatal(len(rows), err)
		}
		var sum check.Outline
		for _, row := range rows {
			sum.Add(row.Run.Outline)
		}
		if sum.Grids["primary"] != 301*rows[0].Run.Outline.Grids["primary"] {
			b.Fatalf("sum %+v", sum)
		}
	}
}
