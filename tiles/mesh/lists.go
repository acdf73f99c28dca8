package mesh

import "encoding/binary"

// ids are those of the faces of a block: as distances from the least, unless
// they lie too far apart.
type ids struct {
	least int64
	near  []uint32
	far   []int64
}

func newIDs[T comparable](entries []entry[T]) ids {
	least, most := entries[0].id, entries[0].id
	for i := range entries {
		least, most = min(least, entries[i].id), max(most, entries[i].id)
	}
	x := ids{least: least}
	if uint64(most)-uint64(least) >= 1<<32 {
		x.far = make([]int64, len(entries))
		for i := range entries {
			x.far[i] = entries[i].id
		}
		return x
	}
	x.near = make([]uint32, len(entries))
	for i := range entries {
		x.near[i] = uint32(entries[i].id - least)
	}
	return x
}

func (x *ids) of(i int) int64 {
	if x.far != nil {
		return x.far[i]
	}
	return x.least + int64(x.near[i])
}

// lists are the references of the faces of a block. Of each face there are the
// steps from one reference to the next, its end marks among them.
type lists struct {
	ends  []uint32
	steps []byte
}

// Marks of a step that leads to no arc, as such a step has an even number.
const (
	stepOuter = 0
	stepHole  = 2
)

func newLists[T comparable](entries []entry[T]) lists {
	l := lists{ends: make([]uint32, len(entries))}
	var steps []byte
	for i := range entries {
		last := int32(0)
		for _, ref := range entries[i].refs {
			switch ref {
			case endOuter:
				steps = append(steps, stepOuter)
			case endHole:
				steps = append(steps, stepHole)
			default:
				// Arcs are numbered below 2^31, so four times a step is below 2^35.
				n, sign := int64(numberOf(ref)), uint64(0)
				if ref < 0 {
					sign = 2
				}
				d := n - int64(last)
				steps = binary.AppendUvarint(steps, uint64(d<<1^d>>63)<<2|sign|1)
				last = int32(n)
			}
		}
		l.ends[i] = uint32(len(steps))
	}
	l.steps = exact(steps)
	return l
}

// of appends the references of face i to list.
func (l *lists) of(i int, list []int32) []int32 {
	at := uint32(0)
	if i > 0 {
		at = l.ends[i-1]
	}
	last := int64(0)
	for at < l.ends[i] {
		v, n := uint64(l.steps[at]), 1
		if v >= 1<<7 {
			v, n = binary.Uvarint(l.steps[at:])
		}
		at += uint32(n)
		switch {
		case v == stepOuter:
			list = append(list, endOuter)
		case v == stepHole:
			list = append(list, endHole)
		default:
			d := v >> 2
			last += int64(d>>1) ^ -int64(d&1)
			ref := int32(last) + 1
			if v&2 != 0 {
				ref = -ref
			}
			list = append(list, ref)
		}
	}
	return list
}
