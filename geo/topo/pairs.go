package topo

import (
	"cmp"
	"slices"
)

// closePairs calls visit for every pair of boxes that share a point, some
// pairs more than once. It reports false when visit does, or when more than
// budget pairs had to be looked at.
func closePairs(boxes []Box, budget int, visit func(i, j int32) bool) bool {
	ids := make([]int32, len(boxes))
	for i := range ids {
		ids[i] = int32(i)
	}
	p := pairing{boxes, budget, visit}
	return p.halve(ids, 64)
}

type pairing struct {
	boxes  []Box
	budget int
	visit  func(i, j int32) bool
}

// halve divides ids about the middle of their centres; boxes across the line
// go to both sides. It stops where dividing does not help.
func (p *pairing) halve(ids []int32, depth int) bool {
	if len(ids) <= 16 || depth == 0 {
		return p.sweep(ids)
	}
	middleX, middleY, wide := p.middle(ids)
	byX := func(b Box) (int32, int32) { return b.Min.X, b.Max.X }
	byY := func(b Box) (int32, int32) { return b.Min.Y, b.Max.Y }
	first, second := byX, byY
	at, other := middleX, middleY
	if !wide {
		first, second, at, other = byY, byX, middleY, middleX
	}
	low, high, ok := p.divide(ids, first, at)
	if !ok {
		low, high, ok = p.divide(ids, second, other)
	}
	if !ok {
		return p.sweep(ids)
	}
	return p.halve(low, depth-1) && p.halve(high, depth-1)
}

// divide parts ids at the line, and reports false when that leaves too many on
// both sides.
func (p *pairing) divide(ids []int32, span func(Box) (int32, int32), line int32) (low, high []int32, ok bool) {
	low, high = make([]int32, 0, len(ids)*5/8), make([]int32, 0, len(ids)*5/8)
	for _, id := range ids {
		from, to := span(p.boxes[id])
		if from <= line {
			low = append(low, id)
		}
		if to >= line {
			high = append(high, id)
		}
	}
	return low, high, 2*(len(low)+len(high)) <= 3*len(ids) && max(len(low), len(high)) < len(ids)
}

// middle returns the mean centre of the boxes, and whether the centres spread
// further in X than in Y.
func (p *pairing) middle(ids []int32) (x, y int32, wide bool) {
	var sumX, sumY int64
	spread := noBox
	for _, id := range ids {
		b := p.boxes[id]
		c := Point{
			int32((int64(b.Min.X) + int64(b.Max.X)) >> 1),
			int32((int64(b.Min.Y) + int64(b.Max.Y)) >> 1),
		}
		sumX += int64(c.X)
		sumY += int64(c.Y)
		spread = spread.Extend(c)
	}
	n := int64(len(ids))
	wide = int64(spread.Max.X)-int64(spread.Min.X) >= int64(spread.Max.Y)-int64(spread.Min.Y)
	return int32(sumX / n), int32(sumY / n), wide
}

// sweep looks at the boxes of ids from one side to the other.
func (p *pairing) sweep(ids []int32) bool {
	boxes := p.boxes
	var lengthX, lengthY int64
	for _, id := range ids {
		lengthX += int64(boxes[id].Max.X) - int64(boxes[id].Min.X)
		lengthY += int64(boxes[id].Max.Y) - int64(boxes[id].Min.Y)
	}
	byX := lengthX <= lengthY
	slices.SortFunc(ids, func(i, j int32) int {
		if byX {
			return cmp.Compare(boxes[i].Min.X, boxes[j].Min.X)
		}
		return cmp.Compare(boxes[i].Min.Y, boxes[j].Min.Y)
	})
	for k, i := range ids {
		b := boxes[i]
		for _, j := range ids[k+1:] {
			c := boxes[j]
			if byX && c.Min.X > b.Max.X || !byX && c.Min.Y > b.Max.Y {
				break
			}
			if p.budget--; p.budget < 0 {
				return false
			}
			if b.Intersects(c) && !p.visit(i, j) {
				return false
			}
		}
	}
	return true
}
