package atlas

import (
	"time"

	"gridmap/geo"
)

// keptDays is how many days' counts a picture remembers.
const keptDays = 4

// A book is what a picture keeps of dwellings and counts. It is brought up to
// date when first asked, from that of an earlier revision and the moves since.
type book struct {
	columns *columns       // nil until brought up to date
	full    *geo.Snapshot  // with dwellings, nil until asked for
	days    []*geo.Counted // the last asked at the end
	seed    seed           // empty once columns stands
}

// A seed is where a book grows from.
type seed struct {
	columns *columns
	counted *geo.Counted // nil if nothing was counted yet
	staff   bool         // the staff has changed since counted
	moves   []move       // since columns, in order
}

// maxMoves is how many moves a seed gathers before it must grow: finding a
// dwelling looks through them.
const maxMoves = 1024

// ripen makes the moves of a seed that has gathered many.
func (s *seed) ripen(sh *shelf) {
	if len(s.moves) > maxMoves {
		s.columns, s.counted = s.columns.after(s.moves, s.counted, sh)
		s.moves = nil
	}
}

// orToday returns day, or today for 0.
func orToday(day geo.Date) geo.Date {
	if day == 0 {
		return geo.DateOf(time.Now())
	}
	return day
}

// upToDate returns the book with its columns; a.mu must be held.
func (a *Atlas) upToDate() *book {
	b := &a.book
	if b.columns != nil {
		return b
	}
	columns, counted := b.seed.columns.after(b.seed.moves, b.seed.counted, a.shelf)
	b.columns = columns
	if counted != nil {
		if counted == b.seed.counted {
			counted = counted.Clone()
		}
		counted.Snapshot, counted.Tree, counted.Leaf = a.Records(), a.tree, columns.positions(a.shelf)
		counted.Many = columns.manyByIndex(a.shelf)
		if b.seed.staff {
			counted.CountStaff()
		}
		b.days = append(b.days, counted)
	}
	b.seed = seed{}
	return b
}

// Snapshot returns everything the picture shows; it must not be changed. When
// the dwellings are not wanted, [Atlas.Records] spares writing them out.
func (a *Atlas) Snapshot() *geo.Snapshot {
	a.mu.Lock()
	defer a.mu.Unlock()
	b := a.upToDate()
	if b.full == nil {
		full := *a.Records()
		full.Dwellings = b.columns.dwellings.Rows()
		b.full = &full
	}
	return b.full
}

// Counted returns everything counted for a day, 0 being today; it must not be
// changed. The days asked last are remembered.
func (a *Atlas) Counted(day geo.Date) *geo.Counted {
	day = orToday(day)
	a.mu.Lock()
	defer a.mu.Unlock()
	b := a.upToDate()
	for i, c := range b.days {
		if c.AsOf == day {
			b.days = append(append(b.days[:i:i], b.days[i+1:]...), c)
			return c
		}
	}
	c := geo.CountDwellings(a.Records(), b.columns.dwellings, a.tree, b.columns.positions(a.shelf), day)
	c.Many = b.columns.manyByIndex(a.shelf)
	if len(b.days) == keptDays {
		b.days = b.days[1:]
	}
	b.days = append(b.days[:len(b.days):len(b.days)], c)
	return c
}

// sow returns the seed for the next picture; a.mu must be held.
func (b *book) sow() seed {
	if b.columns == nil {
		return b.seed
	}
	s := seed{columns: b.columns}
	if len(b.days) > 0 {
		s.counted = b.days[len(b.days)-1]
	}
	return s
}
