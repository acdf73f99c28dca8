package tiles_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/tiles"
)

// writeFeatures writes the deepest grids of a province, a GeoJSON feature on
// every line, with the attributes that tiles have.
func writeFeatures(b *testing.B, path string, s *geo.Snapshot) {
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriterSize(f, 1<<20)
	for i := range s.Grids {
		g := &s.Grids[i]
		if g.Tier != 3 {
			continue
		}
		fmt.Fprintf(out, `{"type":"Feature","id":%d,"properties":{"code":%q,"name_zh":%q,"name_en":%q,"kind":"general","setting":%q,"tier":"micro","parent":%d},"geometry":{"type":"Polygon","coordinates":[[`,
			g.ID, g.Code, g.Name.ZH, g.Name.EN, g.Setting, g.Parent)
		ring := g.Boundary[0][0]
		for k := range len(ring) + 1 {
			lon, lat := ring[k%len(ring)].LonLat()
			if k > 0 {
				out.WriteByte(',')
			}
			fmt.Fprintf(out, "[%s,%s]", strconv.FormatFloat(lon, 'f', 7, 64), strconv.FormatFloat(lat, 'f', 7, 64))
		}
		out.WriteString("]]}}\n")
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// An archive of a province's deepest grids, zooms 8 to 12, nothing left out,
// beside tippecanoe where that is on PATH: processor time, which for ours counts
// the atlas and what tiles are drawn from. GRIDMAP_BENCH_PROVINCE sets the size:
// 50 is 500,000 grids.
func BenchmarkAgainstTippecanoe(b *testing.B) {
	program, err := exec.LookPath("tippecanoe")
	if err != nil {
		b.Skip("tippecanoe is not on PATH")
	}
	size := 10
	if text := os.Getenv("GRIDMAP_BENCH_PROVINCE"); text != "" {
		if size, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	province, err := fixtures.Province(size)
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	features := filepath.Join(dir, "micro.geojsonl")
	writeFeatures(b, features, province)
	var theirs, ours, drawing time.Duration
	rounds := 0
	for b.Loop() {
		rounds++
		run := exec.Command(program, "-q", "-f", "-P", "-o", filepath.Join(dir, "theirs.pmtiles"), "-l", "micro",
			"-Z8", "-z12", "-pf", "-pk", features) // neither features nor bytes a tile are limited
		if said, err := run.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, said)
		}
		theirs += run.ProcessState.UserTime() + run.ProcessState.SystemTime()
		begun := ownCPU(b)
		a, err := atlas.New(province)
		if err != nil {
			b.Fatal(err)
		}
		p := tiles.Draw(a)
		drawn := ownCPU(b)
		f, err := os.Create(filepath.Join(dir, "ours.pmtiles"))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := (tiles.Archive{Layers: []string{"micro"}, MinZoom: 8, MaxZoom: 12}).Write(b.Context(), p, f); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
		ours, drawing = ours+ownCPU(b)-begun, drawing+ownCPU(b)-drawn
	}
	b.ReportMetric(theirs.Seconds()/float64(rounds), "s-tippecanoe")
	b.ReportMetric(ours.Seconds()/float64(rounds), "s")
	b.ReportMetric(drawing.Seconds()/float64(rounds), "s-archive-alone")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "x")
	b.ReportMetric(theirs.Seconds()/drawing.Seconds(), "x-archive-alone")
	b.ReportMetric(0, "ns/op")
}
