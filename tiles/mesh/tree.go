package mesh

import (
	"cmp"
	"slices"
	"sync/atomic"

	"gridmap/tiles/mvt"
)

// blockSize is how many faces a block holds when made; one that grows beyond
// twice as many is cut.
const blockSize = 64

// A block is up to twice blockSize faces that lie near each other, in order
// of their place along the Hilbert curve. It never changes.
type block[T comparable] struct {
	// What drawing looks at first comes first, as it mostly has to be fetched from
	// afar.
	box   Box
	texts *mvt.Texts
	// By how many zooms above the deepest that has one; nil until made.
	plates [plated]atomic.Pointer[plate]
	kind   []uint8 // of each face
	kinds  []kind[T]
	ids    ids
	boxes  []Box
	lists  lists
	sums   [MaxZoom + 1]atomic.Pointer[[2]uint64] // see Mesh.Sum; nil until worked out
}

// A kind is what faces of a block may have in common.
type kind[T comparable] struct {
	tag  T
	mark uint64
}

// A node is up to twice blockSize blocks.
type node[T comparable] struct {
	box    Box
	count  int // faces
	blocks []*block[T]
}

// An entry is one face on its way into a block.
type entry[T comparable] struct {
	key  uint32 // its place along the Hilbert curve
	id   int64
	box  Box
	mark uint64
	tag  T
	text string
	refs []int32
}

func compareEntries[T comparable](a, b entry[T]) int {
	if c := cmp.Compare(a.key, b.key); c != 0 {
		return c
	}
	return cmp.Compare(a.id, b.id)
}

func newBlock[T comparable](entries []entry[T]) *block[T] {
	n := len(entries)
	b := &block[T]{box: noBox, ids: newIDs(entries), boxes: make([]Box, n), kind: make([]uint8, n), lists: newLists(entries)}
	var kinds []kind[T]
	texts := make([]string, n)
	for i := range entries {
		e := &entries[i]
		k := slices.Index(kinds, kind[T]{e.tag, e.mark})
		if k < 0 {
			k = len(kinds)
			kinds = append(kinds, kind[T]{e.tag, e.mark})
		}
		b.boxes[i], b.kind[i], texts[i] = e.box, uint8(k), e.text
		b.box = b.box.join(e.box)
	}
	b.texts, b.kinds = mvt.NewTexts(texts), exact(kinds)
	return b
}

func (b *block[T]) len() int { return len(b.boxes) }

// tag returns what the user keeps of face i.
func (b *block[T]) tag(i int) *T { return &b.kinds[b.kind[i]].tag }

// entries returns the faces of the block.
func (b *block[T]) entries() []entry[T] {
	out := make([]entry[T], b.len())
	for i := range out {
		out[i] = b.entry(i)
	}
	return out
}

func (b *block[T]) entry(i int) entry[T] {
	k := &b.kinds[b.kind[i]]
	return entry[T]{hilbert(b.boxes[i]), b.ids.of(i), b.boxes[i], k.mark, k.tag, b.texts.Of(i), b.lists.of(i, nil)}
}

// parts cuts n things into even parts of about blockSize.
func parts(n int) []int {
	count := max(1, (n+blockSize/2)/blockSize)
	ends := make([]int, count)
	for i := range ends {
		ends[i] = (i + 1) * n / count
	}
	return ends
}

func newBlocks[T comparable](entries []entry[T]) []*block[T] {
	if len(entries) == 0 {
		return nil
	}
	ends := parts(len(entries))
	out := make([]*block[T], len(ends))
	each(len(ends), 16, func(i, to int) {
		for ; i < to; i++ {
			from := 0
			if i > 0 {
				from = ends[i-1]
			}
			out[i] = newBlock(entries[from:ends[i]])
		}
	})
	return out
}

func newNodes[T comparable](blocks []*block[T]) []*node[T] {
	if len(blocks) == 0 {
		return nil
	}
	var out []*node[T]
	from := 0
	for _, to := range parts(len(blocks)) {
		out = append(out, joined(blocks[from:to:to]))
		from = to
	}
	return out
}

// A change puts a face into the tree, or takes one out.
type change[T comparable] struct {
	at   entry[T]
	gone bool
}

// changed returns the nodes after the changes, sharing blocks that none is in.
func changed[T comparable](nodes []*node[T], changes []change[T]) []*node[T] {
	slices.SortStableFunc(changes, func(a, b change[T]) int { return compareEntries(a.at, b.at) })
	if len(nodes) == 0 {
		return newNodes(newBlocks(amended(nil, changes)))
	}
	out := make([]*node[T], 0, len(nodes)+1)
	for k, n := range nodes {
		here := len(changes)
		if k+1 < len(nodes) {
			here = before(changes, nodes[k+1].blocks[0])
		}
		if here == 0 {
			out = append(out, n)
			continue
		}
		blocks := changedBlocks(n.blocks, changes[:here])
		changes = changes[here:]
		if len(blocks) <= 2*blockSize && len(blocks) > 0 {
			out = append(out, joined(blocks))
		} else {
			out = append(out, newNodes(blocks)...)
		}
	}
	return out
}

func changedBlocks[T comparable](blocks []*block[T], changes []change[T]) []*block[T] {
	out := make([]*block[T], 0, len(blocks)+1)
	for k, b := range blocks {
		here := len(changes)
		if k+1 < len(blocks) {
			here = before(changes, blocks[k+1])
		}
		if here == 0 {
			out = append(out, b)
			continue
		}
		entries := amended(b.entries(), changes[:here])
		changes = changes[here:]
		if len(entries) <= 2*blockSize && len(entries) > 0 {
			out = append(out, newBlock(entries))
		} else {
			out = append(out, newBlocks(entries)...)
		}
	}
	return out
}

// before returns how many of the changes, which are in order, belong before
// the block.
func before[T comparable](changes []change[T], b *block[T]) int {
	first := entry[T]{key: hilbert(b.boxes[0]), id: b.ids.of(0)}
	n := 0
	for n < len(changes) && compareEntries(changes[n].at, first) < 0 {
		n++
	}
	return n
}

// amended returns the entries with the changes made.
func amended[T comparable](entries []entry[T], changes []change[T]) []entry[T] {
	for _, c := range changes {
		at, found := slices.BinarySearchFunc(entries, c.at, compareEntries[T])
		switch {
		case c.gone && found:
			entries = slices.Delete(entries, at, at+1)
		case !c.gone && found:
			entries[at] = c.at
		case !c.gone:
			entries = slices.Insert(entries, at, c.at)
		}
	}
	return entries
}

func joined[T comparable](blocks []*block[T]) *node[T] {
	n := &node[T]{box: noBox, blocks: blocks}
	for _, b := range blocks {
		n.box, n.count = n.box.join(b.box), n.count+b.len()
	}
	return n
}

// hilbert returns the place of the middle of the box along a Hilbert curve.
func hilbert(b Box) uint32 {
	x := uint32((uint64(b.Min.X)+uint64(b.Max.X))/2) >> 16
	y := uint32((uint64(b.Min.Y)+uint64(b.Max.Y))/2) >> 16
	var d uint32
	for s := uint32(1 << 15); s > 0; s >>= 1 {
		rx, ry := x&s/s, y&s/s
		d += s * s * (3*rx ^ ry)
		if ry == 0 {
			if rx == 1 {
				x, y = 1<<16-1-x, 1<<16-1-y
			}
			x, y = y, x
		}
	}
	return d
}
