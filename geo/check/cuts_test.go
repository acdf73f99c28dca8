package check

import (
	"maps"
	"strings"
	"testing"

	"gridmap/geo"
)

// A cut compound says in which grid each of its buildings stands: one on the
// border in the grid to the east, others' and those of other days in none.
func TestCutCompoundNamesItsBuildings(t *testing.T) {
	t.Parallel()
	s := numbered()
	s.Compounds = []geo.Compound{{ID: 7, Code: "X7", Name: geo.Name{ZH: "柳园"}, Boundary: block(190, 10, 210, 20)}}
	west, east := "990101100000001", "990101101000003"
	for i, b := range []geo.Building{
		{Compound: "X7", At: spot(195, 15)}, {Compound: "X7", At: spot(205, 15)}, {Compound: "X7", At: spot(200, 15)},
		{Compound: "X8", At: spot(196, 15)}, {At: spot(197, 15)},
		{Compound: "X7", At: spot(198, 15), Valid: geo.Period{From: 20990101}},
	} {
		b.ID = geo.BuildingID(i + 1)
		s.Buildings = append(s.Buildings, b)
	}
	found := findings(t, s, geo.RuleCut)
	if len(found) != 1 {
		t.Fatalf("%d findings", len(found))
	}
	if want := map[string]int{west: 1, east: 2}; !maps.Equal(found[0].Evidence.Buildings, want) {
		t.Errorf("buildings %v, want %v", found[0].Evidence.Buildings, want)
	}
	if m := found[0].Message; !strings.Contains(m.ZH, west+" 1 栋、"+east+" 2 栋") || !strings.Contains(m.EN, "1 in "+west) {
		t.Errorf("%+v", m)
	}
	s.Buildings = nil
	if bare := findings(t, s, geo.RuleCut)[0]; bare.ID != found[0].ID || bare.Evidence.Buildings != nil || strings.Contains(bare.Message.ZH, "栋") {
		t.Errorf("without buildings %+v, with them %+v", bare, found[0])
	}
}

// findings returns what a check of everything finds against one rule.
func findings(t *testing.T, s *geo.Snapshot, rule geo.RuleID) []Finding {
	t.Helper()
	var found []Finding
	for _, f := range ask(t, s, `{}`).Findings {
		if f.Rule == rule {
			found = append(found, f)
		}
	}
	return found
}
