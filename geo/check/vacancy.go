package check

import (
	"slices"
	"sync"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// Vacancies keep, day by day, which buildings stand where nobody is known to
// live, for as long as buildings and compounds stay as they are. Several may
// ask at once. The zero value knows of no day yet.
type Vacancies struct {
	mu    sync.Mutex
	byDay map[geo.Date]vacancyAt
}

// A vacancyAt is what was found on a day, and where households came or went
// since.
type vacancyAt struct {
	*vacancy
	moved []topo.Point
}

// mostDays bounds the days that are kept; as a rule it is one.
const mostDays = 8

// mostMoved is how many places are looked at again; with more all is found
// anew.
const mostMoved = 1024

// After returns the vacancies once households have come to or gone from places.
// What v keeps is not found anew but where they did; v stays as it is.
func (v *Vacancies) After(moved []topo.Point) *Vacancies {
	v.mu.Lock()
	defer v.mu.Unlock()
	next := &Vacancies{byDay: make(map[geo.Date]vacancyAt, len(v.byDay))}
	for day, at := range v.byDay {
		if len(at.moved)+len(moved) <= mostMoved {
			next.byDay[day] = vacancyAt{at.vacancy, slices.Concat(at.moved, moved)}
		}
	}
	return next
}

// on returns the vacancy of a day, which find finds; what is known is looked at
// again where households came or went, among those that homes finds.
func (v *Vacancies) on(day geo.Date, cells Cells, homes Homes, find func() *vacancy) *vacancy {
	if v == nil {
		return find()
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	at, known := v.byDay[day]
	switch {
	case known && len(at.moved) == 0:
		return at.vacancy
	case known && homes != nil:
		at.vacancy = at.after(at.moved, cells, homes)
	default:
		at.vacancy = find()
	}
	if !known && len(v.byDay) >= mostDays || v.byDay == nil {
		v.byDay = map[geo.Date]vacancyAt{}
	}
	v.byDay[day] = vacancyAt{vacancy: at.vacancy}
	return at.vacancy
}

// A vacancy says where on a site nobody lives. It does not change.
type vacancy struct {
	site    *site
	cells   []living // of the site's cells
	grounds []living // of the site's grounds, as far as they were asked
	vacant  []dwelt  // in cells and on ground where nobody lives
}

// living says whether anybody lives somewhere.
type living uint8

const (
	unlooked living = iota
	nobody
	somebody
)

// Homes reports whether there is a household in a box of which asked, given
// its place, says yes.
type Homes func(box topo.Box, asked func(topo.Point) bool) bool

// vacancy finds what stands in cells without a household, on any ground.
func (k *inquiry) vacancy(cells Cells) *vacancy {
	s := k.site(cells)
	v := &vacancy{site: s, cells: make([]living, len(s.cells)), grounds: make([]living, len(s.grounds))}
	if len(s.blocks) > 0 {
		v.settle(cells, newHomeBins(k.Dwellings, s).any)
	}
	return v
}

// settle lists what is vacant, asking where it has not been asked. What belongs
// to a compound is asked for on its ground only when nobody lives in its cell.
func (v *vacancy) settle(cells Cells, homes Homes) {
	v.vacant = nil
	for _, b := range v.site.blocks {
		if v.cells[b.cell] == unlooked {
			v.cells[b.cell] = v.site.cells[b.cell].asked(cells, homes)
		}
		if v.cells[b.cell] == somebody {
			continue
		}
		if b.ground >= 0 {
			if v.grounds[b.ground] == unlooked {
				v.grounds[b.ground] = v.site.grounds[b.ground].asked(homes)
			}
			if v.grounds[b.ground] == somebody {
				continue
			}
		}
		v.vacant = append(v.vacant, b)
	}
}

// after returns the vacancy once households have come to or gone from places.
func (v *vacancy) after(moved []topo.Point, cells Cells, homes Homes) *vacancy {
	next := &vacancy{v.site, slices.Clone(v.cells), slices.Clone(v.grounds), v.vacant}
	for _, p := range moved {
		if id, ok := cells.At(p); ok {
			if c, built := v.site.cellAt[id]; built {
				next.cells[c] = unlooked
			}
		}
		for g := range v.site.grounds {
			if v.site.grounds[g].box.Contains(p) {
				next.grounds[g] = unlooked
			}
		}
	}
	next.settle(cells, homes)
	return next
}

// A site is what people may live in on a day, as far as it lies in cells.
type site struct {
	listed  int // with what lies in no cell
	blocks  []dwelt
	cells   []siteCell
	cellAt  map[int64]int32 // of cells
	grounds []siteGround
}

// A dwelt place is a building, or a compound of which no building is listed.
type dwelt struct {
	at     topo.Point
	units  int32
	cell   int32 // of the site
	ground int32 // of the compound among the site's, -1 if none is drawn
}

// A siteCell is a cell that something stands in.
type siteCell struct {
	id     int64
	around topo.Box
}

func (c *siteCell) asked(cells Cells, homes Homes) living {
	return livingIf(homes(c.around, func(p topo.Point) bool { id, ok := cells.At(p); return ok && id == c.id }))
}

// A siteGround is that of a compound.
type siteGround struct {
	shape topo.Shape
	box   topo.Box
}

func (g *siteGround) asked(homes Homes) living { return livingIf(homes(g.box, g.shape.Contains)) }

func livingIf(found bool) living {
	if found {
		return somebody
	}
	return nobody
}

// site lists what people may live in on the day. Without cells it only counts.
func (k *inquiry) site(cells Cells) *site {
	s := &site{cellAt: map[int64]int32{}}
	grounds, listed := map[string]int32{}, map[string]bool{}
	for i := range k.Compounds {
		if c := &k.Compounds[i]; len(c.Boundary) > 0 && c.Valid.Holds(k.AsOf) {
			grounds[c.Code] = int32(len(s.grounds))
			s.grounds = append(s.grounds, siteGround{c.Boundary, c.Boundary.Bound()})
		}
	}
	for i := range k.Buildings {
		if b := &k.Buildings[i]; b.Valid.Holds(k.AsOf) {
			listed[b.Compound] = true
			ground, drawn := grounds[b.Compound]
			if !drawn {
				ground = -1
			}
			s.add(dwelt{at: b.At, units: b.Units, ground: ground}, cells)
		}
	}
	for i := range k.Compounds {
		c := &k.Compounds[i]
		if ground, drawn := grounds[c.Code]; drawn && !listed[c.Code] && c.Units > 0 {
			s.add(dwelt{at: s.grounds[ground].shape.InteriorPoint(), units: c.Units, ground: ground}, cells)
		}
	}
	return s
}

// add lists a dwelt place in the cell that it lies in.
func (s *site) add(b dwelt, cells Cells) {
	s.listed++
	if cells == nil {
		return
	}
	id, ok := cells.At(b.at)
	if !ok {
		return
	}
	at, known := s.cellAt[id]
	if !known {
		at = int32(len(s.cells))
		s.cellAt[id] = at
		s.cells = append(s.cells, siteCell{id, cells.Around(id)})
	}
	b.cell = at
	s.blocks = append(s.blocks, b)
}

// homeBins finds households near a place, of those near any block.
type homeBins struct {
	box        topo.Box
	shift      uint // a bin is 1<<shift steps wide
	columns    int64
	start      []int32 // of each bin among the points
	households []topo.Point
}

// Bins are about 90 m wide, or wider where blocks lie so far apart that there
// would be too many.
const (
	binShift = 13
	mostBins = 1 << 21
)

func newHomeBins(dwellings geo.Dwellings, s *site) *homeBins {
	b := &homeBins{shift: binShift}
	if len(s.cells) > 0 {
		b.box = s.cells[0].around
	}
	for _, c := range s.cells {
		b.box = b.box.Extend(c.around.Min).Extend(c.around.Max)
	}
	for _, g := range s.grounds {
		b.box = b.box.Extend(g.box.Min).Extend(g.box.Max)
	}
	wide, high := int64(b.box.Max.X)-int64(b.box.Min.X)+1, int64(b.box.Max.Y)-int64(b.box.Min.Y)+1
	for (wide>>b.shift+1)*(high>>b.shift+1) > mostBins {
		b.shift++
	}
	b.columns = wide>>b.shift + 1
	b.start = make([]int32, b.columns*(high>>b.shift+1)+1)
	for _, d := range dwellings.All() {
		if d.Located && b.box.Contains(d.At) {
			b.start[b.bin(d.At)+1]++
		}
	}
	for i := 1; i < len(b.start); i++ {
		b.start[i] += b.start[i-1]
	}
	b.households = make([]topo.Point, b.start[len(b.start)-1])
	next := slices.Clone(b.start)
	for _, d := range dwellings.All() {
		if d.Located && b.box.Contains(d.At) {
			at := b.bin(d.At)
			b.households[next[at]] = d.At
			next[at]++
		}
	}
	return b
}

func (b *homeBins) bin(p topo.Point) int64 {
	return (int64(p.Y)-int64(b.box.Min.Y))>>b.shift*b.columns + (int64(p.X)-int64(b.box.Min.X))>>b.shift
}

// any reports whether a household in the box is one that is asked for.
func (b *homeBins) any(box topo.Box, asked func(topo.Point) bool) bool {
	low := topo.Point{X: max(box.Min.X, b.box.Min.X), Y: max(box.Min.Y, b.box.Min.Y)}
	high := topo.Point{X: min(box.Max.X, b.box.Max.X), Y: min(box.Max.Y, b.box.Max.Y)}
	if low.X > high.X || low.Y > high.Y {
		return false
	}
	first, last := b.bin(low), b.bin(topo.Point{X: high.X, Y: low.Y})
	for row := int64(0); row <= (int64(high.Y)-int64(b.box.Min.Y))>>b.shift-(int64(low.Y)-int64(b.box.Min.Y))>>b.shift; row++ {
		for _, p := range b.households[b.start[first+row*b.columns]:b.start[last+row*b.columns+1]] {
			if box.Contains(p) && asked(p) {
				return true
			}
		}
	}
	return false
}
