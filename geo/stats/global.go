package stats

import "math"

// An Assumption says what the values are held to be when no autocorrelation is
// there: any order of these values, or draws from a normal distribution.
type Assumption int

const (
	Randomisation Assumption = iota
	Normality
)

// A Global is one figure for all units together, beside what is expected when
// the values are strewn without regard to place.
type Global struct {
	Value    float64
	Expected float64
	Variance float64
	// Z is how many standard deviations the figure lies from what is expected.
	// It is above zero where like values are neighbours, for Geary's C too.
	Z float64
	// P is the probability of a Z as far from zero on either side.
	P float64
}

func global(value, expected, variance, sign float64) (Global, error) {
	if !(variance > 0) {
		return Global{}, not(TooFew)
	}
	z := sign * (value - expected) / math.Sqrt(variance)
	return Global{value, expected, variance, z, twoSided(z)}, nil
}

// Moran returns Moran's I of values. Units without neighbours say nothing of
// autocorrelation and take no part, as if they were not there; four units with
// neighbours are needed. Variances: Cliff and Ord, Spatial Processes (1981).
func Moran(values []float64, w *Weights, a Assumption) (Global, error) {
	values, w, err := linked(values, w)
	if err != nil {
		return Global{}, err
	}
	n := float64(len(values))
	z, z2, z4 := deviations(values)
	if z2 <= rounding(values) {
		return Global{}, not(Constant)
	}
	cross := 0.0
	for i, l := range w.lag(z) {
		cross += z[i] * l
	}
	s := w.sums()
	expected := -1 / (n - 1)
	s0 := s.s0 * s.s0
	var second float64 // the expected square of I
	if a == Normality {
		second = (n*n*s.s1 - n*s.s2 + 3*s0) / (s0 * (n*n - 1))
	} else {
		k := n * z4 / (z2 * z2)
		second = (n*(s.s1*(n*n-3*n+3)-n*s.s2+3*s0) - k*(s.s1*(n*n-n)-2*n*s.s2+6*s0)) /
			((n - 1) * (n - 2) * (n - 3) * s0)
	}
	return global(n/s.s0*cross/z2, expected, second-expected*expected, 1)
}

// Geary returns Geary's C of values: 1 when place does not matter, less when
// like values are neighbours. Units and variances as for [Moran].
func Geary(values []float64, w *Weights, a Assumption) (Global, error) {
	values, w, err := linked(values, w)
	if err != nil {
		return Global{}, err
	}
	n := float64(len(values))
	_, z2, z4 := deviations(values)
	if z2 <= rounding(values) {
		return Global{}, not(Constant)
	}
	differences := 0.0
	for i := range values {
		for _, l := range w.Links(i) {
			d := values[i] - values[l.To]
			differences += l.Weight * d * d
		}
	}
	s := w.sums()
	s0 := s.s0 * s.s0
	var variance float64
	if a == Normality {
		variance = ((2*s.s1+s.s2)*(n-1) - 4*s0) / (2 * (n + 1) * s0)
	} else {
		k := n * z4 / (z2 * z2)
		variance = (n-1)*s.s1*(n*n-3*n+3-k*(n-1)) -
			(n-1)*s.s2*(n*n+3*n-6-k*(n*n-n+2))/4 +
			s0*(n*n-3-k*(n-1)*(n-1))
		variance /= n * (n - 2) * (n - 3) * s0
	}
	return global((n-1)*differences/(2*s.s0*z2), 1, variance, -1)
}

// GetisOrd returns the general G of values, which must not be negative: how
// much of all products of two values lies between neighbours. It is above what
// is expected when high values are neighbours, below when low ones are. Units
// as for [Moran]. Variance: Getis and Ord, Geographical Analysis 24 (1992).
func GetisOrd(values []float64, w *Weights) (Global, error) {
	values, w, err := linked(values, w)
	if err != nil {
		return Global{}, err
	}
	var m1, m2, m3, m4, near float64
	for i, v := range values {
		if v < 0 {
			return Global{}, not(Negative)
		}
		m1 += v
		m2 += v * v
		m3 += v * v * v
		m4 += v * v * v * v
		for _, l := range w.Links(i) {
			near += l.Weight * v * values[l.To]
		}
	}
	if m1*m1-m2 <= 0 {
		return Global{}, not(ZeroTotal)
	}
	n, s := float64(len(values)), w.sums()
	expected := s.s0 / (n * (n - 1))
	second := getisOrdSquare(n, s, m1, m2, m3, m4) /
		((m1*m1 - m2) * (m1*m1 - m2) * n * (n - 1) * (n - 2) * (n - 3))
	return global(near/(m1*m1-m2), expected, second-expected*expected, 1)
}

// getisOrdSquare is the numerator of the expected square of the general G, from
// the sums of the first four powers of the values.
func getisOrdSquare(n float64, s sums, m1, m2, m3, m4 float64) float64 {
	s0 := s.s0 * s.s0
	return (n*n-3*n+3)*s.s1*m2*m2 - n*s.s2*m2*m2 + 3*s0*m2*m2 -
		((n*n-n)*s.s1-2*n*s.s2+6*s0)*m4 -
		(2*n*s.s1-(n+3)*s.s2+6*s0)*m1*m1*m2 +
		(4*(n-1)*s.s1-2*(n+1)*s.s2+8*s0)*m1*m3 +
		(s.s1-s.s2+s0)*m1*m1*m1*m1
}

// linked returns the units that have neighbours, with their values, when there
// are enough of them to be judged.
func linked(values []float64, w *Weights) ([]float64, *Weights, error) {
	if err := usable(values, w.Len()); err != nil {
		return nil, nil, err
	}
	islands := w.Islands()
	switch n := w.Len() - len(islands); {
	case n == 0:
		return nil, nil, not(NoLinks)
	case n < 4:
		return nil, nil, not(TooFew)
	case len(islands) == 0:
		return values, w, nil
	}
	kept, rest := w.without(islands)
	out := make([]float64, len(kept))
	for at, i := range kept {
		out[at] = values[i]
	}
	return out, rest, nil
}
