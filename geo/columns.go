package geo

import (
	"cmp"
	"slices"
	"sort"
)

// A Column is the records of one sort in a snapshot, so that what happens to
// every sort is written once. It stands for the snapshot's own list: what is
// changed in it is changed there.
type Column interface {
	Entity() Entity
	Len() int
	// At returns the record at a position, not a copy of it.
	At(i int) Record
	// Copy returns a copy of the record at a position; its lists are shared.
	Copy(i int) Record
	// Append adds a copy of r, which must be of the sort.
	Append(r Record)
	// Clear empties the list; the one before stays as it was.
	Clear()
	// Order puts the records in ascending order of their IDs; a list that is not
	// so yet is copied, and the one before stays as it was.
	Order()
	// Own copies the list, so that changes do not reach whoever shares it.
	Own()
	// Find returns the position of the record with an ID, or that where it would
	// stand, in an ordered column.
	Find(id int64) (at int, known bool)
	// Put makes r, which must be of the sort, stand in an ordered column instead
	// of the record with its ID or, without one, besides the others.
	Put(r Record)
	// Drop takes the record with an ID out of an ordered column, if it is there.
	Drop(id int64)
}

// Columns returns the records that a snapshot holds whatever its plan, each
// sort after those it refers to. Tiers, grids and roles are the plan's own;
// dwellings stand apart, for there are too many to handle one by one.
func (s *Snapshot) Columns() []Column {
	return []Column{
		column[Worker, *Worker]{&s.Workers},
		column[Facility, *Facility]{&s.Facilities},
		column[Compound, *Compound]{&s.Compounds},
		column[Building, *Building]{&s.Buildings},
		column[Matter, *Matter]{&s.Matters},
		column[Metric, *Metric]{&s.Metrics},
		column[Population, *Population]{&s.Populations},
		column[Standard, *Standard]{&s.Standards},
		column[Profile, *Profile]{&s.Profiles},
		column[Waiver, *Waiver]{&s.Waivers},
		column[Assignment, *Assignment]{&s.Assignments},
		column[Responsibility, *Responsibility]{&s.Responsibilities},
		column[Net, *Net]{&s.Nets},
		column[NetMember, *NetMember]{&s.NetMembers},
	}
}

// Column returns the records of one sort, nil for a sort that has no column.
func (s *Snapshot) Column(e Entity) Column {
	for _, c := range s.Columns() {
		if c.Entity() == e {
			return c
		}
	}
	return nil
}

// A column is a list whose elements are records by their address.
type column[T any, P interface {
	*T
	Record
}] struct{ list *[]T }

func (c column[T, P]) Entity() Entity {
	e, _ := P(new(T)).Key()
	return e
}

func (c column[T, P]) Len() int        { return len(*c.list) }
func (c column[T, P]) At(i int) Record { return P(&(*c.list)[i]) }
func (c column[T, P]) Copy(i int) Record {
	r := (*c.list)[i]
	return P(&r)
}

func (c column[T, P]) Append(r Record) { *c.list = append(*c.list, *r.(P)) }
func (c column[T, P]) Clear()          { *c.list = nil }
func (c column[T, P]) Own()            { *c.list = slices.Clone(*c.list) }

func (c column[T, P]) id(i int) int64 {
	_, id := P(&(*c.list)[i]).Key()
	return id
}

func (c column[T, P]) Order() {
	compare := func(a, b T) int {
		_, x := P(&a).Key()
		_, y := P(&b).Key()
		return cmp.Compare(x, y)
	}
	if !slices.IsSortedFunc(*c.list, compare) {
		c.Own()
		slices.SortStableFunc(*c.list, compare)
	}
}

func (c column[T, P]) Find(id int64) (int, bool) {
	return sort.Find(c.Len(), func(i int) int { return cmp.Compare(id, c.id(i)) })
}

func (c column[T, P]) Put(r Record) {
	_, id := r.Key()
	at, known := c.Find(id)
	if known {
		(*c.list)[at] = *r.(P)
	} else {
		*c.list = slices.Insert(*c.list, at, *r.(P))
	}
}

func (c column[T, P]) Drop(id int64) {
	if at, known := c.Find(id); known {
		*c.list = slices.Delete(*c.list, at, at+1)
	}
}
