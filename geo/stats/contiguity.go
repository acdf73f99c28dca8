package stats

import (
	"gridmap/geo/topo"
)

// Queen returns as neighbours the shapes that share at least one vertex, each
// with the weight of one. The shapes must be noded against each other
// ([topo.Node]): a corner that lies on a neighbour's straight border counts only
// as a vertex of both. A shape that is not drawn has no neighbours.
func Queen(shapes []topo.Shape) *Weights {
	at := map[topo.Point][]int{}
	for i, s := range shapes {
		for p := range s.Edges() {
			if here := at[p]; len(here) == 0 || here[len(here)-1] != i {
				at[p] = append(here, i)
			}
		}
	}
	return meeting(at, len(shapes))
}

// Rook returns as neighbours the shapes that share at least one edge; see
// [Queen].
func Rook(shapes []topo.Shape) *Weights {
	at := map[[2]topo.Point][]int{}
	for i, s := range shapes {
		for p, q := range s.Edges() {
			if q.X < p.X || q.X == p.X && q.Y < p.Y {
				p, q = q, p
			}
			if here := at[[2]topo.Point{p, q}]; len(here) == 0 || here[len(here)-1] != i {
				at[[2]topo.Point{p, q}] = append(here, i)
			}
		}
	}
	return meeting(at, len(shapes))
}

// meeting makes neighbours of all units that meet in one place.
func meeting[Place comparable](at map[Place][]int, units int) *Weights {
	neighbours := make([][]int, units)
	for _, here := range at {
		for k, i := range here {
			for _, j := range here[k+1:] {
				if i != j {
					neighbours[i] = append(neighbours[i], j)
					neighbours[j] = append(neighbours[j], i)
				}
			}
		}
	}
	return binary(neighbours)
}
