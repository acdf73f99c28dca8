package api

import (
	"strconv"

	"gridmap/geo/topo"
)

// A shapeJSON is ground as a GeoJSON geometry: null when it is not drawn, a
// Polygon or a MultiPolygon. The lattice is written digit by digit, so that
// the degrees are exact and never longer than seven decimals.
type shapeJSON topo.Shape

// MarshalJSON writes the geometry.
func (s shapeJSON) MarshalJSON() ([]byte, error) {
	if len(s) == 0 {
		return []byte("null"), nil
	}
	out := make([]byte, 0, 64+26*topo.Shape(s).Vertices())
	if len(s) == 1 {
		out = append(out, `{"type":"Polygon","coordinates":`...)
		out = appendPolygon(out, s[0])
		return append(out, '}'), nil
	}
	out = append(out, `{"type":"MultiPolygon","coordinates":[`...)
	for i, polygon := range s {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendPolygon(out, polygon)
	}
	return append(out, "]}"...), nil
}

func appendPolygon(out []byte, polygon topo.Polygon) []byte {
	out = append(out, '[')
	for i, ring := range polygon {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, '[')
		for _, p := range ring {
			out = append(appendPosition(out, p), ',')
		}
		if len(ring) > 0 { // GeoJSON repeats the first position
			out = appendPosition(out, ring[0])
		}
		out = append(out, ']')
	}
	return append(out, ']')
}

// A positionJSON is a place as a GeoJSON position: [longitude, latitude].
type positionJSON topo.Point

// MarshalJSON writes the position.
func (p positionJSON) MarshalJSON() ([]byte, error) {
	return appendPosition(nil, topo.Point(p)), nil
}

// A pointJSON is a place as a GeoJSON Point.
type pointJSON topo.Point

// MarshalJSON writes the geometry.
func (p pointJSON) MarshalJSON() ([]byte, error) {
	out := append([]byte(nil), `{"type":"Point","coordinates":`...)
	return append(appendPosition(out, topo.Point(p)), '}'), nil
}

func appendPosition(out []byte, p topo.Point) []byte {
	out = append(out, '[')
	out = appendDegrees(out, p.X)
	out = append(out, ',')
	out = appendDegrees(out, p.Y)
	return append(out, ']')
}

// appendDegrees writes a lattice number as decimal degrees.
func appendDegrees(out []byte, steps int32) []byte {
	n := int64(steps)
	if n < 0 {
		out = append(out, '-')
		n = -n
	}
	const unit = int64(topo.Unit)
	out = strconv.AppendInt(out, n/unit, 10)
	part := n % unit
	if part == 0 {
		return out
	}
	digits := strconv.AppendInt(nil, part+unit, 10) // a leading 1 keeps the zeros
	digits[0] = '.'
	for digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	return append(out, digits...)
}

// A boundsJSON is a box as west, south, east, north in degrees.
type boundsJSON topo.Box

// MarshalJSON writes the four numbers.
func (b boundsJSON) MarshalJSON() ([]byte, error) {
	out := append([]byte(nil), '[')
	for i, n := range [4]int32{b.Min.X, b.Min.Y, b.Max.X, b.Max.Y} {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendDegrees(out, n)
	}
	return append(out, ']'), nil
}
