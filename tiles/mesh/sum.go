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
	inside := b.box.within(p.reach)
	known := &b.sums[p.tile.Z]
	if inside {
		if s := known.Load(); s != nil {
			return s[0], s[1]
		}
	}
	for i := range b.ids {
		if !b.boxes[i].Intersects(p.reach) {
			continue
		}
		if s := m.faceSum(b, i, p); wanted(&b.tags[i]) {
			sum += s
		} else {
			others += s
		}
	}
	if inside {
		known.Store(&[2]uint64{sum, others})
	}
	return sum, others
}

func (m *Mesh[T]) faceSum(b *block[T], i int, p *Pen) uint64 {
	inside := b.boxes[i].within(p.reach)
	m.trace(p, b.list(i), inside)
	id, sum, shown := uint64(b.ids[i]), uint64(0), false
	from := int32(0)
	for k, to := range p.ends {
		ring := p.line[from:to]
		from = to
		if len(ring) < 2 {
			continue
		}
		if inside {
			if area := area2(ring); area == 0 || (area < 0) != p.hole[k] {
				continue // it is not drawn
			}
			shown = shown || !p.hole[k]
		} else if winds := corner(ring); winds != 0 {
			sum += Mix(id, uint64(winds)*cornerSeen)
			shown = true
		}
		a := ring[len(ring)-1]
		for _, b := range ring {
			if inside || touches(a, b) {
				sum += Mix(Mix(id, p.absolute(a)), p.absolute(b))
				shown = shown || !inside
			}
			a = b
		}
	}
	if !shown {
		return 0
	}
	if !inside {
		sum += Mix(id, partlySeen)
	}
	// The key decides on the order in which faces are drawn.
	return sum + Mix(Mix(id, uint64(b.keys[i])), b.marks[i])
}

// touches reports whether any of the segment lies inside.
func touches(a, b mvt.Point) bool {
	if a.X < low && b.X < low || a.X > high && b.X > high || a.Y < low && b.Y < low || a.Y > high && b.Y > high {
		return false
	}
	_, _, passes := crossing(a, b)
	return passes
}

// absolute returns the place of p in units of the zoom.
func (p *Pen) absolute(q mvt.Point) uint64 {
	return uint64(uint32(q.X+p.ox))<<32 | uint64(uint32(q.Y+p.oy))
}
