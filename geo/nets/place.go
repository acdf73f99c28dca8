package nets

import (
	"cmp"
	"slices"

	"gridmap/geo/topo"
)

// A Parent is a grid that others may belong to.
type Parent struct {
	Code   string
	Ground topo.Shape
	Rank   int // of its tier: where parents overlap, the lowest tier has the ground
}

// A Placing says where a grid belongs.
type Placing struct {
	Parent int  // index of the parent with the largest share, [None] of ground in none
	Split  bool // more than one parent has a share over the tolerance
	// Shares add up to the grid. The parent's comes first, then the larger
	// before the smaller; ground in no parent comes last.
	Shares []Share
}

// A Share is what one parent has of a grid.
type Share struct {
	Parent     int // [None]: ground in no parent
	Ground     topo.Shape
	Area       Area
	Over       bool  // it is over the tolerance
	Households int64 // of split grids
	Persons    int64
}

// tied is by how much areas may differ that count as equal: what rounding a
// border to the lattice moves, the area of the default tolerance.
const tied = Area(1e4)

// Place finds the parent that has the largest share of each child's ground.
// Among shares that differ by no more than 1 m² the one with more households
// wins, then the lowest code. Shares not over the tolerance split no grid.
//
// homes are read once, and only when there are split grids; each counts in the
// first child that holds it. The error is [topo.ErrIntricate].
// bare is the ground of parents that no child takes, by parent.
func Place(children []topo.Shape, parents []Parent, tol topo.Tolerance, homes Homes) (placed []Placing, bare []topo.Shape, err error) {
	ground, rank := make([]topo.Shape, len(parents)), make([]int, len(parents))
	for i, p := range parents {
		ground[i], rank[i] = p.Ground, p.Rank
	}
	meetings, err := meet(children, ground, rank)
	if err != nil {
		return nil, nil, err
	}
	placed, bare = make([]Placing, len(children)), make([]topo.Shape, len(parents))
	for _, m := range meetings {
		if m.a == None {
			bare[m.b] = m.ground
			continue
		}
		s := Share{Parent: m.b, Ground: m.ground, Area: m.area, Over: over(m.ground, tol)}
		placed[m.a].Shares = append(placed[m.a].Shares, s)
	}
	split := false
	for i := range placed {
		p := &placed[i]
		p.choose(parents)
		for _, s := range p.Shares {
			p.Split = p.Split || s.Over && s.Parent != None && s.Parent != p.Parent
		}
		split = split || p.Split
	}
	if split && homes != nil {
		house(placed, children, homes)
		for i := range placed {
			placed[i].choose(parents)
		}
	}
	return placed, bare, nil
}

// over reports whether ground is more than dust.
func over(s topo.Shape, tol topo.Tolerance) bool {
	area := s.AreaM2()
	return area > tol.AreaM2 && 2*area > tol.WidthM*s.PerimeterM()
}

// choose orders the shares and names the parent.
func (p *Placing) choose(parents []Parent) {
	p.Parent = None
	slices.SortFunc(p.Shares, func(s, t Share) int {
		if (s.Parent == None) != (t.Parent == None) {
			return cmp.Compare(t.Parent, s.Parent)
		}
		return cmp.Or(cmp.Compare(t.Area, s.Area), cmp.Compare(s.Parent, t.Parent))
	})
	if len(p.Shares) == 0 || p.Shares[0].Parent == None {
		return
	}
	best := 0
	for i, s := range p.Shares {
		if s.Parent == None || s.Area < p.Shares[0].Area-tied {
			break
		}
		b := &p.Shares[best]
		if cmp.Or(cmp.Compare(b.Households, s.Households), cmp.Compare(parents[s.Parent].Code, parents[b.Parent].Code), cmp.Compare(s.Parent, b.Parent)) < 0 {
			best = i
		}
	}
	winner := p.Shares[best]
	p.Shares = slices.Insert(slices.Delete(p.Shares, best, best+1), 0, winner)
	p.Parent = winner.Parent
}

// house counts the homes in the shares of split grids. A home beside a border
// that was rounded to the lattice counts in the largest share.
func house(placed []Placing, children []topo.Shape, homes Homes) {
	shapes := make([]topo.Shape, len(children))
	for i := range placed {
		if placed[i].Split {
			shapes[i] = children[i]
		}
	}
	f := newFinder(shapes)
	for h := range homes {
		i := f.find(h.At)
		if i == None {
			continue
		}
		shares := placed[i].Shares
		k := max(0, slices.IndexFunc(shares, func(s Share) bool { return s.Ground.Contains(h.At) }))
		shares[k].Households++
		shares[k].Persons += h.Persons
	}
}
