package geo

import "testing"

// Whoever holds several roles, in several places and by shares, counts once
// where persons are counted, and as one full post at most where posts are. The
// numbers are worked out by hand.
func TestSharesAndRolesAreNeverCountedTwice(t *testing.T) {
	t.Parallel()
	s := village()
	s.Workers = []Worker{
		{ID: 1, Employment: FullTime}, {ID: 2, Employment: FullTime}, {ID: 3, Employment: PartTime},
		{ID: 4, Employment: FullTime, Active: Period{To: 20250630}}, {ID: 5, Employment: FullTime},
	}
	s.Assignments = []Assignment{
		{Worker: 1, Grid: 11, Role: "community_worker", Permille: 600, Deputy: 5},
		{Worker: 1, Grid: 13, Role: "grid_worker", Permille: 400},
		{Worker: 1, Grid: 14, Role: "grid_worker", Permille: 300}, // 1,300 in all
		{Worker: 2, Grid: 12, Role: "community_worker", Permille: 500},
		{Worker: 2, Grid: 11, Role: "adviser", Permille: 500}, // a role that the list does not have
		{Worker: 3, Grid: 13, Role: "grid_worker", Permille: 150},
		{Worker: 3, Grid: 13, Role: "community_worker", Permille: 50}, // both in one grid
		{Worker: 3, Grid: 16, Role: "grid_worker", Permille: 250},
		{Worker: 3, Grid: 16, Role: "grid_worker", Permille: 999, Valid: Period{To: 20250630}}, // over since today
		{Worker: 4, Grid: 15, Role: "grid_worker", Permille: 1000},                             // left today
	}
	tree, err := NewTree(s.Grids)
	if err != nil {
		t.Fatal(err)
	}
	c := Count(s, tree, nil, 20250630)
	both := []string{"grid_worker", "community_worker"}
	for _, tt := range []struct {
		name string
		who  Staffing
		want map[string]int64
	}{
		{"persons in any role", Staffing{AnyRole: true},
			map[string]int64{"county": 3, "east": 3, "west": 2, "east-1": 2, "east-2": 1, "east-3": 0, "west-1": 1}},
		{"full posts in any role", Staffing{AnyRole: true, FullPosts: true}, // county: 1,000 + 1,000 + 450
			map[string]int64{"county": 2450, "east": 1700, "west": 750, "east-1": 600, "east-2": 300, "east-3": 0, "west-1": 250}},
		{"persons in two roles", Staffing{Roles: both},
			map[string]int64{"county": 3, "east": 2, "west": 2, "east-1": 2, "west-1": 1}},
		{"full posts in two roles", Staffing{Roles: both, FullPosts: true}, // county: 1,000 + 500 + 450
			map[string]int64{"county": 1950, "east": 1200, "west": 750, "east-1": 600, "west-1": 250}},
		{"persons who count in a ratio", Staffing{}, map[string]int64{"county": 3, "east": 2, "west": 1, "east-1": 1, "west-1": 0}},
		{"full posts that count in a ratio", Staffing{FullPosts: true}, // county: 600 + 500 + 50
			map[string]int64{"county": 1150, "east": 650, "west": 500, "east-1": 50}},
		{"persons in one role", Staffing{Roles: both[:1]}, map[string]int64{"county": 2, "east": 2, "west": 1, "east-1": 2, "east-2": 1}},
		{"persons in a role nobody lists", Staffing{Roles: []string{"adviser"}}, map[string]int64{"county": 1, "east": 1, "west": 0}},
		{"part-timers", Staffing{AnyRole: true, Employment: PartTime}, map[string]int64{"county": 1, "east": 1, "west": 1, "east-2": 0}},
		{"posts of part-timers", Staffing{AnyRole: true, Employment: PartTime, FullPosts: true}, map[string]int64{"county": 450, "east": 200, "west": 250}},
	} {
		count := c.StaffBy(tt.who)
		for code, want := range tt.want {
			i, _ := tree.ByCode(code)
			if got := count(i); got != want {
				t.Errorf("%s in %s: %d, want %d", tt.name, code, got, want)
			}
		}
	}
}
