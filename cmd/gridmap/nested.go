package main

import (
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"

	"gridmap/geo"
	"gridmap/geo/datum"
	"gridmap/geo/exchange"
)

// nestedSources makes a territory of one file that holds several tiers, whose
// grids name their parents in the same file. Where none does, the grids are
// held against each other alone.
func (q *checkRequest) nestedSources(std streams, limits exchange.Limits, crs datum.CRS) *sources {
	s := &sources{std: std, limits: limits, crs: crs}
	s.manifest.Territory.Code = q.file
	s.manifest.Plan.State = geo.Draft
	fields := exchange.Fields{Code: q.code, Parent: q.parent, Numbered: true}
	n := nest{at: map[string]int{}, depth: map[int]int{}}
	for row, err := range reading(s, q.file, func(r io.Reader, o exchange.Options) iter.Seq2[exchange.GridRow, error] {
		return exchange.Grids(r, o, fields)
	}) {
		n.add(row, err)
	}
	s.tiers = n.tiers()
	for rank := range max(2, len(s.tiers)+1) {
		code := groundTier
		if rank > 0 {
			code = fmt.Sprintf("%s-%d", gridTier, rank)
		}
		s.manifest.Tiers = append(s.manifest.Tiers, geo.Tier{Rank: rank, Code: code, Complete: true})
	}
	return s
}

// A nest orders the grids of one file by how deep they lie.
type nest struct {
	rows  []exchange.GridRow
	errs  []error
	at    map[string]int // index of the first row with a code
	depth map[int]int    // by index of row; 0 while it is being found
}

func (n *nest) add(row exchange.GridRow, err error) {
	if err != nil {
		n.errs = append(n.errs, err)
		return
	}
	if _, twice := n.at[row.Code]; !twice {
		n.at[row.Code] = len(n.rows)
	}
	n.rows = append(n.rows, row)
}

// find returns the depth of a row: 1 without a parent in the file, -1 when its
// parents go round in a circle.
func (n *nest) find(i int) int {
	if d, known := n.depth[i]; known {
		if d == 0 {
			return -1
		}
		return d
	}
	n.depth[i] = 0
	d := 1
	parent, ok := n.at[n.rows[i].Parent]
	if ok {
		if d = n.find(parent) + 1; d == 0 {
			d = -1
		}
	} else {
		n.rows[i].Parent = ""
	}
	n.depth[i] = d
	return d
}

// tiers returns the rows by depth, errors before the first.
func (n *nest) tiers() []tierSource {
	levels := map[int][]exchange.GridRow{}
	for i := range n.rows {
		d := n.find(i)
		if d < 0 {
			row := &n.rows[i]
			n.errs = append(n.errs, &exchange.InputError{File: row.File, Feature: row.Index, Line: row.Line, Code: row.Code,
				Field: "parent", Reason: "leads round in a circle"})
			continue
		}
		levels[d] = append(levels[d], n.rows[i])
	}
	tiers := make([]tierSource, 0, len(levels)+1)
	if len(n.errs) > 0 {
		tiers = append(tiers, tierSource{rank: 1, rows: sequence(nil, n.errs)})
	}
	for _, d := range slices.Sorted(maps.Keys(levels)) {
		tiers = append(tiers, tierSource{rank: d, rows: sequence(levels[d], nil)})
	}
	return tiers
}

func sequence(rows []exchange.GridRow, errs []error) iter.Seq2[exchange.GridRow, error] {
	return func(yield func(exchange.GridRow, error) bool) {
		for _, err := range errs {
			if !yield(exchange.GridRow{}, err) {
				return
			}
		}
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}
