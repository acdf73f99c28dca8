package api

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
)

// countsOnly lets callers read counts and no households.
func countsOnly(c *Config) {
	c.Allow = func(_ *http.Request, right Right, _ Scope) error {
		if right == Households {
			return ErrForbidden
		}
		return nil
	}
}

// Members of groups are counted for every unit; who may not read households
// sees no small count, and asks in vain for exact ones.
func TestFiguresCountGroups(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	base := fmt.Sprintf("/v1/plans/%d/figures", s.plan)
	made, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{}
	for i := range made.Households {
		for code, n := range made.Households[i].Groups.All() {
			want[code] += int64(n)
		}
	}
	var exact, hidden figuresJSON
	s.get(t, base+"?groups=exact").wants(200).into(&exact)
	s.get(t, base).wants(200).into(&hidden)
	if exact.Groups != "exact" || hidden.Groups != "hidden" || len(want) != 3 {
		t.Errorf("groups %s and %s, of %v", exact.Groups, hidden.Groups, want)
	}
	small := 0
	for i, u := range exact.Units {
		if len(u.Groups) != 3 {
			t.Fatalf("%s counts %v", u.Code, u.Groups)
		}
		for code, n := range u.Groups {
			shown := hidden.Units[i].Groups[code]
			if u.Tier == "county" && *n != want[code] {
				t.Errorf("%s: %d %s, want %d", u.Code, *n, code, want[code])
			}
			if *n > 0 && *n < 5 {
				small++
			}
			if shown != nil && (*shown != *n || *n > 0 && *n < 5) {
				t.Errorf("%s shows %d %s, there are %d", u.Code, *shown, code, *n)
			}
		}
	}
	if small == 0 {
		t.Error("no count is small")
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(s.get(t, base+"?f=csv&groups=exact").wants(200).body), "\ufeff"))).ReadAll()
	if err != nil || !strings.Contains(strings.Join(lines[0], ","), ",group_children_left_behind,group_elderly_alone,group_veterans,") {
		t.Errorf("%v, %v", lines[0], err)
	}
	s.get(t, base+"?groups=some").refused(400, "invalid-request", "groups")
	stranger := serve(t, "mini", countsOnly)
	base = fmt.Sprintf("/v1/plans/%d/figures", stranger.plan)
	stranger.get(t, base).wants(200)
	stranger.get(t, base+"?groups=exact").refused(403, "forbidden", "")
}

// Whoever may draw but not read households learns nothing of groups by drawing: a
// draft shows no count of them, in figures, classes or the report.
func TestDraftsDoNotTellGroups(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", but(Households))
	draft := s.makeDraft(t)
	shown := func(plan geo.PlanID) (counts int) {
		var told figuresJSON
		s.get(t, fmt.Sprintf("/v1/plans/%d/figures", plan)).wants(200).into(&told)
		for _, u := range told.Units {
			for code, n := range u.Groups {
				if n != nil {
					counts++
				} else if u.Because["group:"+code] != "hidden" {
					t.Errorf("%s of plan %d tells no %s, because %q", u.Code, plan, code, u.Because["group:"+code])
				}
			}
		}
		var classes classesJSON
		s.get(t, fmt.Sprintf("/v1/plans/%d/figures/group:veterans/classes?tier=village", plan)).wants(200).into(&classes)
		for _, v := range classes.Values {
			if v.Value != nil {
				counts++
			}
		}
		return counts
	}
	if shown(s.plan) == 0 {
		t.Fatal("the plan in force shows no count: nothing is tested")
	}
	if n := shown(draft.ID); n > 0 {
		t.Errorf("the draft shows %d counts", n)
	}
	s.get(t, fmt.Sprintf("/v1/plans/%d/figures?groups=exact", draft.ID)).refused(403, "forbidden", "")
	page := string(s.get(t, fmt.Sprintf("/v1/plans/%d/report?lang=en", draft.ID)).wants(200).body)
	_, table, found := strings.Cut(page, "Residents by group")
	table, _, _ = strings.Cut(table, "</table>")
	if _, cells, _ := strings.Cut(table, "<tbody"); !found || regexp.MustCompile(`<td[^>]*>\s*[0-9]{1,4}\s*</td>`).MatchString(cells) {
		t.Errorf("the report of the draft counts groups: %s", table)
	}
}

// A report for who may not read households hides small counts of groups, stamped
// public or not.
func TestReportsHideGroups(t *testing.T) {
	t.Parallel()
	pages := map[bool]string{}
	for _, stranger := range []bool{false, true} {
		var edit func(*Config)
		if stranger {
			edit = countsOnly
		}
		s := serve(t, "mini", edit)
		page := string(s.get(t, fmt.Sprintf("/v1/plans/%d/report?lang=en", s.plan)).wants(200).body)
		_, table, found := strings.Cut(page, "Residents by group")
		if !found {
			t.Fatal("the report counts no groups")
		}
		pages[stranger], _, _ = strings.Cut(table, "</table>")
	}
	if pages[false] == pages[true] {
		t.Errorf("a stranger reads the same: %s", pages[true])
	}
}

// Groups are counted, and nothing lists households by them.
func TestGroupsAreNoFilterAndNoPlaceForNames(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	of := fmt.Sprintf("/v1/households?territory=%d", s.territory)
	s.get(t, of+"&groups=veterans").refused(400, "invalid-request", "groups")
	for body, field := range map[string]string{
		`{"ref":"X","resident":2,"groups":{"gymnasts":1}}`:      "groups.gymnasts",
		`{"ref":"X","resident":2,"groups":{"veterans":3}}`:      "groups.veterans",
		`{"ref":"X","resident":2,"groups":{"disability":1}}`:    "groups.disability",
		`{"ref":"X","resident":2,"groups":{"veterans":["张三"]}}`: "groups.veterans",
		`{"ref":"X","resident":2,"groups":["veterans"]}`:        "groups",
		`{"ref":"X","resident":2,"head":"张三"}`:                  "head",
		`{"ref":"X","resident":2,"flags":["watched"]}`:          "flags",
	} {
		got := s.call(t, "POST", of, body)
		if got.status != 400 && got.status != 422 || !strings.Contains(string(got.body), `"`+field+`"`) {
			t.Errorf("%s: %d %s, want a fault in %s", body, got.status, got.body, field)
		}
	}
}
