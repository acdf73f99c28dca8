package cells

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"gridmap/geo/topo"
)

// MaxCover is the most cells looked at for one shape: at resolution 10 some
// 2,800 km² of northern China, at 9 seven times that. A county at a
// resolution it does not carry is refused there, after about a second.
const MaxCover = 1 << 18

// maxVisits bounds the edges tested to tell inside from outside.
const maxVisits = 1 << 30

// maxKept is how many cells a coverer remembers between shapes.
const maxKept = 1 << 16

// Covered is one cell of a cover; Interior when the whole cell lies inside the
// shape, so that a point of the cell needs no further test.
type Covered struct {
	Cell     Cell
	Interior bool
}

// Cover returns every cell of resolution res that touches s, ascending by
// cell: not only those whose middle lies inside, so that even a shape of 10 m
// has one. It errs on the safe side: a cell that merely passes within
// centimetres of the border is listed, and is never interior. A shape that is
// not drawn has no cells.
//
// Errors: [ErrResolution], [topo.ErrCoordinate], [ErrSeam] and, above
// [MaxCover], [ErrTooMany].
func Cover(s topo.Shape, res int) ([]Covered, error) {
	return newCoverer(res).cover(s)
}

// CoverAll covers many shapes at once, such as all grids of a plan: neighbours
// share the cells on their common border, which are worked out only once, and
// all processors take part. The result has the order of shapes.
func CoverAll(shapes []topo.Shape, res int) ([][]Covered, error) {
	out := make([][]Covered, len(shapes))
	workers := max(1, min(runtime.GOMAXPROCS(0), len(shapes)))
	var group errgroup.Group
	for w := range workers {
		group.Go(func() error {
			c := newCoverer(res)
			for i := w * len(shapes) / workers; i < (w+1)*len(shapes)/workers; i++ {
				var err error
				if out[i], err = c.cover(shapes[i]); err != nil {
					return fmt.Errorf("shape %d: %w", i, err)
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}

// A state says how a cell lies to the shape at hand.
type state uint8

const (
	unknown state = iota
	border        // an edge of the shape comes within its margin
	rim           // beside a border cell and not one itself
	inside
	outside
)

// A coverer covers one shape after another and remembers the cells it met.
type coverer struct {
	res     int
	hexes   map[Cell]*hex
	shape   int // number of the shape at hand
	edge    int // number of the edge at hand
	touched []*hex
	stack   []*hex
}

func newCoverer(res int) *coverer {
	return &coverer{res: res, hexes: make(map[Cell]*hex)}
}

func (c *coverer) cover(s topo.Shape) ([]Covered, error) {
	if len(c.hexes) > maxKept {
		clear(c.hexes)
	}
	c.shape++
	c.touched = c.touched[:0]
	for _, polygon := range s {
		for _, ring := range polygon {
			if err := c.walk(ring); err != nil {
				return nil, err
			}
		}
	}
	if err := c.fill(s); err != nil {
		return nil, err
	}
	var out []Covered
	for _, h := range c.touched {
		if h.state == border || h.state == inside {
			out = append(out, Covered{h.cell, h.state == inside})
		}
	}
	slices.SortFunc(out, func(a, b Covered) int { return cmp.Compare(a.Cell, b.Cell) })
	return out, nil
}

// hex returns the polygon of a cell, remembered from earlier, with its state
// for the shape at hand.
func (c *coverer) hex(cell Cell) (*hex, error) {
	h := c.hexes[cell]
	if h == nil {
		var err error
		if h, err = newHex(cell); err != nil {
			return nil, err
		}
		c.hexes[cell] = h
	}
	if h.shape != c.shape {
		h.shape, h.state = c.shape, unknown
	}
	return h, nil
}

// mark gives h its state for the shape at hand.
func (c *coverer) mark(h *hex, s state) error {
	if h.state == unknown {
		if len(c.touched) >= MaxCover {
			return fmt.Errorf("%w: more than %d at resolution %d", ErrTooMany, MaxCover, c.res)
		}
		c.touched = append(c.touched, h)
	}
	h.state = s
	return nil
}

// walk marks the cells along a ring.
func (c *coverer) walk(ring topo.Ring) error {
	var h *hex
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if h == nil || !h.holds(a) {
			cell, err := At(a, c.res)
			if err != nil {
				return err
			}
			if h, err = c.hex(cell); err != nil {
				return err
			}
		}
		if err := c.mark(h, border); err != nil {
			return err
		}
		if h.holds(a) && h.holds(b) {
			continue
		}
		if err := c.along(h, a, b); err != nil {
			return err
		}
	}
	return nil
}

// along marks the cells that the line from a to b meets, spreading from h, the
// cell of a. Cells that meet a line hang together.
func (c *coverer) along(h *hex, a, b topo.Point) error {
	c.edge++
	h.edge = c.edge
	c.stack = append(c.stack[:0], h)
	for len(c.stack) > 0 {
		h := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		for _, cell := range h.neighbours() {
			n, err := c.hex(cell)
			if err != nil {
				return err
			}
			if n.edge == c.edge {
				continue
			}
			n.edge = c.edge
			if !n.meets(a, b) {
				continue
			}
			if err := c.mark(n, border); err != nil {
				return err
			}
			c.stack = append(c.stack, n)
		}
	}
	return nil
}

// fill marks the cells inside. Between border cells the rest falls apart into
// patches that lie wholly inside or wholly outside, so one test decides a
// patch; outside only its rim is walked, since it has no end.
func (c *coverer) fill(s topo.Shape) error {
	rims, err := c.rims()
	if err != nil {
		return err
	}
	visits := 0
	for _, h := range rims {
		if h.state != rim {
			continue
		}
		if visits += s.Vertices(); visits > maxVisits {
			return fmt.Errorf("%w: the shape falls into too many pieces at resolution %d", ErrTooMany, c.res)
		}
		center, err := h.cell.Center()
		if err != nil {
			return err
		}
		if err := c.patch(h, s.Contains(center)); err != nil {
			return err
		}
	}
	return nil
}

// rims marks and returns the cells beside border cells.
func (c *coverer) rims() ([]*hex, error) {
	start := len(c.touched)
	for _, h := range c.touched[:start] {
		for _, cell := range h.neighbours() {
			n, err := c.hex(cell)
			if err != nil {
				return nil, err
			}
			if n.state != unknown {
				continue
			}
			if err := c.mark(n, rim); err != nil {
				return nil, err
			}
		}
	}
	return c.touched[start:], nil
}

// patch marks the cells that hang together with h as inside or outside.
func (c *coverer) patch(h *hex, in bool) error {
	to := outside
	if in {
		to = inside
	}
	h.state = to
	c.stack = append(c.stack[:0], h)
	for len(c.stack) > 0 {
		h := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		for _, cell := range h.neighbours() {
			n, err := c.hex(cell)
			if err != nil {
				return err
			}
			if n.state != rim && !(in && n.state == unknown) {
				continue
			}
			if err := c.mark(n, to); err != nil {
				return err
			}
			c.stack = append(c.stack, n)
		}
	}
	return nil
}

// neighbours returns the six (of a pentagon, five) cells that share a border
// with h.
func (h *hex) neighbours() []Cell {
	if h.around == nil {
		h.around, _ = h.cell.Neighbours() // it is a cell
	}
	return h.around
}
