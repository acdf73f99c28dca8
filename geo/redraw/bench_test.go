package redraw_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// cellWidth is the mean width of a sibling in lattice steps, about 480 m.
const cellWidth = 48_000

// siblings makes a county of side × side grids under one parent, with crooked
// borders of 12 edges a side, and 20 households in each.
func siblings(side int32) *geo.Snapshot {
	rng := rand.New(rand.NewPCG(uint64(side), 1))
	off := func(p topo.Point, reach int32) topo.Point {
		return topo.Point{X: p.X + rng.Int32N(2*reach) - reach, Y: p.Y + rng.Int32N(2*reach) - reach}
	}
	corners := map[[2]int32]topo.Point{}
	lines := map[[4]int32][]topo.Point{}
	corner := func(i, j int32) topo.Point {
		p, ok := corners[[2]int32{i, j}]
		if !ok {
			p = off(topo.Point{X: 1_100_000_000 + i*cellWidth, Y: 300_000_000 + j*cellWidth}, cellWidth/8)
			corners[[2]int32{i, j}] = p
		}
		return p
	}
	line := func(i, j, k, l int32) []topo.Point { // from corner to corner, without the last
		if back, ok := lines[[4]int32{k, l, i, j}]; ok {
			out := append([]topo.Point{corner(i, j)}, back[1:]...)
			slices.Reverse(out[1:])
			return out
		}
		p, q := corner(i, j), corner(k, l)
		out := []topo.Point{p}
		for n := int32(1); n < 12; n++ {
			out = append(out, off(topo.Point{X: p.X + (q.X-p.X)/12*n, Y: p.Y + (q.Y-p.Y)/12*n}, cellWidth/50))
		}
		lines[[4]int32{i, j, k, l}] = out
		return out
	}
	s := &geo.Snapshot{
		Tiers: []geo.Tier{{Rank: 0, Code: "county", Complete: true}, {Rank: 1, Code: "primary", Complete: true},
			{Rank: 2, Code: "secondary", Complete: true}, {Rank: 3, Code: "micro"}},
		Grids: []geo.Grid{{ID: 1, Code: "990101000000", Kind: geo.General}},
	}
	for j := range side {
		for i := range side {
			ring := slices.Concat(line(i, j, i+1, j), line(i+1, j, i+1, j+1), line(i+1, j+1, i, j+1), line(i, j+1, i, j))
			id := geo.GridID(len(s.Grids) + 1)
			s.Grids = append(s.Grids, geo.Grid{ID: id, Parent: 1, Tier: 1, Kind: geo.General, Code: fmt.Sprintf("G-%d", id), Boundary: topo.Shape{{ring}}})
			for k := range 20 {
				at := ring[3*k%len(ring)] // some stand on the border: the middle of an edge, rounded
				if next := ring[(3*k+1)%len(ring)]; k < 4 {
					at = topo.Point{X: at.X + (next.X-at.X)/2, Y: at.Y + (next.Y-at.Y)/2}
				} else {
					at = off(topo.Point{X: 1_100_000_000 + i*cellWidth + cellWidth/2, Y: 300_000_000 + j*cellWidth + cellWidth/2}, cellWidth/2)
				}
				s.Dwellings = append(s.Dwellings, geo.Dwelling{ID: geo.HouseholdID(len(s.Dwellings) + 1), At: at, Located: true, Resident: 3})
			}
		}
	}
	outline, err := topo.Union(shapes(s.Grids[1:]))
	if err != nil {
		panic(err)
	}
	s.Grids[0].Boundary = outline
	return s
}

// across is a line through the middle of a sibling.
func across(g geo.Grid) []topo.Point {
	b := g.Boundary.Bound()
	y := b.Min.Y + (b.Max.Y-b.Min.Y)/2
	return []topo.Point{{X: b.Min.X - 100, Y: y}, {X: b.Max.X + 100, Y: y + 777}}
}

// One edit in memory among n siblings, accepted (with who moved) and refused,
// in the middle of the county; the proof is part of it.
func BenchmarkEdit(b *testing.B) {
	for _, side := range []int32{10, 71, 224} {
		s := siblings(side)
		d := drawing(b, s)
		middle := s.Grids[1+side*(side/2)+side/2]
		east := s.Grids[2+side*(side/2)+side/2]
		edge := s.Grids[1+side/2]
		box := middle.Boundary.Bound()
		region := topo.Shape{{{{X: box.Max.X - 9000, Y: box.Min.Y + 20_000}, {X: box.Max.X + 9000, Y: box.Min.Y + 20_000},
			{X: box.Max.X + 9000, Y: box.Max.Y - 20_000}, {X: box.Max.X - 9000, Y: box.Max.Y - 20_000}}}}
		ring := middle.Boundary[0][0]
		bend := []topo.Point{ring[14], {X: ring[17].X - 7000, Y: ring[17].Y}, ring[20]}
		edits := []struct {
			name string
			redraw.Edit
			fails bool
		}{
			{"split", redraw.Split{Grid: middle.ID, Line: across(middle), ToleranceM: 1}, false},
			{"split-at-border", redraw.Split{Grid: edge.ID, Line: []topo.Point{{X: edge.Boundary.Bound().Min.X + 20_000, Y: 299_000_000},
				{X: edge.Boundary.Bound().Min.X + 20_000, Y: edge.Boundary.Bound().Max.Y + 10}}, ToleranceM: 1}, false},
			{"merge", redraw.Merge{Grids: []geo.GridID{middle.ID, east.ID}}, false},
			{"transfer", redraw.Transfer{To: middle.ID, Region: region}, false},
			{"reshape", redraw.Reshape{Grid: middle.ID, Line: bend}, false},
			{"refused", redraw.Split{Grid: middle.ID, Line: across(middle)[:1:1]}, true},
			{"refused-inside", redraw.Split{Grid: middle.ID, Line: []topo.Point{{X: box.Min.X + 20_000, Y: box.Min.Y + 20_000}, {X: box.Max.X - 20_000, Y: box.Min.Y + 20_000}}}, true},
		}
		for _, e := range edits {
			b.Run(fmt.Sprintf("%s/%d", e.name, side*side), func(b *testing.B) {
				for b.Loop() {
					if _, err := d.Apply(e.Edit); (err != nil) != e.fails {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(fmt.Sprintf("split-take-undo/%d", side*side), func(b *testing.B) {
			for b.Loop() {
				r, err := d.Apply(edits[0].Edit)
				if err != nil {
					b.Fatal(err)
				}
				if err := d.Take(r); err != nil {
					b.Fatal(err)
				}
				if err := d.Take(r.Inverse()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A township, and a village, of a county of 4,847 grids is cut in two with all
// that lies under it.
func BenchmarkEditOfUpperTier(b *testing.B) {
	county, err := fixtures.Make("huize", 0)
	if err != nil {
		b.Fatal(err)
	}
	d := drawing(b, &county.Snapshot)
	for tier, name := range []string{1: "township", 2: "village"} {
		i := slices.IndexFunc(county.Grids, func(g geo.Grid) bool {
			_, err := d.Apply(redraw.Split{Grid: g.ID, Line: across(g)})
			return g.Tier == tier && tier > 0 && err == nil
		})
		if i < 0 {
			continue
		}
		b.Run(name, func(b *testing.B) {
			leaves := 0
			for b.Loop() {
				r, err := d.Apply(redraw.Split{Grid: county.Grids[i].ID, Line: across(county.Grids[i]), ToleranceM: 1})
				if err != nil {
					b.Fatal(err)
				}
				leaves = len(r.Changes)
			}
			b.ReportMetric(float64(leaves), "changes/op")
		})
	}
}

func BenchmarkNewDrawing(b *testing.B) {
	county, err := fixtures.Make("huize", 0)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		drawing(b, &county.Snapshot)
	}
	b.ReportMetric(float64(len(county.Dwellings)), "households")
}
