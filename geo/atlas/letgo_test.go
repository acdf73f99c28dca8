package atlas

import (
	"runtime"
	"testing"
	"weak"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// Of a long line of pictures no more than two stay in memory besides the last,
// however seldom anyone asks them: what they share does not lead back.
func TestOldPicturesAreLetGo(t *testing.T) {
	for _, tt := range []struct {
		name  string
		every int // pictures between two that are asked, 0: none is
	}{{"nobody asks", 0}, {"all are asked", 1}, {"some are asked", 7}} {
		t.Run(tt.name, func(t *testing.T) {
			county := strip()
			a := picture(t, county)
			line := []weak.Pointer[Atlas]{weak.Make(a)}
			for step := range int32(300) {
				a = follow(t, a, turn(county, a, step)...)
				if tt.every > 0 && int(step)%tt.every == 0 {
					told(t, a)
					a.Ground(int(step) % a.Tree().Len())
				}
				line = append(line, weak.Make(a))
			}
			runtime.GC()
			runtime.GC() // what the first only marked
			alive := 0
			for _, p := range line {
				if p.Value() != nil {
					alive++
				}
			}
			if alive > 3 {
				t.Errorf("%d of %d pictures are still held", alive, len(line))
			}
			runtime.KeepAlive(a)
		})
	}
}

// turn is a change at a step: mostly the border between grids 4 and 5 moves;
// now and then a household, or a compound comes or goes.
func turn(county *geo.Snapshot, a *Atlas, step int32) []geo.Change {
	border := 200 + step%50
	switch k := step % 10; {
	case k == 3 || k == 4:
		was, is := county.Dwellings[7], county.Dwellings[7]
		was.At, is.At = place(75, 50+k-3), place(75, 50+(k-2)%2)
		return []geo.Change{{Before: &geo.Household{Dwelling: was}, After: &geo.Household{Dwelling: is}}}
	case k == 5:
		return []geo.Change{{After: &geo.Compound{ID: 1, Code: "C-1", Boundary: block(190, 10, 260, 20)}}}
	case k == 7:
		return []geo.Change{{Before: &geo.Compound{ID: 1}}}
	}
	moved := func(id geo.GridID, ground topo.Shape) geo.Change {
		i, _ := a.Tree().Index(id)
		return geo.Change{Before: a.Grid(i), After: with(a.Grid(i), ground)}
	}
	return []geo.Change{moved(4, block(0, 0, border, 100)), moved(5, block(border, 0, 500, 100))}
}
