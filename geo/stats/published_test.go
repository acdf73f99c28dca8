package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// lattice is a board of size x size units with edges (rook) as neighbours.
func lattice(size int) *Weights {
	var neighbours [][]int
	for i := range size * size {
		var row []int
		x, y := i%size, i/size
		for _, d := range [][2]int{{0, -1}, {-1, 0}, {1, 0}, {0, 1}} {
			if a, b := x+d[0], y+d[1]; a >= 0 && a < size && b >= 0 && b < size {
				row = append(row, b*size+a)
			}
		}
		neighbours = append(neighbours, row)
	}
	return binary(neighbours)
}

// Nine values on a board of three by three; the variances follow from the
// published formulas by hand.
func TestMoranOnABoard(t *testing.T) {
	t.Parallel()
	y := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}
	for a, want := range map[Assumption]float64{Randomisation: 0.0596875, Normality: 0.053125} {
		got, err := Moran(y, lattice(3), a)
		if err != nil || math.Abs(got.Variance-want) > 1e-12 {
			t.Errorf("variance %v, %v, want %v", got.Variance, err, want)
		}
	}
}

// Six points that PySAL's documentation computes with a band of 15.
func TestGetisOrdOfSixPoints(t *testing.T) {
	t.Parallel()
	places := []Place{{10, 10}, {20, 10}, {40, 10}, {15, 20}, {30, 20}, {30, 30}}
	y := []float64{2, 3, 3.2, 5, 8, 7}
	w, err := Within(places, 15)
	if err != nil {
		t.Fatal(err)
	}
	g, err := GetisOrd(y, w)
	if err != nil {
		t.Fatal(err)
	}
	// PySAL gives the probability of one side, and eight digits.
	if math.Abs(g.Value-0.55709779) > 5e-9 || math.Abs(g.P/2-0.172936) > 5e-7 {
		t.Errorf("G %v with p %v", g.Value, g.P/2)
	}
	// The statistic does not change when all weights of a unit are scaled: row
	// weights give what binary ones give. The row figures of PySAL, -0.62074534
	// and -0.62488094, come of a variance that holds for binary weights only, W
	// (N - W) over N - 1 for W neighbours among N others, taken at W = 1.
	const others, neighbours = 5, 2
	for _, tt := range []struct {
		name           string
		w              *Weights
		binary, pysal  float64
		others, linked float64
	}{
		{"Gi", w, -1.0136729, -0.62074534, others, neighbours},
		{"Gi*", w.WithSelf(), -1.39727626, -0.62488094, others + 1, neighbours + 1},
	} {
		for style, w := range map[string]*Weights{"binary": tt.w, "row": tt.w.RowStandardised()} {
			got, err := HotSpots(y, w)
			if err != nil || math.Abs(got[0].Z-tt.binary) > 5e-8 {
				t.Errorf("%s, %s, of the first point: %v, %v, want %v", tt.name, style, got[0].Z, err, tt.binary)
			}
		}
		shrunk := tt.binary / tt.linked * math.Sqrt(tt.linked*(tt.others-tt.linked)/(tt.others-1))
		if math.Abs(shrunk-tt.pysal) > 5e-8 {
			t.Errorf("%s: with the variance of one neighbour %v, PySAL %v", tt.name, shrunk, tt.pysal)
		}
	}
}

// Three tracts with 100, 50 and 10 people and 15, 20 and 100 doctors, 40 apart,
// the first two 80, which is beyond the limit of 61; weights are one over cost.
func TestReachOfThreeTracts(t *testing.T) {
	t.Parallel()
	cost := [][]float64{{1, 80, 40}, {80, 1, 40}, {40, 40, 1}}
	people := []float64{100, 50, 10}
	got, err := Reach(people, []float64{15, 20, 100}, func(d, s int) float64 {
		if cost[d][s] > 61 {
			return 0
		}
		return 1 / cost[d][s]
	})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "reach", got, []float64{0.331444117, 0.579828132, 7.286418170})
	sum := 0.0
	for i := range people {
		sum += people[i] * got[i]
	}
	if math.Abs(sum-135) > 1e-9 {
		t.Errorf("people times reach is %v, want all 135 doctors", sum)
	}
}

func TestInequality(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name            string
		values          []float64
		gini, variation float64
	}{
		{"all alike", []float64{5, 5, 5, 5}, 0, 0},
		{"one has all", []float64{0, 0, 0, 8}, 0.75, math.Sqrt(3)},
		{"one to four", []float64{1, 2, 3, 4}, 0.25, math.Sqrt(1.25) / 2.5},
	}
	for _, tt := range tests {
		gini, err := Gini(tt.values)
		if err != nil || math.Abs(gini-tt.gini) > 1e-12 {
			t.Errorf("%s: Gini %v, %v, want %v", tt.name, gini, err, tt.gini)
		}
		v, err := Variation(tt.values)
		if err != nil || math.Abs(v-tt.variation) > 1e-12 {
			t.Errorf("%s: variation %v, %v, want %v", tt.name, v, err, tt.variation)
		}
	}
	// Two groups of equal need: all inequality lies between them.
	got, err := Theil([]float64{1, 1, 3, 3}, []float64{1, 1, 1, 1}, []int{0, 0, 1, 1})
	want := 0.25*math.Log(0.5) + 0.75*math.Log(1.5)
	if err != nil || math.Abs(got.Total-want) > 1e-12 || math.Abs(got.Within) > 1e-12 {
		t.Errorf("Theil %+v, %v, want %v, all of it between", got, err, want)
	}
}

func TestWhatCannotBeComputedSaysWhy(t *testing.T) {
	t.Parallel()
	board, none := lattice(3), binary(make([][]int, 9))
	ones := []float64{1, 1, 1, 1, 1, 1, 1, 1, 1}
	rising := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}
	tests := []struct {
		name string
		do   func() error
		want Reason
	}{
		{"constant values", func() error { _, err := Moran(ones, board, Randomisation); return err }, Constant},
		{"constant values with rounding", func() error {
			_, err := Geary([]float64{0.1, 0.1, 0.1, 0.3 - 0.2, 0.1, 0.1, 0.1, 0.1, 0.1}, board, Randomisation)
			return err
		}, Constant},
		{"no neighbours", func() error { _, err := Moran(rising, none, Randomisation); return err }, NoLinks},
		{"no number", func() error { _, err := Moran(append(rising[:8:8], math.NaN()), board, Randomisation); return err }, NotFinite},
		{"too short", func() error { _, err := HotSpots(rising[:4], board); return err }, WrongLength},
		{"three units", func() error {
			_, err := Moran(rising[:3], binary([][]int{{1}, {0, 2}, {1}}), Randomisation)
			return err
		}, TooFew},
		{"negative in G", func() error { _, err := GetisOrd([]float64{-1, 2, 3, 4, 5, 6, 7, 8, 9}, board); return err }, Negative},
		{"nothing at all in G", func() error { _, err := GetisOrd(make([]float64, 9), board); return err }, ZeroTotal},
		{"nobody at risk", func() error { _, err := Smoothed([]float64{0, 0}, []float64{0, 0}); return err }, NoBase},
		{"events without people", func() error { _, err := Smoothed([]float64{1, 0}, []float64{0, 3}); return err }, NoBase},
		{"no workers", func() error { _, err := Gini([]float64{0, 0}); return err }, ZeroTotal},
		{"no units", func() error { _, err := Gini(nil); return err }, TooFew},
		{"has but needs nothing", func() error { _, err := Theil([]float64{1, 1}, []float64{0, 2}, []int{0, 1}); return err }, NoBase},
		{"endless weight", func() error {
			_, err := Reach([]float64{1}, []float64{1}, func(int, int) float64 { return math.Inf(1) })
			return err
		}, NotFinite},
	}
	for _, tt := range tests {
		var cannot *NotComputable
		if err := tt.do(); !errors.As(err, &cannot) || cannot.Reason != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestWeightsAreRefused(t *testing.T) {
	t.Parallel()
	for name, links := range map[string][][]Link{
		"a unit that is not there": {{{1, 1}}},
		"itself":                   {{{0, 1}}},
		"twice":                    {{{1, 1}, {1, 2}}, nil},
		"zero":                     {{{1, 0}}, nil},
		"not a number":             {{{1, math.NaN()}}, nil},
	} {
		if _, err := NewWeights(links); err == nil {
			t.Errorf("a neighbour %s was taken", name)
		}
	}
	for _, k := range []int{0, 3, 4} {
		if _, err := Nearest(make([]Place, 3), k); err == nil {
			t.Errorf("%d nearest of three units were found", k)
		}
	}
}

// Each of many units lies in the same place: neighbours are still exactly k.
func TestNearestOfOnePlace(t *testing.T) {
	t.Parallel()
	w, err := Nearest(make([]Place, 50), 4)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		if len(w.Links(i)) != 4 {
			t.Fatalf("unit %d has %d neighbours", i, len(w.Links(i)))
		}
	}
}

// What a sweep finds is what looking at every pair finds.
func TestNeighboursEqualThoseOfAllPairs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		places := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Place {
			return Place{float64(rapid.IntRange(0, 9).Draw(t, "x")), float64(rapid.IntRange(0, 9).Draw(t, "y"))}
		}), 6, 40).Draw(t, "places")
		k := rapid.IntRange(1, 5).Draw(t, "k")
		got, err := Nearest(places, k)
		if err != nil {
			t.Fatal(err)
		}
		near, err := Within(places, 3)
		if err != nil {
			t.Fatal(err)
		}
		for i := range places {
			for j := range places {
				if i == j {
					continue
				}
				before := 0 // others that come before j
				for o := range places {
					if d, far := places[i].to(places[o]), places[i].to(places[j]); o != i && (d < far || d == far && o < j) {
						before++
					}
				}
				if (got.weight(i, j) == 1) != (before < k) {
					t.Fatalf("%d and %d of %v: %d lie before, k %d", i, j, places, before, k)
				}
				if (near.weight(i, j) == 1) != (places[i].to(places[j]) <= 3) {
					t.Fatalf("%d and %d of %v within 3", i, j, places)
				}
			}
		}
	})
}

func TestPermute(t *testing.T) {
	t.Parallel()
	w := lattice(8)
	slope, mixed := make([]float64, 64), make([]float64, 64)
	for i := range slope {
		slope[i] = float64(i)
		mixed[i] = float64(i)
	}
	rand.New(rand.NewPCG(3, 0)).Shuffle(64, func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	moran := func(v []float64) (float64, error) {
		g, err := Moran(v, w, Randomisation)
		return g.Value, err
	}
	got, err := Permute(slope, 999, 1, moran)
	if err != nil || got.P != 0.001 || math.Abs(got.Mean+1.0/63) > 0.02 {
		t.Errorf("a slope: %+v, %v", got, err)
	}
	again, _ := Permute(slope, 999, 1, moran)
	if got != again {
		t.Errorf("the same seed gave %+v and %+v", got, again)
	}
	if got, err := Permute(mixed, 999, 1, moran); err != nil || got.P < 0.05 {
		t.Errorf("no order: %+v, %v", got, err)
	}
}
