package api

import (
	"gridmap/geo/exchange"
	"gridmap/geo/topo"
)

// A shapeJSON is ground as a GeoJSON geometry: null when it is not drawn, a
// Polygon or a MultiPolygon.
type shapeJSON topo.Shape

// MarshalJSON writes the geometry.
func (s shapeJSON) MarshalJSON() ([]byte, error) {
	return exchange.AppendShape(make([]byte, 0, 64+26*topo.Shape(s).Vertices()), topo.Shape(s)), nil
}

// A positionJSON is a place as a GeoJSON position: [longitude, latitude].
type positionJSON topo.Point

// MarshalJSON writes the position.
func (p positionJSON) MarshalJSON() ([]byte, error) {
	return exchange.AppendPosition(nil, topo.Point(p)), nil
}

// A pointJSON is a place as a GeoJSON Point.
type pointJSON topo.Point

// MarshalJSON writes the geometry.
func (p pointJSON) MarshalJSON() ([]byte, error) {
	return exchange.AppendPoint(nil, topo.Point(p)), nil
}

// A boundsJSON is a box as west, south, east, north in degrees.
type boundsJSON topo.Box

// MarshalJSON writes the four numbers.
func (b boundsJSON) MarshalJSON() ([]byte, error) {
	west, south := exchange.Degrees(b.Min)
	east, north := exchange.Degrees(b.Max)
	return []byte("[" + west + "," + south + "," + east + "," + north + "]"), nil
}

// A boundaryJSON is the ground of a record: a GeoJSON geometry or null.
type boundaryJSON struct {
	ground topo.Shape // to be written
	drawn  areaJSON   // as it was read
}

// MarshalJSON writes the geometry.
func (b boundaryJSON) MarshalJSON() ([]byte, error) { return shapeJSON(b.ground).MarshalJSON() }

// UnmarshalJSON reads the geometry.
func (b *boundaryJSON) UnmarshalJSON(raw []byte) error { return b.drawn.UnmarshalJSON(raw) }
