package atlas

import (
	"gridmap/geo"
	"gridmap/geo/topo"
)

// A Taken says which grid takes a matter brought in a place, and who answers.
type Taken struct {
	Matter *geo.Matter
	Grid   int    // position of the grid that takes it
	Role   string // whose holders answer; empty: the leader
	Posts  []Post // of those holders on the day: in the grid, or else in the nearest above it with any
	At     int    // position of the grid whose posts they are, -1 for none
}

// Matter returns the entry of the catalogue with a code, false when there is
// none.
func (a *Atlas) Matter(code string) (*geo.Matter, bool) {
	for i := range a.snap.Matters {
		if m := &a.snap.Matters[i]; m.Code == code {
			return m, true
		}
	}
	return nil, false
}

// Take returns which grid takes a matter at p, which lies in the leaf: the
// dedicated grids over p come first, then the leaf and those above it, at last
// the task grids over p. Day 0 is today. Error: *[geo.MatterError].
func (a *Atlas) Take(m *geo.Matter, p topo.Point, leaf int, day geo.Date) (Taken, error) {
	day = orToday(day)
	refused := &geo.MatterError{Matter: *m, Grid: a.Grid(leaf).Code}
	if !m.Valid.Holds(day) {
		refused.Day = day
		return Taken{}, refused
	}
	for _, i := range a.takers(p, leaf) {
		if a.Takes(m, i) {
			return a.taken(m, i, day), nil
		}
	}
	return Taken{}, refused
}

// Takes reports whether the grid at a position is one that takes a matter, of
// whatever day.
func (a *Atlas) Takes(m *geo.Matter, i int) bool {
	g := a.Grid(i)
	return m.Takes(g.Kind, a.tierCode(g.Tier), a.setting(i))
}

// takers lists the grids that a matter at p may go to, in order.
func (a *Atlas) takers(p topo.Point, leaf int) []int {
	var list, tasks []int
	for _, i := range a.Overlays(p) {
		if a.Grid(int(i)).Kind == geo.Dedicated {
			list = append(list, int(i))
		} else {
			tasks = append(tasks, int(i))
		}
	}
	for i := leaf; i >= 0; i = a.tree.Parent(i) {
		list = append(list, i)
	}
	return append(list, tasks...)
}

// setting is that of the grid, or of the nearest above it that has one.
func (a *Atlas) setting(i int) geo.Setting {
	for ; i >= 0; i = a.tree.Parent(i) {
		if s := a.Grid(i).Setting; s != "" {
			return s
		}
	}
	return ""
}

func (a *Atlas) tierCode(rank int) string {
	for i := range a.snap.Tiers {
		if a.snap.Tiers[i].Rank == rank {
			return a.snap.Tiers[i].Code
		}
	}
	return ""
}

// taken finds who answers for a matter in the grid that takes it.
func (a *Atlas) taken(m *geo.Matter, grid int, day geo.Date) Taken {
	t := Taken{Matter: m, Grid: grid, Role: m.Role, At: -1}
	for i := grid; i >= 0; i = a.tree.Parent(i) {
		for _, p := range a.Workers(i, day) {
			if p.Assignment.Role == m.Role || m.Role == "" && geo.Leads(p.Assignment.Role) {
				t.Posts, t.At = append(t.Posts, p), i
			}
		}
		if t.At >= 0 {
			break
		}
	}
	return t
}
