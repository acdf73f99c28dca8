package tiles_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/postgis"
	"gridmap/geo/topo"
	"gridmap/tiles"
)

// bent returns the shape with one vertex moved by a little.
func bent(s topo.Shape) topo.Shape {
	ring := append(topo.Ring(nil), s[0][0]...)
	ring[0].X += 3
	polygon := append(topo.Polygon{ring}, s[0][1:]...)
	return append(topo.Shape{polygon}, s[1:]...)
}

// ownCPU returns the processor time this process has had.
func ownCPU(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// backendCPU returns the processor time a PostgreSQL backend has had.
func backendCPU(b *testing.B, pid int) time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skip("no /proc here to read the backend's time from")
	}
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	ticks := 0
	for _, f := range fields[11:13] { // utime and stime, in hundredths of a second
		n, err := strconv.Atoi(f)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// Processor time of the same tiles with the same attributes, drawn from the
// picture and by prepared ST_AsMVT, z9 to 16, in one run; then of tags alone,
// and with gzip.
func BenchmarkAgainstPostGIS(b *testing.B) {
	db := gridtest.DB(b)
	_, plan := gridtest.County(b, db, "huize")
	snap, err := postgis.New(db).Snapshot(b.Context(), plan)
	if err != nil {
		b.Fatal(err)
	}
	a, err := atlas.New(snap)
	if err != nil {
		b.Fatal(err)
	}
	p := tiles.Draw(a)
	conn, err := db.Acquire(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Release()
	var pid int
	if err := conn.QueryRow(b.Context(), "select pg_backend_pid()").Scan(&pid); err != nil {
		b.Fatal(err)
	}
	const tier = "primary"
	var list []tiles.Query
	for z := uint32(9); z <= 16; z++ {
		all := around(p, z)
		for k := 0; k < len(all); k += max(1, len(all)/25) {
			list = append(list, tiles.Query{Layer: tier, Address: all[k]})
		}
	}
	var theirs, ours, tags, zipped time.Duration
	var features, size int
	rounds := 0
	for b.Loop() {
		rounds++
		begun := backendCPU(b, pid)
		for _, q := range list {
			var data []byte
			if err := conn.QueryRow(b.Context(), asMVT, int64(plan), q.Z, q.X, q.Y, tier).Scan(&data); err != nil {
				b.Fatal(err)
			}
			if rounds == 1 {
				features += len(decode(b, data))
			}
		}
		theirs += backendCPU(b, pid) - begun
		const repeat = 20
		ours += timed(b, repeat, func() {
			for _, q := range list {
				data, err := p.Tile(q)
				if err != nil {
					b.Fatal(err)
				}
				size += len(data)
			}
		})
		tags += timed(b, repeat, func() {
			for _, q := range list {
				if _, err := p.ETag(q); err != nil {
					b.Fatal(err)
				}
			}
		})
		zipped += timed(b, repeat, func() {
			for _, q := range list {
				if data, err := p.Tile(q); err != nil || len(data) >= 1024 && tiles.ZipGrids(data) == nil {
					b.Fatal(err)
				}
			}
		})
	}
	each := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(rounds*len(list)) }
	b.ReportMetric(float64(features)/float64(len(list)), "grids/tile")
	b.ReportMetric(each(theirs), "µs-postgis/tile")
	b.ReportMetric(each(ours), "µs/tile")
	b.ReportMetric(each(tags), "µs-tag/tile")
	b.ReportMetric(each(zipped), "µs-zipped/tile")
	b.ReportMetric(each(theirs)/each(ours), "x")
	b.ReportMetric(0, "ns/op")
}

// timed returns the processor time of one of many runs of fn.
func timed(b *testing.B, repeat int, fn func()) time.Duration {
	begun := ownCPU(b)
	for range repeat {
		fn()
	}
	return (ownCPU(b) - begun) / time.Duration(repeat)
}

// From a change set to the bytes of a tile it touched: what a wall waits for
// beside the network. One grid of 4,847 is renamed, or a border is moved.
func BenchmarkFollow(b *testing.B) {
	county, err := fixtures.Make("huize", 250_000)
	if err != nil {
		b.Fatal(err)
	}
	county.Plan.ID = 1
	a, err := atlas.New(&county.Snapshot)
	if err != nil {
		b.Fatal(err)
	}
	p := tiles.Draw(a)
	i := 0
	var drawing, telling time.Duration
	for b.Loop() {
		i++
		before := *a.Grid(len(county.Grids) - 1 - i%4000)
		after := before
		after.Name.ZH = fmt.Sprint("改名", i)
		if i%2 == 0 && len(after.Boundary) > 0 {
			after.Boundary = bent(after.Boundary)
		}
		begun := time.Now()
		next, err := a.Apply(geo.ChangeSet{Territory: a.Territory().ID, Plan: 1, Revision: a.Revision() + 1,
			Changes: []geo.Change{{Before: &before, After: &after}}})
		if err != nil {
			b.Fatal(err)
		}
		followed := time.Now()
		a, p = next, p.Next(next)
		at := after.Boundary[0][0][0]
		r := tiles.Touched([]topo.Box{{Min: at, Max: at}})[13]
		q := tiles.Query{Layer: tiles.Grids, Address: tiles.Address{Z: 13, X: r.X[0], Y: r.Y[0]}}
		if _, err := p.ETag(q); err != nil {
			b.Fatal(err)
		}
		if _, err := p.Tile(q); err != nil {
			b.Fatal(err)
		}
		telling += followed.Sub(begun)
		drawing += time.Since(followed)
	}
	b.ReportMetric(float64(telling.Microseconds())/float64(i), "µs-atlas/op")
	b.ReportMetric(float64(drawing.Microseconds())/float64(i), "µs-tiles/op")
}

// Memory of the picture of a county with all its tiers and levels.
func BenchmarkMemory(b *testing.B) {
	county, err := fixtures.Make("huize", 1000)
	if err != nil {
		b.Fatal(err)
	}
	a, err := atlas.New(&county.Snapshot)
	if err != nil {
		b.Fatal(err)
	}
	held := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	tiles.Draw(a) // what is drawn when asked for, and kept by the atlas
	var p *tiles.Picture
	before := held()
	for b.Loop() {
		p = tiles.Draw(a)
	}
	b.ReportMetric((held()-before)/float64(len(county.Grids)), "B/grid")
	runtime.KeepAlive(p)
}

// Drawing tiles of a county, z9 to 16: processor time of one grid.
func BenchmarkTile(b *testing.B) {
	p := pictureOf(b, "huize")
	var list []tiles.Query
	for z := uint32(9); z <= 16; z++ {
		all := around(p, z)
		for k := 0; k < len(all); k += max(1, len(all)/25) {
			list = append(list, tiles.Query{Layer: "primary", Address: all[k]})
		}
	}
	features := 0
	for _, q := range list {
		data, err := p.Tile(q)
		if err != nil {
			b.Fatal(err)
		}
		features += len(decode(b, data))
	}
	rounds, begun := 0, ownCPU(b)
	for b.Loop() {
		rounds++
		for _, q := range list {
			if _, err := p.Tile(q); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64((ownCPU(b)-begun).Nanoseconds())/float64(rounds*features), "ns/grid")
	b.ReportMetric(float64(features)/float64(len(list)), "grids/tile")
}

// Drawing every grid of a province of half a million into 300 tiles where its
// dwellings lie, most of them not drawn shortly before: processor time of a
// tile and of a grid, by zoom and over all, and with gzip.
func BenchmarkProvince(b *testing.B) {
	province, err := fixtures.Province(50)
	if err != nil {
		b.Fatal(err)
	}
	random := rand.New(rand.NewPCG(5, 16))
	lists := map[uint32][]tiles.Query{}
	for z := uint32(9); z <= 16; z++ {
		for range 37 {
			at := province.Dwellings[random.IntN(len(province.Dwellings))].At
			r := tiles.Touched([]topo.Box{{Min: at, Max: at}})[z]
			q := tiles.Query{Layer: "micro", Address: tiles.Address{Z: z, X: r.X[0], Y: r.Y[0]}}
			lists[z], lists[0] = append(lists[z], q), append(lists[0], q)
		}
	}
	a, err := atlas.New(province)
	if err != nil {
		b.Fatal(err)
	}
	province = nil
	p := tiles.Draw(a)
	for _, z := range []uint32{0, 9, 10, 11, 12, 13, 14, 15, 16} {
		b.Run(fmt.Sprint("z", z), func(b *testing.B) { drawList(b, p, lists[z]) })
	}
}

func drawList(b *testing.B, p *tiles.Picture, list []tiles.Query) {
	var out []byte
	var err error
	cold := tiles.NewCache(0)
	draw := func(q tiles.Query) {
		if out, err = p.AppendTile(out[:0], q); err != nil {
			b.Fatal(err)
		}
	}
	rounds, features, size, zipped := 0, 0, 0, 0
	drawing, packing := time.Hour, time.Hour // of the round that was disturbed least
	for b.Loop() {
		rounds++
		drawing = min(drawing, timed(b, 1, func() {
			for _, q := range list {
				draw(q)
			}
		}))
		b.StopTimer()
		packing = min(packing, timed(b, 1, func() {
			for _, q := range list {
				tile, err := cold.Tile(p, q, "", tiles.Gzipped)
				if err != nil {
					b.Fatal(err)
				}
				zipped += len(tile.Data)
			}
		}))
		b.StartTimer()
	}
	for _, q := range list {
		draw(q)
		size += len(out)
		features += len(decode(b, out))
	}
	perTile := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / float64(len(list)) }
	n := float64(len(list))
	b.ReportMetric(perTile(drawing)/1000, "µs/tile")
	b.ReportMetric(perTile(packing)/1000, "µs-zipped/tile")
	b.ReportMetric(perTile(drawing)*n/float64(features), "ns/grid")
	b.ReportMetric(float64(features)/n, "grids/tile")
	b.ReportMetric(float64(size)/n, "B/tile")
	b.ReportMetric(float64(zipped)/float64(rounds)/n, "B-zipped/tile")
	b.ReportMetric(0, "ns/op")
}
