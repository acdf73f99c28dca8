package api

import (
	"context"
	"net/http"

	"gridmap/geo"
	"gridmap/geo/postgis"
)

// How many external numbers an answer lists of the households that passed
// between two grids, and of all pairs.
const (
	pairRefs = 10_000
	allRefs  = 100_000
)

// Whether an answer only counts the households that moved, or names them.
const (
	countHouseholds = "counts"
	nameHouseholds  = "refs"
)

// asksRefs reads whether a request wants the households that moved by their
// external numbers, and asks allow if it does.
func (s *Server) asksRefs(r *http.Request, plan geo.PlanID, territory geo.TerritoryID) (bool, error) {
	word, err := wordQuery(r.URL.Query(), "households", countHouseholds, nameHouseholds)
	if err != nil || word == countHouseholds {
		return false, err
	}
	return true, s.allow(r, Households, Scope{Territory: territory, Plan: plan})
}

// NameHouseholds lists the external numbers of the households that moved, as
// many as an answer holds.
func (j *EditedJSON) NameHouseholds(ctx context.Context, store *postgis.Store, territory geo.TerritoryID) error {
	return nameMoved(ctx, store, territory, j.Moved)
}

// NameHouseholds lists the external numbers of the households that moved, as
// many as an answer holds.
func (j *DiffJSON) NameHouseholds(ctx context.Context, store *postgis.Store, territory geo.TerritoryID) error {
	return nameMoved(ctx, store, territory, j.Moved)
}

// nameMoved adds who moved. A household that is no more is left out.
func nameMoved(ctx context.Context, store *postgis.Store, territory geo.TerritoryID, moved []movedJSON) error {
	var wanted []geo.HouseholdID
	cut := make([][]geo.HouseholdID, len(moved))
	for i, left := 0, allRefs; i < len(moved); i++ {
		cut[i] = moved[i].homes[:min(len(moved[i].homes), pairRefs, left)]
		left -= len(cut[i])
		wanted = append(wanted, cut[i]...)
	}
	refs, err := store.HouseholdRefs(ctx, territory, wanted)
	if err != nil {
		return err
	}
	for i := range moved {
		moved[i].Refs = make([]string, 0, len(cut[i]))
		for _, id := range cut[i] {
			if ref, there := refs[id]; there {
				moved[i].Refs = append(moved[i].Refs, ref)
			}
		}
	}
	return nil
}
