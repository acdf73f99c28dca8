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
	for i := range b.ids {
		var s uint64
		switch {
		case !all && !b.boxes[i].Intersects(p.reach):
			continue
		case all || b.boxes[i].within(p.reach):
			s = m.wholeSum(b, i, plate, p)
		default:
			s = m.partSum(b, i, plate, p)
		}
		if s == 0 {
			continue // it is not shown
		}
		// The key decides on the order in which faces are drawn.
		s += Mix(Mix(uint64(b.ids[i]), uint64(b.keys[i])), b.marks[i])
		if wanted(&b.tags[i]) {
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
func (m *Mesh[T]) wholeSum(b *block[T], i int, l *plate, p *Pen) uint64 {
	var path mvt.Path
	var shown bool
	if l != nil {
		path, shown = l.face(i, p)
	} else {
		path, shown = m.whole(b, i, p)
	}
	if !shown {
		return 0
	}
	return Mix(uint64(b.ids[i]), p.sumOf(path))
}

// partSum returns the sum of the stretches of border of a face in the tile, 0
// when the tile shows nothing of it.
func (m *Mesh[T]) partSum(b *block[T], i int, l *plate, p *Pen) uint64 {
	m.outline(b, i, l, p)
	id, sum, shown := uint64(b.ids[i]), uint64(0), false
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
	if a.X < low && b.X < low || a.X > high && b.X > high || a.Y < low && b.Y < low || a.Y > high && b.Y > high {
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
