package api

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// GDAL reads one tile, and a whole zoom through its TileJSON, as they are
// served.
func TestGDALReadsTiles(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ogrinfo"); err != nil && os.Getenv("CI") == "" {
		t.Skip("GDAL is not installed (Debian: gdal-bin)")
	}
	s := serve(t, "mini", nil)
	base := fmt.Sprintf("%s/tiles/%d", s.url, s.plan)
	inside := s.grid(t, s.plan, s.grids(t, s.plan, "primary")[0].ID).Interior
	x, y := tileAt(inside[0], inside[1], 14)
	for _, layer := range []string{"primary", "grids", "labels"} {
		out, err := exec.Command("ogrinfo", "-ro", "-so", "-al", fmt.Sprintf("MVT:%s/%s/14/%d/%d.mvt", base, layer, x, y)).CombinedOutput()
		if err != nil || features(string(out)) == 0 {
			t.Errorf("%s: %v\n%s", layer, err, out)
		}
	}
	out, err := exec.Command("ogrinfo", "-ro", "-so", "-al", "-oo", "METADATA_FILE="+base+"/primary/tilejson.json", "-oo", "TILE_EXTENSION=mvt", "MVT:"+base+"/primary/12").CombinedOutput()
	if err != nil || features(string(out)) == 0 {
		t.Errorf("a zoom: %v\n%s", err, out)
	}
}

var featureCount = regexp.MustCompile(`Feature Count: (\d+)`)

// features reads the count that ogrinfo tells.
func features(said string) int {
	found := featureCount.FindStringSubmatch(said)
	if found == nil {
		return 0
	}
	n, _ := strconv.Atoi(found[1])
	return n
}
