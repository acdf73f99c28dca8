package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
)

// Four services that start after a weekend without any ask every missed day of
// a schedule once between them.
func TestServicesAskSchedules(t *testing.T) {
	t.Parallel()
	pool := gridtest.DB(t)
	territory, _ := gridtest.County(t, pool, "mini")
	store := postgis.New(pool)
	made, err := store.Write(t.Context(), postgis.Write{Territory: territory, By: "li", Op: "create", Actions: []postgis.Action{
		postgis.Create(&check.Schedule{Code: "week", Every: check.Weekly, Valid: geo.Period{From: 20250630}})}})
	if err != nil {
		t.Fatal(err)
	}
	schedule := made.Changes[0].After.(*check.Schedule).ID
	now := time.Date(2025, 7, 20, 16, 0, 0, 0, time.UTC) // Monday has begun in China
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var services sync.WaitGroup
	var logs [4]bytes.Buffer
	for i := range logs {
		services.Go(func() {
			for ctx.Err() == nil { // each look is a minute's in service
				askSchedules(ctx, postgis.New(pool), nil, slog.New(slog.NewJSONHandler(&logs[i], nil)), geo.DateOf(now))
			}
		})
	}
	var days []check.ScheduledRun
	waitFor(t, "four Mondays", func() bool {
		days, err = store.ScheduledRuns(t.Context(), territory, schedule, 0, 100)
		return err != nil || len(days) == 4
	})
	stop()
	services.Wait()
	if err != nil || days[0].Day != 20250721 || days[3].Day != 20250630 {
		t.Errorf("days %+v, %v", days, err)
	}
	told := 0
	for i := range logs {
		for line := range strings.Lines(logs[i].String()) {
			var said struct{ Level, Msg string }
			if err := json.Unmarshal([]byte(line), &said); err != nil || said.Msg != "a scheduled check is kept" {
				t.Errorf("logged %s", line)
			}
			told++
		}
	}
	if told > 4 {
		t.Errorf("%d runs are told of four days", told)
	}
}

// Schedules go out with a folder and come back byte for byte; a folder without
// them leaves those there are.
func TestSchedulesTravelWithTheFolder(t *testing.T) {
	t.Parallel()
	pool := gridtest.DB(t)
	dir := county(t, "mini", "5")
	run := on(t, pool).both
	file := filepath.Join(t.TempDir(), "asked.json")
	write := writing(t, file)
	for text, want := range map[string]string{
		`[{"code":"m","every":"monthly","valid":{"from":"2025-01-01"},"question":{"tiers":["hamlet"]}}]`:                                           "question.tiers[0]",
		`[{"code":"m","every":"daily","valid":{"from":"2025-01-01"}}]`:                                                                             "every",
		`[{"code":"m","every":"monthly","valid":{"from":"2025-01-01"},"keep":{"runs":-2}}]`:                                                        "keep.runs",
		`[{"code":"m","every":"monthly","valid":{"from":"2025-01-01"}},{"code":"m","every":"weekly","valid":{"from":"2025-01-01"},"question":{}}]`: "stands twice",
		`[{"code":"m","often":"daily"}]`: "often",
	} {
		write(text)
		if said := run(exitError, "import", dir, "--schedules", file); !strings.Contains(said, file) || !strings.Contains(said, want) {
			t.Errorf("%s: %s", text, said)
		}
	}
	write(`[{"code":"month","name":{"zh":"月检"},"every":"monthly","valid":{"from":"2025-01-01"},"keep":{"runs":12},"question":{"tiers":["primary"]}},
		{"code":"week","name":{"zh":""},"every":"weekly","valid":{"from":"2025-01-06","to":"2026-01-01"},"question":{"profile":""}}]`)
	run(exitOK, "import", dir, "--schedules", file)
	first, second := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	run(exitOK, "export", "--territory", "990199000000", "-o", first)
	if said := run(exitOK, "import", first); !strings.Contains(said, "nothing changed") {
		t.Errorf("the same again: %s", said)
	}
	if said := run(exitOK, "import", dir); !strings.Contains(said, "nothing changed") {
		t.Errorf("without a file: %s", said)
	}
	run(exitOK, "export", "--territory", "990199000000", "-o", second)
	a, b := read(t, filepath.Join(first, "schedules.json")), read(t, filepath.Join(second, "schedules.json"))
	if a != b || strings.Count(a, `"code"`) != 2 || !strings.Contains(a, `"runs": 12`) {
		t.Errorf("exported\n%s\nand\n%s", a, b)
	}
}
