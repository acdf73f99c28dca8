package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gridmap/geo/cells"
	"gridmap/geo/exchange"
	"gridmap/geo/stats"
	"gridmap/geo/surface"
	"gridmap/geo/topo"
)

// neighbours finds who is whose neighbour.
func (q *statsRequest) neighbours(u *units) (*stats.Weights, error) {
	kind, number, _ := strings.Cut(q.weights, ":")
	switch kind {
	case "queen", "rook":
		shapes := make([]topo.Shape, len(u.features))
		for i, f := range u.features {
			if f.Shape == nil {
				return nil, &exchange.InputError{File: q.in, Feature: f.Index, Code: u.names[i], Field: "geometry",
					Reason: "has no ground that could touch a neighbour's; --weights knn:K or distance:METRES takes points"}
			}
			shapes[i] = f.Shape
		}
		noded, _ := topo.Node(shapes)
		if kind == "rook" {
			return stats.Rook(noded), nil
		}
		return stats.Queen(noded), nil
	case "h3":
		list := make([]cells.Cell, len(u.features))
		for i, f := range u.features {
			text, err := f.Properties.Text("cell")
			if err == nil {
				list[i], err = cells.Parse(text)
			}
			if err != nil {
				return nil, &exchange.InputError{File: q.in, Feature: f.Index, Code: u.names[i], Field: "cell", Reason: err.Error()}
			}
		}
		return surface.Weights(list)
	case "knn":
		k, err := strconv.Atoi(number)
		if err != nil {
			return nil, fmt.Errorf("--weights %s: %q is no whole number", q.weights, number)
		}
		places, err := q.places(u)
		if err != nil {
			return nil, err
		}
		return stats.Nearest(places, k)
	case "distance":
		far, err := strconv.ParseFloat(strings.TrimSuffix(number, "m"), 64)
		if err != nil {
			return nil, fmt.Errorf("--weights %s: %q is no distance in metres", q.weights, number)
		}
		places, err := q.places(u)
		if err != nil {
			return nil, err
		}
		return stats.Within(places, far)
	}
	return q.ownWeights(u)
}

// places returns where the units stand.
func (q *statsRequest) places(u *units) ([]stats.Place, error) {
	points := make([]topo.Point, len(u.features))
	for i, f := range u.features {
		switch {
		case f.Point != nil:
			points[i] = *f.Point
		case f.Shape != nil:
			points[i] = f.Shape.InteriorPoint()
		default:
			return nil, &exchange.InputError{File: q.in, Feature: f.Index, Code: u.names[i], Field: "geometry", Reason: "there is none"}
		}
	}
	return stats.Places(points), nil
}

// ownWeights reads a table of neighbours.
func (q *statsRequest) ownWeights(u *units) (*stats.Weights, error) {
	file, err := openFile(q.weights, q.std)
	if err != nil {
		return nil, fmt.Errorf("--weights %s: it is no queen, rook, knn:K or distance:METRES, and as a file: %w", q.weights, err)
	}
	defer file.Close()
	table := csv.NewReader(file)
	heading, err := table.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.weights, err)
	}
	column := map[string]int{"from": -1, "to": -1, "weight": -1}
	for i, name := range heading {
		column[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	if column["from"] < 0 || column["to"] < 0 {
		return nil, fmt.Errorf("%s: the columns from and to are not both there", q.weights)
	}
	number := map[string]int{}
	for i, name := range u.names {
		number[name] = i
	}
	links := make([][]stats.Link, len(u.names))
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := table.FieldPos(0)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.weights, err)
		}
		from, known := number[strings.TrimSpace(row[column["from"]])]
		to, also := number[strings.TrimSpace(row[column["to"]])]
		if !known || !also {
			return nil, fmt.Errorf("%s: line %d: %s or %s is no unit of %s", q.weights, line, row[column["from"]], row[column["to"]], q.in)
		}
		weight := 1.0
		if at := column["weight"]; at >= 0 {
			if weight, err = strconv.ParseFloat(strings.TrimSpace(row[at]), 64); err != nil {
				return nil, fmt.Errorf("%s: line %d: weight: %q is no number", q.weights, line, row[at])
			}
		}
		links[from] = append(links[from], stats.Link{To: to, Weight: weight})
	}
	w, err := stats.NewWeights(links)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.weights, err)
	}
	return w, nil
}
