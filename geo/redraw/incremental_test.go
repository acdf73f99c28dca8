package redraw_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/redraw"
)

// editsVariable says how many edits [TestIncrementalIsFull] makes; 10,000 take
// some minutes.
const editsVariable = "GRIDMAP_TEST_EDITS"

// editsUsual is how many it makes unasked.
const editsUsual = 240

// After every random edit, of every kind and between changes of every sort of
// record, what the check finds in the picture that followed it is what it finds
// in one made anew, by id and content. What the edit's effects tell is what two
// counts and checks of the whole tell, and the findings that they took away and
// brought, put together, are those there are.
func TestIncrementalIsFull(t *testing.T) {
	t.Parallel()
	edits := editsUsual
	if text := os.Getenv(editsVariable); text != "" {
		var err error
		if edits, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	const runs = 4 // a county that is edited for long has little left to be found
	for seed := range uint64(runs) {
		county := &mini(t).Snapshot
		if seed%2 == 0 {
			county = unsettled(t, seed)
		}
		t.Run(strconv.Itoa(int(seed)), func(t *testing.T) {
			t.Parallel()
			for start, part := 0, edits/runs; start < part; start += lifetime {
				follow(t, county, seed<<32+uint64(start), min(lifetime, part-start))
			}
		})
	}
}

// lifetime is how many edits a county is edited by before it is begun anew: one
// that has grown to many grids takes longer for each.
const lifetime = 100

// A follower edits a county, whose records change in between, and keeps its
// picture and what is known to be wrong there.
type follower struct {
	*clerk
	picture *atlas.Atlas
	before  whole
	known   map[string]bool // ids of findings
	last    []redraw.Redrawing
}

func newFollower(t *testing.T, county *geo.Snapshot, rng *rand.Rand) *follower {
	t.Helper()
	start := *county
	start.Plan.ID, start.Territory.ID, start.Revision = 1, 1, 1
	f := &follower{clerk: newClerk(t, &start, rng), known: map[string]bool{}}
	var err error
	if f.picture, err = atlas.New(&start); err != nil {
		t.Fatal(err)
	}
	f.before = wholeOf(t, f.county, f.d)
	for _, one := range f.before.report.Findings {
		f.known[one.ID] = true
	}
	return f
}

// follow edits a county and compares after every edit.
func follow(t *testing.T, county *geo.Snapshot, seed uint64, edits int) {
	t.Helper()
	f := newFollower(t, county, rand.New(rand.NewPCG(seed, 21)))
	for done := 0; done < edits; {
		if f.IntN(3) == 0 {
			f.recordSome(t)
		}
		if f.edit(t) {
			done++
		}
	}
}

// recordSome changes some records, of which no effects are told.
func (f *follower) recordSome(t *testing.T) {
	t.Helper()
	var changes []geo.Change
	for range 1 + f.IntN(4) {
		changes = append(changes, f.change(t))
	}
	f.show(t, changes)
	clear(f.known)
	for _, one := range f.before.report.Findings {
		f.known[one.ID] = true
	}
}

// edit makes one edit, a list of them, or takes the last back. It returns false
// when nothing could be done.
func (f *follower) edit(t *testing.T) bool {
	t.Helper()
	f.d.Watch(day)
	var took []redraw.Redrawing
	if len(f.last) > 0 && f.IntN(8) == 0 {
		for _, r := range slices.Backward(f.last) {
			took = append(took, r.Inverse())
		}
		for _, r := range took {
			if err := f.d.Take(r); err != nil {
				t.Fatal(err)
			}
		}
	} else {
		for range max(1, f.IntN(6)-2) {
			r, err := f.d.Apply(f.anyEdit())
			if err != nil {
				continue
			}
			if err := f.d.Take(r); err != nil {
				t.Fatal(err)
			}
			took = append(took, r)
		}
	}
	if f.last = took; len(took) == 0 {
		return false
	}
	var changes []geo.Change
	for _, r := range took {
		changes = append(changes, r.Changes...)
	}
	before := f.before
	f.show(t, changes)
	account(t, f.known, compareEffects(t, f.d, before, f.before, f.d.Net(took)), f.before.report.Findings)
	return true
}

// show brings the picture along, which must find what one made anew finds.
func (f *follower) show(t *testing.T, changes []geo.Change) {
	t.Helper()
	next, err := f.picture.Apply(geo.ChangeSet{Territory: 1, Plan: 1, Revision: f.picture.Revision() + 1, Changes: changes})
	if err != nil {
		t.Fatal(err)
	}
	report, err := next.Check(askedOfWhole())
	if err != nil {
		t.Fatal(err)
	}
	f.picture, f.before = next, wholeOf(t, f.county, f.d)
	if got, want := said(report.Findings), said(f.before.report.Findings); !slices.Equal(got, want) {
		t.Fatalf("revision %d:\nfollowed %q\nanew     %q", next.Revision(), less(got, want), less(want, got))
	}
}

// account takes away and adds what an edit did to the findings known, which must
// then be all there are.
func account(t *testing.T, known map[string]bool, e redraw.Effects, full []check.Finding) {
	t.Helper()
	for _, f := range e.Gone {
		delete(known, f.ID)
	}
	for _, f := range e.Appeared {
		known[f.ID] = true
	}
	for _, f := range full {
		if !known[f.ID] {
			t.Fatalf("not told: %s %s %s", f.Rule, f.Subject.Code, f.Message.EN)
		}
	}
	if len(known) != len(full) {
		t.Fatalf("%d findings are known, %d there", len(known), len(full))
	}
}

// less returns what a has and b has not.
func less(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
