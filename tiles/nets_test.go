package tiles_test

import (
	"errors"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/progress"
	"gridmap/tiles"
)

// saidIn returns what the grids of a tile say under one name, by code.
func saidIn(t *testing.T, p *tiles.Picture, q tiles.Query, name string) map[string]any {
	t.Helper()
	said := map[string]any{}
	for _, f := range featuresOf(t, p, q) {
		said[f.Properties["code"].(string)] = f.Properties[name]
	}
	return said
}

// A grid says how far a task has come in it, as the report of the task does; a
// grid under a member what that says; and in a net that only groups, its group.
func TestTilesHaveProgressOfNets(t *testing.T) {
	t.Parallel()
	c, p := drawCounty(t, "mini", 0, nil)
	a := p.Atlas()
	counted, inherited, grouped := 0, 0, 0
	for i := range c.Nets {
		net := &c.Nets[i]
		name := "net:" + net.Code
		want := map[string]any{} // nil where there is nothing to do
		for _, u := range progress.Of(&c.Snapshot, a.Tree(), net, fixtures.AsOf).Units {
			if len(u.Progress) > 0 {
				if want[u.Code] = nil; u.Progress[0].DonePct != nil {
					want[u.Code] = *u.Progress[0].DonePct
				}
			}
		}
		groups := map[geo.GridID]string{}
		for _, m := range c.NetMembers {
			if m.Net == net.Code {
				groups[m.Grid] = m.Group
			}
		}
		for _, layer := range []string{"county", "township", "village", "primary", tiles.Labels} {
			for code, got := range saidIn(t, p, measuredQuery(t, p, layer, "code,"+name), name) {
				at, _ := a.Tree().ByCode(code)
				var should any
				for up, told := at, false; up >= 0 && !told; up = a.Tree().Parent(up) {
					should, told = want[a.Grid(up).Code]
					if group := groups[a.Grid(up).ID]; !told && group != "" {
						should, told = group, true
					}
					if should != nil && up != at {
						inherited++
					}
				}
				if got != should {
					t.Errorf("%s: %s says %v of %s, want %v", layer, code, got, net.Code, should)
				}
				if _, number := got.(float64); number {
					counted++
				} else if got != nil {
					grouped++
				}
			}
		}
	}
	if counted == 0 || inherited == 0 || grouped == 0 {
		t.Errorf("%d grids with progress, %d with that of a unit above, %d with a group: nothing was tested", counted, inherited, grouped)
	}
	before := measuredQuery(t, p, "primary", "code,net:T2025-03")
	before.Day = 20250101 // the task begins in June
	for code, got := range saidIn(t, p, before, "net:T2025-03") {
		if got != nil {
			t.Errorf("%s says %v before the task begins", code, got)
		}
	}
}

// A grid says whether it takes a matter, as a point in it does.
func TestTilesHaveMatters(t *testing.T) {
	t.Parallel()
	c, p := drawCounty(t, "mini", 0, func(c *fixtures.County) { c.Matters[0].Valid.To = fixtures.AsOf })
	a := p.Atlas()
	said := map[string]int{}
	for i := range c.Matters {
		m := &c.Matters[i]
		name := "matter:" + m.Code
		for _, layer := range []string{"village", "primary"} {
			for code, got := range saidIn(t, p, measuredQuery(t, p, layer, "code,"+name), name) {
				at, _ := a.Tree().ByCode(code)
				g, setting := a.Grid(at), geo.Setting("")
				for up := at; up >= 0 && setting == ""; up = a.Tree().Parent(up) {
					setting = a.Grid(up).Setting
				}
				want := "refused"
				if i > 0 && m.Takes(g.Kind, c.Tiers[g.Tier].Code, setting) { // the first is no more
					want = "admitted"
				}
				if got != want {
					t.Errorf("%s says %v of %s, want %s", code, got, m.Code, want)
				}
				said[want]++
			}
		}
	}
	if said["admitted"] == 0 || said["refused"] == 0 {
		t.Errorf("%v: nothing was tested", said)
	}
	for _, props := range []string{"net:", "matter:", "net:none", "matter:SX-999", "metric:"} {
		set, err := tiles.ParseProps(props)
		if err == nil {
			_, err = p.Tile(tiles.Query{Layer: "village", Props: set, Day: fixtures.AsOf})
		}
		if invalid := (*geo.InvalidError)(nil); !errors.As(err, &invalid) || invalid.Field != "props" {
			t.Errorf("%s: %v", props, err)
		}
	}
}

// The description of a source that is asked for attributes names them, and its
// address asks for them.
func TestTileJSONOfAskedProps(t *testing.T) {
	t.Parallel()
	p := pictureOf(t, "mini")
	const asked = "code,households,net:T2025-03,matter:SX-001"
	set, err := tiles.ParseProps(asked)
	if err != nil {
		t.Fatal(err)
	}
	plain, ok := p.Layering().Describe("village", "n", "1.0.1", "http://h/{z}/{x}/{y}.mvt")
	if !ok {
		t.Fatal("no village")
	}
	d := plain.Asking(set, asked)
	if d.Tiles[0] != "http://h/{z}/{x}/{y}.mvt?props=code%2Chouseholds%2Cnet%3AT2025-03%2Cmatter%3ASX-001" || len(d.Layers[0].Fields) != 4 ||
		d.Layers[0].Fields["matter:SX-001"] != "String" || d.Layers[0].Fields["households"] != "Number" || plain.Layers[0].Fields["name_zh"] == "" {
		t.Errorf("%+v", d)
	}
	pins, _ := p.Layering().Describe(tiles.Facilities, "n", "1.0.1", "u")
	if got := pins.Asking(set, asked); got.Tiles[0] != "u" || got.Layers[0].Fields["type"] != "String" {
		t.Errorf("facilities are asked for attributes of grids: %+v", got)
	}
}
