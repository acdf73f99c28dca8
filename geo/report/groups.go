package report

// groupSection counts the members of groups in the parts and the units under
// them; without a declared group there is none.
func (m *maker) groupSection() Section {
	declared := m.c.Territory.Keeps.Groups
	if len(declared) == 0 {
		return Section{}
	}
	h, w := &m.w.heads, &m.w.titles
	t := &Table{Columns: []Column{{Head: h.code, Code: true}, {Head: h.name}}}
	for _, g := range declared {
		t.Columns = append(t.Columns, Column{Head: m.w.name(g.Name, g.Code), Right: true})
	}
	for _, list := range [][]int{{m.top}, m.parts, m.inner} {
		for _, at := range list {
			if len(t.Rows) == maxRows {
				t.More++
				continue
			}
			row := []Cell{text(m.units[at].Code), text(m.name(at))}
			for _, g := range declared {
				cell := withheld()
				if n := m.units[at].Groups[g.Code]; n != nil {
					cell = m.people(at, number(*n))
				}
				row = append(row, cell)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return Section{Sheet: w.sheets[8], Title: w.groups, Lead: w.groupLead, Table: t}
}
