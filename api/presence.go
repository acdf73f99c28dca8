package api

import (
	"maps"
	"slices"
	"sync"

	"gridmap/geo"
)

// presence knows who has which plan open: those whose event stream names it,
// for as long as the stream stands. It is of this server alone: planners of one
// draft behind several servers see only those beside them.
type presence struct {
	mu    sync.Mutex
	rooms map[roomKey]*room
}

// A roomKey names a plan in the territory that its visitors may see; a plan
// named with another territory is another room, so that nobody is told of
// strangers.
type roomKey struct {
	territory geo.TerritoryID
	plan      geo.PlanID
}

// A room is a plan that somebody has open. All of it is guarded by its
// presence's lock.
type room struct {
	of      *presence
	key     roomKey
	pages   map[string]int // open pages by who opened them
	version uint64         // rises with every coming and going
	changed chan struct{}  // closed at the next
}

// A presenceJSON is the data of an event "presence": who has a plan open.
type presenceJSON struct {
	Territory geo.TerritoryID `json:"territory"`
	Plan      geo.PlanID      `json:"plan"`
	People    []visitorJSON   `json:"people"` // by name
}

type visitorJSON struct {
	Name  string `json:"name"`
	Pages int    `json:"pages"`
}

// enter lets who into the room of a plan, which the caller must leave.
func (p *presence) enter(key roomKey, who string) *room {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rooms == nil {
		p.rooms = map[roomKey]*room{}
	}
	r := p.rooms[key]
	if r == nil {
		r = &room{of: p, key: key, pages: map[string]int{}, changed: make(chan struct{})}
		p.rooms[key] = r
	}
	r.pages[who]++
	r.tell()
	return r
}

// leave is the inverse of enter.
func (r *room) leave(who string) {
	r.of.mu.Lock()
	defer r.of.mu.Unlock()
	if r.pages[who]--; r.pages[who] == 0 {
		delete(r.pages, who)
	}
	r.tell()
	if len(r.pages) == 0 {
		delete(r.of.rooms, r.key)
	}
}

// tell wakes all in the room. The lock is held.
func (r *room) tell() {
	r.version++
	close(r.changed)
	r.changed = make(chan struct{})
}

// news returns who is in the room unless the reader knows that already, what
// it knows then, and what is closed when somebody comes or goes.
func (r *room) news(known uint64) (said *presenceJSON, version uint64, changed <-chan struct{}) {
	r.of.mu.Lock()
	defer r.of.mu.Unlock()
	if known == r.version {
		return nil, known, r.changed
	}
	said = &presenceJSON{Territory: r.key.territory, Plan: r.key.plan, People: []visitorJSON{}}
	for _, name := range slices.Sorted(maps.Keys(r.pages)) {
		said.People = append(said.People, visitorJSON{name, r.pages[name]})
	}
	return said, r.version, r.changed
}
