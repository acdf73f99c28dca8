package api

import (
	"fmt"
	"strings"
	"testing"

	"gridmap/tiles"
)

// Every style is there in both themes, under its older names too, and draws
// from tiles that the service gives.
func TestStylesDrawFromServedTiles(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	inside := s.grid(t, s.plan, s.grids(t, s.plan, "primary")[0].ID).Interior
	x, y := tileAt(inside[0], inside[1], 14)
	tile := strings.NewReplacer("{z}", "14", "{x}", fmt.Sprint(x), "{y}", fmt.Sprint(y))
	asked := map[string]bool{}
	for path, want := range map[string]string{
		"planner.json": "gridmap planner light", "planner.json?theme=dark": "gridmap planner dark",
		"wall.json": "gridmap wall dark", "wall.json?theme=light": "gridmap wall light",
		"print.json": "gridmap print light", "print.json?theme=dark": "gridmap print dark",
		"light.json": "gridmap planner light", "dark.json": "gridmap planner dark",
	} {
		var style tiles.Style
		s.get(t, "/styles/"+path).wants(200).into(&style)
		if style.Name != want || len(style.Layers) < 10 {
			t.Errorf("%s is %q with %d layers", path, style.Name, len(style.Layers))
		}
		for source, from := range style.Sources {
			url := tile.Replace(strings.TrimPrefix(from.Tiles[0], s.url))
			if asked[url] {
				continue
			}
			asked[url] = true
			if a := s.get(t, url); a.status != 200 && a.status != 204 {
				t.Errorf("%s: %s answers %d: %s", source, url, a.status, a.body)
			}
		}
	}
	s.get(t, "/styles/wall.json?theme=dim").refused(400, "invalid-request", "theme")
	s.get(t, "/styles/pink.json").refused(404, "not-found", "")
}
