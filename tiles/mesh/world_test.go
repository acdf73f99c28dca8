package mesh

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/geo/topo"
)

// A world is faces that change.
type world struct {
	t     testing.TB
	rng   *rand.Rand
	faces map[int64]Face[string]
	last  int64
}

func newWorld(t testing.TB, rng *rand.Rand) *world {
	w := &world{t: t, rng: rng, faces: map[int64]Face[string]{}}
	for _, f := range tierOf(makeCounty(t, "shilou"), 4) {
		w.faces[f.ID] = f
		w.last = max(w.last, f.ID)
	}
	return w
}

// sorted returns the faces by ID, so that a seed always makes the same changes.
func (w *world) sorted() []Face[string] {
	var list []Face[string]
	for _, id := range slices.Sorted(maps.Keys(w.faces)) {
		list = append(list, w.faces[id])
	}
	return list
}

// list returns the faces in any order.
func (w *world) list() []Face[string] {
	list := w.sorted()
	w.rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func (w *world) one() Face[string] {
	list := w.sorted()
	return list[w.rng.IntN(len(list))]
}

// neighbour returns a face that shares an edge with f, or f.
func (w *world) neighbour(f Face[string]) Face[string] {
	for _, g := range w.sorted() {
		if g.ID != f.ID && g.Shape.Bound().Intersects(f.Shape.Bound()) {
			if u, err := topo.Union([]topo.Shape{f.Shape, g.Shape}); err == nil && len(u) == 1 {
				return g
			}
		}
	}
	return f
}

func (w *world) put(f Face[string]) Face[string] {
	w.faces[f.ID] = f
	return f
}

func (w *world) id() int64 { w.last++; return w.last }

// step changes some faces: cuts and merges as planners make them, and what
// leaves gaps and overlaps.
func (w *world) step() (gone, came []Face[string]) {
	f := w.one()
	delete(w.faces, f.ID)
	gone = append(gone, f)
	switch w.rng.IntN(7) {
	case 0, 1: // merged with a neighbour
		if g := w.neighbour(f); g.ID != f.ID {
			u, _ := topo.Union([]topo.Shape{f.Shape, g.Shape})
			delete(w.faces, g.ID)
			return append(gone, g), []Face[string]{w.put(Face[string]{g.ID, u, g.Tag, g.Tag, g.Mark})}
		}
	case 2, 3: // cut across, from vertex to vertex or through the neighbours' border
		return w.cut(f)
	case 4: // gone
		return gone, nil
	case 5: // moved away, over others
		shape := f.Shape
		moved := make(topo.Shape, len(shape))
		dx, dy := w.rng.Int32N(40000)-20000, w.rng.Int32N(40000)-20000
		for i, polygon := range shape {
			for _, r := range polygon {
				var next topo.Ring
				for _, p := range r {
					next = append(next, topo.Point{X: p.X + dx, Y: p.Y + dy})
				}
				moved[i] = append(moved[i], next)
			}
		}
		return gone, []Face[string]{w.put(Face[string]{f.ID, moved, f.Tag, f.Tag, f.Mark})}
	case 6: // twice in the same place
		return gone, []Face[string]{w.put(f), w.put(Face[string]{w.id(), f.Shape, "twin", "twin", 7})}
	}
	return gone, []Face[string]{w.put(Face[string]{f.ID, f.Shape, "renamed", "renamed", w.rng.Uint64()})}
}

func (w *world) cut(f Face[string]) (gone, came []Face[string]) {
	gone = append(gone, f)
	box := f.Shape.Bound()
	y := box.Min.Y + (box.Max.Y-box.Min.Y)/2
	line := []topo.Point{{X: box.Min.X - 10, Y: y}, {X: box.Max.X + 10, Y: y + 7}}
	shapes, cut := []topo.Shape{f.Shape}, []bool{true}
	var others []Face[string]
	for _, g := range w.sorted() {
		if g.Shape.Bound().Intersects(box) {
			others, shapes, cut = append(others, g), append(shapes, g.Shape), append(cut, false)
		}
	}
	pieces, err := topo.CutLine(shapes, cut, line)
	if err != nil || pieces.Left[0] == nil || pieces.Right[0] == nil || pieces.Alone[0] != nil {
		w.put(f)
		return nil, nil
	}
	came = append(came, w.put(Face[string]{f.ID, pieces.Left[0], f.Tag, f.Tag, f.Mark}), w.put(Face[string]{w.id(), pieces.Right[0], "cut", "cut", 3}))
	for i, g := range others {
		if now := pieces.Alone[i+1]; !now.Equal(g.Shape) {
			gone, came = append(gone, g), append(came, w.put(Face[string]{g.ID, now, g.Tag, g.Tag, g.Mark}))
		}
	}
	return gone, came
}
