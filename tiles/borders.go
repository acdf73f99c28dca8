package tiles

import (
	"cmp"
	"slices"

	"gridmap/geo"
	"gridmap/tiles/mesh"
	"gridmap/tiles/mvt"
)

// A stretch is a piece of border in a desk's memory.
type stretch struct{ from, to int }

// borders calls fn with every border in the tile and the rank of the highest
// tier it parts, 0 being the outline of the territory.
func (v *view) borders(d *desk, fn func(rank uint8, line []mvt.Point)) {
	last, rank := mesh.Border{Left: -1}, uint8(0)
	v.cuts[v.level].Borders(v.tile, &d.pen, func(b mesh.Border, line []mvt.Point) {
		if b != last {
			last, rank = b, v.parts(b)
		}
		fn(rank, line)
	})
}

// parts returns the rank of the highest tier that a border parts.
func (v *view) parts(b mesh.Border) uint8 {
	tree := v.a.Tree()
	left, ok := tree.Index(geo.GridID(b.Left))
	right, both := tree.Index(geo.GridID(b.Right))
	if !ok || !both {
		return 0
	}
	rank := min(v.a.Grid(left).Tier, v.a.Grid(right).Tier)
	for left != right {
		// The deeper goes up; on a tie both do, in turn.
		l, r := v.a.Grid(left).Tier, v.a.Grid(right).Tier
		rank = min(rank, l, r)
		if l >= r {
			left = tree.Parent(left)
		} else {
			right = tree.Parent(right)
		}
		if left < 0 || right < 0 {
			return 0
		}
	}
	return uint8(rank)
}

// drawBorders draws one feature a tier, the upper first, of all its borders.
func (v *view) drawBorders(d *desk) {
	for i := range d.lines {
		d.lines[i] = d.lines[i][:0]
	}
	d.posts = d.posts[:0]
	v.borders(d, func(rank uint8, line []mvt.Point) {
		from := len(d.posts)
		d.posts = append(d.posts, line...)
		d.lines[rank] = append(d.lines[rank], stretch{from, len(d.posts)})
	})
	l := &d.layer
	tier, rank := l.Key("tier"), l.Key("rank")
	for r, lines := range d.lines {
		if len(lines) == 0 {
			continue
		}
		of := func(s stretch) []mvt.Point { return d.posts[s.from:s.to] }
		slices.SortFunc(lines, func(a, b stretch) int {
			return slices.CompareFunc(of(a), of(b), func(p, q mvt.Point) int { return cmp.Or(cmp.Compare(p.X, q.X), cmp.Compare(p.Y, q.Y)) })
		})
		l.Begin(uint64(r)+1, mvt.LineType)
		l.Tag(tier, l.String(v.tierCode(uint8(r))))
		l.Tag(rank, l.Int(int64(r)))
		for _, s := range lines {
			l.Line(of(s))
		}
		l.End()
	}
}

func (v *view) sumBorders(d *desk) (sum uint64) {
	v.borders(d, func(rank uint8, line []mvt.Point) {
		h := digest(rank)
		for _, p := range line {
			h = h.number(uint64(uint32(p.X))<<32 | uint64(uint32(p.Y)))
		}
		sum += uint64(h)
	})
	return sum
}
