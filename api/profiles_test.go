package api

import (
	"fmt"
	"testing"

	"gridmap/geo"
	"gridmap/geo/check"
)

// ruleFindings counts the findings of one rule.
func ruleFindings(r check.Report, rule geo.RuleID) int {
	n := 0
	for _, f := range r.Findings {
		if f.Rule == rule {
			n++
		}
	}
	return n
}

// A check by a profile has its limits on the days it holds, and no others.
func TestCheckByAProfileOfTheTerritory(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	of := fmt.Sprintf("?territory=%d", s.territory)
	made := s.call(t, "POST", "/v1/profiles"+of, `{"code":"strict","name":{"zh":"从严"},"valid":{"from":"2025-06-30","to":"2025-07-02"},
		"rules":{"STF-7":{"max":1,"severity":"error","source":"试行"}}}`).wants(201)
	revision := made.header.Get("Gridmap-Revision")
	ask := func(body string) (r check.Report) {
		s.call(t, "POST", "/v1/checks"+of+"&min_revision="+revision, body).wants(200).into(&r)
		return r
	}
	usual := ask(`{"as_of":"2025-06-30"}`)
	strict := ask(`{"as_of":"2025-06-30","profile":"strict"}`)
	if ruleFindings(usual, geo.RuleLoad) != 0 || ruleFindings(strict, geo.RuleLoad) == 0 || usual.Worst == geo.Error || strict.Pass {
		t.Errorf("%d findings as usual, %d by the profile, pass %v", ruleFindings(usual, geo.RuleLoad), ruleFindings(strict, geo.RuleLoad), strict.Pass)
	}
	for _, f := range strict.Findings {
		if f.Rule == geo.RuleLoad && (f.Severity != geo.Error || f.Measure.Limit != 1) {
			t.Errorf("finding %+v", f)
		}
	}
	if last := ask(`{"as_of":"2025-07-01","profile":"strict"}`); ruleFindings(last, geo.RuleLoad) == 0 {
		t.Error("the profile does not hold on its last day")
	}
	for _, day := range []string{"2025-06-29", "2025-07-02"} {
		s.call(t, "POST", "/v1/checks"+of, `{"as_of":"`+day+`","profile":"strict"}`).refused(422, "invalid-record", "profile")
	}
	path := fmt.Sprintf("/v1/plans/%d/check?as_of=2025-06-30", s.plan)
	var got check.Report
	s.get(t, path+"&profile=strict").wants(200).into(&got)
	if plain := s.get(t, path).wants(200); got.FindingsTotal != strict.FindingsTotal ||
		plain.header.Get("ETag") == s.get(t, path+"&profile=strict").header.Get("ETag") {
		t.Errorf("%d findings, want %d, and another ETag", got.FindingsTotal, strict.FindingsTotal)
	}
	s.get(t, path+"&profile=nobody").refused(422, "invalid-record", "profile")
	s.get(t, path+"&profile=county-default").wants(200)
}

// The next edition of a profile takes the place of the one before from its
// first day on, though nobody ended that.
func TestEditionsOfAProfile(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	of := fmt.Sprintf("?territory=%d", s.territory)
	var got bulkAnswer
	s.call(t, "POST", "/v1/profiles/bulk"+of, "code,valid.from,rules\np,2024-01-01,\"{\"\"STF-7\"\":{\"\"max\"\":1}}\"\np,2025-06-01,\"{\"\"STF-7\"\":{\"\"max\"\":500}}\"\n",
		"Content-Type", "text/csv").wants(200).into(&got)
	if got.Created != 2 {
		t.Fatalf("%+v", got)
	}
	s.call(t, "POST", "/v1/profiles/bulk"+of, "code,rules\np,{\n", "Content-Type", "text/csv").refused(400, "invalid-request", "rules")
	var list struct{ Profiles []geo.Profile }
	s.get(t, "/v1/profiles"+of+"&number=p").wants(200).into(&list)
	if len(list.Profiles) != 2 || list.Profiles[1].Rules[geo.RuleLoad].Max != 500 {
		t.Errorf("%+v", list)
	}
	for day, want := range map[string]bool{"2025-05-31": true, "2025-06-01": false} {
		var r check.Report
		s.call(t, "POST", fmt.Sprintf("/v1/checks%s&min_revision=%d", of, got.Revision), `{"as_of":"`+day+`","profile":"p"}`).wants(200).into(&r)
		if found := ruleFindings(r, geo.RuleLoad) > 0; found != want {
			t.Errorf("on %s: overloaded %v, want %v", day, found, want)
		}
	}
}

func TestProfilesThatCannotBe(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	path := fmt.Sprintf("/v1/profiles?territory=%d", s.territory)
	for rules, field := range map[string]string{
		`{"STF-99":{}}`:                  "rules.STF-99",
		`{"STF-1":{"severity":"fatal"}}`: "rules.STF-1.severity",
		`{"STF-3":{"per":10000}}`:        "rules.STF-3.min",
		`{"STF-3":{"roles":["king"]}}`:   "rules.STF-3.roles[0]",
		`{"STF-1":{"tiers":["galaxy"]}}`: "rules.STF-1.tiers[0]",
		`{"STF-1":{"roles":["leader"]}}`: "rules.STF-1.roles",
		`{"SIZ-1":{"min":9,"max":8}}`:    "rules.SIZ-1.min",
		`{"GEO-11":{"permille":1500}}`:   "rules.GEO-11.permille",
		`{"SIZ-2":{"area_m2":2500}}`:     "rules.SIZ-2.area_m2",
		`{"STF-7":{},"STF-7":{"max":9}}`: "rules.STF-7",
	} {
		s.call(t, "POST", path, `{"code":"x","rules":`+rules+`}`).refused(422, "invalid-record", field)
	}
	s.call(t, "POST", path, `{"code":"county-default","rules":{}}`).refused(422, "invalid-record", "code")
	s.call(t, "POST", path, `{"code":"x","valid":{"from":"2026-01-01","to":"2025-01-01"},"rules":{}}`).refused(422, "invalid-record", "valid")
	s.call(t, "POST", path, `{"code":"x","valid":{"from":"2025-01-01","to":"2026-01-01"},"rules":{}}`).wants(201)
	s.call(t, "POST", path, `{"code":"x","valid":{"from":"2025-07-01"},"rules":{}}`).refused(422, "invalid-record", "valid")
	s.call(t, "POST", path, `{"code":"x","rules":{"STF-1":{"maximum":3}}}`).refused(400, "invalid-request", "rules.STF-1.maximum")
	var built builtIn
	s.get(t, "/v1/profiles/county-default").wants(200).into(&built)
	if len(built.Rules) != len(geo.AllRules) || built.Rules[geo.RuleLoad].Max != 300 || built.Rules[geo.RuleLoad].Source == "" {
		t.Errorf("built in is %+v", built)
	}
}
