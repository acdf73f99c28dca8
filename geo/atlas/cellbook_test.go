package atlas

import (
	"math/rand/v2"
	"sync"
	"testing"

	"gridmap/geo/cells"
	"gridmap/geo/topo"
)

// A book tells what H3 does, whoever asks at once, and again.
func TestCellBook(t *testing.T) {
	t.Parallel()
	book := NewCellBook()
	var asking sync.WaitGroup
	for seed := range uint64(4) {
		asking.Go(func() {
			rng := rand.New(rand.NewPCG(seed%2, 6)) // two ask the same
			for range 500 {
				p := topo.Point{X: 1_169_000_000 + rng.Int32N(20_000), Y: 384_000_000 + rng.Int32N(20_000)}
				want, _ := cells.At(p, checkedCells)
				id, ok := book.At(p)
				if !ok || cells.Cell(id) != want || !book.Around(id).Contains(p) {
					t.Errorf("%v lies in %v, %v, with %v around it; want %v", p, cells.Cell(id), ok, book.Around(id), want)
				}
			}
		})
	}
	asking.Wait()
	if id, ok := book.At(topo.Point{X: 0, Y: 1_000_000_000}); ok || id != 0 {
		t.Errorf("latitude 100 lies in %d", id)
	}
	seam, ok := book.At(topo.Point{X: 1_800_000_000, Y: 1})
	if !ok || !book.Around(seam).Contains(topo.Point{X: -1_800_000_000, Y: -1}) {
		t.Error("the box of a cell at the antimeridian ends there")
	}
}

// A book that is full begins anew and stays right.
func TestCellBookIsBounded(t *testing.T) {
	t.Parallel()
	book := NewCellBook()
	for i := range mostCells {
		book.cells[topo.Point{X: int32(i)}] = 0
	}
	p := topo.Point{X: 1_169_000_000, Y: 384_000_000}
	want, _ := cells.At(p, checkedCells)
	if id, ok := book.At(p); !ok || cells.Cell(id) != want || len(book.cells) != 1 {
		t.Errorf("cell %v of %d kept, want %v alone", cells.Cell(id), len(book.cells), want)
	}
}
