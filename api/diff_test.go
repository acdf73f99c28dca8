package api

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gridmap/geo"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	path := fmt.Sprintf("/v1/plans/%d/diff?against=", draft.ID)
	var d struct {
		From, To       geo.PlanID
		Added, Retired []struct {
			ID       geo.GridID
			Geometry *struct{ Type string }
		}
		Changed []struct {
			ID     geo.GridID
			Fields []string
			AreaM2 float64 `json:"area_m2"`
		}
		Moved []struct {
			Tier                string
			From, To            *struct{ Code string }
			Households, Persons int64
		}
	}
	s.get(t, path+fmt.Sprint(s.plan)).wants(200).into(&d)
	if d.From != s.plan || d.To != draft.ID || len(d.Added)+len(d.Retired)+len(d.Changed)+len(d.Moved) != 0 {
		t.Errorf("a fresh draft differs: %+v", d)
	}
	pair := s.pairs(t, draft.ID, "primary")[0]
	s.edited(t, draft.ID, mergeOf(pair))
	first := s.get(t, path+fmt.Sprint(s.plan)).wants(200)
	first.into(&d)
	if len(d.Retired) != 1 || d.Retired[0].ID != pair[1].ID || d.Retired[0].Geometry != nil || len(d.Added) != 0 {
		t.Errorf("retired %+v, added %+v", d.Retired, d.Added)
	}
	if len(d.Changed) != 1 || d.Changed[0].ID != pair[0].ID || !slices.Contains(d.Changed[0].Fields, "boundary") || math.Abs(d.Changed[0].AreaM2-pair[1].AreaM2) > 5 {
		t.Errorf("changed %+v, want %d by %.0f m²", d.Changed, pair[0].ID, pair[1].AreaM2)
	}
	found := false
	for _, m := range d.Moved {
		if m.Tier == "primary" && m.From.Code == pair[1].Code && m.To.Code == pair[0].Code {
			found = m.Persons == pair[1].Counts.Resident && m.Households == pair[1].Counts.Households
		}
	}
	if !found {
		t.Errorf("moved %+v", d.Moved)
	}
	s.get(t, path+fmt.Sprint(s.plan), "If-None-Match", first.header.Get("ETag")).wants(304)
	s.get(t, path+fmt.Sprint(s.plan)+"&geometry=full").wants(200).into(&d)
	if d.Retired[0].Geometry == nil || d.Retired[0].Geometry.Type != "Polygon" {
		t.Errorf("asked with ground: %+v", d.Retired)
	}
	s.get(t, path[:len(path)-len("?against=")]).refused(400, "invalid-request", "against")
	s.get(t, path+"0").refused(400, "invalid-request", "against")
	s.get(t, path+"999999").refused(404, "not-found", "")
}
