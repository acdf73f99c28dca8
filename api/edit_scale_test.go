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
// territory than in a small one: of 222, 5,555 and 56,800 grids of the same
// kind, four households in each. Each grid is split once. The ratios are to
// the smallest.
func BenchmarkEditByTerritory(b *testing.B) {
	var least, leastLate float64
	for _, size := range []int{1, 5, 16} {
		b.Run(fmt.Sprintf("%dgrids", 222*size*size), func(b *testing.B) {
			s, draft := serveProvince(b, size)
			grids := s.grids(b, draft.ID, "micro")
			begun := time.Now()
			s.post(b, draft.ID, grids[0].across())
			first := time.Since(begun)
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				body := grids[1+i*7%(len(grids)-1)].across()
				begun := time.Now()
				s.post(b, draft.ID, body)
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			middle, late := took[len(took)/2].Seconds()*1e3, took[len(took)*99/100].Seconds()*1e3
			if size == 1 {
				least, leastLate = middle, late
			}
			b.ReportMetric(first.Seconds()*1e3, "first-ms")
			b.ReportMetric(middle, "p50-ms")
			b.ReportMetric(late, "p99-ms")
			b.ReportMetric(middle/least, "p50-ratio")
			b.ReportMetric(late/leastLate, "p99-ratio")
		})
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

// post asks for an edit without comparing the answer with the contract.
func (s *service) post(b *testing.B, plan geo.PlanID, body string) {
	answer, err := http.Post(fmt.Sprintf("%s/v1/plans/%d/edits", s.url, plan), typeJSON, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil || answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusUnprocessableEntity {
		b.Fatalf("%s %s %v", answer.Status, text, err)
	}
}
