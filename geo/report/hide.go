package report

import "gridmap/geo/suppress"

// hidden says which counts of people a report does not show.
type hidden struct {
	units   map[int]bool // by position
	placing bool         // how households are placed
}

// hide finds what a public report must not show. A unit's households and its
// residents are hidden together, with everything worked out from them.
func (m *maker) hide() {
	m.hidden.units = map[int]bool{}
	if !m.public() {
		return
	}
	positions, parent := m.tree()
	households, residents := m.counts(positions, parent)
	marks := suppress.NewTable(parent, households).Hide(m.o.Least, nil)
	for {
		n := count(marks)
		marks = suppress.NewTable(parent, residents).Hide(m.o.Least, marks)
		marks = suppress.NewTable(parent, households).Hide(m.o.Least, marks)
		if count(marks) == n {
			break
		}
	}
	for i, at := range positions {
		if at >= 0 && marks[i] {
			m.hidden.units[at] = true
		}
	}
	m.hidden.placing = m.hidden.units[m.top] || m.placesFew()
}

// placesFew reports whether the counts of how households are placed hold a
// small one, or give one by taking one from another or from the units'. Then
// none of them is shown: they add up in too many ways.
func (m *maker) placesFew() bool {
	h := &m.answer.Summary.Households
	for _, n := range []int64{h.InNone, h.InMany, h.Outside, h.Total - h.Located, h.Total - m.units[m.top].Households, h.InOne, h.Total} {
		if n < 0 {
			n = -n
		}
		if n > 0 && n < m.o.Least {
			return true
		}
	}
	return false
}

// tree returns the units of the report, wholes before parts, and for each the
// index of its whole. Position -1 stands for what a unit has beside its parts.
func (m *maker) tree() (positions []int, parent []int32) {
	positions, parent = []int{m.top}, []int32{-1}
	index := map[int]int32{m.top: 0}
	for _, list := range [][]int{m.parts, m.inner} {
		for _, at := range list {
			index[at] = int32(len(positions))
			positions = append(positions, at)
			parent = append(parent, index[m.c.Tree.Parent(at)])
		}
	}
	for i := range len(positions) {
		if i == 0 || m.c.Tree.Parent(positions[i]) == m.top && len(m.childrenOf(positions[i])) > 0 {
			positions, parent = append(positions, -1), append(parent, int32(i))
		}
	}
	return positions, parent
}

// counts returns the households and residents of a tree of units.
func (m *maker) counts(positions []int, parent []int32) (households, residents []int64) {
	households, residents = make([]int64, len(positions)), make([]int64, len(positions))
	for i, at := range positions {
		if at >= 0 {
			households[i], residents[i] = m.units[at].Households, m.units[at].Resident
		}
	}
	for i, at := range positions {
		if at >= 0 {
			continue
		}
		whole := parent[i]
		households[i], residents[i] = households[whole], residents[whole]
		for k := range positions[:i] {
			if parent[k] == whole && positions[k] >= 0 {
				households[i] -= households[k]
				residents[i] -= residents[k]
			}
		}
	}
	return households, residents
}

func count(marks []bool) int {
	n := 0
	for _, is := range marks {
		if is {
			n++
		}
	}
	return n
}

// people shows a count of the people of a unit, or worked out from them, unless
// it is hidden.
func (m *maker) people(at int, c Cell) Cell {
	if m.hidden.units[at] {
		return withheld()
	}
	return c
}
