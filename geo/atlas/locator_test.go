package atlas

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// smallCounty draws a county so small that every lattice point can be asked.
func smallCounty(t testing.TB, rng *rand.Rand) *geo.Snapshot {
	at := topo.Point{X: rng.Int32N(50) - 25, Y: rng.Int32N(50) - 25}
	q := newQuilt(rng, at, 2+rng.IntN(4), 2+rng.IntN(4), 2+rng.Int32N(7), 0)
	leaves := 1 + rng.IntN(len(q.patches))
	return q.county(t, dealt(rng, len(q.patches), leaves), dealt(rng, leaves, 1+rng.IntN(3)))
}

// expected returns the holders of p by asking every shape: the meaning of
// LocateAll, said the slow way.
func expected(s *geo.Snapshot, tree *geo.Tree, p topo.Point) []int32 {
	var at []int32
	for i := range s.Grids {
		if s.Grids[i].Kind != geo.General || !s.Grids[i].Boundary.Contains(p) {
			continue
		}
		open, children, taken := false, 0, false
		var look func(i int)
		look = func(i int) {
			for _, c := range tree.Children(i) {
				g := &s.Grids[c]
				if g.Kind != geo.General {
					continue
				}
				if children++; len(g.Boundary) == 0 {
					open = true
					look(int(c))
				}
				taken = taken || g.Boundary.Contains(p)
			}
		}
		look(i)
		if children == 0 || open && !taken {
			at = append(at, int32(i))
		}
	}
	return at
}

// agree asks every lattice point in and around the county.
func askEverywhere(t testing.TB, a *Atlas) {
	t.Helper()
	s := a.Records()
	box := s.Grids[0].Boundary.Bound()
	for i := range s.Grids {
		if drawn(&s.Grids[i]) {
			b := s.Grids[i].Boundary.Bound()
			box = box.Extend(b.Min).Extend(b.Max)
		}
	}
	for y := box.Min.Y - 2; y <= box.Max.Y+2; y++ {
		for x := box.Min.X - 2; x <= box.Max.X+2; x++ {
			askAt(t, a, topo.Point{X: x, Y: y})
		}
	}
}

func askAt(t testing.TB, a *Atlas, p topo.Point) {
	t.Helper()
	want := expected(a.Records(), a.Tree(), p)
	got := a.LocateAll(p, nil)
	if !slices.Equal(got, want) {
		t.Fatalf("%v lies in %v, want %v", p, got, want)
	}
	first, ok := a.Locate(p)
	if ok != (len(want) > 0) || ok && first != int(want[0]) {
		t.Fatalf("%v: Locate = %d, %t, want %v", p, first, ok, want)
	}
}

func picture(t testing.TB, s *geo.Snapshot) *Atlas {
	t.Helper()
	a, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// seeded lets rapid choose and shrink a seed for what math/rand builds.
func seeded(t *rapid.T) *rand.Rand {
	return rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
}

func TestLocateEqualsContainsEverywhere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := picture(t, smallCounty(t, seeded(rt)))
		askEverywhere(t, a)
	})
}

func TestEveryPointInsideHasOneLeaf(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := picture(t, smallCounty(t, seeded(rt)))
		root := a.Grid(0).Boundary
		box := root.Bound()
		for y := box.Min.Y; y <= box.Max.Y; y++ {
			for x := box.Min.X; x <= box.Max.X; x++ {
				p := topo.Point{X: x, Y: y}
				if n := len(a.LocateAll(p, nil)); (n == 1) != root.Contains(p) || n > 1 {
					t.Fatalf("%v inside %t has %d leaves", p, root.Contains(p), n)
				}
			}
		}
	})
}

// Drafts have grids missing, doubled, not drawn, crossing themselves or lying
// over others; the locator must say what the shapes say all the same.
func TestLocateInFaultyDrafts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rng := seeded(rt)
		s := smallCounty(t, rng)
		for range 1 + rng.IntN(4) {
			spoil(rng, s)
		}
		askEverywhere(t, picture(t, s))
	})
}

// spoil does one thing to a county that a draft may suffer.
func spoil(rng *rand.Rand, s *geo.Snapshot) {
	i := rng.IntN(len(s.Grids))
	g := &s.Grids[i]
	corner := func() topo.Point { return topo.Point{X: rng.Int32N(80) - 40, Y: rng.Int32N(80) - 40} }
	switch rng.IntN(6) {
	case 0: // not drawn
		g.Boundary = nil
	case 1: // taken out, if nothing lies under it
		for k := range s.Grids {
			if s.Grids[k].Parent == g.ID {
				return
			}
		}
		if i > 0 {
			s.Grids = slices.Delete(s.Grids, i, i+1)
		}
	case 2: // lies over others, as a triangle, perhaps the wrong way round
		if a, b, c := corner(), corner(), corner(); a != b && b != c && a != c {
			g.Boundary = topo.Shape{{{a, b, c}}}
		}
	case 3: // crosses itself
		a, b := corner(), corner()
		g.Boundary = topo.Shape{{{a, {X: b.X, Y: b.Y}, {X: b.X, Y: a.Y}, {X: a.X, Y: b.Y}}}}
	case 4: // the same ground as another
		g.Boundary = s.Grids[rng.IntN(len(s.Grids))].Boundary
	case 5: // shifted
		var moved topo.Shape
		for _, polygon := range g.Boundary {
			var rings topo.Polygon
			for _, ring := range polygon {
				var r topo.Ring
				for _, p := range ring {
					r = append(r, topo.Point{X: p.X + 1, Y: p.Y - 2})
				}
				rings = append(rings, r)
			}
			moved = append(moved, rings)
		}
		g.Boundary = moved
	}
}

// A large county: corners, points on edges, and anywhere.
func TestLocateInALargeCounty(t *testing.T) {
	t.Parallel()
	a := picture(t, wideCounty(t, 20, 20))
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range a.Records().Grids {
		ring := a.Grid(i).Boundary[0][0]
		k := rng.IntN(len(ring))
		p, q := ring[k], ring[(k+1)%len(ring)]
		askAt(t, a, p)
		askAt(t, a, topo.Point{X: p.X + (q.X-p.X)/2, Y: p.Y + (q.Y-p.Y)/2})
	}
	box := a.Grid(0).Boundary.Bound()
	for range 1000 {
		askAt(t, a, topo.Point{
			X: box.Min.X + rng.Int32N(box.Max.X-box.Min.X),
			Y: box.Min.Y + rng.Int32N(box.Max.Y-box.Min.Y),
		})
	}
}

// Far corners of the lattice must neither overflow nor be found.
func TestLocateAtTheEndsOfTheLattice(t *testing.T) {
	const far = 1<<31 - 1
	world := topo.Shape{{{{X: -1.8e9, Y: -9e8}, {X: 1.8e9, Y: -9e8}, {X: 1.8e9, Y: 9e8}, {X: -1.8e9, Y: 9e8}}}}
	half := topo.Shape{{{{X: -1.8e9, Y: -9e8}, {X: 1.8e9, Y: -9e8}, {X: 1.7e9, Y: 9e8}}}}
	for _, shape := range []topo.Shape{world, half, {{{{X: 1, Y: 1}, {X: 3, Y: 1}, {X: 3, Y: 3}}}}} {
		s := &geo.Snapshot{
			Territory: geo.Territory{ID: 1}, Revision: 1, Tiers: []geo.Tier{{}},
			Grids: []geo.Grid{{ID: 1, Kind: geo.General, Boundary: shape}},
		}
		a := picture(t, s)
		for _, x := range []int32{-far - 1, -1.8e9, -1, 0, 1, 2, 3, 1.7e9, 1.8e9 - 1, 1.8e9, far} {
			for _, y := range []int32{-far - 1, -9e8, -1, 0, 1, 2, 3, 9e8 - 1, 9e8, far} {
				askAt(t, a, topo.Point{X: x, Y: y})
			}
		}
	}
}

// Whatever is asked of whatever county, the locator says what the shapes say.
func FuzzLocate(f *testing.F) {
	f.Add(uint64(1), uint64(0), int32(0), int32(0))
	f.Add(uint64(7), uint64(3), int32(-3), int32(12))
	f.Fuzz(func(t *testing.T, seed, faults uint64, x, y int32) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s := smallCounty(t, rng)
		for range faults % 4 {
			spoil(rng, s)
		}
		a := picture(t, s)
		askAt(t, a, topo.Point{X: x, Y: y})
		askAt(t, a, topo.Point{X: x % 32, Y: y % 32})
	})
}
