package redraw_test

import (
	"fmt"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// New codes run from west to east in rows from north to south, and the codes
// of grids below follow; who stands in order already keeps everything.
func TestRenumber(t *testing.T) {
	d := drawing(t, town())
	start := stateOf(d)
	d.Reserve("990199100201006") // of a grid long gone
	r := must(t, d, redraw.Renumber{Parent: 2})
	// 5 in the north, 6 east of it, 4 in the south, 11 undrawn.
	for id, want := range map[geo.GridID]string{5: "007", 6: "008", 4: "009", 11: "010"} {
		if g := grid(t, d, id); g.Code != "990199100201"+want || len(g.Predecessors) > 0 {
			t.Errorf("grid %d has code %s, want …%s", id, g.Code, want)
		}
	}
	if g := grid(t, d, 12); g.Code != "990199100201901" {
		t.Errorf("the dedicated grid has code %s", g.Code)
	}
	if again := must(t, d, redraw.Renumber{Parent: 2}); len(again.Changes) != 0 {
		t.Errorf("numbering again changes %d grids", len(again.Changes))
	}
	if err := d.Take(r.Inverse()); err != nil {
		t.Fatal(err)
	}
	if err := stateOf(d).differs(start); err != nil {
		t.Errorf("undone: %v", err)
	}
}

func TestRenumberLeadsTheGridsBelow(t *testing.T) {
	s := town()
	s.Grids[6].Code, s.Grids[7].Code = "990199100202002", "990199100202001" // 7 lies west of 8
	s.Grids[8].Code, s.Grids[9].Code = "990199100202001-001", "X-9"
	d := drawing(t, s)
	must(t, d, redraw.Renumber{Parent: 3})
	for id, want := range map[geo.GridID]string{7: "990199100202003", 8: "990199100202004", 9: "990199100202004-001", 10: "X-9"} {
		if g := grid(t, d, id); g.Code != want {
			t.Errorf("grid %d has code %s, want %s", id, g.Code, want)
		}
	}
	must(t, d, redraw.Renumber{Parent: 8, Tier: 3}) // X-9 in the north comes first
	for id, want := range map[geo.GridID]string{10: "990199100202004-002", 9: "990199100202004-003"} {
		if g := grid(t, d, id); g.Code != want {
			t.Errorf("grid %d has code %s, want %s", id, g.Code, want)
		}
	}
}

// When the numbers behind the highest run out those never used are taken, and
// when there are too few of these nothing is.
func TestRenumberRunsOut(t *testing.T) {
	d := drawing(t, town())
	for n := 6; n <= 896; n++ {
		d.Reserve(fmt.Sprintf("990199100201%03d", n))
	}
	must(t, d, redraw.Renumber{Parent: 2}) // 897 to 900
	if g := grid(t, d, 11); g.Code != "990199100201900" {
		t.Fatalf("the last has code %s", g.Code)
	}
	must(t, d, redraw.Set{Grid: 4, Code: ptr("990199100201005")})
	_, err := d.Apply(redraw.Renumber{Parent: 2})
	if err == nil || !strings.Contains(err.Error(), "fewer free numbers") {
		t.Errorf("without numbers: %v", err)
	}
}

func ptr[T any](v T) *T { return &v }

func TestDivisionsKeepTheirCodes(t *testing.T) {
	s := town()
	s.Tiers[1].Class = geo.Administrative
	d := drawing(t, s)
	for _, e := range []redraw.Renumber{{Parent: 1}, {Parent: 1, Tier: 1}} {
		if r, err := d.Apply(e); err == nil {
			t.Errorf("%+v changed %+v", e, r)
		}
	}
}
