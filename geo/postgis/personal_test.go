package postgis_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
)

// on is a switch that lets heads and two flags in.
var on = geo.PersonalKeeps{Heads: true, Purpose: "走访", Flags: []geo.Flag{
	{Code: "lives_alone", Name: geo.Name{ZH: "独居户"}}, {Code: "spare_key", Name: geo.Name{ZH: "留有备用钥匙"}}}}

// people streams what households say.
func people(list ...geo.Personal) iter.Seq2[geo.Personal, error] {
	return func(yield func(geo.Personal, error) bool) {
		for _, p := range list {
			if !yield(p, nil) {
				return
			}
		}
	}
}

// turn sets the switch and leaves the groups as they are.
func turn(t *testing.T, store *postgis.Store, c *fixtures.County, territory geo.TerritoryID, to geo.PersonalKeeps) postgis.Kept {
	t.Helper()
	keeps := c.Territory.Keeps
	keeps.Personal = to
	done, err := store.SetKeeps(t.Context(), territory, "tester", func(geo.Keeps) (geo.Keeps, error) { return keeps, nil })
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func put(t *testing.T, store *postgis.Store, territory geo.TerritoryID, list ...geo.Personal) postgis.PersonalPut {
	t.Helper()
	done, err := store.PutPersonal(t.Context(), territory, "tester", people(list...))
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func personal(t *testing.T, store *postgis.Store, territory geo.TerritoryID) []geo.Personal {
	t.Helper()
	var list []geo.Personal
	if err := store.EachPersonal(t.Context(), territory, "tester", func(p *geo.Personal) error {
		list = append(list, *p)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

// Nothing personal gets in while the switch is off, by any way.
func TestPersonalIsRefusedWhileOff(t *testing.T) {
	t.Parallel()
	c := county(t, "mini")
	store, territory, _ := load(t, c)
	head := geo.Personal{Ref: c.Households[0].Ref, Head: "王大年"}
	if _, err := store.PutPersonal(t.Context(), territory, "tester", people(head)); !errors.Is(err, geo.ErrNotKept) {
		t.Errorf("put: %v", err)
	}
	if _, err := store.Personal(t.Context(), territory, 1, "tester"); !errors.Is(err, geo.ErrNotKept) {
		t.Errorf("read: %v", err)
	}
	if _, err := store.Import(t.Context(), postgis.Import{Snapshot: &c.Snapshot, Households: gridtest.Stream(c.Households), Personal: people(head), By: "tester"}); !errors.Is(err, geo.ErrNotKept) {
		t.Errorf("import: %v", err)
	}
	flagsOnly := on
	flagsOnly.Heads = false
	turn(t, store, c, territory, flagsOnly)
	if _, err := store.PutPersonal(t.Context(), territory, "tester", people(head)); !errors.Is(err, geo.ErrNotKept) {
		t.Errorf("a head where flags alone are kept: %v", err)
	}
	if _, err := store.SetKeeps(t.Context(), territory, "tester", func(was geo.Keeps) (geo.Keeps, error) {
		was.Personal.Heads, was.Personal.Purpose = true, ""
		return was, nil
	}); !errors.Is(err, geo.ErrInvalid) {
		t.Errorf("on without a purpose: %v", err)
	}
	if n, err := store.PersonalCount(t.Context(), territory); err != nil || n != 0 {
		t.Errorf("%d households are kept, %v", n, err)
	}
}

// What is put is read back, merged by the household's ref, all or none.
func TestPersonalIsPutAllOrNone(t *testing.T) {
	t.Parallel()
	c := county(t, "mini")
	store, territory, _ := load(t, c)
	turn(t, store, c, territory, on)
	a, b := c.Households[0].Ref, c.Households[1].Ref
	first := geo.Personal{Ref: a, Head: "王大年", Flags: []string{"spare_key", "lives_alone"}, UpdatedOn: 20250601}
	if done := put(t, store, territory, first, geo.Personal{Ref: b, Flags: []string{"lives_alone"}}); done.Created != 2 || done.Records != 2 {
		t.Errorf("put %+v", done)
	}
	for field, list := range map[string][]geo.Personal{
		"[1].ref":      {{Ref: a, Head: "李"}, {Ref: "nobody", Head: "张"}},
		"[1].flags[0]": {{Ref: a, Head: "李"}, {Ref: b, Flags: []string{"watched"}}},
		"[0].head":     {{Ref: a, Head: "李 13800000000"}},
		"[2].ref":      {{Ref: a, Head: "李"}, {Ref: b, Head: "张"}, {Ref: a, Head: "赵"}},
	} {
		_, err := store.PutPersonal(t.Context(), territory, "tester", people(list...))
		if invalid := (*geo.InvalidError)(nil); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%v, want a fault in %s", err, field)
		}
	}
	if done := put(t, store, territory, first, geo.Personal{Ref: b}); done.Unchanged != 1 || done.Forgotten != 1 || done.Updated != 0 {
		t.Errorf("the same again, and nothing of %s: %+v", b, done)
	}
	list := personal(t, store, territory)
	if len(list) != 1 || list[0].Head != first.Head || !slices.Equal(list[0].Flags, first.Flags) || list[0].UpdatedOn != first.UpdatedOn {
		t.Fatalf("kept %+v", list)
	}
	got, err := store.Personal(t.Context(), territory, list[0].Household, "reader")
	if err != nil || got.Ref != a || got.Head != "王大年" {
		t.Errorf("read %+v, %v", got, err)
	}
	if n := count(t, store.Pool(), `select count(*) from personal_access where by_whom = 'reader' and op = 'read' and household_id = $1`, int64(got.Household)); n != 1 {
		t.Errorf("the read is noted %d times", n)
	}
	if err := store.ForgetPersonal(t.Context(), territory, got.Household, "tester"); err != nil {
		t.Fatal(err)
	}
	if err := store.ForgetPersonal(t.Context(), territory, got.Household, "tester"); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("forgotten twice: %v", err)
	}
}

// Turning the switch off deletes what was kept, and turning it back a little
// deletes that much; households go on as they were.
func TestSwitchedOffPersonalIsGone(t *testing.T) {
	t.Parallel()
	c := county(t, "mini")
	store, territory, _ := load(t, c)
	rev := turn(t, store, c, territory, on).Revision
	if again := turn(t, store, c, territory, on); again.Revision != rev {
		t.Errorf("the same switch made revision %d", again.Revision)
	}
	put(t, store, territory,
		geo.Personal{Ref: c.Households[0].Ref, Head: "王大年"},
		geo.Personal{Ref: c.Households[1].Ref, Head: "李二", Flags: []string{"lives_alone", "spare_key"}},
		geo.Personal{Ref: c.Households[2].Ref, Flags: []string{"spare_key"}})
	less := on
	less.Heads, less.Flags = false, on.Flags[:1]
	if done := turn(t, store, c, territory, less); done.Forgotten != 3 {
		t.Errorf("%d households lost something", done.Forgotten)
	}
	if list := personal(t, store, territory); len(list) != 1 || list[0].Head != "" || fmt.Sprint(list[0].Flags) != "[lives_alone]" {
		t.Errorf("kept %+v", list)
	}
	if done := turn(t, store, c, territory, geo.PersonalKeeps{}); done.Forgotten != 1 {
		t.Errorf("%d households lost something", done.Forgotten)
	}
	if n, err := store.PersonalCount(t.Context(), territory); err != nil || n != 0 {
		t.Errorf("%d are kept, %v", n, err)
	}
	turn(t, store, c, territory, on)
	if list := personal(t, store, territory); len(list) != 0 {
		t.Errorf("on again: %+v", list)
	}
	if got := current(t, store, territory); len(got.Dwellings) != len(c.Households) {
		t.Errorf("%d households, want %d", len(got.Dwellings), len(c.Households))
	}
}

// No other table, journal or event holds a name or a flag, while it is kept and
// after it is gone.
func TestNothingElseKeepsPersonalData(t *testing.T) {
	t.Parallel()
	c := county(t, "mini")
	store, territory, _ := load(t, c)
	turn(t, store, c, territory, on)
	ref := c.Households[0].Ref
	put(t, store, territory, geo.Personal{Ref: ref, Head: "zhuzhongjian", Flags: []string{"spare_key"}})
	homes, err := store.Records(t.Context(), territory, geo.HouseholdEntity, postgis.Page{Number: ref})
	if err != nil || len(homes) != 1 {
		t.Fatal(homes, err)
	}
	_, id := homes[0].Key()
	_, err = store.Write(t.Context(), postgis.Write{Territory: territory, By: "tester", Op: "update", Actions: []postgis.Action{
		postgis.Patch(geo.HouseholdEntity, id, func(r geo.Record) error { r.(*geo.Household).Resident = 9; return nil })}})
	if err != nil {
		t.Fatal(err)
	}
	if list := personal(t, store, territory); len(list) != 1 {
		t.Fatalf("after a change of the household: %+v", list)
	}
	tables := texts(t, store.Pool(), `select relname from pg_class where relkind in ('r', 'v', 'm') and relnamespace = 'public'::regnamespace
		and relname not in ('personal', 'spatial_ref_sys')`)
	if len(tables) < 25 {
		t.Fatalf("only %v were looked at", tables)
	}
	told := func(when string) {
		t.Helper()
		for _, table := range tables {
			if n := count(t, store.Pool(), `select count(*) from `+table+` as r where r::text like '%zhuzhongjian%' or r::text like '%spare_key%' and '`+table+`' <> 'territory'`); n > 0 {
				t.Errorf("%s: %d rows of %s tell", when, n, table)
			}
		}
	}
	told("kept")
	if _, err := store.Write(t.Context(), postgis.Write{Territory: territory, By: "tester", Op: "delete", Actions: []postgis.Action{postgis.Delete(geo.HouseholdEntity, id)}}); err != nil {
		t.Fatal(err)
	}
	told("the household deleted")
	if n := count(t, store.Pool(), `select count(*) from personal`); n != 0 {
		t.Errorf("%d rows outlive their household", n)
	}
}

// A query that does not say whose people it wants finds none, whoever asks but
// a superuser: the owner of the table neither.
func TestPersonalRowsAreHiddenFromOtherQueries(t *testing.T) {
	t.Parallel()
	c := county(t, "mini")
	store, territory, _ := load(t, c)
	turn(t, store, c, territory, on)
	put(t, store, territory, geo.Personal{Ref: c.Households[0].Ref, Head: "王大年"})
	tx, err := store.Pool().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	role := fmt.Sprintf("plain_%d", territory) + strings.ToLower(strings.ReplaceAll(t.Name(), "/", ""))[:20]
	if _, err := tx.Exec(t.Context(), fmt.Sprintf(`create role %[1]s; grant select on personal to %[1]s`, role)); err != nil {
		t.Fatal(err)
	}
	for _, as := range []string{"set local role %[1]s", "reset role; alter table personal owner to %[1]s; set local role %[1]s"} {
		if _, err := tx.Exec(t.Context(), fmt.Sprintf(as, role)); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			says string
			want int64
		}{{"", 0}, {fmt.Sprint(territory + 1), 0}, {fmt.Sprint(territory), 1}} {
			var n int64
			if _, err := tx.Exec(t.Context(), `select set_config('gridmap.personal', $1, true)`, tt.says); err != nil {
				t.Fatal(err)
			}
			if err := tx.QueryRow(t.Context(), `select count(*) from personal`).Scan(&n); err != nil || n != tt.want {
				t.Errorf("%s: who says %q sees %d rows, %v; want %d", as, tt.says, n, err, tt.want)
			}
		}
	}
}

// What is there behind the service's back while the switch is off is counted
// for PRV-1.
func TestSnapshotCountsWhatIsNotKept(t *testing.T) {
	t.Parallel()
	c := county(t, "mini")
	store, territory, snap := load(t, c)
	if snap.Unkept != 0 {
		t.Errorf("%d of nothing", snap.Unkept)
	}
	if _, err := store.Pool().Exec(t.Context(), `insert into personal (territory_id, household_id, head, flags)
		select territory_id, id, '王大年', '{}' from household order by id limit 3`); err != nil {
		t.Fatal(err)
	}
	if n := current(t, store, territory).Unkept; n != 3 {
		t.Errorf("%d households, want 3", n)
	}
	turn(t, store, c, territory, geo.PersonalKeeps{Flags: on.Flags, Purpose: "x"})
	if n, err := store.PersonalCount(t.Context(), territory); n != 0 || err != nil {
		t.Errorf("%d heads stay where flags alone are kept, %v", n, err)
	}
}

// An import brings heads and flags to what its file says, leaves them where it
// has none, and deletes them where its territory keeps them no more.
func TestImportOfPersonalData(t *testing.T) {
	t.Parallel()
	c := county(t, "mini")
	c.Territory.Keeps.Personal = on
	store := postgis.New(gridtest.DB(t))
	a, b := c.Households[0].Ref, c.Households[1].Ref
	bring := func(says iter.Seq2[geo.Personal, error]) postgis.Replaced {
		t.Helper()
		done, err := store.Import(t.Context(), postgis.Import{Snapshot: &c.Snapshot, Households: gridtest.Stream(c.Households), Personal: says, By: "tester"})
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	done := bring(people(geo.Personal{Ref: a, Head: "王"}, geo.Personal{Ref: b, Head: "李"}))
	if done.Personal.Created != 2 || !done.Changed {
		t.Errorf("first %+v", done)
	}
	if done = bring(nil); done.Changed || len(personal(t, store, done.Territory)) != 2 {
		t.Errorf("without a file %+v", done)
	}
	if done = bring(people(geo.Personal{Ref: b, Head: "李"})); done.Personal.Forgotten != 1 || done.Personal.Unchanged != 1 || done.Changed {
		t.Errorf("one less %+v", done)
	}
	c.Territory.Keeps.Personal = geo.PersonalKeeps{}
	if done = bring(nil); done.Personal.Forgotten != 1 || !done.Changed {
		t.Errorf("off %+v", done)
	}
	if n, err := store.PersonalCount(t.Context(), done.Territory); n != 0 || err != nil {
		t.Errorf("%d are kept, %v", n, err)
	}
}
