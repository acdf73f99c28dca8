package postgis_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
	"gridmap/geo/topo"
)

func write(t *testing.T, store *postgis.Store, territory geo.TerritoryID, actions ...postgis.Action) geo.ChangeSet {
	t.Helper()
	set, err := store.Write(t.Context(), postgis.Write{Territory: territory, By: "tester", Op: "test", Actions: actions})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func get[T geo.Record](t *testing.T, store *postgis.Store, territory geo.TerritoryID, want T) (T, geo.Revision) {
	t.Helper()
	name, id := want.Key()
	r, rev, err := store.Record(t.Context(), territory, name, id)
	if err != nil {
		t.Fatal(err)
	}
	return r.(T), rev
}

// newRecords has one record of every sort, naming what exists in snap.
func newRecords(snap *geo.Snapshot) []geo.Record {
	village := snap.Grids[4].ID
	return []geo.Record{
		&geo.Worker{Number: "N-1", Name: "新员", Phone: "010-1", Employment: geo.PartTime, Org: "站", TrainedOn: 20240229,
			Active: geo.Period{From: 20240101, To: 20300101}},
		&geo.Household{Ref: "R-1", Address: "1号", Compound: "C-9", Building: "2", Unit: "3", SourceCRS: "EPSG:4490", AccuracyM: 0.5,
			Method: "survey", UpdatedOn: 20250102, Dwelling: geo.Dwelling{At: snap.Dwellings[0].At, Located: true,
				Stated: village, Resident: 3, Registered: 2, Occupied: true, Groups: `{"elderly_alone":1,"veterans":2}`}},
		&geo.Household{Ref: "R-2"}, // neither place nor people
		&geo.Facility{Type: "service_centre", Name: geo.Name{ZH: "中心", EN: "Centre"}, At: topo.Point{X: -1, Y: 7}, Division: village,
			FloorAreaM2: 31.5, Hours: "8-18", Services: []string{"一", "two"}, Valid: geo.Period{From: 20250101}},
		&geo.Compound{Code: "C-1", Name: geo.Name{ZH: "小区", EN: "Court"}, Property: geo.Unserviced, Division: village, Units: 48,
			Boundary: topo.Shape{{{{X: 0, Y: 0}, {X: 900, Y: 0}, {X: 0, Y: 900}}}}, Valid: geo.Period{From: 20250101}},
		&geo.Compound{Code: "C-2"}, // not drawn
		&geo.Building{Code: "B-1", Name: geo.Name{ZH: "一号楼", EN: "Block 1"}, Compound: "C-1", Property: geo.SelfManaged, Division: village,
			At: topo.Point{X: 3, Y: -5}, Units: 36, Floors: 6, Valid: geo.Period{From: 20250101, To: 20300101}},
		&geo.Matter{Code: "M-1", Name: geo.Name{ZH: "事项", EN: "Matter"}, Group: "民生", Admitted: true, Kinds: []geo.Kind{geo.General, geo.Dedicated},
			Tiers: []string{"village"}, Settings: []geo.Setting{geo.Rural}, Department: geo.Name{ZH: "局", EN: "Bureau"}, Role: "leader",
			Valid: geo.Period{From: 20250101}},
		&geo.Matter{Code: "M-2"}, // refused everywhere
		&geo.Metric{Unit: village, Name: "stars:5", Period: "2025", Value: new(0.0), UnitOfMeasure: "个", Source: "通报", Declares: "grids.village"},
		&geo.Metric{Unit: village, Name: "stars:5", Period: "2025-06", Grade: "A"},
		&geo.Population{Unit: village, Basis: geo.Registered, Value: 512, AsOf: 20241231, Source: "census"},
		&geo.Standard{Rule: geo.RuleRatio, Form: geo.RatioForm, Workers: 18, Residents: 10_000, Basis: geo.UrbanResident, Tier: 2,
			Roles: []string{"leader"}, Source: "a norm", Valid: geo.Period{From: 20250101}},
		&geo.Standard{Rule: geo.RuleSteps, Form: geo.StepsForm, Basis: geo.Resident, Tier: 1, Steps: []geo.Step{{From: 0, Workers: 10}, {From: 30_000, Workers: 20}}},
		&geo.Standard{Rule: geo.RulePosts, Form: geo.BandForm, Tier: 2, Min: 15, Max: 18, Settings: []geo.Setting{geo.Urban}, FullPosts: true},
		&geo.Standard{Rule: geo.RulePosts, Form: geo.BandForm, Tier: 2, Min: 5, Max: 8, Settings: []geo.Setting{geo.Rural}},
		&geo.Standard{Rule: geo.RuleOneWorker, Form: geo.ShareForm, Tier: 2, Permille: 400, Employment: geo.FullTime, Among: []string{"leader"}},
		&geo.Standard{Rule: geo.RuleOneWorker, Form: geo.OneEachForm, Tier: 2, Max: 1, Roles: []string{"leader"}},
		&geo.Standard{Rule: geo.RuleOneWorker, Form: geo.OneEachForm, Tier: 2, Roles: []string{"grid_worker"}},
		&geo.Standard{Rule: geo.RuleReach, Form: geo.ReachForm, Tier: 2, Facility: "clinic", Max: 1500, Permille: 900, DetourPermille: 1250},
		&geo.Standard{Rule: geo.RuleReach, Form: geo.FloorForm, Tier: 2, Facility: "party_service_centre", Min: 500},
		&geo.Profile{Code: "P-1", Name: geo.Name{ZH: "本县", EN: "Own"}, Source: "a rule", Valid: geo.Period{From: 20250101},
			Rules: map[geo.RuleID]geo.RuleSetting{geo.RuleRatio: {Off: new(false), Severity: geo.Warning, Per: 10_000, Min: 25, Source: "Art. 3"},
				geo.RuleGap: {AreaM2: new(0.25), WidthM: new(1e-3)}, geo.RuleUneven: {Permille: 1200, Settings: []geo.Setting{geo.Urban}}}},
		&geo.Profile{Code: "P-1", Rules: map[geo.RuleID]geo.RuleSetting{}}, // for all days before
		&geo.Waiver{Finding: "0123456789abcdef", Rule: geo.RuleLoad, Why: "年底增员", By: "甲", Until: 20260101},
		&check.Schedule{Code: "S-1", Name: geo.Name{ZH: "季末"}, Every: check.QuarterEnd, Valid: geo.Period{From: 20250101, To: 20300101},
			Question: check.Question{Profile: "P-1", Tiers: []string{"village"}, Rules: map[geo.RuleID]geo.RuleSetting{geo.RuleLoad: {Max: 9}}}},
		&geo.Waiver{Finding: "1", Rule: geo.RuleGap, Why: "水面", By: "乙"}, // for good
		&geo.Assignment{Worker: snap.Workers[0].ID, Grid: village, Role: snap.Roles[0].Code, Permille: 250, Duty: "查",
			Valid: geo.Period{From: 20260101}, Deputy: snap.Workers[1].ID},
		&geo.Responsibility{Unit: village, Position: "secretary", Keeper: "甲", Worker: snap.Workers[0].ID, Org: "镇", Valid: geo.Period{From: 20250101, To: 20300101}},
		&geo.Responsibility{Unit: village, Position: "secretary", Keeper: "乙"}, // nobody of ours
		&geo.Responsibility{Unit: village, Position: "secretary", Worker: snap.Workers[1].ID},
		&geo.Net{Code: "T-1", Name: geo.Name{ZH: "防汛", EN: "Flood"}, Purpose: geo.TaskNet, Valid: geo.Period{From: 20250701, To: 20250726}},
		&geo.NetMember{Net: "T-1", Grid: village, Measure: "households", Done: 3, Total: 486, Under: snap.Grids[1].ID, Group: "东", UpdatedOn: 20250702},
		&geo.NetMember{Net: "T-1", Grid: village}, // nothing to count
	}
}

// Every sort of record is created, read, listed, changed and deleted; the
// journal tells each step as it was.
func TestRecordsLiveAndAreJournalled(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	var actions []postgis.Action
	for _, r := range newRecords(snap) {
		actions = append(actions, postgis.Create(r))
	}
	created := write(t, store, territory, actions...)
	if created.Revision != snap.Revision+1 || len(created.Changes) != len(actions) {
		t.Fatalf("revision %d with %d changes", created.Revision, len(created.Changes))
	}
	actions = nil
	for _, c := range created.Changes {
		got, rev := get(t, store, territory, c.After)
		if asJSON(t, got) != asJSON(t, c.After) || rev != created.Revision {
			t.Errorf("stored %s at %d, want %s", asJSON(t, got), rev, asJSON(t, c.After))
		}
		name, id := c.After.Key()
		list, err := store.Records(t.Context(), territory, name, postgis.Page{After: id - 1, Limit: 1})
		if err != nil || len(list) != 1 || asJSON(t, list[0]) != asJSON(t, got) {
			t.Errorf("listed %v, %v", list, err)
		}
		if owner, err := store.Territory(t.Context(), name, id); err != nil || owner != territory {
			t.Errorf("%s %d belongs to %d, %v", name, id, owner, err)
		}
		actions = append(actions, postgis.Delete(name, id))
	}
	gone := write(t, store, territory, actions...)
	if rev, at, err := store.LastChange(t.Context(), territory); err != nil || rev != gone.Revision || !at.Equal(gone.At) {
		t.Errorf("last change %d at %v, %v; want %d at %v", rev, at, err, gone.Revision, gone.At)
	}
	for _, c := range gone.Changes {
		name, id := c.Before.Key()
		if _, _, err := store.Record(t.Context(), territory, name, id); !errors.Is(err, geo.ErrNotFound) {
			t.Errorf("%s %d after its deletion: %v", name, id, err)
		}
	}
	told, err := store.Since(t.Context(), territory, snap.Revision)
	if err != nil || len(told) != 2 {
		t.Fatalf("%d change sets, %v", len(told), err)
	}
	for i, want := range []geo.ChangeSet{created, gone} {
		if asJSON(t, told[i]) != asJSON(t, want) || !slices.EqualFunc(told[i].Changes, want.Changes, samePlace) {
			t.Errorf("journal tells %s, want %s", asJSON(t, told[i]), asJSON(t, want))
		}
	}
}

// samePlace compares what JSON leaves out.
func samePlace(a, b geo.Change) bool {
	return place(a.After) == place(b.After) && place(a.Before) == place(b.Before)
}

func place(r geo.Record) topo.Point {
	switch v := r.(type) {
	case *geo.Household:
		return v.At
	case *geo.Facility:
		return v.At
	case *geo.Building:
		return v.At
	case *geo.Compound:
		return v.Boundary.Bound().Max
	}
	return topo.Point{}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A moved household is placed anew; one that loses its point is in no grid.
func TestMovedHouseholdsArePlaced(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	move := func(d geo.Dwelling, to topo.Point, located bool) postgis.Action {
		return postgis.Patch(geo.HouseholdEntity, int64(d.ID), func(r geo.Record) error {
			h := r.(*geo.Household)
			h.At, h.Located = to, located
			return nil
		})
	}
	far := snap.Dwellings[len(snap.Dwellings)-1].At
	write(t, store, territory,
		move(snap.Dwellings[0], far, true),
		move(snap.Dwellings[1], topo.Point{}, false),
		move(snap.Dwellings[2], topo.Point{X: 5, Y: 5}, true), // in the sea
	)
	checkPlaces(t, store, territory)
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	worker, post := snap.Workers[0], snap.Assignments[0]
	served := postgis.Delete(geo.WorkerEntity, int64(post.Worker))
	rename := func(name string) postgis.Action {
		return postgis.Patch(geo.WorkerEntity, int64(worker.ID), func(r geo.Record) error {
			r.(*geo.Worker).Name = name
			return nil
		})
	}
	twice := worker
	twice.Name = "another"
	nowhere := post
	nowhere.Grid = 999_999
	boom := errors.New("boom")
	tests := []struct {
		name    string
		base    geo.Revision
		actions []postgis.Action
		want    func(error) bool
	}{
		{"an empty name", 0, []postgis.Action{rename("")}, invalid("name")},
		{"the second of two", 0, []postgis.Action{rename("good"), rename("\x00")}, invalid("[1].name")},
		{"a number that is taken", 0, []postgis.Action{postgis.Create(&twice)}, func(err error) bool {
			return conflict(err) && strings.Contains(err.Error(), "exists: "+twice.Number)
		}},
		{"a grid that does not exist", 0, []postgis.Action{rename("good"), postgis.Upsert(&nowhere)}, invalid("[1].grid")},
		{"a worker who holds a post", 0, []postgis.Action{served}, conflict},
		{"a record that does not exist", 0, []postgis.Action{postgis.Delete(geo.WorkerEntity, 999_999)}, is(geo.ErrNotFound)},
		{"a sort that is not kept as records", 0, []postgis.Action{postgis.Delete(geo.GridEntity, 1)}, invalid("entity")},
		{"an edit that fails", 0, []postgis.Action{postgis.Patch(geo.WorkerEntity, int64(worker.ID), func(geo.Record) error { return boom })}, is(boom)},
		{"too many", 0, make([]postgis.Action, postgis.MaxActions+1), invalid("actions")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := store.Write(t.Context(), postgis.Write{Territory: territory, Op: "test", Base: tt.base, Actions: tt.actions})
			if !tt.want(err) {
				t.Errorf("error %v", err)
			}
			if rev, err := store.Revision(t.Context(), territory); err != nil || rev != snap.Revision {
				t.Errorf("revision %d after a refusal, want %d (%v)", rev, snap.Revision, err)
			}
		})
	}
	if got, _ := get(t, store, territory, &worker); got.Name != worker.Name {
		t.Errorf("name became %q", got.Name)
	}
	if _, err := store.Write(t.Context(), postgis.Write{Territory: 999, Op: "test"}); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("write to no territory: %v", err)
	}
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

// If-Match: who saw an older revision of the record is refused; a change
// elsewhere does not matter.
// Standards and profiles that say two things of one day are refused, as they
// come and as they change, one by one and in an import.
func TestWriteRefusesContradictions(t *testing.T) {
	t.Parallel()
	c := county(t, "mini")
	store, territory, _ := load(t, c)
	norm := geo.Standard{Rule: geo.RulePosts, Form: geo.BandForm, Tier: 2, Min: 15, Max: 18, Valid: geo.Period{From: 20250101, To: 20260101}}
	profile := geo.Profile{Code: "P-1", Rules: geo.RuleSettings{}, Valid: geo.Period{From: 20250101, To: 20260101}}
	written := write(t, store, territory, postgis.Create(&norm), postgis.Create(&profile))
	later, laterProfile := norm, profile
	later.Min, later.Valid, laterProfile.Valid = 5, geo.Period{From: 20251231}, geo.Period{From: 20251231}
	longer := func(r geo.Record) error {
		switch r := r.(type) {
		case *geo.Standard:
			r.Valid.To = 0
		case *geo.Profile:
			r.Valid.To = 20260201
		}
		return nil
	}
	refused := func(what string, actions ...postgis.Action) {
		t.Helper()
		_, err := store.Write(t.Context(), postgis.Write{Territory: territory, Op: "test", Actions: actions})
		var invalid *geo.InvalidError
		if !errors.As(err, &invalid) || !strings.HasSuffix(invalid.Field, "valid") {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("a standard from a day before the other ends", postgis.Create(&later))
	refused("a profile from a day before the other ends", postgis.Upsert(&laterProfile))
	later.Valid.From, laterProfile.Valid.From = 20260101, 20260101
	write(t, store, territory, postgis.Create(&later), postgis.Create(&laterProfile))
	for _, change := range written.Changes {
		name, id := change.After.Key()
		refused("a longer "+string(name), postgis.Patch(name, id, longer))
	}
	twice := *c
	twice.Standards = append(slices.Clone(c.Standards), norm, norm)
	if _, err := store.Replace(t.Context(), &twice.Snapshot, nil, "test"); !errors.Is(err, geo.ErrInvalid) || !strings.Contains(err.Error(), "STF-5") {
		t.Errorf("an import of two: %v", err)
	}
}

func TestWriteRefusesStaleRevision(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	rename := func(worker geo.WorkerID, name string, base geo.Revision) error {
		_, err := store.Write(t.Context(), postgis.Write{Territory: territory, Op: "test", Base: base,
			Actions: []postgis.Action{postgis.Patch(geo.WorkerEntity, int64(worker), func(r geo.Record) error {
				r.(*geo.Worker).Name = name
				return nil
			})}})
		return err
	}
	first, second := snap.Workers[0].ID, snap.Workers[1].ID
	if err := rename(first, "a", snap.Revision); err != nil {
		t.Fatal(err)
	}
	if err := rename(second, "b", snap.Revision); err != nil {
		t.Errorf("another record at the same revision: %v", err)
	}
	if err := rename(first, "c", snap.Revision); !errors.Is(err, geo.ErrStale) {
		t.Errorf("the same record at the old revision: %v, want ErrStale", err)
	}
}

func TestUpsertOfTheSameChangesNothing(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	var actions []postgis.Action
	for i := range snap.Workers {
		w := snap.Workers[i]
		w.ID = 0
		actions = append(actions, postgis.Upsert(&w))
	}
	if set := write(t, store, territory, actions...); set.Revision != snap.Revision || len(set.Changes) != 0 {
		t.Errorf("revision %d with %d changes", set.Revision, len(set.Changes))
	}
	changed := snap.Workers[3]
	changed.ID, changed.Org = 0, "new"
	fresh := geo.Worker{Number: "N-9", Name: "n", Employment: geo.Volunteer}
	set := write(t, store, territory, append(actions, postgis.Upsert(&changed), postgis.Upsert(&fresh))...)
	if len(set.Changes) != 2 {
		t.Errorf("%d changes, want one updated and one created", len(set.Changes))
	}
}

// A key answers once: the same request gets the first answer, another is
// refused, and many at once make one change.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	ask := func(key, body string) (geo.ChangeSet, error) {
		return store.Write(t.Context(), postgis.Write{Territory: territory, By: "tester", Op: "create", Key: key, Request: []byte(body),
			Actions: []postgis.Action{postgis.Create(&geo.Worker{Number: key + body, Name: "w", Employment: geo.FullTime})}})
	}
	answers := make([]geo.ChangeSet, 8)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			var err error
			if answers[i], err = ask("k", "body"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, a := range answers {
		if asJSON(t, a) != asJSON(t, answers[0]) || a.Revision != snap.Revision+1 {
			t.Errorf("answer %s, want %s", asJSON(t, a), asJSON(t, answers[0]))
		}
	}
	if _, err := ask("k", "other"); !errors.Is(err, geo.ErrConflict) {
		t.Errorf("the key with another request: %v, want ErrConflict", err)
	}
	if rev, _ := store.Revision(t.Context(), territory); rev != snap.Revision+1 {
		t.Errorf("revision %d, want %d", rev, snap.Revision+1)
	}
}

func TestRecordPages(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	seen := 0
	for page := (postgis.Page{Limit: 7}); ; {
		list, err := store.Records(t.Context(), territory, geo.HouseholdEntity, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			if _, id := r.Key(); id != int64(snap.Dwellings[seen].ID) {
				t.Fatalf("household %d stands at place %d", id, seen)
			}
			seen++
		}
		if len(list) < 7 {
			break
		}
		_, page.After = list[len(list)-1].Key()
	}
	if seen != len(snap.Dwellings) {
		t.Errorf("%d households in all pages, want %d", seen, len(snap.Dwellings))
	}
	post := snap.Assignments[2]
	tests := []struct {
		entity geo.Entity
		page   postgis.Page
		want   int
		err    func(error) bool
	}{
		{geo.AssignmentEntity, postgis.Page{Grid: post.Grid, Worker: post.Worker}, 1, nil},
		{geo.WorkerEntity, postgis.Page{Number: snap.Workers[5].Number}, 1, nil},
		{geo.WorkerEntity, postgis.Page{Limit: 1001}, 0, invalid("limit")},
		{geo.WorkerEntity, postgis.Page{Grid: 1}, 0, invalid("grid")},
		{geo.GridEntity, postgis.Page{}, 0, invalid("entity")},
	}
	for _, tt := range tests {
		list, err := store.Records(t.Context(), territory, tt.entity, tt.page)
		if len(list) != tt.want || (tt.err == nil) != (err == nil) || tt.err != nil && !tt.err(err) {
			t.Errorf("%s of %+v: %d records, %v", tt.entity, tt.page, len(list), err)
		}
	}
}

// Sixteen writers at once: revisions have no gap, and a follower sees them in
// order, each once, as they are committed.
func TestRevisionsAreGaplessAndInCommitOrder(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	const writers, each = 16, 8
	last := snap.Revision + writers*each
	seen := follow(t, store, territory, snap.Revision, last)
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			for k := range each {
				_, err := store.Write(t.Context(), postgis.Write{Territory: territory, By: fmt.Sprint(i), Op: "update",
					Actions: []postgis.Action{postgis.Patch(geo.WorkerEntity, int64(snap.Workers[i%4].ID), func(r geo.Record) error {
						r.(*geo.Worker).Org = fmt.Sprint(i, ":", k)
						return nil
					})}})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	sets := <-seen
	for i, set := range sets {
		if set.Revision != snap.Revision+geo.Revision(i)+1 {
			t.Fatalf("revision %d told at place %d", set.Revision, i)
		}
		if i > 0 && set.At.Before(sets[i-1].At) {
			t.Errorf("revision %d is older than the one before", set.Revision)
		}
	}
	// Each change starts from what the one before left.
	org := map[int64]string{}
	for _, set := range sets {
		w := set.Changes[0].Before.(*geo.Worker)
		if was, ok := org[int64(w.ID)]; ok && was != w.Org {
			t.Errorf("revision %d starts from %q, the one before left %q", set.Revision, w.Org, was)
		}
		org[int64(w.ID)] = set.Changes[0].After.(*geo.Worker).Org
	}
}
