// Package api is the face of gridmap: routes, decoding, encoding and
// problems. It decides nothing about plans; openapi.yaml is its contract.
package api

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"gridmap/geo/atlas"
	"gridmap/geo/postgis"
	"gridmap/tiles"
)

// A Config is what a server is made of.
type Config struct {
	Store  *postgis.Store
	Live   *atlas.Live  // the plans in force, in memory
	Tiles  *tiles.Cache // nil: a small one
	Allow  Allow        // nil: nobody may do anything
	Log    *slog.Logger // nil: slog.Default
	Limits Limits
	// Web serves the pages, for every GET the calls do not take; nil: none.
	Web http.Handler
	// Basemaps are what the pages may draw under the grids; nil: none.
	Basemaps []Basemap
	// Who names the caller of a write for the journal; nil: "anonymous".
	Who func(r *http.Request) string
	// Ahead, until it ends, lets the server draw the plans in force before a
	// tile is asked for, and counts as not ready what is not drawn yet; nil: they
	// are drawn when asked for.
	Ahead context.Context
	// Now is the clock that says what today is; nil: time.Now.
	Now func() time.Time
}

// A Server answers the calls. It holds no state of its own besides counters,
// a few pictures of plans that are not in force, and what was written of grids
// that are asked about often.
type Server struct {
	store        *postgis.Store
	live         *atlas.Live
	tiles        *tiles.Cache
	allow        Allow
	log          *slog.Logger
	limits       Limits
	web          http.Handler
	basemaps     []Basemap
	who          func(r *http.Request) string
	now          func() time.Time
	metrics      *metrics
	router       *mux.Router
	pictures     pictures
	tilePictures tilePictures
	located      memo
	ahead        bool // tile pictures are drawn before they are asked for
	feeds        feeds
	presence     presence
	bulks        chan struct{} // a place for every bulk request at work
	streams      chan struct{} // a place for every event stream
}

// New returns the handler of all calls and pages.
func New(c Config) http.Handler {
	return newServer(c).handler()
}

// defaultTileCache is how many bytes of tiles a server remembers that is not
// told.
const defaultTileCache = 16 << 20

func newServer(c Config) *Server {
	s := &Server{store: c.Store, live: c.Live, tiles: c.Tiles, allow: c.Allow, log: c.Log,
		limits: c.Limits.withDefaults(), web: c.Web, basemaps: c.Basemaps, who: c.Who, now: c.Now, metrics: newMetrics()}
	if s.allow == nil {
		s.allow = func(*http.Request, Right, Scope) error { return ErrForbidden }
	}
	if s.tiles == nil {
		s.tiles = tiles.NewCache(defaultTileCache)
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.who == nil {
		s.who = func(*http.Request) string { return "anonymous" }
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.bulks = make(chan struct{}, s.limits.Bulks)
	s.streams = make(chan struct{}, s.limits.Streams)
	s.pictures.painters = make(chan struct{}, keptRevisions)
	s.router = s.routes()
	if c.Ahead != nil {
		s.ahead = true
		go s.drawAhead(c.Ahead)
	}
	return s
}

func (s *Server) handler() http.Handler { return s.quickly(s.routed()) }

// routed puts around the routes what every answer needs.
func (s *Server) routed() http.Handler {
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, s.log, ErrForbidden)
	}))
	return compress(foreign.Handler(s.router))
}

// A recorder remembers the status for the log and whether an answer began.
type recorder struct {
	http.ResponseWriter
	status int
}

func (rec *recorder) WriteHeader(status int) {
	if rec.status == 0 {
		rec.status = status
	}
	rec.ResponseWriter.WriteHeader(status)
}

func (rec *recorder) Write(p []byte) (int, error) {
	if rec.status == 0 {
		rec.status = http.StatusOK
	}
	return rec.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (rec *recorder) Unwrap() http.ResponseWriter { return rec.ResponseWriter }

// serve wraps one route: the one question to allow, the deadline, the problem
// for whatever it refuses, the count.
func (s *Server) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		s.metrics.flying.Inc()
		rec := &recorder{ResponseWriter: w}
		defer func() {
			s.metrics.flying.Dec()
			s.recovered(recover(), rec, r)
			s.metrics.answered(rt.path, r.Method, rec.status, time.Since(started))
		}()
		w.Header().Set("X-Content-Type-Options", "nosniff")
		ctx := context.WithValue(r.Context(), queryKey{}, parseQuery(r))
		if budget := s.budget(rt); budget > 0 {
			limited, cancel := context.WithTimeout(ctx, budget)
			defer cancel()
			ctx = limited
			s.limitConnection(rec, started.Add(budget))
		}
		r = r.WithContext(ctx)
		if err := s.answer(rt, rec, r); err != nil {
			s.refuse(rec, r, err)
		}
	})
}

// answer asks allow, checks path and query and runs the handler.
func (s *Server) answer(rt route, w http.ResponseWriter, r *http.Request) error {
	scope, err := s.addressed(r)
	if err != nil {
		return err
	}
	if err := s.allow(r, rt.right, scope); err != nil {
		return err
	}
	if !rt.pages {
		if err := cmp.Or(checkPath(r), checkQuery(r, rt.query)); err != nil {
			return err
		}
	}
	if rt.bulk {
		select {
		case s.bulks <- struct{}{}:
			defer func() { <-s.bulks }()
		case <-r.Context().Done():
			return r.Context().Err()
		}
	}
	return rt.handle(s, w, r)
}

// budget is how long a route may take, 0 for ever.
func (s *Server) budget(rt route) time.Duration {
	switch {
	case rt.stream:
		return 0
	case rt.bulk:
		return s.limits.BulkTime
	}
	return s.limits.Deadline
}

// problemRoom is how long a request may take beyond its time, to be told of it.
const problemRoom = time.Second

// limitConnection gives a slow sender or reader no more time than the request
// has. A connection that cannot be limited, as in a test recorder, is left.
func (s *Server) limitConnection(w http.ResponseWriter, until time.Time) {
	connection := http.NewResponseController(w)
	until = until.Add(problemRoom)
	_ = connection.SetReadDeadline(until)
	_ = connection.SetWriteDeadline(until)
}

// refuse answers err, or breaks the connection off when an answer has begun:
// a cut answer must not look whole.
func (s *Server) refuse(rec *recorder, r *http.Request, err error) {
	if rec.status != 0 {
		if problem(err).Status != statusClientGone {
			s.log.ErrorContext(r.Context(), "answer broken off", "path", r.URL.Path, "err", err)
		}
		panic(http.ErrAbortHandler)
	}
	writeProblem(rec, r, s.log, err)
}
