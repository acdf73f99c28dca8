package postgis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// What refers to villages that become one: posts and places follow the heir,
// figures of one basis and date add up beside the old ones, others need a
// look, and addresses stay as they are. The plan is judged with all of that.
func TestRecordsOfGridsThatAreGone(t *testing.T) {
	t.Parallel()
	store, draft := draftOf(t, gridtest.DB(t), "mini")
	old := snapshotOf(t, store, draft.ID)
	today := geo.DateOf(time.Now())
	heir, gone := pairOf(t, old, 2)
	role := old.Roles[0].Code
	write := postgis.Write{Territory: draft.Territory, By: "chen", Op: "create"}
	for _, r := range []geo.Record{
		&geo.Population{Unit: heir.ID, Basis: geo.UrbanResident, Value: 1200, AsOf: today - 300},
		&geo.Population{Unit: gone.ID, Basis: geo.UrbanResident, Value: 850, AsOf: today - 300},
		&geo.Population{Unit: heir.ID, Basis: geo.Registered, Value: 1100, AsOf: today - 300},
		&geo.Population{Unit: gone.ID, Basis: geo.Registered, Value: 800, AsOf: today - 200},
		&geo.Facility{Type: "station", Name: geo.Name{ZH: "便民服务站"}, Division: heir.ID},
		&geo.Facility{Type: "station", Name: geo.Name{ZH: "便民服务站"}, Division: gone.ID},
		&geo.Facility{Type: "clinic", Name: geo.Name{ZH: "卫生室"}, Division: gone.ID},
		&geo.Assignment{Worker: old.Workers[0].ID, Grid: gone.ID, Role: role, Permille: 100},
		&geo.Assignment{Worker: old.Workers[1].ID, Grid: gone.ID, Role: role, Permille: 100},
		&geo.Assignment{Worker: old.Workers[1].ID, Grid: heir.ID, Role: role, Permille: 100},
		&geo.Responsibility{Unit: gone.ID, Position: "secretary", Keeper: "甲"},
		&geo.Responsibility{Unit: gone.ID, Position: "secretary", Keeper: "乙"},
		&geo.Responsibility{Unit: heir.ID, Position: "secretary", Keeper: "乙"},
		&geo.Net{Code: "T-1", Purpose: geo.TaskNet},
		&geo.NetMember{Net: "T-1", Grid: heir.ID, Measure: "households", Done: 3, Total: 10, UpdatedOn: 20250201},
		&geo.NetMember{Net: "T-1", Grid: gone.ID, Measure: "households", Done: 4, Total: 6, UpdatedOn: 20250101},
		&geo.NetMember{Net: "T-1", Grid: gone.ID, Measure: "doors", Done: 1, Total: 2},
		&geo.NetMember{Net: "T-1", Grid: old.Grids[1].ID, Under: gone.ID},
	} {
		write.Actions = append(write.Actions, postgis.Create(r))
	}
	if _, err := store.Write(t.Context(), write); err != nil {
		t.Fatal(err)
	}
	told := edit(t, store, draft.ID, redraw.Merge{Grids: []geo.GridID{heir.ID, gone.ID}, Keep: heir.ID}).Effects
	for _, r := range told.Left {
		if r.Grid != gone.ID || r.Heir != heir.ID || r.Code != gone.Code || r.HeirCode != heir.Code {
			t.Errorf("the edit tells %+v, want of %d with heir %d", r, gone.ID, heir.ID)
		}
	}
	var judged *geo.Snapshot
	advance(t, store, draft.ID, geo.Reviewed, geo.Filed)
	done, err := store.SetState(t.Context(), postgis.StateRequest{Plan: draft.ID, To: geo.InForce, By: "wang",
		Check: func(s *geo.Snapshot) error { judged = s; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	testBecoming(t, done.References, old, gone.ID)
	now := snapshotOf(t, store, draft.ID)
	for what, s := range map[string]*geo.Snapshot{"in force": now, "judged": judged} {
		testFigures(t, what, s, heir, gone, today)
		posts := map[geo.WorkerID]int{}
		for _, a := range s.Assignments {
			if a.Grid == gone.ID && (a.Valid.To == 0 || a.Valid.To > today) {
				t.Errorf("%s: %+v goes on", what, a)
			}
			if a.Grid == heir.ID && a.Role == role && a.Valid.Holds(today) {
				posts[a.Worker]++
			}
		}
		if posts[old.Workers[0].ID] != 1 || posts[old.Workers[1].ID] != 1 {
			t.Errorf("%s: posts in the heir %v, want one of each worker", what, posts)
		}
		testNetsAndKeepers(t, what, s, heir.ID, gone.ID, today)
		for _, f := range s.Facilities {
			if want := heir.ID; f.Name.ZH == "卫生室" && f.Division != want {
				t.Errorf("%s: the clinic is of %d, want %d", what, f.Division, want)
			}
		}
	}
}

// testBecoming counts what is told to become of records.
func testBecoming(t *testing.T, refs []redraw.Reference, old *geo.Snapshot, gone geo.GridID) {
	t.Helper()
	got := map[string]int{}
	stated := 0
	for _, r := range refs {
		if r.Grid != gone {
			continue
		}
		if got[string(r.Entity)+" "+string(r.Then)]++; r.Entity == geo.HouseholdEntity {
			stated = r.Count
		}
	}
	want := map[string]int{"population adds_up": 1, "population attention": 1, "facility attention": 1, "household stays": 1,
		"responsibility ends": 1}
	for key, n := range want {
		if got[key] != n {
			t.Errorf("%s of %d records, want %d: %v", key, got[key], n, got)
		}
	}
	if got["assignment follows"] == 0 || got["assignment ends"] == 0 || got["facility follows"] == 0 {
		t.Errorf("told %v", got)
	}
	n := 0
	for _, w := range old.Dwellings {
		if w.Stated == gone {
			n++
		}
	}
	if stated != n {
		t.Errorf("%d households are told to state the grid that is gone, want %d", stated, n)
	}
}

// testNetsAndKeepers asks that the heir has the keepers of both villages, each
// once, and the progress of both, added up.
func testNetsAndKeepers(t *testing.T, what string, s *geo.Snapshot, heir, gone geo.GridID, day geo.Date) {
	t.Helper()
	var got []string
	for _, r := range s.Keeping(day) {
		if r.Unit == gone {
			t.Errorf("%s: %+v goes on", what, r)
		}
		if r.Unit == heir && r.Position == "secretary" {
			got = append(got, r.Keeper)
		}
	}
	for _, m := range s.NetMembers {
		if m.Net == "T-1" {
			got = append(got, fmt.Sprint(m.Grid == heir, " ", m.Measure, " ", m.Done, "/", m.Total, " ", m.UpdatedOn == 20250101, " ", m.Under == heir))
		}
	}
	slices.Sort(got)
	want := []string{"false  0/0 false true", "true doors 1/2 false false", "true households 7/16 true false", "乙", "甲"}
	if !slices.Equal(got, want) {
		t.Errorf("%s: the heir has %q, want %q", what, got, want)
	}
}

// testFigures looks for the sum, as of the day, and the old figures beside it.
func testFigures(t *testing.T, what string, s *geo.Snapshot, heir, gone geo.Grid, day geo.Date) {
	t.Helper()
	sums, kept := 0, 0
	for _, p := range s.Populations {
		switch {
		case p.Unit == heir.ID && p.AsOf == day:
			if sums++; p.Basis != geo.UrbanResident || p.Value != 2050 || !strings.Contains(p.Source, heir.Code) || !strings.Contains(p.Source, gone.Code) {
				t.Errorf("%s: sum %+v", what, p)
			}
		case p.Unit == heir.ID && p.Value == 1200 && p.AsOf == day-300, p.Unit == gone.ID && p.Value == 850:
			kept++
		}
	}
	if sums != 1 || kept != 2 {
		t.Errorf("%s: %d sums and %d of the two figures they are of", what, sums, kept)
	}
}

// pairOf returns two grids of a tier with one parent and a common border.
func pairOf(t *testing.T, s *geo.Snapshot, tier int) (a, b geo.Grid) {
	t.Helper()
	for i, a := range s.Grids {
		for _, b := range s.Grids[i+1:] {
			if a.Tier == tier && b.Tier == tier && a.Parent == b.Parent && a.Kind == geo.General && b.Kind == geo.General && topo.SharedBorderM(a.Boundary, b.Boundary) > 0 {
				return a, b
			}
		}
	}
	t.Fatal("no two grids of the tier share a border")
	return a, b
}
