package redraw_test

import (
	"math"
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

// After every random edit, what the check finds in the picture that followed it
// is what it finds in one made anew, by id and content; and the findings that
// the edit's effects took away and brought, put together, are those as well.
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

// follow edits a county and compares after every edit.
func follow(t *testing.T, county *geo.Snapshot, seed uint64, edits int) {
	t.Helper()
	d := drawing(t, county)
	d.Staff(county, day)
	h := hand{rand.New(rand.NewPCG(seed, 21)), d}
	start := *county
	start.Plan.ID, start.Territory.ID, start.Revision = 1, 1, 1
	picture, err := atlas.New(&start)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, f := range foundIn(t, picture) {
		known[f.ID] = true
	}
	for done := 0; done < edits; {
		d.Watch(day)
		r, err := d.Apply(h.anyEdit())
		if err != nil {
			continue
		}
		done++
		if err := d.Take(r); err != nil {
			t.Fatal(err)
		}
		effects, err := d.Effects(r.Shifts)
		if err != nil {
			t.Fatal(err)
		}
		picture, err = picture.Apply(geo.ChangeSet{Territory: 1, Plan: 1, Revision: picture.Revision() + 1, Changes: r.Changes})
		if err != nil {
			t.Fatal(err)
		}
		fresh := start
		fresh.Grids = d.Grids()
		anew, err := atlas.New(&fresh)
		if err != nil {
			t.Fatal(err)
		}
		full := foundIn(t, anew)
		if got, want := said(foundIn(t, picture)), said(full); !slices.Equal(got, want) {
			t.Fatalf("seed %d, edit %d:\nfollowed %q\nanew     %q", seed, done, less(got, want), less(want, got))
		}
		account(t, known, effects, full)
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

// foundIn returns what a check finds, but for what effects do not tell.
func foundIn(t *testing.T, a *atlas.Atlas) []check.Finding {
	t.Helper()
	r, err := a.Check(check.Question{AsOf: day, MaxFindings: math.MaxInt, Rules: map[geo.RuleID]geo.RuleSetting{
		geo.RuleTwice: {Off: new(true)}, geo.RuleEmptyCell: {Off: new(true)}}})
	if err != nil {
		t.Fatal(err)
	}
	return r.Findings
}

// less returns what a has and b has not.
func less(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
