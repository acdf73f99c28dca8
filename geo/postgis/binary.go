package postgis

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// PostgreSQL's binary values, read and written directly: a county of 250,000
// households has four million of them.

// OIDs of the elements of arrays.
const (
	oidInt8 = 20
	oidText = 25
)

// A document is JSON text for a jsonb column, whose binary form is a version and
// that text.
type document []byte

const jsonbVersion = 1

// days2000 is the day PostgreSQL counts dates from.
var days2000 = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// appendField writes one value of a row with its length. Its Go type decides
// the column type it fits: int64 bigint, int32 integer, int16 smallint, string
// text, [geo.Date] date (no date is null), [time.Time] timestamptz, [geometry] geometry, [document] jsonb,
// []byte bytea, []int64 bigint[], []string text[].
func appendField(b []byte, value any) ([]byte, error) {
	start := len(b)
	b = append(b, 0, 0, 0, 0)
	switch v := value.(type) {
	case nil:
		return null(b, start), nil
	case int64:
		b = binary.BigEndian.AppendUint64(b, uint64(v))
	case int32:
		b = binary.BigEndian.AppendUint32(b, uint32(v))
	case int16:
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	case bool:
		b = append(b, 0)
		if v {
			b[len(b)-1] = 1
		}
	case float64:
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(v))
	case string:
		b = append(b, v...)
	case geo.Date:
		if v == 0 {
			return null(b, start), nil
		}
		b = binary.BigEndian.AppendUint32(b, uint32(int32(v.Time().Sub(days2000)/(24*time.Hour))))
	case time.Time:
		b = binary.BigEndian.AppendUint64(b, uint64(v.UnixMicro()-days2000.UnixMicro()))
	case geometry:
		if v == nil {
			return null(b, start), nil
		}
		b = append(b, v...)
	case document:
		b = append(append(b, jsonbVersion), v...)
	case []byte:
		if v == nil {
			return null(b, start), nil
		}
		b = append(b, v...)
	case []int64:
		b = appendArray(b, oidInt8, v, func(b []byte, e int64) []byte { return binary.BigEndian.AppendUint64(b, uint64(e)) })
	case []string:
		b = appendArray(b, oidText, v, func(b []byte, e string) []byte { return append(b, e...) })
	default:
		return b, fmt.Errorf("no binary form for %T", value)
	}
	binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	return b, nil
}

// null marks the field begun at start as null: length -1 and no bytes.
func null(b []byte, start int) []byte {
	binary.BigEndian.PutUint32(b[start:], math.MaxUint32)
	return b[:start+4]
}

// appendArray writes a one-dimensional array without nulls.
func appendArray[E any](b []byte, oid uint32, elements []E, one func([]byte, E) []byte) []byte {
	if len(elements) == 0 {
		return append(b, 0, 0, 0, 0, 0, 0, 0, 0, byte(oid>>24), byte(oid>>16), byte(oid>>8), byte(oid))
	}
	for _, n := range []uint32{1, 0, oid, uint32(len(elements)), 1} { // dimensions, nulls, type, length, first index
		b = binary.BigEndian.AppendUint32(b, n)
	}
	for _, e := range elements {
		start := len(b)
		b = one(append(b, 0, 0, 0, 0), e)
		binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	}
	return b
}

// A row hands out the values of one row in order. After the first error it
// only returns zeros; err tells it.
type row struct {
	raw [][]byte // nil: null
	err error
}

// next returns the next value, which must have size bytes unless size is -1.
func (r *row) next(size int) []byte {
	if r.err != nil {
		return nil
	}
	if len(r.raw) == 0 {
		r.err = fmt.Errorf("row has too few columns")
		return nil
	}
	value := r.raw[0]
	r.raw = r.raw[1:]
	if value != nil && size >= 0 && len(value) != size {
		r.err = fmt.Errorf("value of %d bytes, want %d", len(value), size)
		return nil
	}
	return value
}

// int64 reads a bigint, 0 for null.
func (r *row) int64() int64 {
	if b := r.next(8); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

func (r *row) int32() int32 {
	if b := r.next(4); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

func (r *row) int16() int16 {
	if b := r.next(2); b != nil {
		return int16(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (r *row) bool() bool {
	b := r.next(1)
	return b != nil && b[0] != 0
}

func (r *row) float64() float64 {
	if b := r.next(8); b != nil {
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	return 0
}

// optionalFloat reads a number, nil for null.
func (r *row) optionalFloat() *float64 {
	b := r.next(8)
	if b == nil {
		return nil
	}
	v := math.Float64frombits(binary.BigEndian.Uint64(b))
	return &v
}

func (r *row) text() string { return string(r.next(-1)) }

// date reads a date, no date for null.
func (r *row) date() geo.Date {
	b := r.next(4)
	if b == nil {
		return 0
	}
	y, m, d := days2000.AddDate(0, 0, int(int32(binary.BigEndian.Uint32(b)))).Date()
	return geo.Date(y*10000 + int(m)*100 + d)
}

// moment reads a timestamptz, the zero time for null.
func (r *row) moment() time.Time {
	b := r.next(8)
	if b == nil {
		return time.Time{}
	}
	return days2000.Add(time.Duration(binary.BigEndian.Uint64(b)) * time.Microsecond)
}

func (r *row) period() geo.Period {
	from := r.date()
	return geo.Period{From: from, To: r.date()}
}

func (r *row) name() geo.Name {
	zh := r.text()
	return geo.Name{ZH: zh, EN: r.text()}
}

// point reads a point; ok is false for null.
func (r *row) point() (p topo.Point, ok bool) {
	b := r.next(-1)
	if b == nil {
		return topo.Point{}, false
	}
	p, err := decodePoint(b)
	if err != nil && r.err == nil {
		r.err = err
	}
	return p, true
}

// shape reads a MultiPolygon, nil for null.
func (r *row) shape() topo.Shape {
	b := r.next(-1)
	if b == nil {
		return nil
	}
	s, err := decodeShape(b)
	if err != nil && r.err == nil {
		r.err = err
	}
	return s
}

// int64s reads a bigint[], nil when it is empty.
func (r *row) int64s() []int64 {
	elements := r.array()
	if len(elements) == 0 {
		return nil
	}
	numbers := make([]int64, len(elements))
	for i, e := range elements {
		inner := row{raw: [][]byte{e}}
		if numbers[i] = inner.int64(); inner.err != nil {
			r.err = inner.err
		}
	}
	return numbers
}

// texts reads a text[], nil when it is empty.
func (r *row) texts() []string {
	elements := r.array()
	if len(elements) == 0 {
		return nil
	}
	texts := make([]string, len(elements))
	for i, e := range elements {
		texts[i] = string(e)
	}
	return texts
}

// array cuts a one-dimensional array into its elements.
func (r *row) array() [][]byte {
	b := r.next(-1)
	const header = 20
	if len(b) < header {
		return nil // null or empty
	}
	n := int(int32(binary.BigEndian.Uint32(b[12:])))
	b = b[header:]
	var elements [][]byte
	for range n {
		if len(b) < 4 {
			r.err = fmt.Errorf("array cut short")
			return nil
		}
		size := int(int32(binary.BigEndian.Uint32(b)))
		if size < 0 || len(b) < 4+size {
			r.err = fmt.Errorf("array element of %d bytes", size)
			return nil
		}
		elements = append(elements, b[4:4+size])
		b = b[4+size:]
	}
	return elements
}
