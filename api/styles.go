package api

import (
	"fmt"
	"net/http"

	"github.com/gorilla/mux"

	"gridmap/geo"
	"gridmap/tiles"
)

// olderStyles are names that styles had, with what they are now.
var olderStyles = map[string]struct {
	name  string
	theme tiles.Theme
}{"light": {tiles.PlannerStyle, tiles.Light}, "dark": {tiles.PlannerStyle, tiles.Dark}}

// getStyle handles GET /styles/{name}.json: of the plan named, else of the
// plan in force of the territory named, else of the first territory's.
func (s *Server) getStyle(w http.ResponseWriter, r *http.Request) error {
	name := mux.Vars(r)["name"]
	usual := tiles.Light
	if name == tiles.WallStyle { // walls hang in dark rooms
		usual = tiles.Dark
	}
	if older, is := olderStyles[name]; is {
		name, usual = older.name, older.theme
	}
	other := tiles.Dark
	if usual == tiles.Dark {
		other = tiles.Light
	}
	theme, err := wordQuery(r.URL.Query(), "theme", string(usual), string(other))
	if err != nil {
		return err
	}
	plans, err := s.locators(r)
	if err != nil {
		return err
	}
	if len(plans) == 0 {
		return fmt.Errorf("a plan in force: %w", geo.ErrNotFound)
	}
	base := fmt.Sprintf("%s/tiles/%d", origin(r), plans[0].Plan().ID)
	style, known := s.tilePictures.of(plans[0]).Layering().Style(name, tiles.Theme(theme), base)
	if !known {
		return fmt.Errorf("style; there are %v: %w", tiles.StyleNames(), geo.ErrNotFound)
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return writeJSON(w, http.StatusOK, style)
}
