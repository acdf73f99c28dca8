package geo

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseGroupCounts(t *testing.T) {
	t.Parallel()
	many := make([]string, MaxGroups+1)
	for i := range many {
		many[i] = fmt.Sprintf(`"g%d":1`, i)
	}
	for _, tt := range []struct{ text, want, field string }{
		{`{}`, "", ""},
		{` { "veterans" : 1 , "elderly_alone":2 } `, `{"elderly_alone":2,"veterans":1}`, ""},
		{`{"a":0,"b":3}`, `{"b":3}`, ""},
		{`[]`, "", "groups"}, {`null`, "", "groups"}, {`{"a":1`, "", "groups"}, {`{"a":1}{}`, "", "groups"}, {``, "", "groups"},
		{`{"a":-1}`, "", "groups.a"}, {`{"a":1.5}`, "", "groups.a"}, {`{"a":"1"}`, "", "groups.a"}, {`{"a":["张三"]}`, "", "groups.a"},
		{`{"a":100001}`, "", "groups.a"}, {`{"a":99999999999999999999}`, "", "groups.a"}, {`{"a":1,"a":2}`, "", "groups.a"},
		{"{" + strings.Join(many, ",") + "}", "", "groups"},
	} {
		got, err := ParseGroupCounts([]byte(tt.text))
		var invalid *InvalidError
		if tt.field == "" && err != nil || tt.field != "" && (!errors.As(err, &invalid) || invalid.Field != tt.field) || string(got) != tt.want {
			t.Errorf("%s: %q, %v; want %q, fault in %q", tt.text, got, err, tt.want, tt.field)
		}
	}
}

func TestGroupCountsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.MapOfN(rapid.StringMatching(`[a-z_\p{Han}]{1,9}`), rapid.Int32Range(1, 9), 0, MaxGroups).Draw(t, "counts")
		d := Dwelling{Groups: NewGroupCounts(counts)}
		text, err := json.Marshal(d)
		var back Dwelling
		if err != nil || json.Unmarshal(text, &back) != nil || back != d {
			t.Fatalf("%s, %v: %+v came back as %+v", text, err, d, back)
		}
		if got := maps.Collect(back.Groups.All()); !maps.Equal(got, counts) {
			t.Fatalf("%v came back as %v", counts, got)
		}
	})
}

func TestHouseholdsCountOnlyWhatMayBeKept(t *testing.T) {
	t.Parallel()
	for counts, reason := range map[GroupCounts]string{
		`{"veterans":2}`:               "",
		`{"veterans":3}`:               "counts 3 of 2 residents",
		`{"is_disabled disability":1}`: "holds more than letters",
		`{"disability":1}`:             "promises health",
		`{"信仰":1}`:                     "promises religion",
		`{"under_14":1}`:               "promises children under 14",
		`{"":1}`:                       "is empty",
		`{"ａ":1}`:                      "holds more than letters",
		`{"b":1,"a":1}`:                "in order",
		`{"a": 1}`:                     "in order",
		`x`:                            "no object",
	} {
		h := Household{Ref: "H", Dwelling: Dwelling{Resident: 2, Groups: counts}}
		if err := h.Validate(); (reason == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v, want %q", counts, err, reason)
		}
	}
}

func TestTerritoriesDeclareOnlyWhatMayBeKept(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		groups []Group
		reason string
	}{
		{[]Group{{Code: "veterans", Name: Name{ZH: "退役军人"}}}, ""},
		{[]Group{{Code: "a"}, {Code: "a"}}, "stands twice"},
		{[]Group{{Code: ""}}, "is empty"},
		{[]Group{{Code: "a:b"}}, "holds more than letters"},
		{[]Group{{Code: "chronic_disease"}}, "promises health"},
		{[]Group{{Code: "g1", Name: Name{ZH: "残疾人"}}}, "promises health"},
		{[]Group{{Code: "g1", Name: Name{EN: "Church of faith"}}}, "promises religion"},
		{make([]Group, MaxGroups+1), "more than 16"},
	} {
		err := (&Territory{Code: "1", Keeps: Keeps{Groups: tt.groups}}).Validate()
		if (tt.reason == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.reason) {
			t.Errorf("%v: %v, want %q", tt.groups, err, tt.reason)
		}
	}
	keeps := Keeps{Groups: []Group{{Code: "veterans"}}}
	if err := keeps.Known(`{"veterans":1}`); err != nil {
		t.Error(err)
	}
	if err := keeps.Known(`{"elderly_alone":1,"veterans":1}`); err == nil || !strings.Contains(err.Error(), "groups.elderly_alone") {
		t.Errorf("an undeclared group: %v", err)
	}
}

// Every grid counts what the dwellings in it and under it count; what is not
// declared or lies in no grid is not counted, and a grid over others holds none.
func TestGroupsAreSummedUpTheTree(t *testing.T) {
	t.Parallel()
	s := village()
	s.Grids = append(s.Grids, Grid{ID: 17, Parent: 11, Tier: 2, Code: "over", Kind: Dedicated},
		Grid{ID: 18, Parent: 12, Tier: 2, Code: "hole", Kind: Dedicated, Hole: true})
	s.Territory.Keeps.Groups = []Group{{Code: "veterans"}, {Code: "elderly_alone"}}
	tree, err := NewTree(s.Grids)
	if err != nil {
		t.Fatal(err)
	}
	leaf := []int32{3, 3, 4, 1, 8, -1, 7}
	for i, counts := range []GroupCounts{`{"elderly_alone":2}`, `{"elderly_alone":1,"veterans":3}`, `{"veterans":1}`, `{"veterans":5}`,
		`{"elderly_alone":7,"gone":9}`, `{"veterans":100}`, ""} {
		s.Dwellings = append(s.Dwellings, Dwelling{ID: HouseholdID(i + 1), Groups: counts})
	}
	got := Count(s, tree, leaf, 20250630).Groups()
	want := [][]int64{{9, 10}, {9, 3}, {0, 7}, {3, 3}, {1, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 7}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	s.Territory.Keeps = Keeps{}
	if got := Count(s, tree, leaf, 20250630).Groups(); got != nil {
		t.Errorf("no group is declared: %v", got)
	}
}
