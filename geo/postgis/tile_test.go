package postgis_test

import (
	"errors"
	"slices"
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

// Every layer draws exactly its grids, in order of id, with names and id.
func TestTilesDrawEveryLayer(t *testing.T) {
	t.Parallel()
	store, _, snap := load(t, county(t, "mini"))
	at := tileOf(snap)
	want := map[string][]int64{"dedicated": nil, "task": nil, "labels": nil, "facilities": nil}
	for _, g := range snap.Grids {
		layer := string(g.Kind)
		if g.Kind == geo.General {
			layer = snap.Tiers[g.Tier].Code
		}
		want[layer] = append(want[layer], int64(g.ID))
		want["labels"] = append(want["labels"], int64(g.ID))
	}
	for _, f := range snap.Facilities {
		want["facilities"] = append(want["facilities"], int64(f.ID))
	}
	for layer, ids := range want {
		slices.Sort(ids)
		data, err := store.Tile(t.Context(), snap.Plan.ID, layer, uint32(at.Z), at.X, at.Y)
		if err != nil {
			t.Errorf("%s: %v", layer, err)
			continue
		}
		layers, err := mvt.Unmarshal(data)
		if err != nil {
			t.Errorf("%s: %v", layer, err)
			continue
		}
		var got []int64
		for _, l := range layers {
			if l.Name != layer || l.Version != 2 || l.Extent != 4096 {
				t.Errorf("%s drawn as layer %s, version %d, extent %d", layer, l.Name, l.Version, l.Extent)
			}
			for _, f := range l.Features {
				got = append(got, int64(f.ID.(float64)))
				if f.Properties["name_zh"] == nil {
					t.Errorf("%s: feature %v without a name: %v", layer, f.ID, f.Properties)
				}
			}
		}
		if !slices.Equal(got, ids) {
			t.Errorf("%s holds %v, want %v", layer, got, ids)
		}
	}
}

func TestTileCarriesWhatTheMapNeeds(t *testing.T) {
	t.Parallel()
	store, _, snap := load(t, county(t, "mini"))
	at := tileOf(snap)
	data, err := store.Tile(t.Context(), snap.Plan.ID, "village", uint32(at.Z), at.X, at.Y)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := mvt.Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	f := layers[0].Features[0]
	g := snap.Grids[slices.IndexFunc(snap.Grids, func(g geo.Grid) bool { return float64(g.ID) == f.ID.(float64) })]
	for key, want := range map[string]any{
		"code": g.Code, "name_zh": g.Name.ZH, "name_en": g.Name.EN, "kind": "general", "tier": "village", "parent": float64(g.Parent),
	} {
		if f.Properties[key] != want {
			t.Errorf("%s is %v, want %v", key, f.Properties[key], want)
		}
	}
}

func TestTileRefuses(t *testing.T) {
	t.Parallel()
	store, _, snap := load(t, county(t, "mini"))
	plan := snap.Plan.ID
	tests := []struct {
		name    string
		plan    geo.PlanID
		layer   string
		z, x, y uint32
		want    func(error) bool
	}{
		{"too deep", plan, "village", 23, 0, 0, invalid("z")},
		{"x beyond the pyramid", plan, "village", 3, 8, 0, invalid("x, y")},
		{"y beyond the pyramid", plan, "village", 0, 0, 1, invalid("x, y")},
		{"no such layer", plan, "village'; drop table grid; --", 0, 0, 0, is(geo.ErrNotFound)},
		{"no such plan", plan + 1, "village", 0, 0, 0, is(geo.ErrNotFound)},
	}
	for _, tt := range tests {
		if _, err := store.Tile(t.Context(), tt.plan, tt.layer, tt.z, tt.x, tt.y); !tt.want(err) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	// Far away there is nothing, which is no error.
	if data, err := store.Tile(t.Context(), plan, "village", 5, 0, 0); err != nil || len(data) != 0 {
		t.Errorf("empty tile: %d bytes, %v", len(data), errors.Unwrap(err))
	}
}
