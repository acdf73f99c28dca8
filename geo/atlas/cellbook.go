package atlas

import (
	"math"
	"sync"

	"gridmap/geo/cells"
	"gridmap/geo/topo"
)

// checkedCells is the resolution of the cells that a check asks about: of about
// 10,000 m² in northern China.
const checkedCells = 10

// mostCells is how many places a book remembers before it begins anew: those of
// some hundred thousand buildings, in about 30 MB.
const mostCells = 1 << 19

// A CellBook is the [check.Cells] of a plan. It remembers what it was asked,
// since H3 takes a microsecond or more to tell: a place lies in the same cell
// whatever the picture. It is safe for use by many at once.
type CellBook struct {
	mu    sync.RWMutex
	cells map[topo.Point]cells.Cell // 0 for none
	boxes map[cells.Cell]topo.Box
}

// NewCellBook returns a book that has been asked nothing yet.
func NewCellBook() *CellBook {
	return &CellBook{cells: map[topo.Point]cells.Cell{}, boxes: map[cells.Cell]topo.Box{}}
}

// At returns the cell of a place, false where there is none.
func (b *CellBook) At(p topo.Point) (id int64, ok bool) {
	c, known := look(b, b.cells, p)
	if !known {
		c, _ = cells.At(p, checkedCells) // 0 with an error
		keep(b, b.cells, p, c)
	}
	return int64(c), c != 0
}

// Around returns a box that holds a cell: everything for one at a pole or the
// antimeridian.
func (b *CellBook) Around(id int64) topo.Box {
	c := cells.Cell(id)
	box, known := look(b, b.boxes, c)
	if !known {
		var err error
		if box, err = c.Bound(); err != nil {
			box = topo.Box{Min: topo.Point{X: math.MinInt32, Y: math.MinInt32}, Max: topo.Point{X: math.MaxInt32, Y: math.MaxInt32}}
		}
		keep(b, b.boxes, c, box)
	}
	return box
}

func look[K comparable, V any](b *CellBook, page map[K]V, k K) (V, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	v, known := page[k]
	return v, known
}

func keep[K comparable, V any](b *CellBook, page map[K]V, k K, v V) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(page) >= mostCells {
		clear(page)
	}
	page[k] = v
}
