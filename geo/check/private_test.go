package check

import (
	"slices"
	"strings"
	"testing"

	"gridmap/geo"
)

// PRV-1 finds what is kept against the switch, and says it is asked where the
// switch is on.
func TestPrivateFindsWhatIsKeptWhileTheSwitchIsOff(t *testing.T) {
	s := drawn()
	s.Unkept = 1204
	r := ask(t, s, `{}`)
	at := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Rule == geo.RulePrivate })
	if at < 0 {
		t.Fatalf("1,204 households are no finding: %+v", r.Findings)
	}
	f := r.Findings[at]
	if f.Severity != geo.Error || f.Subject.Code != s.Grids[0].Code || f.Measure.Value != 1204 || !strings.Contains(f.Message.EN, "1,204") || r.Pass {
		t.Errorf("found %+v", f)
	}
	skipped := func(s *geo.Snapshot) bool {
		return slices.ContainsFunc(ask(t, s, `{}`).NotChecked, func(n NotChecked) bool { return n.Rule == geo.RulePrivate })
	}
	if skipped(s) {
		t.Error("a rule with a finding is not checked")
	}
	s.Unkept = 0
	if !skipped(s) {
		t.Error("off and empty, it is asked of imports alone")
	}
	s.Territory.Keeps.Personal = geo.PersonalKeeps{Heads: true, Purpose: "visits"}
	if skipped(s) {
		t.Error("with the switch on it is asked")
	}
}
