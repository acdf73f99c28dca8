package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
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
