package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/progress"
)

// A task's progress is summed over the plan's tree as soon as it is told, and
// is read as JSON and as a table.
func TestProgressOfANet(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	of := fmt.Sprintf("?territory=%d", s.territory)
	var net geo.Net
	s.call(t, "POST", "/v1/nets"+of, `{"code":"T01","name":{"zh":"拆迁"},"purpose":"task","valid":{"from":"2025-07-01","to":"2025-07-26"}}`).
		wants(http.StatusCreated).into(&net)
	var villages, grids gridPage
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids?tier=village", s.plan)).wants(200).into(&villages)
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids?tier=primary&parent=%d", s.plan, villages.Grids[0].ID)).wants(200).into(&grids)
	first, second := grids.Grids[0], grids.Grids[1]
	done := s.call(t, "POST", "/v1/net-members/bulk"+of, fmt.Sprintf(`[
		{"net":"T01","grid_code":%q,"measure":"households","done":100,"total":123,"group":"东片区","updated_on":"2025-07-12"},
		{"net":"T01","grid":%d,"measure":"households","done":36,"total":63,"under_code":%q}]`, first.Code, second.ID, villages.Grids[1].Code)).wants(200)
	one := fmt.Sprintf("/v1/nets/%d/progress", net.ID)
	at := "?as_of=2025-07-14&min_revision=" + done.header.Get("Gridmap-Revision")
	var got progressJSON
	answer := s.get(t, one+at).wants(200)
	answer.into(&got)
	says := func(name string, u progress.Sum) string {
		text := fmt.Sprint(name, " ", u.Members)
		for _, c := range u.Progress {
			text += fmt.Sprintf(" %d/%d %s %v", c.Done, c.Total, c.Measure, *c.DonePct)
		}
		return text
	}
	var lines []string
	for _, u := range got.Units {
		lines = append(lines, says(u.Code, u.Sum))
	}
	lines = append(lines, says(got.Parents[0].Code, got.Parents[0].Sum), says(got.Groups[0].Name, got.Groups[0].Sum), says("total", got.Total))
	want := []string{"990199000000 2 136/186 households 73.11", "990199100000 2 136/186 households 73.11", villages.Grids[0].Code + " 2 136/186 households 73.11",
		first.Code + " 1 100/123 households 81.3", second.Code + " 1 36/63 households 57.14",
		villages.Grids[1].Code + " 1 36/63 households 57.14", "东片区 1 100/123 households 81.3", "total 2 136/186 households 73.11"}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") || got.Days != 25 || got.DaysPassed != 13 || got.Plan != s.plan {
		t.Errorf("%d of %d days, plan %d\n%s\nwant\n%s", got.DaysPassed, got.Days, got.Plan, strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	s.get(t, one+at, "If-None-Match", answer.header.Get("ETag")).wants(http.StatusNotModified)
	table := string(s.get(t, one+at+"&tier=primary&format=csv").wants(200).body)
	if rows := strings.Count(table, "\n"); rows != 6 || !strings.Contains(table, "unit,"+first.Code) || !strings.Contains(table, ",1,households,100,123,81.3,2025-07-12\n") {
		t.Errorf("table of %d lines:\n%s", rows, table)
	}
	s.get(t, one+"?tier=moon").refused(400, "invalid-request", "tier")
	s.get(t, "/v1/nets/987654/progress").refused(404, "not-found", "")
	s.get(t, "/v1/nets/987654/progress"+of).refused(404, "not-found", "")
	s.call(t, "DELETE", fmt.Sprintf("/v1/nets/%d", net.ID), "").refused(409, "conflict", "")
	s.call(t, "PATCH", fmt.Sprintf("/v1/nets/%d", net.ID), `{"code":"T03"}`).refused(409, "conflict", "")
	for query, want := range map[string]int{"&number=T01": 2, "&number=T03": 0, fmt.Sprintf("&number=T01&grid=%d", second.ID): 1} {
		var page struct {
			Members []geo.NetMember `json:"net-members"`
		}
		if s.get(t, "/v1/net-members"+of+query).wants(200).into(&page); len(page.Members) != want {
			t.Errorf("%s lists %d members, want %d", query, len(page.Members), want)
		}
	}
	s.call(t, "POST", "/v1/net-members"+of, fmt.Sprintf(`{"net":"T02","grid":%d}`, first.ID)).refused(422, "invalid-record", "net")
}
