package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"

	"gridmap/geo"
)

// A page of grids as a client reads it.
type gridPage struct {
	Grids []struct {
		ID       int64
		Parent   int64
		Tier     string
		Code     string
		Kind     string
		Drawn    bool
		Bounds   []float64
		Geometry json.RawMessage
		Counts   geo.Tally
	}
	Total int
	Next  string
}

// A territory that was loaded a moment ago names its plan before the plan has been
// drawn.
func TestTerritoryNamesItsPlanAtOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	s.live.Remove(s.territory)
	var list struct {
		Territories []struct{ Plan *struct{ ID geo.PlanID } }
	}
	s.get(t, "/v1/territories").wants(200).into(&list)
	if len(list.Territories) != 1 || list.Territories[0].Plan == nil || list.Territories[0].Plan.ID != s.plan {
		t.Errorf("%+v, want plan %d", list.Territories, s.plan)
	}
}

func TestReads(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	plan := fmt.Sprintf("/v1/plans/%d", s.plan)

	t.Run("territories name the plan in force", func(t *testing.T) {
		var list struct{ Territories []territoryJSON }
		s.get(t, "/v1/territories").wants(200).into(&list)
		if len(list.Territories) != 1 || list.Territories[0].Code != "990199000000" || list.Territories[0].Plan == nil || list.Territories[0].Plan.ID != s.plan {
			t.Errorf("got %+v", list.Territories)
		}
		one := s.get(t, fmt.Sprintf("/v1/territories/%d", s.territory)).wants(200)
		again := s.get(t, fmt.Sprintf("/v1/territories/%d", s.territory), "If-None-Match", one.header.Get("ETag"))
		again.wants(http.StatusNotModified)
	})
	t.Run("a plan tells tiers, counts and bounds", func(t *testing.T) {
		var p struct {
			Tiers  []tierJSON
			Bounds []float64
			Counts geo.Tally
			Overs  map[string]int `json:"overlays"`
		}
		s.get(t, plan).wants(200).into(&p)
		counts := map[string]int{}
		for _, tier := range p.Tiers {
			counts[tier.Code] = tier.Count
		}
		if counts["township"] != 2 || counts["village"] != 7 || counts["primary"] != 16 || p.Counts.Households != 60 || p.Overs["dedicated"] != 2 {
			t.Errorf("tiers %v, counts %+v, overlays %v", counts, p.Counts, p.Overs)
		}
		if len(p.Bounds) != 4 || p.Bounds[0] < 110 || p.Bounds[2] > 111 {
			t.Errorf("bounds %v", p.Bounds)
		}
	})
	t.Run("pages of grids join to the whole list", func(t *testing.T) {
		var whole gridPage
		s.get(t, plan+"/grids?limit=1000").wants(200).into(&whole)
		var ids []int64
		next := plan + "/grids?limit=7"
		for pages := 0; next != ""; pages++ {
			if pages > 20 {
				t.Fatal("the pages have no end")
			}
			a := s.get(t, next).wants(200)
			var page gridPage
			a.into(&page)
			for _, g := range page.Grids {
				ids = append(ids, g.ID)
			}
			if link := a.header.Get("Link"); (page.Next != "") != strings.Contains(link, `rel="next"`) {
				t.Errorf("next %q, Link %q", page.Next, link)
			}
			next = page.Next
		}
		want := make([]int64, len(whole.Grids))
		for i, g := range whole.Grids {
			want[i] = g.ID
		}
		if !slices.Equal(ids, want) || whole.Total != len(want) || len(want) < 30 {
			t.Errorf("pages give %v, one page %v", ids, want)
		}
	})
	t.Run("filters", func(t *testing.T) { testGridFilters(t, s, plan) })
	t.Run("grids as GeoJSON carry closed rings inside the bounds", func(t *testing.T) {
		a := s.get(t, plan+"/grids?tier=village", "Accept", "application/geo+json").wants(200)
		var c struct {
			Type     string
			Features []struct {
				ID       int64
				Geometry struct {
					Type        string
					Coordinates [][][2]float64
				}
				Properties gridJSON
			}
		}
		a.into(&c)
		if c.Type != "FeatureCollection" || len(c.Features) != 7 || a.header.Get("Content-Type") != typeGeoJSON {
			t.Fatalf("%s of %d features, %s", c.Type, len(c.Features), a.header.Get("Content-Type"))
		}
		ring := c.Features[0].Geometry.Coordinates[0]
		if ring[0] != ring[len(ring)-1] || len(ring) < 4 {
			t.Errorf("ring %v", ring)
		}
	})
	t.Run("one grid with its chain, staff and neighbours", func(t *testing.T) { testGrid(t, s, plan) })
	t.Run("what is not there", func(t *testing.T) {
		s.get(t, "/v1/plans/999999").refused(404, "not-found", "")
		s.get(t, plan+"/grids/999999999").refused(404, "not-found", "")
		s.get(t, "/v1/territories/999").refused(404, "not-found", "")
		s.get(t, "/v1/nothing").refused(404, "no-such-path", "")
		s.get(t, "/nothing.html").refused(404, "no-such-path", "")
	})
	t.Run("a revision to come is waited for and then refused", func(t *testing.T) {
		s.limits.Wait = 30_000_000
		s.get(t, plan+"?min_revision=999").refused(503, "behind", "min_revision")
		s.get(t, plan+"?min_revision=1").wants(200)
	})
}

func testGridFilters(t *testing.T, s *service, plan string) {
	var villages gridPage
	s.get(t, plan+"/grids?tier=village&geometry=full").wants(200).into(&villages)
	if len(villages.Grids) != 7 || len(villages.Grids[0].Geometry) < 50 {
		t.Fatalf("villages %+v", villages)
	}
	v := villages.Grids[0]
	for query, want := range map[string]int{
		"kind=dedicated":                      2,
		"code=" + v.Code:                      1,
		"code=nothing":                        0,
		"q=" + v.Code + "&tier=village":       1,
		"tier=village&drawn=true":             7,
		"tier=village&drawn=false":            0,
		"tier=nothing":                        0,
		"bbox=0,0,1,1":                        0,
		"tier=village&bbox=110,37,111,38":     7,
		fmt.Sprintf("parent=%d", v.Parent):    -1,
		"tier=township":                       2,
		"q=%E7%94%B0%E6%97%A0%E6%AD%A4%E5%90": -2, // cut in the middle of a character
	} {
		a := s.get(t, plan+"/grids?"+query)
		if want == -2 {
			a.refused(400, "invalid-request", "q")
			continue
		}
		var page gridPage
		a.wants(200).into(&page)
		if want == -1 {
			for _, g := range page.Grids {
				if g.Parent != v.Parent {
					t.Errorf("%s gave a grid of parent %d", query, g.Parent)
				}
			}
			want = max(1, len(page.Grids))
		}
		if len(page.Grids) != want || page.Total != want {
			t.Errorf("%s: %d grids, total %d, want %d", query, len(page.Grids), page.Total, want)
		}
	}
}

func testGrid(t *testing.T, s *service, plan string) {
	var primary gridPage
	s.get(t, plan+"/grids?tier=primary").wants(200).into(&primary)
	var g struct {
		placeView
		Geometry struct{ Type string }
	}
	s.get(t, fmt.Sprintf("%s/grids/%d?neighbours=true", plan, primary.Grids[0].ID)).wants(200).into(&g)
	if len(g.Chain) != 4 || g.Chain[0].Tier != "county" || g.Chain[3].ID != geo.GridID(primary.Grids[0].ID) {
		t.Errorf("chain %+v", g.Chain)
	}
	if g.Leader == nil || g.Leader.Role != "leader" || g.Leader.Grid != g.Code || len(g.Workers) != 1 {
		t.Errorf("leader %+v, workers %+v", g.Leader, g.Workers)
	}
	if g.Geometry.Type != "Polygon" || g.AreaM2 < 1e5 || len(g.Neighbours) == 0 || g.Counts.Workers < 1 {
		t.Errorf("geometry %s, area %v, %d neighbours, counts %+v", g.Geometry.Type, g.AreaM2, len(g.Neighbours), g.Counts)
	}
	for _, n := range g.Neighbours { // who borders whom is mutual
		var other placeView
		s.get(t, fmt.Sprintf("%s/grids/%d?neighbours=true&geometry=none", plan, n.ID)).wants(200).into(&other)
		if !slices.ContainsFunc(other.Neighbours, func(r refJSON) bool { return r.ID == g.ID }) {
			t.Errorf("%s borders %s, but not the other way", g.Code, other.Code)
		}
	}
}

// placeView is what the tests read of a grid.
type placeView struct {
	ID         geo.GridID
	Code       string
	Tier       string
	Interior   [2]float64
	AreaM2     float64 `json:"area_m2"`
	Chain      []refJSON
	Leader     *postJSON
	Workers    []postJSON
	Neighbours []refJSON
	Counts     geo.Tally
}

func TestLocate(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	plan := fmt.Sprintf("/v1/plans/%d", s.plan)
	var primary gridPage
	s.get(t, plan+"/grids?tier=primary").wants(200).into(&primary)
	var grid placeView
	s.get(t, fmt.Sprintf("%s/grids/%d", plan, primary.Grids[3].ID)).wants(200).into(&grid)
	lon, lat := grid.Interior[0], grid.Interior[1]

	t.Run("a point inside a grid finds it, its chain and its leader", func(t *testing.T) {
		var found struct {
			Found    bool
			Grid     *placeView
			Chain    []refJSON
			Tiers    map[string]refJSON
			Leader   *postJSON
			Revision geo.Revision
		}
		a := s.get(t, fmt.Sprintf("/v1/locate?lon=%v&lat=%v", lon, lat)).wants(200)
		a.into(&found)
		if !found.Found || found.Tiers["primary"].ID != grid.ID || found.Chain[0].Tier != "county" || found.Leader == nil {
			t.Errorf("found %+v", found)
		}
		if a.header.Get("Gridmap-Revision") != fmt.Sprint(found.Revision) {
			t.Errorf("revision %d, header %q", found.Revision, a.header.Get("Gridmap-Revision"))
		}
	})
	t.Run("nobody covers the sea", func(t *testing.T) {
		var found locatedView
		s.get(t, "/v1/locate?lon=0&lat=0").wants(200).into(&found)
		if found.Found || found.Grid != nil || found.Chain == nil || len(found.Chain) != 0 {
			t.Errorf("found %+v", found)
		}
	})
	t.Run("a point in gcj02 is moved by half a kilometre first", func(t *testing.T) {
		var here locatedView
		s.get(t, fmt.Sprintf("/v1/locate?lon=%v&lat=%v&crs=gcj02", lon, lat)).wants(200).into(&here)
		if d := (here.At[0] - lon) * 88300; d > -200 || d < -800 {
			t.Errorf("moved %v m east", d)
		}
		s.get(t, fmt.Sprintf("/v1/locate?lon=%v&lat=%v&crs=EPSG:2437", lon, lat)).refused(400, "invalid-request", "crs")
	})
	t.Run("a batch answers in the form it asks", func(t *testing.T) { testBatch(t, s, grid, lon, lat) })
	t.Run("a territory that is not there", func(t *testing.T) {
		s.get(t, "/v1/locate?lon=1&lat=1&territory=99").refused(404, "not-found", "")
		s.get(t, "/v1/locate?lon=1&lat=1&min_revision=1").refused(400, "invalid-request", "min_revision")
	})
}

type locatedView struct {
	Found bool
	At    [2]float64
	Grid  *placeView
	Chain []refJSON
}

type batchView struct {
	N     int
	ID    any
	Found bool
	Grid  struct{ Code, Tier string }
	Chain []refCode
}

func testBatch(t *testing.T, s *service, grid placeView, lon, lat float64) {
	object := fmt.Sprintf(`{"id":"家-1","lon":%v,"lat":%v}`, lon, lat)
	var list []batchView
	s.call(t, "POST", "/v1/locate", "["+object+`,[0,0],{"lon":1,"lat":1,"id":7}]`).wants(200).into(&list)
	if len(list) != 3 || list[0].ID != "家-1" || !list[0].Found || list[1].Found || list[2].ID != 7.0 {
		t.Fatalf("got %+v", list)
	}
	if !slices.ContainsFunc(list[0].Chain, func(c refCode) bool { return c.Code == grid.Code }) {
		t.Errorf("chain %+v does not hold %s", list[0].Chain, grid.Code)
	}
	lines := s.call(t, "POST", "/v1/locate", object+"\n\n"+object+"\n", "Content-Type", "application/x-ndjson").wants(200)
	if n := strings.Count(string(lines.body), `"found":true`); n != 2 || !strings.HasPrefix(lines.header.Get("Content-Type"), typeNDJSON) {
		t.Errorf("%d found in %s", n, lines.body)
	}
	table := fmt.Sprintf("\xef\xbb\xbf编号,名称,lon,lat\n\"=1+1\",x,%v,%v\n,y,0,0\n", lon, lat)
	rows := s.call(t, "POST", "/v1/locate", table, "Content-Type", "text/csv; charset=utf-8").wants(200)
	got, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(rows.body), "\xef\xbb\xbf"))).ReadAll()
	if err != nil || len(got) != 3 || got[1][0] != "'=1+1" || got[1][3] != "true" || got[2][3] != "false" {
		t.Errorf("rows %q, error %v", got, err)
	}
	s.call(t, "POST", "/v1/locate", "[]").wants(200)
}

// tellsFields holds the attributes of a layer's features against those its
// TileJSON tells.
func (s *service) tellsFields(t *testing.T, base, layer, tile string) {
	t.Helper()
	var described struct {
		Layers []struct{ Fields map[string]string } `json:"vector_layers"`
	}
	s.get(t, base+"/tilejson.json").wants(200).into(&described)
	layers, err := mvt.Unmarshal(s.get(t, base+tile).wants(200).body)
	if err != nil || len(layers) != 1 || layers[0].Name != layer || len(layers[0].Features) == 0 {
		t.Fatalf("layer %s: %+v, %v", layer, layers, err)
	}
	carried := map[string]bool{} // the territory itself has no parent, hence not by feature
	for _, f := range layers[0].Features {
		for name := range f.Properties {
			carried[name] = true
		}
	}
	told := slices.Sorted(maps.Keys(described.Layers[0].Fields))
	if there := slices.Sorted(maps.Keys(carried)); !slices.Equal(there, told) {
		t.Errorf("layer %s: attributes %v, TileJSON tells %v", layer, there, told)
	}
}

func TestTiles(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	base := fmt.Sprintf("/tiles/%d", s.plan)
	var described struct {
		Tiles  []string
		Bounds [4]float64
		Layers []struct{ ID string } `json:"vector_layers"`
	}
	s.get(t, base+"/primary/tilejson.json").wants(200).into(&described)
	if !strings.HasPrefix(described.Tiles[0], s.url+base+"/primary/{z}") || described.Layers[0].ID != "primary" {
		t.Errorf("TileJSON %+v", described)
	}
	s.get(t, base+"/tilejson.json").wants(200)
	s.get(t, base+"/nothing/tilejson.json").refused(404, "not-found", "")

	z := 12
	x, y := tileAt((described.Bounds[0]+described.Bounds[2])/2, (described.Bounds[1]+described.Bounds[3])/2, z)
	path := fmt.Sprintf("%s/primary/%d/%d/%d.mvt", base, z, x, y)
	tile := s.get(t, path).wants(200)
	if tile.header.Get("ETag") == "" || len(tile.body) < 100 || tile.header.Get("Content-Type") != "application/vnd.mapbox-vector-tile" {
		t.Errorf("tile of %d bytes, header %v", len(tile.body), tile.header)
	}
	s.get(t, path, "If-None-Match", tile.header.Get("ETag")).wants(304)
	// The deepest tier of the county is partial: what it leaves out is there.
	grids := s.get(t, fmt.Sprintf("%s/grids/%d/%d/%d.mvt", base, z, x, y)).wants(200)
	if !bytes.Contains(grids.body, []byte("micro")) || !bytes.Contains(grids.body, []byte("primary")) {
		t.Errorf("grids of %d bytes without the tiers micro and primary", len(grids.body))
	}
	s.get(t, fmt.Sprintf("%s/labels/%d/%d/%d.mvt", base, z, x, y)).wants(200)
	for _, layer := range []string{"primary", "labels", "dedicated", "grids", "boundaries", "facilities"} {
		s.tellsFields(t, base+"/"+layer, layer, fmt.Sprintf("/%d/%d/%d.mvt", z, x, y))
	}
	s.get(t, base+"/primary/12/0/0.mvt").wants(204)
	counted := s.get(t, path+"?props=code,workers&min_revision=1").wants(200)
	if bytes.Equal(counted.body, tile.body) || counted.header.Get("ETag") == tile.header.Get("ETag") {
		t.Error("other attributes are the same tile")
	}
	revision := tile.header.Get("Gridmap-Revision")
	if kept := s.get(t, path+"?rev="+revision).wants(200).header.Get("Cache-Control"); !strings.Contains(kept, "immutable") {
		t.Errorf("Cache-Control %q", kept)
	}
	for _, bad := range []string{"/primary/12/4096/0.mvt", "/primary/30/0/0.mvt", "/primary/x/0/0.mvt", "/primary/2/-1/0.mvt"} {
		s.get(t, base+bad).refused(400, "invalid-request", "")
	}
	s.get(t, path+"?props=name_zh,phone").refused(400, "invalid-request", "props")
	s.get(t, base+"/primary/12/0/0.mvt?min_revision=x").refused(400, "invalid-request", "min_revision")
	s.get(t, base+"/rivers/12/0/0.mvt").refused(404, "not-found", "")
	s.get(t, base+"/households/12/0/0.mvt").wants(204)
	s.countsHouseholds(t, base, described.Bounds)
	homes := s.get(t, fmt.Sprintf("%s/households/%d/%d/%d.mvt", base, z, x, y)).wants(200)
	s.get(t, fmt.Sprintf("%s/households/%d/%d/%d.mvt", base, z, x, y), "If-None-Match", homes.header.Get("ETag")).wants(304)
	if packed := s.get(t, path, "Accept-Encoding", "gzip;q=0, zstd").wants(200).header.Get("Content-Encoding"); packed != "zstd" && len(tile.body) > 1024 {
		t.Errorf("Content-Encoding %q", packed)
	}
	s.get(t, "/tiles/999/primary/12/0/0.mvt").refused(404, "not-found", "")

	for _, name := range []string{"light", "dark"} {
		s.get(t, "/styles/"+name+".json").wants(200)
	}
	s.get(t, "/styles/pink.json").refused(404, "not-found", "")
}

// countsHouseholds holds what cells of households tell together, on tiles too
// far out to show each, against how many have a place.
func (s *service) countsHouseholds(t *testing.T, base string, bounds [4]float64) {
	t.Helper()
	for _, z := range []int{5, 11} {
		counted := map[any]float64{}
		west, north := tileAt(bounds[0], bounds[3], z)
		east, south := tileAt(bounds[2], bounds[1], z)
		for x := west; x <= east; x++ {
			for y := north; y <= south; y++ {
				layers, err := mvt.Unmarshal(s.get(t, fmt.Sprintf("%s/households/%d/%d/%d.mvt", base, z, x, y)).body)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range layers {
					for _, f := range l.Features {
						n, _ := f.Properties["households"].(float64)
						counted[f.Properties["cell"]] = n
					}
				}
			}
		}
		var total, want int64
		for _, n := range counted {
			total += int64(n)
		}
		a, _ := s.live.Get(s.territory)
		for i := range a.Snapshot().Dwellings {
			if a.Snapshot().Dwellings[i].Located {
				want++
			}
		}
		if total != want || want == 0 {
			t.Errorf("zoom %d: the cells hold %d households, want %d", z, total, want)
		}
	}
}

// tileAt returns the column and row of the tile that holds a place.
func tileAt(lon, lat float64, zoom int) (x, y int) {
	side := math.Exp2(float64(zoom))
	north := math.Asinh(math.Tan(lat*math.Pi/180)) / (2 * math.Pi)
	return int((lon/360 + 0.5) * side), int((0.5 - north) * side)
}
