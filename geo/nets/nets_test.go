package nets_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gridmap/fixtures/gridtest"
	"gridmap/geo/nets"
	"gridmap/geo/topo"
)

func TestMain(m *testing.M) { gridtest.Main(m) }

// side is the width of the ground that the nets of these tests divide, in
// lattice steps: about 1.1 km.
const side = 100_000

var origin = topo.Point{X: 1_030_000_000, Y: 260_000_000}

// net draws a net of columns and rows over a square, its borders crooked
// lines, shared exactly.
func net(t *rapid.T, name string) []topo.Shape {
	columns := rapid.IntRange(1, 5).Draw(t, name+" columns")
	rows := rapid.IntRange(1, 5).Draw(t, name+" rows")
	off := func(span int) int32 { return rapid.Int32Range(-int32(span/5), int32(span/5)).Draw(t, "off") }
	at := func(i, j, of, span int) int32 { // the place of line i of a bundle, off its place unless it is an end
		if i == 0 || i == of {
			return int32(i * span)
		}
		return int32(i*span) + off(span)
	}
	corner := make([][]topo.Point, columns+1)
	for i := range corner {
		for j := range rows + 1 {
			corner[i] = append(corner[i], topo.Point{X: origin.X + at(i, j, columns, side/columns), Y: origin.Y + at(j, i, rows, side/rows)})
		}
	}
	last := func(p *topo.Point) { // the ends of the square do not depend on how it is divided
		if p.X > origin.X+side*4/5 && p.X-origin.X >= int32(columns*(side/columns)) {
			p.X = origin.X + side
		}
		if p.Y > origin.Y+side*4/5 && p.Y-origin.Y >= int32(rows*(side/rows)) {
			p.Y = origin.Y + side
		}
	}
	for i := range corner {
		for j := range corner[i] {
			last(&corner[i][j])
		}
	}
	var shapes []topo.Shape
	for j := range rows {
		for i := range columns {
			shapes = append(shapes, topo.Shape{{{corner[i][j], corner[i+1][j], corner[i+1][j+1], corner[i][j+1]}}})
		}
	}
	return shapes
}

// homes gives some dwellings over the square and a little beyond it.
func homes(t *rapid.T) []nets.Home {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) nets.Home {
		at := func(name string) int32 { return rapid.Int32Range(-side/20, side+side/20).Draw(t, name) }
		return nets.Home{At: topo.Point{X: origin.X + at("x"), Y: origin.Y + at("y")}, Persons: rapid.Int64Range(0, 9).Draw(t, "persons")}
	}), 0, 40).Draw(t, "homes")
}

func holder(shapes []topo.Shape, at topo.Point) int {
	return slices.IndexFunc(shapes, func(s topo.Shape) bool { return s.Contains(at) })
}

// Whatever two nets look like, the lines of a crosswalk add up both ways: to
// the ground and the households of every old grid, and of every new one.
func TestCrosswalkSumsToTheWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		old, new, living := net(t, "old"), net(t, "new"), homes(t)
		third := net(t, "third")
		walks, err := nets.Walk([][]topo.Shape{old, third}, new, slices.Values(living))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(walks[0].New, walks[1].New, func(a, b nets.Tally) bool { return a == b }) {
			t.Fatalf("the new grids have %v, and %v", walks[0].New, walks[1].New)
		}
		walk := walks[0]
		for name, side := range map[string]struct {
			shapes []topo.Shape
			totals []nets.Tally
			of     func(nets.Line) int
		}{"old": {old, walk.Old, func(l nets.Line) int { return l.Old }}, "new": {new, walk.New, func(l nets.Line) int { return l.New }}} {
			for i, s := range side.shapes {
				var sum, want nets.Tally
				for _, l := range walk.Lines {
					if side.of(l) == i {
						sum.Area, sum.Households, sum.Persons = sum.Area+l.Area, sum.Households+l.Households, sum.Persons+l.Persons
					}
				}
				for _, h := range living {
					if holder(side.shapes, h.At) == i {
						want.Households, want.Persons = want.Households+1, want.Persons+h.Persons
					}
				}
				want.Area = side.totals[i].Area
				if sum != want || side.totals[i] != want {
					t.Fatalf("%s grid %d: lines of %+v, total %+v, counted %+v", name, i, sum, side.totals[i], want)
				}
				if off := math.Abs(s.AreaM2() - float64(sum.Area)/1e4); off > 0.006*s.PerimeterM()+0.01 { // borders rounded by half a step, areas cut
					t.Fatalf("%s grid %d of %v m² has lines of %v", name, i, s.AreaM2(), sum.Area)
				}
			}
		}
	})
}

// A common division is whole and valid, has all the ground of the base net and
// no sliver that has a neighbour to go to, and without a least size no piece
// lies on both sides of any border.
func TestDivide(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base, police, city := net(t, "base"), net(t, "police"), net(t, "city")
		least := nets.Least{AreaM2: rapid.SampledFrom([]float64{0, 500, 20_000}).Draw(t, "area"), WidthM: rapid.SampledFrom([]float64{0, 10}).Draw(t, "width")}
		pieces, slivers, err := nets.Divide(base, [][]topo.Shape{police, city}, least)
		if err != nil {
			t.Fatal(err)
		}
		var ground []topo.Shape
		area := make([]float64, len(base))
		count := make([]int, len(base))
		for _, p := range pieces {
			if err := p.Ground.Validate(); err != nil {
				t.Fatalf("%+v: %v", p, err)
			}
			ground = append(ground, p.Ground)
			area[p.Base] += p.Ground.AreaM2()
			count[p.Base]++
		}
		outline, err := topo.Union(ground)
		if err != nil || !topo.Whole(outline, ground) {
			t.Fatalf("not whole: %v", err)
		}
		for b, s := range base {
			if math.Abs(area[b]-s.AreaM2()) > 0.006*s.PerimeterM() || count[b] == 0 {
				t.Fatalf("grid %d of %v m² has %d pieces of %v", b, s.AreaM2(), count[b], area[b])
			}
		}
		if least == (nets.Least{}) && len(slivers) > 0 {
			t.Fatalf("%d slivers", len(slivers))
		}
		for _, p := range pieces {
			if a := p.Ground.AreaM2(); count[p.Base] > 1 && (a < least.AreaM2 || 2*a < least.WidthM*p.Ground.PerimeterM()) {
				t.Fatalf("a sliver of %v m² is left of grid %d", a, p.Base)
			}
		}
	})
}

// Between two divisions that are partly the same the crosswalk is that of the
// nets laid over each other whole.
func TestCrosswalkBetweenPlans(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		old, living := net(t, "old"), homes(t)
		new := slices.Clone(old)
		slices.Reverse(new)
		if len(new) > 1 && rapid.Bool().Draw(t, "merge") { // a grid takes its neighbour's ground
			both, err := topo.Union(new[:2])
			if err != nil {
				t.Fatal(err)
			}
			new = append([]topo.Shape{both}, new[2:]...)
		}
		walks, err := nets.Walk([][]topo.Shape{old}, new, slices.Values(living))
		if err != nil {
			t.Fatal(err)
		}
		got, err := nets.Between(old, new, func(yield func([2]int, int64) bool) {
			for _, h := range living {
				if !yield([2]int{holder(old, h.At), holder(new, h.At)}, h.Persons) {
					return
				}
			}
		})
		if err != nil || !slices.Equal(got.Lines, walks[0].Lines) || !slices.Equal(got.New, walks[0].New) {
			t.Fatalf("%v\n%+v\n%+v", err, got, walks[0])
		}
	})
}

// What lies in both nets of which one is the other's copy is one to one.
func TestCrosswalkOfEqualNets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		shapes := net(t, "net")
		walks, err := nets.Walk([][]topo.Shape{shapes}, shapes, nil)
		if err != nil || len(walks[0].Lines) != len(shapes) {
			t.Fatalf("%v of %d grids, %v", walks, len(shapes), err)
		}
		for i, l := range walks[0].Lines {
			if l.Old != i || l.New != i || nets.PPM(l.Area, walks[0].Old[i].Area) != 1_000_000 || l.Dust {
				t.Fatalf("line %+v", l)
			}
		}
	})
}

// PostGIS finds the same shares: of every old grid in every new one, in
// millionths of its lattice squares, to what rounding a border moves.
func TestSharesAgreeWithPostGIS(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	old, new := rapid.Custom(func(t *rapid.T) []topo.Shape { return net(t, "old") }).Example(3), rapid.Custom(func(t *rapid.T) []topo.Shape { return net(t, "new") }).Example(8)
	walks, err := nets.Walk([][]topo.Shape{old}, new, nil)
	if err != nil {
		t.Fatal(err)
	}
	walk := walks[0]
	got := map[string]int64{}
	for _, l := range walk.Lines {
		if l.Old != nets.None {
			got[fmt.Sprint(l.Old, " ", l.New)] = nets.PPM(l.Area, walk.Old[l.Old].Area)
		}
	}
	rows, err := db.Query(context.Background(), `
with a as (select n - 1 as n, st_geomfromtext(w) as g from unnest($1::text[]) with ordinality as s(w, n)),
     b as (select n - 1 as n, st_geomfromtext(w) as g from unnest($2::text[]) with ordinality as s(w, n))
select a.n || ' ' || b.n, floor(1000000 * st_area(st_intersection(a.g, b.g)) / st_area(a.g))::bigint
from a join b on st_intersects(a.g, b.g) where st_area(st_intersection(a.g, b.g)) > 100000`, texts(old), texts(new))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := 0
	for rows.Next() {
		var pair string
		var ppm int64
		if err := rows.Scan(&pair, &ppm); err != nil {
			t.Fatal(err)
		}
		// A degree of longitude shrinks by 0.01 % over this ground, so that parts
		// in the north weigh less on the ellipsoid than in lattice squares.
		if off := got[pair] - ppm; off > 300 || off < -300 {
			t.Errorf("pair %s: %d millionths, PostGIS %d", pair, got[pair], ppm)
		}
		found++
	}
	if err := rows.Err(); err != nil || found < 4 {
		t.Errorf("%d pairs, %v", found, err)
	}
}

// texts writes shapes for PostGIS with lattice integers and no SRID.
func texts(shapes []topo.Shape) []string {
	var out []string
	for _, s := range shapes {
		var at []string
		for _, p := range append(slices.Clone(s[0][0]), s[0][0][0]) {
			at = append(at, fmt.Sprintf("%d %d", p.X, p.Y))
		}
		out = append(out, "POLYGON(("+strings.Join(at, ",")+"))")
	}
	return out
}

func TestAreaIsExactInText(t *testing.T) {
	t.Parallel()
	for area, want := range map[nets.Area]string{0: "0.0000", 1: "0.0001", 123_456_789: "12345.6789", -5: "-0.0005", 1e14 + 1: "10000000000.0001"} {
		text, err := json.Marshal(area)
		var back nets.Area
		if err != nil || string(text) != want || json.Unmarshal(text, &back) != nil || back != area {
			t.Errorf("%d: %s, back %d, want %s", int64(area), text, int64(back), want)
		}
	}
	if got := nets.PPM[nets.Area](1e14, 3e14); got != 333_333 {
		t.Errorf("a third is %d millionths", got)
	}
}
