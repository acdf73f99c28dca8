package api

import (
	"net/http"
	"slices"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/nets"
	"gridmap/geo/topo"
)

// CrosswalkJSON leads from the grids of one plan to those of another.
type CrosswalkJSON struct {
	From         geo.PlanID          `json:"from"`
	FromRevision geo.Revision        `json:"from_revision"`
	To           geo.PlanID          `json:"to"`
	ToRevision   geo.Revision        `json:"to_revision"`
	Tiers        []crosswalkTierJSON `json:"tiers"`
}

type crosswalkTierJSON struct {
	Tier  string              `json:"tier"`
	Lines []crosswalkLineJSON `json:"lines"`
}

// A crosswalkLineJSON is what an old grid and a new one have in common; null
// stands for ground, and households, of the other that no grid has. The lines
// of a grid add up to it; shares are millionths, cut.
type crosswalkLineJSON struct {
	Old              *codeJSON `json:"old"`
	New              *codeJSON `json:"new"`
	AreaM2           nets.Area `json:"area_m2"`
	OldAreaPPM       int64     `json:"old_area_ppm"`
	NewAreaPPM       int64     `json:"new_area_ppm"`
	Households       int64     `json:"households"`
	OldHouseholdsPPM int64     `json:"old_households_ppm"`
	NewHouseholdsPPM int64     `json:"new_households_ppm"`
	Persons          int64     `json:"persons"`
}

// crosswalkQuery are the parameters of a crosswalk.
var crosswalkQuery = []string{"against", "against_revision", "min_revision", "revision", "tier"}

// getCrosswalk handles GET /v1/plans/{p}/crosswalk?against=: which grid of the
// other plan is which of this one.
func (s *Server) getCrosswalk(w http.ResponseWriter, r *http.Request) error {
	before, after, err := s.diffSides(r)
	if err != nil {
		return err
	}
	tier := r.URL.Query().Get("tier")
	if tier != "" && !slices.ContainsFunc(after.Records().Tiers, func(t geo.Tier) bool { return t.Code == tier }) {
		return bad("tier", "is no tier of the plan")
	}
	tag := etag(after.Revision(), after.Plan().ID, after.Plan().Revision, before.Plan().ID, before.Plan().Revision, tier)
	if fresh(w, r, tag, after.Revision()) {
		return nil
	}
	j, err := crosswalk(before, after, tier)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, j)
}

// crosswalk lays the grids of two pictures over each other, tier by tier, or
// those of one tier; households are those of after.
func crosswalk(before, after *atlas.Atlas, tier string) (CrosswalkJSON, error) {
	j := CrosswalkJSON{From: before.Plan().ID, FromRevision: before.Plan().Revision, To: after.Plan().ID, ToRevision: after.Plan().Revision,
		Tiers: []crosswalkTierJSON{}}
	dwellings := after.Snapshot().Dwellings
	old, new := divisionOf(before, dwellings), divisionOf(after, dwellings)
	for _, t := range after.Records().Tiers {
		if t.Rank == 0 || tier != "" && t.Code != tier {
			continue
		}
		a, b := netOf(before, t.Code), netOf(after, t.Code)
		walk, err := nets.Between(a.ground, b.ground, func(yield func([2]int, int64) bool) {
			for i := range dwellings {
				if !yield([2]int{a.holder(old.At[i]), b.holder(new.At[i])}, int64(dwellings[i].Resident)) {
					return
				}
			}
		})
		if err != nil {
			return CrosswalkJSON{}, err
		}
		j.Tiers = append(j.Tiers, crosswalkTierJSON{t.Code, linesOf(walk, a, b)})
	}
	return j, nil
}

// A tierNet is the drawn grids of a picture's tier that partition.
type tierNet struct {
	picture *atlas.Atlas
	rank    int
	grids   []codeJSON
	ground  []topo.Shape
	at      map[int]int // by position in the picture
}

func netOf(a *atlas.Atlas, tier string) *tierNet {
	n := &tierNet{picture: a, rank: -1, at: map[int]int{}}
	for _, t := range a.Records().Tiers {
		if t.Code == tier {
			n.rank = t.Rank
		}
	}
	for i := range a.Records().Grids {
		if g := a.Grid(i); g.Tier == n.rank && g.Partitions() && len(g.Boundary) > 0 {
			n.at[i] = len(n.grids)
			n.grids, n.ground = append(n.grids, codeJSON{g.ID, g.Code}), append(n.ground, g.Boundary)
		}
	}
	return n
}

// holder returns the grid of the tier that a leaf is or lies in.
func (n *tierNet) holder(leaf int32) int {
	for i := int(leaf); i >= 0; i = n.picture.Tree().Parent(i) {
		if k, ok := n.at[i]; ok {
			return k
		}
	}
	return nets.None
}

func linesOf(walk *nets.Crosswalk, a, b *tierNet) []crosswalkLineJSON {
	lines := make([]crosswalkLineJSON, 0, len(walk.Lines))
	for _, l := range walk.Lines {
		j := crosswalkLineJSON{AreaM2: l.Area, Households: l.Households, Persons: l.Persons}
		if l.Old != nets.None {
			t := walk.Old[l.Old]
			j.Old, j.OldAreaPPM, j.OldHouseholdsPPM = &a.grids[l.Old], nets.PPM(l.Area, t.Area), nets.PPM(l.Households, t.Households)
		}
		if l.New != nets.None {
			t := walk.New[l.New]
			j.New, j.NewAreaPPM, j.NewHouseholdsPPM = &b.grids[l.New], nets.PPM(l.Area, t.Area), nets.PPM(l.Households, t.Households)
		}
		lines = append(lines, j)
	}
	return lines
}
