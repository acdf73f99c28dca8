package api

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport lists for each package the packages of this module it may import.
// Imports go one way: cmd → api → {tiles, atlas, postgis, exchange} → redraw →
// geo → {topo, …}.
var mayImport = map[string][]string{
	"cmd/gridmap":              {"api", "api/web", "fixtures", "geo", "geo/atlas", "geo/cells", "geo/check", "geo/datum", "geo/exchange", "geo/nets", "geo/postgis", "geo/postgis/cluster", "geo/redraw", "geo/report", "geo/stats", "geo/surface", "geo/topo", "tiles", "tiles/pmtiles"},
	"api":                      {"geo", "geo/atlas", "geo/check", "geo/cover", "geo/datum", "geo/exchange", "geo/nets", "geo/figures", "geo/postgis", "geo/progress", "geo/redraw", "geo/report", "geo/stats", "geo/suppress", "geo/surface", "geo/topo", "tiles", "tiles/pmtiles"},
	"api/web":                  {},
	"tiles":                    {"geo", "geo/atlas", "geo/check", "geo/progress", "geo/suppress", "geo/surface", "geo/topo", "tiles/mesh", "tiles/mvt", "tiles/pmtiles"},
	"tiles/mesh":               {"geo/topo", "tiles/mvt"},
	"tiles/mvt":                {},
	"tiles/pmtiles":            {"geo/topo"},
	"geo/atlas":                {"geo", "geo/cells", "geo/check", "geo/topo"},
	"geo/exchange":             {"geo", "geo/check", "geo/datum", "geo/nets", "geo/redraw", "geo/topo"},
	"geo/postgis":              {"geo", "geo/cells", "geo/check", "geo/redraw", "geo/topo"},
	"geo/postgis/cluster":      {},
	"geo/cells":                {"geo/topo"},
	"geo/check":                {"geo", "geo/datum", "geo/near", "geo/topo"},
	"geo/redraw":               {"geo", "geo/check", "geo/near", "geo/topo"},
	"geo/nets":                 {"geo/topo"},
	"geo":                      {"geo/topo"},
	"geo/cover":                {"geo/nets", "geo/topo"},
	"geo/datum":                {"geo/topo"},
	"geo/figures":              {"geo", "geo/near", "geo/stats", "geo/suppress", "geo/topo"},
	"geo/near":                 {"geo", "geo/stats", "geo/topo"},
	"geo/progress":             {"geo"},
	"geo/report":               {"geo", "geo/check", "geo/figures", "geo/suppress", "geo/topo"},
	"geo/stats":                {"geo/topo"},
	"geo/suppress":             {},
	"geo/surface":              {"geo", "geo/cells", "geo/stats", "geo/suppress", "geo/topo"},
	"geo/topo":                 {},
	"fixtures":                 {"geo", "geo/cells", "geo/datum", "geo/topo"},
	"fixtures/gridtest":        {"fixtures", "geo", "geo/atlas", "geo/exchange", "geo/postgis", "geo/postgis/cluster", "geo/topo"},
	"fixtures/gridtest/withdb": {"geo/postgis/cluster"},
	"fixtures/tilebench":       {"api", "fixtures", "geo", "geo/atlas", "geo/postgis/cluster", "tiles"},
}

// onlyIn lists for libraries with a home the packages that may import them.
var onlyIn = map[string][]string{
	"github.com/gorilla/mux":              {"api"},
	"github.com/uber/h3-go":               {"geo/cells"},
	"github.com/jackc/pgx":                {"geo/postgis", "cmd/gridmap", "fixtures/gridtest", "fixtures/tilebench"},
	"github.com/twpayne/go-geom":          {"geo/postgis"},
	"github.com/xuri/excelize":            {"geo/report"},
	"database/sql":                        {},
	"C":                                   {},
	"github.com/prometheus/client_golang": {"api"},
}

func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "gridmap/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		name := strings.TrimPrefix(words[0], "gridmap/")
		allowed, known := mayImport[name]
		if !known {
			t.Errorf("package %s is new: say here what it may import", name)
			continue
		}
		seen++
		for _, imported := range words[1:] {
			if own, is := strings.CutPrefix(imported, "gridmap/"); is && !slices.Contains(allowed, own) {
				t.Errorf("%s imports %s", name, own)
			}
			for library, homes := range onlyIn {
				if (imported == library || strings.HasPrefix(imported, library+"/")) && !slices.Contains(homes, name) {
					t.Errorf("%s imports %s, which belongs in %v", name, imported, homes)
				}
			}
		}
	}
	if seen < 10 {
		t.Errorf("go list found %d packages", seen)
	}
}
