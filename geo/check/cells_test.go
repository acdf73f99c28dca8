package check

import (
	"math/rand/v2"
	"testing"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// squares stand for cells: 100 steps wide, about 90 by 110 m.
type squares struct{}

func (squares) At(p topo.Point) (int64, bool) {
	return int64(p.X/10_000)<<32 | int64(uint32(p.Y/10_000)), true
}

// Around reaches to both sides of 0, where division makes a wider square.
func (squares) Around(id int64) topo.Box {
	x, y := int32(id>>32)*10_000, int32(id)*10_000
	return topo.Box{Min: topo.Point{X: x - 9_999, Y: y - 9_999}, Max: topo.Point{X: x + 9_999, Y: y + 9_999}}
}

func TestEmptyCells(t *testing.T) {
	t.Parallel()
	built := func(at topo.Point, compound string) geo.Building {
		return geo.Building{Code: "B", At: at, Compound: compound, Units: 6}
	}
	for _, tt := range []struct {
		name string
		make func(s *geo.Snapshot)
		want []string // ways to say how many buildings, by cell
		not  string
	}{
		{"a building among households", func(s *geo.Snapshot) { s.Buildings = []geo.Building{built(spot(20, 20), "")} }, nil, ""},
		{"a building alone in its cell", func(s *geo.Snapshot) { s.Buildings = []geo.Building{built(spot(320, 120), "")} },
			[]string{"1 building with 6 dwellings stand here and no household is known"}, ""},
		{"two in one cell", func(s *geo.Snapshot) {
			s.Buildings = []geo.Building{built(spot(320, 120), ""), built(spot(330, 130), "")}
		}, []string{"2 buildings with 12 dwellings stand here and no household is known"}, ""},
		{"one whose compound is lived in next door", func(s *geo.Snapshot) {
			s.Compounds = []geo.Compound{{Code: "C", Boundary: block(10, 10, 330, 130)}}
			s.Buildings = []geo.Building{built(spot(320, 120), "C")}
		}, nil, ""},
		{"a compound without buildings or households", func(s *geo.Snapshot) {
			s.Compounds = []geo.Compound{{Code: "C", Boundary: block(310, 110, 330, 130), Units: 40}}
		}, []string{"1 building with 40 dwellings stand here and no household is known"}, ""},
		{"a compound of which no dwelling is known", func(s *geo.Snapshot) {
			s.Compounds = []geo.Compound{{Code: "C", Boundary: block(310, 110, 330, 130)}}
		}, nil, "no buildings and no drawn compounds"},
		{"a building that is gone", func(s *geo.Snapshot) {
			s.Buildings = []geo.Building{built(spot(320, 120), "")}
			s.Buildings[0].Valid.To = 20250630
		}, nil, "no buildings and no drawn compounds"},
		{"no households at all", func(s *geo.Snapshot) {
			s.Buildings, s.Dwellings = []geo.Building{built(spot(320, 120), "")}, nil
		}, nil, "no households"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := drawn()
			homes(s, 3, spot(25, 25))
			tt.make(s)
			r, err := Ask(counted(t, s), Ground{Faults: faultsOf(t, s), Cells: squares{}}, Question{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range r.Findings {
				if f.Rule == geo.RuleEmptyCell {
					got = append(got, f.Message.EN)
				}
			}
			because := ""
			for _, n := range r.NotChecked {
				if n.Rule == geo.RuleEmptyCell {
					because = n.Because
				}
			}
			if len(got) != len(tt.want) || len(got) > 0 && got[0] != tt.want[0] || because != tt.not {
				t.Errorf("found %q, not checked because %q; want %q, %q", got, because, tt.want, tt.not)
			}
		})
	}
}

// Wherever buildings and households stand, also one typed into another
// country, a cell is empty when a look at every household says so.
func TestEmptyCellsByBruteForce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 4))
		s := drawn()
		for i := range 400 {
			s.Dwellings = append(s.Dwellings, geo.Dwelling{ID: geo.HouseholdID(i + 1), Located: i%9 > 0, At: spot(r.Int32N(3000), r.Int32N(3000))})
			s.Buildings = append(s.Buildings, geo.Building{ID: geo.BuildingID(i + 1), At: spot(r.Int32N(3000), r.Int32N(3000))})
		}
		if seed%2 == 1 {
			s.Buildings = append(s.Buildings, geo.Building{ID: 999, At: topo.Point{X: -700_000_000, Y: -100_000_000}})
		}
		lived := map[int64]bool{}
		for _, d := range s.Dwellings {
			if c, _ := (squares{}).At(d.At); d.Located {
				lived[c] = true
			}
		}
		want := map[int64]bool{}
		for _, b := range s.Buildings {
			if c, _ := (squares{}).At(b.At); !lived[c] {
				want[c] = true
			}
		}
		report, err := Ask(counted(t, s), Ground{Faults: faultsOf(t, s), Cells: squares{}}, Question{MaxFindings: 1_000_000})
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, f := range report.Findings {
			if f.Rule != geo.RuleEmptyCell {
				continue
			}
			found++
			if c, _ := (squares{}).At(*f.At); !want[c] {
				t.Errorf("seed %d: %s is lived in", seed, f.Subject.Code)
			}
		}
		if found != len(want) || found == 0 {
			t.Errorf("seed %d: %d empty cells, want %d", seed, found, len(want))
		}
	}
}

// Where households came or went on the ground of one picture, what other days
// are known for stays known, with what moved.
func TestVacanciesKeepOtherDays(t *testing.T) {
	t.Parallel()
	found := 0
	find := func() *vacancy { found++; return &vacancy{site: &site{}} }
	homes := func(topo.Box, func(topo.Point) bool) bool { return true }
	var v Vacancies
	for day := range geo.Date(mostDays) {
		v.on(day, squares{}, homes, find)
	}
	later := v.After([]topo.Point{spot(1, 1)})
	for range 2 {
		for day := range geo.Date(mostDays) {
			later.on(day, squares{}, homes, find)
		}
	}
	if found != mostDays || len(later.byDay) != mostDays {
		t.Errorf("found %d times, %d days kept; want %d", found, len(later.byDay), mostDays)
	}
	if later.on(mostDays, squares{}, homes, find); found != mostDays+1 || len(later.byDay) > mostDays {
		t.Errorf("another day: found %d times, %d days kept", found, len(later.byDay))
	}
}
