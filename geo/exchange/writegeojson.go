package exchange

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"gridmap/geo/topo"
)

// A Member is a property to be written: a string, a list of strings, an int, an
// int64, a float64, a bool or nil.
type Member struct {
	Name  string
	Value any
}

// A GeoJSONWriter writes features one by one. The same features give the same
// bytes: properties in the order given, coordinates as the decimals of the
// lattice (at most seven), rings as the shape holds them, which is the winding
// RFC 7946 asks for.
type GeoJSONWriter struct {
	w     *bufio.Writer
	buf   []byte
	count int
	lines bool
	err   error
}

// NewGeoJSONWriter writes a FeatureCollection to w; the name may be empty.
func NewGeoJSONWriter(w io.Writer, name string) *GeoJSONWriter {
	g := &GeoJSONWriter{w: bufio.NewWriterSize(w, 1<<16)}
	g.buf = append(g.buf, `{"type":"FeatureCollection",`...)
	if name != "" {
		g.buf = appendString(append(g.buf, `"name":`...), name)
		g.buf = append(g.buf, ',')
	}
	g.buf = append(g.buf, "\"features\":[\n"...)
	return g
}

// NewGeoJSONLineWriter writes one feature a line to w.
func NewGeoJSONLineWriter(w io.Writer) *GeoJSONWriter {
	return &GeoJSONWriter{w: bufio.NewWriterSize(w, 1<<16), lines: true}
}

// Write adds a feature; a nil shape is written as a null geometry.
func (g *GeoJSONWriter) Write(properties []Member, shape topo.Shape) error {
	return g.feature(properties, func(b []byte) []byte { return AppendShape(b, shape) })
}

// WritePoint adds a feature that is a place.
func (g *GeoJSONWriter) WritePoint(properties []Member, at topo.Point) error {
	return g.feature(properties, func(b []byte) []byte { return AppendPoint(b, at) })
}

// WriteFeature adds a feature as it was read: its id, and every property in
// its order and as it was written, but for white space; nested ones are null
// where [Options] did not ask for them.
func (g *GeoJSONWriter) WriteFeature(f *Feature) error {
	if g.err != nil {
		return g.err
	}
	b := append(g.begin(), `{"type":"Feature",`...)
	switch {
	case f.NumericID:
		b = append(append(append(b, `"id":`...), f.ID...), ',')
	case f.ID != "":
		b = append(appendString(append(b, `"id":`...), f.ID), ',')
	}
	b = append(b, `"properties":{`...)
	for i, p := range f.Properties {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, p.Name), ':')
		switch {
		case p.Kind == StringProperty:
			b = appendString(b, p.Text)
		case p.Text == "":
			b = append(b, "null"...)
		default:
			b = append(b, p.Text...)
		}
	}
	b = append(b, `},"geometry":`...)
	if f.Point != nil {
		b = AppendPoint(b, *f.Point)
	} else {
		b = AppendShape(b, f.Shape)
	}
	return g.end(b)
}

// begin returns the buffer for another feature.
func (g *GeoJSONWriter) begin() []byte {
	if g.count > 0 && !g.lines {
		return append(g.buf, ",\n"...)
	}
	return g.buf
}

// end closes a feature and writes it.
func (g *GeoJSONWriter) end(b []byte) error {
	b = append(b, '}')
	if g.lines {
		b = append(b, '\n')
	}
	g.count++
	_, g.err = g.w.Write(b)
	g.buf = b[:0]
	return g.err
}

func (g *GeoJSONWriter) feature(properties []Member, geometry func([]byte) []byte) error {
	if g.err != nil {
		return g.err
	}
	b := append(g.begin(), `{"type":"Feature","properties":{`...)
	for i, m := range properties {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, m.Name), ':')
		b, g.err = appendValue(b, m.Value)
		if g.err != nil {
			return g.err
		}
	}
	return g.end(geometry(append(b, `},"geometry":`...)))
}

// Close ends the file; it does not close the writer underneath.
func (g *GeoJSONWriter) Close() error {
	if g.err != nil {
		return g.err
	}
	if !g.lines {
		g.buf = append(g.buf, "\n]}\n"...)
	}
	if _, g.err = g.w.Write(g.buf); g.err == nil {
		g.err = g.w.Flush()
	}
	return g.err
}

// AppendShape appends a shape as a GeoJSON geometry: a Polygon, a
// MultiPolygon, or null when it is nil.
func AppendShape(b []byte, shape topo.Shape) []byte {
	switch len(shape) {
	case 0:
		return append(b, "null"...)
	case 1:
		b = append(b, `{"type":"Polygon","coordinates":`...)
		b = appendPolygon(b, shape[0])
		return append(b, '}')
	}
	b = append(b, `{"type":"MultiPolygon","coordinates":[`...)
	for i, polygon := range shape {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendPolygon(b, polygon)
	}
	return append(b, "]}"...)
}

// AppendPoint appends a place as a GeoJSON geometry.
func AppendPoint(b []byte, at topo.Point) []byte {
	b = AppendPosition(append(b, `{"type":"Point","coordinates":`...), at)
	return append(b, '}')
}

func appendPolygon(b []byte, polygon topo.Polygon) []byte {
	b = append(b, '[')
	for i, ring := range polygon {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		for _, at := range ring {
			b = append(AppendPosition(b, at), ',')
		}
		if len(ring) > 0 {
			b = AppendPosition(b, ring[0])
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

// AppendPosition appends a place as a GeoJSON position: [longitude, latitude].
func AppendPosition(b []byte, at topo.Point) []byte {
	return append(AppendDegrees(append(b, '['), at), ']')
}

// appendDegrees writes a lattice coordinate as the decimal it is.
func appendDegrees(b []byte, steps int32) []byte {
	n := int64(steps)
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/topo.Unit, 10)
	fraction := n % topo.Unit
	if fraction == 0 {
		return b
	}
	b = append(b, '.')
	for unit := int64(topo.Unit / 10); fraction > 0; unit /= 10 {
		b = append(b, byte('0'+fraction/unit))
		fraction %= unit
	}
	return b
}

func appendValue(b []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendString(b, v), nil
	case []string:
		b = append(b, '[')
		for i, text := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, text)
		}
		return append(b, ']'), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case float64:
		text, err := json.Marshal(v) // refuses NaN
		return append(b, text...), err
	}
	return b, fmt.Errorf("a %T is no property", value)
}

// appendString writes text with no more escapes than JSON asks for; bytes that
// are no UTF-8 become U+FFFD.
func appendString(b []byte, text string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			b = append(b, string(r)...)
		}
	}
	return append(b, '"')
}
