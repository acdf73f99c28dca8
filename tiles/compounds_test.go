package tiles_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/planar"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/topo"
	"gridmap/tiles"
)

// A tile has the ground of every drawn compound that holds on the day, with what
// is known of it, from the first zoom on and not above.
func TestTilesHaveCompounds(t *testing.T) {
	t.Parallel()
	c, p := drawCounty(t, "mini", 0, func(c *fixtures.County) {
		c.Compounds[0].Valid.To, c.Compounds[1].Boundary = fixtures.AsOf, nil
	})
	over, undrawn := c.Compounds[0].ID, c.Compounds[1].ID
	at := func(z uint32, day geo.Date) tiles.Query {
		return tiles.Query{Layer: tiles.Compounds, Address: tiles.Address{Z: z}, Day: day}
	}
	shown := map[uint64]bool{}
	for _, v := range c.Compounds {
		box := c.Grids[0].Boundary.Bound()
		if len(v.Boundary) > 0 {
			box = v.Boundary.Bound()
		}
		area, properties := 0.0, ""
		for _, f := range featuresAround(t, p, at(tiles.MaxZoom, fixtures.AsOf), box) {
			if uint64(f.ID.(float64)) != uint64(v.ID) {
				continue
			}
			if f.Geometry.GeoJSONType() != "Polygon" {
				t.Errorf("%s is drawn as a %s", v.Code, f.Geometry.GeoJSONType())
			}
			area += planar.Area(clipped(f.Geometry))
			properties = fmt.Sprint(f.Properties)
			shown[uint64(v.ID)] = true
		}
		if v.ID == over || v.ID == undrawn {
			continue
		}
		want := map[string]any{"code": v.Code, "name_zh": v.Name.ZH, "name_en": v.Name.EN, "units": v.Units, "property": string(v.Property)}
		if properties != fmt.Sprint(want) {
			t.Errorf("%+v is drawn with %s", v, properties)
		}
		lat := float64(v.Boundary[0][0][0].Y) / topo.Unit * math.Pi / 180
		side := 40075016.686 * math.Cos(lat) / float64(uint64(1)<<tiles.MaxZoom) / 4096 // metres of a unit of the tile
		if drawn := area * side * side; math.Abs(drawn/v.Boundary.AreaM2()-1) > 0.02 {
			t.Errorf("%s has %.0f m², drawn %.0f", v.Code, v.Boundary.AreaM2(), drawn)
		}
	}
	if shown[uint64(over)] || shown[uint64(undrawn)] || len(shown) != len(c.Compounds)-2 {
		t.Errorf("%d of %d compounds are drawn; one is over: %v, one not drawn: %v", len(shown), len(c.Compounds), shown[uint64(over)], shown[uint64(undrawn)])
	}
	before := 0
	for _, f := range featuresAround(t, p, at(tiles.CompoundZoom, 20250629), c.Compounds[0].Boundary.Bound()) {
		if uint64(f.ID.(float64)) == uint64(over) {
			before++
		}
	}
	if before == 0 {
		t.Error("a compound is not drawn on its last day")
	}
	if all := featuresAround(t, p, at(tiles.CompoundZoom-1, fixtures.AsOf), c.Grids[0].Boundary.Bound()); len(all) > 0 {
		t.Errorf("%d compounds above the first zoom", len(all))
	}
	if d, ok := p.Layering().Describe(tiles.Compounds, "n", "1", "u"); !ok || d.MinZoom != tiles.CompoundZoom || d.Layers[0].Fields["property"] != "String" {
		t.Errorf("TileJSON %+v", d)
	}
}

// clipped cuts a polygon of a tile off at the tile's edge, beyond which the next
// tile shows it.
func clipped(g orb.Geometry) orb.Geometry {
	return clip.Geometry(orb.Bound{Max: orb.Point{4096, 4096}}, g)
}

// A compound that changes changes its tiles, and their tags.
func TestCompoundsChangeTheirTiles(t *testing.T) {
	t.Parallel()
	c, p := drawCounty(t, "mini", 0, nil)
	a := p.Atlas()
	at := tiles.Query{Layer: tiles.Compounds}
	r := tiles.Touched([]topo.Box{c.Compounds[0].Boundary.Bound()})[14]
	at.Address, at.Day = tiles.Address{Z: 14, X: r.X[0], Y: r.Y[0]}, fixtures.AsOf
	was, err := p.ETag(at)
	if err != nil {
		t.Fatal(err)
	}
	first := &c.Compounds[0]
	later, next, is := a, p, was
	for _, edit := range []struct {
		name   string
		change func(*geo.Compound)
	}{
		{"end", func(c *geo.Compound) { c.Valid.To = fixtures.AsOf }},
		{"ground", func(c *geo.Compound) { c.Boundary = nil }},
		{"code", func(c *geo.Compound) { c.Code += "1" }},
		{"name", func(c *geo.Compound) { c.Name.ZH += "新" }},
		{"English name", func(c *geo.Compound) { c.Name.EN += " New" }},
		{"property", func(c *geo.Compound) { c.Property = "changed" }},
		{"units", func(c *geo.Compound) { c.Units++ }},
	} {
		changed := *first
		edit.change(&changed)
		later, err = a.Apply(geo.ChangeSet{Territory: a.Territory().ID, Revision: a.Revision() + 1, Changes: []geo.Change{{Before: first, After: &changed}}})
		if err != nil {
			t.Fatal(err)
		}
		next = p.Next(later)
		if is, err = next.ETag(at); err != nil || is == was {
			t.Errorf("%s: the tag stays %s, %v", edit.name, is, err)
		}
		if again, err := tiles.Draw(later).ETag(at); err != nil || again != is {
			t.Errorf("%s: drawn anew the tag is %s, want %s; %v", edit.name, again, is, err)
		}
	}
	worker := c.Workers[0]
	worker.Phone = "00000000001"
	last, err := later.Apply(geo.ChangeSet{Territory: a.Territory().ID, Revision: later.Revision() + 1, Changes: []geo.Change{{Before: &c.Workers[0], After: &worker}}})
	if err != nil {
		t.Fatal(err)
	}
	if still, err := next.Next(last).ETag(at); err != nil || still != is {
		t.Errorf("after another change the tag is %s, want %s; %v", still, is, err)
	}
}
