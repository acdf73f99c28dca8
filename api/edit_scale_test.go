package api

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
)

// An edit over HTTP to its durable commit must not cost more in a large
// territory than in a small one: of 222, 5,550 and 56,832 grids of the same
// kind, four households in each. The territories take turns, so that what else
// the machine does falls on all alike; each split that was made is taken back.
// The ratios are to the smallest.
func BenchmarkEditByTerritory(b *testing.B) {
	sizes := []int{1, 5, 16}
	edit := make([]func(i int) time.Duration, len(sizes))
	first := make([]time.Duration, len(sizes))
	took := make([][]time.Duration, len(sizes))
	for k, size := range sizes {
		s, draft := serveProvince(b, size)
		grids := s.grids(b, draft.ID, "micro")
		edit[k] = func(i int) time.Duration {
			for { // some lines do not part their grid
				begun := time.Now()
				made := s.post(b, draft.ID, "edits", grids[i%len(grids)].across())
				if took := time.Since(begun); made {
					s.post(b, draft.ID, "undo", "{}")
					return took
				}
				i++
			}
		}
		first[k] = edit[k](0)
	}
	for i := 1; b.Loop(); i++ {
		for k := range sizes {
			took[k] = append(took[k], edit[k](7*i))
		}
	}
	middle := func(k int) float64 { return took[k][len(took[k])/2].Seconds() * 1e3 }
	late := func(k int) float64 { return took[k][len(took[k])*99/100].Seconds() * 1e3 }
	for k, size := range sizes {
		slices.Sort(took[k])
		of := fmt.Sprintf("of-%d-", 222*size*size)
		b.ReportMetric(first[k].Seconds()*1e3, of+"first-ms")
		b.ReportMetric(middle(k), of+"p50-ms")
		b.ReportMetric(late(k), of+"p99-ms")
		b.ReportMetric(middle(k)/middle(0), of+"p50-ratio")
		b.ReportMetric(late(k)/late(0), of+"p99-ratio")
	}
}

// serveProvince starts the service on a made-up province in a database whose
// commits reach the disk, with a draft that is ready to edit.
func serveProvince(b *testing.B, size int) (*service, geo.Plan) {
	b.Helper()
	snap, err := fixtures.Province(size)
	if err != nil {
		b.Fatal(err)
	}
	county := &fixtures.County{Snapshot: *snap}
	for _, d := range snap.Dwellings {
		county.Households = append(county.Households, geo.Household{Dwelling: d, Ref: fmt.Sprint(d.ID)})
	}
	county.Dwellings = nil
	db, _ := gridtest.Durable(b)
	s := serveOn(b, db, county, nil)
	draft := s.makeDraft(b)
	if err := s.store.Warm(b.Context(), draft.ID); err != nil {
		b.Fatal(err)
	}
	return s, draft
}

// post asks for an edit, or for one to be taken back, without comparing the
// answer with the contract; false when it was refused.
func (s *service) post(b *testing.B, plan geo.PlanID, what, body string) bool {
	answer, err := http.Post(fmt.Sprintf("%s/v1/plans/%d/%s", s.url, plan, what), typeJSON, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil || answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusUnprocessableEntity {
		b.Fatalf("%s %s %v", answer.Status, text, err)
	}
	return answer.StatusCode == http.StatusOK
}
