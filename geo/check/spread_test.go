package check

import (
	"testing"

	"gridmap/geo"
)

// A norm of the county, asked of its villages: each by its own people and its
// own workers, and the county no more.
func TestStandardIsAskedOfTheTiersNamed(t *testing.T) {
	s := qinyuan(135) // all of them in the village east
	s.Populations = append(s.Populations,
		geo.Population{Unit: 11, Basis: geo.UrbanResident, Value: 60_000, AsOf: 20241231},
		geo.Population{Unit: 12, Basis: geo.UrbanResident, Value: 16_000, AsOf: 20241231})
	r := ask(t, s, `{"rules":{"STF-3":{"tiers":["village"]}}}`)
	if len(r.Units) != 2 {
		t.Fatalf("units %+v", r.Units)
	}
	east, west := r.Units[0], r.Units[1]
	if east.Code != "east" || east.Required != 108 || east.Workers != 135 || east.Short != 0 {
		t.Errorf("east: %+v", east)
	}
	if west.Code != "west" || west.Required != 29 || west.Workers != 0 || west.Short != 29 || west.Tier != "village" {
		t.Errorf("west: %+v", west)
	}
	both := ask(t, s, `{"rules":{"STF-3":{"tiers":["county","village"]}}}`)
	if len(both.Units) != 3 || both.Units[0].Short != 2 {
		t.Errorf("county and villages: %+v", both.Units)
	}
	s.Standards = append(s.Standards, geo.Standard{Rule: geo.RuleRatio, Tier: 1, Workers: 10, Residents: 10_000, Basis: geo.UrbanResident})
	if r := ask(t, s, `{"rules":{"STF-3":{"tiers":["village"]}}}`); len(r.Units) != 2 || r.Units[0].Required != 60 {
		t.Errorf("a norm of the villages' own goes before the county's: %+v", r.Units)
	}
}
