package api

import (
	"cmp"
	"net/http"
	"slices"

	"gridmap/geo"
)

var balanceQuery = []string{"min_revision", "as_of", "tier", "limit"}

// mostBalanced is how many grids one answer may list; a tier has no more on any
// screen, and the counts beside the list are of all.
const mostBalanced = 10_000

// A balanceJSON answers how the grids of a tier stand to its band, the one
// farthest outside first.
type balanceJSON struct {
	Plan     geo.PlanID     `json:"plan"`
	Revision geo.Revision   `json:"revision"`
	AsOf     geo.Date       `json:"as_of"`
	Tier     string         `json:"tier"`
	Band     geo.Band       `json:"band"`        // of households; max 0 leaves it open
	Cap      int64          `json:"persons_cap"` // most residents of a grid, 0 for none
	Grids    int            `json:"grids"`       // drawn general grids of the tier
	Under    int            `json:"under"`       // of these, with fewer households than the band
	Over     int            `json:"over"`
	Crowded  int            `json:"crowded"` // with more residents than the cap
	Units    []balancedJSON `json:"units"`
}

// A balancedJSON is what one grid holds.
type balancedJSON struct {
	ID         geo.GridID `json:"id"`
	Code       string     `json:"code"`
	Name       geo.Name   `json:"name"`
	Households int64      `json:"households"`
	Resident   int64      `json:"persons_resident"`
	InBand     string     `json:"in_band"` // under, within, over
	// OffPPM is how far it lies outside, in millionths of the bound it breaks
	// most; 0 within.
	OffPPM int64 `json:"off_ppm"`
}

// getBalance handles GET /v1/plans/{p}/balance.
func (s *Server) getBalance(w http.ResponseWriter, r *http.Request) error {
	limit, err := intQuery(queryOf(r), "limit", 100, 1, mostBalanced)
	if err != nil {
		return err
	}
	code := queryOf(r).Get("tier")
	if code == "" {
		return bad("tier", "is missing: grids of one tier are compared")
	}
	v, done, err := s.viewed(w, r)
	if err != nil || done {
		return err
	}
	at := slices.IndexFunc(v.s.Tiers, func(t geo.Tier) bool { return t.Code == code })
	if at < 0 {
		return bad("tier", "%q is no tier of the plan", clip(code))
	}
	return writeJSON(w, http.StatusOK, v.balance(v.s.Tiers[at], int(limit)))
}

// balance holds the grids of a tier against its band.
func (v view) balance(t geo.Tier, limit int) balanceJSON {
	answer := balanceJSON{Plan: v.s.Plan.ID, Revision: v.a.Revision(), AsOf: v.asOf, Tier: t.Code, Band: t.Households, Cap: t.PersonsCap, Units: []balancedJSON{}}
	for i := range v.s.Grids {
		g, c := &v.s.Grids[i], &v.counted.Tallies[i]
		if g.Tier != t.Rank || g.Kind != geo.General || g.Rest || len(v.a.Ground(i).Shape) == 0 {
			continue
		}
		one := balancedJSON{ID: g.ID, Code: g.Code, Name: g.Name, Households: c.Households, Resident: c.Resident,
			InBand: inBand(c.Households, t.Households), OffPPM: offPPM(c, &t)}
		answer.Grids++
		switch one.InBand {
		case "under":
			answer.Under++
		case "over":
			answer.Over++
		}
		if t.PersonsCap > 0 && c.Resident > t.PersonsCap {
			answer.Crowded++
		}
		answer.Units = append(answer.Units, one)
	}
	slices.SortFunc(answer.Units, func(a, b balancedJSON) int {
		return cmp.Or(cmp.Compare(b.OffPPM, a.OffPPM), cmp.Compare(a.Code, b.Code), cmp.Compare(a.ID, b.ID))
	})
	answer.Units = answer.Units[:min(limit, len(answer.Units))]
	return answer
}

// offPPM returns how far what a grid holds lies outside the band and the cap of
// its tier, in millionths of the bound, cut.
func offPPM(c *geo.Tally, t *geo.Tier) int64 {
	return max(beyondPPM(t.Households.Min-c.Households, t.Households.Min), beyondPPM(c.Households-t.Households.Max, t.Households.Max),
		beyondPPM(c.Resident-t.PersonsCap, t.PersonsCap))
}

func beyondPPM(by, bound int64) int64 {
	if by <= 0 || bound <= 0 {
		return 0
	}
	return by * 1_000_000 / bound
}
