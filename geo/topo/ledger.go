package topo

import (
	"cmp"
	"slices"
)

// A span is an edge between numbered places, and how often it runs from lo to
// hi less how often back.
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
	at    *places
	spans []span
	sum   []int32 // of spans: what each comes to with its likes
	order []int32 // spans by lo, then hi
	first []int32 // of places: the first in order with that lo
}

func newLedger(at *places, spans []span) *ledger {
	l := &ledger{at, spans, make([]int32, len(spans)), make([]int32, len(spans)), make([]int32, len(at.at)+2)}
	for i := range spans {
		l.first[spans[i].lo+2]++
	}
	for i := 2; i < len(l.first); i++ {
		l.first[i] += l.first[i-1]
	}
	for i := range spans {
		lo := spans[i].lo
		l.order[l.first[lo+1]] = int32(i)
		l.first[lo+1]++
	}
	each(len(at.at), func(lo int) { l.add(l.from(int32(lo))) })
	return l
}

// add adds up the spans with one lo.
func (l *ledger) add(group []int32) {
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
	most := 0
	for _, n := range l.sum {
		if n != 0 {
			most++
		}
	}
	links := make([]link, 0, most)
	last := span{-1, -1, 0}
	for _, i := range l.order {
		if s := l.spans[i]; l.sum[i] != 0 && (s.lo != last.lo || s.hi != last.hi) {
			links = append(links, link{l.at.at[s.lo], l.at.at[s.hi], l.sum[i]})
			last = s
		}
	}
	return links
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
