package tiles_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
	"gridmap/tiles"
)

// edits is how many random edits the live test makes; the long run is
// go test ./tiles -run Live -edits 10000 -timeout 60m.
var edits = flag.Int("edits", 120, "random edits that the live test makes")

const day geo.Date = 20250630

// A planner draws random edits and keeps pictures as a server does: one that
// follows, whose tags clients hold, and now and then one loaded afresh.
type planner struct {
	*rand.Rand
	t       *testing.T
	drawing *redraw.Drawing
	atlas   *atlas.Atlas
	picture *tiles.Picture
	done    int
	kept    map[tiles.Query]kept // what a client has of the tiles it asked for
	sent    int                  // tiles sent again because their tag was another
	vain    int                  // of those, with the same bytes
}

type kept struct {
	tag  string
	data []byte
}

func newPlanner(t *testing.T, name string, seed uint64) *planner {
	t.Helper()
	county, err := fixtures.Make(name, 2000)
	if err != nil {
		t.Fatal(err)
	}
	county.Plan.ID, county.Revision = 1, 1
	d, err := redraw.NewDrawing(&county.Snapshot, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := atlas.New(&county.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	return &planner{Rand: rand.New(rand.NewPCG(seed, 9)), t: t, drawing: d, atlas: a, picture: tiles.Draw(a), kept: map[tiles.Query]kept{}}
}

func (p *planner) grid(fits func(*geo.Grid) bool) *geo.Grid {
	for {
		if g := p.atlas.Grid(p.IntN(p.atlas.Tree().Len())); fits(g) {
			return g
		}
	}
}

func partitions(g *geo.Grid) bool { return g.Partitions() && g.Parent != 0 && len(g.Boundary) > 0 }

func (p *planner) near(b topo.Box) topo.Point {
	return topo.Point{X: b.Min.X + p.Int32N(b.Max.X-b.Min.X+8), Y: b.Min.Y + p.Int32N(b.Max.Y-b.Min.Y+8)}
}

func (p *planner) square(b topo.Box) topo.Shape {
	q, r := p.near(b), p.near(b)
	x0, x1, y0, y1 := min(q.X, r.X), max(q.X, r.X)+50, min(q.Y, r.Y), max(q.Y, r.Y)+50
	return topo.Shape{{{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}}}
}

// sibling returns a child of the same parent.
func (p *planner) sibling(g *geo.Grid) *geo.Grid {
	return p.grid(func(o *geo.Grid) bool { return partitions(o) && o.Parent == g.Parent })
}

func (p *planner) edit() redraw.Edit {
	g := p.grid(partitions)
	box := g.Boundary.Bound()
	name := geo.Name{ZH: fmt.Sprint("改名", p.IntN(1000)), EN: "renamed"}
	switch p.IntN(10) {
	case 0, 1:
		return redraw.Split{Grid: g.ID, Line: []topo.Point{{X: box.Min.X - 9, Y: p.near(box).Y}, p.near(box), {X: box.Max.X + 9, Y: p.near(box).Y}}}
	case 2, 3:
		return redraw.Merge{Grids: []geo.GridID{g.ID, p.sibling(g).ID}}
	case 4:
		return redraw.Transfer{To: g.ID, Region: p.square(box)}
	case 5:
		ring := g.Boundary[0][0]
		i := p.IntN(len(ring))
		from, to := ring[i], ring[(i+3)%len(ring)]
		return redraw.Reshape{Grid: g.ID, Line: []topo.Point{from, p.near(topo.Ring{from, to}.Bound()), to}}
	case 6:
		return redraw.Retire{Grid: g.ID}
	case 7:
		return redraw.Create{Grid: geo.Grid{Parent: p.atlas.Grid(0).ID, Tier: g.Tier, Kind: geo.Dedicated, Name: name, Boundary: p.square(box)}}
	case 8:
		if up := p.grid(partitions); up.Tier == g.Tier-1 {
			return redraw.Move{Grid: g.ID, Parent: up.ID}
		}
		return redraw.Create{Grid: geo.Grid{Parent: g.ID, Tier: g.Tier + 1, Kind: geo.General, Name: name, Boundary: p.square(box)}}
	}
	return redraw.Set{Grid: g.ID, Name: &name}
}

// change draws one change set: an edit, or a record that has nothing to do
// with ground.
func (p *planner) change() []geo.Change {
	if p.IntN(6) == 0 {
		return p.record()
	}
	for range 50 {
		done, err := p.drawing.Apply(p.edit())
		if err != nil || len(done.Changes) == 0 {
			continue
		}
		if err := p.drawing.Take(done); err != nil {
			p.t.Fatal(err)
		}
		return done.Changes
	}
	return p.record()
}

func (p *planner) record() []geo.Change {
	facilities := p.atlas.Records().Facilities
	if len(facilities) == 0 || p.IntN(2) == 0 {
		w := &geo.Worker{ID: geo.WorkerID(1_000_000 + p.done), Number: fmt.Sprint(p.done)}
		return append(p.building(), geo.Change{After: w})
	}
	before := facilities[p.IntN(len(facilities))]
	after := before
	after.Name.ZH = fmt.Sprint("站", p.IntN(100))
	after.At.X += p.Int32N(1000)
	return []geo.Change{{Before: &before, After: &after}}
}

// building moves a building, if there are any, and gives it a dwelling more, as
// it does a compound.
func (p *planner) building() []geo.Change {
	buildings := p.atlas.Records().Buildings
	if len(buildings) == 0 {
		return nil
	}
	before := buildings[p.done%len(buildings)]
	after := before
	after.Units++
	after.At.Y += int32(p.done * 37 % 1000)
	court := p.atlas.Records().Compounds[p.done%len(p.atlas.Records().Compounds)]
	larger := court
	larger.Units++
	return []geo.Change{{Before: &before, After: &after}, {Before: &court, After: &larger}}
}

// step makes one change and lets the picture follow.
func (p *planner) step() {
	p.done++
	next, err := p.atlas.Apply(geo.ChangeSet{Territory: p.atlas.Territory().ID, Plan: 1, Revision: p.atlas.Revision() + 1, Changes: p.change()})
	if err != nil {
		p.t.Fatal(err)
	}
	p.atlas = next
	p.picture = p.picture.Next(next)
}

// query draws a tile somewhere near a grid.
func (p *planner) query() tiles.Query {
	layers := append(slices.DeleteFunc(tiles.Overlays(), func(l string) bool { return l == tiles.Compounds }), "primary", "village", "township", "micro", "county")
	at := p.grid(partitions).Boundary[0][0][0]
	z := uint32(7 + p.IntN(10))
	r := tiles.Touched([]topo.Box{{Min: at, Max: at}})[z]
	q := tiles.Query{Layer: layers[p.IntN(len(layers))], Address: tiles.Address{Z: z, X: r.X[0], Y: r.Y[0]}, Day: day}
	if q.Layer == tiles.Buildings && p.done%8 < 4 {
		q.Layer = tiles.Compounds // they lie where buildings do
	}
	if q.Props, _ = tiles.ParseProps(""); p.IntN(6) == 0 {
		q.Props, _ = tiles.ParseProps("code,households,workers")
	}
	return q
}

// ask asks as a client does that holds what it got before, and checks that it
// never keeps what is out of date.
func (p *planner) ask(q tiles.Query) {
	if _, known := p.picture.Layering().Has(q.Layer); !known {
		return
	}
	tag, err := p.picture.ETag(q)
	if err != nil {
		p.t.Fatal(err)
	}
	data, err := p.picture.Tile(q)
	if err != nil {
		p.t.Fatal(err)
	}
	if had, known := p.kept[q]; known {
		same := bytes.Equal(had.data, data)
		switch {
		case had.tag == tag && !same:
			p.t.Fatalf("after %d changes: a client would keep tile %v, which is another", p.done, q)
		case had.tag != tag:
			p.sent++
			if same {
				p.vain++
			}
		}
	}
	p.kept[q] = kept{tag, data}
}

// compare holds the picture that followed against one loaded afresh.
func (p *planner) compare() {
	snap := *p.atlas.Snapshot()
	a, err := atlas.New(&snap)
	if err != nil {
		p.t.Fatal(err)
	}
	fresh := tiles.Draw(a)
	for q := range p.kept {
		want, err := fresh.Tile(q)
		got, err2 := p.picture.Tile(q)
		if (err == nil) != (err2 == nil) || !bytes.Equal(want, got) {
			p.t.Fatalf("after %d changes: tile %v has %d bytes, %d when loaded afresh; %v, %v", p.done, q, len(got), len(want), err, err2)
		}
		tag, _ := fresh.ETag(q)
		if mine, _ := p.picture.ETag(q); mine != tag {
			p.t.Fatalf("after %d changes: tile %v has the tag %s, %s when loaded afresh", p.done, q, mine, tag)
		}
		if err != nil {
			continue
		}
		whole, err := tiles.NewCache(0).Tile(fresh, q, tag, tiles.Gzipped)
		mine, err2 := tiles.NewCache(0).Tile(p.picture, q, tag, tiles.Gzipped)
		if err != nil || err2 != nil || !bytes.Equal(whole.Data, mine.Data) {
			p.t.Fatalf("after %d changes: tile %v is packed into %d bytes, %d when loaded afresh; %v, %v", p.done, q, len(mine.Data), len(whole.Data), err, err2)
		}
	}
}

// Whatever is changed, a picture that followed draws the bytes and has the
// tags of one loaded afresh, no client is told to keep what is out of date,
// and few are sent what they have.
func TestLivePictureIsAFreshOne(t *testing.T) {
	t.Parallel()
	for seed, name := range []string{"mini", "shilou"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlanner(t, name, uint64(seed))
			var asked []tiles.Query
			for i := range *edits {
				if i%4 == 0 && len(asked) < 400 {
					asked = append(asked, p.query())
				}
				p.step()
				for range 24 { // a few of the clients ask after each change
					p.ask(asked[p.IntN(len(asked))])
				}
				if i%(*edits/4) == 0 || i == *edits-1 {
					p.compare()
				}
			}
			t.Logf("%d changes: %d tiles sent again, %d of them in vain", p.done, p.sent, p.vain)
			if p.vain*20 > p.sent+60 { // a short run has few to count
				t.Errorf("%d of %d tiles were sent again in vain", p.vain, p.sent)
			}
		})
	}
}
