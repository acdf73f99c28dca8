package topo

import (
	"errors"
	"fmt"
	"slices"
)

// A CleanTree is shapes that divide each other, to be made whole.
type CleanTree struct {
	Shapes   []Shape
	Parents  []int  // of shapes: the index of the one they divide, which comes before, or -1
	Partial  []bool // of shapes: those that divide it need not cover it; nil: none
	Priority []int  // of shapes, as in [CleanOptions]; nil: none
}

// A CleanedGroup is the account of the shapes that divide one. Members and To
// are indexes of the tree.
type CleanedGroup struct {
	Parent  int           // -1 for the last look over all shapes that nothing divides
	Changes []CleanChange // in a fixed order
	Left    []Fault       // gaps wider than were to be filled
}

// Clean makes a tree of shapes whole from the top: those that divide one are
// cleaned within it, see [Clean]. Shapes at the top stay, but for vertices. What
// divides a shape that is not drawn divides the one above it.
//
// Rounding bends a border by up to half a step where another ends on it, from
// one side only; so at last all shapes that nothing divides are held against
// each other within three lattice steps, and divided ones drawn as what divides
// them and the gaps in it lie. What was whole stays as it is, to the bit.
//
// It returns the shapes, in the order of the tree, and the account of every
// group in which there is something to tell. The shapes given are not modified.
// The error names a shape that is at fault with a *[CleanTreeError].
func (t *CleanTree) Clean(opt CleanOptions) ([]Shape, []CleanedGroup, error) {
	w := treeCleaning{CleanTree: t, shapes: slices.Clone(t.Shapes), children: make([][]int, len(t.Shapes)), rest: make([][]Shape, len(t.Shapes))}
	for i, p := range t.Parents {
		if p >= i {
			return nil, nil, fmt.Errorf("shape %d comes before the one it divides", i)
		}
		for p >= 0 && t.Shapes[p] == nil && t.Parents[p] >= 0 {
			p = t.Parents[p]
		}
		if p >= 0 && t.Shapes[i] != nil {
			w.children[p] = append(w.children[p], i)
		}
	}
	divided := 0
	for i, children := range w.children {
		if len(children) == 0 {
			continue
		}
		divided++
		if err := w.within(i, opt); err != nil {
			return nil, nil, &CleanTreeError{i, err}
		}
	}
	if !slices.ContainsFunc(w.groups, func(g CleanedGroup) bool { return len(g.Changes) > 0 }) {
		return slices.Clone(t.Shapes), w.groups, nil
	}
	if divided > 1 {
		if err := w.together(opt); err != nil {
			return nil, nil, err
		}
	}
	w.outlines()
	return w.shapes, w.groups, nil
}

// A CleanTreeError names the shape that what divides it cannot be cleaned in.
type CleanTreeError struct {
	Shape int
	Err   error
}

func (e *CleanTreeError) Error() string { return fmt.Sprintf("shape %d: %v", e.Shape, e.Err) }

// Unwrap returns why.
func (e *CleanTreeError) Unwrap() error { return e.Err }

// A treeCleaning is a tree on its way to being whole.
type treeCleaning struct {
	*CleanTree
	shapes   []Shape
	children [][]int   // of shapes: those drawn that divide it
	rest     [][]Shape // of shapes: the gaps that are left
	groups   []CleanedGroup
}

// within cleans the children of i.
func (w *treeCleaning) within(i int, opt CleanOptions) error {
	children := w.children[i]
	layer := make([]Shape, len(children))
	opt.Priority = nil
	for k, c := range children {
		layer[k] = w.shapes[c]
		if w.Priority != nil {
			opt.Priority = append(opt.Priority, w.Priority[c])
		}
	}
	c, err := Clean(layer, w.shapes[i], opt)
	if err != nil {
		return err
	}
	for k, child := range children {
		w.shapes[child] = c.Shapes[k]
	}
	if w.shapes[i] != nil {
		w.shapes[i] = c.Within
	}
	for _, gap := range c.Left {
		w.rest[i] = append(w.rest[i], gap.Region)
	}
	if w.Partial != nil && w.Partial[i] {
		c.Left = nil
	}
	w.tell(i, c, children)
	return nil
}

// tell adds to the account what was done to shapes with these indexes.
func (w *treeCleaning) tell(parent int, c *Cleaned, index []int) {
	if len(c.Changes)+len(c.Left) == 0 {
		return
	}
	for i := range c.Changes {
		change := &c.Changes[i]
		renumber(change.Members, index)
		if change.To >= 0 {
			change.To = index[change.To]
		}
	}
	for i := range c.Left {
		renumber(c.Left[i].Members, index)
	}
	w.groups = append(w.groups, CleanedGroup{parent, c.Changes, c.Left})
}

func renumber(members, index []int) {
	for k, m := range members {
		members[k] = index[m]
	}
	slices.Sort(members)
}

// together holds all shapes that nothing divides, and the gaps that are left,
// against each other.
func (w *treeCleaning) together(opt CleanOptions) error {
	var layer, tops []Shape
	var index []int // of gaps: whose they are
	for i, s := range w.shapes {
		if w.Parents[i] < 0 && (s != nil || len(w.children[i]) > 0) {
			tops = append(tops, s)
		}
		if len(w.children[i]) == 0 && s != nil {
			layer, index = append(layer, s), append(index, i)
		}
		for _, rest := range w.rest[i] {
			layer, index = append(layer, rest), append(index, i)
		}
	}
	ground, err := w.ground(tops)
	if err != nil {
		return err
	}
	c, err := Clean(layer, ground, CleanOptions{FillWidthM: min(opt.FillWidthM, DefaultTolerance.WidthM)})
	if err != nil {
		return err
	}
	next := make([]int, len(w.rest))
	for k, i := range index {
		if len(w.children[i]) == 0 {
			w.shapes[i] = c.Shapes[k]
		} else {
			w.rest[i][next[i]] = c.Shapes[k]
			next[i]++
		}
	}
	c.Left = nil // told already
	w.tell(-1, c, index)
	return nil
}

// ground returns the ground of the shapes at the top, nil when one is not
// drawn.
func (w *treeCleaning) ground(tops []Shape) (Shape, error) {
	if slices.ContainsFunc(tops, func(s Shape) bool { return s == nil }) {
		return nil, nil
	}
	ground, err := Union(tops)
	if err != nil {
		return nil, errors.Join(ErrUnclean, err)
	}
	return ground, nil
}

// outlines draws divided shapes as what divides them lies; gaps stay theirs.
func (w *treeCleaning) outlines() {
	for i, children := range slices.Backward(w.children) {
		if len(children) == 0 || w.shapes[i] == nil {
			continue
		}
		pieces := slices.Clone(w.rest[i])
		for _, c := range children {
			pieces = append(pieces, w.shapes[c])
		}
		if outline, err := Union(pieces); err == nil && outline != nil {
			w.shapes[i] = outline
		}
	}
}
