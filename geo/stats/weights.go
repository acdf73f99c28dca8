package stats

import (
	"fmt"
	"math"
	"slices"
)

// A Link says how much unit To counts for the unit that has the link.
type Link struct {
	To     int
	Weight float64
}

// Weights holds for each unit its neighbours, ascending. It is never changed
// once made.
type Weights struct {
	links [][]Link
	self  bool
}

// NewWeights returns weights of the links of each unit. A link must name a unit
// there is, no unit twice, none itself, with a weight that is finite and above
// zero.
func NewWeights(links [][]Link) (*Weights, error) {
	sorted := make([][]Link, len(links))
	for i, row := range links {
		sorted[i] = slices.SortedFunc(slices.Values(row), func(a, b Link) int { return a.To - b.To })
		for k, l := range sorted[i] {
			switch {
			case l.To < 0 || l.To >= len(links):
				return nil, fmt.Errorf("unit %d: neighbour %d does not exist", i, l.To)
			case l.To == i:
				return nil, fmt.Errorf("unit %d: is its own neighbour", i)
			case k > 0 && sorted[i][k-1].To == l.To:
				return nil, fmt.Errorf("unit %d: neighbour %d is listed twice", i, l.To)
			case !(l.Weight > 0) || math.IsInf(l.Weight, 0):
				return nil, fmt.Errorf("unit %d: weight %v of neighbour %d is not above zero", i, l.Weight, l.To)
			}
		}
	}
	return &Weights{links: sorted}, nil
}

// binary returns weights of one for every neighbour listed.
func binary(neighbours [][]int) *Weights {
	w := &Weights{links: make([][]Link, len(neighbours))}
	for i, row := range neighbours {
		slices.Sort(row)
		for _, j := range slices.Compact(row) {
			w.links[i] = append(w.links[i], Link{j, 1})
		}
	}
	return w
}

// Len returns the number of units.
func (w *Weights) Len() int { return len(w.links) }

// Links returns the neighbours of unit i, ascending. The caller must not change
// them.
func (w *Weights) Links(i int) []Link { return w.links[i] }

// Islands returns the units that neither have a neighbour other than themselves
// nor are one, ascending.
func (w *Weights) Islands() []int {
	linked := make([]bool, len(w.links))
	for i, row := range w.links {
		for _, l := range row {
			if l.To != i {
				linked[i], linked[l.To] = true, true
			}
		}
	}
	var islands []int
	for i, is := range linked {
		if !is {
			islands = append(islands, i)
		}
	}
	return islands
}

// RowStandardised returns w with the weights of each unit divided by their sum,
// so that a unit's neighbours together count one (style W). An island keeps
// none.
func (w *Weights) RowStandardised() *Weights {
	out := &Weights{links: make([][]Link, len(w.links)), self: w.self}
	for i, row := range w.links {
		sum := 0.0
		for _, l := range row {
			sum += l.Weight
		}
		for _, l := range row {
			out.links[i] = append(out.links[i], Link{l.To, l.Weight / sum})
		}
	}
	return out
}

// WithSelf returns w in which every unit is its own neighbour too, with the
// weight of one, as the Gi* statistic needs.
func (w *Weights) WithSelf() *Weights {
	if w.self {
		return w
	}
	out := &Weights{links: make([][]Link, len(w.links)), self: true}
	for i, row := range w.links {
		at, _ := slices.BinarySearchFunc(row, i, func(l Link, i int) int { return l.To - i })
		out.links[i] = slices.Insert(slices.Clone(row), at, Link{i, 1})
	}
	return out
}

// without returns the units of w other than those listed, ascending, and w
// among them alone. The units listed are islands.
func (w *Weights) without(islands []int) (kept []int, rest *Weights) {
	number := make([]int, len(w.links)) // of a kept unit among the kept
	for i := range w.links {
		if _, is := slices.BinarySearch(islands, i); !is {
			number[i] = len(kept)
			kept = append(kept, i)
		}
	}
	rest = &Weights{links: make([][]Link, len(kept)), self: w.self}
	for at, i := range kept {
		for _, l := range w.links[i] {
			rest.links[at] = append(rest.links[at], Link{number[l.To], l.Weight})
		}
	}
	return kept, rest
}

// lag returns for each unit the weighted sum of its neighbours' values.
func (w *Weights) lag(values []float64) []float64 {
	out := make([]float64, len(w.links))
	for i, row := range w.links {
		for _, l := range row {
			out[i] += l.Weight * values[l.To]
		}
	}
	return out
}

// sums are the constants of a weights matrix that variances are made of
// (Cliff and Ord): the sum of all weights, half the sum of (wij + wji)², and
// the sum of squared row and column sums.
type sums struct{ s0, s1, s2 float64 }

func (w *Weights) sums() sums {
	var s sums
	ends := make([]float64, len(w.links)) // row sum and column sum of each unit
	for i, row := range w.links {
		for _, l := range row {
			back := w.weight(l.To, i)
			s.s0 += l.Weight
			// Each pair is met from both sides, or from one when the other has no
			// link back: then its half must count here.
			s.s1 += (l.Weight + back) * (l.Weight + back) / 2
			if back == 0 {
				s.s1 += l.Weight * l.Weight / 2
			}
			ends[i] += l.Weight
			ends[l.To] += l.Weight
		}
	}
	for _, e := range ends {
		s.s2 += e * e
	}
	return s
}

// weight returns how much unit j counts for unit i, 0 when it does not.
func (w *Weights) weight(i, j int) float64 {
	at, is := slices.BinarySearchFunc(w.links[i], j, func(l Link, j int) int { return l.To - j })
	if !is {
		return 0
	}
	return w.links[i][at].Weight
}
