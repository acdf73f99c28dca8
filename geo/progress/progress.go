// Package progress adds up how far a net has come: by unit of the plan's tree,
// by the units that members answer to in the net, and by its own groups. It
// counts in integers, each member once, and does no I/O.
package progress

import (
	"cmp"
	"maps"
	"slices"

	"gridmap/geo"
)

// A Count is how much is done of how much, in one measure.
type Count struct {
	Measure string   `json:"measure"`
	Done    int64    `json:"done"`
	Total   int64    `json:"total"`
	DonePct *float64 `json:"done_pct"` // cut to two decimals: 100 means nothing is left; null of nothing
	// UpdatedOn is the day of the oldest figure in it, none when one has none.
	UpdatedOn geo.Date `json:"updated_on,omitzero"`
}

// A Sum is what several members come to.
type Sum struct {
	Members  int     `json:"members"` // units in the net, each once
	Progress []Count `json:"progress"`
}

// A Unit is a node of the plan's tree with the members that it is or holds.
type Unit struct {
	ID     geo.GridID `json:"id"`
	Code   string     `json:"code"`
	Name   geo.Name   `json:"name"`
	Tier   string     `json:"tier"`
	Member bool       `json:"member"` // it is in the net itself
	Sum
}

// A Group is what the net puts together under a name.
type Group struct {
	Name string `json:"name"`
	Sum
}

// A Report says how far a net has come on a day.
//
// Where a member lies under another that counts the same measure, units above
// both count only the upper one: its figure has the lower in it.
type Report struct {
	Net  geo.Net  `json:"net"`
	AsOf geo.Date `json:"as_of"`
	// Days is how many days the net lasts, 0 without an end; DaysPassed how many
	// of them are over when the day begins.
	Days       int64   `json:"days"`
	DaysPassed int64   `json:"days_passed"`
	Total      Sum     `json:"total"`     // members in the plan
	Elsewhere  Sum     `json:"elsewhere"` // members that are no units of the plan
	Units      []Unit  `json:"units"`     // in the plan's order, the territory first
	Parents    []Unit  `json:"parents"`   // second parents by function, with what answers to them
	Groups     []Group `json:"groups"`    // by name
}

// Of reports how far a net of s has come on a day; tree is that of its grids.
func Of(s *geo.Snapshot, tree *geo.Tree, net *geo.Net, day geo.Date) Report {
	w := &work{s: s, tree: tree, tallies: map[int]*tally{}, parents: map[int]*tally{}, groups: map[string]*tally{}}
	r := Report{Net: *net, AsOf: day, Units: []Unit{}, Parents: []Unit{}, Groups: []Group{}}
	r.Days, r.DaysPassed = days(net.Valid, day)
	elsewhere := newTally()
	for i := range s.NetMembers {
		m := &s.NetMembers[i]
		if m.Net != net.Code {
			continue
		}
		at, inPlan := tree.Index(m.Grid)
		if !inPlan {
			elsewhere.add(m)
			continue
		}
		w.members = append(w.members, member{m, at})
	}
	w.count()
	total := w.tallies[0]
	if total == nil {
		total = newTally()
	}
	r.Total, r.Elsewhere = total.sum(), elsewhere.sum()
	r.Units, r.Parents = w.units(w.tallies), w.units(w.parents)
	for _, name := range slices.Sorted(maps.Keys(w.groups)) {
		r.Groups = append(r.Groups, Group{name, w.groups[name].sum()})
	}
	return r
}

// days returns how long a period lasts and how much of it is over.
func days(p geo.Period, day geo.Date) (all, passed int64) {
	between := func(from, to geo.Date) int64 { return int64(to.Time().Sub(from.Time()).Hours()) / 24 }
	if p.From == 0 || p.To == 0 {
		return 0, 0
	}
	all = between(p.From, p.To)
	return all, min(max(between(p.From, day), 0), all)
}

// A member is one of the net that is in the plan.
type member struct {
	*geo.NetMember
	at int // position of its unit
}

// work is one adding up.
type work struct {
	s       *geo.Snapshot
	tree    *geo.Tree
	members []member
	tallies map[int]*tally // by position
	parents map[int]*tally // by position of the second parent
	groups  map[string]*tally
}

// A stated is a figure that covers whatever lies under its unit, among the
// members of one second parent or group, or of all.
type stated struct {
	at      int
	measure string
	parent  geo.GridID
	group   string
}

// count adds every member to the units above it, to its second parent and to
// its group.
func (w *work) count() {
	covers := map[stated]bool{}
	for _, m := range w.members {
		if m.Total == 0 {
			continue
		}
		covers[stated{at: m.at, measure: m.Measure}] = true
		covers[stated{at: m.at, measure: m.Measure, parent: m.Under}] = true
		covers[stated{at: m.at, measure: m.Measure, group: m.Group}] = true
	}
	for _, m := range w.members {
		w.climb(m, covers)
		if m.Under != 0 {
			if at, inPlan := w.tree.Index(m.Under); inPlan {
				of(w.parents, at).take(m.NetMember, !w.covered(covers, m.at, stated{measure: m.Measure, parent: m.Under}))
			}
		}
		if m.Group != "" {
			of(w.groups, m.Group).take(m.NetMember, !w.covered(covers, m.at, stated{measure: m.Measure, group: m.Group}))
		}
	}
}

// climb adds a member to its unit and to those above, up to the first that
// states the same measure itself.
func (w *work) climb(m member, covers map[stated]bool) {
	counts := true
	for i := m.at; i >= 0; i = w.tree.Parent(i) {
		counts = counts && (i == m.at || !covers[stated{at: i, measure: m.Measure}])
		of(w.tallies, i).take(m.NetMember, counts)
	}
}

// covered reports whether a unit above the position states what s says.
func (w *work) covered(covers map[stated]bool, at int, s stated) bool {
	for s.at = w.tree.Parent(at); s.at >= 0; s.at = w.tree.Parent(s.at) {
		if covers[s] {
			return true
		}
	}
	return false
}

// units lists tallies in the plan's order.
func (w *work) units(tallies map[int]*tally) []Unit {
	list := make([]Unit, 0, len(tallies))
	order := slices.SortedFunc(maps.Keys(tallies), func(a, b int) int { return cmp.Compare(w.tree.Order(a), w.tree.Order(b)) })
	for _, i := range order {
		g, t := &w.s.Grids[i], tallies[i]
		u := Unit{ID: g.ID, Code: g.Code, Name: g.Name, Member: t.units[g.ID], Sum: t.sum()}
		for _, tier := range w.s.Tiers {
			if tier.Rank == g.Tier {
				u.Tier = tier.Code
			}
		}
		list = append(list, u)
	}
	return list
}

// A tally is what members come to so far.
type tally struct {
	units  map[geo.GridID]bool
	counts map[string]*Count
}

func newTally() *tally { return &tally{map[geo.GridID]bool{}, map[string]*Count{}} }

// of returns the tally of a key, a new one when there is none.
func of[K comparable](tallies map[K]*tally, key K) *tally {
	t := tallies[key]
	if t == nil {
		t = newTally()
		tallies[key] = t
	}
	return t
}

// take notes a member, and its figures where they count.
func (t *tally) take(m *geo.NetMember, counts bool) {
	t.units[m.Grid] = true
	if counts {
		t.add(m)
	}
}

// add notes a member with its figures.
func (t *tally) add(m *geo.NetMember) {
	t.units[m.Grid] = true
	if m.Measure == "" {
		return
	}
	c := t.counts[m.Measure]
	if c == nil {
		c = &Count{Measure: m.Measure, UpdatedOn: m.UpdatedOn}
		t.counts[m.Measure] = c
	}
	c.Done += m.Done
	c.Total += m.Total
	c.UpdatedOn = min(c.UpdatedOn, m.UpdatedOn)
}

// sum returns the counts by measure.
func (t *tally) sum() Sum {
	s := Sum{Members: len(t.units), Progress: []Count{}}
	for _, measure := range slices.Sorted(maps.Keys(t.counts)) {
		c := *t.counts[measure]
		if c.Total > 0 {
			pct := float64(c.Done*10_000/c.Total) / 100
			c.DonePct = &pct
		}
		s.Progress = append(s.Progress, c)
	}
	return s
}
