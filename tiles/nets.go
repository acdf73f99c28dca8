package tiles

import (
	"gridmap/geo"
	"gridmap/geo/progress"
)

// Attributes of grids that are how far a net has come there, net:CODE, and
// whether the grid takes a matter, matter:CODE.
const (
	netPrefix    = "net:"
	matterPrefix = "matter:"
)

// What a grid says of a matter.
const (
	admitted = "admitted"
	refused  = "refused"
)

// netKey names what a net has done by a day.
type netKey struct {
	day geo.Date
	net string
}

// progressOf returns how far a net has come by a day: in a unit that is of the
// net or holds some that are, what is done of what is to do there, as a
// percentage cut to two decimals; in one that counts nothing, the group it is
// put to. What lies under a member says what that says. known is false where
// there is no such net. A net that does not hold on the day says nothing.
func (p *Picture) progressOf(day geo.Date, code string) (of func(i int) reading, known bool) {
	s := p.a.Rest()
	for i := range s.Nets {
		net := &s.Nets[i]
		if net.Code != code {
			continue
		}
		known = true
		if net.Valid.Holds(day) {
			units := p.unitsOf(net, day)
			return func(i int) reading { return p.nearest(units, i) }, true
		}
	}
	return func(int) reading { return reading{} }, known
}

// unitsOf returns what the units of a net say, by position.
func (p *Picture) unitsOf(net *geo.Net, day geo.Date) map[int]reading {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := netKey{day, net.Code}
	if units, is := p.progress[key]; is {
		return units
	}
	s, units := p.a.Records(), map[int]reading{}
	report := progress.Of(s, p.a.Tree(), net, day)
	for _, u := range report.Units {
		at, _ := p.a.Tree().Index(u.ID)
		if len(u.Progress) > 0 {
			units[at] = reading{number: u.Progress[0].DonePct}
		}
	}
	for i := range s.NetMembers {
		m := &s.NetMembers[i]
		if at, inPlan := p.a.Tree().Index(m.Grid); m.Net == net.Code && inPlan && units[at].number == nil {
			units[at] = reading{text: m.Group}
		}
	}
	if p.progress == nil || len(p.progress) >= mostMeasured {
		p.progress = map[netKey]map[int]reading{}
	}
	p.progress[key] = units
	return units
}

// nearest returns what the unit at a position says, or the nearest above it that
// says anything.
func (p *Picture) nearest(units map[int]reading, i int) reading {
	for ; i >= 0; i = p.a.Tree().Parent(i) {
		if r, of := units[i]; of {
			return r
		}
	}
	return reading{}
}

// takersOf returns which grids take a matter on a day: those of a kind, tier and
// setting that admit it. known is false where the catalogue has no such matter.
func (p *Picture) takersOf(day geo.Date, code string) (of func(i int) reading, known bool) {
	m, known := p.a.Matter(code)
	return func(i int) reading {
		if m.Valid.Holds(day) && p.a.Takes(m, i) {
			return reading{text: admitted}
		}
		return reading{text: refused}
	}, known
}
