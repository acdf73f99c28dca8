package topo

import (
	"fmt"
	"strconv"
)

// MarshalJSON writes the lattice integers of s as [[[[x,y],…]]], polygons,
// rings and points in their order; null when s is not drawn. It is the form of
// the journal, exact where degrees would be rounded; for GeoJSON take
// [Shape.Orb].
func (s Shape) MarshalJSON() ([]byte, error) {
	if s == nil {
		return []byte("null"), nil
	}
	out := make([]byte, 0, 24*s.Vertices()+16)
	out = appendList(out, s, func(out []byte, polygon Polygon) []byte {
		return appendList(out, polygon, func(out []byte, ring Ring) []byte {
			return appendList(out, ring, func(out []byte, p Point) []byte {
				out = strconv.AppendInt(append(out, '['), int64(p.X), 10)
				out = strconv.AppendInt(append(out, ','), int64(p.Y), 10)
				return append(out, ']')
			})
		})
	})
	return out, nil
}

func appendList[T any](out []byte, list []T, one func([]byte, T) []byte) []byte {
	out = append(out, '[')
	for i, item := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out = one(out, item)
	}
	return append(out, ']')
}

// UnmarshalJSON reads what [Shape.MarshalJSON] writes. Anything else is
// refused, as are points outside ±180, ±90 degrees; s then stays as it was.
func (s *Shape) UnmarshalJSON(data []byte) error {
	d := &decoder{data: data}
	if d.word("null") {
		*s = nil
		return nil
	}
	shape := readList(d, func(d *decoder) Polygon {
		return readList(d, func(d *decoder) Ring {
			return readList(d, (*decoder).point)
		})
	})
	if d.space(); d.err == nil && d.at < len(d.data) {
		d.fail("the end")
	}
	if d.err != nil {
		return d.err
	}
	*s = shape
	return nil
}

// A decoder reads nested lists of integers; after the first error it reads
// nothing more.
type decoder struct {
	data []byte
	at   int
	err  error
}

func (d *decoder) fail(want string) {
	if d.err == nil {
		d.err = fmt.Errorf("shape: byte %d: want %s", d.at, want)
	}
}

func (d *decoder) space() {
	for d.at < len(d.data) {
		switch d.data[d.at] {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return
		}
	}
}

// take reads the byte c if it comes next.
func (d *decoder) take(c byte) bool {
	d.space()
	if d.err != nil || d.at >= len(d.data) || d.data[d.at] != c {
		return false
	}
	d.at++
	return true
}

// must reads the byte c or fails.
func (d *decoder) must(c byte) {
	if !d.take(c) {
		d.fail(strconv.QuoteRune(rune(c)))
	}
}

// word reads w if all of what remains is w.
func (d *decoder) word(w string) bool {
	d.space()
	rest := d.data[d.at:]
	for len(rest) > len(w) && (rest[len(rest)-1] == ' ' || rest[len(rest)-1] == '\n') {
		rest = rest[:len(rest)-1]
	}
	return string(rest) == w
}

func (d *decoder) point() Point {
	d.must('[')
	x := d.integer()
	d.must(',')
	y := d.integer()
	d.must(']')
	p := Point{x, y}
	if d.err == nil && !p.inRange() {
		d.err = fmt.Errorf("shape: byte %d: %w: %d, %d", d.at, ErrCoordinate, x, y)
	}
	return p
}

// integer reads a JSON number without fraction or exponent.
func (d *decoder) integer() int32 {
	d.space()
	from := d.at
	if d.at < len(d.data) && d.data[d.at] == '-' {
		d.at++
	}
	digits := d.at
	for d.at < len(d.data) && d.data[d.at] >= '0' && d.data[d.at] <= '9' {
		d.at++
	}
	if d.at-digits > 1 && d.data[digits] == '0' {
		d.fail("an integer without leading zeros")
	}
	v, err := strconv.ParseInt(string(d.data[from:d.at]), 10, 32)
	if err != nil {
		d.fail("an integer on the lattice")
	}
	return int32(v)
}

func readList[T any](d *decoder, one func(*decoder) T) []T {
	list := []T{}
	d.must('[')
	if d.take(']') {
		return list
	}
	for d.err == nil {
		list = append(list, one(d))
		if d.take(']') {
			return list
		}
		d.must(',')
	}
	return list
}
