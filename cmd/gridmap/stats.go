package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"gridmap/geo/datum"
	"gridmap/geo/exchange"
	"gridmap/geo/stats"
)

// A statsRequest is what `gridmap stats` is asked.
type statsRequest struct {
	in, out, field, base, group, code, crs string
	method, weights, style                 string
	normal, skipEmpty                      bool
	permutations                           int
	seed                                   uint64
	std                                    streams
}

const statsHelp = `[FLAGS] FILE --field F --method M

Computes a statistic over the units of a GeoJSON file (polygons or points; - for
the standard input), one number a unit in the property F.

  for all units together
    moran, geary     autocorrelation, with --normal for the variance under
                     normality instead of randomisation
    getis-ord        the general G: do high or low values lie together
    gini, cv         how unevenly the values are spread
    theil            the same per head of --base, with the parts between and
                     within the groups of --group
  for each unit
    local-moran, gi, gi-star
                     where like values lie together; p_fdr is p adjusted for
                     the number of units (Benjamini and Hochberg)
    eb, eb-local     the rate F / --base drawn towards that of all units or of
                     the neighbours (empirical Bayes)

Neighbours (--weights): queen (a common corner, the default), rook (a common
border), h3 (H3 cells with a common edge, named by the property cell as in
/v1/plans/{p}/surface?f=geojson), knn:K (the K nearest), distance:METRES, or a
CSV file with the columns from, to and, if you like, weight, naming units by
--code. Places are the points, or points inside the polygons.

The answer is text, or CSV with a line a unit; with -o FILE it goes there, with
the properties kept as GeoJSON when the name ends in .geojson or .json.

Exit: 0 computed, 1 not computable, 2 unreadable input.

`

func runStats(ctx context.Context, args []string, std streams) int {
	q := statsRequest{std: std}
	flags := newFlags("stats", statsHelp, std)
	flags.StringVar(&q.field, "field", "", "property `F` with the values")
	flags.StringVar(&q.method, "method", "", "statistic `M`, see above")
	flags.StringVar(&q.weights, "weights", "queen", "who is `NEIGHBOUR` of whom, see above")
	flags.StringVar(&q.style, "style", "", "`W`: each unit's neighbours count one together; B: each counts one (default: B for getis-ord, gi and gi-star, else W)")
	flags.StringVar(&q.base, "base", "", "property `FIELD` with the people at risk, or those who need what F counts")
	flags.StringVar(&q.group, "group", "", "property `FIELD` with the group of a unit")
	flags.BoolVar(&q.normal, "normal", false, "variances under normality")
	flags.IntVar(&q.permutations, "permutations", 0, "deal the values `N` times and tell how many figures lie as far out")
	flags.Uint64Var(&q.seed, "seed", 1, "`NUMBER` the dealing starts from")
	flags.BoolVar(&q.skipEmpty, "skip-empty", false, "leave out units without a value; else they end the command")
	flags.StringVar(&q.code, "code", "code", "property `FIELD` that names a unit")
	flags.StringVar(&q.crs, "crs", "", "coordinate system of the file: EPSG:4326, EPSG:4490, zones such as EPSG:4525, gcj02, bd09")
	flags.StringVar(&q.out, "o", "", "`FILE` to write")
	rest, code, ok := parseMixed(flags, args, 1, 1)
	if !ok {
		return code
	}
	q.in = rest[0]
	units, figure, err := q.read()
	if err != nil {
		return misuse(std, "stats", err)
	}
	if err := ctx.Err(); err != nil {
		return fail(std, "stats", err)
	}
	table, err := figure(units)
	if err != nil {
		return fail(std, "stats", fmt.Errorf("%s: %s of %s: %w", q.in, q.method, q.field, err))
	}
	if err := q.write(units, table); err != nil {
		return fail(std, "stats", err)
	}
	return exitOK
}

// units are what a statistic is computed of.
type units struct {
	features     []exchange.Feature
	names        []string
	values, base []float64
	groups       []int
	weights      *stats.Weights // nil for methods without neighbours
}

// read reads file and flags.
func (q *statsRequest) read() (*units, statsMethod, error) {
	method, known := statsMethods[q.method]
	switch {
	case !known:
		return nil, nil, fmt.Errorf("--method %q is none; `gridmap stats -h` lists them", q.method)
	case q.field == "":
		return nil, nil, errors.New("--field is missing")
	case method.needsBase && q.base == "":
		return nil, nil, fmt.Errorf("--method %s needs --base", q.method)
	case q.permutations < 0 || q.permutations > 1_000_000:
		return nil, nil, errors.New("--permutations is not from 0 to 1000000")
	case q.permutations > 0 && !method.permutes:
		return nil, nil, fmt.Errorf("--method %s cannot be dealt with --permutations", q.method)
	case q.style != "" && q.style != "W" && q.style != "B":
		return nil, nil, fmt.Errorf("--style %q is neither W nor B", q.style)
	}
	crs, err := datum.Parse(q.crs)
	if err != nil {
		return nil, nil, err
	}
	u := &units{}
	if err := q.readUnits(u, crs, method.needsBase); err != nil {
		return nil, nil, err
	}
	if method.neighbours {
		if u.weights, err = q.neighbours(u); err != nil {
			return nil, nil, err
		}
		if q.style == "W" || q.style == "" && !method.binary {
			u.weights = u.weights.RowStandardised()
		}
	}
	return u, func(u *units) (statsTable, error) { return method.compute(q, u) }, nil
}

// readUnits reads the features with their numbers.
func (q *statsRequest) readUnits(u *units, crs datum.CRS, needsBase bool) error {
	r, err := openFile(q.in, q.std)
	if err != nil {
		return fmt.Errorf("%s: %w", q.in, err)
	}
	defer r.Close()
	groups := map[string]int{}
	for f, err := range exchange.ReadGeoJSON(r, exchange.Options{File: q.in, CRS: crs, Nested: true}) {
		if err != nil {
			return err
		}
		name, _, err := f.Properties.Code(q.code)
		if err != nil || name == "" {
			name = "#" + strconv.Itoa(f.Index)
		}
		value, empty, err := q.number(&f, name, q.field)
		if err != nil {
			return err
		}
		base := 0.0
		if needsBase {
			var none bool
			if base, none, err = q.number(&f, name, q.base); err != nil {
				return err
			}
			empty = empty || none
		}
		if empty {
			continue
		}
		group, err := f.Properties.Text(q.group)
		if err != nil {
			return &exchange.InputError{File: q.in, Feature: f.Index, Code: name, Field: q.group, Reason: err.Error()}
		}
		if _, known := groups[group]; !known {
			groups[group] = len(groups)
		}
		u.features, u.names = append(u.features, f), append(u.names, name)
		u.values, u.base, u.groups = append(u.values, value), append(u.base, base), append(u.groups, groups[group])
	}
	if len(u.features) == 0 {
		return fmt.Errorf("%s: there is no unit with a value in it", q.in)
	}
	return nil
}

// number reads one property; empty tells that the unit is left out.
func (q *statsRequest) number(f *exchange.Feature, name, field string) (value float64, empty bool, err error) {
	prop, _ := f.Properties.Get(field)
	text := strings.TrimSpace(prop.Text)
	if prop.Kind == exchange.NullProperty || text == "" {
		if q.skipEmpty {
			return 0, true, nil
		}
		return 0, false, &exchange.InputError{File: q.in, Feature: f.Index, Code: name, Field: field,
			Reason: "there is no number; --skip-empty leaves such units out"}
	}
	value, err = strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(value, 0) || math.IsNaN(value) {
		return 0, false, &exchange.InputError{File: q.in, Feature: f.Index, Code: name, Field: field,
			Reason: fmt.Sprintf("%q is no number", text)}
	}
	return value, false, nil
}

// write tells the answer, or writes it to the file asked for.
func (q *statsRequest) write(u *units, t statsTable) error {
	if q.out == "" || q.out == "-" {
		return t.write(q.std.out, u.names)
	}
	f, err := createIn(filepath.Dir(q.out))(filepath.Base(q.out))
	if err != nil {
		return err
	}
	content := func(w io.Writer) error { return t.write(w, u.names) }
	if ext := strings.ToLower(filepath.Ext(q.out)); t.perUnit && (ext == ".geojson" || ext == ".json") {
		content = func(w io.Writer) error { return t.writeFeatures(w, u.features) }
	}
	if err := content(f); err != nil {
		f.Abandon()
		return fmt.Errorf("%s: %w", q.out, err)
	}
	return f.Close()
}
