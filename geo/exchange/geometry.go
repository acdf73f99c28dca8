package exchange

import (
	"errors"
	"fmt"
	"slices"

	"gridmap/geo/topo"
)

// A geometry is what a geometry object holds: ground or a point.
type geometry struct {
	shape   topo.Shape
	point   *topo.Point
	flaw    *topo.RingError
	dropped int
}

// An object collects the members of one JSON object of GeoJSON, whatever
// their order.
type object struct {
	seen     []string
	kind     string // the type member
	coords   *coordinates
	parts    []geometry // geometries of a collection
	geometry geometry   // of a feature
	isNull   bool       // the geometry member is null
	fields   Properties
	id       string
	// numericID is set when the id is a number.
	numericID bool
}

func (o *object) has(name string) bool { return slices.Contains(o.seen, name) }

// geometryOrNull reads the geometry member of a feature.
func (p *parser) geometryOrNull(level int) (geometry, bool, error) {
	c, err := p.next()
	if err != nil {
		return geometry{}, false, err
	}
	if c == 'n' {
		_, err := p.word()
		return geometry{}, true, err
	}
	g, err := p.geometryObject(level)
	return g, false, err
}

func (p *parser) geometryObject(level int) (geometry, error) {
	if level > 3 {
		return geometry{}, errors.New("collections nested in collections")
	}
	var o object
	if err := p.open('{'); err != nil {
		return geometry{}, err
	}
	for first := true; ; first = false {
		more, err := p.more('}', first)
		if err != nil {
			return geometry{}, err
		}
		if !more {
			return p.geometryOf(&o)
		}
		name, err := p.member(&o)
		if err != nil {
			return geometry{}, err
		}
		if err := p.geometryMember(&o, name, level); err != nil {
			return geometry{}, err
		}
	}
}

// geometryMember reads one member of a geometry object.
func (p *parser) geometryMember(o *object, name string, level int) (err error) {
	switch name {
	case "type":
		o.kind, err = p.string()
	case "coordinates":
		if level > 0 {
			o.coords = new(coordinates) // parts of a collection stand side by side
		} else {
			o.coords = &p.scratch
		}
		err = p.coordinates(o.coords)
	case "geometries":
		o.parts, err = p.geometries(level + 1)
	case "crs":
		err = p.crs()
	default:
		err = p.skip()
	}
	return err
}

func (p *parser) geometries(level int) (parts []geometry, err error) {
	if err := p.open('['); err != nil {
		return nil, err
	}
	vertices := 0
	for first := true; ; first = false {
		more, err := p.more(']', first)
		if err != nil || !more {
			return parts, err
		}
		g, err := p.geometryObject(level)
		if err != nil {
			return nil, err
		}
		for _, polygon := range g.shape {
			for _, ring := range polygon {
				vertices += len(ring)
			}
		}
		if vertices+len(parts) > p.limits.Vertices {
			return nil, fmt.Errorf("more than %d vertices in one feature", p.limits.Vertices)
		}
		parts = append(parts, g)
	}
}

// nestings of the coordinates of each type of geometry, RFC 7946 section 3.1.
var nestings = map[string]int{"Point": 0, "MultiPoint": 1, "LineString": 1,
	"MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}

// geometryOf turns a geometry object that has been read into ground.
func (p *parser) geometryOf(o *object) (geometry, error) {
	if o.kind == "GeometryCollection" {
		if !o.has("geometries") {
			return geometry{}, errors.New("a GeometryCollection without geometries")
		}
		return collect(o.parts)
	}
	nesting, known := nestings[o.kind]
	switch {
	case !o.has("type"):
		return geometry{}, errors.New("a geometry without a type")
	case !known:
		return geometry{}, fmt.Errorf("%q is no type of geometry; use Polygon or MultiPolygon", o.kind)
	case o.coords == nil:
		return geometry{}, fmt.Errorf("a %s without coordinates", o.kind)
	case o.coords.nesting == -1:
		return geometry{}, nil // empty: RFC 7946 lets it stand for null
	case o.coords.nesting != nesting:
		return geometry{}, fmt.Errorf("coordinates of a %s nested %d deep instead of %d", o.kind, o.coords.nesting+1, nesting+1)
	}
	switch o.kind {
	case "Polygon", "MultiPolygon":
		g := o.coords.ground()
		return g, nil
	case "Point":
		at := o.coords.at[0]
		return geometry{point: &at, dropped: o.coords.dropped}, nil
	}
	return geometry{}, fmt.Errorf("a %s bounds no ground; use Polygon or MultiPolygon", o.kind)
}

// collect joins the polygons of a collection.
func collect(parts []geometry) (geometry, error) {
	var all geometry
	for i, g := range parts {
		if g.point != nil {
			return geometry{}, fmt.Errorf("geometry %d of the collection is a Point; use polygons alone", i)
		}
		if g.flaw != nil && all.flaw == nil {
			moved := *g.flaw
			moved.Polygon += len(all.shape)
			all.flaw = &moved
		}
		all.shape = append(all.shape, g.shape...)
		all.dropped += g.dropped
	}
	return all, nil
}

// ground makes a shape of polygons: closing points stripped, repeated points
// dropped, outer rings counter-clockwise and holes clockwise. A ring that is
// open or too short is told as a flaw; an open one is closed all the same, so
// that what else is wrong can be told too.
func (c *coordinates) ground() geometry {
	g := geometry{dropped: c.dropped}
	if len(c.polys) == 0 {
		c.polys = append(c.polys, len(c.lines))
	}
	kept := make([]topo.Point, 0, len(c.at))
	point, line := 0, 0
	for i, lastLine := range c.polys {
		polygon := make(topo.Polygon, 0, lastLine-line)
		for r := 0; line < lastLine; r++ {
			raw := c.at[point:c.lines[line]]
			point = c.lines[line]
			line++
			start := len(kept)
			kept = appendRing(kept, raw)
			ring := topo.Ring(kept[start:len(kept):len(kept)])
			if reason := flawOf(raw, ring); reason != "" && g.flaw == nil {
				g.flaw = &topo.RingError{Polygon: i, Ring: r, At: raw[0], Reason: reason}
			}
			turn(ring, r == 0)
			polygon = append(polygon, ring)
		}
		g.shape = append(g.shape, polygon)
	}
	return g
}

// appendRing appends the points of raw without repeats and closing point.
func appendRing(kept, raw []topo.Point) []topo.Point {
	start := len(kept)
	for _, at := range raw {
		if len(kept) == start || kept[len(kept)-1] != at {
			kept = append(kept, at)
		}
	}
	if last := len(kept) - 1; last > start && kept[last] == kept[start] {
		kept = kept[:last]
	}
	return kept
}

// flawOf says what keeps a ring from being one, "" for nothing.
func flawOf(raw []topo.Point, ring topo.Ring) string {
	switch {
	case raw[0] != raw[len(raw)-1]:
		return "is an open ring: its last position is not its first"
	case len(raw) < 4:
		return fmt.Sprintf("has %d positions; four are the least", len(raw))
	case len(ring) < 3:
		return "has fewer than three different points"
	}
	return ""
}
