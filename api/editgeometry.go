package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/paulmach/orb"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// maxVertices is how many points one geometry of an edit may have.
const maxVertices = topo.MaxLine

// A gridRef names a grid: a number is its id, text its code.
type gridRef struct {
	id   geo.GridID
	code string
}

// UnmarshalJSON reads an id or a code.
func (g *gridRef) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		if err := json.Unmarshal(raw, &g.code); err != nil {
			return err
		}
		if g.code == "" {
			return wholeError("is an empty code")
		}
		return nil
	}
	if err := json.Unmarshal(raw, &g.id); err != nil || g.id < 1 {
		return wholeError("is neither the id of a grid, a whole number, nor its code, a text")
	}
	return nil
}

// A lineJSON is a line, read from a GeoJSON LineString.
type lineJSON []topo.Point

// UnmarshalJSON reads the geometry.
func (l *lineJSON) UnmarshalJSON(raw []byte) error {
	g, err := readGeometry(raw)
	if err != nil {
		return err
	}
	if g.Type != "LineString" {
		return wholeError(fmt.Sprintf("is a GeoJSON %q, want a LineString", clip(g.Type)))
	}
	var positions []editPosition
	if err := g.read(&positions); err != nil {
		return err
	}
	if len(positions) < 2 {
		return wholeError(fmt.Sprintf("has %d points, want two or more", len(positions)))
	}
	if err := fewVertices(len(positions)); err != nil {
		return err
	}
	for _, p := range positions {
		at, err := topo.Snap(p[0], p[1])
		if err != nil {
			return err
		}
		*l = append(*l, at)
	}
	return nil
}

// An areaJSON is ground, read from a GeoJSON Polygon or MultiPolygon; nil when
// there is none.
type areaJSON orb.MultiPolygon

// UnmarshalJSON reads the geometry.
func (a *areaJSON) UnmarshalJSON(raw []byte) error {
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	g, err := readGeometry(raw)
	if err != nil {
		return err
	}
	var polygons [][][]editPosition
	switch g.Type {
	case "MultiPolygon":
		err = g.read(&polygons)
	case "Polygon":
		polygons = make([][][]editPosition, 1)
		err = g.read(&polygons[0])
	default:
		return wholeError(fmt.Sprintf("is a GeoJSON %q, want a Polygon or MultiPolygon", clip(g.Type)))
	}
	if err != nil {
		return err
	}
	*a, err = closedRings(polygons)
	return err
}

// closedRings refuses ground that is not made of closed rings.
func closedRings(polygons [][][]editPosition) (areaJSON, error) {
	count := 0
	area := make(areaJSON, len(polygons))
	for i, polygon := range polygons {
		if len(polygon) == 0 {
			return nil, wholeError("has a polygon without a ring")
		}
		for _, ring := range polygon {
			if count += len(ring); fewVertices(count) != nil {
				return nil, fewVertices(count)
			}
			if len(ring) < 4 {
				return nil, wholeError(fmt.Sprintf("has a ring of %d positions, want four or more", len(ring)))
			}
			if ring[0] != ring[len(ring)-1] {
				return nil, wholeError("has a ring that does not end where it begins")
			}
			points := make(orb.Ring, len(ring))
			for k, p := range ring {
				points[k] = orb.Point(p)
			}
			area[i] = append(area[i], points)
		}
	}
	if len(area) == 0 {
		return nil, wholeError("has no polygon")
	}
	return area, nil
}

func fewVertices(n int) error {
	if n > maxVertices {
		return wholeError(fmt.Sprintf("has more than %d points, the most an edit may have", maxVertices))
	}
	return nil
}

// shape returns the ground on the lattice.
func (a areaJSON) shape(field string) (topo.Shape, error) {
	shape, err := topo.FromOrb(orb.MultiPolygon(a))
	if err != nil {
		return nil, misdrawn(field, err)
	}
	return shape, nil
}

// A geometryJSON is a GeoJSON geometry whose coordinates are not read yet.
type geometryJSON struct {
	Type        string          `json:"type"`
	BBox        json.RawMessage `json:"bbox"` // may stand there, says nothing new
	Coordinates json.RawMessage `json:"coordinates"`
}

func readGeometry(raw []byte) (geometryJSON, error) {
	var g geometryJSON
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&g); err != nil {
		return g, notGeometry(err)
	}
	if g.Type == "" || g.Coordinates == nil {
		return g, wholeError("is not a GeoJSON geometry: type or coordinates are missing")
	}
	return g, nil
}

// notGeometry says without names of Go types why a geometry cannot be read.
func notGeometry(err error) error {
	var kind *json.UnmarshalTypeError
	var place wholeError
	switch {
	case errors.As(err, &place):
		return place
	case errors.As(err, &kind):
		return wholeError(fmt.Sprintf("is not a GeoJSON geometry: there is a JSON %s where %s belongs", kind.Value, jsonKind(kind.Type)))
	case errors.Is(err, io.EOF):
		return wholeError("is not a GeoJSON geometry")
	}
	return wholeError("is not a GeoJSON geometry: " + err.Error())
}

// read reads the coordinates into nested slices of positions.
func (g geometryJSON) read(into any) error {
	if err := json.Unmarshal(g.Coordinates, into); err != nil {
		return notGeometry(err)
	}
	return nil
}

// A wholeError is about a member of the body as a whole, whichever of the
// members inside it is at fault.
type wholeError string

func (e wholeError) Error() string { return string(e) }

// An editPosition is a longitude and a latitude in degrees.
type editPosition orb.Point

// UnmarshalJSON reads a GeoJSON position; a height is passed over.
func (p *editPosition) UnmarshalJSON(raw []byte) error {
	var numbers []*float64
	if err := json.Unmarshal(raw, &numbers); err != nil {
		return wholeError("has a position that is not an array of numbers")
	}
	if len(numbers) < 2 || len(numbers) > 4 {
		return wholeError(fmt.Sprintf("has a position of %d numbers, want longitude and latitude", len(numbers)))
	}
	for _, n := range numbers {
		if n == nil {
			return wholeError("has a position with null in it")
		}
	}
	lon, lat := *numbers[0], *numbers[1]
	if !(lon >= -180 && lon <= 180) || !(lat >= -90 && lat <= 90) {
		return wholeError(fmt.Sprintf("has the position %v, %v, which is not a longitude and a latitude in degrees", lon, lat))
	}
	*p = editPosition{lon, lat}
	return nil
}
