package exchange

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"gridmap/geo/datum"
	"gridmap/geo/topo"
)

// Coordinates are the positions of one geometry, flat, with the ends of its
// lines and polygons: half the memory of nested slices and no allocation per
// position.
type coordinates struct {
	nesting int // arrays around a position: 0 point, 1 line, 2 polygon, 3 multipolygon; -1 empty
	at      []topo.Point
	lines   []int // end of each line in at
	polys   []int // end of each polygon in lines
	dropped int   // Z and M values that were left out
}

func (c *coordinates) reset() {
	*c = coordinates{nesting: -1, at: c.at[:0], lines: c.lines[:0], polys: c.polys[:0]}
}

// coordinates reads a coordinates member of any geometry into c.
func (p *parser) coordinates(c *coordinates) (err error) {
	c.reset()
	c.nesting, err = p.array(c, 0)
	return err
}

// array reads a position (nesting 0) or an array of arrays and returns how
// deep it is nested; -1 for an empty array, which is allowed at the top only.
func (p *parser) array(c *coordinates, level int) (int, error) {
	if level > 4 {
		return 0, errors.New("coordinates nested deeper than those of a MultiPolygon")
	}
	if err := p.open('['); err != nil {
		return 0, err
	}
	first, err := p.next()
	if err != nil {
		return 0, err
	}
	switch {
	case first == ']' && level == 0:
		_, err := p.more(']', true)
		return -1, err
	case first == ']':
		return 0, errors.New("an empty array among the coordinates")
	case first != '[':
		return 0, p.position(c)
	}
	nesting := -1
	for first := true; ; first = false {
		more, err := p.more(']', first)
		if err != nil {
			return 0, err
		}
		if !more {
			break
		}
		n, err := p.array(c, level+1)
		if err != nil {
			return 0, err
		}
		if nesting >= 0 && n+1 != nesting {
			return 0, errors.New("coordinates nested unevenly")
		}
		nesting = n + 1
	}
	switch nesting {
	case 1:
		c.lines = append(c.lines, len(c.at))
	case 2:
		c.polys = append(c.polys, len(c.lines))
	}
	return nesting, nil
}

// position reads the numbers of one position, behind its opening bracket.
func (p *parser) position(c *coordinates) error {
	var lonLat [2]float64
	n := 0
	for ; ; n++ {
		more, err := p.more(']', n == 0)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if n >= 2 {
			if err := p.skip(); err != nil { // a height may be null, as NaN is written by some
				return err
			}
			c.dropped++
			continue
		}
		text, err := p.number()
		if err != nil {
			return fmt.Errorf("coordinate: %w", err)
		}
		lonLat[n] = float(text)
	}
	if n < 2 {
		return errors.New("a position of fewer than two numbers")
	}
	if len(c.at) >= p.limits.Vertices {
		return fmt.Errorf("more than %d vertices in one feature", p.limits.Vertices)
	}
	at, err := snap(p.opts.CRS, lonLat[0], lonLat[1])
	if err != nil {
		return err
	}
	c.at = append(c.at, at)
	return nil
}

// snap puts a position in crs on the lattice; the error says what it looks like
// when it is none.
func snap(crs datum.CRS, lon, lat float64) (topo.Point, error) {
	low, high := crs.Range()
	if lon >= low[0] && lon <= high[0] && lat >= low[1] && lat <= high[1] {
		return topo.Snap(crs.ToWGS84(lon, lat))
	}
	if crs.Projected() {
		return topo.Point{}, fmt.Errorf("coordinate %.2f, %.2f is outside %.0f to %.0f, %.0f to %.0f, where %v has its eastings and northings",
			lon, lat, low[0], high[0], low[1], high[1], crs)
	}
	reason := "outside ±180, ±90 degrees"
	switch {
	case math.Abs(lon) <= 90 && math.Abs(lat) <= 180:
		reason += "; latitude stands before longitude"
	case math.Abs(lon) > 1000 || math.Abs(lat) > 1000:
		reason += "; looks like projected metres: say which system they are in, such as EPSG:4525"
	}
	return topo.Point{}, fmt.Errorf("coordinate %v, %v is %s", lon, lat, reason)
}

// tens holds the powers of ten that float64 represents exactly.
var tens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// float returns the float64 nearest to a JSON number, as [strconv.ParseFloat]
// does and faster on the short decimals of coordinates: a quotient of two
// exact float64 is rounded once. A number too large becomes an infinity.
func float(text []byte) float64 {
	var mantissa uint64
	places, fraction := 0, false
	for i, c := range text {
		switch {
		case c == '.':
			fraction = true
		case c == '-' && i == 0:
		case c < '0' || c > '9' || mantissa >= 1<<53/10-1:
			f, _ := strconv.ParseFloat(string(text), 64) // out of range is ±Inf, refused by snap
			return f
		default:
			mantissa = mantissa*10 + uint64(c-'0')
			if fraction {
				places++
			}
		}
	}
	f := float64(mantissa)
	if places < len(tens) {
		f /= tens[places]
	} else {
		f, _ = strconv.ParseFloat(string(text), 64)
		return f
	}
	if text[0] == '-' {
		return -f
	}
	return f
}
