package topo

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// CleanOptions say how far cleaning may go.
type CleanOptions struct {
	// SnapM joins vertices and edges of different shapes that are no further
	// apart, in metres; below three lattice steps it is taken as that.
	SnapM float64
	// FillWidthM fills gaps up to this mean width in metres (twice the area by
	// the perimeter); wider ones stay.
	FillWidthM float64
	// Priority decides overlaps: the shape with the lowest number takes the
	// ground. Nil, and among equals, the longest border decides.
	Priority []int
}

// A CleanKind says what cleaning did to a layer.
type CleanKind string

const (
	Repaired    CleanKind = "repaired"     // rings that bound no ground were drawn anew
	Snapped     CleanKind = "snapped"      // vertices and edges moved within the snapping distance
	Given       CleanKind = "given"        // ground of an overlap went to one of its owners
	Filled      CleanKind = "filled"       // a gap went to a neighbour
	CutOff      CleanKind = "cut_off"      // ground outside the ground to be divided was taken away
	PartGone    CleanKind = "part_gone"    // a part narrower than the snapping distance closed up
	NothingLeft CleanKind = "nothing_left" // a shape lost all its ground
)

// A CleanChange is one thing that cleaning did.
type CleanChange struct {
	Kind     CleanKind
	Members  []int   // indexes of the shapes concerned, ascending
	To       int     // the shape that got the ground of an overlap or gap, else -1
	Region   Shape   // the ground of an overlap, a gap, or one cut off, else nil
	AreaM2   float64 // of Region; of the ground that was moved over, when snapped; else of what went or came
	WidthM   float64 // mean width of Region
	Vertices int     // how many vertices were moved or inserted, when snapped
	At       Point   // a place where it was done
}

// Cleaned is a layer made whole, and the account of it.
type Cleaned struct {
	Shapes  []Shape       // by the index of what was given; nil where it is not drawn or nothing is left
	Within  Shape         // the ground given, with the vertices where borders end on it
	Changes []CleanChange // in a fixed order
	Left    []Fault       // gaps wider than were to be filled
}

// ErrUnclean is returned for a layer that cannot be made whole within bounded
// work, because its edges cross each other too often or too densely.
var ErrUnclean = errors.New("the layer cannot be cleaned")

// Bounds on the work of one cleaning. Real layers need two passes, the second
// to see that nothing is left to do, and four to eight rounds in the first.
const (
	cleanPasses = 6
	fullRounds  = 12 // rounds before the snapping distance is halved each time
	cleanRounds = 40
)

// Clean makes a layer of shapes whole: shapes that bound no ground are drawn
// anew from what their rings enclose, vertices and edges of neighbours within
// the snapping distance are joined, overlaps go to one of their owners, and
// gaps up to the width asked for to a neighbour. Ground is never invented: a
// wider gap stays, and is in Left. The shapes that come back are valid, noded
// and without overlap.
//
// With within, the shapes are cleaned against the ground they divide: their
// edges snap to its border, what lies outside is cut off, and ground that no
// shape takes is a gap. Its own border does not move; where a shape's border
// ends on it, the nearest lattice point stands for the place. Without it, gaps
// are the voids that shapes enclose.
//
// An overlap goes to the lowest Priority; else to a shape more than half of
// which is overlapped (a village drawn over its surroundings keeps its
// ground), else to the owner with the longest border with it. Gaps go to the
// longest border too. Exclaves and enclaves survive. A vertex moves only when
// a different shape's border is near that does not yet match, so what is
// whole already stays as it is, to the bit, and cleaning twice is cleaning
// once. The order of the shapes plays no part, except among equal shapes.
//
// The shapes given are not modified; those that need nothing are shared with
// the answer. The error is [ErrUnclean], or a *[RingError] for a within that is
// not valid.
func Clean(shapes []Shape, within Shape, opt CleanOptions) (*Cleaned, error) {
	if opt.Priority != nil && len(opt.Priority) != len(shapes) {
		return nil, fmt.Errorf("%d priorities for %d shapes", len(opt.Priority), len(shapes))
	}
	if err := within.Validate(); err != nil {
		return nil, fmt.Errorf("the ground to be divided: %w", err)
	}
	c := newCleaner(shapes, opt)
	if err := c.mend(); err != nil {
		return nil, err
	}
	if err := c.repeat(within); err != nil {
		return nil, err
	}
	return c.answer(shapes), nil
}

// repeat passes over the layer until a pass ends where one began. Mostly the
// second does, with nothing to do; where rounding goes round in a circle, the
// answer is the same one of the circle wherever it is entered.
func (c *cleaner) repeat(within Shape) error {
	var ends []state // of the passes so far, the layer as it began first
	now := state{shapes: slices.Clone(c.shapes)}
	for range cleanPasses {
		ends = append(ends, now)
		c.begin(within)
		rounds, err := c.settle()
		if err != nil {
			return err
		}
		now = state{slices.Clone(c.shapes), c.within, c.left}
		if rounds < fullRounds && c.within.Equal(within) {
			break // another pass would begin where this one found nothing left to do
		}
		from := slices.IndexFunc(ends, func(e state) bool { return identical(e.shapes, now.shapes) })
		if from < 0 {
			continue
		}
		circle := append(ends[from+1:], now)
		now = slices.MinFunc(circle, func(a, b state) int { return cmp.Compare(a.mark(), b.mark()) })
		break
	}
	c.shapes, c.within, c.left = now.shapes, now.within, now.left
	if identical(ends[0].shapes, c.shapes) {
		c.changes, c.snaps = c.changes[:c.mended], make([]CleanChange, len(c.shapes))
	}
	return nil
}

// A state is where a pass ended.
type state struct {
	shapes []Shape
	within Shape
	left   []Fault
}

// mark is a number for the shapes in whatever order.
func (s state) mark() (sum uint64) {
	for _, shape := range s.shapes {
		f := shape.Fingerprint()
		sum += fold(uint64(f.A), 0xc2b2ae3d27d4eb4f) ^ uint64(f.B)
	}
	return sum
}

// begin starts a pass over the layer: all is forgotten but the shapes, so that
// a pass that changes nothing shows that cleaning again would not either.
func (c *cleaner) begin(within Shape) {
	c.start(within)
	c.owned = slices.Clone(c.shapes)
	c.reach = newReach(c.opt.SnapM, append(slices.Clone(c.boxes), within.Bound())...)
	c.areas = map[int32]float64{}
}

// area returns the area of shape i as it was when the pass began.
func (c *cleaner) area(i int32) float64 {
	area, ok := c.areas[i]
	if !ok {
		area = c.owned[i].AreaM2()
		c.areas[i] = area
	}
	return area
}

// settle snaps and resolves until nothing is left to do, and returns in how
// many rounds that was.
func (c *cleaner) settle() (rounds int, err error) {
	for round := range cleanRounds {
		if round >= fullRounds {
			c.reach = c.reach.halved()
		}
		moved, err := c.snap()
		if err == nil && !moved {
			moved, err = c.resolve()
		}
		if err != nil || !moved {
			return round, err
		}
	}
	return 0, fmt.Errorf("%w: it does not settle after %d rounds", ErrUnclean, cleanRounds)
}

// identical reports whether shapes agree to the bit.
func identical(a, b []Shape) bool {
	return slices.EqualFunc(a, b, func(s, o Shape) bool {
		return slices.EqualFunc(s, o, func(p, q Polygon) bool {
			return slices.EqualFunc(p, q, func(r, t Ring) bool { return slices.Equal(r, t) })
		})
	})
}

// A cleaner holds a layer on its way to being whole.
type cleaner struct {
	opt   CleanOptions
	reach reach
	layer
	owned   []Shape           // shapes as they were when the pass began: they decide ties
	areas   map[int32]float64 // of these, as far as asked for
	snaps   []CleanChange     // by shape
	changes []CleanChange
	mended  int // how many changes come from drawing rings anew
	left    []Fault
}

func newCleaner(shapes []Shape, opt CleanOptions) *cleaner {
	c := &cleaner{opt: opt, layer: layer{shapes: slices.Clone(shapes)}, snaps: make([]CleanChange, len(shapes))}
	for i, s := range c.shapes {
		if len(s) == 0 {
			c.shapes[i] = nil
		}
	}
	return c
}

// mend draws shapes that bound no ground anew from what their rings enclose.
func (c *cleaner) mend() error {
	bad := make([]*RingError, len(c.shapes))
	validateAll(c.shapes, func(i int, err *RingError) bool {
		bad[i] = err
		return true
	})
	var index []int
	for i, err := range bad {
		if err != nil {
			index = append(index, i)
		}
	}
	anew, ok := make([]Shape, len(index)), make([]bool, len(index))
	eachBatch(len(index), 8, func(from, to int) {
		for k := from; k < to; k++ {
			anew[k], ok[k] = enclosed(c.shapes[index[k]])
		}
	})
	for k, i := range index {
		before, after := c.shapes[i], anew[k]
		if !ok[k] {
			return fmt.Errorf("%w: shape %d: %w", ErrUnclean, i, bad[i])
		}
		if len(after) == 0 {
			after = nil
		}
		c.shapes[i] = after
		c.changes = append(c.changes, CleanChange{Kind: Repaired, Members: []int{i}, To: -1, At: bad[i].At,
			AreaM2: max(before.AreaM2()-after.AreaM2(), after.AreaM2()-before.AreaM2())})
	}
	c.mended = len(c.changes)
	return nil
}

// enclosed returns the ground that a shape's rings mean, whichever way they
// cross themselves: what an outer ring winds around in either direction,
// without what its holes do. It is false when they are too long or cross too
// often.
func enclosed(s Shape) (Shape, bool) {
	if s.Vertices() > mostRuns {
		return nil, false
	}
	var runs []run
	for i, polygon := range s {
		for j, ring := range polygon {
			if slices.ContainsFunc(ring, func(p Point) bool { return !p.inRange() }) {
				return nil, false
			}
			owner := int32(2 * i) // of an outer ring; odd, of holes
			if j > 0 {
				owner++
			}
			runs = appendRuns(runs, Shape{{ring}}, owner)
		}
	}
	strands, _, err := node(runs)
	if err != nil {
		return nil, false
	}
	a := arrange(strands)
	return a.shapeOf(func(f int32) bool {
		labels := a.labels[f] // ascending, so a polygon's holes follow its outer ring
		for k, l := range labels {
			if l.owner%2 == 0 && (k+1 == len(labels) || labels[k+1].owner != l.owner+1) {
				return true
			}
		}
		return false
	}), true
}

// wound returns the ground that s winds around counter-clockwise: what is left
// of it when its vertices have moved past its edges.
func wound(s Shape) (Shape, error) {
	strands, _, err := node(appendRuns(nil, s, 0))
	if err != nil {
		return nil, err
	}
	a := arrange(strands)
	return a.shapeOf(func(f int32) bool { return a.count(f, 0) > 0 }), nil
}

// answer puts the account together.
func (c *cleaner) answer(given []Shape) *Cleaned {
	c.changes = slices.Grow(c.changes, len(c.snaps))
	for i, snap := range c.snaps {
		if snap.Vertices > 0 {
			snap.Kind, snap.Members, snap.To = Snapped, []int{i}, -1
			c.changes = append(c.changes, snap)
		}
		if len(c.shapes[i]) == 0 {
			c.shapes[i] = nil
			if len(given[i]) > 0 {
				c.changes = append(c.changes, CleanChange{Kind: NothingLeft, Members: []int{i}, To: -1,
					AreaM2: given[i].AreaM2(), At: given[i].Bound().Min})
			}
		}
	}
	slices.SortStableFunc(c.changes, func(a, b CleanChange) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), slices.Compare(a.Members, b.Members), cmp.Compare(a.At.key(), b.At.key()))
	})
	slices.SortStableFunc(c.left, compareFaults)
	return &Cleaned{Shapes: c.shapes, Within: c.within, Changes: c.changes, Left: c.left}
}
