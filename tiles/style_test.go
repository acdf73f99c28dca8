package tiles

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// allStyles returns every style of the county in every theme.
func allStyles(t *testing.T) map[string]Style {
	t.Helper()
	all := map[string]Style{}
	for _, name := range StyleNames() {
		for _, theme := range Themes() {
			style, ok := lan.Style(name, theme, "http://localhost/tiles/1")
			if !ok {
				t.Fatalf("no style %s %s", name, theme)
			}
			all[name+" "+string(theme)] = style
		}
	}
	return all
}

func TestStylesDrawEveryTierOnce(t *testing.T) {
	t.Parallel()
	for name, style := range allStyles(t) {
		ids, drawn := map[string]bool{}, map[string]bool{}
		for _, layer := range style.Layers {
			if ids[layer.ID] {
				t.Errorf("%s: two layers %s", name, layer.ID)
			}
			ids[layer.ID], drawn[layer.Source] = true, true
			if _, known := style.Sources[layer.Source]; !known && layer.Source != "" {
				t.Errorf("%s: layer %s draws from %s, which is no source", name, layer.ID, layer.Source)
			}
		}
		for _, level := range lan.Levels {
			if !ids[level.Code+"-border"] || !ids[level.Code+"-label"] {
				t.Errorf("%s: tier %s has no border or no label", name, level.Code)
			}
		}
		for source, from := range style.Sources {
			if !drawn[source] || !strings.HasPrefix(from.Tiles[0], "http://localhost/tiles/1/"+source+"/{z}/{x}/{y}.mvt") {
				t.Errorf("%s: source %s of %v", name, source, from.Tiles)
			}
			if d, _ := lan.Describe(source, "n", "1", "u"); from.MinZoom != d.MinZoom || from.MaxZoom != d.MaxZoom {
				t.Errorf("%s: source %s from zoom %d to %d, its tiles from %d to %d", name, source, from.MinZoom, from.MaxZoom, d.MinZoom, d.MaxZoom)
			}
		}
	}
	for _, wrong := range [][2]string{{"pink", "light"}, {"wall", "dim"}, {"", ""}} {
		if _, ok := lan.Style(wrong[0], Theme(wrong[1]), ""); ok {
			t.Errorf("there is a style %v", wrong)
		}
	}
}

// MapLibre's own validator has nothing against them.
func TestStylesKeepTheSpecification(t *testing.T) {
	t.Parallel()
	const script = "../api/web/test/style.mjs"
	if _, err := os.Stat("../api/web/node_modules/@maplibre/maplibre-gl-style-spec"); err != nil {
		t.Skip("npm ci has not run in api/web")
	}
	raw, err := json.Marshal(allStyles(t))
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", script)
	node.Stdin = bytes.NewReader(raw)
	if out, err := node.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
