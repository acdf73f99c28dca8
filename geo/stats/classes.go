package stats

import "slices"

// A Grouping says how values are put into classes.
type Grouping string

const (
	Quantile Grouping = "quantile" // as many units in each as in the others
	Equal    Grouping = "equal"    // each as wide as the others
	Jenks    Grouping = "jenks"    // natural breaks: the values of a class as close as can be
)

// Groupings lists them all.
var Groupings = []Grouping{Quantile, Equal, Jenks}

// Classes returns where classes of values begin, ascending: a class holds what
// lies from its beginning up to but without that of the next, and the last all
// from there on. Equal values are never parted, so there may be fewer classes
// than the n that are asked for, which must be at least 1. Only of [Equal] may a
// class be empty.
func Classes(values []float64, n int, how Grouping) ([]float64, error) {
	if err := usable(values, len(values)); err != nil {
		return nil, err
	}
	if len(values) == 0 {
		return nil, not(TooFew)
	}
	sorted := slices.Sorted(slices.Values(values))
	low, high := sorted[0], sorted[len(sorted)-1]
	from := make([]float64, n)
	for k := range from {
		switch how {
		case Equal: // halves and parts first: their difference may be beyond float64
			from[k] = low + (high/float64(n)-low/float64(n))*float64(k)
		default:
			from[k] = sorted[min((k*len(sorted)+n-1)/n, len(sorted)-1)]
		}
	}
	if how == Jenks {
		from = naturalBreaks(sorted, n)
	}
	return slices.Compact(from), nil
}

// naturalBreaks returns where classes begin whose squared deviations from
// their own means add up to the least (Fisher 1958, "On grouping for maximum
// homogeneity"; Jenks made it known for maps). Of equally good ones those that
// begin lower are taken.
func naturalBreaks(sorted []float64, n int) []float64 {
	values := slices.Compact(slices.Clone(sorted))
	n = min(n, len(values))
	g := newGroups(sorted, values)
	cost := make([]float64, len(values)+1) // of the first so many values in the classes so far
	for i := range cost[1:] {
		cost[i+1] = g.cost(0, i+1)
	}
	starts := make([][]int32, n) // of each class, where it begins if it ends there
	for class := 1; class < n; class++ {
		next := make([]float64, len(cost))
		starts[class] = make([]int32, len(cost))
		g.divide(cost, next, starts[class], span{class + 1, len(values)}, span{class, len(values) - 1})
		cost = next
	}
	from := make([]float64, n)
	for class, end := n-1, len(values); class > 0; class-- {
		end = int(starts[class][end])
		from[class] = values[end]
	}
	from[0] = values[0]
	return from
}

// groups hold the sums that tell how close values are, from the first on.
type groups struct{ count, sum, square []float64 }

// newGroups adds up the values, each as often as it occurs in sorted, moved and
// scaled to between -1/2 and 1/2 so that the sums stay exact enough.
func newGroups(sorted, values []float64) groups {
	g := groups{make([]float64, len(values)+1), make([]float64, len(values)+1), make([]float64, len(values)+1)}
	low, high := values[0]/2, values[len(values)-1]/2
	at := 0
	for k, v := range values {
		first := at
		for at < len(sorted) && sorted[at] == v {
			at++
		}
		w, x := float64(at-first), 0.0
		if high > low {
			x = (v/2-low)/(high-low) - 0.5
		}
		g.count[k+1], g.sum[k+1], g.square[k+1] = g.count[k]+w, g.sum[k]+w*x, g.square[k]+w*x*x
	}
	return g
}

// cost is the sum of squared deviations of the values from a up to without b.
func (g *groups) cost(a, b int) float64 {
	sum := g.sum[b] - g.sum[a]
	return max(0, g.square[b]-g.square[a]-sum*sum/(g.count[b]-g.count[a]))
}

// A span is a range of ends or beginnings, both included.
type span struct{ from, to int }

// divide adds a class: for each end of the span it looks for the best beginning
// of the last class. Later ends have later beginnings, so the middle one leaves
// half of them to either side.
func (g *groups) divide(cost, next []float64, starts []int32, ends, begins span) {
	if ends.from > ends.to {
		return
	}
	end := (ends.from + ends.to) / 2
	best := -1
	for begin := begins.from; begin <= min(begins.to, end-1); begin++ {
		if c := cost[begin] + g.cost(begin, end); best < 0 || c < next[end] {
			best, next[end] = begin, c
		}
	}
	starts[end] = int32(best)
	g.divide(cost, next, starts, span{ends.from, end - 1}, span{begins.from, best})
	g.divide(cost, next, starts, span{end + 1, ends.to}, span{best, begins.to})
}
