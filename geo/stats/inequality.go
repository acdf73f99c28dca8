package stats

import (
	"math"
	"slices"
)

// Gini returns how unevenly a total is spread over units: 0 when all have the
// same, (n-1)/n when one has everything. Values must not be negative.
func Gini(values []float64) (float64, error) {
	total, err := shared(values)
	if err != nil {
		return 0, err
	}
	sorted := slices.Sorted(slices.Values(values))
	n, ranked := float64(len(values)), 0.0
	for i, v := range sorted {
		ranked += (2*float64(i+1) - n - 1) * v
	}
	return ranked / (n * total), nil
}

// Variation returns the coefficient of variation: the standard deviation of all
// units (not of a sample) over their mean, which must be above zero.
func Variation(values []float64) (float64, error) {
	if _, err := shared(values); err != nil {
		return 0, err
	}
	_, z2, _ := deviations(values)
	return math.Sqrt(z2/float64(len(values))) / mean(values), nil
}

// An Inequality is Theil's T with its parts: Between the groups and Within
// them. The parts add up to Total, in nats.
type Inequality struct{ Total, Between, Within float64 }

// Theil returns Theil's T of a total (workers, say) held by units against what
// they need it for (residents): 0 when every unit has the same per head. group
// gives each unit's group. A unit that has but needs nothing makes the figure
// infinite and so not computable.
func Theil(have, need []float64, group []int) (Inequality, error) {
	if len(group) != len(have) || len(need) != len(have) {
		return Inequality{}, not(WrongLength)
	}
	total, err := shared(have)
	if err != nil {
		return Inequality{}, err
	}
	base, err := shared(need)
	if err != nil {
		return Inequality{}, err
	}
	var t Inequality
	groupHave, groupNeed := map[int]float64{}, map[int]float64{}
	for i := range have {
		if have[i] > 0 && need[i] == 0 {
			return Inequality{}, not(NoBase)
		}
		groupHave[group[i]] += have[i]
		groupNeed[group[i]] += need[i]
		t.Total += entropy(have[i]/total, need[i]/base)
	}
	ids := make([]int, 0, len(groupHave))
	for g := range groupHave {
		ids = append(ids, g)
	}
	slices.Sort(ids) // sums of floats depend on their order
	for _, g := range ids {
		t.Between += entropy(groupHave[g]/total, groupNeed[g]/base)
	}
	t.Within = t.Total - t.Between
	return t, nil
}

// entropy is one term of Theil's T: the share had times the logarithm of what
// it is against the share needed.
func entropy(had, needed float64) float64 {
	if had == 0 {
		return 0
	}
	return had * math.Log(had/needed)
}

// shared returns the sum of values, which must be above zero, and none of them
// below.
func shared(values []float64) (float64, error) {
	if err := usable(values, len(values)); err != nil {
		return 0, err
	}
	total := 0.0
	for _, v := range values {
		if v < 0 {
			return 0, not(Negative)
		}
		total += v
	}
	if len(values) == 0 {
		return 0, not(TooFew)
	}
	if total <= 0 {
		return 0, not(ZeroTotal)
	}
	return total, nil
}
