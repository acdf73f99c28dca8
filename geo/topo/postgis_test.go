package topo_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo/topo"
)

func TestMain(m *testing.M) { gridtest.Main(m) }

// text writes s for PostGIS with lattice integers as coordinates and no SRID,
// where its arithmetic is not disturbed by degrees.
func text(s topo.Shape) string {
	var out strings.Builder
	out.WriteString("MULTIPOLYGON(")
	for i, polygon := range s {
		out.WriteString(map[bool]string{true: "(", false: ",("}[i == 0])
		for j, ring := range polygon {
			out.WriteString(map[bool]string{true: "(", false: ",("}[j == 0])
			for _, p := range append(slices.Clone(ring), ring[0]) {
				fmt.Fprintf(&out, "%d %d,", p.X, p.Y)
			}
			fmt.Fprintf(&out, "%d %d)", ring[0].X, ring[0].Y)
		}
		out.WriteString(")")
	}
	return strings.ReplaceAll(out.String()+")", "()", " EMPTY")
}

func texts(shapes []topo.Shape) []string {
	var out []string
	for _, s := range shapes {
		out = append(out, text(s))
	}
	return out
}

// column returns the only column of a query.
func column[T any](t testing.TB, db *pgxpool.Pool, sql string, args ...any) []T {
	t.Helper()
	rows, err := db.Query(context.Background(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// planar returns the area of s in lattice squares.
func planar(s topo.Shape) float64 {
	sum := int64(0)
	for _, polygon := range s {
		for _, ring := range polygon {
			sum += doubled(ring)
		}
	}
	return float64(sum) / 2
}

// doubled returns twice the signed area of a ring of small coordinates.
func doubled(ring topo.Ring) int64 {
	sum := int64(0)
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += int64(p.X)*int64(q.Y) - int64(q.X)*int64(p.Y)
	}
	return sum
}

// Of thousands of random polygons, half of them with holes or a second part,
// Validate takes exactly those that ST_IsValid takes.
func TestValidateAgreesWithPostGIS(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	var shapes []topo.Shape
	for range 20_000 {
		reach := rng.Int32N(9) + 3
		shape := topo.Shape{{randomRing(rng, reach, false)}}
		for range rng.IntN(3) {
			shape[0] = append(shape[0], randomRing(rng, reach, true))
		}
		if rng.IntN(3) == 0 {
			shape = append(shape, topo.Polygon{randomRing(rng, reach, false)})
		}
		shapes = append(shapes, shape)
	}
	answers := column[bool](t, gridtest.DB(t),
		"select st_isvalid(st_geomfromtext(w)) from unnest($1::text[]) with ordinality as s(w, n) order by n", texts(shapes))
	valid := 0
	for i, want := range answers {
		if err := shapes[i].Validate(); (err == nil) != want {
			t.Errorf("%s: PostGIS says %v, Validate %v", text(shapes[i]), want, err)
		}
		if want {
			valid++
		}
	}
	if valid < 1000 || valid > 19_000 {
		t.Errorf("%d of 20,000 shapes are valid: too lopsided to tell", valid)
	}
}

// randomRing draws three to six points, none repeated in a row, wound as asked.
func randomRing(rng *rand.Rand, reach int32, hole bool) topo.Ring {
	for {
		ring := make(topo.Ring, 3+rng.IntN(4))
		for i := range ring {
			ring[i] = topo.Point{X: rng.Int32N(reach), Y: rng.Int32N(reach)}
		}
		area := doubled(ring)
		if len(slices.Compact(slices.Clone(ring))) < len(ring) || ring[0] == ring[len(ring)-1] || area == 0 {
			continue
		}
		if (area < 0) != hole {
			slices.Reverse(ring)
		}
		return ring
	}
}

// patchwork gives each cell of a board to any number of owners. The board is
// sheared, so that borders lean while all crossings stay on the lattice.
func patchwork(t *testing.T, rng *rand.Rand, owners int) []topo.Shape {
	const side = 7
	corner := func(i, j int) topo.Point {
		x, y := int32(i*100), int32(j*100)
		return topo.Point{X: 3*x + y, Y: 2*y - x}
	}
	cells := make([][]topo.Shape, owners)
	for i := range side {
		for j := range side {
			cell := topo.Shape{{{corner(i, j), corner(i+1, j), corner(i+1, j+1), corner(i, j+1)}}}
			for o := range cells {
				if o == 0 && rng.IntN(4) > 0 || o > 0 && rng.IntN(owners) == 0 {
					cells[o] = append(cells[o], cell)
				}
			}
		}
	}
	shapes := make([]topo.Shape, owners)
	for o := range cells {
		union, err := topo.Union(cells[o])
		if err != nil {
			t.Fatal(err)
		}
		shapes[o] = straightened(union)
	}
	return shapes
}

// straightened drops vertices between collinear edges, so that neighbours are
// not noded.
func straightened(s topo.Shape) topo.Shape {
	for _, polygon := range s {
		for k, ring := range polygon {
			var kept topo.Ring
			for i, p := range ring {
				a, b := ring[(i+len(ring)-1)%len(ring)], ring[(i+1)%len(ring)]
				if doubled(topo.Ring{a, p, b}) != 0 {
					kept = append(kept, p)
				}
			}
			polygon[k] = kept
		}
	}
	return s
}

// groundOf is what PostGIS says of a parent ($1) and its children ($2): the
// area of the gaps, of what lies outside child by child, and of the overlaps
// pair by pair.
const groundOf = `
with child as (select n, st_geomfromtext(w) as g from unnest($2::text[]) with ordinality as s(w, n)),
     parent as (select st_geomfromtext($1) as g)
select 'gap' || ' ' || st_area(st_difference(parent.g, (select st_union(g) from child))) from parent
union all
select 'outside ' || n - 1 || ' ' || st_area(st_difference(child.g, parent.g)) from child, parent
union all
select 'overlap ' || a.n - 1 || ' ' || b.n - 1 || ' ' || st_area(st_intersection(a.g, b.g))
from child as a join child as b on a.n < b.n`

// Whatever the owners of a patchwork, gaps, protrusions and overlaps have
// exactly the areas that PostGIS finds.
func TestFaultsAgreeWithPostGIS(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	rng := rand.New(rand.NewPCG(2, 2))
	for range 60 {
		shapes := patchwork(t, rng, 2+rng.IntN(4))
		parent, children := shapes[0], slices.DeleteFunc(shapes[1:], func(s topo.Shape) bool { return s == nil })
		faults, dust := topo.Faults(parent, children, topo.Tolerance{})
		got := map[string]float64{"gap": 0}
		for i := range children {
			got[fmt.Sprint("outside ", i)] = 0
			for j := range i {
				got[fmt.Sprint("overlap ", j, " ", i)] = 0
			}
		}
		for _, f := range append(faults, dust...) {
			addAreas(got, f)
		}
		for _, line := range column[string](t, db, groundOf, text(parent), texts(children)) {
			cut := strings.LastIndexByte(line, ' ')
			var want float64
			if _, err := fmt.Sscan(line[cut+1:], &want); err != nil {
				t.Fatal(err)
			}
			if name := line[:cut]; got[name] != want {
				t.Errorf("%s: %v, PostGIS %v\nparent %v\nchildren %v", name, got[name], want, text(parent), texts(children))
			}
		}
	}
}

// addAreas counts a fault's ground for each child, or pair of children.
func addAreas(areas map[string]float64, f topo.Fault) {
	area := planar(f.Region)
	switch f.Kind {
	case topo.Gap:
		areas["gap"] += area
	case topo.Outside:
		areas[fmt.Sprint("outside ", f.Members[0])] += area
	default: // overlaps, and shapes that happen to be equal
		for k, j := range f.Members {
			for _, i := range f.Members[:k] {
				areas[fmt.Sprint("overlap ", i, " ", j)] += area
			}
		}
	}
}

// Off the borders Contains says what ST_Contains and ST_Covers say.
func TestContainsAgreesWithPostGIS(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 3))
	shape := patchwork(t, rng, 2)[0]
	var xs, ys []int32
	for range 5000 {
		xs, ys = append(xs, rng.Int32N(3000)-200), append(ys, rng.Int32N(2300)-800)
	}
	places := column[int](t, gridtest.DB(t), `
select case when st_contains(g, p) then 1 when st_covers(g, p) then 0 else -1 end
from (select st_geomfromtext($1) as g) as shape,
     unnest($2::int[], $3::int[]) with ordinality as s(x, y, n), st_makepoint(x, y) as p
order by n`, text(shape), xs, ys)
	inside := 0
	for i, place := range places {
		p := topo.Point{X: xs[i], Y: ys[i]}
		if place != 0 && shape.Contains(p) != (place > 0) {
			t.Errorf("%v: PostGIS says %d, Contains %v", p, place, shape.Contains(p))
		}
		inside += max(place, 0)
	}
	if inside < 500 {
		t.Errorf("only %d points lie inside", inside)
	}
}

// Areas and perimeters of a county's grids are those of ST_Area and
// ST_Perimeter on the spheroid: to 2e-6 taken together, and singly to 5e-6,
// since edges of half a kilometre, straight in degrees, swing a few
// millimetres off the geodesics of PostGIS.
func TestAreaAgreesWithPostGIS(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	db := gridtest.DB(t)
	var shapes []topo.Shape
	for _, grid := range county.Grids {
		if grid.Boundary != nil {
			shapes = append(shapes, grid.Boundary)
		}
	}
	scaled := `from unnest($1::text[]) with ordinality as s(w, n),
st_setsrid(st_scale(st_geomfromtext(w), 1e-7, 1e-7), 4326) as g order by n`
	var sum, sumWant float64
	for i, want := range column[float64](t, db, "select st_area(g::geography) "+scaled, texts(shapes)) {
		got := shapes[i].AreaM2()
		if math.Abs(got-want) > 5e-6*want {
			t.Errorf("shape %d of %d vertices: %.3f m², PostGIS %.3f", i, shapes[i].Vertices(), got, want)
		}
		sum, sumWant = sum+got, sumWant+want
	}
	if math.Abs(sum-sumWant) > 2e-6*sumWant {
		t.Errorf("together %.3f m², PostGIS %.3f", sum, sumWant)
	}
	for i, want := range column[float64](t, db, "select st_perimeter(g::geography) "+scaled, texts(shapes)) {
		if got := shapes[i].PerimeterM(); math.Abs(got-want) > 2e-6*want {
			t.Errorf("shape %d: %.3f m around, PostGIS %.3f", i, got, want)
		}
	}
}

// leaves returns the grids of a county that nothing divides further, and
// their outline.
func leaves(b testing.TB, name string) (topo.Shape, []topo.Shape) {
	county, err := fixtures.Make(name, 1000)
	if err != nil {
		b.Fatal(err)
	}
	parents := map[int64]bool{}
	for _, grid := range county.Grids {
		if grid.Kind == "general" {
			parents[int64(grid.Parent)] = true
		}
	}
	var shapes []topo.Shape
	for _, grid := range county.Grids {
		if grid.Kind == "general" && !parents[int64(grid.ID)] {
			shapes = append(shapes, grid.Boundary)
		}
	}
	outline, err := topo.Union(shapes)
	if err != nil {
		b.Fatal(err)
	}
	return outline, shapes
}

// BenchmarkProof proves the 4,847 grids of huize whole: PostGIS by union,
// difference and ST_Relate of neighbours over indexed rows, topo by Whole on
// the same rows. x_postgis is how many times faster topo is in this run.
func BenchmarkProof(b *testing.B) {
	parent, children := leaves(b, "huize")
	var postgis float64
	b.Run("postgis", func(b *testing.B) {
		db := gridtest.DB(b)
		column[int](b, db, "select 1 from (select set_config('jit', 'off', false)) as s")
		for _, sql := range []string{
			"create table child (id int primary key, g geometry)", "create table parent (g geometry)",
			"create index on child using gist (g)",
		} {
			column[int](b, db, sql)
		}
		column[int](b, db, "insert into parent select st_geomfromtext($1)", text(parent))
		column[int](b, db, "insert into child select n, st_geomfromtext(w) from unnest($1::text[]) with ordinality as s(w, n)", texts(children))
		column[int](b, db, "analyze child")
		for b.Loop() {
			wrong := column[float64](b, db, `
select st_area(st_symdifference(parent.g, (select st_union(g) from child)))
  + (select count(*) from child as a join child as b on a.id < b.id and a.g && b.g where st_relate(a.g, b.g, '2********'))
from parent`)
			if wrong[0] != 0 {
				b.Fatalf("PostGIS finds %v wrong", wrong[0])
			}
		}
		postgis = float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	})
	b.Run("topo", func(b *testing.B) {
		for b.Loop() {
			if !topo.Whole(parent, children) {
				b.Fatal("not whole")
			}
		}
		b.ReportMetric(postgis/(float64(b.Elapsed().Nanoseconds())/float64(b.N)), "x_postgis")
	})
}
