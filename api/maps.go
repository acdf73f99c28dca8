package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/gorilla/mux"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/tiles"
)

// tilePictures remembers what the tiles of each plan are drawn from: of every
// plan in force, and like [pictures] of a few others asked for last.
type tilePictures struct {
	mu     sync.Mutex
	kept   []*tilePicture // asked for last stands last
	byPlan sync.Map       // the same, by plan
}

// A tilePicture is that of the newest atlas of a plan that was asked for.
type tilePicture struct {
	plan      geo.PlanID
	territory geo.TerritoryID
	inForce   bool

	mu sync.Mutex // while it is drawn
	p  atomic.Pointer[tiles.Picture]
}

// of returns the tile picture of an atlas or of a later one of its plan, which
// is drawn from the one before where there is one.
func (t *tilePictures) of(a *atlas.Atlas) *tiles.Picture {
	kept := t.slot(a)
	kept.mu.Lock()
	defer kept.mu.Unlock()
	p := kept.p.Load()
	switch {
	case p == nil:
		p = tiles.Draw(a)
	case p.Atlas() != a && p.Atlas().Revision() <= a.Revision():
		p = p.Next(a)
	}
	kept.p.Store(p)
	return p
}

// latest returns what was drawn of a plan last, nil if nothing was.
func (t *tilePictures) latest(plan geo.PlanID) *tiles.Picture {
	if kept, known := t.byPlan.Load(plan); known {
		return kept.(*tilePicture).p.Load()
	}
	return nil
}

// slot returns the place of the atlas's plan. A plan that another has
// replaced is no longer kept for being in force.
func (t *tilePictures) slot(a *atlas.Atlas) *tilePicture {
	plan := a.Plan()
	t.mu.Lock()
	defer t.mu.Unlock()
	slot := &tilePicture{plan: plan.ID, territory: plan.Territory}
	if i := slices.IndexFunc(t.kept, func(k *tilePicture) bool { return k.plan == plan.ID }); i >= 0 {
		slot = t.kept[i]
		t.kept = slices.Delete(t.kept, i, i+1)
	}
	slot.inForce = plan.State == geo.InForce
	others := 0
	for _, k := range t.kept {
		k.inForce = k.inForce && !(slot.inForce && k.territory == plan.Territory)
		if !k.inForce {
			others++
		}
	}
	if others >= keptPictures {
		i := slices.IndexFunc(t.kept, func(k *tilePicture) bool { return !k.inForce })
		t.byPlan.Delete(t.kept[i].plan)
		t.kept = slices.Delete(t.kept, i, i+1)
	}
	t.kept = append(t.kept, slot)
	t.byPlan.Store(slot.plan, slot)
	return slot
}

// getTile handles GET /tiles/{p}/{layer}/{z}/{x}/{y}.mvt. A tile without
// features is 204. Its ETag says what it shows, so that one which an edit did
// not touch is 304 after it. With ?rev= naming the plan's revision, the address
// is that of these bytes for ever, and they may be kept without asking again.
func (s *Server) getTile(w http.ResponseWriter, r *http.Request) error {
	q, err := s.tileQuery(r)
	if err != nil {
		return err
	}
	rev, err := intQuery(queryOf(r), "rev", 0, 1, 1<<62)
	if err != nil {
		return err
	}
	right := Counts
	if q.Layer == tiles.Households {
		if q.Z >= tiles.HouseholdZoom {
			return s.writeHouseholds(w, r, q.Address)
		}
		right = Households
	}
	a, err := s.picture(r, right)
	if err != nil {
		return err
	}
	p := s.tilePictures.of(a)
	tag, err := p.ETag(q)
	if err != nil {
		return asInput(err)
	}
	shown := p.Atlas().Plan().Revision
	if fresh(w, r, tag, shown) {
		return nil
	}
	tile, err := s.tiles.Tile(p, q, tag, codingFor(r))
	if err != nil {
		w.Header().Del("ETag")
		return err
	}
	if geo.Revision(rev) == shown && !q.Dated() {
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	return writeTile(w, tile)
}

// writeHouseholds answers a tile of households, which the database draws, as
// what is personal is not kept in memory. Its ETag is the territory's revision.
func (s *Server) writeHouseholds(w http.ResponseWriter, r *http.Request, at tiles.Address) error {
	a, err := s.picture(r, Households)
	if err != nil {
		return err
	}
	tag := etag(a.Revision(), at.Z, at.X, at.Y)
	if fresh(w, r, tag, a.Revision()) {
		return nil
	}
	data, err := s.store.HouseholdTile(r.Context(), a.Territory().ID, at.Z, at.X, at.Y)
	if err != nil {
		return err
	}
	return writeTile(w, tiles.Pack(data, tag, codingFor(r)))
}

// tileQuery reads which tile is asked for. What can be refused without a plan
// in memory is.
func (s *Server) tileQuery(r *http.Request) (tiles.Query, error) {
	vars := mux.Vars(r)
	q := tiles.Query{Layer: vars["layer"], Day: s.today()}
	var err error
	if q.Address, err = tiles.ParseAddress(vars["z"], vars["x"], vars["y"]); err == nil {
		q.Props, err = tiles.ParseProps(queryOf(r).Get("props"))
	}
	return q, asInput(err)
}

// codingFor returns the coding that costs the least of those the client accepts.
func codingFor(r *http.Request) tiles.Coding {
	for _, coding := range []tiles.Coding{tiles.Gzipped, tiles.Zstd} {
		if Accepts(r, string(coding)) {
			return coding
		}
	}
	return tiles.Plain
}

func writeTile(w http.ResponseWriter, tile tiles.Tile) error {
	if len(tile.Data) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	w.Header().Set("Content-Type", "application/vnd.mapbox-vector-tile")
	if tile.Coding != tiles.Plain {
		w.Header().Set("Content-Encoding", string(tile.Coding))
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(tile.Data)))
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(tile.Data)
	if err == nil {
		tile.Release() // after an error the connection may still be reading them
	}
	return err
}

// getTileJSON handles GET /tiles/{p}/tilejson.json, the layer that holds at
// each zoom the tier it can carry, and GET /tiles/{p}/{layer}/tilejson.json. With
// ?props= the tiles are those that are asked for the same.
func (s *Server) getTileJSON(w http.ResponseWriter, r *http.Request) error {
	props, err := tiles.ParseProps(queryOf(r).Get("props"))
	if err != nil {
		return asInput(err)
	}
	a, err := s.picture(r, Counts)
	if err != nil {
		return err
	}
	layer, named := mux.Vars(r)["layer"]
	if !named {
		layer = tiles.Grids
	}
	url := fmt.Sprintf("%s/tiles/%d/%s/{z}/{x}/{y}.mvt", origin(r), a.Plan().ID, layer)
	answer, known := s.tilePictures.of(a).Layering().Describe(layer, a.Territory().Name.ZH, "1.0."+revisionText(a.Plan().Revision), url)
	if !known {
		return fmt.Errorf("layer %q of the plan: %w", clip(layer), geo.ErrNotFound)
	}
	if fresh(w, r, etag(a.Plan().Revision, r.Host), a.Plan().Revision) {
		return nil
	}
	return writeJSON(w, http.StatusOK, answer.Asking(props, queryOf(r).Get("props")))
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
