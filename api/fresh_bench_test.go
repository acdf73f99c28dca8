package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/topo"
	"gridmap/tiles"
)

// From the answer to a change, whose commit has reached the disk, to the last
// byte over HTTP of a tile that shows it: a facility of the plan in force that
// is renamed, and a grid of a draft, in a county of 5,254 grids. Idle, and
// beside clients that ask for tiles as fast as they are answered.
func BenchmarkFreshTile(b *testing.B) {
	county, err := fixtures.Make("huize", 0)
	if err != nil {
		b.Fatal(err)
	}
	db, _ := gridtest.Durable(b)
	ahead, stop := context.WithCancel(b.Context())
	defer stop()
	s := serveOn(b, db, county, func(c *Config) { c.Ahead = ahead })
	draft := s.makeDraft(b)
	grid := s.grids(b, draft.ID, "primary")[7]
	a, _ := s.live.Get(s.territory)
	position, _ := a.Tree().Index(grid.ID)
	facility := county.Facilities[3]
	inForce := s.fresh(b, "PATCH", fmt.Sprintf("/v1/facilities/%d", facility.ID), `{"name":{"zh":"改名%d"}}`,
		tileOf(s.plan, tiles.Facilities, facility.At, 13))
	ofDraft := s.fresh(b, "POST", fmt.Sprintf("/v1/plans/%d/edits", draft.ID), fmt.Sprintf(`{"op":"set","grid":%d,"name":{"zh":"改名%%d"}}`, grid.ID),
		tileOf(draft.ID, tiles.Grids, a.Ground(position).Interior, 13))
	for _, load := range []int{0, 4} {
		b.Run(fmt.Sprintf("clients=%d", load), func(b *testing.B) {
			asked, end := s.hammer(b, load, tileOf(s.plan, tiles.Grids, facility.At, 13))
			var took [2][]time.Duration
			begun := time.Now()
			for i := 0; b.Loop(); i++ {
				took[0] = append(took[0], inForce(i))
				took[1] = append(took[1], ofDraft(i))
			}
			b.ReportMetric(float64(asked.Load())/time.Since(begun).Seconds(), "tiles/s-beside")
			end()
			for k, name := range []string{"force", "draft"} {
				slices.Sort(took[k])
				b.ReportMetric(took[k][len(took[k])/2].Seconds()*1e3, name+"-p50-ms")
				b.ReportMetric(took[k][len(took[k])*99/100].Seconds()*1e3, name+"-p99-ms")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// tileOf is the address of a tile of a layer that holds a place.
func tileOf(plan geo.PlanID, layer string, at topo.Point, z int) string {
	lon, lat := at.LonLat()
	x, y := tileAt(lon, lat, z)
	return fmt.Sprintf("/tiles/%d/%s/%d/%d/%d.mvt", plan, layer, z, x, y)
}

// fresh returns what makes the change of a number and measures how long after
// its answer the tile is there in which it shows.
func (s *service) fresh(b *testing.B, method, path, body, tile string) func(i int) time.Duration {
	last := ""
	return func(i int) time.Duration {
		made := s.plainly(b, method, path, fmt.Sprintf(body, i))
		begun := time.Now()
		got := s.plainly(b, "GET", tile+"?min_revision="+made.Get("Gridmap-Revision"), "")
		took := time.Since(begun)
		if tag := got.Get("ETag"); tag == last || tag == "" {
			b.Fatalf("%s after change %d: the tag stayed %s", tile, i, tag)
		} else {
			last = tag
		}
		return took
	}
}

// plainly asks without comparing the answer with the contract, and returns the
// header of an answer read whole.
func (s *service) plainly(b *testing.B, method, path, body string) http.Header {
	request, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Content-Type", typeJSON)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil || answer.StatusCode >= 300 {
		b.Fatalf("%s %s: %s %.300s %v", method, path, answer.Status, text, err)
	}
	return answer.Header
}

// hammer lets clients ask for a tile and those around it without a pause.
func (s *service) hammer(b *testing.B, clients int, path string) (asked *atomic.Int64, end func()) {
	asked = new(atomic.Int64)
	ctx, stop := context.WithCancel(b.Context())
	var all sync.WaitGroup
	parts := strings.Split(strings.TrimSuffix(path, ".mvt"), "/")
	x, _ := strconv.Atoi(parts[len(parts)-2])
	for client := range clients {
		all.Go(func() {
			for i := client; ctx.Err() == nil; i++ {
				parts := slices.Clone(parts)
				parts[len(parts)-2] = strconv.Itoa(x + i%9 - 4)
				answer, err := http.Get(s.url + strings.Join(parts, "/") + ".mvt")
				if err == nil {
					_, _ = io.Copy(io.Discard, answer.Body)
					answer.Body.Close()
					asked.Add(1)
				}
			}
		})
	}
	return asked, func() { stop(); all.Wait() }
}
