package geo

import (
	"reflect"
	"slices"
	"testing"
)

// Every list of records of a snapshot has a column, and each column is of a
// list of its own.
func TestColumnsAreAllLists(t *testing.T) {
	t.Parallel()
	var s Snapshot
	seen := map[Entity]bool{}
	for _, c := range s.Columns() {
		if seen[c.Entity()] {
			t.Errorf("%s has two columns", c.Entity())
		}
		seen[c.Entity()] = true
		if of := s.Column(c.Entity()); of == nil || of.Entity() != c.Entity() {
			t.Errorf("the column of %s is %v", c.Entity(), of)
		}
	}
	apart := []string{"Tiers", "Grids", "Roles", "Dwellings"}
	lists := 0
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Snapshot]()) {
		if f.Type.Kind() != reflect.Slice || slices.Contains(apart, f.Name) {
			continue
		}
		lists++
		record, ok := reflect.New(f.Type.Elem()).Interface().(Record)
		if !ok {
			t.Errorf("%s holds no records", f.Name)
			continue
		}
		if entity, _ := record.Key(); !seen[entity] {
			t.Errorf("%s has no column", f.Name)
		}
	}
	if lists != len(seen) {
		t.Errorf("%d columns of %d lists", len(seen), lists)
	}
	if s.Column(HouseholdEntity) != nil {
		t.Error("households have a column")
	}
}

// What is done to a column is done to the snapshot, and not to who shares the
// list as it was.
func TestColumnKeepsOrder(t *testing.T) {
	t.Parallel()
	shared := []Waiver{{ID: 7, Why: "g"}, {ID: 3, Why: "c"}}
	s := Snapshot{Waivers: shared}
	c := s.Column(WaiverEntity)
	c.Order()
	if shared[0].ID != 7 || s.Waivers[0].ID != 3 {
		t.Errorf("ordered %v, shared list %v", s.Waivers, shared)
	}
	before := s.Waivers
	c.Own()
	c.Put(&Waiver{ID: 5, Why: "e"})
	c.Put(&Waiver{ID: 7, Why: "G"})
	c.Drop(3)
	c.Drop(4) // is not there
	if want := []Waiver{{ID: 5, Why: "e"}, {ID: 7, Why: "G"}}; !slices.Equal(s.Waivers, want) {
		t.Errorf("%v, want %v", s.Waivers, want)
	}
	if before[0].ID != 3 || before[1].Why != "g" {
		t.Errorf("the list before became %v", before)
	}
	if at, known := c.Find(6); at != 1 || known {
		t.Errorf("6 is found at %d, %v", at, known)
	}
	copied := c.Copy(0).(*Waiver)
	if copied.Why = "other"; s.Waivers[0].Why != "e" {
		t.Error("a copy is the record itself")
	}
	if c.At(1).(*Waiver) != &s.Waivers[1] {
		t.Error("a record is a copy")
	}
	if c.Clear(); c.Len() != 0 || s.Waivers != nil {
		t.Errorf("%v after Clear", s.Waivers)
	}
}
