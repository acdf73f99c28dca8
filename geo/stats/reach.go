package stats

import "math"

// Reach returns for each place of demand how much supply it can reach per head
// of all who reach the same (two-step floating catchment area, Luo and Wang
// 2003). near gives how strongly supply s is within reach of demand d: 0 not at
// all; the weights need not add up to anything. The sum of demand times reach
// is all supply that anybody reaches.
//
// A supply that nobody reaches gives nothing.
func Reach(demand, supply []float64, near func(d, s int) float64) ([]float64, error) {
	for _, values := range [][]float64{demand, supply} {
		if err := usable(values, len(values)); err != nil {
			return nil, err
		}
		for _, v := range values {
			if v < 0 {
				return nil, not(Negative)
			}
		}
	}
	out := make([]float64, len(demand))
	weights := make([]float64, len(demand))
	for s := range supply {
		users := 0.0
		for d := range demand {
			weights[d] = near(d, s)
			if !(weights[d] >= 0) || math.IsInf(weights[d], 0) {
				return nil, not(NotFinite)
			}
			users += weights[d] * demand[d]
		}
		if users == 0 {
			continue
		}
		for d := range demand {
			out[d] += weights[d] * supply[s] / users
		}
	}
	return out, nil
}
