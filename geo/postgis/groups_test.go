package postgis_test

import (
	"errors"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
)

// A household counts only groups that its territory declares, however it comes.
func TestUndeclaredGroupsAreRefused(t *testing.T) {
	t.Parallel()
	store := postgis.New(gridtest.DB(t))
	done := replace(t, store, county(t, "mini"))
	refused := func(err error, field string) {
		t.Helper()
		var invalid *geo.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%v, want a fault in %s", err, field)
		}
	}
	home := &geo.Household{Ref: "new", Dwelling: geo.Dwelling{Resident: 2, Groups: `{"gymnasts":1}`}}
	for _, action := range []postgis.Action{postgis.Create(home), postgis.Upsert(home)} {
		_, err := store.Write(t.Context(), postgis.Write{Territory: done.Territory, By: "tester", Op: "test",
			Actions: []postgis.Action{postgis.Create(&geo.Household{Ref: "other"}), action}})
		refused(err, "[1].groups.gymnasts")
	}
	if n := count(t, store.Pool(), `select count(*) from household where ref in ('new', 'other')`); n != 0 {
		t.Errorf("%d households were written", n)
	}
	c := county(t, "mini")
	c.Households[0].Resident, c.Households[0].Groups = 1, `{"gymnasts":1}`
	_, err := store.Replace(t.Context(), &c.Snapshot, gridtest.Stream(c.Households), "tester")
	refused(err, "groups.gymnasts")
	_, _, err = postgis.New(gridtest.DB(t)).Load(t.Context(), &c.Snapshot, gridtest.Stream(c.Households), "tester")
	refused(err, "groups.gymnasts")
}

// A declaration changes with the territory, as long as no household is left
// that counts what is declared no more.
func TestReplaceChangesTheDeclaration(t *testing.T) {
	t.Parallel()
	store := postgis.New(gridtest.DB(t))
	done := replace(t, store, county(t, "mini"))
	c := county(t, "mini")
	c.Territory.Keeps.Groups = append(c.Territory.Keeps.Groups[:0:0], c.Territory.Keeps.Groups[:2]...) // without the veterans
	if _, err := store.Replace(t.Context(), &c.Snapshot, nil, "tester"); err == nil {
		t.Error("households count veterans, who are declared no more")
	}
	for i := range c.Households {
		counts := map[string]int32{}
		for code, n := range c.Households[i].Groups.All() {
			if code != "veterans" {
				counts[code] = n
			}
		}
		c.Households[i].Groups = geo.NewGroupCounts(counts)
	}
	if again := replace(t, store, c); !again.Changed || again.Revision != done.Revision+1 {
		t.Errorf("replaced %+v", again)
	}
	sets, err := store.Since(t.Context(), done.Territory, done.Revision)
	if err != nil || len(sets) != 1 || !sets[0].Reload {
		t.Errorf("followers are told %+v, %v", sets, err)
	}
	got := current(t, store, done.Territory)
	if len(got.Territory.Keeps.Groups) != 2 || got.Territory.Keeps.Groups[0] != c.Territory.Keeps.Groups[0] {
		t.Errorf("it keeps %+v", got.Territory.Keeps)
	}
	if list, err := store.Territories(t.Context()); err != nil || len(list) != 1 || len(list[0].Keeps.Groups) != 2 {
		t.Errorf("listed %+v, %v", list, err)
	}
	for i := range got.Dwellings {
		if got.Dwellings[i].Groups != c.Households[i].Groups {
			t.Errorf("household %d counts %s, want %s", i, got.Dwellings[i].Groups, c.Households[i].Groups)
		}
	}
}
