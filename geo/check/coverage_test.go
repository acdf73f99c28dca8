package check

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/datum"
	"gridmap/geo/topo"
)

func TestCheckCountsGapsAndTheHouseholdsInThem(t *testing.T) {
	s := drawn()
	s.Grids[5].Boundary = block(200, 130, 400, 200)
	s.Dwellings = []geo.Dwelling{
		{ID: 1, Located: true, At: spot(300, 125), Resident: 3, Stated: 11},
		{ID: 2, Located: true, At: spot(300, 20), Resident: 2, Stated: 11},
		{ID: 3, Stated: 12},
		{ID: 4, Located: true, At: spot(100, 20), Resident: 2, Stated: 11},
	}
	r := ask(t, s, `{}`)
	want := []string{"GEO-4 error east", "COV-1 error ", "COV-3 warning ", "COV-4 warning "}
	if got := said(r); !reflect.DeepEqual(got, want) {
		t.Fatalf("found %q, want %q", got, want)
	}
	gap := r.Findings[0]
	if gap.Evidence.Households != 1 || !reflect.DeepEqual(gap.Evidence.Touches, []string{"east-2", "east-3"}) {
		t.Errorf("evidence %+v", gap.Evidence)
	}
	if !strings.Contains(gap.Message.EN, "holding 1 household") || !strings.Contains(gap.Message.ZH, "内有 1 户") {
		t.Errorf("message %+v", gap.Message)
	}
	if len(gap.Fixes) != 1 || gap.Fixes[0].SharedEdgeM < 150 || gap.Fixes[0].Edit != "fill" {
		t.Errorf("fixes %+v", gap.Fixes)
	}
	h := HouseholdCount{Total: 4, Located: 3, InOne: 2, InNone: 1, Outside: 1, Resident: 4}
	if r.Summary.Households != h {
		t.Errorf("households %+v, want %+v", r.Summary.Households, h)
	}
	if r.Summary.Gaps.Count != 1 || r.Summary.CoveredPct >= 98 || r.Summary.CoveredPct < 97 || r.Pass {
		t.Errorf("summary %+v, pass %v", r.Summary, r.Pass)
	}
}

// GEO-11 names the datum that brings a village's households back, and is
// silent on a few strays.
func TestCheckSuspectsTheDatum(t *testing.T) {
	for _, strays := range []int{4, 5, 8} {
		s := drawn()
		for i := range 10 {
			at := spot(int32(20*i+10), 100)
			if i < strays {
				lon, lat := at.LonLat()
				lon, lat, err := datum.FromWGS84("gcj02", lon, lat)
				if err != nil {
					t.Fatal(err)
				}
				if at, err = topo.Snap(lon, lat); err != nil {
					t.Fatal(err)
				}
			}
			s.Dwellings = append(s.Dwellings, geo.Dwelling{ID: geo.HouseholdID(i), Located: true, At: at, Stated: 12})
		}
		var suspect []Finding
		for _, f := range ask(t, s, `{}`).Findings {
			if f.Rule == geo.RuleDatum {
				suspect = append(suspect, f)
			}
		}
		switch {
		case strays < datumLeast && len(suspect) > 0:
			t.Errorf("%d strays: %+v", strays, suspect)
		case strays >= datumLeast && (len(suspect) != 1 || suspect[0].Subject.Code != "west" || suspect[0].Measure.Value != float64(strays)/10):
			t.Errorf("%d strays: %+v", strays, suspect)
		case strays > 5 && !strings.Contains(suspect[0].Message.EN, "undone as gcj02, 8 lie inside"):
			t.Errorf("%d strays: message %q", strays, suspect[0].Message.EN)
		}
	}
}

func TestCheckSizes(t *testing.T) {
	s := drawn()
	s.Tiers[2].Households, s.Tiers[2].PersonsCap = geo.Band{Min: 1, Max: 2}, 9
	add := func(x, y int32, persons int32) {
		s.Dwellings = append(s.Dwellings, geo.Dwelling{Located: true, At: spot(x, y), Resident: persons})
	}
	add(10, 10, 5)
	add(10, 11, 5)
	add(300, 10, 1)
	add(300, 70, 1)
	add(300, 71, 1)
	add(300, 72, 1)
	grid(s, "west-1").Setting = geo.Rural
	for question, want := range map[string][]string{
		`{}`:                                    {"SIZ-1 warning east-2", "SIZ-1 warning east-3", "SIZ-2 warning west-1"},
		`{"rules":{"SIZ-1":{"min":3,"max":3}}}`: {"SIZ-1 warning east-1", "SIZ-1 warning east-3", "SIZ-1 warning west-1", "SIZ-2 warning west-1"},
		`{"rules":{"SIZ-1":{"max":3},"SIZ-2":{"max":10}}}`:                          {"SIZ-1 warning east-3"},
		`{"rules":{"SIZ-1":{"tiers":["village"],"max":3}}}`:                         {"SIZ-1 warning east", "SIZ-2 warning west-1"},
		`{"rules":{"SIZ-1":{"settings":["rural"]},"SIZ-2":{"settings":["urban"]}}}`: nil,
		`{"rules":{"SIZ-1":{"settings":["rural"],"max":1}}}`:                        {"SIZ-1 warning west-1", "SIZ-2 warning west-1"},
	} {
		if got := said(ask(t, s, question)); !slices.Equal(got, want) {
			t.Errorf("%s: found %q, want %q", question, got, want)
		}
	}
}

// Households that were read in the zone beside theirs lie three degrees off.
func TestCheckSuspectsTheZone(t *testing.T) {
	for _, off := range []struct {
		degrees int32
		said    string
	}{{3, "undone as the next 3° zone to the west, 8 lie inside"}, {-6, "undone as the next 6° zone to the east, 8 lie inside"}} {
		s := drawn()
		for i := range 8 {
			at := spot(int32(20*i+10), 100)
			at.X += off.degrees * topo.Unit
			s.Dwellings = append(s.Dwellings, geo.Dwelling{ID: geo.HouseholdID(i + 1), Located: true, At: at, Stated: 12})
		}
		suspect := func(question string) (said []string) {
			for _, f := range ask(t, s, question).Findings {
				if f.Rule == geo.RuleDatum {
					said = append(said, f.Message.EN)
				}
			}
			return said
		}
		if said := suspect(`{}`); len(said) != 1 || !strings.Contains(said[0], off.said) {
			t.Errorf("%d degrees off: %q", off.degrees, said)
		}
		if said := suspect(`{"rules":{"GEO-11":{"permille":1000}}}`); len(said) > 0 {
			t.Errorf("all may lie elsewhere: %q", said)
		}
	}
}
