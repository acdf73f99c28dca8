package atlas

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/tidwall/rtree"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// countyPoints are points anywhere in the box of a county.
func countyPoints(a *Atlas, n int) []topo.Point {
	rng := rand.New(rand.NewPCG(5, 6))
	box := a.Grid(0).Boundary.Bound()
	points := make([]topo.Point, n)
	for i := range points {
		points[i] = topo.Point{
			X: box.Min.X + rng.Int32N(box.Max.X-box.Min.X),
			Y: box.Min.Y + rng.Int32N(box.Max.Y-box.Min.Y),
		}
	}
	return points
}

// orbLocator is what a Go program would do without us: an R-tree over the
// grids and orb's test of a point in a polygon.
type orbLocator struct {
	tree   rtree.RTreeG[int]
	shapes []orb.MultiPolygon
}

func newOrbLocator(s *geo.Snapshot) *orbLocator {
	l := &orbLocator{shapes: make([]orb.MultiPolygon, len(s.Grids))}
	for i := range s.Grids {
		if s.Grids[i].Tier < len(s.Tiers)-1 {
			continue
		}
		l.shapes[i] = s.Grids[i].Boundary.Orb()
		b := l.shapes[i].Bound()
		l.tree.Insert(b.Min, b.Max, i)
	}
	return l
}

func (l *orbLocator) locate(p orb.Point) int {
	at := -1
	l.tree.Search(p, p, func(_, _ [2]float64, i int) bool {
		if planar.MultiPolygonContains(l.shapes[i], p) {
			at = i
			return false
		}
		return true
	})
	return at
}

// 1 M points in a county of 5,040 grids of 48 vertices, beside orb with an
// R-tree on every tenth of them. The two take turns, and of each the fastest
// round counts, so that what else the machine does meets neither.
func BenchmarkLocate(b *testing.B) {
	a := picture(b, wideCounty(b, 72, 70))
	points := countyPoints(a, 1_000_000)
	peer := newOrbLocator(a.Records())
	leaf := make([]int32, len(points))
	var ours, single, theirs fastest
	for b.Loop() {
		ours.round(func() { a.LocateEach(points, leaf) })
		single.round(func() {
			for _, p := range points {
				sink, _ = a.Locate(p)
			}
		})
		theirs.round(func() {
			for i := 0; i < len(points); i += 10 {
				lon, lat := points[i].LonLat()
				sink = peer.locate(orb.Point{lon, lat})
			}
		})
	}
	each, peers := ours.per(len(points)), theirs.per(len(points)/10)
	b.ReportMetric(each, "ns/point")
	b.ReportMetric(single.per(len(points)), "single-ns/point")
	b.ReportMetric(peers, "orb-ns/point")
	b.ReportMetric(peers/each, "x-orb")
}

// fastest keeps the time of the fastest round.
type fastest struct{ time.Duration }

func (f *fastest) round(work func()) {
	start := time.Now()
	work()
	if took := time.Since(start); f.Duration == 0 || took < f.Duration {
		f.Duration = took
	}
}

// per returns nanoseconds for one of n.
func (f *fastest) per(n int) float64 { return float64(f.Nanoseconds()) / float64(n) }

var sink int

func BenchmarkNew(b *testing.B) {
	s := wideCounty(b, 72, 70)
	for b.Loop() {
		picture(b, s)
	}
}
