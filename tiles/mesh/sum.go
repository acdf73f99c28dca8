package mesh

import "gridmap/tiles/mvt"

// Numbers that keep what is summed apart.
const (
	partlySeen = 0x2545f4914f6cdd1d
	cornerSeen = 0x9fb21c651e98df25
)

// Sum returns numbers that say what the tile shows, of the faces that are wanted
// and of the others: as long as one is the same, so is every call that
// [Mesh.Draw] makes for those. It is a sum over faces of the stretches of border
// in the tile, so border that changes elsewhere does not change it, and faces
// may have come in any order. A mesh must always be given the same wanted.
func (m *Mesh[T]) Sum(t Tile, p *Pen, wanted func(*T) bool) (sum, others uint64) {
	p.set(t)
	for _, n := range m.nodes {
		if !n.box.Intersects(p.reach) {
			continue
		}
		for _, b := range n.blocks {
			if !b.box.Intersects(p.reach) {
				continue
			}
			s, o := m.blockSum(b, p, wanted)
			sum, others = sum+s, others+o
		}
	}
	return sum, others
}

// blockSum returns the sums of a block, remembered when all of it lies inside.
func (m *Mesh[T]) blockSum(b *block[T], p *Pen, wanted func(*T) bool) (sum, others uint64) {
	all := b.box.within(p.reach)
	known := &b.sums[p.tile.Z]
	if all {
		if s := known.Load(); s != nil {
			return s[0], s[1]
		}
	}
	plate := m.plate(b, p)
	faces := plate.read(p)
	for i := range b.boxes {
		var s uint64
		var path mvt.Path
		if plate != nil {
			path, _ = faces.next()
		}
		switch {
		case !all && !b.boxes[i].Intersects(p.reach):
			continue
		case all || b.boxes[i].within(p.reach):
			if plate == nil {
				path, _ = m.whole(b, i, p)
			}
			s = p.wholeSum(b.ids.of(i), path)
		default:
			s = m.partSum(b, i, plate, path, p)
		}
		if s == 0 {
			continue // it is not shown
		}
		// The place along the Hilbert curve decides on the order of faces.
		s += Mix(Mix(Mix(uint64(b.ids.of(i)), uint64(hilbert(b.boxes[i]))), b.kinds[b.kind[i]].mark), sumOfText(b.texts.Of(i)))
		if wanted(b.tag(i)) {
			sum += s
		} else {
			others += s
		}
	}
	if all {
		known.Store(&[2]uint64{sum, others})
	}
	return sum, others
}

// wholeSum returns the sum of a face of which all is drawn, 0 when it is too
// small to be.
func (p *Pen) wholeSum(id int64, path mvt.Path) uint64 {
	if len(path.Rest) == 0 {
		return 0
	}
	return Mix(uint64(id), p.sumOf(path))
}

// sumOfText returns a number that says what a text is.
func sumOfText(s string) uint64 {
	sum := uint64(len(s))
	for ; len(s) >= 8; s = s[8:] {
		sum = Mix(sum, uint64(s[0])|uint64(s[1])<<8|uint64(s[2])<<16|uint64(s[3])<<24|
			uint64(s[4])<<32|uint64(s[5])<<40|uint64(s[6])<<48|uint64(s[7])<<56)
	}
	last := uint64(0)
	for i := range len(s) {
		last |= uint64(s[i]) << (8 * i)
	}
	return Mix(sum, last)
}

// partSum returns the sum of the stretches of border of a face in the tile, 0
// when the tile shows nothing of it.
func (m *Mesh[T]) partSum(b *block[T], i int, l *plate, path mvt.Path, p *Pen) uint64 {
	m.outline(b, i, l, path, p)
	id, sum, shown := uint64(b.ids.of(i)), uint64(0), false
	from := int32(0)
	for _, to := range p.ends {
		ring := p.line[from:to]
		from = to
		if len(ring) < 2 {
			continue
		}
		if winds := corner(ring); winds != 0 {
			sum += Mix(id, uint64(winds)*cornerSeen)
			shown = true
		}
		a := ring[len(ring)-1]
		for _, b := range ring {
			if touches(a, b) {
				sum += Mix(Mix(id, p.absolute(a)), p.absolute(b))
				shown = true
			}
			a = b
		}
	}
	if !shown {
		return 0
	}
	return sum + Mix(id, partlySeen)
}

// touches reports whether any of the segment lies inside.
func touches(a, b mvt.Point) bool {
	if past(a, b) {
		return false
	}
	if within(a) || within(b) {
		return true
	}
	_, _, passes := crossing(a, b)
	return passes
}

// absolute returns the place of p in units of the zoom.
func (p *Pen) absolute(q mvt.Point) uint64 {
	return uint64(uint32(q.X+p.ox))<<32 | uint64(uint32(q.Y+p.oy))
}
