package topo

import (
	"cmp"
	"math/bits"
	"slices"
)

// places are points in order, none twice, numbered from west to east and then
// from south to north.
type places struct {
	at    []Point
	frame frame
	dir   []int32 // of the leading bits of a key: the first place with them
	shift int     // how many bits of a key do not lead
}

// A frame makes keys of points in a box that are as short as they can be and
// in the points' order.
type frame struct {
	box  Box
	high int // bits of a difference of Y
	bits int // of a key
}

func frameOf(box Box) frame {
	f := frame{box: box}
	f.high = bits.Len32(uint32(f.box.Max.Y) - uint32(f.box.Min.Y))
	f.bits = f.high + bits.Len32(uint32(f.box.Max.X)-uint32(f.box.Min.X))
	return f
}

func (f *frame) key(p Point) uint64 {
	return uint64(uint32(p.X)-uint32(f.box.Min.X))<<f.high | uint64(uint32(p.Y)-uint32(f.box.Min.Y))
}

// placesOf numbers points; the numbers are in their order.
func placesOf(points []Point) (at *places, numbers []int32) {
	x := &places{at: make([]Point, 0, len(points))}
	numbers = make([]int32, len(points))
	if len(points) == 0 {
		return x, numbers
	}
	x.frame = frameOf(Ring(points).Bound())
	items := make([]keyed, len(points))
	for i, p := range points {
		items[i] = keyed{x.frame.key(p), int32(i)}
	}
	items = sortKeyed(items, x.frame.bits)
	x.shift = max(0, x.frame.bits-bits.Len(uint(len(points)/2)))
	x.dir = make([]int32, items[len(items)-1].key>>x.shift+2)
	lead := uint64(0)
	for i, item := range items {
		if i == 0 || item.key != items[i-1].key {
			for ; lead <= item.key>>x.shift; lead++ {
				x.dir[lead] = int32(len(x.at))
			}
			x.at = append(x.at, points[item.n])
		}
		numbers[item.n] = int32(len(x.at) - 1)
	}
	x.dir[lead] = int32(len(x.at))
	return x, numbers
}

// find returns the number of p, -1 when it has none.
func (x *places) find(p Point) int32 {
	if len(x.at) == 0 || !x.frame.box.Contains(p) {
		return -1
	}
	lead := x.frame.key(p) >> x.shift
	if lead+1 >= uint64(len(x.dir)) {
		return -1
	}
	from, to := x.dir[lead], x.dir[lead+1]
	if to-from > 16 {
		n, ok := slices.BinarySearchFunc(x.at[from:to], p, func(q, p Point) int { return cmp.Compare(q.key(), p.key()) })
		if !ok {
			return -1
		}
		return from + int32(n)
	}
	for n := from; n < to; n++ {
		if x.at[n] == p {
			return n
		}
	}
	return -1
}

// A keyed is a number to sort by, and what it stands for.
type keyed struct {
	key uint64
	n   int32
}

// digit is how many bits of a key are sorted at a time.
const digit = 11

// sortKeyed sorts items by the lowest width bits of their keys, what is equal
// in the order given; it may use the slice given. Digits from the right: each
// pass keeps the order of the one before.
func sortKeyed(items []keyed, width int) []keyed {
	if len(items) < 1<<8 {
		slices.SortStableFunc(items, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
		return items
	}
	passes := (width + digit - 1) / digit
	if passes == 0 {
		return items
	}
	step := (width + passes - 1) / passes
	spare := make([]keyed, len(items))
	var counts [1 << digit]int32
	for pass := range passes {
		shift, mask := pass*step, uint64(1)<<step-1
		clear(counts[:])
		for i := range items {
			counts[items[i].key>>shift&mask]++
		}
		sum := int32(0)
		for d := range counts[:mask+1] {
			sum, counts[d] = sum+counts[d], sum
		}
		for _, item := range items {
			d := item.key >> shift & mask
			spare[counts[d]] = item
			counts[d]++
		}
		items, spare = spare, items
	}
	return items
}
