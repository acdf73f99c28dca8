package check

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// Cells tells the H3 cells of resolution 10 that places lie in.
type Cells interface {
	// At returns the cell that p lies in, false where there is none.
	At(p topo.Point) (id int64, ok bool)
	// Around returns a box that holds every point of a cell that At returned,
	// and perhaps some beside it.
	Around(id int64) topo.Box
}

// Vacancies keep, day by day, which buildings stand where nobody is known to
// live, for as long as households, buildings and compounds stay where they are.
// Several may ask at once. The zero value knows of no day yet.
type Vacancies struct {
	mu    sync.Mutex
	byDay map[geo.Date]vacancy
}

// A vacancy is the buildings and compounds of a day, and which of them stand in
// cells without a household.
type vacancy struct {
	blocks int
	vacant []dwelt
}

// mostDays bounds the days that are kept; as a rule it is one.
const mostDays = 8

// on returns the vacancy of a day, which find finds.
func (v *Vacancies) on(day geo.Date, find func() vacancy) vacancy {
	if v == nil {
		return find()
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	found, known := v.byDay[day]
	if !known {
		if len(v.byDay) >= mostDays || v.byDay == nil {
			v.byDay = map[geo.Date]vacancy{}
		}
		found = find()
		v.byDay[day] = found
	}
	return found
}

// checkCells asks COV-6: does a cell hold buildings, or a compound without any
// listed, where no household is known? What belongs to a compound with a
// household on its ground is known to be lived in, wherever its cells end.
func (k *inquiry) checkCells(cells Cells, known *Vacancies) {
	if cells == nil {
		known = nil // what is found then does not hold where they are
	}
	found := known.on(k.AsOf, func() vacancy { return k.vacancy(cells) })
	switch {
	case found.blocks == 0:
		k.skip[geo.RuleEmptyCell] = "no buildings and no drawn compounds"
	case len(k.Dwellings) == 0:
		k.skip[geo.RuleEmptyCell] = "no households"
	case cells == nil:
		k.skip[geo.RuleEmptyCell] = "no cells are known here"
	}
	if k.skip[geo.RuleEmptyCell] != "" || k.severity(geo.RuleEmptyCell) == "" {
		return
	}
	at, count, units := map[int64]topo.Point{}, map[int64]int{}, map[int64]int64{}
	for _, b := range found.vacant {
		if !k.pointInScope(b.at) {
			continue
		}
		if count[b.cell]++; count[b.cell] == 1 {
			at[b.cell] = b.at
		}
		units[b.cell] += int64(b.units)
	}
	for _, id := range slices.Sorted(maps.Keys(count)) {
		code := strconv.FormatInt(id, 16)
		k.add(Finding{Rule: geo.RuleEmptyCell, Subject: Subject{Type: "cell", Code: code}, At: pointOf(at[id]),
			Measure: &Measure{Value: float64(count[id]), Unit: "buildings", Op: "<=", Limit: 0}, Message: cellMessage(count[id], units[id])})
	}
}

// vacancy finds what stands in cells without a household, on any ground.
func (k *inquiry) vacancy(cells Cells) vacancy {
	blocks := k.blocks()
	found := vacancy{blocks: len(blocks)}
	if len(blocks) == 0 || len(k.Dwellings) == 0 || cells == nil {
		return found
	}
	blocks = celled(blocks, cells)
	homes := newHomeBins(k.Dwellings, blocks)
	lived := map[int64]bool{}
	for _, b := range blocks {
		in, known := lived[b.cell]
		if !known {
			in = homes.any(b.around, func(p topo.Point) bool { c, ok := cells.At(p); return ok && c == b.cell })
			lived[b.cell] = in
		}
		if !in && (len(b.ground) == 0 || !homes.any(b.ground.Bound(), b.ground.Contains)) {
			found.vacant = append(found.vacant, b)
		}
	}
	return found
}

// A dwelt place is a building, or a compound of which no building is listed.
type dwelt struct {
	at     topo.Point
	units  int32
	ground topo.Shape // of the compound, if it is drawn
	cell   int64
	around topo.Box // of the cell
}

// blocks lists what people may live in on the day.
func (k *inquiry) blocks() []dwelt {
	grounds, listed := map[string]topo.Shape{}, map[string]bool{}
	for i := range k.Compounds {
		if c := &k.Compounds[i]; len(c.Boundary) > 0 && c.Valid.Holds(k.AsOf) {
			grounds[c.Code] = c.Boundary
		}
	}
	var blocks []dwelt
	for i := range k.Buildings {
		if b := &k.Buildings[i]; b.Valid.Holds(k.AsOf) {
			listed[b.Compound] = true
			blocks = append(blocks, dwelt{at: b.At, units: b.Units, ground: grounds[b.Compound]})
		}
	}
	for i := range k.Compounds {
		c := &k.Compounds[i]
		if ground := grounds[c.Code]; ground != nil && !listed[c.Code] && c.Units > 0 {
			blocks = append(blocks, dwelt{at: ground.InteriorPoint(), units: c.Units, ground: ground})
		}
	}
	return blocks
}

// celled returns the blocks that lie in cells, with these.
func celled(blocks []dwelt, cells Cells) []dwelt {
	asked := blocks[:0]
	for _, b := range blocks {
		var ok bool
		if b.cell, ok = cells.At(b.at); ok {
			b.around = cells.Around(b.cell)
			asked = append(asked, b)
		}
	}
	return asked
}

// pointInScope reports whether a point lies on the ground asked about.
func (k *inquiry) pointInScope(p topo.Point) bool {
	return k.tops[0] == 0 || slices.ContainsFunc(k.tops, func(top int) bool { return k.Grids[top].Boundary.Contains(p) })
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

func newHomeBins(dwellings []geo.Dwelling, blocks []dwelt) *homeBins {
	b := &homeBins{shift: binShift}
	if len(blocks) > 0 {
		b.box = blocks[0].around
	}
	for _, block := range blocks {
		for _, o := range [...]topo.Box{block.around, groundBox(block.ground, block.at)} {
			b.box = b.box.Extend(o.Min).Extend(o.Max)
		}
	}
	wide, high := int64(b.box.Max.X)-int64(b.box.Min.X)+1, int64(b.box.Max.Y)-int64(b.box.Min.Y)+1
	for (wide>>b.shift+1)*(high>>b.shift+1) > mostBins {
		b.shift++
	}
	b.columns = wide>>b.shift + 1
	b.start = make([]int32, b.columns*(high>>b.shift+1)+1)
	for i := range dwellings {
		if d := &dwellings[i]; d.Located && b.box.Contains(d.At) {
			b.start[b.bin(d.At)+1]++
		}
	}
	for i := 1; i < len(b.start); i++ {
		b.start[i] += b.start[i-1]
	}
	b.households = make([]topo.Point, b.start[len(b.start)-1])
	next := slices.Clone(b.start)
	for i := range dwellings {
		if d := &dwellings[i]; d.Located && b.box.Contains(d.At) {
			at := b.bin(d.At)
			b.households[next[at]] = d.At
			next[at]++
		}
	}
	return b
}

// groundBox is the box of ground, or of a point where there is none.
func groundBox(ground topo.Shape, p topo.Point) topo.Box {
	if len(ground) == 0 {
		return topo.Box{Min: p, Max: p}
	}
	return ground.Bound()
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

func cellMessage(buildings int, units int64) Message {
	m := Message{
		fmt.Sprintf("该处有 %d 栋楼而没有住户", buildings),
		fmt.Sprintf("%d %s stand here and no household is known", buildings, plural(buildings, "building")),
	}
	if units > 0 {
		m.ZH = fmt.Sprintf("该处有 %d 栋楼（%d 套）而没有住户", buildings, units)
		m.EN = fmt.Sprintf("%d %s with %s %s stand here and no household is known", buildings, plural(buildings, "building"), thousands(units), plural(int(units), "dwelling"))
	}
	return m
}
