package api

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/datum"
	"gridmap/geo/exchange"
	"gridmap/geo/topo"
)

// pointsAnswer is as much of the answer about points as the tests look at.
type pointsAnswer struct {
	Count   int
	CRS     string
	Summary []struct {
		Tier                 string
		Undrawn              int
		Covered, Staffed     int
		CoveredPct           float64 `json:"covered_pct"`
		StaffedPct           float64 `json:"staffed_pct"`
		Uncovered, Unstaffed []struct {
			N  int
			ID any
		}
	}
	Points []struct {
		N     int
		ID    any
		At    [2]float64
		Tiers []struct {
			Tier    string
			Grid    *string
			Staffed bool
		}
	}
}

// somePoints draws points in and around a county, as they are in crs.
func somePoints(county *fixtures.County, crs datum.CRS, n int) (places []topo.Point, objects []string) {
	rng := rand.New(rand.NewPCG(8, 1))
	box := county.Grids[0].Boundary.Bound()
	w, h := (box.Max.X-box.Min.X)/8, (box.Max.Y-box.Min.Y)/8
	for i := range n {
		p := topo.Point{X: box.Min.X - w + rng.Int32N(10*w), Y: box.Min.Y - h + rng.Int32N(10*h)}
		x, y := crs.FromWGS84(p.LonLat())
		places = append(places, p)
		objects = append(objects, fmt.Sprintf(`{"lon":%.9f,"lat":%.9f,"id":"p%d"}`, x, y, i))
	}
	return places, objects
}

// In every system the points are declared to be in, the counts at each tier are
// those that PostGIS finds on the stored plan.
func TestCoverageOfPointsAgreesWithPostGIS(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	db := gridtest.DB(t)
	s := serveOn(t, db, county, nil)
	var lists []string
	for _, name := range []string{"EPSG:4326", "CGCS2000", "gcj02", "BD-09", zoneOf(county), "EPSG:3857"} {
		crs, err := datum.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		places, objects := somePoints(county, crs, 400)
		var got pointsAnswer
		s.call(t, "POST", "/v1/checks/coverage", fmt.Sprintf(`{"crs":%q,"tiers":["township","primary","micro"],"roles":["grid_worker"],"points":[%s]}`, name, strings.Join(objects, ","))).wants(200).into(&got)
		if got.Count != len(places) || len(got.Points) != len(places) || len(got.Summary) != 3 || got.CRS != crs.String() {
			t.Fatalf("%s: %d points, %d tiers, %s", name, got.Count, len(got.Summary), got.CRS)
		}
		for k, sum := range got.Summary {
			covered, staffed := judgePoints(t, db, sum.Tier, places)
			if sum.Covered != covered || sum.Staffed != staffed || covered == len(places) || covered == 0 {
				t.Errorf("%s, %s: %d covered and %d staffed, PostGIS says %d and %d", name, sum.Tier, sum.Covered, sum.Staffed, covered, staffed)
			}
			if want := float64(covered*1_000_000/len(places)) / 1e4; sum.CoveredPct != want {
				t.Errorf("%s: %v %% are covered, want %v", sum.Tier, sum.CoveredPct, want)
			}
			got.lists(t, k)
		}
		list, err := json.Marshal(got.Points)
		if err != nil {
			t.Fatal(err)
		}
		lists = append(lists, string(list))
	}
	for i, list := range lists {
		if list != lists[0] {
			t.Errorf("system %d: the same places in another system are not told of alike", i)
		}
	}
}

// lists fails unless the points that the k-th tier lists are those told of so.
func (got *pointsAnswer) lists(t *testing.T, k int) {
	t.Helper()
	var bare, idle, listed, left []string
	for i, p := range got.Points {
		tier := p.Tiers[k]
		name := fmt.Sprint(p.N, p.ID)
		switch {
		case p.N != i+1 || p.ID != fmt.Sprint("p", i) || tier.Tier != got.Summary[k].Tier:
			t.Fatalf("point %d is told of as %+v", i, p)
		case tier.Grid == nil:
			bare = append(bare, name)
		case !tier.Staffed:
			idle = append(idle, name)
		}
	}
	for _, r := range got.Summary[k].Uncovered {
		listed = append(listed, fmt.Sprint(r.N, r.ID))
	}
	for _, r := range got.Summary[k].Unstaffed {
		left = append(left, fmt.Sprint(r.N, r.ID))
	}
	if !slices.Equal(bare, listed) || !slices.Equal(idle, left) {
		t.Errorf("uncovered are %v, listed %v; unstaffed %v, listed %v", bare, listed, idle, left)
	}
}

// zoneOf returns the three-degree zone a county lies in.
func zoneOf(county *fixtures.County) string {
	lon, _ := county.Grids[0].Boundary.InteriorPoint().LonLat()
	return fmt.Sprint("EPSG:", 4488+int(lon/3+0.5))
}

// judgePoints asks PostGIS how many points lie in a grid of a tier, and in one
// where a grid worker holds a post today.
func judgePoints(t *testing.T, db *pgxpool.Pool, tier string, places []topo.Point) (covered, staffed int) {
	t.Helper()
	var x, y []int32
	for _, p := range places {
		x, y = append(x, p.X), append(y, p.Y)
	}
	const query = `with point as (select n, st_setsrid(st_point(x / 1e7::float8, y / 1e7::float8), 4326) as geom
			from unnest($1::int[], $2::int[]) with ordinality as p(x, y, n)),
		held as (select n, exists (select from assignment a join worker w on (w.territory_id, w.id) = (a.territory_id, a.worker_id)
				where (a.territory_id, a.grid_id) = (g.territory_id, g.id) and a.role = 'grid_worker'
					and coalesce(a.valid_from, '-infinity') <= $4::date and coalesce(a.valid_to, 'infinity') > $4::date
					and coalesce(w.active_from, '-infinity') <= $4::date and coalesce(w.active_to, 'infinity') > $4::date) as staffed
			from point join grid g on st_covers(g.boundary, point.geom)
			join tier t on (t.territory_id, t.plan_id, t.rank) = (g.territory_id, g.plan_id, g.tier)
			where t.code = $3 and g.kind = 'general')
		select count(*), count(*) filter (where staffed) from held`
	if err := db.QueryRow(t.Context(), query, x, y, tier, "2026-01-15").Scan(&covered, &staffed); err != nil {
		t.Fatal(err)
	}
	return covered, staffed
}

// The same points as JSON, NDJSON and CSV get the same answer, and a point on a
// border one grid.
func TestCoverageInEveryForm(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	s := serveCounty(t, county, nil)
	_, objects := somePoints(county, datum.WGS84, 60)
	corner := county.Grids[len(county.Grids)-1].Boundary[0][0][0]
	lon, lat := exchange.Degrees(corner)
	objects = append(objects, fmt.Sprintf(`{"lon":%s,"lat":%s,"id":7}`, lon, lat))
	var whole struct{ Points []json.RawMessage }
	s.call(t, "POST", "/v1/checks/coverage", `{"points":[`+strings.Join(objects, ",")+`]}`).wants(200).into(&whole)
	lines := s.call(t, "POST", "/v1/checks/coverage", strings.Join(objects, "\n"), "Content-Type", typeNDJSON).wants(200)
	n := 0
	for scan := bufio.NewScanner(strings.NewReader(string(lines.body))); scan.Scan(); n++ {
		if scan.Text() != string(whole.Points[n]) {
			t.Fatalf("line %d: %s, in JSON %s", n+1, scan.Text(), whole.Points[n])
		}
	}
	table := "编号,经度,纬度\n"
	for _, o := range objects {
		var p struct {
			Lon, Lat json.Number
			ID       any
		}
		if err := json.Unmarshal([]byte(o), &p); err != nil {
			t.Fatal(err)
		}
		table += fmt.Sprintf("%v,%s,%s\n", p.ID, p.Lon, p.Lat)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(s.call(t, "POST", "/v1/checks/coverage?tiers=primary", table, "Content-Type", typeCSV).wants(200).body), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if n != len(objects) || len(rows) != len(objects)+1 || !slices.Equal(rows[0], []string{"id", "lon", "lat", "primary_code", "primary_staffed"}) {
		t.Fatalf("%d lines and %d rows for %d points; header %v", n, len(rows), len(objects), rows[0])
	}
	for i, row := range rows[1:] {
		grid := `"grid":null,"staffed":false`
		if row[3] != "" {
			grid = fmt.Sprintf(`"grid":%q,"staffed":%s`, row[3], row[4])
		}
		if !strings.Contains(string(whole.Points[i]), `{"tier":"primary",`+grid+`}`) {
			t.Errorf("row %v, in JSON %s", row, whole.Points[i])
		}
	}
}

// groundAnswer is as much of the answer about polygons as the tests look at.
type groundAnswer struct {
	Summary []struct {
		Tier       string
		CoveredM2  float64 `json:"covered_m2"`
		CoveredPct float64 `json:"covered_pct"`
		StaffedPct float64 `json:"staffed_pct"`
		GapM2      float64 `json:"gap_m2"`
	}
	Polygons []struct {
		N      int
		ID     string
		AreaM2 float64 `json:"area_m2"`
		Tiers  []struct {
			Tier       string
			CoveredPct float64 `json:"covered_pct"`
			GapM2      float64 `json:"gap_m2"`
			Gap        json.RawMessage
			Grids      []struct {
				Code    string
				M2      float64
				Staffed bool
			}
		}
	}
}

func TestCoverageOfGround(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	s := serveCounty(t, county, nil)
	primary := slices.IndexFunc(county.Grids, func(g geo.Grid) bool { return county.Tiers[g.Tier].Code == "primary" })
	ground := func(shape topo.Shape) string { return string(exchange.AppendShape(nil, shape)) }
	root := county.Grids[0].Boundary
	box := root.Bound()
	far := topo.Shape{{{box.Min, {X: box.Max.X + 500_000, Y: box.Min.Y}, {X: box.Max.X + 500_000, Y: box.Max.Y}, {X: box.Min.X, Y: box.Max.Y}}}}
	body := fmt.Sprintf(`{"tiers":["primary"],"polygons":{"type":"FeatureCollection","features":[
		{"type":"Feature","id":"county","properties":{},"geometry":%s},
		{"type":"Feature","id":"grid","properties":null,"geometry":%s},
		{"type":"Feature","id":"wide","properties":{},"geometry":%s}]}}`, ground(root), ground(county.Grids[primary].Boundary), ground(far))
	var got groundAnswer
	s.call(t, "POST", "/v1/checks/coverage", body).wants(200).into(&got)
	if len(got.Polygons) != 3 || len(got.Summary) != 1 {
		t.Fatalf("%d polygons, %d tiers", len(got.Polygons), len(got.Summary))
	}
	all := 0
	for i := range county.Grids {
		if county.Grids[i].Tier == county.Grids[primary].Tier && county.Grids[i].Partitions() {
			all++
		}
	}
	for i, want := range []struct {
		id    string
		grids int
		whole bool
	}{{"county", all, true}, {"grid", 1, true}, {"wide", all, false}} {
		p := got.Polygons[i]
		tier := p.Tiers[0]
		sum := tier.GapM2
		for _, g := range tier.Grids {
			sum += g.M2
		}
		if p.ID != want.id || p.N != i+1 || len(tier.Grids) != want.grids || (tier.CoveredPct == 100) != want.whole || (string(tier.Gap) == "null") != want.whole {
			t.Errorf("%s: %d grids, %v %% covered, gap %.60s", p.ID, len(tier.Grids), tier.CoveredPct, tier.Gap)
		}
		if d := sum - p.AreaM2; d > 1e-3*float64(all) || d < -1e-3*float64(all) {
			t.Errorf("%s: grids and gap are %.4f m², the ground has %.4f", p.ID, sum, p.AreaM2)
		}
	}
	if g := got.Polygons[1].Tiers[0].Grids[0]; g.Code != county.Grids[primary].Code {
		t.Errorf("a grid's own ground is covered by %s", g.Code)
	}
	if total := got.Summary[0]; total.CoveredPct >= 100 || total.GapM2 != got.Polygons[2].Tiers[0].GapM2 || total.StaffedPct > total.CoveredPct {
		t.Errorf("altogether %+v", total)
	}
}

// coverageRefusals are questions that cannot be answered, and what they get.
var coverageRefusals = []struct {
	name, query, media, body string
	status                   int
	kind, field              string
}{
	{"nothing", "", typeJSON, `{}`, 400, "invalid-request", "points"},
	{"both", "", typeJSON, `{"points":[],"polygons":{}}`, 400, "invalid-request", "polygons"},
	{"an unknown member", "", typeJSON, `{"dots":[]}`, 400, "invalid-request", "dots"},
	{"an unknown system", "", typeJSON, `{"crs":"EPSG:2437","points":[[1,1]]}`, 400, "invalid-request", "crs"},
	{"an unknown system of rows", "?crs=xian80", typeCSV, "lon,lat\n1,1\n", 400, "invalid-request", "crs"},
	{"an easting without its zone", "", typeJSON, `{"crs":"EPSG:4525","points":[[485000,4096000]]}`, 400, "invalid-request", "lon"},
	{"a northing off the globe", "", typeJSON, `{"crs":"EPSG:4525","points":[[37485000,40960000]]}`, 400, "invalid-request", "lat"},
	{"degrees off the globe", "", typeNDJSON, `{"lon":1,"lat":91}`, 400, "invalid-request", "lat"},
	{"a tier there is not", "", typeJSON, `{"points":[[1,1]],"tiers":["primary","ward"]}`, 422, "invalid-record", "tiers[1]"},
	{"a tier twice", "", typeJSON, `{"points":[[1,1]],"tiers":["primary","primary"]}`, 422, "invalid-record", "tiers[1]"},
	{"a role there is not", "?roles=king", typeNDJSON, `{"lon":1,"lat":1}`, 422, "invalid-record", "roles[0]"},
	{"a plan there is not", "", typeJSON, `{"points":[[1,1]],"plan":999999}`, 404, "not-found", ""},
	{"a day that does not exist", "", typeJSON, `{"points":[[1,1]],"as_of":"2025-02-30"}`, 400, "invalid-request", "as_of"},
	{"what stands in the body, in the address", "?crs=gcj02", typeJSON, `{"points":[[1,1]]}`, 400, "invalid-request", "crs"},
	{"points that are none", "", typeJSON, `{"points":{"lon":1}}`, 400, "invalid-request", "body"},
	{"a ring that crosses itself", "", typeJSON, `{"polygons":{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}}`, 422, "invalid-record", "polygons[0]"},
	{"a ring that is open", "", typeJSON, `{"polygons":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}}`, 422, "invalid-record", "polygons[0]"},
	{"a line", "", typeJSON, `{"polygons":{"type":"LineString","coordinates":[[0,0],[1,1]]}}`, 400, "invalid-request", "polygons[0]"},
	{"no ground", "", typeJSON, `{"polygons":{"type":"Feature","properties":{},"geometry":null}}`, 400, "invalid-request", "polygons[0]"},
	{"no polygon", "", typeJSON, `{"polygons":{"type":"FeatureCollection","features":[]}}`, 400, "invalid-request", "polygons"},
	{"polygons as rows", "?f=ndjson", typeJSON, `{"polygons":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}`, 400, "invalid-request", "f"},
}

func TestCoverageRefuses(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	for _, tt := range coverageRefusals {
		t.Run(tt.name, func(t *testing.T) {
			s.call(t, "POST", "/v1/checks/coverage"+tt.query, tt.body, "Content-Type", tt.media).refused(tt.status, tt.kind, tt.field)
		})
	}
	many := strings.Repeat("[1,1],", 1_000_000)
	s.call(t, "POST", "/v1/checks/coverage", `{"points":[`+many+`[1,1]]}`).refused(400, "invalid-request", "body")
	spiral := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "[%.7f,%.7f],", 100+float64(i)*1e-6, 30+float64(i%2))
		}
		return b.String()
	}
	s.call(t, "POST", "/v1/checks/coverage", `{"polygons":{"type":"Polygon","coordinates":[[`+spiral(99_000)+`[100,30]]]}}`).refused(422, "invalid-record", "polygons[0]")
	parts := strings.Repeat(`[[[100,30],[101,30],[101,31],[100,30]]],`, 40_000)
	s.call(t, "POST", "/v1/checks/coverage", `{"polygons":{"type":"MultiPolygon","coordinates":[`+parts+`[[[100,30],[101,30],[101,31],[100,30]]]]}}`).refused(400, "invalid-request", "polygons[0]")
	if got := s.call(t, "POST", "/v1/checks/coverage", `{"points":[]}`).wants(http.StatusOK); !strings.Contains(string(got.body), `"count":0`) {
		t.Errorf("no points: %s", got.body)
	}
}

// The answer comes as features and as rows too: points where they are, polygons
// with the ground that nobody covers.
func TestCoverageAsFeaturesAndRows(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	var got struct {
		Features []struct {
			Properties map[string]any
			Geometry   *struct{ Type string }
		}
	}
	lon, lat := s.homeOf(t).At.LonLat()
	points := fmt.Sprintf(`{"points":[{"id":"in","lon":%v,"lat":%v},{"id":"out","lon":1,"lat":1}],"tiers":["village"],"as_of":"2025-06-30"}`, lon, lat)
	answer := s.call(t, "POST", "/v1/checks/coverage?f=geojson", points).wants(200)
	if answer.into(&got); len(got.Features) != 2 || got.Features[0].Properties["village_code"] == "" || got.Features[1].Properties["village_code"] != "" ||
		got.Features[1].Properties["id"] != "out" || got.Features[0].Geometry.Type != "Point" || answer.header.Get("Content-Type") != typeGeoJSON {
		t.Errorf("points %s", answer.body)
	}
	west, east := lon-0.00001, lon+0.00001
	ring := func(w, e float64) string {
		return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%v,%v],[%v,%v],[%v,%v],[%v,%v]]]}`, w, lat, e, lat, e, lat+0.00001, w, lat)
	}
	polygons := `{"polygons":{"type":"GeometryCollection","geometries":[]},"tiers":["county"]}`
	s.call(t, "POST", "/v1/checks/coverage?f=geojson", polygons).wants(400)
	polygons = fmt.Sprintf(`{"polygons":{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":%s},{"type":"Feature","properties":{},"geometry":%s}]},"tiers":["county"]}`,
		ring(west, east), ring(1, 2))
	if s.call(t, "POST", "/v1/checks/coverage?f=geojson", polygons).wants(200).into(&got); len(got.Features) != 2 || got.Features[0].Geometry != nil ||
		got.Features[0].Properties["covered_pct"] != 100.0 || got.Features[1].Geometry == nil || got.Features[1].Properties["gap_m2"] == 0.0 {
		t.Errorf("polygons %+v", got)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(s.call(t, "POST", "/v1/checks/coverage?f=csv", polygons).wants(200).body), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][5] != "100" || rows[2][5] != "0" || rows[2][2] != "county" {
		t.Errorf("rows %v, %v", rows, err)
	}
}
