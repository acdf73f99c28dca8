package postgis_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
)

// A schedule throws away what its retention does not keep, but never what a kept
// run is compared with, nor what somebody asked for himself.
func TestSchedulesKeepWhatTheySay(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	territory, _ := gridtest.County(t, db, "mini")
	store := postgis.New(db)
	all := scheduleOf(t, store, territory, check.Schedule{Code: "all", Every: check.Weekly, Valid: geo.Period{From: 20250602}})
	two := scheduleOf(t, store, territory, check.Schedule{Code: "two", Every: check.Weekly, Valid: geo.Period{From: 20250602}, Keep: check.Retention{Runs: 2},
		Question: check.Question{Tiers: []string{"primary"}}})
	since := scheduleOf(t, store, territory, check.Schedule{Code: "since", Every: check.Weekly, Valid: geo.Period{From: 20250602}, Keep: check.Retention{Since: 20250623},
		Question: check.Question{Tiers: []string{"micro"}}})
	own, _ := kept(t, store, territory, check.Question{AsOf: 20250609}, "li") // also the second day of all
	for range 4 {
		if _, err := store.RunDue(t.Context(), 20250701, asker(store)); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		schedule *check.Schedule
		want     string // a letter a day, the last first: k kept, t thrown away
	}{{all, "kkkkk"}, {two, "kkktt"}, {since, "kkktt"}} {
		days, err := store.ScheduledRuns(t.Context(), territory, tt.schedule.ID, 0, 100)
		if err != nil || len(days) != len(tt.want) {
			t.Fatalf("%s: %+v, %v", tt.schedule.Code, days, err)
		}
		for i, d := range days {
			if thrown := tt.want[i] == 't'; d.Thrown != thrown || (d.Run == "") != thrown {
				t.Errorf("%s on %v: %+v", tt.schedule.Code, d.Day, d)
			}
			if d.Run != "" {
				if _, _, err := store.Run(t.Context(), d.Run); err != nil {
					t.Errorf("%s on %v: %v", tt.schedule.Code, d.Day, err)
				}
			}
			if i < 2 && d.Before != days[i+1].Run {
				t.Errorf("%s on %v is compared with %q", tt.schedule.Code, d.Day, d.Before)
			}
			if i < len(days)-1 && d.Changed == nil {
				t.Errorf("%s on %v forgot what it changed", tt.schedule.Code, d.Day)
			}
		}
	}
	if n := count(t, db, `select count(*) from check_run`); n != 5+3+3 {
		t.Errorf("%d runs are kept", n)
	}
	if again, err := store.RunDue(t.Context(), 20250701, asker(store)); err != nil || len(again) != 0 {
		t.Errorf("a thrown day was asked again: %+v, %v", again, err)
	}
	// What the schedule asked first is his who asks for it too, whoever that is
	// next.
	third, err := store.ScheduledRuns(t.Context(), territory, all.ID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	claimed, _ := kept(t, store, territory, check.Question{AsOf: third[2].Day}, "wang")
	again, _ := kept(t, store, territory, check.Question{AsOf: third[2].Day}, "li")
	if read, _, err := store.Run(t.Context(), third[2].Run); err != nil || claimed.ID != third[2].Run || claimed.By != "wang" || again.By != "wang" || read.By != "wang" {
		t.Errorf("%+v was kept as %+v, then %+v; read %+v, %v", third[2], claimed, again, read, err)
	}
	// Keeping the newest alone spares the runs that they asked for.
	last := *all
	last.Keep = check.Retention{Runs: 1}
	write(t, store, territory, postgis.Upsert(&last))
	if _, err := store.RunDue(t.Context(), 20250708, asker(store)); err != nil {
		t.Fatal(err)
	}
	days, err := store.ScheduledRuns(t.Context(), territory, all.ID, 0, 100)
	if err != nil || len(days) != 6 || days[0].Thrown || days[1].Thrown || !days[2].Thrown || days[3].Run != claimed.ID || days[4].Run != own.ID || !days[5].Thrown {
		t.Errorf("%+v, %v", days, err)
	}
	if _, _, err := store.Run(t.Context(), own.ID); err != nil {
		t.Errorf("a run that li asked for: %v", err)
	}
	bad := check.Schedule{Code: "bad", Every: check.Weekly, Valid: geo.Period{From: 20250602}, Keep: check.Retention{Runs: -1}}
	if err := bad.Validate(); !errors.Is(err, geo.ErrInvalid) {
		t.Errorf("-1 runs: %v", err)
	}
}

// Of several who ask at once for a run of a schedule it is one's, and all are
// told whose.
func TestARunIsClaimedOnce(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	territory, _ := gridtest.County(t, db, "mini")
	store := postgis.New(db)
	all := scheduleOf(t, store, territory, check.Schedule{Code: "all", Every: check.Weekly, Valid: geo.Period{From: 20250602}})
	for range 4 {
		if _, err := store.RunDue(t.Context(), 20250701, asker(store)); err != nil {
			t.Fatal(err)
		}
	}
	days, err := store.ScheduledRuns(t.Context(), territory, all.ID, 0, 100)
	if err != nil || len(days) < 4 {
		t.Fatalf("%+v, %v", days, err)
	}
	for _, day := range days {
		run, text, err := asker(store)(t.Context(), territory, check.Question{AsOf: day.Day})
		if err != nil {
			t.Fatal(err)
		}
		var told [6]string
		var asking sync.WaitGroup
		for i := range told {
			asking.Go(func() {
				own := run
				own.By = fmt.Sprint("person ", i)
				one, err := store.KeepRun(t.Context(), own, text)
				if err != nil {
					t.Error(err)
				}
				told[i] = one.By
			})
		}
		asking.Wait()
		read, _, err := store.Run(t.Context(), day.Run)
		if err != nil || !strings.HasPrefix(read.By, "person ") {
			t.Fatalf("the run of %v is %+v, %v", day.Day, read, err)
		}
		for _, by := range told {
			if by != read.By {
				t.Errorf("the run of %v is of %s, told was %v", day.Day, read.By, told)
				break
			}
		}
	}
}
