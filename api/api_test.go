package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/postgis"
	"gridmap/tiles"
)

func TestMain(m *testing.M) { gridtest.Main(m) }

// A service is a whole server on a database of its own with one county.
type service struct {
	*Server
	url       string
	territory geo.TerritoryID
	plan      geo.PlanID
	log       *bytes.Buffer
}

// serve starts the service on a made-up county; edit may change its
// configuration first.
func serve(t testing.TB, county string, edit func(*Config)) *service {
	t.Helper()
	made, err := fixtures.Make(county, 0)
	if err != nil {
		t.Fatal(err)
	}
	return serveCounty(t, made, edit)
}

func serveCounty(t testing.TB, county *fixtures.County, edit func(*Config)) *service {
	t.Helper()
	return serveOn(t, gridtest.DB(t), county, edit)
}

func serveOn(t testing.TB, db *pgxpool.Pool, county *fixtures.County, edit func(*Config)) *service {
	t.Helper()
	store := postgis.New(db)
	territory, _, err := store.Load(t.Context(), &county.Snapshot, gridtest.Stream(county.Households), "test")
	if err != nil {
		t.Fatal(err)
	}
	live := new(atlas.Live)
	ctx, cancel := context.WithCancel(context.Background())
	var following sync.WaitGroup
	following.Go(func() { _ = live.Follow(ctx, store, territory) }) // ends with the context
	t.Cleanup(func() { cancel(); following.Wait() })
	loaded, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	picture, err := live.Wait(loaded, territory, 1)
	if err != nil {
		t.Fatal(err)
	}
	log := new(bytes.Buffer)
	config := Config{Store: store, Live: live, Tiles: tiles.NewCache(16 << 20), Allow: LoopbackOnly,
		Log:    slog.New(slog.NewTextHandler(log, nil)),
		Limits: Limits{Wait: 25 * time.Second}, // that a machine is slow is no fault
		Now:    func() time.Time { return time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC) }}
	if edit != nil {
		edit(&config)
	}
	server := newServer(config)
	return &service{Server: server, url: newListener(t, server.handler()), territory: territory, plan: picture.Plan().ID, log: log}
}

// soon waits for something that another goroutine is about to do, as long as a
// very slow machine may take for it, and reports whether it was done.
func soon(done func() bool) bool {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if done() {
			return true
		}
	}
	return done()
}

// An answer is a response read whole.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// call sends a request and, where the contract knows it, holds the answer
// against the contract. Headers come in pairs of name and value.
func (s *service) call(t testing.TB, method, path, body string, headers ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", typeJSON)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			request.Header.Del(headers[i])
		} else {
			request.Header.Set(headers[i], headers[i+1])
		}
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{t: t, status: response.StatusCode, header: response.Header, body: raw}
	if method != http.MethodHead {
		a.holdsContract(request)
	}
	return a
}

func (s *service) get(t testing.TB, path string, headers ...string) answer {
	t.Helper()
	return s.call(t, http.MethodGet, path, "", headers...)
}

// wants fails the test unless the answer has the status.
func (a answer) wants(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %.500s", a.status, status, a.body)
	}
	return a
}

// refused fails the test unless the answer is a problem of the status and
// type that names the field.
func (a answer) refused(status int, kind, field string) {
	a.t.Helper()
	var p Problem
	if err := json.Unmarshal(a.wants(status).body, &p); err != nil {
		a.t.Fatalf("no problem: %v: %.300s", err, a.body)
	}
	if p.Type != "/problems/"+kind || p.Status != status || p.Title == "" {
		a.t.Errorf("problem %+v, want type %s", p, kind)
	}
	if field != "" && p.Field != field {
		a.t.Errorf("field %q, want %q (%s)", p.Field, field, p.Detail)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Errorf("Content-Type %q", got)
	}
}

// into reads the body into v.
func (a answer) into(v any) {
	a.t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		a.t.Fatalf("%v: %.300s", err, a.body)
	}
}

var contract = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromData(Contract)
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, err
	}
	return gorillamux.NewRouter(doc)
})

// holdsContract checks the answer against openapi.yaml: its status, its media
// type and, where it is JSON, its shape.
func (a answer) holdsContract(r *http.Request) {
	a.t.Helper()
	router, err := contract()
	if err != nil {
		a.t.Fatalf("openapi.yaml: %v", err)
	}
	relative := r.Clone(r.Context())
	relative.URL.Scheme, relative.URL.Host = "", ""
	route, params, err := router.FindRoute(relative)
	if err != nil {
		return // no call: a page, or a path that does not exist
	}
	media := a.header.Get("Content-Type")
	isJSON := strings.HasPrefix(media, typeJSON) || strings.HasPrefix(media, "application/problem+json")
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: relative, PathParams: params, Route: route},
		Status:                 a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: !isJSON},
	}
	if err := openapi3filter.ValidateResponse(r.Context(), input); err != nil {
		a.t.Errorf("%s %s breaks the contract: %.1500v", r.Method, r.URL.Path, err)
	}
}

// newListener serves a handler for the length of the test, as the service does.
func newListener(t testing.TB, h http.Handler) string {
	t.Helper()
	listening := httptest.NewUnstartedServer(h)
	listening.Config, listening.Listener = NewHTTP(h), Gather(listening.Listener)
	listening.Start()
	t.Cleanup(listening.Close)
	return listening.URL
}

// shortest leaves the database no time at all.
var shortest = postgis.Limits{Read: 1, Tile: 1, Write: 1, Snapshot: 1, Load: 1}
