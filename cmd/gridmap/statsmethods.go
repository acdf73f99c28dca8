package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"gridmap/geo/exchange"
	"gridmap/geo/stats"
)

// A statsMethod computes what was asked.
type statsMethod func(*units) (statsTable, error)

// statsMethods are the statistics there are, and what they need.
var statsMethods = map[string]struct {
	neighbours, binary bool // binary: neighbours count one each unless asked otherwise
	needsBase          bool
	permutes           bool
	compute            func(*statsRequest, *units) (statsTable, error)
}{
	"moran": {neighbours: true, permutes: true, compute: globally(func(q *statsRequest, v []float64, w *stats.Weights) (stats.Global, error) {
		return stats.Moran(v, w, q.assumption())
	})},
	"geary": {neighbours: true, permutes: true, compute: globally(func(q *statsRequest, v []float64, w *stats.Weights) (stats.Global, error) {
		return stats.Geary(v, w, q.assumption())
	})},
	"getis-ord": {neighbours: true, binary: true, permutes: true, compute: globally(func(_ *statsRequest, v []float64, w *stats.Weights) (stats.Global, error) {
		return stats.GetisOrd(v, w)
	})},
	"local-moran": {neighbours: true, compute: locally(stats.LocalMoran)},
	"gi":          {neighbours: true, binary: true, compute: locally(stats.HotSpots)},
	"gi-star": {neighbours: true, binary: true, compute: locally(func(v []float64, w *stats.Weights) ([]stats.Local, error) {
		return stats.HotSpots(v, w.WithSelf())
	})},
	"gini":     {compute: figureOf("gini", stats.Gini)},
	"cv":       {compute: figureOf("cv", stats.Variation)},
	"theil":    {needsBase: true, compute: theil},
	"eb":       {needsBase: true, compute: smoothed},
	"eb-local": {needsBase: true, neighbours: true, binary: true, compute: smoothedLocally},
}

func (q *statsRequest) assumption() stats.Assumption {
	if q.normal {
		return stats.Normality
	}
	return stats.Randomisation
}

// A statsTable is an answer: one row of figures, or one for each unit. A unit
// without a figure has empty cells and the reason in the last column.
type statsTable struct {
	columns []string
	rows    [][]float64
	reasons []string // per unit, empty where all figures stand
	perUnit bool
}

// globally tells a figure of all units, and how it stands among dealt ones.
func globally(figure func(*statsRequest, []float64, *stats.Weights) (stats.Global, error)) func(*statsRequest, *units) (statsTable, error) {
	return func(q *statsRequest, u *units) (statsTable, error) {
		g, err := figure(q, u.values, u.weights)
		if err != nil {
			return statsTable{}, err
		}
		t := statsTable{
			columns: []string{"units", "islands", "value", "expected", "variance", "z", "p"},
			rows:    [][]float64{{float64(len(u.values)), float64(len(u.weights.Islands())), g.Value, g.Expected, g.Variance, g.Z, g.P}},
		}
		if q.permutations == 0 {
			return t, nil
		}
		dealt, err := stats.Permute(u.values, q.permutations, q.seed, func(v []float64) (float64, error) {
			g, err := figure(q, v, u.weights)
			return g.Value, err
		})
		t.columns = append(t.columns, "dealt_mean", "dealt_deviation", "dealt_p")
		t.rows[0] = append(t.rows[0], dealt.Mean, dealt.Deviation, dealt.P)
		return t, err
	}
}

// locally tells a figure of each unit.
func locally(figures func([]float64, *stats.Weights) ([]stats.Local, error)) func(*statsRequest, *units) (statsTable, error) {
	return func(_ *statsRequest, u *units) (statsTable, error) {
		found, err := figures(u.values, u.weights)
		if err != nil {
			return statsTable{}, err
		}
		p := make([]float64, len(found))
		for i, l := range found {
			if p[i] = l.P; l.Reason != "" {
				p[i] = math.NaN()
			}
		}
		t := statsTable{columns: []string{"value", "expected", "variance", "z", "p", "p_fdr"}, perUnit: true}
		for i, adjusted := range stats.FDR(p) {
			l := found[i]
			t.rows = append(t.rows, []float64{l.Value, l.Expected, l.Variance, l.Z, l.P, adjusted})
			t.reasons = append(t.reasons, string(l.Reason))
		}
		return t, nil
	}
}

// figureOf tells one figure of the values alone.
func figureOf(name string, figure func([]float64) (float64, error)) func(*statsRequest, *units) (statsTable, error) {
	return func(_ *statsRequest, u *units) (statsTable, error) {
		v, err := figure(u.values)
		return statsTable{columns: []string{"units", name}, rows: [][]float64{{float64(len(u.values)), v}}}, err
	}
}

func theil(_ *statsRequest, u *units) (statsTable, error) {
	t, err := stats.Theil(u.values, u.base, u.groups)
	return statsTable{columns: []string{"units", "theil", "between", "within"},
		rows: [][]float64{{float64(len(u.values)), t.Total, t.Between, t.Within}}}, err
}

func smoothed(_ *statsRequest, u *units) (statsTable, error) {
	rates, err := stats.Smoothed(u.values, u.base)
	return rateTable(u, rates, nil), err
}

func smoothedLocally(_ *statsRequest, u *units) (statsTable, error) {
	rates, known, err := stats.SmoothedLocally(u.values, u.base, u.weights)
	return rateTable(u, rates, known), err
}

// rateTable shows rates beside the raw ones; known tells which there are, nil
// all of them.
func rateTable(u *units, rates []float64, known []bool) statsTable {
	t := statsTable{columns: []string{"raw", "smoothed"}, perUnit: true}
	for i, r := range rates {
		raw, reason := math.NaN(), ""
		if u.base[i] > 0 {
			raw = u.values[i] / u.base[i]
		}
		if known != nil && !known[i] {
			reason = string(stats.NoBase)
		}
		t.rows, t.reasons = append(t.rows, []float64{raw, r}), append(t.reasons, reason)
	}
	return t
}

// cell writes a figure so that it reads back as the same number.
func cell(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// write writes one line a figure, or CSV with one line a unit.
func (t statsTable) write(w io.Writer, names []string) error {
	if !t.perUnit {
		var text strings.Builder
		for i, column := range t.columns {
			fmt.Fprintf(&text, "%-16s %s\n", column, cell(t.rows[0][i]))
		}
		_, err := io.WriteString(w, text.String())
		return err
	}
	table := exchange.NewCSVWriter(w, slices.Concat([]string{"code"}, t.columns, []string{"reason"})...)
	for i := range t.rows {
		table.Row(slices.Concat(names[i:i+1], t.cells(i), t.reasons[i:i+1])...)
	}
	return table.Close()
}

// cells returns the figures of unit i, empty where there is none.
func (t statsTable) cells(i int) []string {
	cells := make([]string, len(t.columns))
	for k, v := range t.rows[i] {
		if t.reasons[i] == "" {
			cells[k] = cell(v)
		}
	}
	return cells
}

// writeFeatures writes the units with the figures beside their properties.
func (t statsTable) writeFeatures(w io.Writer, features []exchange.Feature) error {
	g := exchange.NewGeoJSONWriter(w, "")
	for i := range features {
		f := features[i]
		own := f.Properties[:len(f.Properties):len(f.Properties)]
		for k, text := range t.cells(i) {
			prop := exchange.Property{Name: t.columns[k], Kind: exchange.NumberProperty, Text: text}
			if text == "" {
				prop.Kind = exchange.NullProperty
			}
			own = append(own, prop)
		}
		if t.reasons[i] != "" {
			own = append(own, exchange.Property{Name: "reason", Kind: exchange.StringProperty, Text: t.reasons[i]})
		}
		f.Properties = own
		if err := g.WriteFeature(&f); err != nil {
			return err
		}
	}
	return g.Close()
}
