package geo

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// A list of pages is the list of rows, whatever is changed in it and added, and
// the lists before stay as they were.
func TestDwellingsInPages(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 8))
	rows := make([]Dwelling, 700)
	for i := range rows {
		rows[i].ID = HouseholdID(i)
	}
	for _, start := range []int{0, 1, 255, 256, 257, 512, 700} {
		want := slices.Clone(rows[:start])
		list := PageDwellings(slices.Clone(want))
		for step := range 60 {
			before, was := list, slices.Clone(want)
			others := map[int]Dwelling{}
			for range min(len(want), rng.IntN(4)) {
				i := rng.IntN(len(want))
				want[i].Resident = int32(1000*step + i)
				others[i] = want[i]
			}
			more := make([]Dwelling, []int{0, 0, 1, 3, 256, 300}[rng.IntN(6)])
			for i := range more {
				more[i].ID = HouseholdID(1000*step + i)
			}
			want = append(want, more...)
			list = list.With(others, more)
			if list.Len() != len(want) || !slices.Equal(list.Rows(), want) {
				t.Fatalf("from %d, step %d: the list is another", start, step)
			}
			for i, d := range list.All() {
				if *d != want[i] || list.At(i) != d {
					t.Fatalf("from %d, step %d: %d is %+v, want %+v", start, step, i, *d, want[i])
				}
			}
			if before.Len() != len(was) || !slices.Equal(before.Rows(), was) {
				t.Fatalf("from %d, step %d: the list before changed", start, step)
			}
		}
	}
}

// One dwelling that changes costs one page.
func TestDwellingsShareTheirPages(t *testing.T) {
	t.Parallel()
	list := PageDwellings(make([]Dwelling, 10*pageSize))
	next := list.With(map[int]Dwelling{3 * pageSize: {ID: 1}}, nil)
	for page := range 10 {
		if shared := list.At(page*pageSize) == next.At(page*pageSize); shared != (page != 3) {
			t.Errorf("page %d is shared: %t", page, shared)
		}
	}
}
