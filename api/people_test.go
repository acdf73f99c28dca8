package api

import (
	"fmt"
	"net/http"
	"testing"

	"gridmap/geo/suppress"
)

type somewhere struct {
	At                           [2]float64
	Households, Persons_resident int64
}

type peopleAnswer struct {
	Exact  bool
	Places []somewhere
}

func sum(places []somewhere) (households, residents int64) {
	for _, p := range places {
		households += p.Households
		residents += p.Persons_resident
	}
	return households, residents
}

// Households of a box are all those with a place in it, each once: two halves
// make the whole, and the whole is what the county counts.
func TestPeopleOfABox(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	base := fmt.Sprintf("/v1/plans/%d/people?bbox=", s.plan)
	var plan struct{ Bounds [4]float64 }
	s.get(t, fmt.Sprintf("/v1/plans/%d", s.plan)).wants(200).into(&plan)
	b := plan.Bounds
	ask := func(west, south, east, north float64) peopleAnswer {
		var got peopleAnswer
		s.get(t, base+fmt.Sprintf("%.7f,%.7f,%.7f,%.7f", west, south, east, north)).wants(200).into(&got)
		return got
	}
	whole := ask(b[0], b[1], b[2], b[3])
	middle := (b[0] + b[2]) / 2
	west, east := ask(b[0], b[1], middle, b[3]), ask(middle+1e-7, b[1], b[2], b[3])
	if !whole.Exact || len(whole.Places) == 0 || len(west.Places) == 0 || len(east.Places) == 0 {
		t.Fatalf("%d households, %d and %d in the halves, exact %v", len(whole.Places), len(west.Places), len(east.Places), whole.Exact)
	}
	for _, p := range west.Places {
		if p.At[0] > middle || p.Households != 1 {
			t.Fatalf("%+v is no household of the west", p)
		}
	}
	if len(west.Places)+len(east.Places) != len(whole.Places) {
		t.Errorf("halves hold %d and %d, the whole %d", len(west.Places), len(east.Places), len(whole.Places))
	}
	var surface struct {
		Total struct{ Households, Persons_resident int64 }
	}
	s.get(t, fmt.Sprintf("/v1/plans/%d/surface?least=0", s.plan)).wants(200).into(&surface)
	if n, persons := sum(whole.Places); n != surface.Total.Households || persons != surface.Total.Persons_resident {
		t.Errorf("%d households and %d persons, the surface counts %+v", n, persons, surface.Total)
	}
}

// Who may read counts only gets cells, and none that shows few households.
func TestPeopleWithoutHouseholdsAreCells(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", func(c *Config) {
		c.Allow = func(_ *http.Request, right Right, _ Scope) error {
			if right == Households {
				return ErrForbidden
			}
			return nil
		}
	})
	var got peopleAnswer
	s.get(t, fmt.Sprintf("/v1/plans/%d/people?bbox=-180,-90,180,90&resolution=7", s.plan)).wants(200).into(&got)
	if got.Exact || len(got.Places) == 0 {
		t.Fatalf("exact %v, %d places", got.Exact, len(got.Places))
	}
	for _, p := range got.Places {
		if p.Households < suppress.DefaultLeast {
			t.Errorf("a cell shows %d households", p.Households)
		}
	}
}

func TestPeopleRefusals(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	base := fmt.Sprintf("/v1/plans/%d/people", s.plan)
	s.get(t, base).refused(400, "invalid-request", "bbox")
	s.get(t, base+"?bbox=1,2,3").refused(400, "invalid-request", "bbox")
	s.get(t, base+"?bbox=1,2,3,4&resolution=11").refused(400, "invalid-request", "resolution")
	s.get(t, "/v1/plans/987654/people?bbox=1,2,3,4").refused(404, "not-found", "")
}
