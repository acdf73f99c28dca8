package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"gridmap/geo/exchange"
	"gridmap/geo/topo"
)

// A CoverageAnswer is a *[PointsCoverage] or a *[GroundCoverage].
type CoverageAnswer interface {
	// Missing reports whether anything is uncovered, and whether anything is
	// unstaffed, at any tier asked about.
	Missing() (uncovered, unstaffed bool)
	write(w io.Writer, how format) error
}

// WriteCoverage writes an answer as the call does, in a form named json, geojson
// or csv.
func WriteCoverage(w io.Writer, a CoverageAnswer, form string) error {
	i := slices.IndexFunc(groundFormats, func(f format) bool { return f.word == form })
	if i < 0 {
		return fmt.Errorf("%q is none of %s", form, formatWords(groundFormats))
	}
	return a.write(w, groundFormats[i])
}

// OfFile answers of a file of any length: points as CSV with the columns lon,
// lat and perhaps id, or features of GeoJSON, all points or all polygons. A line
// or feature that cannot be taken ends it with an error that names the place.
func (c *Coverage) OfFile(ctx context.Context, src io.Reader) (CoverageAnswer, error) {
	in := bufio.NewReaderSize(src, 1<<16)
	head, _ := in.Peek(512)
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n\x1e")
	if !bytes.HasPrefix(head, []byte("{")) {
		points, err := readBatch(in, typeCSV, c.crs, math.MaxInt)
		if err != nil {
			return nil, err
		}
		return c.coverPoints(points), nil
	}
	points, ground, err := readFeatures(in, c)
	switch {
	case err != nil:
		return nil, err
	case len(ground) > 0:
		return c.coverGround(ctx, ground)
	}
	return c.coverPoints(points), nil
}

// readFeatures reads points or polygons of GeoJSON, named by their ids or by a
// property id.
func readFeatures(src io.Reader, c *Coverage) (points []batchPoint, ground []exchange.Feature, err error) {
	for f, err := range exchange.ReadGeoJSON(src, exchange.Options{CRS: c.crs}) {
		var input *exchange.InputError
		if errors.As(err, &input) {
			return nil, nil, bad(fmt.Sprintf("feature %d", max(0, input.Feature)), "%s", reasonOf(input))
		}
		if err != nil {
			return nil, nil, err
		}
		if f.ID == "" {
			f.ID, _, _ = f.Properties.Code("id")
		}
		switch {
		case f.Point != nil:
			points = append(points, batchPoint{*f.Point, string(appendText(nil, f.ID))})
		case f.Flaw != nil:
			return nil, nil, groundError(f.Index, f.Flaw)
		case len(f.Shape) == 0:
			return nil, nil, bad(fmt.Sprintf("feature %d", f.Index), "has neither a place nor ground")
		default:
			ground = append(ground, f)
		}
		if len(points) > 0 && len(ground) > 0 {
			return nil, nil, bad(fmt.Sprintf("feature %d", f.Index), "points and polygons stand in one file; ask of them apart")
		}
	}
	for i := range ground {
		if err := topo.CheckRegion(ground[i].Shape); err != nil {
			return nil, nil, groundError(i, err)
		}
	}
	return points, ground, nil
}

// Missing reports what of the points is uncovered or unstaffed.
func (a *PointsCoverage) Missing() (uncovered, unstaffed bool) {
	for _, t := range a.Summary {
		uncovered, unstaffed = uncovered || t.Covered < a.Points, unstaffed || t.Staffed < a.Points
	}
	return uncovered, unstaffed
}

// Missing reports whether any ground is uncovered or unstaffed.
func (a *GroundCoverage) Missing() (uncovered, unstaffed bool) {
	for _, t := range a.Summary {
		uncovered, unstaffed = uncovered || t.GapM2 > 0, unstaffed || t.GapM2 > 0 || t.StaffedM2 < t.CoveredM2
	}
	return uncovered, unstaffed
}

// write writes the answer: whole as JSON, else one row or feature for every
// polygon and tier, whose ground is what is not covered.
func (a *GroundCoverage) write(w io.Writer, how format) error {
	switch how {
	case formatCSV:
		out := exchange.NewCSVWriter(w, "n", "id", "tier", "area_m2", "covered_m2", "covered_pct", "staffed_m2", "staffed_pct", "gap_m2")
		_ = a.each(func(p *polygonCover, t *groundCover) error { // Close tells what failed
			out.Row(strconv.Itoa(p.N), p.ID, t.Tier, p.AreaM2.String(), t.CoveredM2.String(), plain(t.CoveredPct), t.StaffedM2.String(), plain(t.StaffedPct), t.GapM2.String())
			return nil
		})
		return out.Close()
	case formatGeoJSON:
		out := exchange.NewGeoJSONWriter(w, "")
		if err := a.each(func(p *polygonCover, t *groundCover) error {
			members := []exchange.Member{{Name: "n", Value: p.N}, {Name: "id", Value: p.ID}, {Name: "tier", Value: t.Tier}}
			for _, m := range []struct {
				name  string
				value float64
			}{{"area_m2", float64(p.AreaM2) / 1e4}, {"covered_m2", float64(t.CoveredM2) / 1e4}, {"covered_pct", t.CoveredPct},
				{"staffed_m2", float64(t.StaffedM2) / 1e4}, {"staffed_pct", t.StaffedPct}, {"gap_m2", float64(t.GapM2) / 1e4}} {
				members = append(members, exchange.Member{Name: m.name, Value: m.value})
			}
			return out.Write(members, topo.Shape(t.Gap))
		}); err != nil {
			return err
		}
		return out.Close()
	}
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// each calls fn with every polygon and tier until it fails.
func (a *GroundCoverage) each(fn func(*polygonCover, *groundCover) error) error {
	for i := range a.Polygons {
		for k := range a.Polygons[i].Tiers {
			if err := fn(&a.Polygons[i], &a.Polygons[i].Tiers[k]); err != nil {
				return err
			}
		}
	}
	return nil
}
