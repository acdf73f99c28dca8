package topo

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestKnots(t *testing.T) {
	t.Parallel()
	square := rect(0, 0, 1000, 1000)
	tests := []struct {
		name  string
		other Shape
		same  bool
		knots int
	}{
		{"itself, begun elsewhere", poly(Point{1000, 0}, Point{1000, 1000}, Point{0, 1000}, Point{0, 0}), true, 0},
		{"a vertex on an edge", poly(Point{0, 0}, Point{400, 0}, Point{1000, 0}, Point{1000, 1000}, Point{0, 1000}), true, 1},
		{"vertices a step off", poly(Point{0, 0}, Point{400, 1}, Point{600, -1}, Point{1000, 0}, Point{1000, 1000}, Point{0, 1000}), true, 2},
		{"a vertex ten steps off", poly(Point{0, 0}, Point{400, 10}, Point{1000, 0}, Point{1000, 1000}, Point{0, 1000}), false, 0},
		{"there and back along the edge", poly(Point{0, 0}, Point{600, 0}, Point{400, 1}, Point{1000, 0}, Point{1000, 1000}, Point{0, 1000}), false, 0},
		{"a corner less", poly(Point{0, 0}, Point{1000, 0}, Point{1000, 1000}), false, 0},
		{"a strip cut out", append(rect(0, 0, 400, 1000), rect(401, 0, 1000, 1000)...), false, 0},
		{"elsewhere", rect(2000, 0, 3000, 1000), false, 0},
		{"not drawn", nil, false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, pair := range [][2]Shape{{square, tt.other}, {tt.other, square}} {
				knots, same := pair[0].Knots(pair[1])
				if same != tt.same || len(knots) != tt.knots {
					t.Errorf("Knots = %v, %v", knots, same)
				}
			}
		})
	}
}

// knotted puts vertices into random edges of a ring, as exactly as the lattice
// allows.
func knotted(ring Ring, rng *rand.Rand) Ring {
	var out Ring
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		out = append(out, p)
		if rng.IntN(2) == 0 {
			share := 0.05 + 0.9*rng.Float64()
			out = append(out, Point{p.X + int32(math.Round(share*float64(q.X-p.X))), p.Y + int32(math.Round(share*float64(q.Y-p.Y)))})
		}
	}
	return out
}

// However two drawings of one border got their vertices, each is told from the
// other by these alone; with them both are the same, and of the ground on the
// other side of the border, too, edge for edge.
func TestRefineGivesBothSidesTheVerticesOfBoth(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 7))
	for round := range 300 {
		ring := Ring{{0, 0}, {1000 + rng.Int32N(90000), rng.Int32N(900) - 450}, {90000 + rng.Int32N(9000), 80000 + rng.Int32N(9000)}, {rng.Int32N(900), 90000}}
		one, other := Shape{{knotted(ring, rng)}}, Shape{{knotted(knotted(ring, rng), rng)}}
		knots, same := one.Knots(other)
		if !same {
			t.Fatalf("round %d: %v and %v are not one ground", round, one, other)
		}
		fine := one.Refine(knots)
		if again := other.Refine(knots); !fine.Equal(again) {
			t.Fatalf("round %d: %v refines to %v, %v to %v", round, one, fine, other, again)
		}
		outside := slices.Clone(other[0][0])
		slices.Reverse(outside)
		around := Shape{{Ring{{-1e6, -1e6}, {1e6, -1e6}, {1e6, 1e6}, {-1e6, 1e6}}, outside}}
		if !SameGround([]Shape{fine, around.Refine(knots)}, []Shape{{around[0][:1]}}) {
			t.Fatalf("round %d: what lies around %v does not fit", round, fine)
		}
		if bad := fine.Validate(); bad != nil {
			t.Fatalf("round %d: %v", round, bad)
		}
	}
}
