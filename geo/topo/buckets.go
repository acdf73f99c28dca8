package topo

import "math/bits"

// buckets are points by the cell of a coarse net in which they lie; cells that
// fall together by chance only cost time.
type buckets struct {
	reach reach
	first []int32 // of cells: index of an entry + 1
	next  []int32 // of entries, likewise
	items []int32
}

func newBuckets(r reach, points int) *buckets {
	return &buckets{reach: r, first: make([]int32, 1<<bits.Len(uint(max(points, 8))))}
}

func (b *buckets) cell(x, y int64) *int32 {
	hi, lo := bits.Mul64(uint64(x)*0x9e3779b97f4a7c15^uint64(y), 0xbb67ae8584caa73b)
	return &b.first[(hi^lo)&uint64(len(b.first)-1)]
}

// net returns the cell of p, and the cells next to it on the sides to which p
// is nearer: a cell is twice as wide as the reach.
func (b *buckets) net(p Point) (x, y, beside, above int64) {
	east, north := int64(p.X)+1<<31, int64(p.Y)+1<<31
	x, y = east/(2*int64(b.reach.dx)), north/(2*int64(b.reach.dy))
	beside, above = x-1, y-1
	if east%(2*int64(b.reach.dx)) >= int64(b.reach.dx) {
		beside = x + 1
	}
	if north%(2*int64(b.reach.dy)) >= int64(b.reach.dy) {
		above = y + 1
	}
	return x, y, beside, above
}

// add puts item at p.
func (b *buckets) add(p Point, item int32) {
	x, y, _, _ := b.net(p)
	cell := b.cell(x, y)
	b.items, b.next = append(b.items, item), append(b.next, *cell)
	*cell = int32(len(b.items))
}

// cells returns the cells of all items that may be within reach of p.
func (b *buckets) cells(p Point) [4]*int32 {
	x, y, beside, above := b.net(p)
	return [4]*int32{b.cell(x, y), b.cell(beside, y), b.cell(x, above), b.cell(beside, above)}
}
