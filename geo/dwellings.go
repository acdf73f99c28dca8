package geo

import (
	"iter"
	"slices"
)

// Dwellings is a list of dwellings that is not written again as a whole when a
// few of them change: it stands in pages, and shares those that stay. The zero
// Dwellings is empty. A list does not change.
type Dwellings struct {
	pages [][]Dwelling // full ones, but for the last
	n     int
	rows  []Dwelling // the pages in one piece, nil when they are not
}

// A page holds 256 dwellings, some 14 kB: as much is written for one that
// changes, beside a list of pages of the same size in a county of 250,000.
const (
	pageShift = 8
	pageSize  = 1 << pageShift
)

// PageDwellings returns the list of rows, which it keeps; they must not be
// changed afterwards.
func PageDwellings(rows []Dwelling) Dwellings {
	return Dwellings{slices.Collect(slices.Chunk(rows, pageSize)), len(rows), rows}
}

// Len returns how many there are.
func (d Dwellings) Len() int { return d.n }

// At returns the dwelling at an index, which must not be changed.
func (d Dwellings) At(i int) *Dwelling { return &d.pages[i>>pageShift][i&(pageSize-1)] }

// All returns the dwellings by index; they must not be changed.
func (d Dwellings) All() iter.Seq2[int, *Dwelling] {
	return func(yield func(int, *Dwelling) bool) {
		for i := range d.n {
			if !yield(i, d.At(i)) {
				return
			}
		}
	}
}

// Rows returns all in one piece, which must not be changed. It is written only
// for a list that came of another.
func (d Dwellings) Rows() []Dwelling {
	if d.rows != nil {
		return d.rows
	}
	return slices.Concat(d.pages...)
}

// With returns the list that has others in some places, and more at its end.
func (d Dwellings) With(others map[int]Dwelling, more []Dwelling) Dwellings {
	if len(others)+len(more) == 0 {
		return d
	}
	next := Dwellings{pages: slices.Clone(d.pages), n: d.n}
	for i, other := range others {
		page := i >> pageShift
		if &next.pages[page][0] == &d.pages[page][0] {
			next.pages[page] = slices.Clone(d.pages[page])
		}
		next.pages[page][i&(pageSize-1)] = other
	}
	if at := d.n &^ (pageSize - 1); at < d.n && len(more) > 0 { // the last page is not full
		last := len(next.pages) - 1
		more = slices.Concat(next.pages[last], more)
		next.pages, next.n = next.pages[:last], at
	}
	for page := range slices.Chunk(more, pageSize) {
		next.pages, next.n = append(next.pages, page), next.n+len(page)
	}
	return next
}
