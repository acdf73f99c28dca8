package stats

import (
	"math"
	"math/rand/v2"
)

// A Permuted says how a figure stands among those of the same values dealt to
// the units at random.
type Permuted struct {
	Mean, Deviation float64 // of the figures dealt
	// P is the share of figures, the real one among them, that lie as far from
	// the mean as the real one: with 999 draws never below 0.001.
	P float64
}

// Permute deals values to the units draws times and asks each time for the
// figure. The same seed gives the same answer.
func Permute(values []float64, draws int, seed uint64, figure func([]float64) (float64, error)) (Permuted, error) {
	if draws < 1 {
		return Permuted{}, not(TooFew)
	}
	real, err := figure(values)
	if err != nil {
		return Permuted{}, err
	}
	dealt := append([]float64(nil), values...)
	random := rand.New(rand.NewPCG(seed, 0))
	found := make([]float64, draws)
	for i := range found {
		random.Shuffle(len(dealt), func(i, j int) { dealt[i], dealt[j] = dealt[j], dealt[i] })
		if found[i], err = figure(dealt); err != nil {
			return Permuted{}, err
		}
	}
	m := mean(found)
	_, z2, _ := deviations(found)
	as := 1
	for _, f := range found {
		if math.Abs(f-m) >= math.Abs(real-m) {
			as++
		}
	}
	return Permuted{m, math.Sqrt(z2 / float64(draws)), float64(as) / float64(draws+1)}, nil
}
