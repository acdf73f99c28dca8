package exchange

import (
	"fmt"
	"strings"
	"testing"

	"gridmap/geo"
)

// joined reads ledgers of keepers, nets and members into a county of two grids
// and one worker, and lists what was taken and what not.
func joined(keepers, nets, members string) (*geo.Snapshot, []string) {
	a := NewAssembly(Manifest{Territory: ManifestTerritory{Code: "99"}, Tiers: []geo.Tier{{Code: "county"}, {Rank: 1, Code: "primary"}}})
	a.append(geo.Grid{Code: "99", Kind: geo.General})
	a.append(geo.Grid{Code: "99001", Kind: geo.General, Tier: 1, Parent: 1})
	a.append(geo.Grid{Code: "99002", Kind: geo.General, Tier: 1, Parent: 1})
	a.workers["7"] = 1
	a.Responsibilities("keepers", Responsibilities(strings.NewReader("单位编码,包联职务,责任人,工号,工作单位,起始日期\n"+keepers), Options{File: "keepers"}))
	a.Nets("nets", Nets(strings.NewReader("编码,名称,用途,开始日期,结束日期\n"+nets), Options{File: "nets"}))
	a.NetMembers("members", NetMembers(strings.NewReader("网编码,网格编码,指标,已完成,任务数,第二上级,片区,更新日期\n"+members), Options{File: "members"}))
	var problems []string
	list, _ := a.Problems()
	for _, err := range list {
		problems = append(problems, err.Error())
	}
	return a.Snapshot(), problems
}

// Ledgers with the field's own headings and words are taken as they are meant.
func TestKeepersAndNetsOfLedgers(t *testing.T) {
	t.Parallel()
	s, problems := joined(
		"99,县级领导,甲一,,县委办,2025-01-01\n99001,书记（兼）,,7,,\n",
		"T01,拆迁,任务,2025年7月1日,2025-07-26\nP,,党建,,\n",
		"T01,99001,户,\"1,200\",3000,99002,东片区,2025-07-12\nP,99002,,,,,,\n")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for what, tt := range map[string]struct{ got, want any }{
		"keepers": {s.Responsibilities, []geo.Responsibility{
			{ID: 1, Unit: 1, Position: geo.CountyLeader, Keeper: "甲一", Org: "县委办", Valid: geo.Period{From: 20250101}},
			{ID: 2, Unit: 2, Position: "书记（兼）", Worker: 1}}},
		"nets": {s.Nets, []geo.Net{
			{ID: 1, Code: "T01", Name: geo.Name{ZH: "拆迁"}, Purpose: geo.TaskNet, Valid: geo.Period{From: 20250701, To: 20250726}},
			{ID: 2, Code: "P", Purpose: geo.PartyNet}}},
		"members": {s.NetMembers, []geo.NetMember{
			{ID: 1, Net: "T01", Grid: 2, Measure: "户", Done: 1200, Total: 3000, Under: 3, Group: "东片区", UpdatedOn: 20250712},
			{ID: 2, Net: "P", Grid: 3}}},
	} {
		if fmt.Sprintf("%+v", tt.got) != fmt.Sprintf("%+v", tt.want) {
			t.Errorf("%s: got %+v, want %+v", what, tt.got, tt.want)
		}
	}
}

// What cannot be is told with file, line, record, field and reason, and kept
// out.
func TestKeepersAndNetsTellWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	const net = "T,,任务,,\n"
	for _, tt := range []struct{ keepers, nets, members, want string }{
		{"98,x,甲,,,\n", "", "", `keepers: line 2 (98): unit: no grid has the code "98"`},
		{"99,x,,,,\n", "", "", "keepers: line 2 (99): keeper: is empty, and no worker is named"},
		{"99,,甲,,,\n", "", "", "keepers: line 2 (99): position: is empty"},
		{"99,x,,8,,\n", "", "", `keepers: line 2 (99): worker: no worker has the number "8"`},
		{"99,x,甲,,,\n99,x,甲,,另,\n", "", "", "keepers: line 3 (99): keeper: keeps the unit as x twice"},
		{"99,x,11010519491231002X,,,\n", "", "", "looks like an identity number"},
		{"", "T,,战争,,\n", "", `nets: line 2 (T): purpose: "战争" is unknown; use base, city, party, police, sector, task`},
		{"", "T,,,,\n", "", "nets: line 2 (T): purpose: is empty"},
		{"", net + net, "", "nets: line 3 (T): code: stands twice"},
		{"", "T,,任务,2025-07-02,2025-07-01\n", "", "does not come after"},
		{"", net, "U,99001,,,,,,\n", `members: line 2 (U 99001): net: no net has the code "U"`},
		{"", net, "T,98,,,,,,\n", `grid: no grid has the code "98"`},
		{"", net, "T,99001,,,,98,,\n", `under: no grid has the code "98"`},
		{"", net, "T,99001,户,4,3,,,\n", "done: 4 is not between 0 and 3"},
		{"", net, "T,99001,户,4,-3,,,\n", "total: -3 is negative"},
		{"", net, "T,99001,户,1,3,,,\nT,99001,户,2,3,,,\n", "members: line 3 (T 99001): grid: is in the net twice with this measure"},
	} {
		s, problems := joined(tt.keepers, tt.nets, tt.members)
		if len(problems) != 1 || !strings.Contains(problems[0], tt.want) {
			t.Errorf("%q: %q, want %q", tt.keepers+tt.nets+tt.members, problems, tt.want)
		}
		lines := strings.Count(tt.keepers, "\n") + strings.Count(tt.nets, "\n") + strings.Count(tt.members, "\n")
		if taken := len(s.Responsibilities) + len(s.Nets) + len(s.NetMembers); taken != lines-1 {
			t.Errorf("%q: %d of %d lines taken", tt.keepers+tt.nets+tt.members, taken, lines)
		}
	}
}
