package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/tiles"
)

// An eventSeen is an event as a client takes it.
type eventSeen struct {
	id   geo.Revision // 0: none
	name string
	data string
}

// A streamSeen is an open event stream.
type streamSeen struct {
	t     testing.TB
	lines *bufio.Scanner
	close func()
}

// events opens the stream of the service's territory. heard < 0 is a reader
// who has heard of nothing.
func (s *service) events(t testing.TB, heard geo.Revision) *streamSeen {
	t.Helper()
	return s.eventsOf(t, heard, "")
}

// eventsOf is events with more in the address.
func (s *service) eventsOf(t testing.TB, heard geo.Revision, more string) *streamSeen {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute) // of a test that hangs
	request, err := http.NewRequestWithContext(ctx, "GET", fmt.Sprintf("%s/v1/events?territory=%d%s", s.url, s.territory, more), nil)
	if err != nil {
		t.Fatal(err)
	}
	if heard >= 0 {
		request.Header.Set("Last-Event-ID", revisionText(heard))
	}
	request.Header.Set("Accept-Encoding", "gzip")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	end := func() { cancel(); response.Body.Close() }
	t.Cleanup(end)
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "text/event-stream" || response.Header.Get("Content-Encoding") != "" {
		t.Fatalf("status %d, header %v", response.StatusCode, response.Header)
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 4<<20)
	return &streamSeen{t, lines, end}
}

// next returns the next event with the name.
func (s *streamSeen) next(name string) eventSeen {
	s.t.Helper()
	var e eventSeen
	for s.lines.Scan() {
		key, value, _ := strings.Cut(s.lines.Text(), ": ")
		switch {
		case key == "id":
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				s.t.Fatal(err)
			}
			e.id = geo.Revision(n)
		case key == "event":
			e.name = value
		case key == "data":
			e.data = value
		case s.lines.Text() == "" && e.name == name:
			return e
		case s.lines.Text() == "":
			e = eventSeen{}
		}
	}
	s.t.Fatalf("the stream ended without an event %q: %v", name, s.lines.Err())
	return e
}

// hire makes a change and returns its revision.
func (s *service) hire(t testing.TB, number string) geo.Revision {
	t.Helper()
	made := s.call(t, "POST", fmt.Sprintf("/v1/workers?territory=%d", s.territory),
		fmt.Sprintf(`{"number":%q,"name":"甲","employment":"full_time"}`, number)).wants(201)
	n, err := strconv.ParseInt(made.header.Get("Gridmap-Revision"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return geo.Revision(n)
}

// feed returns that of the territory while somebody listens.
func (s *service) feed() *feed {
	s.feeds.mu.Lock()
	defer s.feeds.mu.Unlock()
	return s.feeds.of[s.territory]
}

func TestEventsGreetWhoComesFirst(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	stream := s.events(t, -1)
	var hello revisionSeen
	hello.read(t, stream.next("revision"))
	if hello.Plan != s.plan || hello.InForce != s.plan || hello.Revision != 1 || hello.Reload {
		t.Errorf("greeted with %+v", hello)
	}
	var counts findingsJSON
	first := stream.next("findings").data
	holdsSchema(t, "FindingsEvent", first)
	if err := json.Unmarshal([]byte(first), &counts); err != nil || counts.Plan != s.plan {
		t.Errorf("findings %+v, %v", counts, err)
	}
	if want := s.hire(t, "E-1"); stream.next("revision").id != want {
		t.Errorf("the next event is not revision %d", want)
	}
	stream.next("findings") // a new worker may change them
}

// A revisionSeen is the data of a revision event.
type revisionSeen struct {
	Territory    geo.TerritoryID
	Plan         geo.PlanID
	InForce      geo.PlanID `json:"in_force"`
	Revision     geo.Revision
	PlanRevision geo.Revision `json:"plan_revision"`
	Op           string
	Reload       bool
	Records      map[string]int
	Grids        []struct {
		ID            geo.GridID
		Code, Tier    string
		Change        string
		Redrawn       bool
		Bounds        *[4]float64
		Before, After *struct{ Type string }
	}
	GridsLeftOut int `json:"grids_left_out"`
	Bounds       *[4]float64
	Tiles        []tiles.Range
}

func (r *revisionSeen) read(t testing.TB, e eventSeen) {
	t.Helper()
	if err := json.Unmarshal([]byte(e.data), r); err != nil {
		t.Fatalf("%v: %.300s", err, e.data)
	}
	holdsSchema(t, "RevisionEvent", e.data)
	if r.Revision != e.id {
		t.Errorf("event %d tells of revision %d", e.id, r.Revision)
	}
}

// holdsSchema holds JSON against a schema of the contract.
func holdsSchema(t testing.TB, name, data string) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(Contract)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal([]byte(data), &v); err != nil {
		t.Fatal(err)
	}
	if err := doc.Components.Schemas[name].Value.VisitJSON(v); err != nil {
		t.Errorf("%s breaks the contract: %.500v", name, err)
	}
}

// An edit of a draft names the draft, what became of its grids and where.
func TestEventsTellOfDrafts(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	stream := s.events(t, 1)
	draft := s.makeDraft(t)
	pair := s.pairs(t, draft.ID, "primary")[0]
	done := s.edited(t, draft.ID, fmt.Sprintf(`{"op":"merge","grids":[%d,%d],"keep":%d}`, pair[0].ID, pair[1].ID, pair[0].ID))
	var told revisionSeen
	for told.Revision < done.Revision {
		told = revisionSeen{}
		told.read(t, stream.next("revision"))
		if told.Plan != draft.ID || told.InForce != s.plan {
			t.Errorf("told of plan %d, in force %d", told.Plan, told.InForce)
		}
	}
	if told.Op != "merge" || len(told.Grids) != len(done.Grids) || told.PlanRevision != done.Revision {
		t.Fatalf("told %+v, want %d grids", told, len(done.Grids))
	}
	for _, g := range told.Grids {
		was, is := g.Before != nil, g.After != nil
		if g.ID == pair[1].ID && (g.Change != "retired" || !was || is) || g.ID == pair[0].ID && (g.Change != "changed" || !was || !is || g.Tier != "primary") {
			t.Errorf("told %+v", g)
		}
	}
	inside := s.grid(t, s.plan, pair[1].ID).Interior
	for z := uint32(0); z <= tiles.MaxZoom; z++ {
		x, y := tileAt(inside[0], inside[1], int(z))
		over := tiles.Address{Z: z, X: uint32(x), Y: uint32(y)}
		if !slices.ContainsFunc(told.Tiles, func(r tiles.Range) bool { return r.Holds(over) }) {
			t.Errorf("the tile of zoom %d over the grid that went is not among %v", z, told.Tiles)
		}
	}
	// Each draft's findings are told to those who look at it.
	s.get(t, fmt.Sprintf("/v1/plans/%d", draft.ID)).wants(200)
	s.edited(t, draft.ID, fmt.Sprintf(`{"op":"set","grid":%d,"name":{"zh":"新名","en":"New"}}`, pair[0].ID))
	for {
		var counts struct{ Plan geo.PlanID }
		if err := json.Unmarshal([]byte(stream.next("findings").data), &counts); err != nil {
			t.Fatal(err)
		}
		if counts.Plan == draft.ID {
			break
		}
	}
}

// Who comes back gets every revision missed, in order, from a service that
// just started, from the feed, and from the journal behind it.
func TestEventsResume(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	var last geo.Revision
	for i := range 8 {
		last = s.hire(t, fmt.Sprintf("E-%d", i))
	}
	if _, err := s.live.Wait(t.Context(), s.territory, last); err != nil {
		t.Fatal(err)
	}
	hears := func(s *service, how string) *streamSeen {
		t.Helper()
		stream := s.events(t, 3)
		for want := geo.Revision(4); want <= last; want++ {
			var told revisionSeen
			told.read(t, stream.next("revision"))
			if told.Revision != want || told.Records["worker"] != 1 {
				t.Fatalf("%s: told %+v, want revision %d", how, told, want)
			}
		}
		return stream
	}
	hears(s, "no feed before")
	another := &service{Server: newServer(Config{Store: s.store, Live: s.live, Allow: LoopbackOnly, Log: s.Server.log, Now: s.now}), territory: s.territory}
	another.url = newListener(t, another.handler())
	hears(another, "from another service, or this one started anew")
	stays := s.events(t, last)
	stays.next("findings")
	hears(s, "from the feed")
	feed := s.feed()
	feed.mu.Lock()
	feed.told = nil
	feed.mu.Unlock()
	again := hears(s, "from the journal")
	last = s.hire(t, "E-last")
	for _, stream := range []*streamSeen{stays, again} {
		if got := stream.next("revision").id; got != last {
			t.Errorf("then told of revision %d, want %d", got, last)
		}
	}
}

func TestEventsTellToReloadWhoMissedTooMuch(t *testing.T) {
	t.Parallel()
	f := &feed{server: &Server{live: new(atlas.Live)}, started: true, reached: 5000, next: make(chan struct{})}
	l := &listener{feed: f, heard: 5000 - mostMissed - 1}
	texts, _, err := l.take(t.Context())
	if err != nil || len(texts) != 1 || !strings.Contains(string(texts[0]), `"reload":true`) || !strings.HasPrefix(string(texts[0]), "id: 5000\n") {
		t.Errorf("told %s, %v", texts, err)
	}
	if texts, _, err = l.take(t.Context()); err != nil || len(texts) != 0 {
		t.Errorf("then told %s, %v", texts, err)
	}
}

// An event never grows beyond its budget, however large the change.
func TestEventsAreBounded(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("qinyuan", 100)
	if err != nil {
		t.Fatal(err)
	}
	a, err := atlas.New(&county.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	cs := geo.ChangeSet{Territory: a.Territory().ID, Plan: a.Plan().ID, Revision: 2, Op: "import"}
	for i := range a.Tree().Len() {
		cs.Changes = append(cs.Changes, geo.Change{Before: a.Grid(i)})
	}
	text, err := eventText(2, "revision", showRevision(cs, a, map[int]string{}))
	if err != nil || len(text) > 400<<10 {
		t.Errorf("%d grids are told in %d bytes, %v", len(cs.Changes), len(text), err)
	}
	var told revisionSeen
	told.read(t, eventSeen{id: 2, data: string(text[strings.Index(string(text), "data: ")+6:])})
	if len(told.Grids)+told.GridsLeftOut != len(cs.Changes) || told.Bounds == nil || len(told.Tiles) > 17*8 {
		t.Errorf("%d grids told, %d left out, %d ranges of tiles", len(told.Grids), told.GridsLeftOut, len(told.Tiles))
	}
	outlines := 0
	for _, g := range told.Grids {
		if g.Before != nil {
			outlines++
		}
	}
	if outlines == 0 || outlines == len(told.Grids) {
		t.Errorf("%d of %d grids have their outline", outlines, len(told.Grids))
	}
}

// A reader who takes nothing is dropped and holds nobody up; when it comes back,
// it hears what it missed.
func TestEventsDropWhoDoesNotRead(t *testing.T) {
	t.Parallel()
	// Less than this a machine may need for one write to who does read.
	s := serve(t, "mini", func(c *Config) { c.Limits.Slowness = 2 * time.Second })
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /v1/events?territory=%d HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 1\r\n\r\n", s.territory)
	reads := s.events(t, 1)
	reads.next("findings")
	feed := s.feed()
	heavy := []byte("event: heavy\ndata: " + strings.Repeat("x", 1<<20) + "\n\n")
	for range 40 { // more than a connection holds
		feed.publish(event{text: heavy})
		reads.next("heavy")
	}
	if !soon(func() bool { return len(s.streams) == 1 }) {
		t.Errorf("%d streams are open, want that of the reader who reads", len(s.streams))
	}
	feed.mu.Lock()
	kept := feed.bytes
	feed.mu.Unlock()
	if kept > keptBytes {
		t.Errorf("the feed keeps %d bytes", kept)
	}
	want := s.hire(t, "E-1")
	if reads.next("revision").id != want {
		t.Error("who reads did not hear of the next revision")
	}
	if late := s.events(t, 1).next("revision").id; late != want {
		t.Errorf("who was dropped hears of revision %d, want %d", late, want)
	}
}

// Many listeners share the bytes of an event: what each costs does not grow
// with what is told.
func TestEventsAreSharedByManyListeners(t *testing.T) {
	s := serve(t, "mini", nil)
	const many = 500
	streams := make([]*streamSeen, many)
	for i := range streams {
		streams[i] = s.events(t, 1)
		streams[i].lines.Buffer(make([]byte, 2048), 2048) // a client that keeps nothing
	}
	feed := s.feed()
	before := heap()
	line := "data: " + strings.Repeat("x", 1000) + "\n"
	text := []byte("event: heavy\n" + strings.Repeat(line, 500) + "\n") // half a megabyte
	const rounds = 4
	for range rounds {
		feed.publish(event{text: text})
	}
	var all sync.WaitGroup
	for _, stream := range streams {
		all.Go(func() {
			for range rounds {
				stream.next("heavy")
			}
		})
	}
	all.Wait()
	if grown := heap() - before; grown > 64<<20 {
		t.Errorf("%d listeners of %d bytes made the heap grow by %d", many, rounds*len(text), grown)
	}
}

// heap returns what is in use after a collection.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A change heard by 500 listeners: from the request to the last of them.
func BenchmarkEvents(b *testing.B) {
	s := serve(b, "mini", nil)
	const many = 500
	before := heap()
	heard := make(chan geo.Revision, many)
	for range many {
		stream := s.events(b, 1)
		go func() {
			for {
				var e eventSeen
				for stream.lines.Scan() && stream.lines.Text() != "" {
					if id, is := strings.CutPrefix(stream.lines.Text(), "id: "); is {
						n, _ := strconv.ParseInt(id, 10, 64)
						e.id = geo.Revision(n)
					}
				}
				if stream.lines.Err() != nil {
					return
				}
				if e.id > 0 {
					heard <- e.id
				}
			}
		}()
	}
	held := heap() - before
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		want := s.hire(b, fmt.Sprintf("B-%d", i))
		for left := many; left > 0; {
			if <-heard == want {
				left--
			}
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(held)/many, "B/listener+client")
}
