package api

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"weak"

	"github.com/gorilla/mux"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/tiles"
)

// layerings remembers the layering of each plan's newest picture.
type layerings struct {
	mu   sync.Mutex
	kept map[geo.PlanID]layered
}

type layered struct {
	a      weak.Pointer[atlas.Atlas] // an old picture must not be kept for this
	layers tiles.Layering
}

// mostLayerings bounds how many plans are remembered.
const mostLayerings = 1000

func (l *layerings) of(a *atlas.Atlas) tiles.Layering {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known, ok := l.kept[a.Plan().ID]; ok && known.a.Value() == a {
		return known.layers
	}
	if l.kept == nil || len(l.kept) >= mostLayerings {
		l.kept = map[geo.PlanID]layered{}
	}
	l.kept[a.Plan().ID] = layered{weak.Make(a), layering(a)}
	return l.kept[a.Plan().ID].layers
}

// layering says which layers the tiles of a plan have.
func layering(a *atlas.Atlas) tiles.Layering {
	drawn := map[int]int{}
	highestLeaf := math.MaxInt
	for i := range a.Records().Grids {
		g := a.Grid(i)
		if !g.Partitions() || len(a.Ground(i).Shape) == 0 {
			continue
		}
		drawn[g.Tier]++
		if isLeaf(a, i) {
			highestLeaf = min(highestLeaf, g.Tier)
		}
	}
	l := tiles.Layering{Bounds: a.Ground(0).Box}
	for _, t := range a.Records().Tiers {
		if drawn[t.Rank] > 0 {
			l.Levels = append(l.Levels, tiles.Level{Code: t.Code, Name: t.Name, Grids: drawn[t.Rank], Covers: t.Rank <= highestLeaf})
		}
	}
	return l
}

// isLeaf reports whether no drawn general grid lies under the grid.
func isLeaf(a *atlas.Atlas, i int) bool {
	return !slices.ContainsFunc(a.Tree().Children(i), func(k int32) bool {
		g := a.Grid(int(k))
		return g.Partitions() && len(g.Boundary) > 0
	})
}

// getTile handles GET /tiles/{p}/{layer}/{z}/{x}/{y}.mvt. A tile without
// features is 204. With ?rev= naming the plan's revision, the address is that
// of these bytes for ever, and they may be kept without asking again.
func (s *Server) getTile(w http.ResponseWriter, r *http.Request) error {
	vars := mux.Vars(r)
	address, err := tiles.ParseAddress(vars["z"], vars["x"], vars["y"])
	var refused *geo.InvalidError
	if errors.As(err, &refused) {
		return bad(refused.Field, "%s", refused.Reason)
	}
	rev, err := intQuery(r.URL.Query(), "rev", 0, 1, 1<<62)
	if err != nil {
		return err
	}
	a, err := s.picture(r, Counts)
	if err != nil {
		return err
	}
	layers := s.layerings.of(a).Resolve(vars["layer"], address.Z)
	if len(layers) == 0 || s.tiles == nil {
		return fmt.Errorf("layer %q of the plan: %w", clip(vars["layer"]), geo.ErrNotFound)
	}
	plan := a.Plan()
	tile, err := s.tiles.Tile(r.Context(), tiles.Request{Plan: plan.ID, Revision: plan.Revision, Layers: tiles.JoinLayers(layers...), Address: address})
	if err != nil {
		return err
	}
	if fresh(w, r, tile.ETag, plan.Revision) {
		return nil
	}
	if geo.Revision(rev) == plan.Revision {
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	return writeTile(w, r, tile)
}

func writeTile(w http.ResponseWriter, r *http.Request, tile tiles.Tile) error {
	if len(tile.Data) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	data := tile.Data
	w.Header().Set("Content-Type", "application/vnd.mapbox-vector-tile")
	if tile.Zip != nil && acceptsGzip(r) {
		data = tile.Zip
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(data)
	return err
}

// getTileJSON handles GET /tiles/{p}/tilejson.json, the layer that holds at
// each zoom the tier it can carry, and GET /tiles/{p}/{layer}/tilejson.json.
func (s *Server) getTileJSON(w http.ResponseWriter, r *http.Request) error {
	a, err := s.picture(r, Counts)
	if err != nil {
		return err
	}
	layer, named := mux.Vars(r)["layer"]
	if !named {
		layer = tiles.Grids
	}
	url := fmt.Sprintf("%s/tiles/%d/%s/{z}/{x}/{y}.mvt", origin(r), a.Plan().ID, layer)
	answer, known := s.layerings.of(a).Describe(layer, a.Territory().Name.ZH, "1.0."+revisionText(a.Plan().Revision), url)
	if !known {
		return fmt.Errorf("layer %q of the plan: %w", clip(layer), geo.ErrNotFound)
	}
	if fresh(w, r, etag(a.Plan().Revision, r.Host), a.Plan().Revision) {
		return nil
	}
	return writeJSON(w, http.StatusOK, answer)
}

// getStyle handles GET /styles/{name}.json: of the plan named, else of the
// plan in force of the territory named, else of the first territory's.
func (s *Server) getStyle(w http.ResponseWriter, r *http.Request) error {
	plans, err := s.locators(r)
	if err != nil {
		return err
	}
	if len(plans) == 0 {
		return fmt.Errorf("a plan in force: %w", geo.ErrNotFound)
	}
	base := fmt.Sprintf("%s/tiles/%d", origin(r), plans[0].Plan().ID)
	style, known := s.layerings.of(plans[0]).Style(mux.Vars(r)["name"], base)
	if !known {
		return fmt.Errorf("style; there are %v: %w", tiles.StyleNames(), geo.ErrNotFound)
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return writeJSON(w, http.StatusOK, style)
}

// origin returns the address the client reached the service by, since
// TileJSON and styles must name whole addresses.
func origin(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
