package mesh

import "gridmap/tiles/mvt"

// Numbers that keep what is summed apart.
const (
	partlySeen = 0x2545f4914f6cdd1d
	cornerSeen = 0x9fb21c651e98df25
)

// Sum returns a number that says what the tile shows: as long as it is the
// same, so is every call that [Mesh.Draw] makes. It is a sum over faces of the
// stretches of border in the tile, so border that changes elsewhere does not
// change it, and faces may have come in any order.
func (m *Mesh[T]) Sum(t Tile, p *Pen) uint64 {
	p.set(t)
	var sum uint64
	for _, n := range m.nodes {
		if !n.box.Intersects(p.reach) {
			continue
		}
		for _, b := range n.blocks {
			if b.box.within(p.reach) {
				sum += m.blockSum(b, p)
			} else if b.box.Intersects(p.reach) {
				for i := range b.boxes {
					if b.boxes[i].Intersects(p.reach) {
						sum += m.faceSum(b, i, p)
					}
				}
			}
		}
	}
	return sum
}

// blockSum returns the sum of a block all of whose faces lie inside.
func (m *Mesh[T]) blockSum(b *block[T], p *Pen) uint64 {
	if sum := b.sums[p.tile.Z].Load(); sum != 0 {
		return sum
	}
	var sum uint64
	for i := range b.ids {
		sum += m.faceSum(b, i, p)
	}
	b.sums[p.tile.Z].Store(sum)
	return sum
}

func (m *Mesh[T]) faceSum(b *block[T], i int, p *Pen) uint64 {
	inside := b.boxes[i].within(p.reach)
	m.trace(p, b.list(i), inside)
	id, sum, shown := uint64(b.ids[i]), uint64(0), inside
	from := int32(0)
	for _, to := range p.ends {
		ring := p.line[from:to]
		from = to
		if len(ring) < 2 {
			continue
		}
		if !inside {
			if winds := corner(ring); winds != 0 {
				sum += mix(id, uint64(winds)*cornerSeen)
				shown = true
			}
		}
		a := ring[len(ring)-1]
		for _, b := range ring {
			if inside || touches(a, b) {
				sum += mix(mix(id, p.absolute(a)), p.absolute(b))
				shown = true
			}
			a = b
		}
	}
	if !shown {
		return 0
	}
	if !inside {
		sum += mix(id, partlySeen)
	}
	return sum + mix(mix(id, cornerSeen), b.marks[i])
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
	return uint64(int64(q.X)+p.ox)<<32 | uint64(uint32(int64(q.Y)+p.oy))
}
