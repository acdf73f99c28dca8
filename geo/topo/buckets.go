package topo

import "math/bits"

// buckets are points by the cell of a coarse net in which they lie; cells that
// fall together by chance only cost time. Cells above each other lie beside
// each other in memory, so that a pass from west to east stays in it.
type buckets struct {
	wide, high uint32  // a cell is twice as wide as the reach
	first      []int32 // of cells: index of an item + 1
	items      []bucketItem
}

type bucketItem struct {
	at     Point
	owner  int32
	corner int32
	next   int32 // index + 1 of another in the cell
}

func newBuckets(r reach, points int) *buckets {
	return &buckets{wide: 2 * uint32(r.dx), high: 2 * uint32(r.dy),
		first: make([]int32, 1<<bits.Len(uint(max(points, 8)))), items: make([]bucketItem, 0, points)}
}

func (b *buckets) cell(x, y uint32) *int32 {
	return &b.first[(x*0x9e3779b1>>3+y)&uint32(len(b.first)-1)]
}

// add puts a corner at p.
func (b *buckets) add(p Point, corner, owner int32) {
	cell := b.cell((uint32(p.X)^1<<31)/b.wide, (uint32(p.Y)^1<<31)/b.high)
	b.items = append(b.items, bucketItem{p, owner, corner, *cell})
	*cell = int32(len(b.items))
}

// cells returns the cells of all items that may be within reach of p: its own,
// and those next to it on the sides to which it is nearer.
func (b *buckets) cells(p Point) [4]int32 {
	east, north := uint32(p.X)^1<<31, uint32(p.Y)^1<<31
	x, y := east/b.wide, north/b.high
	beside, above := x-1, y-1
	if east-x*b.wide >= b.wide/2 {
		beside = x + 1
	}
	if north-y*b.high >= b.high/2 {
		above = y + 1
	}
	return [4]int32{*b.cell(x, y), *b.cell(beside, y), *b.cell(x, above), *b.cell(beside, above)}
}
