package tiles

import (
	"slices"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/topo"
	"gridmap/tiles/mesh"
	"gridmap/tiles/mvt"
)

// A grid is what tiles say of one, its texts left out, which stand beside.
type grid struct {
	parent  int64
	rank    uint8
	parts   bool  // takes part in the division of its parent
	english bool  // has an English name
	kind    uint8 // index into kinds
	setting uint8 // index into settings
}

// words parts the texts of a grid: code and names as values of a layer, one
// behind the other, the English name empty when there is none. They are made
// once, and drawing copies them.
func words(texts string) (code, zh, en string) {
	c := mvt.SizeOfValue(texts)
	z := c + mvt.SizeOfValue(texts[c:])
	return texts[:c], texts[c:z], texts[z:]
}

var (
	kinds    = []geo.Kind{geo.General, geo.Dedicated, geo.Task}
	settings = []geo.Setting{"", geo.Urban, geo.Rural}
)

// gridOf returns what tiles say of a grid, with its texts.
func gridOf(g *geo.Grid) (grid, string) {
	texts := mvt.AppendText(make([]byte, 0, 24+len(g.Code)+len(g.Name.ZH)+len(g.Name.EN)), g.Code)
	texts = mvt.AppendText(texts, g.Name.ZH)
	if g.Name.EN != "" {
		texts = mvt.AppendText(texts, g.Name.EN)
	}
	return grid{parent: int64(g.Parent), rank: uint8(g.Tier), parts: g.Partitions(), english: g.Name.EN != "",
		kind: uint8(max(0, slices.Index(kinds, g.Kind))), setting: uint8(max(0, slices.Index(settings, g.Setting)))}, string(texts)
}

// mark says what the grid says, its texts left out: equal for equal grids, on
// every machine.
func (g *grid) mark() uint64 {
	return uint64(digest(0).number(uint64(g.parent)).number(uint64(g.rank)<<16 | uint64(g.kind)<<8 | uint64(g.setting)))
}

// A digest is a hash that is the same on every machine.
type digest uint64

func (d digest) number(n uint64) digest { return digest(mesh.Mix(uint64(d), n)) }

// text adds a text by words of eight bytes, its length first.
func (d digest) text(s string) digest {
	d = d.number(uint64(len(s)))
	for len(s) > 0 {
		var word uint64
		for i := range min(8, len(s)) {
			word |= uint64(s[i]) << (8 * i)
		}
		d = d.number(word)
		s = s[min(8, len(s)):]
	}
	return d
}

// A standing is where a grid stands among the meshes of a picture.
type standing struct {
	id    int64
	shape topo.Shape
	grid  grid
	texts string // of the grid
	// A general grid is part of the divisions from its own tier to last: the
	// one above its first drawn children, or the deepest for a leaf.
	last uint8
	leaf bool
	// open is set when some general child is not drawn yet: what the others
	// leave is still the grid's own.
	open bool
}

const deepest = 1<<8 - 1

// standingOf works out where the grid at position i stands; its shape is
// empty when it is not drawn.
func standingOf(a *atlas.Atlas, i int) standing {
	g := a.Grid(i)
	s := standing{id: int64(g.ID), shape: shapeOf(a, i), last: deepest, leaf: true}
	s.grid, s.texts = gridOf(g)
	if !g.Partitions() || len(s.shape) == 0 {
		return s
	}
	undrawn := false
	for _, c := range a.Tree().Children(i) {
		child := a.Grid(int(c))
		switch {
		case !child.Partitions():
		case len(shapeOf(a, int(c))) == 0:
			undrawn = true
		default:
			s.leaf = false
			s.last = min(s.last, uint8(child.Tier-1))
		}
	}
	s.open = undrawn && !s.leaf
	return s
}

// shapeOf returns the ground of a grid: as drawn, or made of its children.
func shapeOf(a *atlas.Atlas, i int) topo.Shape {
	if g := a.Grid(i); len(g.Boundary) > 0 {
		return g.Boundary
	}
	if len(a.Tree().Children(i)) == 0 {
		return nil
	}
	return a.Ground(i).Shape
}

// same reports whether tiles show no difference between the two.
func (s *standing) same(o *standing) bool {
	return s.grid == o.grid && s.texts == o.texts && s.last == o.last && s.open == o.open && sameShape(s.shape, o.shape)
}

func sameShape(a, b topo.Shape) bool {
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	return len(a) == len(b) && &a[0] == &b[0] || a.Equal(b)
}

// face returns the standing as a mesh takes it.
func (s *standing) face() mesh.Face[grid] {
	return mesh.Face[grid]{ID: s.id, Shape: s.shape, Tag: s.grid, Text: s.texts, Mark: s.grid.mark()}
}
