// Package surface spreads a plan's counts over H3 cells: how many households,
// persons and workers each cell holds, how dense it is, where hot spots lie and
// where people live in no grid. Small counts are hidden so that the total does
// not give them away. Cells are a statistics surface, never a border.
package surface

import (
	"fmt"
	"math"
	"slices"

	"gridmap/geo"
	"gridmap/geo/cells"
	"gridmap/geo/stats"
	"gridmap/geo/suppress"
	"gridmap/geo/topo"
)

// Resolutions served: cells of about 25 km² down to 0.01 km² in northern China.
const (
	Coarsest = 6
	Finest   = 10
)

// Options say what a surface shows.
type Options struct {
	Resolution int // from [Coarsest] to [Finest]
	// Least is the smallest count of households shown; 0 shows all, for those
	// whose scope covers households.
	Least int64
	// Spots asks for hot spots of residents per square kilometre.
	Spots bool
}

// A Cell holds the counts of one cell.
type Cell struct {
	Cell    cells.Cell
	AreaM2  float64
	Workers int64 // persons with a post on a grid whose middle lies here, each once
	Counts
	// Hidden marks the counts that are not shown and are zero here. Where the
	// households are hidden everything is: whoever knows the persons knows about
	// the households.
	Hidden Hidden
	// Spot is the Gi* of the density among the cells that touch the territory,
	// nil when it was not asked for or does not exist.
	Spot *Spot
}

// Hidden marks counts, by measure.
type Hidden [measures]bool

// Counts are what a cell holds, by measure.
type Counts [measures]int64

// The measures of a cell.
const (
	Households = iota
	Resident
	Registered
	Occupied
	Gridless // households that lie in no grid
	measures
)

// A Spot is how far a cell and its neighbours stand out: Z above zero is hot. P
// is adjusted for the number of cells (Benjamini and Hochberg).
type Spot struct{ Z, P float64 }

// A Surface holds the cells in which somebody lives or serves, ascending.
type Surface struct {
	Resolution int
	Least      int64
	Cells      []Cell
	// Total counts all cells together; Pointless the households without a place,
	// which lie in none of them.
	Total       Counts
	TotalHidden Hidden
	Pointless   int64
}

// Density returns residents per square kilometre of the cell's own area, which
// is well below the published average in northern China; false when they are
// hidden.
func (c *Cell) Density() (float64, bool) {
	return float64(c.Counts[Resident]) / c.AreaM2 * 1e6, !c.Hidden[Resident]
}

// Compute returns the surface of what c counts. middle returns a point well
// inside the grid at a position, and false when it is not drawn; territory is
// the ground hot spots are looked for on.
func Compute(c *geo.Counted, middle func(position int) (topo.Point, bool), territory topo.Shape, o Options) (*Surface, error) {
	if o.Resolution < Coarsest || o.Resolution > Finest {
		return nil, &geo.InvalidError{Field: "resolution", Reason: fmt.Sprintf("%d is not from %d to %d", o.Resolution, Coarsest, Finest)}
	}
	if o.Least < 0 {
		return nil, &geo.InvalidError{Field: "least", Reason: "is negative"}
	}
	w := &work{Surface: Surface{Resolution: o.Resolution, Least: o.Least}, at: map[cells.Cell]int{}}
	if err := w.people(c); err != nil {
		return nil, err
	}
	if err := w.staff(c, middle); err != nil {
		return nil, err
	}
	slices.SortFunc(w.Cells, func(a, b Cell) int { return int(min(1, max(-1, a.Cell-b.Cell))) })
	for i := range w.Cells {
		area, err := w.Cells[i].Cell.AreaM2()
		if err != nil {
			return nil, err
		}
		w.at[w.Cells[i].Cell], w.Cells[i].AreaM2 = i, area
	}
	w.hide()
	if o.Spots {
		if err := w.spots(territory); err != nil {
			return nil, err
		}
	}
	return &w.Surface, nil
}

// work is a surface in the making.
type work struct {
	Surface
	at map[cells.Cell]int // index of each cell
}

// cell returns the cell that p lies in, new if need be.
func (w *work) cell(p topo.Point) (*Cell, error) {
	id, err := cells.At(p, w.Resolution)
	if err != nil {
		return nil, err
	}
	i, known := w.at[id]
	if !known {
		i = len(w.Cells)
		w.at[id] = i
		w.Cells = append(w.Cells, Cell{Cell: id})
	}
	return &w.Cells[i], nil
}

// people puts every located household into its cell.
func (w *work) people(c *geo.Counted) error {
	for i, d := range c.Dwellings.All() {
		if !d.Located {
			w.Pointless++
			continue
		}
		cell, err := w.cell(d.At)
		if err != nil {
			return fmt.Errorf("household %d: %w", d.ID, err)
		}
		one := Counts{Households: 1, Resident: int64(d.Resident), Registered: int64(d.Registered)}
		if d.Occupied {
			one[Occupied] = 1
		}
		if c.Leaf[i] < 0 {
			one[Gridless] = 1
		}
		cell.Counts.add(one)
		w.Total.add(one)
	}
	return nil
}

func (c *Counts) add(o Counts) {
	for m := range c {
		c[m] += o[m]
	}
}

// staff puts every person with a post on a drawn grid into the cell of the
// grid's middle, once a cell.
func (w *work) staff(c *geo.Counted, middle func(int) (topo.Point, bool)) error {
	for i := range c.Workers {
		var serves []cells.Cell
		for _, post := range c.PostsOf(i) {
			at, drawn := middle(int(post.Grid))
			if !drawn || !c.IsGrid(int(post.Grid)) {
				continue
			}
			cell, err := w.cell(at)
			if err != nil {
				return fmt.Errorf("grid %s: %w", c.Grids[post.Grid].Code, err)
			}
			if !slices.Contains(serves, cell.Cell) {
				serves = append(serves, cell.Cell)
				cell.Workers++
			}
		}
	}
	return nil
}

// hide takes out the counts that are not shown. The total of each measure
// stays, unless it is small itself.
func (w *work) hide() {
	if w.Least == 0 {
		return
	}
	var households []bool
	for m := range measures {
		parent, counts := []int32{-1}, []int64{w.Total[m]}
		for i := range w.Cells {
			parent, counts = append(parent, 0), append(counts, w.Cells[i].Counts[m])
		}
		hidden := suppress.NewTable(parent, counts).Hide(w.Least, households)
		for i := range w.Cells {
			w.Cells[i].Hidden[m] = hidden[i+1]
		}
		w.TotalHidden[m] = hidden[0]
		if m == Households {
			households = hidden
		}
	}
	for m, hidden := range w.TotalHidden {
		if hidden {
			w.Total[m] = 0
		}
		for i := range w.Cells {
			if w.Cells[i].Hidden[m] {
				w.Cells[i].Counts[m] = 0
			}
		}
	}
}

// Weights makes cells neighbours that share an edge; each counts one. The cells
// are of one resolution, for cells of two share no edge, and none stands twice.
// Error: [cells.ErrCell].
func Weights(list []cells.Cell) (*stats.Weights, error) {
	number := make(map[cells.Cell]int, len(list))
	for i, c := range list {
		if first, twice := number[c]; twice {
			return nil, fmt.Errorf("%w: %s stands at %d and %d", cells.ErrCell, c, first, i)
		}
		number[c] = i
	}
	links := make([][]stats.Link, len(list))
	for i, c := range list {
		ring, err := c.Neighbours()
		if err != nil {
			return nil, err
		}
		for _, n := range ring {
			if at, ok := number[n]; ok {
				links[i] = append(links[i], stats.Link{To: at, Weight: 1})
			}
		}
	}
	return stats.NewWeights(links)
}

// spots computes Gi* of the density over all cells that touch the territory,
// empty ones too. A cell whose counts are hidden is taken as holding nothing,
// so that no figure leads back to it.
func (w *work) spots(territory topo.Shape) error {
	cover, err := cells.Cover(territory, w.Resolution)
	if err != nil {
		return err
	}
	list := make([]cells.Cell, len(cover))
	number := make(map[cells.Cell]int, len(cover))
	for i, c := range cover {
		list[i], number[c.Cell] = c.Cell, i
	}
	density := make([]float64, len(cover))
	for i := range w.Cells {
		if at, ok := number[w.Cells[i].Cell]; ok {
			density[at], _ = w.Cells[i].Density()
		}
	}
	weights, err := Weights(list)
	if err != nil {
		return err
	}
	found, err := stats.HotSpots(density, weights.WithSelf())
	if err != nil {
		return nil // everywhere the same, or too few cells: there is no spot
	}
	p := make([]float64, len(found))
	for i, f := range found {
		if p[i] = f.P; f.Reason != "" {
			p[i] = math.NaN()
		}
	}
	adjusted := stats.FDR(p)
	for i := range w.Cells {
		if at, ok := number[w.Cells[i].Cell]; ok && !math.IsNaN(adjusted[at]) {
			w.Cells[i].Spot = &Spot{found[at].Z, adjusted[at]}
		}
	}
	return nil
}
