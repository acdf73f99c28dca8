package stats

import (
	"bufio"
	"bytes"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb/encoding/wkt"

	"gridmap/geo/topo"
)

// A judged is one data set as R's spdep sees it.
type judged struct {
	name  string
	links [][]int
	wkt   []string
	lines map[string][]float64
}

// runR runs testdata/spdep.R, once for all tests.
var runR = sync.OnceValues(func() ([]byte, error) {
	return exec.Command("Rscript", "testdata/spdep.R").Output()
})

// spdep returns what R says. Without R the test is skipped, save where CI
// installs it.
func spdep(t *testing.T) []judged {
	t.Helper()
	if _, err := exec.LookPath("Rscript"); err != nil && os.Getenv("CI") == "" {
		t.Skip("R is not installed (Debian: r-cran-spdep)")
	}
	out, err := runR()
	if err != nil {
		t.Fatalf("Rscript: %v", err)
	}
	var sets []judged
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		if word == "case" {
			sets = append(sets, judged{name: rest, lines: map[string][]float64{}})
			continue
		}
		set := &sets[len(sets)-1]
		if word == "wkt" {
			set.wkt = append(set.wkt, rest)
			continue
		}
		numbers, err := []float64(nil), error(nil)
		for field := range strings.FieldsSeq(rest) {
			v := math.NaN() // NA, NaN: no figure
			if !strings.HasPrefix(field, "N") {
				if v, err = strconv.ParseFloat(field, 64); err != nil {
					t.Fatal(err)
				}
			}
			numbers = append(numbers, v)
		}
		if word != "links" {
			set.lines[word] = numbers
			continue
		}
		var row []int
		for _, j := range numbers {
			row = append(row, int(j))
		}
		set.links = append(set.links, row)
	}
	if len(sets) != 10 {
		t.Fatalf("%d data sets came from R", len(sets))
	}
	return sets
}

// near fails unless got equals want to 1e-9 relative, or both are nothing.
func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%s: %d figures, want %d", what, len(got), len(want))
	}
	scale := 0.0
	for _, v := range want {
		if !math.IsNaN(v) {
			scale = max(scale, math.Abs(v))
		}
	}
	for i := range want {
		if math.IsNaN(got[i]) != math.IsNaN(want[i]) || math.Abs(got[i]-want[i]) > 1e-9*max(math.Abs(want[i]), scale*1e-3) {
			t.Errorf("%s [%d]: %.15g, want %.15g", what, i, got[i], want[i])
			return
		}
	}
}

func figures(g Global, err error) []float64 {
	if err != nil {
		return nil
	}
	return []float64{g.Value, g.Expected, g.Variance, g.Z}
}

// column takes one field out of local figures, not-a-number where there is none.
func column(figures []Local, field func(Local) float64) []float64 {
	out := make([]float64, len(figures))
	for i, f := range figures {
		out[i] = field(f)
		if f.Reason != "" {
			out[i] = math.NaN()
		}
	}
	return out
}

func TestEveryFigureEqualsThatOfSpdep(t *testing.T) {
	t.Parallel()
	for _, set := range spdep(t) {
		t.Run(set.name, func(t *testing.T) {
			x := set.lines["values"]
			b := binary(set.links)
			for style, w := range map[string]*Weights{"B": b, "W": b.RowStandardised()} {
				near(t, "Moran, randomisation, "+style, figures(Moran(x, w, Randomisation)), set.lines["moran.random."+style])
				near(t, "Moran, normality, "+style, figures(Moran(x, w, Normality)), set.lines["moran.normal."+style])
				near(t, "Geary, randomisation, "+style, figures(Geary(x, w, Randomisation)), set.lines["geary.random."+style])
				near(t, "Geary, normality, "+style, figures(Geary(x, w, Normality)), set.lines["geary.normal."+style])
				local, err := LocalMoran(x, w)
				if err != nil {
					t.Fatal(err)
				}
				near(t, "local Moran, "+style, column(local, func(l Local) float64 { return l.Value }), missing(set.lines["localmoran.value."+style], local))
				near(t, "local Moran z, "+style, column(local, func(l Local) float64 { return l.Z }), missing(set.lines["localmoran.z."+style], local))
				gi, err := HotSpots(x, w)
				if err != nil {
					t.Fatal(err)
				}
				near(t, "Gi, "+style, column(gi, func(l Local) float64 { return l.Z }), missing(set.lines["gi."+style], gi))
			}
			if want, is := set.lines["getisord"]; is {
				near(t, "general G", figures(GetisOrd(x, b)), want)
			}
			star, err := HotSpots(x, b.WithSelf())
			if err != nil {
				t.Fatal(err)
			}
			near(t, "Gi*", column(star, func(l Local) float64 { return l.Z }), set.lines["gistar"])
			sameNeighbours(t, set)
			sameRates(t, set, b)
		})
	}
}

// The figures that are published for Columbus and for the example of Getis and
// Ord, digit by digit, whatever a later spdep prints.
func TestPublishedFiguresOfSpdep(t *testing.T) {
	t.Parallel()
	bands := []float64{1.221979, 1.748098, 1.986135, 1.893374, 1.237454}
	for _, set := range spdep(t) {
		x, b := set.lines["values"], binary(set.links)
		switch {
		case set.name == "columbus":
			w := b.RowStandardised()
			near(t, "Moran, randomisation", figures(Moran(x, w, Randomisation)), []float64{0.510951264078793, -1. / 48, 0.00890876155987795, 5.63413289417872})
			near(t, "Moran, normality", figures(Moran(x, w, Normality)), []float64{0.510951264078793, -1. / 48, 0.00877983145686469, 5.67535019693300})
			near(t, "Geary", figures(Geary(x, w, Randomisation)), []float64{0.529869930598160, 1, 0.00975277962263871, 4.76051375144184})
			near(t, "general G", figures(GetisOrd(x, b)), []float64{0.126281496441079, 0.0986394557823129, 3.43867543570724e-5, 4.71383642862768})
			star, err := HotSpots(x, b.WithSelf())
			if err != nil {
				t.Fatal(err)
			}
			near(t, "Gi*", column(star[:5], func(l Local) float64 { return l.Z }),
				[]float64{-1.34000809746416, -0.131733364490507, 1.01302395061663, 0.661364837747861, -1.43277965396643})
		case strings.HasPrefix(set.name, "getisord"):
			gi, err := HotSpots(x, b)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(gi[119].Z-bands[0]) > 5e-7 { // printed to six decimals
				t.Errorf("%s: Gi of cell 120 is %v, published %v", set.name, gi[119].Z, bands[0])
			}
			if star, err := HotSpots(x, b.WithSelf()); len(bands) == 5 && (err != nil || math.Abs(star[119].Z-1.45078) > 5e-6) {
				t.Errorf("%s: Gi* of cell 120 is %v, published 1.45078; %v", set.name, star[119].Z, err)
			}
			bands = bands[1:]
		}
	}
	if len(bands) != 0 {
		t.Errorf("%d bands were not asked", len(bands))
	}
}

// missing says that spdep's zero for a unit without neighbours is no figure.
func missing(want []float64, got []Local) []float64 {
	for i := range want {
		if got[i].Reason == NoLinks && (want[i] == 0 || math.IsNaN(want[i])) {
			want[i] = math.NaN()
		}
	}
	return want
}

// sameNeighbours compares who is whose neighbour.
func sameNeighbours(t *testing.T, set judged) {
	t.Helper()
	var got *Weights
	var err error
	var places []Place
	for i, x := range set.lines["x"] {
		places = append(places, Place{x, set.lines["y"][i]})
	}
	switch {
	case set.lines["band"] != nil:
		got, err = Within(places, set.lines["band"][0])
	case set.lines["k"] != nil:
		got, err = Nearest(places, int(set.lines["k"][0]))
	case set.name == "queen":
		got = Queen(shapes(t, set.wkt))
	case set.name == "rook":
		got = Rook(shapes(t, set.wkt))
	default:
		return // they are given
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range binary(set.links).links {
		if len(got.Links(i)) != len(want) {
			t.Fatalf("unit %d: neighbours %v, want %v", i, got.Links(i), want)
		}
		for k := range want {
			if got.Links(i)[k] != want[k] {
				t.Fatalf("unit %d: neighbours %v, want %v", i, got.Links(i), want)
			}
		}
	}
}

func shapes(t *testing.T, texts []string) []topo.Shape {
	t.Helper()
	var out []topo.Shape
	for _, text := range texts {
		g, err := wkt.Unmarshal(text)
		if err != nil {
			t.Fatal(err)
		}
		s, err := topo.FromOrb(g)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// sameRates compares smoothed rates.
func sameRates(t *testing.T, set judged, w *Weights) {
	t.Helper()
	events, base := set.lines["events"], set.lines["base"]
	if events == nil {
		return // only some sets have rates
	}
	all, err := Smoothed(events, base)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "empirical Bayes", all, set.lines["eb"])
	around, known, err := SmoothedLocally(events, base, w)
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range known {
		if !k {
			t.Errorf("unit %d has no rate", i)
		}
	}
	near(t, "local empirical Bayes", around, set.lines["eblocal"])
}

func TestFDREqualsThatOfR(t *testing.T) {
	t.Parallel()
	for _, set := range spdep(t) {
		if in := set.lines["fdr.in"]; in != nil {
			near(t, "FDR", FDR(in), set.lines["fdr"])
			return
		}
	}
	t.Error("R gave no probabilities")
}
