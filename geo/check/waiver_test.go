package check

import (
	"testing"

	"gridmap/geo"
)

// A waiver lets only its own finding stand, of its own rule and while it holds.
func TestWaiverLetsItsFindingStand(t *testing.T) {
	t.Parallel()
	s := drawn()
	s.Grids[len(s.Grids)-1].Boundary = nil
	plain := ask(t, s, `{"rules":{"GEO-10":{"severity":"error"}}}`)
	at := -1
	for i, f := range plain.Findings {
		if f.Rule == geo.RuleUndrawn {
			at = i
		}
	}
	if at < 0 {
		t.Fatal("no undrawn grid is found")
	}
	id := plain.Findings[at].ID
	for name, tt := range map[string]struct {
		waiver geo.Waiver
		want   int
	}{
		"for good":            {geo.Waiver{Finding: id, Rule: geo.RuleUndrawn}, 1},
		"until later":         {geo.Waiver{Finding: id, Rule: geo.RuleUndrawn, Until: plain.AsOf + 1}, 1},
		"until today":         {geo.Waiver{Finding: id, Rule: geo.RuleUndrawn, Until: plain.AsOf}, 0},
		"of another rule":     {geo.Waiver{Finding: id, Rule: geo.RuleGap}, 0},
		"of no finding there": {geo.Waiver{Finding: "0", Rule: geo.RuleUndrawn}, 0},
	} {
		s.Waivers = []geo.Waiver{tt.waiver}
		r := ask(t, s, `{"rules":{"GEO-10":{"severity":"error"}}}`)
		if r.WaivedTotal != tt.want || r.FindingsTotal != plain.FindingsTotal {
			t.Errorf("%s: %d waived of %d, want %d of %d", name, r.WaivedTotal, r.FindingsTotal, tt.want, plain.FindingsTotal)
		}
		last := r.Findings[len(r.Findings)-1]
		if (last.ID == id && last.Waived != nil) != (tt.want == 1) {
			t.Errorf("%s: last comes %+v", name, last)
		}
	}
}
