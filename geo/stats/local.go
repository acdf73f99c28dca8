package stats

import (
	"cmp"
	"math"
	"slices"
)

// A Local is the figure of one unit, nothing when Reason is set.
type Local struct {
	Value    float64
	Expected float64
	Variance float64
	Z        float64 // standard deviations from what is expected
	P        float64 // probability of a Z as far from zero on either side
	Reason   Reason  // why there is no figure, empty when there is
}

func local(value, expected, variance float64) Local {
	if !(variance > 0) {
		return Local{Reason: Constant}
	}
	z := (value - expected) / math.Sqrt(variance)
	return Local{value, expected, variance, z, twoSided(z), ""}
}

// LocalMoran returns Anselin's local Moran's I of each unit, with expectation
// and variance given the unit's own value (Sokal, Oden and Thomson 1998). The
// values of all units are scaled by their mean square.
func LocalMoran(values []float64, w *Weights) ([]Local, error) {
	if err := usable(values, w.Len()); err != nil {
		return nil, err
	}
	if len(values) < 4 {
		return nil, not(TooFew)
	}
	z, z2, _ := deviations(values)
	if z2 <= rounding(values) {
		return nil, not(Constant)
	}
	n := float64(len(values))
	m2 := z2 / n
	out := make([]Local, len(values))
	lag := w.lag(z)
	for i := range out {
		sum, squares := rowSums(w.Links(i))
		if sum == 0 {
			out[i] = Local{Reason: NoLinks}
			continue
		}
		own := z[i] / m2
		out[i] = local(own*lag[i], -own*z[i]*sum/(n-1),
			own*own*n/(n-2)*(squares-sum*sum/(n-1))*(m2-z[i]*z[i]/(n-1)))
	}
	return out, nil
}

// rowSums adds the weights of links and their squares.
func rowSums(links []Link) (sum, squares float64) {
	for _, l := range links {
		sum += l.Weight
		squares += l.Weight * l.Weight
	}
	return sum, squares
}

// HotSpots returns the standardised G of each unit: Gi* when the weights of w
// include the unit itself ([Weights.WithSelf]), else Gi, which leaves the
// unit's own value out of mean and variance. Value equals Z. A unit above 1.96
// lies in a hot spot, below -1.96 in a cold one, before [FDR]. Ord and Getis,
// Geographical Analysis 27 (1995).
func HotSpots(values []float64, w *Weights) ([]Local, error) {
	if err := usable(values, w.Len()); err != nil {
		return nil, err
	}
	if len(values) < 4 {
		return nil, not(TooFew)
	}
	z, z2, _ := deviations(values)
	least := rounding(values)
	if z2 <= least {
		return nil, not(Constant)
	}
	out := make([]Local, len(values))
	lag := w.lag(z) // of deviations: the overall mean takes no part in what differs
	for i := range out {
		sum, squares := rowSums(w.Links(i))
		if sum == 0 {
			out[i] = Local{Reason: NoLinks}
			continue
		}
		// The values that the unit is held against: all, or all but its own.
		n, m, square := float64(len(values)), 0.0, z2
		if !w.self {
			n, m, square = n-1, -z[i]/(n-1), z2-z[i]*z[i]*n/(n-1)
		}
		if square <= least {
			out[i] = Local{Reason: Constant}
			continue
		}
		spread := square / n * (n*squares - sum*sum) / (n - 1)
		if out[i] = local(lag[i], m*sum, spread); out[i].Reason == "" {
			out[i].Value, out[i].Expected, out[i].Variance = out[i].Z, 0, 1
		}
	}
	return out, nil
}

// FDR returns p adjusted for the number of units asked (Benjamini and Hochberg
// 1995): the share of false alarms among all units whose adjusted p is as small.
// Not-a-number stands for a unit without a figure and stays so.
func FDR(p []float64) []float64 {
	out := make([]float64, len(p))
	var order []int
	for i, v := range p {
		out[i] = v
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[b], p[a]) })
	least := 1.0
	for k, i := range order {
		least = min(least, p[i]*float64(len(order))/float64(len(order)-k))
		out[i] = least
	}
	return out
}
