package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"gridmap/geo/exchange"
	"gridmap/geo/nets"
)

// crosswalkColumns are the headings of a crosswalk. The millionths are shares
// of the old and of the new grid, cut, so that 1,000,000 is all of it.
var crosswalkColumns = []string{"net", "old_code", "new_code", "area_m2", "old_area_ppm", "new_area_ppm", "households",
	"old_households_ppm", "new_households_ppm", "persons_resident", "dust"}

// writeCrosswalk writes what every old grid and every new one have in common.
func (m *netMerge) writeCrosswalk(w io.Writer) error {
	c := exchange.NewCSVWriter(w, crosswalkColumns...)
	for i, n := range m.nets {
		walk := m.walks[i]
		for _, l := range walk.Lines {
			var old, new nets.Tally
			oldCode, newCode := "", ""
			if l.Old != nets.None {
				old, oldCode = walk.Old[l.Old], n.codes[l.Old]
			}
			if l.New != nets.None {
				new, newCode = walk.New[l.New], m.grids[l.New].code
			}
			c.Row(n.name, oldCode, newCode, l.Area.String(), share(l.Area, old.Area), share(l.Area, new.Area),
				strconv.FormatInt(l.Households, 10), share(l.Households, old.Households), share(l.Households, new.Households),
				strconv.FormatInt(l.Persons, 10), strconv.FormatBool(l.Dust))
		}
	}
	return c.Close()
}

// share writes part of whole in millionths, nothing of nothing.
func share[T ~int64](part, whole T) string {
	if whole == 0 {
		return ""
	}
	return strconv.FormatInt(nets.PPM(part, whole), 10)
}

// A netsReport is what merging nets tells.
type netsReport struct {
	Base       string       `json:"base"`
	Common     bool         `json:"common"` // the grids of the base net were cut
	Grids      int          `json:"grids"`
	Made       int          `json:"grids_made"` // pieces that got a code of their own
	AreaM2     nets.Area    `json:"area_m2"`
	Households int          `json:"households"` // located, wherever they lie
	Nets       []netSummary `json:"nets"`
	Dissolved  []dissolved  `json:"dissolved"`
}

// A netSummary tells of one net that was merged.
type netSummary struct {
	Net        string    `json:"net"`
	Grids      int       `json:"grids"`
	Undrawn    []string  `json:"undrawn"`
	AreaM2     nets.Area `json:"area_m2"`
	Households int64     `json:"households"` // in its grids
	// Uncovered is ground of its grids that lies in no new grid.
	Uncovered []uncovered `json:"uncovered"`
	// BareM2 and BareHouseholds are in new grids, but in none of this net's.
	BareM2         nets.Area `json:"bare_m2"`
	BareHouseholds int64     `json:"bare_households"`
}

// An uncovered is what of an old grid lies in no new one.
type uncovered struct {
	Code       string    `json:"code"`
	AreaM2     nets.Area `json:"area_m2"`
	AreaPPM    int64     `json:"area_ppm"`
	Households int64     `json:"households"`
	Persons    int64     `json:"persons_resident"`
	Dust       bool      `json:"dust"`
}

// A dissolved is ground too small or narrow for a grid, which a neighbour took.
type dissolved struct {
	Base   string            `json:"base"` // code of the grid it lies in
	Was    map[string]string `json:"was"`  // by net: the code of the grid it was part of
	Now    map[string]string `json:"now"`  // by net: what most of its new grid is part of
	AreaM2 nets.Area         `json:"area_m2"`
}

func (m *netMerge) summary() netsReport {
	r := netsReport{Base: m.nets[0].name, Common: m.common, Grids: len(m.grids), Households: len(m.homes), Nets: []netSummary{}, Dissolved: []dissolved{}}
	for _, g := range m.grids {
		if g.from != "" {
			r.Made++
		}
	}
	for _, s := range m.walks[0].New {
		r.AreaM2 += s.Area
	}
	for i, n := range m.nets {
		r.Nets = append(r.Nets, m.netSummary(n, m.walks[i]))
	}
	for _, s := range m.slivers {
		r.Dissolved = append(r.Dissolved, dissolved{m.nets[0].codes[s.Base], m.codesOf(s.Of), m.codesOf(s.To), nets.AreaOf(s.Ground)})
	}
	return r
}

func (m *netMerge) netSummary(n *netFile, walk *nets.Crosswalk) netSummary {
	s := netSummary{Net: n.name, Grids: len(n.codes), Undrawn: []string{}, Uncovered: []uncovered{}}
	for i, t := range walk.Old {
		s.AreaM2 += t.Area
		s.Households += t.Households
		if n.shapes[i] == nil {
			s.Undrawn = append(s.Undrawn, n.codes[i])
		}
	}
	for _, l := range walk.Lines {
		switch {
		case l.Old == nets.None:
			s.BareM2 += l.Area
			s.BareHouseholds += l.Households
		case l.New == nets.None:
			s.Uncovered = append(s.Uncovered, uncovered{n.codes[l.Old], l.Area, nets.PPM(l.Area, walk.Old[l.Old].Area), l.Households, l.Persons, l.Dust})
		}
	}
	return s
}

// codesOf names the grids of the other nets by net.
func (m *netMerge) codesOf(of []int) map[string]string {
	codes := map[string]string{}
	for i, k := range of {
		if n := m.nets[i+1]; k != nets.None {
			codes[n.name] = n.codes[k]
		}
	}
	return codes
}

func (m *netMerge) writeReport(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(m.summary())
}

// tell says in a few lines what was made, beside what goes to the standard
// output.
func (m *netMerge) tell() {
	r := m.summary()
	fmt.Fprintf(m.std.err, "%d grids of %s m², %d made by cutting, %d slivers dissolved\n", r.Grids, r.AreaM2, r.Made, len(r.Dissolved))
	for _, n := range r.Nets[1:] {
		fmt.Fprintf(m.std.err, "%s: %d grids, %d households\n", n.Net, n.Grids, n.Households)
		if len(n.Undrawn) > 0 {
			fmt.Fprintf(m.std.err, "  %d are not drawn\n", len(n.Undrawn))
		}
		listed := 0
		for _, u := range n.Uncovered {
			if u.Dust && u.Households == 0 {
				continue
			}
			if listed++; listed <= codesListed {
				fmt.Fprintf(m.std.err, "  %s lies with %s m² (%s %%) and %d households in no new grid\n", u.Code, u.AreaM2, percent(u.AreaPPM), u.Households)
			}
		}
		if listed > codesListed {
			fmt.Fprintf(m.std.err, "  and %d more, see the crosswalk\n", listed-codesListed)
		}
	}
}
