package progress

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridmap/geo"
)

// villages is a county of two villages: three grids in the east, two in the
// west.
func villages() *geo.Snapshot {
	return &geo.Snapshot{
		Tiers: []geo.Tier{{Rank: 0, Code: "county"}, {Rank: 1, Code: "village"}, {Rank: 2, Code: "primary"}},
		Grids: []geo.Grid{
			{ID: 10, Code: "county"}, {ID: 11, Parent: 10, Tier: 1, Code: "east"}, {ID: 12, Parent: 10, Tier: 1, Code: "west"},
			{ID: 13, Parent: 11, Tier: 2, Code: "east-1"}, {ID: 14, Parent: 11, Tier: 2, Code: "east-2"}, {ID: 15, Parent: 11, Tier: 2, Code: "east-3"},
			{ID: 16, Parent: 12, Tier: 2, Code: "west-1"}, {ID: 17, Parent: 12, Tier: 2, Code: "west-2"},
		},
	}
}

func report(t *testing.T, s *geo.Snapshot, net geo.Net, day geo.Date) Report {
	t.Helper()
	tree, err := geo.NewTree(s.Grids)
	if err != nil {
		t.Fatal(err)
	}
	return Of(s, tree, &net, day)
}

// said writes sums as "code members done/total measure pct%".
func said(name string, s Sum) string {
	text := fmt.Sprintf("%s %d", name, s.Members)
	for _, c := range s.Progress {
		text += fmt.Sprintf(" %d/%d %s", c.Done, c.Total, c.Measure)
		if c.DonePct != nil {
			text += fmt.Sprintf(" %v%%", *c.DonePct)
		}
	}
	return text
}

// A demolition of four grids and 486 households in 25 days, worked out by hand.
func TestDemolitionAddsUp(t *testing.T) {
	t.Parallel()
	s := villages()
	s.NetMembers = []geo.NetMember{
		{Net: "T1", Grid: 13, Measure: "households", Done: 100, Total: 123, Group: "north", UpdatedOn: 20250712},
		{Net: "T1", Grid: 14, Measure: "households", Done: 150, Total: 150, Group: "north", UpdatedOn: 20250710},
		{Net: "T1", Grid: 16, Measure: "households", Done: 0, Total: 113, Group: "south", Under: 11, UpdatedOn: 20250711},
		{Net: "T1", Grid: 17, Measure: "households", Done: 99, Total: 100, Group: "south", UpdatedOn: 20250713},
		{Net: "T1", Grid: 13, Measure: "doors", Done: 1, Total: 3},
		{Net: "T1", Grid: 99, Measure: "households", Done: 2, Total: 4}, // of a plan that is over
		{Net: "T2", Grid: 13, Measure: "households", Done: 7, Total: 7}, // of another net
	}
	r := report(t, s, geo.Net{Code: "T1", Valid: geo.Period{From: 20250701, To: 20250726}}, 20250714)
	if r.Days != 25 || r.DaysPassed != 13 {
		t.Errorf("%d of %d days are over, want 13 of 25", r.DaysPassed, r.Days)
	}
	got := []string{said("total", r.Total), said("elsewhere", r.Elsewhere)}
	for _, u := range r.Units {
		got = append(got, said(fmt.Sprint(u.Code, " ", u.Tier, " ", u.Member), u.Sum))
	}
	for _, u := range r.Parents {
		got = append(got, said(fmt.Sprint("for ", u.Code, " ", u.Member), u.Sum))
	}
	for _, g := range r.Groups {
		got = append(got, said("in "+g.Name, g.Sum))
	}
	want := []string{
		"total 4 1/3 doors 33.33% 349/486 households 71.81%",
		"elsewhere 1 2/4 households 50%",
		"county county false 4 1/3 doors 33.33% 349/486 households 71.81%",
		"east village false 2 1/3 doors 33.33% 250/273 households 91.57%",
		"east-1 primary true 1 1/3 doors 33.33% 100/123 households 81.3%",
		"east-2 primary true 1 150/150 households 100%",
		"west village false 2 99/213 households 46.47%",
		"west-1 primary true 1 0/113 households 0%",
		"west-2 primary true 1 99/100 households 99%",
		"for east false 1 0/113 households 0%",
		"in north 2 250/273 households 91.57%",
		"in south 2 99/213 households 46.47%",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	for i, want := range []geo.Date{0, 20250710} { // no day is known of the doors
		if got := r.Total.Progress[i].UpdatedOn; got != want {
			t.Errorf("%s were counted on %s, want %s", r.Total.Progress[i].Measure, got, want)
		}
	}
}

// A village that states the figure itself has that of its grids in it.
func TestAFigureAboveCoversThoseBelow(t *testing.T) {
	t.Parallel()
	s := villages()
	s.NetMembers = []geo.NetMember{
		{Net: "C", Grid: 11, Measure: "households", Done: 50, Total: 100, Group: "a", Under: 12},
		{Net: "C", Grid: 13, Measure: "households", Done: 30, Total: 40, Group: "a", Under: 12},
		{Net: "C", Grid: 14, Measure: "persons", Done: 5, Total: 6, Group: "a"},
		{Net: "C", Grid: 15, Measure: "households", Done: 1, Total: 2, Group: "b"},
		{Net: "C", Grid: 12, Measure: "households"}, // nothing is stated of the west
		{Net: "C", Grid: 16, Measure: "households", Done: 3, Total: 3},
	}
	r := report(t, s, geo.Net{Code: "C"}, 20250714)
	var got []string
	for _, u := range r.Units {
		got = append(got, said(u.Code, u.Sum))
	}
	for _, u := range r.Parents {
		got = append(got, said("for "+u.Code, u.Sum))
	}
	for _, g := range r.Groups {
		got = append(got, said("in "+g.Name, g.Sum))
	}
	want := []string{
		"county 6 53/103 households 51.45% 5/6 persons 83.33%",
		"east 4 50/100 households 50% 5/6 persons 83.33%",
		"east-1 1 30/40 households 75%",
		"east-2 1 5/6 persons 83.33%",
		"east-3 1 1/2 households 50%",
		"west 2 3/3 households 100%",
		"west-1 1 3/3 households 100%",
		"for west 2 50/100 households 50%",
		"in a 3 50/100 households 50% 5/6 persons 83.33%",
		"in b 1 1/2 households 50%", // what covers it is in another group
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if r.Days != 0 || r.DaysPassed != 0 {
		t.Errorf("%d of %d days of a net without dates", r.DaysPassed, r.Days)
	}
}

// Before it begins no day of a task is over, and afterwards all are.
func TestDaysOfATask(t *testing.T) {
	t.Parallel()
	p := geo.Period{From: 20250225, To: 20250302}
	for day, want := range map[geo.Date]int64{20250101: 0, 20250225: 0, 20250228: 3, 20250301: 4, 20250302: 5, 20260101: 5} {
		if all, passed := days(p, day); all != 5 || passed != want {
			t.Errorf("%s: %d of %d days, want %d of 5", day, passed, all, want)
		}
	}
}

// However members lie, the figures of a unit are those of the members under it
// that no other under it covers, and the parts of the plan add up.
func TestSumsAreThoseOfWhatIsNotCovered(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := villages()
		for i := range s.Grids {
			for _, measure := range []string{"households", "persons"} {
				if rapid.Bool().Draw(t, "member") {
					total := rapid.Int64Range(0, 50).Draw(t, "total")
					s.NetMembers = append(s.NetMembers, geo.NetMember{Net: "N", Grid: s.Grids[i].ID, Measure: measure, Total: total,
						Done: rapid.Int64Range(0, total).Draw(t, "done")})
				}
			}
		}
		tree, err := geo.NewTree(s.Grids)
		if err != nil {
			t.Fatal(err)
		}
		r := Of(s, tree, &geo.Net{Code: "N"}, 20250714)
		for _, u := range r.Units {
			top, _ := tree.Index(u.ID)
			want := map[string][2]int64{}
			for _, m := range s.NetMembers {
				at, _ := tree.Index(m.Grid)
				covered := slices.ContainsFunc(s.NetMembers, func(o geo.NetMember) bool {
					above, _ := tree.Index(o.Grid)
					return o.Grid != m.Grid && o.Measure == m.Measure && o.Total > 0 && tree.Under(at, above) && tree.Under(above, top)
				})
				if tree.Under(at, top) && !covered {
					want[m.Measure] = [2]int64{want[m.Measure][0] + m.Done, want[m.Measure][1] + m.Total}
				}
			}
			got := map[string][2]int64{}
			for _, c := range u.Progress {
				got[c.Measure] = [2]int64{c.Done, c.Total}
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: %v, want %v", u.Code, got, want)
			}
		}
	})
}
