package mesh

import (
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"
	"time"

	"gridmap/geo/topo"
	"gridmap/tiles/mvt"
)

// province makes side × side seamless faces of 48 vertices each, about 700 m
// wide, of which groups of group × group faces make one parent.
func province(side, group int) []Face[string] {
	const step, bend = 64_000, 12 // lattice steps of a side; vertices of it
	hash := func(a, b, c int) int32 { return int32(Mix(uint64(a)<<32|uint64(uint32(b)), uint64(c))%4001) - 2000 }
	corner := func(x, y int) topo.Point {
		return topo.Point{X: 1_050_000_000 + int32(x)*step + 6*hash(x, y, 1), Y: 300_000_000 + int32(y)*step + 6*hash(x, y, 2)}
	}
	// line returns the points of a side but for its last.
	line := func(x, y, dx, dy int) []topo.Point {
		a, b := corner(x, y), corner(x+dx, y+dy)
		points := []topo.Point{a}
		for k := int32(1); k < bend; k++ {
			points = append(points, topo.Point{
				X: a.X + (b.X-a.X)/bend*k + hash(x*2+dx, y, int(k)+9)*2/3, Y: a.Y + (b.Y-a.Y)/bend*k + hash(x*2+dx, y, int(k)+99)*2/3})
		}
		return points
	}
	back := func(points []topo.Point, end topo.Point) []topo.Point {
		out := []topo.Point{end}
		for k := len(points) - 1; k > 0; k-- {
			out = append(out, points[k])
		}
		return out
	}
	var faces []Face[string]
	for y := 0; y < side; y += group {
		for x := 0; x < side; x += group {
			var ring topo.Ring
			for i := range group {
				ring = append(ring, line(x+i, y, 1, 0)...)
			}
			for i := range group {
				ring = append(ring, line(x+group, y+i, 0, 1)...)
			}
			for i := group - 1; i >= 0; i-- {
				ring = append(ring, back(line(x+i, y+group, 1, 0), corner(x+i+1, y+group))...)
			}
			for i := group - 1; i >= 0; i-- {
				ring = append(ring, back(line(x, y+i, 0, 1), corner(x, y+i+1))...)
			}
			faces = append(faces, Face[string]{int64(len(faces) + 1), topo.Shape{{ring}}, "", "", 1})
		}
	}
	return faces
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Building the mesh of half a million grids: projection, topology, all levels.
func BenchmarkBuild500k(b *testing.B) {
	faces := province(707, 1)
	before, begun := heap(), cpu(b)
	var m *Mesh[string]
	for b.Loop() {
		m = Build(faces)
	}
	b.ReportMetric((cpu(b)-begun).Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(float64(heap()-before)/float64(m.Len()), "B/face")
	runtime.KeepAlive(faces)
}

// cpu returns the processor time this process has had.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Drawing tiles of 90,000 grids: the processor time of one face, by zoom.
func BenchmarkDraw(b *testing.B) {
	m := Build(province(300, 1))
	for _, z := range []uint32{9, 10, 11, 12, 13, 14, 15, 16} {
		b.Run(string(rune('0'+z/10))+string(rune('0'+z%10)), func(b *testing.B) {
			var p Pen
			var l mvt.Layer
			rng := rand.New(rand.NewPCG(1, 2))
			faces, begun := 0, cpu(b)
			for b.Loop() {
				s := worldBits - z
				box := m.nodes[rng.IntN(len(m.nodes))].box
				at := Tile{z, box.Min.X >> s, box.Min.Y >> s}
				l.Reset(nil, "grids")
				m.Draw(at, &p, func(s *Sight[string]) {
					l.Polygon(uint64(s.ID), nil, &mvt.Common{}, s.Path)
					faces++
				})
			}
			b.ReportMetric(float64((cpu(b)-begun).Nanoseconds())/float64(faces), "ns/face")
		})
	}
}

// Following an edit of two grids among half a million.
func BenchmarkUpdate(b *testing.B) {
	faces := province(707, 1)
	m := Build(faces)
	for i := 0; b.Loop(); i++ {
		k := i * 7919 % len(faces)
		m = m.Update(faces[k:k+2], []Face[string]{faces[k]})
		m = m.Update(faces[k:k+1], faces[k:k+2])
	}
}
