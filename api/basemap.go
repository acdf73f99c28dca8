package api

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/gorilla/mux"

	"gridmap/geo"
	"gridmap/tiles"
	"gridmap/tiles/pmtiles"
)

// A Basemap is what a map may lie on, under the grids. Its tiles are cut in
// Web Mercator of WGS 84 or CGCS2000, which are the same for our purpose.
type Basemap struct {
	ID      string          `json:"id"` // xyz, vec, img or pmtiles
	Name    geo.Name        `json:"name"`
	Kind    BasemapKind     `json:"kind"`
	Sources []BasemapSource `json:"sources"` // each lies over the one before
	// Attribution is plain text that its owner wants to stand on the map.
	Attribution string `json:"attribution,omitempty"`

	archive *archiveFile // of a basemap that this service gives itself
}

// A BasemapKind says what tiles of a basemap are: pictures, or Mapbox Vector
// Tiles that the page draws in its own colours.
type BasemapKind string

// The kinds of basemaps.
const (
	RasterBasemap BasemapKind = "raster"
	VectorBasemap BasemapKind = "vector"
)

// A BasemapSource is one set of tiles.
type BasemapSource struct {
	// Tiles are addresses with {z}, {x} and {y} in place of numbers, any of
	// which gives the tile; one without a host is on this service.
	Tiles   []string    `json:"tiles"`
	Scheme  string      `json:"scheme,omitempty"` // tms: rows are counted from the south
	MinZoom uint8       `json:"min_zoom"`
	MaxZoom uint8       `json:"max_zoom"` // tiles of it are enlarged beyond
	Bounds  *[4]float64 `json:"bounds,omitempty"`
	Layers  []string    `json:"layers,omitempty"` // of vector tiles
}

// An archiveFile is a PMTiles file that stays open as long as the service.
type archiveFile struct {
	*pmtiles.Reader
	version string // changes with the file
}

// basemapArchive is the address of the tiles of a file.
const basemapArchive = "/tiles/basemap/{z}/{x}/{y}"

// openArchive opens a file and describes it by what it says of itself.
func openArchive(name string) (Basemap, error) {
	f, err := os.Open(name)
	if err != nil {
		return Basemap{}, err
	}
	info, err := f.Stat()
	var r *pmtiles.Reader
	if err == nil {
		r, err = pmtiles.NewReader(f)
	}
	var says struct {
		Name        string `json:"name"`
		Attribution string `json:"attribution"`
		Layers      []struct {
			ID string `json:"id"`
		} `json:"vector_layers"`
	}
	if err == nil {
		err = r.Metadata(&says)
	}
	if err != nil {
		f.Close()
		return Basemap{}, fmt.Errorf("%s: %w", name, err)
	}
	b := Basemap{ID: "pmtiles", Kind: RasterBasemap, Attribution: plainText(says.Attribution),
		Name:    geo.Name{ZH: cmp.Or(says.Name, filepath.Base(name))},
		archive: &archiveFile{r, strconv.FormatInt(info.ModTime().UnixNano()^info.Size(), 36)}}
	source := BasemapSource{Tiles: []string{basemapArchive}, MinZoom: r.MinZoom, MaxZoom: r.MaxZoom}
	west, south := r.Bounds.Min.LonLat()
	if east, north := r.Bounds.Max.LonLat(); west < east && south < north {
		source.Bounds = &[4]float64{west, south, east, north}
	}
	if r.Type == pmtiles.MVT {
		b.Kind = VectorBasemap
		for _, layer := range says.Layers {
			source.Layers = append(source.Layers, layer.ID)
		}
	}
	b.Sources = []BasemapSource{source}
	return b, nil
}

// listBasemaps handles GET /v1/basemaps.
func (s *Server) listBasemaps(w http.ResponseWriter, _ *http.Request) error {
	answer := struct {
		Basemaps []Basemap `json:"basemaps"`
	}{s.basemaps}
	if answer.Basemaps == nil {
		answer.Basemaps = []Basemap{}
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return writeJSON(w, http.StatusOK, answer)
}

// basemapAge is how long a browser keeps a tile of a file without asking.
const basemapAge = "private, max-age=3600"

// getBasemapTile handles GET /tiles/basemap/{z}/{x}/{y}, a tile as it stands in
// the file that the service was given. Where the file has none it answers 204.
func (s *Server) getBasemapTile(w http.ResponseWriter, r *http.Request) error {
	vars := mux.Vars(r)
	at, err := tiles.ParseAddressTo(pmtiles.MaxZoom, vars["z"], vars["x"], vars["y"])
	if err != nil {
		return asInput(err)
	}
	i := slices.IndexFunc(s.basemaps, func(b Basemap) bool { return b.archive != nil })
	if i < 0 {
		return fmt.Errorf("a basemap of this service's own: %w", geo.ErrNotFound)
	}
	file := s.basemaps[i].archive
	h := w.Header()
	h.Set("ETag", fmt.Sprintf(`"%s-%d-%d-%d"`, file.version, at.Z, at.X, at.Y))
	h.Set("Cache-Control", basemapAge)
	if matches(r.Header.Get("If-None-Match"), h.Get("ETag")) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	data, err := file.Tile(pmtiles.ID(at.Z, at.X, at.Y))
	if err == nil && file.Zipped && !Accepts(r, "gzip") && len(data) > 0 {
		data, err = pmtiles.Unzip(data)
	} else if file.Zipped && len(data) > 0 {
		h.Set("Content-Encoding", "gzip")
	}
	if err != nil {
		h.Del("ETag")
		h.Del("Cache-Control")
		return fmt.Errorf("basemap: tile %d/%d/%d: %w", at.Z, at.X, at.Y, err)
	}
	if len(data) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	h.Set("Content-Type", mediaTypes[file.Type])
	h.Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(http.StatusOK)
	_, err = w.Write(data)
	return err
}

// mediaTypes are those of tiles in a file.
var mediaTypes = map[pmtiles.Type]string{
	pmtiles.MVT: "application/vnd.mapbox-vector-tile",
	pmtiles.PNG: "image/png", pmtiles.JPEG: "image/jpeg", pmtiles.WebP: "image/webp", pmtiles.AVIF: "image/avif",
}
