package mesh

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/tiles/mvt"
)

func makeCounty(t testing.TB, name string) *fixtures.County {
	t.Helper()
	county, err := fixtures.Make(name, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return county
}

// tierOf returns the drawn general grids of a county that make up a partition:
// those of the tier and the leaves above it.
func tierOf(county *fixtures.County, tier int) []Face[string] {
	parents := map[geo.GridID]bool{}
	for _, g := range county.Grids {
		if g.Kind == geo.General && g.Tier <= tier {
			parents[g.Parent] = true
		}
	}
	var faces []Face[string]
	for _, g := range county.Grids {
		if g.Kind == geo.General && g.Tier <= tier && !parents[g.ID] && len(g.Boundary) > 0 {
			faces = append(faces, Face[string]{int64(g.ID), g.Boundary, g.Code, g.Code, uint64(g.ID)})
		}
	}
	return faces
}

// tilesOver returns the tiles of a zoom over the faces.
func tilesOver(faces []Face[string], z uint32) []Tile {
	box := noBox
	for _, f := range faces {
		box = box.join(boxOf(f.Shape))
	}
	var tiles []Tile
	s := worldBits - z
	for x := uint64(box.Min.X) >> s; x <= uint64(box.Max.X)>>s; x++ {
		for y := uint64(box.Min.Y) >> s; y <= uint64(box.Max.Y)>>s; y++ {
			tiles = append(tiles, Tile{z, uint32(x), uint32(y)})
		}
	}
	return tiles
}

// A drawing is what a tile shows, in a form that can be compared.
type drawing map[int64][][]mvt.Point

func drawn(m *Mesh[string], t Tile, p *Pen) drawing {
	d := drawing{}
	m.Draw(t, p, func(s *Sight[string]) {
		d[s.ID] = ringsOf(s.Path)
		if s.Text() != *s.Tag {
			panic("the text of another face: " + s.Text() + " for " + *s.Tag)
		}
	})
	return d
}

// ringsOf decodes a path.
func ringsOf(path mvt.Path) (rings [][]mvt.Point) {
	at, rest := path.Start, path.Rest
	step := func() {
		for _, n := range []*int32{&at.X, &at.Y} {
			v, size := binary.Uvarint(rest)
			*n += int32(v>>1) ^ -int32(v&1)
			rest = rest[size:]
		}
	}
	ring := []mvt.Point{at}
	for len(rest) > 0 {
		command, size := binary.Uvarint(rest)
		rest = rest[size:]
		switch command & 7 {
		case 1:
			step()
			ring = []mvt.Point{at}
		case 2:
			for range command >> 3 {
				step()
				ring = append(ring, at)
			}
		case 7:
			rings = append(rings, ring)
		}
	}
	return rings
}

// What is printed from a plate is what would be drawn without it, face by face
// at every zoom that has plates.
func TestPlatesPrintWhatIsDrawn(t *testing.T) {
	t.Parallel()
	m := Build(tierOf(makeCounty(t, "qinyuan"), 5))
	var p Pen
	printed := 0
	for _, n := range m.nodes {
		for _, b := range n.blocks {
			for z := range uint32(MaxZoom + 1) {
				s := worldBits - z
				p.set(Tile{z, b.box.Min.X >> s, b.box.Min.Y >> s})
				l := m.plate(b, &p)
				if l == nil {
					continue
				}
				faces := l.read(&p)
				for i := range b.boxes {
					got, shown := faces.next()
					want, drawn := m.whole(b, i, &p)
					if shown != drawn || shown && (got.Start != want.Start || !bytes.Equal(got.Rest, want.Rest)) {
						t.Fatalf("zoom %d, face %d: printed %v, drawn %v", z, b.ids.of(i), got, want)
					}
					printed++
				}
			}
		}
	}
	if printed < 4*m.Len()/2 {
		t.Errorf("%d faces were printed of %d", printed, m.Len())
	}
}

// Whether a tile shows too many faces is known to the face.
func TestExceeds(t *testing.T) {
	t.Parallel()
	faces := tierOf(makeCounty(t, "qinyuan"), 5)
	m := Build(faces)
	for z := uint32(4); z <= MaxZoom; z += 2 {
		for _, at := range tilesOver(faces[:40], z) {
			n := 0
			m.Each(at, func(int64, *string, string) { n++ })
			if m.Exceeds(at, n) || n > 0 && !m.Exceeds(at, n-1) {
				t.Fatalf("%v: of %d faces, more than %d %v, more than %d %v", at, n, n, m.Exceeds(at, n), n-1, m.Exceeds(at, n-1))
			}
		}
	}
}

// Every edge inside a tile is drawn by both neighbours, at every zoom and
// tier: what is left when edges cancel runs along the outline of the whole,
// which is drawn in turn as one face, or along the clip lines.
func TestNeighboursNeverPart(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			county := makeCounty(t, name)
			for tier := range county.Tiers {
				t.Run(fmt.Sprint(tier), func(t *testing.T) {
					t.Parallel()
					faces := tierOf(county, tier)
					m := Build(faces)
					rng := rand.New(rand.NewPCG(uint64(tier), 1))
					for z := uint32(0); z <= MaxZoom; z++ {
						all := tilesOver(faces, z)
						for range min(len(all), 12) {
							testSeams(t, m, all[rng.IntN(len(all))])
						}
					}
				})
			}
		})
	}
}

func testSeams(t *testing.T, m *Mesh[string], at Tile) {
	t.Helper()
	edges := map[[2]mvt.Point]int{}
	var p Pen
	for _, rings := range drawn(m, at, &p) {
		for _, r := range rings {
			a := r[len(r)-1]
			for _, b := range r {
				if compare(a, b) < 0 {
					edges[[2]mvt.Point{a, b}]++
				} else {
					edges[[2]mvt.Point{b, a}]--
				}
				a = b
			}
		}
	}
	allowed := outlineOf(m, at)
	m.vanished(at, &p, allowed)
	for e, n := range edges {
		onClip := e[0].X == e[1].X && (e[0].X == low || e[0].X == high) || e[0].Y == e[1].Y && (e[0].Y == low || e[0].Y == high)
		if n != 0 && !onClip && !allowed[e] {
			t.Fatalf("tile %v: the edge %v is drawn %+d times more one way", at, e, n)
		}
	}
}

// outlineOf returns the edges the tile shows of arcs with one face only.
func outlineOf(m *Mesh[string], at Tile) map[[2]mvt.Point]bool {
	var p Pen
	p.set(at)
	edges := map[[2]mvt.Point]bool{}
	m.Borders(at, &p, func(b Border, line []mvt.Point) {
		if b.Left != 0 && b.Right != 0 {
			return
		}
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			if compare(b, a) < 0 {
				a, b = b, a
			}
			edges[[2]mvt.Point{a, b}] = true
		}
	})
	return edges
}

// vanished adds the edges of faces that are too small for the tile to show:
// rounded, they enclose nothing.
func (m *Mesh[T]) vanished(at Tile, p *Pen, edges map[[2]mvt.Point]bool) {
	p.set(at)
	for _, h := range m.hits(at) {
		m.trace(p, h.b.lists.of(int(h.i), nil), true)
		from := int32(0)
		for i, to := range p.ends {
			ring := p.line[from:to]
			from = to
			if len(ring) > 0 && (area2(ring) < 0) == p.hole[i] && area2(ring) != 0 {
				continue
			}
			for k, b := range ring {
				a := ring[(k+len(ring)-1)%len(ring)]
				if compare(b, a) < 0 {
					a, b = b, a
				}
				edges[[2]mvt.Point{a, b}] = true
			}
		}
	}
}

// Simplified arcs cross neither each other nor themselves: at no zoom does a
// face have a vertex of another inside.
func TestSimplifiedFacesKeepTheirGround(t *testing.T) {
	t.Parallel()
	faces := tierOf(makeCounty(t, "qinyuan"), 5)
	m := Build(faces)
	for z := uint32(8); z <= 14; z++ { // before rounding to units of a tile
		type segment struct{ a, b Point }
		var segments []segment
		for i := range m.base.len() {
			points, levels := m.base.of(i).unpack(nil, nil)
			last := -1
			for k, q := range points {
				if levels[k] <= uint8(z) {
					if last >= 0 {
						segments = append(segments, segment{points[last], q})
					}
					last = k
				}
			}
		}
		boxes := make([]Box, len(segments))
		for i, s := range segments {
			boxes[i] = boundOf([]Point{s.a, s.b})
		}
		order := make([]int, len(segments))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int { return int(int64(boxes[a].Min.X) - int64(boxes[b].Min.X)) })
		for i, a := range order {
			for _, b := range order[i+1:] {
				if boxes[b].Min.X > boxes[a].Max.X {
					break
				}
				if boxes[a].Intersects(boxes[b]) && crosses(segments[a].a, segments[a].b, segments[b].a, segments[b].b) {
					t.Fatalf("zoom %d: %v crosses %v", z, segments[a], segments[b])
				}
			}
		}
	}
}

// crosses reports whether two segments meet elsewhere than at common ends.
func crosses(a, b, c, d Point) bool {
	turn := func(p, q, r Point) int {
		return cross(int64(q.X)-int64(p.X), int64(q.Y)-int64(p.Y), int64(r.X)-int64(p.X), int64(r.Y)-int64(p.Y))
	}
	return turn(a, b, c)*turn(a, b, d) < 0 && turn(c, d, a)*turn(c, d, b) < 0
}

// A mesh that followed any changes draws what one built anew draws, and sums
// to the same; where it draws otherwise than before, the sum differs.
func TestUpdatesDrawWhatABuildDraws(t *testing.T) {
	t.Parallel()
	needless, changes := 0, 0 // tiles of all seeds with another sum
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 5))
			w := newWorld(t, rng)
			m := Build(w.list())
			for step := range 25 {
				gone, came := w.step()
				next := m.Update(gone, came)
				fresh := Build(w.list())
				if next.Len() != len(w.faces) {
					t.Fatalf("step %d: %d faces, want %d", step, next.Len(), len(w.faces))
				}
				near := append(slices.Clone(gone), came...)
				n, c := compareMeshes(t, rng, m, next, fresh, near)
				needless, changes = needless+n, changes+c
				m = next
			}
		})
	}
	if needless*20 > changes+needless {
		t.Errorf("%d of %d tiles with another sum show the same", needless, changes+needless)
	}
}

// Of two meshes that come from one, as of a plan in force and a draft of it, each
// draws what one built anew draws: neither writes into what the other has.
func TestTwoUpdatesOfOneMesh(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(11, 5))
	w := newWorld(t, rng)
	m := Build(w.list())
	for range 12 {
		other := &world{t: t, rng: rng, faces: maps.Clone(w.faces), last: w.last}
		gone, came := w.step()
		also, more := other.step()
		next, branch := m.Update(gone, came), m.Update(also, more)
		compareMeshes(t, rng, m, next, Build(w.list()), append(slices.Clone(gone), came...))
		compareMeshes(t, rng, m, branch, Build(other.list()), append(slices.Clone(also), more...))
		m = next
	}
}

// compareMeshes holds meshes against each other in random tiles near the
// faces, and returns how many tiles have another sum than before though they
// show the same, and how many do not.
func compareMeshes(t *testing.T, rng *rand.Rand, before, next, fresh *Mesh[string], near []Face[string]) (needless, changed int) {
	t.Helper()
	var p Pen
	for z := uint32(7); z <= MaxZoom; z++ {
		all := tilesOver(near, z)
		for range min(len(all), 3) {
			at := all[rng.IntN(len(all))]
			want, got, was := drawn(fresh, at, &p), drawn(next, at, &p), drawn(before, at, &p)
			if fmt.Sprint(want) != fmt.Sprint(got) {
				for id := range want {
					if fmt.Sprint(want[id]) != fmt.Sprint(got[id]) {
						t.Fatalf("tile %v: face %d drawn\n%v, built anew\n%v", at, id, got[id], want[id])
					}
				}
				t.Fatalf("tile %v: %d faces drawn, %d built anew", at, len(got), len(want))
			}
			if sumOf(next, at, &p) != sumOf(fresh, at, &p) {
				t.Fatalf("tile %v: another sum when built anew", at)
			}
			same := fmt.Sprint(was) == fmt.Sprint(got)
			switch equal := sumOf(before, at, &p) == sumOf(next, at, &p); {
			case equal && !same:
				t.Fatalf("tile %v: the sum stayed and the drawing did not", at)
			case !equal && same:
				needless++
			case !equal:
				changed++
			}
		}
	}
	return needless, changed
}

func sumOf(m *Mesh[string], at Tile, p *Pen) uint64 {
	sum, _ := m.Sum(at, p, func(*string) bool { return true })
	return sum
}
