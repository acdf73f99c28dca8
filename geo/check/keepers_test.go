package check

import (
	"reflect"
	"slices"
	"testing"

	"gridmap/geo"
)

// chained is drawn with a rural village in the east, an urban one in the west,
// grids that leave their setting to their village, and a keeper for every unit
// of the usual chain.
func chained() *geo.Snapshot {
	s := drawn()
	grid(s, "east").Setting, grid(s, "west").Setting = geo.Rural, geo.Urban
	for unit, position := range map[geo.GridID]geo.Position{
		11: geo.TownshipLeader, 12: geo.TownshipLeader, 13: geo.VillageCadre, 14: geo.VillageCadre, 15: geo.VillageCadre,
		16: geo.CommunityCadre,
	} {
		s.Responsibilities = append(s.Responsibilities, geo.Responsibility{Unit: unit, Position: position, Keeper: "somebody"})
	}
	slices.SortFunc(s.Responsibilities, func(a, b geo.Responsibility) int { return int(a.Unit - b.Unit) })
	return s
}

// keeperless lists what RES-1 finds as "subject position", and why it was not
// asked.
func keeperless(t *testing.T, s *geo.Snapshot, body string) (found []string, because string) {
	t.Helper()
	r := ask(t, s, body)
	found = []string{}
	for _, f := range r.Findings {
		if f.Rule == geo.RuleKeeper {
			found = append(found, f.Subject.Code+" "+string(f.Evidence.Position))
		}
	}
	for _, n := range r.NotChecked {
		if n.Rule == geo.RuleKeeper {
			because = n.Because
		}
	}
	return found, because
}

// Every unit of the chain needs somebody who keeps it on the day, in the
// position that its setting asks for.
func TestEveryUnitOfTheChainHasAKeeper(t *testing.T) {
	t.Parallel()
	const own = `{"rules":{"RES-1":{"chain":[{"tier":"county","position":"secretary"},{"tier":"county","position":"mayor"}]}}}`
	of := func(s *geo.Snapshot, unit geo.GridID) *geo.Responsibility {
		return &s.Responsibilities[slices.IndexFunc(s.Responsibilities, func(r geo.Responsibility) bool { return r.Unit == unit })]
	}
	for _, tt := range []struct {
		name, ask string
		change    func(*geo.Snapshot)
		want      []string
		because   string
	}{
		{"all are kept", `{}`, func(*geo.Snapshot) {}, []string{}, ""},
		{"nobody keeps a grid", `{}`, func(s *geo.Snapshot) { of(s, 14).Unit = 13 }, []string{"east-2 village_cadre"}, ""},
		{"kept in another position", `{}`, func(s *geo.Snapshot) { of(s, 11).Position = geo.CountyLeader }, []string{"east township_leader"}, ""},
		{"a village become urban asks for others", `{}`, func(s *geo.Snapshot) { grid(s, "east").Setting = geo.Urban },
			[]string{"east-1 community_cadre", "east-2 community_cadre", "east-3 community_cadre"}, ""},
		{"a grid of its own setting", `{}`, func(s *geo.Snapshot) { grid(s, "east-3").Setting = geo.Urban }, []string{"east-3 community_cadre"}, ""},
		{"over the day before", `{}`, func(s *geo.Snapshot) { of(s, 13).Valid.To = 20250630 }, []string{"east-1 village_cadre"}, ""},
		{"until tomorrow", `{}`, func(s *geo.Snapshot) { of(s, 13).Valid.To = 20250701 }, []string{}, ""},
		{"the worker left", `{}`, func(s *geo.Snapshot) {
			s.Workers = []geo.Worker{{ID: 5, Active: geo.Period{To: 20250101}}}
			of(s, 16).Worker = 5
		}, []string{"west-1 community_cadre"}, ""},
		{"the worker is active", `{}`, func(s *geo.Snapshot) { s.Workers = []geo.Worker{{ID: 5}}; of(s, 16).Worker = 5 }, []string{}, ""},
		{"a worker nobody knows", `{}`, func(s *geo.Snapshot) { of(s, 16).Worker = 6 }, []string{"west-1 community_cadre"}, ""},
		{"ground nobody took, and what lies over", `{}`, func(s *geo.Snapshot) {
			s.Grids = append(s.Grids, geo.Grid{ID: 21, Parent: 12, Tier: 2, Code: "market", Kind: geo.Dedicated},
				geo.Grid{ID: 22, Parent: 12, Tier: 2, Code: "rest", Kind: geo.General, Rest: true})
		}, []string{}, ""},
		{"of one village", `{"scope":{"divisions":["west"]}}`, func(s *geo.Snapshot) { of(s, 13).Unit, of(s, 16).Unit = 14, 12 },
			[]string{"west-1 community_cadre"}, ""},
		{"two positions of one unit", own, func(*geo.Snapshot) {}, []string{"county secretary", "county mayor"}, ""},
		{"of rural units only", `{"rules":{"RES-1":{"settings":["rural"]}}}`, func(s *geo.Snapshot) { of(s, 11).Unit, of(s, 12).Unit = 13, 13 },
			[]string{"east township_leader"}, ""},
		{"no responsibilities", `{}`, func(s *geo.Snapshot) { s.Responsibilities = nil }, []string{}, "no responsibilities"},
		{"no unit in the chain", `{"rules":{"RES-1":{"chain":[{"tier":"group","position":"x"}]}}}`, func(*geo.Snapshot) {}, []string{},
			"the chain names no unit that is asked about"},
		{"no setting known", `{}`, func(s *geo.Snapshot) { grid(s, "west").Setting, of(s, 12).Unit = "", 11 }, []string{"west township_leader"},
			"units are neither urban nor rural, so that no chain is theirs"},
	} {
		s := chained()
		tt.change(s)
		if got, because := keeperless(t, s, tt.ask); !reflect.DeepEqual(got, tt.want) || because != tt.because {
			t.Errorf("%s: found %q, not checked %q; want %q, %q", tt.name, got, because, tt.want, tt.because)
		}
	}
}

// The finding is a warning in both languages that says what to do, and keeps
// its id when the other position of its unit is filled.
func TestKeeperFindingKeepsItsID(t *testing.T) {
	t.Parallel()
	const body = `{"rules":{"RES-1":{"chain":[{"tier":"county","position":"secretary"},{"tier":"county","position":"county_leader"}]}}}`
	last := func(s *geo.Snapshot) Finding {
		list := slices.DeleteFunc(ask(t, s, body).Findings, func(f Finding) bool { return f.Rule != geo.RuleKeeper })
		return list[len(list)-1]
	}
	s := chained()
	both := last(s)
	s.Responsibilities = append(s.Responsibilities, geo.Responsibility{Unit: 10, Position: "secretary", Keeper: "somebody"})
	if one := last(s); one.ID != both.ID || one.Severity != geo.Warning || !reflect.DeepEqual(one, both) {
		t.Errorf("was %+v, is %+v", both, one)
	}
	if want := (Message{"没有包联责任人（县级领导）", "Nobody is responsible as county leader"}); both.Message != want {
		t.Errorf("says %v, want %v", both.Message, want)
	}
	if want := []Fix{{Do: "assign_keeper", Grid: "county", Position: geo.CountyLeader}}; !reflect.DeepEqual(both.Fixes, want) {
		t.Errorf("mends by %+v, want %+v", both.Fixes, want)
	}
}

// Every position of the chain built in has a name in both languages, and every
// tier of it is one of the field's.
func TestUsualChainCanBeSaid(t *testing.T) {
	t.Parallel()
	for _, l := range usualChain() {
		if m := positionNames[l.Position]; m.ZH == "" || m.EN == "" {
			t.Errorf("%s: %+v", l.Position, m)
		}
		if !geo.KnownTier(nil, l.Tier) {
			t.Errorf("%s is no tier", l.Tier)
		}
	}
}

// The chain that is built in ends in the groups: of a rural one the village, its
// head and the head of one of its households answer, of an urban one the
// community and the head of a building.
func TestTheChainEndsWithHeadsOfHouseholds(t *testing.T) {
	t.Parallel()
	s := chained()
	s.Tiers[2].Code = "group"
	for i, position := range []geo.Position{geo.GroupHead, geo.HouseholdHead} {
		s.Responsibilities = append(s.Responsibilities, geo.Responsibility{Unit: geo.GridID(13 + i), Position: position, Keeper: "somebody"})
	}
	want := []string{"east-1 household_head", "east-2 group_head", "east-3 group_head", "east-3 household_head", "west-1 building_head"}
	if found, because := keeperless(t, s, `{}`); !slices.Equal(found, want) || because != "" {
		t.Errorf("without a keeper are %q, because %q; want %q", found, because, want)
	}
}
