package api

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
)

// connections is how many clients ask at once, each over a connection it keeps.
const connections = 64

// GET /v1/locate in a county of 4,847 grids beside a handler that makes one
// query a request, in turns: requests a second at 64 connections, and how long
// the slowest hundredth took. Both say who serves the point at every tier. The
// floor is what is left of that when nothing is looked up: a bare handler of
// net/http that sends an answer of the same length.
func BenchmarkLocateBesideQueries(b *testing.B) {
	county := benchCounty(b)
	db := gridtest.DB(b)
	s := serveOn(b, db, county, nil)
	peer := newListener(b, queryHandler(b, db, s.territory, s.plan))
	paths := locatePaths(county, 4096)
	still := bytes.Repeat([]byte{' '}, len(s.get(b, "/v1/locate?"+paths[0]).wants(200).body))
	floor := newListener(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", typeJSON)
		w.Header().Set("Content-Length", strconv.Itoa(len(still)))
		_, _ = w.Write(still) // a client that has gone is told of there
	}))
	sides := []*side{{name: "ours", address: address(s.url), path: "/v1/locate?"}, {name: "query", address: address(peer), path: "/locate?"},
		{name: "floor", address: address(floor), path: "/?"}}
	for b.Loop() {
		for _, one := range sides {
			one.ask(b, paths, 200)
		}
	}
	for _, one := range sides {
		one.report(b)
	}
	b.ReportMetric(sides[0].rate()/sides[1].rate(), "x-query")
}

// benchCounty is huize with few households, which points are not looked up among.
func benchCounty(b *testing.B) *fixtures.County {
	b.Helper()
	county, err := fixtures.Make("huize", 5000)
	if err != nil {
		b.Fatal(err)
	}
	return county
}

func address(url string) string { return strings.TrimPrefix(url, "http://") }

// locatePaths draws points in a county.
func locatePaths(county *fixtures.County, n int) []string {
	rng := rand.New(rand.NewPCG(1, 9))
	paths := make([]string, n)
	for i := range paths {
		lon, lat := county.Households[rng.IntN(len(county.Households))].At.LonLat()
		paths[i] = fmt.Sprintf("lon=%.7f&lat=%.7f", lon, lat)
	}
	return paths
}

// queryHandler answers who serves a point at every tier with one query.
func queryHandler(b *testing.B, db *pgxpool.Pool, t geo.TerritoryID, plan geo.PlanID) http.Handler {
	const query = `select coalesce(json_agg(row), '[]') from (
		select g.code, g.name_zh, g.name_en, g.tier, (select json_agg(json_build_object('name', w.name, 'phone', w.phone, 'role', a.role))
			from assignment a join worker w on (w.territory_id, w.id) = (a.territory_id, a.worker_id)
			where (a.territory_id, a.grid_id) = (g.territory_id, g.id) and coalesce(a.valid_to, 'infinity') > current_date) as workers
		from grid g where g.territory_id = $1 and g.plan_id = $2 and g.boundary && st_setsrid(st_point($3, $4), 4326)
			and st_covers(g.boundary, st_setsrid(st_point($3, $4), 4326)) order by g.tier) row`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lon, errLon := strconv.ParseFloat(r.FormValue("lon"), 64)
		lat, errLat := strconv.ParseFloat(r.FormValue("lat"), 64)
		var answer []byte
		if err := firstError(errLon, errLat, db.QueryRow(r.Context(), query, t, plan, lon, lat).Scan(&answer)); err != nil {
			b.Error(err)
		}
		w.Header().Set("Content-Type", typeJSON)
		_, _ = w.Write(answer) // a client that has gone is told of there
	})
}

// A side is one of the services that are compared.
type side struct {
	name, address, path string
	took                []time.Duration
	busy                time.Duration
}

// ask sends each connection's share of requests, all connections at once.
func (s *side) ask(b *testing.B, paths []string, each int) {
	b.Helper()
	took := make([][]time.Duration, connections)
	var clients sync.WaitGroup
	began := time.Now()
	for n := range connections {
		clients.Go(func() {
			var err error
			if took[n], err = s.requests(paths[n*31%len(paths):], each); err != nil {
				b.Error(err)
			}
		})
	}
	clients.Wait()
	s.busy += time.Since(began)
	s.took = append(s.took, slices.Concat(took...)...)
}

// requests asks for paths, one after the other, by the least of a client there
// can be: what it costs falls on both sides alike and hides their ratio.
func (s *side) requests(paths []string, n int) ([]time.Duration, error) {
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	from := bufio.NewReader(conn)
	took := make([]time.Duration, 0, n)
	var request []byte
	for i := range n {
		request = append(append(append(request[:0], "GET "...), s.path...), paths[i%len(paths)]...)
		request = append(request, " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"...)
		began := time.Now()
		if _, err := conn.Write(request); err != nil {
			return took, err
		}
		if err := readAnswer(from); err != nil {
			return took, err
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}

// readAnswer reads one answer that states its length.
func readAnswer(from *bufio.Reader) error {
	ok, length := false, -1
	for first := true; ; first = false {
		line, err := from.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimSpace(line)
		if first {
			ok = bytes.HasPrefix(line, []byte("HTTP/1.1 200 "))
		}
		if len(line) == 0 {
			break
		}
		if text, is := bytes.CutPrefix(line, []byte("Content-Length: ")); is {
			if length, err = strconv.Atoi(string(text)); err != nil {
				return err
			}
		}
	}
	if !ok || length < 0 {
		return fmt.Errorf("answer of %d bytes is none", length)
	}
	_, err := from.Discard(length)
	return err
}

func (s *side) rate() float64 { return float64(len(s.took)) / s.busy.Seconds() }

func (s *side) report(b *testing.B) {
	slices.Sort(s.took)
	b.ReportMetric(s.rate(), s.name+"-requests/s")
	b.ReportMetric(s.took[len(s.took)/2].Seconds()*1e3, s.name+"-p50-ms")
	b.ReportMetric(s.took[len(s.took)*99/100].Seconds()*1e3, s.name+"-p99-ms")
}

// 100,000 points in one request, as JSON, NDJSON and CSV: until the service has
// written the last byte of its answer, without the network.
func BenchmarkBatch(b *testing.B) {
	county := benchCounty(b)
	s := serveOn(b, gridtest.DB(b), county, nil)
	const n = 100_000
	var objects, rows []string
	for i := range n {
		lon, lat := county.Households[i*7919%len(county.Households)].At.LonLat()
		objects = append(objects, fmt.Sprintf(`{"id":"call-%d","lon":%.7f,"lat":%.7f}`, i, lon, lat))
		rows = append(rows, fmt.Sprintf("call-%d,%.7f,%.7f", i, lon, lat))
	}
	bodies := map[string]string{typeJSON: "[" + strings.Join(objects, ",") + "]", typeNDJSON: strings.Join(objects, "\n"),
		typeCSV: "id,lon,lat\n" + strings.Join(rows, "\n")}
	for _, call := range []string{"/v1/locate", "/v1/checks/coverage"} {
		for _, media := range []string{typeJSON, typeNDJSON, typeCSV} {
			body := bodies[media]
			if media == typeJSON && call == "/v1/checks/coverage" {
				body = `{"points":` + body + `}`
			}
			b.Run(call[4:]+"/"+media, func(b *testing.B) {
				handler := s.handler()
				var took []time.Duration
				busy := time.Duration(0)
				for b.Loop() {
					request, err := http.NewRequest(http.MethodPost, call, strings.NewReader(body))
					if err != nil {
						b.Fatal(err)
					}
					request.RemoteAddr, request.Host = "127.0.0.1:9", "127.0.0.1"
					request.Header.Set("Content-Type", media)
					answer := &counted{header: http.Header{}}
					began, used := time.Now(), processorTime(b)
					handler.ServeHTTP(answer, request)
					took, busy = append(took, time.Since(began)), busy+processorTime(b)-used
					if answer.status != http.StatusOK || answer.bytes < 40*n {
						b.Fatalf("status %d, %d bytes", answer.status, answer.bytes)
					}
				}
				slices.Sort(took)
				b.ReportMetric(took[0].Seconds()*1e3, "least-ms")
				b.ReportMetric(busy.Seconds()*1e3/float64(b.N), "processor-ms")
				b.ReportMetric(took[len(took)/2].Seconds()*1e3, "p50-ms")
			})
		}
	}
}

// processorTime is what this process has used so far: unlike the clock it does
// not count what else the machine does.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// counted takes an answer and counts its bytes.
type counted struct {
	header http.Header
	status int
	bytes  int
}

func (c *counted) Header() http.Header    { return c.header }
func (c *counted) WriteHeader(status int) { c.status = status }
func (c *counted) Write(p []byte) (int, error) {
	c.bytes += len(p)
	return len(p), nil
}
