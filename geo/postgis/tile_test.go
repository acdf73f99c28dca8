package postgis_test

import (
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"gridmap/geo"
)

// tileOf returns the tile that holds the whole county.
func tileOf(snap *geo.Snapshot) maptile.Tile {
	box := snap.Grids[0].Boundary.Bound()
	west, south := box.Min.LonLat()
	east, north := box.Max.LonLat()
	for z := maptile.Zoom(16); ; z-- {
		at := maptile.At(orb.Point{west, south}, z)
		if at == maptile.At(orb.Point{east, north}, z) {
			return at
		}
	}
}

// The tile holds every household that has a place, in order, with the grid it
// lies in and no more than that.
func TestHouseholdTile(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	at := tileOf(snap)
	data, err := store.HouseholdTile(t.Context(), territory, uint32(at.Z), at.X, at.Y)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := mvt.Unmarshal(data)
	if err != nil || len(layers) != 1 || layers[0].Name != "households" {
		t.Fatalf("layers %v, error %v", layers, err)
	}
	want := map[float64]int32{}
	for _, d := range snap.Dwellings {
		if d.Located {
			want[float64(d.ID)] = d.Resident
		}
	}
	last := 0.0
	for _, f := range layers[0].Features {
		id := f.ID.(float64)
		if resident, there := want[id]; !there || f.Properties["resident"] != float64(resident) || f.Properties["grid"] == nil || id <= last || len(f.Properties) != 3 {
			t.Errorf("household %v: %v", id, f.Properties)
		}
		delete(want, id)
		last = id
	}
	if len(want) > 0 {
		t.Errorf("%d households are missing", len(want))
	}
	if data, err := store.HouseholdTile(t.Context(), territory, 5, 0, 0); err != nil || len(data) != 0 {
		t.Errorf("far away: %d bytes, error %v", len(data), err)
	}
}
