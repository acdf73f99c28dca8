package mvt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
)

// decoded returns the layers as another program reads them.
func decoded(t testing.TB, tile []byte) mvt.Layers {
	t.Helper()
	layers, err := mvt.Unmarshal(tile)
	if err != nil {
		t.Fatal(err)
	}
	return layers
}

// pathOf returns the path of rings.
func pathOf(rings ...[]Point) Path {
	p := Path{Start: rings[0][0]}
	var before []Point
	for _, r := range rings {
		p.Rest = AppendRing(p.Rest, before, r)
		before = r
	}
	return p
}

func TestLayerIsReadBack(t *testing.T) {
	t.Parallel()
	var l Layer
	l.Reset(nil, "grids")
	code, count, share := l.Key("code"), l.Key("count"), l.Key("share")
	l.Begin(7, PolygonType)
	l.Tag(code, l.Unique("990101"))
	l.Tag(count, l.Int(-3))
	l.Path(pathOf([]Point{{0, 0}, {100, 0}, {100, 100}, {0, 100}}, []Point{{10, 10}, {10, 20}, {20, 20}, {20, 10}},
		[]Point{{-200, -200}, {-150, -200}, {-150, -100}}))
	if !l.End() {
		t.Fatal("the polygon was dropped")
	}
	l.Begin(math.MaxInt64, LineType)
	l.Tag(code, l.String("网格"))
	l.Tag(share, l.Double(0.25))
	l.Line([]Point{{4096, 0}, {0, 4096}})
	l.End()
	l.Begin(0, PointType)
	l.Tag(code, l.String("网格"))
	l.Tag(count, l.Int(1<<40))
	l.Points([]Point{{1, 2}, {3, 5}})
	l.End()
	l.Begin(9, PointType)
	if l.End() {
		t.Error("a feature without geometry stayed")
	}

	layer := decoded(t, l.Tile())[0]
	if layer.Name != "grids" || layer.Version != 2 || layer.Extent != Extent || len(layer.Features) != 3 {
		t.Fatalf("layer %s, version %d, extent %d, %d features", layer.Name, layer.Version, layer.Extent, len(layer.Features))
	}
	want := []struct {
		id         any
		geometry   orb.Geometry
		properties map[string]any
	}{
		{7.0, orb.MultiPolygon{{{{0, 0}, {100, 0}, {100, 100}, {0, 100}, {0, 0}}, {{10, 10}, {10, 20}, {20, 20}, {20, 10}, {10, 10}}},
			{{{-200, -200}, {-150, -200}, {-150, -100}, {-200, -200}}}}, map[string]any{"code": "990101", "count": -3.0}},
		{float64(math.MaxInt64), orb.LineString{{4096, 0}, {0, 4096}}, map[string]any{"code": "网格", "share": 0.25}},
		{nil, orb.MultiPoint{{1, 2}, {3, 5}}, map[string]any{"code": "网格", "count": float64(1 << 40)}},
	}
	for i, w := range want {
		f := layer.Features[i]
		if f.ID != w.id || !orb.Equal(f.Geometry, w.geometry) || fmt.Sprint(f.Properties) != fmt.Sprint(w.properties) {
			t.Errorf("feature %d is %v %v %v", i, f.ID, f.Geometry, f.Properties)
		}
	}
}

// However often a value comes back, it stands once, and every feature has the
// text it was given.
func TestValuesMadeBeforehandStandOnce(t *testing.T) {
	t.Parallel()
	var l Layer
	for range 2 {
		l.Reset(nil, "x")
		key := l.Key("k")
		text := func(i int) string { return fmt.Sprint("第", i%5+i/50*5, "网格") }
		for i := range 5000 {
			l.Begin(uint64(i+1), PointType)
			l.Tag(key, l.Value(string(AppendText(nil, text(i)))))
			l.Points([]Point{{1, 1}})
			l.End()
		}
		if l.count != 500 {
			t.Errorf("%d values, want 500", l.count)
		}
		for i, f := range decoded(t, l.Tile())[0].Features {
			if f.Properties["k"] != text(i) {
				t.Fatalf("feature %d has %v, want %s", i, f.Properties["k"], text(i))
			}
		}
	}
}

// Values taken from texts, whether they stand there one behind the other or not
// and whatever is added between, are those that features name; and the runs say
// where they stand.
func TestStockedValues(t *testing.T) {
	t.Parallel()
	var texts [2]*Texts
	for k := range texts {
		var list []string
		for i := range 40 {
			list = append(list, string(AppendText(AppendText(nil, fmt.Sprint("code", k, "-", i)), fmt.Sprint("名", k, "-", i))))
		}
		texts[k] = NewTexts(list)
	}
	var l Layer
	for round := range 3 {
		l.Reset([]byte("before"), "x")
		code, name, kind := l.Key("code"), l.Key("name"), l.Key("kind")
		rng := rand.New(rand.NewPCG(7, uint64(round)))
		var want, all []string
		for n := range 200 {
			k, i := rng.IntN(8)/7, n%40
			if rng.IntN(5) == 0 {
				i = rng.IntN(40)
			}
			first := l.Stock(texts[k], i, 2)
			tags := AppendTag(AppendTag(nil, code, first), name, first+1)
			if rng.IntN(4) == 0 {
				tags = AppendTag(tags, kind, l.String(fmt.Sprint("kind", rng.IntN(30))))
			}
			l.Polygon(uint64(n+1), tags, &Common{}, Path{Point{1, 1}, AppendRing(nil, nil, []Point{{1, 1}, {5, 1}, {5, 5}})})
			want = append(want, fmt.Sprint("code", k, "-", i, "名", k, "-", i))
			all = append(all, texts[k].Of(i))
		}
		tile := l.Tile()
		for n, f := range decoded(t, tile[len("before"):])[0].Features {
			if got := fmt.Sprint(f.Properties["code"], f.Properties["name"]); got != want[n] {
				t.Fatalf("round %d, feature %d has %s, want %s", round, n, got, want[n])
			}
		}
		var found strings.Builder
		for _, r := range l.Hints().runs {
			text := r.Between(r.From, r.To)
			found.WriteString(text)
			if !bytes.HasPrefix(tile[r.At:], []byte(text)) {
				t.Errorf("round %d: a run of %d texts does not stand at %d", round, r.To-r.From, r.At)
			}
		}
		if found.String() != strings.Join(all, "") {
			t.Errorf("round %d: the runs are not all texts in their order", round)
		}
	}
}

func TestEqualValuesStandOnce(t *testing.T) {
	t.Parallel()
	var l Layer
	for round := range 3 {
		l.Reset(nil, "x")
		key := l.Key("k")
		for i := range 1000 {
			l.Begin(uint64(i+1), PointType)
			l.Tag(key, l.String(fmt.Sprint(i%100+round)))
			l.Tag(key, l.Int(int64(i%50)))
			l.Points([]Point{{1, 1}})
			l.End()
		}
		if l.count != 150 {
			t.Errorf("round %d: %d values, want 150", round, l.count)
		}
	}
}

// A layer of any size comes behind a tile as it would stand alone, whatever
// the memory behind the tile holds.
func TestLayersBehindATile(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 100, 110, 20_000, 3_000_000} {
		var l Layer
		draw := func(tile []byte) []byte {
			l.Reset(tile, "x")
			l.Begin(7, PointType)
			l.Tag(l.Key("text"), l.String(strings.Repeat("x", size)))
			l.Points([]Point{{1, 1}})
			l.End()
			return l.Tile()
		}
		alone := draw(nil)
		if text := decoded(t, alone)[0].Features[0].Properties["text"]; len(text.(string)) != size {
			t.Errorf("a text of %d bytes has come back with %d", size, len(text.(string)))
		}
		for _, room := range []int{0, 5, 200, 50_000} {
			tile := bytes.Repeat([]byte("y"), 10+room)[:10]
			if got := draw(tile); string(got[:10]) != "yyyyyyyyyy" || !bytes.Equal(got[10:], alone) {
				t.Errorf("a layer of %d bytes is another one behind a tile with room for %d", len(alone), room)
			}
		}
	}
}

func TestLayersWithoutFeaturesAddNothing(t *testing.T) {
	t.Parallel()
	var l Layer
	l.Reset([]byte("before"), "empty")
	l.Key("code")
	l.String("left over")
	if tile := l.Tile(); string(tile) != "before" {
		t.Errorf("%d bytes", len(tile))
	}
}

// Whatever is put in can be read by another program and comes out the same,
// and a writer that was used before writes the same bytes.
func FuzzLayer(f *testing.F) {
	f.Add(uint64(3), "名", int64(-1), 1.5, []byte{0, 0, 9, 0, 9, 9})
	f.Add(uint64(1)<<63, "", int64(math.MinInt64), math.Inf(1), []byte{1, 2, 3, 4})
	used := &Layer{}
	f.Fuzz(func(t *testing.T, id uint64, text string, n int64, x float64, raw []byte) {
		var points []Point
		for i := 0; i+1 < len(raw); i += 2 {
			points = append(points, Point{int32(raw[i]) << (i % 20), -int32(raw[i+1]) << (i % 17)})
		}
		write := func(l *Layer) []byte {
			l.Reset(nil, text)
			l.Begin(id, PointType)
			l.Tag(l.Key("text"), l.String(text))
			l.Tag(l.Key("n"), l.Int(n))
			l.Tag(l.Key("x"), l.Double(x))
			l.Points(points)
			l.End()
			return l.Tile()
		}
		tile := write(&Layer{})
		if !bytes.Equal(tile, write(used)) {
			t.Fatal("a used writer writes other bytes")
		}
		if len(points) == 0 {
			if len(tile) != 0 {
				t.Fatalf("%d bytes without a geometry", len(tile))
			}
			return
		}
		layers := decoded(t, tile)
		p := layers[0].Features[0].Properties
		if layers[0].Name != text || p["text"] != text || p["n"] != float64(n) || p["x"] != x && x == x {
			t.Fatalf("layer %q of %v", layers[0].Name, p)
		}
		var got orb.MultiPoint
		switch g := layers[0].Features[0].Geometry.(type) {
		case orb.Point:
			got = orb.MultiPoint{g}
		case orb.MultiPoint:
			got = g
		}
		for i, q := range points {
			if len(got) != len(points) || got[i] != (orb.Point{float64(q.X), float64(q.Y)}) {
				t.Fatalf("points %v came back as %v", points, got)
			}
		}
	})
}

func BenchmarkFeature(b *testing.B) {
	var l Layer
	ring := make([]Point, 47)
	for i := range ring {
		a := float64(i) / 47 * 2 * math.Pi
		ring[i] = Point{int32(1000 + 90*math.Cos(a)), int32(1000 + 90*math.Sin(a))}
	}
	l.Reset(nil, "grids")
	for i := 0; b.Loop(); i++ {
		if i%1000 == 0 {
			l.Reset(nil, "grids")
			l.Key("code")
		}
		l.Begin(uint64(i), PolygonType)
		l.Tag(0, l.Unique("990101100201003"))
		l.Tag(0, l.String("第三网格"))
		l.Path(pathOf(ring))
		l.End()
	}
}

// A polygon written in one go is what one written piece by piece is, however much
// it has of its own and in common, and whatever stands behind that in memory.
func TestPolygonsInOneGo(t *testing.T) {
	t.Parallel()
	var one, pieces Layer
	one.Reset(nil, "x")
	pieces.Reset(nil, "x")
	others := bytes.Repeat([]byte{0xff}, 100)
	behind := func(b []byte) []byte { return append(bytes.Clone(b), others...)[:len(b)] }
	for own := range 12 {
		for more := range 12 {
			for corners := 3; corners < 12; corners++ {
				var tags []byte
				for k := range own {
					tags = AppendTag(tags, uint32(k), uint32(k))
				}
				common := Common{Tags: []byte{}}
				for k := range more {
					common.Tags = AppendTag(common.Tags, uint32(k), uint32(k)<<10)
				}
				ring := make([]Point, corners)
				for k := range ring {
					ring[k] = Point{int32(k * k * 40), int32(k%3*own*70 + more)}
				}
				path, id := pathOf(ring), uint64(own)<<(5*more)
				pieces.Begin(id, PolygonType)
				pieces.AddTags(tags)
				pieces.AddTags(common.Tags)
				pieces.Path(path)
				pieces.End()
				path.Rest, common.Tags = behind(path.Rest), behind(common.Tags)
				one.Polygon(id, behind(tags), &common, path)
			}
		}
	}
	if !bytes.Equal(one.Tile(), pieces.Tile()) {
		t.Error("they are not the same")
	}
}

// More features and values than 16 bits count, and numbers of any width, are read
// back as they were written.
func TestLayersOfManyFeatures(t *testing.T) {
	t.Parallel()
	const many = 70_000
	var l Layer
	l.Reset(nil, "x")
	key := l.Key("k")
	path := pathOf([]Point{{0, 0}, {9, 0}, {9, 9}})
	for i := range many {
		l.Polygon(uint64(i+1), AppendTag(nil, key, l.String(fmt.Sprint("text ", i))), &Common{}, path)
	}
	features := decoded(t, l.Tile())[0].Features
	if len(features) != many {
		t.Fatalf("%d features, want %d", len(features), many)
	}
	for i, f := range features {
		if f.ID != float64(i+1) || f.Properties["k"] != fmt.Sprint("text ", i) {
			t.Fatalf("feature %d is %v with %v", i, f.ID, f.Properties)
		}
	}
	for _, key := range []uint32{0, 1<<7 - 1, 1 << 7, math.MaxUint32} {
		for bit := range 32 {
			for _, value := range []uint32{1<<bit - 1, 1 << bit, math.MaxUint32} {
				want := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(key)), uint64(value))
				if got := AppendTag(nil, key, value); !bytes.Equal(got, want) {
					t.Errorf("key %d and value %d are %x, want %x", key, value, got, want)
				}
			}
		}
	}
}
