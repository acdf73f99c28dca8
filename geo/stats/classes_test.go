package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestClasses(t *testing.T) {
	tests := []struct {
		name   string
		values []float64
		n      int
		how    Grouping
		want   []float64
	}{
		{"as many in each", []float64{9, 1, 2, 8, 3, 7}, 3, Quantile, []float64{1, 3, 8}},
		{"seven in three", []float64{1, 2, 3, 4, 5, 6, 7}, 3, Quantile, []float64{1, 4, 6}},
		{"equal values are not parted", []float64{0, 0, 0, 0, 5, 6}, 3, Quantile, []float64{0, 5}},
		{"fewer values than classes", []float64{4, 2}, 5, Quantile, []float64{2, 4}},
		{"as wide as each other", []float64{0, 1, 10}, 5, Equal, []float64{0, 2, 4, 6, 8}},
		{"one value for all", []float64{3, 3, 3}, 4, Equal, []float64{3}},
		{"farther apart than numbers go", []float64{-math.MaxFloat64, math.MaxFloat64}, 2, Equal, []float64{-math.MaxFloat64, 0}},
		{"natural breaks", []float64{1, 2, 3, 100, 101, 102, 50}, 3, Jenks, []float64{1, 50, 100}},
		{"natural breaks far apart", []float64{-math.MaxFloat64, math.MaxFloat64, 1, 0}, 3, Jenks, []float64{-math.MaxFloat64, 0, math.MaxFloat64}},
		{"natural breaks of one value", []float64{7, 7}, 3, Jenks, []float64{7}},
		{"no more natural breaks than values", []float64{7, 8, 8}, 5, Jenks, []float64{7, 8}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Classes(tt.values, tt.n, tt.how)
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("classes begin at %v, %v; want %v", got, err, tt.want)
			}
		})
	}
	for _, values := range [][]float64{nil, {1, math.NaN()}, {math.Inf(1)}} {
		for _, how := range Groupings {
			var refused *NotComputable
			if got, err := Classes(values, 3, how); !errors.As(err, &refused) {
				t.Errorf("%v by %s: %v, %v", values, how, got, err)
			}
		}
	}
}

// Natural breaks are the best of all ways to part the values, which are tried
// one by one.
func TestNaturalBreaksAreTheBest(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 7))
	for range 300 {
		values := make([]float64, 2+rng.IntN(9))
		for i := range values {
			values[i] = float64(rng.IntN(40)) + 1e6
		}
		n := 1 + rng.IntN(4)
		from, err := Classes(values, n, Jenks)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(values)
		distinct := slices.Compact(slices.Clone(values))
		if want := min(n, len(distinct)); len(from) != want {
			t.Fatalf("%v: %d classes, want %d", values, len(from), want)
		}
		if got, best := unevenness(values, from), leastUneven(values, distinct[1:], from[:1], len(from)-1); got > best+1e-9 {
			t.Fatalf("%v begin at %v: %v, while %v can be had", values, from, got, best)
		}
	}
}

// leastUneven tries every choice of so many more beginnings.
func leastUneven(values, rest, chosen []float64, more int) float64 {
	if more == 0 {
		return unevenness(values, chosen)
	}
	best := math.Inf(1)
	for k := range rest {
		best = min(best, leastUneven(values, rest[k+1:], append(slices.Clone(chosen), rest[k]), more-1))
	}
	return best
}

// unevenness adds up the squared deviations of values from the means of their
// classes.
func unevenness(values, from []float64) (sum float64) {
	for k := range from {
		var class []float64
		for _, v := range values {
			if v >= from[k] && (k+1 == len(from) || v < from[k+1]) {
				class = append(class, v)
			}
		}
		_, squares, _ := deviations(class)
		sum += squares
	}
	return sum
}
