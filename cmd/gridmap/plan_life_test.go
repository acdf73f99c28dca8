package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
)

// draft makes a draft of the plan in force.
func (p *planner) draft(name string, flags ...string) string {
	p.t.Helper()
	var made geo.Plan
	args := append([]string{"plan", "new", "--territory", p.snapshot.Territory.Code, "--by", "li"}, flags...)
	p.does(&made, append(args, name)...)
	return fmt.Sprint(made.ID)
}

// rename changes one grid of a draft.
func (p *planner) rename(plan string, grid geo.Grid, to string) {
	p.t.Helper()
	p.does(nil, "edit", "--plan", plan, "--by", "li", p.file(fmt.Sprintf(`{"op":"set","grid":%d,"name":{"zh":%q}}`, grid.ID, to)))
}

// publish takes a draft all the way.
func (p *planner) publish(plan string) {
	p.t.Helper()
	for _, to := range []string{"reviewed", "filed", "in_force"} {
		p.does(nil, "plan", "state", "--plan", plan, "--by", "wang", to)
	}
}

func TestPlanRebase(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	a, b := p.siblings()
	clean, clashing, ahead := p.draft("one", "--key", "one"), p.draft("two"), p.draft("three")
	if again := p.draft("one", "--key", "one"); again != clean {
		t.Errorf("a repeat made plan %s, first %s", again, clean)
	}
	p.rename(clean, a, "东街")
	p.rename(clashing, b, "南街")
	p.rename(ahead, b, "西街")
	p.publish(ahead)
	var done postgis.Rebased
	if p.does(&done, "plan", "rebase", "--plan", clean, "--dry-run"); done.Begins != 0 || len(done.Edits) != 1 {
		t.Errorf("dry run: %+v", done)
	}
	if p.does(&done, "plan", "rebase", "--plan", clean, "--by", "li"); done.Begins == 0 || fmt.Sprint(done.Onto) != ahead {
		t.Errorf("rebased: %+v", done)
	}
	errs := p.refused(exitError, "plan", "rebase", "--plan", clashing)
	for _, word := range []string{b.Code, "name", "set by li", "publish by wang"} {
		if !strings.Contains(errs, word) {
			t.Errorf("the clash does not tell %q: %s", word, errs)
		}
	}
	if list := p.does(nil, "plan", "edits", "--plan", clean); !strings.Contains(list, "rebase") {
		t.Errorf("edits:\n%s", list)
	}
	var full []struct {
		Op      string
		Changes []struct{ Before, After struct{ Name geo.Name } }
	}
	p.does(&full, "plan", "edits", "--plan", clean, "--detail", "changes")
	if len(full) != 2 || full[0].Changes[0].After.Name.ZH != "东街" || full[0].Changes[0].Before.Name != a.Name {
		t.Errorf("edits in full: %+v", full)
	}
	p.refused(exitUsage, "plan", "edits", "--plan", clean, "--detail", "all")
}

func TestPlanBackAndOut(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	a, _ := p.siblings()
	id := p.draft("draft")
	p.rename(id, a, "东街")
	p.does(nil, "plan", "state", "--plan", id, "reviewed")
	if errs := p.refused(exitUsage, "plan", "state", "--plan", id, "draft"); !strings.Contains(errs, "--reason") {
		t.Errorf("sent back without a reason: %s", errs)
	}
	p.refused(exitUsage, "plan", "state", "--plan", id, "--reason", "x", "filed")
	var done struct{ Plan geo.Plan }
	if p.does(&done, "plan", "state", "--plan", id, "--reason", "边界不符", "draft"); done.Plan.State != geo.Draft {
		t.Errorf("sent back: %+v", done)
	}
	p.does(nil, "plan", "state", "--plan", id, "reviewed")
	p.does(nil, "plan", "state", "--plan", id, "filed")
	day := geo.DateOf(time.Now().AddDate(0, 1, 0)).String()
	if p.does(&done, "plan", "state", "--plan", id, "--effective", day, "in_force"); done.Plan.State != geo.Filed || done.Plan.Effective.String() != day {
		t.Errorf("scheduled: %+v", done)
	}
	if list := p.does(nil, "plan", "list", "--territory", p.snapshot.Territory.Code); !strings.Contains(list, day) {
		t.Errorf("plans:\n%s", list)
	}
	done.Plan = geo.Plan{}
	if p.does(&done, "plan", "state", "--plan", id, "--reason", "不再需要", "discarded"); done.Plan.State != geo.Discarded || done.Plan.Effective != 0 {
		t.Errorf("discarded: %+v", done)
	}
}

// Of several services on one database one brings a plan into force on its day,
// and all go on.
func TestServicesKeepDays(t *testing.T) {
	t.Parallel()
	pool := gridtest.DB(t)
	gridtest.County(t, pool, "mini")
	store := postgis.New(pool)
	territories, err := store.Territories(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	draft, err := store.CreateDraft(t.Context(), territories[0].ID, 0, "draft", "li")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().AddDate(0, 0, 3)
	for _, ask := range []postgis.StateRequest{{To: geo.Reviewed}, {To: geo.Filed}, {To: geo.InForce, Effective: geo.DateOf(now)}} {
		ask.Plan, ask.By = draft.ID, "wang"
		if _, err := store.SetState(t.Context(), ask); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var services sync.WaitGroup
	var logs [3]bytes.Buffer
	for i := range logs {
		services.Go(func() {
			keepDays(ctx, postgis.New(pool), nil, slog.New(slog.NewJSONHandler(&logs[i], nil)), func() time.Time { return now })
		})
	}
	waitFor(t, "the plan to be in force on its day", func() bool {
		p, err := store.Plan(t.Context(), draft.ID)
		return err == nil && p.State == geo.InForce
	})
	stop()
	services.Wait()
	told := 0
	for i := range logs {
		for line := range strings.Lines(logs[i].String()) {
			var said struct{ Level, Msg string }
			if err := json.Unmarshal([]byte(line), &said); err != nil || said.Level != "INFO" {
				t.Errorf("logged %s", line)
			}
			told++
		}
	}
	if told > 1 {
		t.Errorf("%d services brought it into force", told)
	}
}
