package postgis_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// A moment is a plan at a revision.
type moment struct {
	plan geo.PlanID
	rev  geo.Revision
}

// A witness writes down what plans were at every revision.
type witness struct {
	t     *testing.T
	store *postgis.Store
	plans []geo.PlanID
	was   map[moment]string
}

// look notes how the plans stand now.
func (w *witness) look() {
	w.t.Helper()
	for _, p := range w.plans {
		s := snapshotOf(w.t, w.store, p)
		w.was[moment{p, s.Revision}] = told(w.t, s)
	}
}

// compare asks for every revision again.
func (w *witness) compare() {
	w.t.Helper()
	for m, want := range w.was {
		s, err := w.store.PastSnapshot(w.t.Context(), m.plan, m.rev)
		if err != nil {
			w.t.Errorf("plan %d at %d: %v", m.plan, m.rev, err)
			continue
		}
		if got := told(w.t, s); got != want {
			w.t.Errorf("plan %d at %d is another than it was: %s", m.plan, m.rev, parting(got, want))
		}
	}
}

// parting is where two texts part, with what stands around it.
func parting(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	around := func(s string) string { return s[max(0, n-80):min(len(s), n+80)] }
	return fmt.Sprintf("\n%s\n%s", around(a), around(b))
}

// told writes a snapshot down, all but what no revision tells, with its ground
// and what a check by the county's own profile says of it.
func told(t *testing.T, s *geo.Snapshot) string {
	t.Helper()
	a, err := atlas.New(s)
	if err != nil {
		t.Fatal(err)
	}
	question := check.Question{AsOf: fixtures.AsOf, MaxFindings: 1 << 30, Rules: geo.RuleSettings{geo.RuleUnfiled: {Off: new(false)}}}
	if slices.ContainsFunc(s.Profiles, func(p geo.Profile) bool { return p.Code == fixtures.ProfileCode && p.Valid.Holds(fixtures.AsOf) }) {
		question.Profile = fixtures.ProfileCode
	}
	report, err := a.Check(question)
	if err != nil {
		t.Fatal(err)
	}
	report.ElapsedMS = 0
	said, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	plain, ground := *s, ""
	plain.Former, plain.Plan.Revision, plain.Grids = nil, 0, slices.Clone(s.Grids)
	for i := range plain.Grids {
		plain.Grids[i].Valid = geo.Period{}
		ground += fmt.Sprintln(plain.Grids[i].Boundary.Fingerprint())
	}
	for _, d := range s.Dwellings {
		ground += fmt.Sprintln(d)
	}
	for i := range s.Facilities {
		ground += fmt.Sprintln(s.Facilities[i].At)
	}
	for i := range s.Compounds {
		ground += fmt.Sprintln(s.Compounds[i].Boundary)
	}
	return fmt.Sprintf("%s\n%s\nreviewed %v filed %v\n%s", said, asJSON(t, plain), s.Plan.Reviewed, s.Plan.Filed, ground)
}

// meddle changes some records of a territory: any of them, in any way that is
// taken.
func meddle(t *testing.T, store *postgis.Store, territory geo.TerritoryID, s *geo.Snapshot, r *rand.Rand) {
	t.Helper()
	for range 6 {
		var action postgis.Action
		columns := s.Columns()
		column := columns[r.IntN(len(columns))]
		switch n := column.Len(); {
		case r.IntN(3) == 0 && len(s.Dwellings) > 0:
			d := s.Dwellings[r.IntN(len(s.Dwellings))]
			action = postgis.Patch(geo.HouseholdEntity, int64(d.ID), func(h geo.Record) error {
				home := h.(*geo.Household)
				home.Resident, home.At = int32(r.IntN(9)), s.Dwellings[r.IntN(len(s.Dwellings))].At
				home.Located = r.IntN(4) > 0
				return nil
			})
			if r.IntN(4) == 0 {
				action = postgis.Delete(geo.HouseholdEntity, int64(d.ID))
			}
		case n == 0:
			continue
		case r.IntN(3) == 0:
			name, id := column.At(r.IntN(n)).Key()
			action = postgis.Delete(name, id)
		default:
			name, id := column.At(r.IntN(n)).Key()
			action = postgis.Patch(name, id, func(one geo.Record) error { return altered(one, s, r) })
		}
		// What is refused, such as to delete who is referred to, changes nothing.
		_, err := store.Write(t.Context(), postgis.Write{Territory: territory, By: "tester", Op: "test", Actions: []postgis.Action{action}})
		if err != nil && !errors.Is(err, geo.ErrConflict) && !errors.Is(err, geo.ErrInvalid) && !errors.Is(err, geo.ErrNotFound) {
			t.Fatal(err)
		}
	}
}

// altered makes something else of a record.
func altered(one geo.Record, s *geo.Snapshot, r *rand.Rand) error {
	ended := geo.Period{To: geo.Date(20240101 + r.IntN(20))}
	switch v := one.(type) {
	case *geo.Worker:
		v.Phone, v.Active, v.TrainedOn = "", ended, 0
	case *geo.Assignment:
		v.Role, v.Valid = s.Roles[r.IntN(len(s.Roles))].Code, ended
	case *geo.Population:
		v.Value += 1000
	case *geo.Facility:
		v.FloorAreaM2, v.At.X = 1, v.At.X+int32(r.IntN(90_000))
	case *geo.Compound:
		v.Valid = ended
	case *geo.Building:
		v.Units, v.At.Y = 99, v.At.Y+int32(r.IntN(90_000))
	case *geo.Metric:
		v.Period = "2019"
	case *geo.Standard:
		v.Workers, v.Min = v.Workers*2, v.Min+min(v.Min, 1)
	case *geo.Profile:
		v.Rules[geo.RuleLoad] = geo.RuleSetting{Max: int64(1 + r.IntN(50))}
	case *geo.Responsibility:
		v.Valid = ended
	}
	return nil
}

// Whatever is redrawn, written, declared, imported and published since, every
// revision of a plan can be had again whole: its grids, its people and records,
// its tiers and roles and its state, and a check of it says the same to the
// letter.
func TestEveryRevisionCanBeHadAgainWhole(t *testing.T) {
	t.Parallel()
	store, draft := draftOf(t, gridtest.DB(t), "mini")
	r := rand.New(rand.NewPCG(5, 24))
	h := hand{r}
	before, err := store.PlanInForce(t.Context(), draft.Territory, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	w := &witness{t, store, []geo.PlanID{before.ID, draft.ID}, map[moment]string{}}
	w.look()
	stir := func(rounds int) {
		for range rounds {
			_, _ = store.Edit(t.Context(), postgis.EditRequest{Plan: draft.ID, Edits: []redraw.Edit{h.edit(snapshotOf(t, store, draft.ID).Grids)}})
			w.look()
			meddle(t, store, draft.Territory, snapshotOf(t, store, draft.ID), r)
			w.look()
		}
	}
	stir(8)
	keeps := func(was geo.Keeps) (geo.Keeps, error) {
		was.Groups = append(slices.Clone(was.Groups), geo.Group{Code: "g9", Name: geo.Name{ZH: "新"}})
		return was, nil
	}
	if _, err := store.SetKeeps(t.Context(), draft.Territory, "lin", keeps); err != nil {
		t.Fatal(err)
	}
	w.look()
	other := county(t, "mini")
	other.Tiers[3].PersonsCap, other.Tiers[3].NeedsWorker, other.Roles[0].Name.ZH = 3, false, "另名"
	other.Workers[0].Phone, other.Grids[2].Name.EN = "000", "Another"
	replace(t, store, other)
	w.look()
	if _, err := store.Rebase(t.Context(), postgis.RebaseRequest{Plan: draft.ID, By: "lin"}); err != nil {
		t.Fatal(err)
	}
	w.look()
	stir(3)
	for _, to := range []geo.PlanState{geo.Reviewed, geo.Filed, geo.InForce} {
		if _, err := store.SetState(t.Context(), postgis.StateRequest{Plan: draft.ID, To: to, By: "wang"}); err != nil {
			t.Fatalf("to %s: %v", to, err)
		}
		w.look()
	}
	meddle(t, store, draft.Territory, snapshotOf(t, store, draft.ID), r)
	w.look()
	if len(w.was) < 30 {
		t.Fatalf("only %d moments", len(w.was))
	}
	w.compare()
}

// So it is in every made-up county.
func TestEarlierRevisionsOfEveryCounty(t *testing.T) {
	t.Parallel()
	for _, key := range fixtures.Names() {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			c, err := fixtures.Make(key, 300)
			if err != nil {
				t.Fatal(err)
			}
			store := postgis.New(gridtest.DB(t))
			done := replace(t, store, c)
			w := &witness{t, store, []geo.PlanID{done.Plan}, map[moment]string{}}
			r := rand.New(rand.NewPCG(7, 24))
			w.look()
			for range 3 {
				meddle(t, store, done.Territory, snapshotOf(t, store, done.Plan), r)
			}
			w.look()
			w.compare()
		})
	}
}

// What was not kept, and what is still to come, cannot be had.
func TestRevisionsThatCannotBeHad(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	if _, err := store.PastSnapshot(t.Context(), draft.ID, draft.Revision-1); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("before the plan was made: %v", err)
	}
	if _, err := store.PastSnapshot(t.Context(), draft.ID, draft.Revision+1); !errors.Is(err, geo.ErrInvalid) {
		t.Errorf("a revision to come: %v", err)
	}
	if _, err := store.PastSnapshot(t.Context(), 999_999, 1); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("no such plan: %v", err)
	}
	if _, err := db.Exec(t.Context(), `update territory set framed_since = 99`); err != nil { // as of a database before frames were kept
		t.Fatal(err)
	}
	if _, err := store.PastSnapshot(t.Context(), draft.ID, draft.Revision); !errors.Is(err, geo.ErrInvalid) {
		t.Errorf("before all was kept: %v", err)
	}
}

// A county that stood before frames were kept can be had whole from the day of
// the step on, and its roles are as public as they were.
func TestRevisionsFromBeforeFramesWereKept(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	if _, err := db.Exec(t.Context(), `drop table frame_change; alter table territory drop column framed_since; alter table role drop column public;
		delete from schema_migration where version in (24, 25)`); err != nil {
		t.Fatal(err)
	}
	if err := postgis.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	then := snapshotOf(t, store, draft.ID)
	w := &witness{t, store, []geo.PlanID{draft.ID}, map[moment]string{}}
	w.look()
	meddle(t, store, draft.Territory, then, rand.New(rand.NewPCG(9, 24)))
	w.look()
	w.compare()
	if len(w.was) != 2 {
		t.Errorf("nothing was changed")
	}
	old, err := store.PlanInForce(t.Context(), draft.Territory, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.PastSnapshot(t.Context(), old.ID, then.Revision-1); !errors.Is(err, geo.ErrInvalid) {
		t.Errorf("before the step: %v", err)
	}
	for _, r := range then.Roles {
		if want := r.Code == "grid_worker" || r.Code == "dedicated_worker"; r.Public != want {
			t.Errorf("role %s is public: %v", r.Code, r.Public)
		}
	}
}
