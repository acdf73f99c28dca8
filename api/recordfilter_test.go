package api

import (
	"fmt"
	"testing"
)

// Households are found by their building and compound, buildings by their
// compound, metrics by name and period; other sorts refuse those filters.
func TestRecordsAreFoundByWhatTheyName(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	type page struct {
		Households []struct{ Building, Compound string }
		Buildings  []struct {
			Code, Compound string
			Units          int
		}
		Metrics []struct{ Name, Period, Grade string }
	}
	find := func(query string) (p page) {
		s.get(t, fmt.Sprintf("/v1/%s&territory=%d", query, s.territory)).wants(200).into(&p)
		return p
	}
	const compound = "990199101002-X01"
	buildings := find("buildings?compound=" + compound).Buildings
	if len(buildings) != 1 || buildings[0].Code != compound+"-1" || buildings[0].Units != 6 {
		t.Fatalf("%+v", buildings)
	}
	in, of := find("households?building="+buildings[0].Code).Households, find("households?compound="+compound).Households
	if len(in) == 0 || len(in) != len(of) || len(in) > 6 {
		t.Errorf("%d households in the building, %d in the compound", len(in), len(of))
	}
	for _, h := range in {
		if h.Building != buildings[0].Code || h.Compound != compound {
			t.Errorf("%+v", h)
		}
	}
	rated := find("metrics?number=rating&period=2025").Metrics
	if len(rated) != 7 || rated[0].Grade == "" || rated[0].Name != "rating" {
		t.Errorf("%+v", rated)
	}
	if none := find("metrics?number=rating&period=2024").Metrics; len(none) != 0 {
		t.Errorf("%+v", none)
	}
	s.get(t, fmt.Sprintf("/v1/workers?territory=%d&building=x", s.territory)).refused(400, "invalid-request", "building")
}
