// Package mvt writes Mapbox Vector Tiles 2.1: what is put in is appended, in
// the order it is put in, so that equal calls give equal bytes.
//
// A [Layer] is reused from tile to tile and then allocates nothing.
package mvt

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// Extent is the width and height of a tile in its own units.
const Extent = 4096

// A Point is a place in units of a tile, x east and y south of its corner.
type Point struct{ X, Y int32 }

// A GeomType says what the geometry of a feature is.
type GeomType byte

const (
	PointType   GeomType = 1
	LineType    GeomType = 2
	PolygonType GeomType = 3
)

// Field numbers of the specification, with their wire types.
const (
	tileLayer       = 3<<3 | 2
	layerName       = 1<<3 | 2
	layerFeature    = 2<<3 | 2
	layerKey        = 3<<3 | 2
	layerValue      = 4<<3 | 2
	layerExtent     = 5 << 3
	layerVersion    = 15 << 3
	featureID       = 1 << 3
	featureTags     = 2<<3 | 2
	featureType     = 3 << 3
	featureGeometry = 4<<3 | 2
	valueString     = 1<<3 | 2
	valueDouble     = 3<<3 | 1
	valueUint       = 5 << 3
	valueSint       = 6 << 3
)

// Commands of a geometry.
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// A Layer is one layer being written. The zero Layer is ready for [Layer.Reset].
type Layer struct {
	name   string
	keys   []string
	values []byte // as the layer has them, but for texts of hints
	count  uint32 // of values
	index  index
	hints  Hints  // their places are among values, and in out
	stock  int    // bytes of texts of hints
	ahead  ahead  // of values, and counted among them
	out    []byte // from the tile behind which the layer comes to the last feature
	from   int    // where the layer begins in it
	n      int    // features

	// Of the feature being written.
	id     uint64
	kind   GeomType
	tags   []byte
	geom   []byte
	cursor Point
	path   Path // instead of geom
}

// Reset begins a new layer behind a tile, in the same memory as far as that
// goes. Whatever was in it is gone.
func (l *Layer) Reset(tile []byte, name string) {
	l.name, l.keys, l.values, l.count = name, l.keys[:0], l.values[:0], 0
	l.from, l.n, l.stock = len(tile), 0, 0
	l.out = slices.Grow(tile, l.room())[:len(tile)+l.room()]
	l.index.reset()
	l.hints.reset()
	l.ahead = ahead{}
}

// An ahead is values that are not written yet, as those behind them in the same
// texts may come next.
type ahead struct {
	texts    *Texts
	from, to int
}

// settle says behind which values those ahead come. They are copied once, at the
// end, as there is much of them.
func (l *Layer) settle() {
	if a := l.ahead; a.texts != nil {
		l.hints.runs = append(l.hints.runs, Run{a.texts, a.from, a.to, len(l.values)})
		l.stock += a.texts.start(a.to) - a.texts.start(a.from)
		l.ahead = ahead{}
	}
}

// Stock adds the n values of text i, and returns the number of the first. Like
// [Layer.Unique] it does not look for them.
func (l *Layer) Stock(texts *Texts, i int, n uint32) uint32 {
	if l.ahead.texts == texts && l.ahead.to == i {
		l.ahead.to++
	} else {
		l.settle()
		l.ahead = ahead{texts, i, i + 1}
	}
	l.count += n
	return l.count - n
}

// Hints returns what is known of the tile that [Layer.Tile] returned. They are
// good until the layer is reset.
func (l *Layer) Hints() *Hints { return &l.hints }

// Size returns about how many bytes the layer will take.
func (l *Layer) Size() int {
	l.settle()
	return len(l.out) - l.from + len(l.values) + l.stock
}

// Key returns the number of an attribute's name, which is added when it is new.
func (l *Layer) Key(name string) uint32 {
	for i, k := range l.keys {
		if k == name {
			return uint32(i)
		}
	}
	l.keys = append(l.keys, name)
	return uint32(len(l.keys) - 1)
}

// String returns the number of a text, which is added when it is new.
func (l *Layer) String(s string) uint32 {
	l.settle()
	at := len(l.values)
	l.values = AppendText(l.values, s)
	return l.intern(at)
}

// Unique adds a text that no other feature of the layer has; it is not looked
// for. A text added twice makes a larger tile, not a wrong one.
func (l *Layer) Unique(s string) uint32 {
	l.settle()
	l.values = AppendText(l.values, s)
	l.count++
	return l.count - 1
}

// UniqueValue is [Layer.Unique] for a value made by [AppendText].
func (l *Layer) UniqueValue(value string) uint32 {
	l.settle()
	l.values = append(l.values, value...)
	l.count++
	return l.count - 1
}

// Value returns the number of a value made by [AppendText], which is added when
// it is new.
func (l *Layer) Value(value string) uint32 {
	l.settle()
	at := len(l.values)
	l.values = append(l.values, value...)
	return l.intern(at)
}

// AppendText appends a text as layers hold it among their values.
func AppendText(out []byte, s string) []byte {
	out = binary.AppendUvarint(append(out, layerValue), uint64(1+sizeUvarint(uint64(len(s)))+len(s)))
	out = binary.AppendUvarint(append(out, valueString), uint64(len(s)))
	return append(out, s...)
}

// SizeOfValue returns the length of the text made by [AppendText] with which
// values begin.
func SizeOfValue(values string) int {
	n, size := 0, 1
	for s := 0; size < len(values); s += 7 {
		b := values[size]
		n |= int(b&(1<<7-1)) << s
		if size++; b < 1<<7 {
			break
		}
	}
	return size + n
}

// Int returns the number of a whole number, which is added when it is new.
func (l *Layer) Int(n int64) uint32 {
	l.settle()
	at := len(l.values)
	l.values = appendInt(l.values, n)
	return l.intern(at)
}

// UniqueInt adds a whole number without looking for it, as [Layer.Unique] does.
func (l *Layer) UniqueInt(n int64) uint32 {
	l.settle()
	l.values = appendInt(l.values, n)
	l.count++
	return l.count - 1
}

func appendInt(values []byte, n int64) []byte {
	v, field := uint64(n), byte(valueUint)
	if n < 0 {
		v, field = uint64(n<<1)^uint64(n>>63), valueSint
	}
	return binary.AppendUvarint(append(values, layerValue, byte(1+sizeUvarint(v)), field), v)
}

// Double returns the number of a number, which is added when it is new.
func (l *Layer) Double(f float64) uint32 {
	l.settle()
	at := len(l.values)
	l.values = append(l.values, layerValue, 9, valueDouble)
	l.values = binary.LittleEndian.AppendUint64(l.values, math.Float64bits(f))
	return l.intern(at)
}

// intern returns the number of the value written from at on, and takes it back
// if it is there already.
func (l *Layer) intern(at int) uint32 {
	number, known := l.index.find(l.values, at, l.count)
	if known {
		l.values = l.values[:at]
		return number
	}
	l.count++
	return number
}

// Begin begins a feature. An id of 0 is left out.
func (l *Layer) Begin(id uint64, kind GeomType) {
	l.id, l.kind = id, kind
	l.tags, l.geom, l.cursor, l.path.Rest = l.tags[:0], l.geom[:0], Point{}, nil
}

// Tag gives the feature an attribute.
func (l *Layer) Tag(key, value uint32) {
	l.tags = appendUint32(appendUint32(l.tags, key), value)
}

// AddTags gives the feature attributes encoded by [AppendTag].
func (l *Layer) AddTags(tags []byte) { l.tags = append(l.tags, tags...) }

// Points adds points to the geometry; to be called once in a feature.
func (l *Layer) Points(points []Point) {
	if len(points) == 0 {
		return
	}
	l.command(moveTo, len(points))
	for _, p := range points {
		l.step(p)
	}
}

// Line adds a line, which has two points or more.
func (l *Layer) Line(points []Point) {
	l.command(moveTo, 1)
	l.step(points[0])
	l.geom = appendRest(l.geom, points)
	l.cursor = points[len(points)-1]
}

// Path makes a path the whole geometry of the feature. It must stay as it is
// until the feature ends.
func (l *Layer) Path(p Path) { l.path = p }

func (l *Layer) command(id, count int) { l.geom = appendUint32(l.geom, uint32(count)<<3|uint32(id)) }

func (l *Layer) step(p Point) {
	dx, dy := p.X-l.cursor.X, p.Y-l.cursor.Y
	l.geom = appendUint32(appendUint32(l.geom, zigzag(dx)), zigzag(dy))
	l.cursor = p
}

// End ends the feature. Without geometry it is dropped, and End returns false;
// values that only it has stay in the layer.
func (l *Layer) End() bool {
	var start [1 + 2*binary.MaxVarintLen32]byte
	geom, n := l.geom, 0
	if len(l.path.Rest) > 0 {
		start[0] = 1<<3 | moveTo
		n = put(start[:], put(start[:], 1, zigzag(l.path.Start.X)), zigzag(l.path.Start.Y))
		geom = l.path.Rest
	}
	if len(geom) == 0 {
		return false
	}
	size := 2 + 1 + sizeUvarint(uint64(n+len(geom))) + n + len(geom)
	if l.id != 0 {
		size += 1 + sizeUvarint(l.id)
	}
	if len(l.tags) > 0 {
		size += 1 + sizeUvarint(uint64(len(l.tags))) + len(l.tags)
	}
	l.out = slices.Grow(l.out, size+1+binary.MaxVarintLen64)
	out, at := l.out[:cap(l.out)], len(l.out)
	out[at] = layerFeature
	at = put(out, at+1, uint32(size))
	if l.id != 0 {
		out[at] = featureID
		at += 1 + binary.PutUvarint(out[at+1:], l.id)
	}
	if len(l.tags) > 0 {
		out[at] = featureTags
		at = put(out, at+1, uint32(len(l.tags)))
		at += copy(out[at:], l.tags)
	}
	out[at], out[at+1], out[at+2] = featureType, byte(l.kind), featureGeometry
	at = put(out, at+3, uint32(n+len(geom)))
	at += copy(out[at:], start[:n])
	at += copy(out[at:], geom)
	l.out = out[:at]
	l.n++
	return true
}

// Polygon writes a feature of a polygon in one go: attributes as [AppendTag]
// encodes them, its own before those that it may have in common with others,
// and its geometry. It comes out as between [Layer.Begin] and [Layer.End].
func (l *Layer) Polygon(id uint64, own []byte, common *Common, path Path) {
	x, y := zigzag(path.Start.X), zigzag(path.Start.Y)
	n := 1 + sizeUvarint(uint64(x)) + sizeUvarint(uint64(y)) + len(path.Rest)
	size := 3 + sizeUvarint(uint64(n)) + n
	if id != 0 {
		size += 1 + sizeUvarint(id)
	}
	tags := len(own) + len(common.Tags)
	if tags > 0 {
		size += 1 + sizeUvarint(uint64(tags)) + tags
	}
	at := len(l.out)
	if most := size + 1 + binary.MaxVarintLen64 + short; cap(l.out)-at < most {
		l.out = slices.Grow(l.out, most)
	}
	out := l.out[:cap(l.out)]
	out[at] = layerFeature
	at = put(out, at+1, uint32(size))
	if id != 0 {
		out[at] = featureID
		at++
		for ; id >= 1<<7; id >>= 7 {
			out[at] = byte(id) | 0x80
			at++
		}
		out[at] = byte(id)
		at++
	}
	if tags > 0 {
		out[at] = featureTags
		at = put(out, at+1, uint32(tags))
		at = paste(out, at, own)
	}
	mark := mark{at: uint32(at), before: common.at}
	common.at = uint32(at)
	at = paste(out, at, common.Tags)
	out[at], out[at+1], out[at+2] = featureType, byte(PolygonType), featureGeometry
	at = put(out, at+3, uint32(n))
	out[at] = 1<<3 | moveTo
	at = put(out, put(out, at+1, x), y)
	mark.rest = uint32(at)
	at = paste(out, at, path.Rest)
	mark.end = uint32(at)
	l.hints.marks = append(l.hints.marks, mark)
	l.out = out[:at]
	l.n++
}

// AppendTag appends an attribute of a feature, encoded, for [Layer.Polygon].
func AppendTag(tags []byte, key, value uint32) []byte {
	if key < 1<<7 && value < 1<<21 && value >= 1<<14 {
		return append(tags, byte(key), byte(value)|0x80, byte(value>>7)|0x80, byte(value>>14))
	}
	return appendUint32(appendUint32(tags, key), value)
}

// short is how long what stands in a feature mostly is at most.
const short = 16

// paste writes what has been encoded into out, which has room for that and short
// more, and returns where it ends. What is short is copied with what happens to
// stand behind it, as that asks nothing on the way.
func paste(out []byte, at int, b []byte) int {
	if len(b) <= short && cap(b) >= short {
		copy(out[at:at+short], b[:short])
	} else {
		copy(out[at:], b)
	}
	return at + len(b)
}

// put writes a number into out, which has room, and returns where it ends.
func put(out []byte, at int, v uint32) int {
	for ; v >= 1<<7; v >>= 7 {
		out[at] = byte(v) | 0x80
		at++
	}
	out[at] = byte(v)
	return at + 1
}

// Tile ends the layer and returns the tile behind which it was begun, with the
// layer at its end. A layer without features adds nothing.
func (l *Layer) Tile() []byte {
	defer func() { l.out = nil }() // it is the caller's now
	if l.n == 0 {
		return l.out[:l.from]
	}
	l.settle()
	begin := l.from + l.room()
	size := 2 + 1 + sizeUvarint(uint64(len(l.name))) + len(l.name) + len(l.out) - begin + len(l.values) + l.stock + 1 + sizeUvarint(Extent)
	for _, k := range l.keys {
		size += 1 + sizeUvarint(uint64(len(k))) + len(k)
	}
	if moved := sizeUvarint(uint64(size)) - usualSize; moved != 0 {
		l.out = slices.Grow(l.out, usualSize)
		out := l.out[:len(l.out)+moved]
		copy(out[begin+moved:], l.out[begin:])
		l.out = out
		for i := range l.hints.marks {
			l.hints.marks[i].moved(moved)
		}
	}
	head := binary.AppendUvarint(append(l.out[:l.from], tileLayer), uint64(size))
	appendText(append(head, layerVersion, 2), layerName, l.name) // into the room before the features
	for _, k := range l.keys {
		l.out = appendText(l.out, layerKey, k)
	}
	l.appendValues()
	l.out = binary.AppendUvarint(append(l.out, layerExtent), Extent)
	return l.out
}

// appendValues appends the values, those of hints in their places among them.
func (l *Layer) appendValues() {
	out, from := slices.Grow(l.out, len(l.values)+l.stock), 0
	for i := range l.hints.runs {
		r := &l.hints.runs[i]
		out = append(out, l.values[from:r.At]...)
		from, r.At = r.At, len(out)
		out = append(out, r.Between(r.From, r.To)...)
	}
	l.out = append(out, l.values[from:]...)
}

// usualSize is how many bytes the size of a large layer takes: room is left for
// it before the features.
const usualSize = 3

// room returns how many bytes stand before the features.
func (l *Layer) room() int {
	return 1 + usualSize + 2 + 1 + sizeUvarint(uint64(len(l.name))) + len(l.name)
}

func appendText(out []byte, field byte, text string) []byte {
	out = binary.AppendUvarint(append(out, field), uint64(len(text)))
	return append(out, text...)
}

// appendUint32 is binary.AppendUvarint with the short numbers of geometry first.
func appendUint32(out []byte, n uint32) []byte {
	switch {
	case n < 1<<7:
		return append(out, byte(n))
	case n < 1<<14:
		return append(out, byte(n)|0x80, byte(n>>7))
	}
	return binary.AppendUvarint(out, uint64(n))
}

func sizeUvarint(n uint64) int { return (bits.Len64(n|1) + 6) / 7 }
