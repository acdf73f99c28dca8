// Package stats computes spatial statistics over units with neighbours: global
// and local autocorrelation, hot spots, smoothed rates, inequality and reach.
//
// Every figure is compared in the tests with one that another program
// published or computes. What cannot be computed is a [NotComputable] with its
// reason, never a zero, an infinity or not-a-number.
package stats

import "math"

// A Reason says why a figure cannot be computed.
type Reason string

const (
	TooFew      Reason = "too_few_units"   // fewer units than the variance needs
	Constant    Reason = "constant_values" // every unit has the same value
	NoLinks     Reason = "no_neighbours"   // no unit has a neighbour
	NotFinite   Reason = "not_finite"      // a value is missing, infinite or not a number
	Negative    Reason = "negative_value"  // the figure is defined for values >= 0 only
	ZeroTotal   Reason = "zero_total"      // the values add up to zero
	NoBase      Reason = "no_population"   // a rate without anybody at risk
	WrongLength Reason = "wrong_length"    // values and units are not as many
)

// reasonWords tells each reason in a sentence.
var reasonWords = map[Reason]string{
	TooFew:      "there are too few units",
	Constant:    "every unit has the same value",
	NoLinks:     "no unit has a neighbour",
	NotFinite:   "a value is missing, infinite or not a number",
	Negative:    "a value is negative",
	ZeroTotal:   "the values add up to zero",
	NoBase:      "nobody is at risk",
	WrongLength: "there are not as many values as units",
}

// NotComputable is returned for a figure that does not exist for these values.
type NotComputable struct{ Reason Reason }

func (e *NotComputable) Error() string { return reasonWords[e.Reason] }

func not(r Reason) error { return &NotComputable{r} }

// usable returns an error unless there are n finite values.
func usable(values []float64, n int) error {
	if len(values) != n {
		return not(WrongLength)
	}
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return not(NotFinite)
		}
	}
	return nil
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// deviations returns values less their mean, and the sums of their squares and
// fourth powers.
func deviations(values []float64) (z []float64, z2, z4 float64) {
	m := mean(values)
	z = make([]float64, len(values))
	for i, v := range values {
		z[i] = v - m
		z2 += z[i] * z[i]
		z4 += z[i] * z[i] * z[i] * z[i]
	}
	return z, z2, z4
}

// rounding is the most that a sum of squared deviations of values can be by
// rounding alone.
func rounding(values []float64) float64 {
	largest := 0.0
	for _, v := range values {
		largest = max(largest, math.Abs(v))
	}
	const unit = 1e-15 // a little over the rounding of one value, relative
	return float64(len(values)) * (unit * largest) * (unit * largest)
}

// twoSided is the probability that a standard normal lies farther from zero
// than z.
func twoSided(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }
