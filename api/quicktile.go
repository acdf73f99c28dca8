package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"gridmap/geo"
	"gridmap/tiles"
)

// quickly answers tiles of plans in force without the router and what stands
// around every call: a wall asks for hundreds at a time, and then finding the
// call took longer than the answer. What it does not answer goes to next, which
// says what is wrong with it; nobody can tell from an answer which of the two it
// is from.
func (s *Server) quickly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.quickTile(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

// quickTile answers a tile, and does nothing when it cannot.
func (s *Server) quickTile(w http.ResponseWriter, r *http.Request) (answered bool) {
	plan, q, ok := plainTile(r)
	if !ok {
		return false
	}
	started := time.Now()
	rec, conn := &recorder{ResponseWriter: w}, connectionOf(r)
	s.metrics.flying.Inc()
	defer func() {
		s.metrics.flying.Dec()
		conn.letGo(w)
		if cause := recover(); cause != nil {
			answered = true
			h := w.Header()
			h["Vary"], h["X-Content-Type-Options"] = varyCoding, noSniff
			s.recovered(cause, rec, r)
		}
		if answered {
			s.metrics.answered(tilePath, r.Method, rec.status, time.Since(started))
		}
	}()
	p := s.quickPicture(r, plan)
	if p == nil {
		return false
	}
	q.Day = s.today()
	tag, err := p.ETag(q)
	if err != nil {
		return false
	}
	held := matches(r.Header.Get("If-None-Match"), tag)
	var tile tiles.Tile
	if !held {
		if tile, err = s.tiles.Tile(p, q, tag, codingFor(r)); err != nil {
			return false
		}
	}
	// The body of the request is empty: only writing can take long.
	_ = http.NewResponseController(w).SetWriteDeadline(started.Add(s.limits.Deadline + problemRoom))
	conn.hold()
	sendTile(rec, tile, tag, p.Atlas().Plan().Revision, held)
	return true
}

// tilePath is the route of tiles.
const tilePath = "/tiles/{p}/{layer}/{z}/{x}/{y}.mvt"

// plainTile reads the address of a tile; ok is false for what is none, and for
// what asks for more than the tile as it is now.
func plainTile(r *http.Request) (plan geo.PlanID, q tiles.Query, ok bool) {
	path, isTile := strings.CutPrefix(r.URL.Path, "/tiles/")
	if !isTile || r.Method != http.MethodGet || r.URL.RawQuery != "" || r.ContentLength != 0 {
		return 0, q, false
	}
	id, path, _ := strings.Cut(path, "/")
	layer, path, _ := strings.Cut(path, "/")
	z, path, _ := strings.Cut(path, "/")
	x, path, _ := strings.Cut(path, "/")
	y, isTile := strings.CutSuffix(path, ".mvt")
	n, err := strconv.ParseUint(id, 10, 63)
	if err != nil || !isTile || layer == tiles.Households {
		return 0, q, false
	}
	at, err := tiles.ParseAddress(z, x, y)
	return geo.PlanID(n), tiles.Query{Layer: layer, Address: at}, err == nil
}

// quickPicture returns what tiles of a plan in force are drawn from, nil when
// that is not drawn yet or the caller may not see it.
func (s *Server) quickPicture(r *http.Request, plan geo.PlanID) *tiles.Picture {
	p := s.tilePictures.latest(plan)
	if p == nil {
		return nil
	}
	t := p.Atlas().Territory().ID
	if a, live := s.live.Get(t); !live || a != p.Atlas() {
		return nil
	}
	if s.allow(r, Counts, Scope{Plan: plan}) != nil || s.allow(r, Counts, Scope{Territory: t, Plan: plan}) != nil {
		return nil
	}
	return p
}

// Headers that all tiles have. They are shared, and so never changed.
var (
	varyCoding   = []string{"Accept-Encoding"}
	noSniff      = []string{"nosniff"}
	askAgain     = []string{"private, no-cache"}
	typeTile     = []string{"application/vnd.mapbox-vector-tile"}
	codingHeader = map[tiles.Coding][]string{tiles.Gzipped: {string(tiles.Gzipped)}, tiles.Zstd: {string(tiles.Zstd)}}
)

// sendTile answers a tile, or that the client holds it. One that is cut, since
// the client has gone, is shorter than its header says.
func sendTile(w http.ResponseWriter, tile tiles.Tile, tag string, shown geo.Revision, held bool) {
	own := [...]string{tag, revisionText(shown), strconv.Itoa(len(tile.Data))}
	h := w.Header()
	h["Vary"], h["X-Content-Type-Options"], h["Cache-Control"] = varyCoding, noSniff, askAgain
	h["Etag"], h["Gridmap-Revision"] = own[0:1:1], own[1:2:2]
	switch {
	case held:
		w.WriteHeader(http.StatusNotModified)
	case len(tile.Data) == 0:
		w.WriteHeader(http.StatusNoContent)
	default:
		h["Content-Type"], h["Content-Length"] = typeTile, own[2:3:3]
		if coding, coded := codingHeader[tile.Coding]; coded {
			h["Content-Encoding"] = coding
		}
		w.WriteHeader(http.StatusOK)
		if _, err := w.Write(tile.Data); err == nil {
			tile.Release() // after an error the connection may still be reading them
		}
	}
}
