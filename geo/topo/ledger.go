package topo

import (
	"cmp"
	"slices"
)

// A span is an edge between places by their numbers, and how often it runs from
// lo to hi less how often back.
type span struct{ lo, hi, n int32 }

// spanOf returns the edge from p to q; between the same place it has no n.
func spanOf(p, q, n int32) span {
	switch {
	case p < q:
		return span{p, q, n}
	case q < p:
		return span{q, p, -n}
	}
	return span{p, q, 0}
}

// A ledger adds up spans between the same places.
type ledger struct {
	points []Point // by number
	spans  []span
	sum    []int32 // of spans: what each comes to with its likes
	order  []int32 // spans by lo, then hi
	first  []int32 // of numbers: the first in order with that lo
}

// add makes the ledger that of these spans, in the room of what it held. Each
// processor has its share of numbers.
func (l *ledger) add(points []Point, spans []span) {
	l.points, l.spans = points, spans
	l.sum, l.order, l.first = cleared(l.sum, len(spans)), cleared(l.order, len(spans)), cleared(l.first, len(points)+2)
	share := len(points)/workers() + 1
	eachBatch(len(points), share, func(from, to int) {
		for i := range spans {
			if lo := int(spans[i].lo); from <= lo && lo < to {
				l.first[lo+2]++
			}
		}
	})
	for i := 2; i < len(l.first); i++ {
		l.first[i] += l.first[i-1]
	}
	eachBatch(len(points), share, func(from, to int) {
		for i := range spans {
			if lo := int(spans[i].lo); from <= lo && lo < to {
				l.order[l.first[lo+1]] = int32(i)
				l.first[lo+1]++
			}
		}
	})
	each(len(points), func(lo int) { l.addUp(l.from(int32(lo))) })
}

// cleared returns n zeros, in the room of what was if that is enough.
func cleared(was []int32, n int) []int32 {
	if cap(was) < n {
		return make([]int32, n)
	}
	was = was[:n]
	clear(was)
	return was
}

// addUp adds up the spans with one lo.
func (l *ledger) addUp(group []int32) {
	sortByHi(group, l.spans)
	for i := 0; i < len(group); {
		j, n, hi := i, int32(0), l.spans[group[i]].hi
		for ; j < len(group) && l.spans[group[j]].hi == hi; j++ {
			n += l.spans[group[j]].n
		}
		for ; i < j; i++ {
			l.sum[group[i]] = n
		}
	}
}

// from returns the spans with a lo, by hi.
func (l *ledger) from(lo int32) []int32 { return l.order[l.first[lo]:l.first[lo+1]] }

// lasts reports whether the spans between two places do not cancel.
func (l *ledger) lasts(p, q int32) bool {
	for _, i := range l.from(min(p, q)) {
		if l.spans[i].hi == max(p, q) {
			return l.sum[i] != 0
		}
	}
	return false
}

// lasting returns what does not cancel, in order.
func (l *ledger) lasting() []link {
	var links []link
	for i, n := range l.sum {
		if n != 0 {
			s := l.spans[i]
			links = appendLink(links, l.points[s.lo], l.points[s.hi], n)
		}
	}
	slices.SortFunc(links, compareLinks)
	return slices.Compact(links)
}

func sortByHi(group []int32, spans []span) {
	if len(group) > 16 {
		slices.SortFunc(group, func(i, j int32) int { return cmp.Compare(spans[i].hi, spans[j].hi) })
		return
	}
	for i := 1; i < len(group); i++ {
		for j := i; j > 0 && spans[group[j]].hi < spans[group[j-1]].hi; j-- {
			group[j], group[j-1] = group[j-1], group[j]
		}
	}
}
