package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"gridmap/geo/exchange"
	"gridmap/geo/nets"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// A netGrid is a grid of the merged net.
type netGrid struct {
	feature exchange.Feature
	code    string
	from    string // the grid of the base net it was cut off, if it was
}

// keep takes the grids of the base net as they are.
func (m *netMerge) keep() {
	base := m.nets[0]
	for i, f := range base.features {
		f.Properties = slices.Clone(f.Properties)
		m.grids = append(m.grids, netGrid{feature: f, code: base.codes[i]})
	}
	m.ground = base.shapes
}

// divide cuts the grids of the base net along the borders of the others.
func (m *netMerge) divide() error {
	base := m.nets[0]
	var others [][]topo.Shape
	codes := redraw.NewCodes()
	for _, n := range m.nets[1:] {
		others = append(others, n.shapes)
	}
	for _, code := range base.codes {
		codes.Take(code)
	}
	pieces, slivers, err := nets.Divide(base.shapes, others, nets.Least{AreaM2: m.leastArea, WidthM: float64(m.leastWidth)})
	if err != nil {
		return err
	}
	m.slivers = slivers
	ground := make([]topo.Shape, len(pieces))
	for i, p := range pieces {
		ground[i] = p.Ground
	}
	tally := nets.Count(ground, slices.Values(m.homes))
	for b, f := range base.features {
		from, _ := slices.BinarySearchFunc(pieces, b, func(p nets.Piece, b int) int { return cmp.Compare(p.Base, b) })
		to, keeps := from, from
		for ; to < len(pieces) && pieces[to].Base == b; to++ {
			if k := &tally[keeps]; cmp.Or(cmp.Compare(tally[to].Households, k.Households), cmp.Compare(tally[to].Area, k.Area)) > 0 {
				keeps = to
			}
		}
		if from == to { // not drawn
			f.Properties = slices.Clone(f.Properties)
			m.grids, m.ground = append(m.grids, netGrid{feature: f, code: base.codes[b]}), append(m.ground, nil)
			continue
		}
		for k := from; k < to; k++ {
			g, err := m.piece(b, k == keeps, codes)
			if err != nil {
				return err
			}
			g.feature.Shape = ground[k]
			m.grids, m.ground = append(m.grids, g), append(m.ground, ground[k])
		}
	}
	return nil
}

// piece returns a grid like one of the base net, with its code or, when it
// does not keep that, with the next free one.
func (m *netMerge) piece(b int, keeps bool, codes *redraw.Codes) (netGrid, error) {
	base := m.nets[0]
	g := netGrid{feature: base.features[b], code: base.codes[b]}
	g.feature.Properties = slices.Clone(g.feature.Properties)
	if keeps {
		return g, nil
	}
	if g.code = codes.Next(base.codes[b], "", ""); g.code == "" {
		return g, fmt.Errorf("grid %s: no number is left in its series for what is cut off", base.codes[b])
	}
	g.from, g.feature.ID = base.codes[b], ""
	g.set(exchange.Property{Name: m.codeField(&g.feature), Kind: exchange.StringProperty, Text: g.code})
	list, err := json.Marshal([]string{g.from})
	g.set(exchange.Property{Name: "predecessors", Kind: exchange.NestedProperty, Text: string(list)})
	return g, err
}

// set puts a property in the place of the one of its name, or behind the last.
func (g *netGrid) set(p exchange.Property) {
	for i := range g.feature.Properties {
		if g.feature.Properties[i].Name == p.Name {
			g.feature.Properties[i] = p
			return
		}
	}
	g.feature.Properties = append(g.feature.Properties, p)
}

// prove refuses to write a net that is not whole: every grid valid, and no
// point in two.
func (m *netMerge) prove() error {
	for i, s := range m.ground {
		if err := s.Validate(); err != nil {
			return fmt.Errorf("grid %s: %w", m.grids[i].code, err)
		}
	}
	noded, _ := topo.Node(m.ground)
	noded = slices.DeleteFunc(noded, func(s topo.Shape) bool { return s == nil })
	outline, err := topo.Union(noded)
	if err == nil && !topo.Whole(outline, noded) {
		err = topo.ErrNoOutline
	}
	if err != nil {
		return fmt.Errorf("the merged net is not whole: %w; gridmap clean mends %s", err, m.nets[0].file)
	}
	return nil
}

// mark gives every grid, for each of the other nets, the code of the grid
// there that has most of its ground.
func (m *netMerge) mark() {
	for i, n := range m.nets[1:] {
		most := make([]nets.Line, len(m.grids))
		for _, l := range m.walks[i+1].Lines {
			if l.Old != nets.None && l.New != nets.None && l.Area > most[l.New].Area {
				most[l.New] = l
			}
		}
		for k := range m.grids {
			p := exchange.Property{Name: n.name}
			if most[k].Area > 0 {
				p.Kind, p.Text = exchange.StringProperty, n.codes[most[k].Old]
			}
			m.grids[k].set(p)
		}
	}
}

func (m *netMerge) writeNet(w io.Writer) error {
	g := exchange.NewGeoJSONWriter(w, "")
	for i := range m.grids {
		if err := g.WriteFeature(&m.grids[i].feature); err != nil {
			return err
		}
	}
	return g.Close()
}
