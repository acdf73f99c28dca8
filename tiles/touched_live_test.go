package tiles_test

import (
	"slices"
	"testing"

	"gridmap/geo"
	"gridmap/geo/topo"
	"gridmap/tiles"
)

// Whatever a planner does, every tile that shows it is told: of the tiers and
// overlays always, of what a zoom chooses where it carries the tier it carried
// before.
func TestTouchedTellsEveryTileThatAnEditChanges(t *testing.T) {
	t.Parallel()
	p := newPlanner(t, "mini", 21)
	told, changed := 0, 0
	for range 60 {
		p.done++
		before, changes := p.picture, p.change()
		next, err := p.atlas.Apply(geo.ChangeSet{Territory: p.atlas.Territory().ID, Plan: 1, Revision: p.atlas.Revision() + 1, Changes: changes})
		if err != nil {
			t.Fatal(err)
		}
		p.atlas, p.picture = next, before.Next(next)
		ranges := tiles.Touched(tiles.GroundOf(changes))
		for _, over := range tiles.Touched([]topo.Box{before.Layering().Bounds}) {
			if over.Z < 7 || over.Z > 15 {
				continue
			}
			for _, a := range addresses(over) {
				holds := slices.ContainsFunc(ranges, func(r tiles.Range) bool { return r.Holds(a) })
				differs := differing(t, before, p.picture, a)
				if differs != "" && !holds {
					t.Fatalf("%s of tile %v changed, which is not among %v", differs, a, ranges)
				}
				if holds {
					told++
				}
				if differs != "" {
					changed++
				}
			}
		}
	}
	if changed == 0 || told > 4*changed {
		t.Errorf("%d tiles were told, %d changed", told, changed)
	}
	t.Logf("%d tiles were told, %d changed", told, changed)
}

func addresses(r tiles.Range) []tiles.Address {
	var all []tiles.Address
	for x := r.X[0]; x <= r.X[1]; x++ {
		for y := r.Y[0]; y <= r.Y[1]; y++ {
			all = append(all, tiles.Address{Z: r.Z, X: x, Y: y})
		}
	}
	return all
}

// differing returns a layer of a tile that is not as it was, "" for none.
func differing(t *testing.T, before, after *tiles.Picture, a tiles.Address) string {
	t.Helper()
	layers := []string{tiles.Dedicated, tiles.Task}
	was, is := before.Layering(), after.Layering()
	for _, level := range was.Levels {
		if _, still := is.Has(level.Code); still {
			layers = append(layers, level.Code)
		}
	}
	if was.Carries(a.Z) == is.Carries(a.Z) {
		layers = append(layers, tiles.Grids, tiles.Boundaries, tiles.Labels)
	}
	for _, layer := range layers {
		q := tiles.Query{Layer: layer, Address: a, Day: day}
		had, err := before.ETag(q)
		if err != nil {
			t.Fatal(err)
		}
		has, err := after.ETag(q)
		if err != nil {
			t.Fatal(err)
		}
		if had != has {
			return layer
		}
	}
	return ""
}
