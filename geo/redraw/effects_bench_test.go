package redraw_test

import (
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// A grid is split, with all that this does to those who live and serve there,
// and made whole again; in a small county and one of 5,254 grids, there also
// where norms say how far residents may have to two types of facilities.
func BenchmarkEffects(b *testing.B) {
	for _, load := range []struct {
		name       string
		households int
		told       bool
		reach      bool
	}{{"mini", 0, true, false}, {"huize", 250_000, true, false}, {"huize", 250_000, true, true}, {"huize", 250_000, false, false}} {
		name := load.name
		switch {
		case !load.told:
			name += "-untold"
		case load.reach:
			name += "-reach"
		}
		b.Run(name, func(b *testing.B) {
			county, err := fixtures.Make(load.name, load.households)
			if err != nil {
				b.Fatal(err)
			}
			if load.reach {
				for tier, kind := range []string{2: "party_service_centre", 3: "police_station"} {
					county.Standards = append(county.Standards, geo.Standard{ID: geo.StandardID(900 + tier), Rule: geo.RuleReach, Form: geo.ReachForm, Tier: tier, Facility: kind, Max: 3000})
				}
			}
			d := drawing(b, &county.Snapshot)
			if load.told {
				d.Staff(&county.Snapshot, day)
			}
			var leaves []geo.Grid
			for _, g := range county.Grids {
				if g.Kind == geo.General && len(d.Children(g.ID)) == 0 {
					leaves = append(leaves, g)
				}
			}
			for i := 0; b.Loop(); i++ {
				halve(b, d, leaves[i%len(leaves)])
			}
		})
	}
}

// halve splits a grid and takes that back.
func halve(b *testing.B, d *redraw.Drawing, g geo.Grid) {
	box := g.Boundary.Bound()
	y := (box.Min.Y + box.Max.Y) / 2
	r, err := d.Apply(redraw.Split{Grid: g.ID, Line: []topo.Point{{X: box.Min.X - 9, Y: y}, {X: box.Max.X + 9, Y: y + 3}}})
	if err != nil {
		return // a line that does not part this one
	}
	for _, r := range []redraw.Redrawing{r, r.Inverse()} {
		d.Watch(day)
		if err := d.Take(r); err != nil {
			b.Fatal(err)
		}
		if _, err := d.Effects(r.Shifts); err != nil {
			b.Fatal(err)
		}
	}
}
