package topo

import (
	"cmp"
	"math/bits"
	"slices"
)

// places are points in order, none twice, from west to east and then from south
// to north. A place has the number of the first of the points that lie there,
// in the order in which these were given: what lies together in a layer then
// lies together in memory.
type places struct {
	at     []Point
	number []int32 // of each place
	frame  frame
	dir    []int32 // of the leading bits of a key: the first place with them
	shift  int     // how many bits of a key do not lead
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

// point returns the point of a key.
func (f *frame) point(key uint64) Point {
	low := f.box.Min
	return Point{int32(uint32(low.X) + uint32(key>>f.high)), int32(uint32(low.Y) + uint32(key&(1<<f.high-1)))}
}

// placesOf returns the places of points, and the number of each point's place.
// Points are dealt out by the leading bits of their keys, and each share of
// them sorted by itself, on all processors.
func placesOf(points []Point) (at *places, numbers []int32) {
	x := &places{}
	numbers = make([]int32, len(points))
	if len(points) == 0 {
		return x, numbers
	}
	x.frame = frameOf(Ring(points).Bound())
	x.shift = max(0, x.frame.bits-bits.Len(uint(len(points)/2)))
	d := dealt(points, x.frame)
	n := d.count()
	x.at, x.number = make([]Point, n), make([]int32, n)
	d.name(x, numbers)
	return x, numbers
}

// Points are dealt out to so many shares that one holds about sharePoints of
// them, but to no more than 1 << mostShares.
const (
	sharePoints = 16
	mostShares  = 14
)

// A deal is points in shares by the leading bits of their keys.
type deal struct {
	points []Point
	frame  frame
	items  []uint64 // indexes of points, below the rest of their keys if these fit
	fits   bool
	low    int     // how many bits an index has
	shift  int     // how many bits of a key do not say the share
	first  []int32 // of shares: the first of items
	base   []int32 // of shares: how many places come before
}

// dealt deals points out, and sorts each share; equal points stay in their
// order.
func dealt(points []Point, f frame) *deal {
	shares := min(bits.Len(uint(len(points)/sharePoints)), mostShares, f.bits)
	d := &deal{points: points, frame: f, items: make([]uint64, len(points)), low: bits.Len(uint(len(points))),
		shift: f.bits - shares, first: make([]int32, 1<<shares+1), base: make([]int32, 1<<shares+1)}
	d.fits = d.low+d.shift <= 64
	d.deal(1 << shares)
	each(1<<shares, func(k int) {
		if d.fits {
			slices.Sort(d.share(k))
		} else {
			slices.SortFunc(d.share(k), func(i, j uint64) int {
				return cmp.Or(cmp.Compare(f.key(points[i]), f.key(points[j])), cmp.Compare(i, j))
			})
		}
	})
	return d
}

// deal puts the points into their shares, each processor a part of them.
func (d *deal) deal(shares int) {
	part := len(d.points)/workers() + 1
	next := make([][]int32, len(d.points)/part+1) // of parts: how many a share gets, then where they go
	eachBatch(len(d.points), part, func(from, to int) {
		counts := make([]int32, shares)
		for _, p := range d.points[from:to] {
			counts[d.frame.key(p)>>d.shift]++
		}
		next[from/part] = counts
	})
	sum := int32(0)
	for k := range shares {
		d.first[k] = sum
		for _, counts := range next {
			if counts != nil {
				sum, counts[k] = sum+counts[k], sum
			}
		}
	}
	d.first[shares] = sum
	eachBatch(len(d.points), part, func(from, to int) {
		next := next[from/part]
		for i, p := range d.points[from:to] {
			key := d.frame.key(p)
			item := uint64(from + i)
			if d.fits {
				item |= key & (1<<d.shift - 1) << d.low
			}
			d.items[next[key>>d.shift]] = item
			next[key>>d.shift]++
		}
	})
}

// share returns the items of a share.
func (d *deal) share(k int) []uint64 { return d.items[d.first[k]:d.first[k+1]] }

// index returns which point an item stands for.
func (d *deal) index(item uint64) int32 { return int32(item & (1<<d.low - 1)) }

// key returns the key of an item of share k.
func (d *deal) key(k int, item uint64) uint64 {
	if d.fits {
		return uint64(k)<<d.shift | item>>d.low
	}
	return d.frame.key(d.points[item])
}

// count returns how many places there are.
func (d *deal) count() int {
	each(len(d.base)-1, func(k int) {
		n, last := int32(0), uint64(0)
		for i, item := range d.share(k) {
			if key := d.key(k, item); i == 0 || key != last {
				n, last = n+1, key
			}
		}
		d.base[k+1] = n
	})
	for k := range d.base[1:] {
		d.base[k+1] += d.base[k]
	}
	return int(d.base[len(d.base)-1])
}

// name writes the places, their directory, and the numbers of the points.
func (d *deal) name(x *places, numbers []int32) {
	lead := func(k int) uint64 { return uint64(k) << d.shift >> x.shift } // the first of a share
	shares := len(d.base) - 1
	x.dir = make([]int32, lead(shares)+1)
	each(shares, func(k int) {
		n, next := d.base[k]-1, lead(k)
		number, last := int32(0), uint64(0)
		for i, item := range d.share(k) {
			j := d.index(item)
			if key := d.key(k, item); i == 0 || key != last {
				number, last, n = j, key, n+1
				x.at[n], x.number[n] = d.frame.point(key), j
				for ; next <= key>>x.shift; next++ {
					x.dir[next] = n
				}
			}
			numbers[j] = number
		}
		for ; next < lead(k+1); next++ {
			x.dir[next] = n + 1
		}
	})
	x.dir[lead(shares)] = int32(len(x.at))
}

// find returns the number of the place at p, -1 when there is none.
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
		return x.number[from+int32(n)]
	}
	for n := from; n < to; n++ {
		if x.at[n] == p {
			return x.number[n]
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
