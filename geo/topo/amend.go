package topo

// SameGround reports whether two sets of shapes have the same boundary, edge
// by edge: their chains are equal. Where valid shapes of a partition are
// replaced by other valid ones with the same chain, it stays a partition, and
// nothing else needs a look. Shapes not drawn add nothing.
func SameGround(before, after []Shape) bool {
	edges := 0
	for _, s := range before {
		edges += s.Vertices()
	}
	c := newChain(edges + 1)
	for _, s := range before {
		c.add(s, 1)
	}
	for _, s := range after {
		c.add(s, -1)
	}
	return c.empty()
}

// Amend returns the outline of siblings after some of them were replaced: that
// of before, which may be nil when there was none, with the shapes removed
// taken away and those added put in. When these have the same boundary the
// outline comes back as it was, at no cost that depends on its size.
//
// The error is [ErrNoOutline] where the shapes do not fit the outline.
func Amend(before Shape, removed, added []Shape) (Shape, error) {
	edges := 0
	for _, s := range added {
		edges += s.Vertices()
	}
	c := newChain(edges + 1)
	for _, s := range added {
		c.add(s, 1)
	}
	for _, s := range removed {
		c.add(s, -1)
	}
	if c.empty() {
		return before, nil
	}
	c.add(before, 1)
	links := c.residue()
	if len(links) == 0 {
		return nil, nil
	}
	a, err := outlineOf(links)
	if err != nil {
		return nil, err
	}
	return a.shapeOf(func(f int32) bool { return a.count(f, netOwner) == 1 }), nil
}
