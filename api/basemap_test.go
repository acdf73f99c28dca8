package api

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gridmap/geo/topo"
	"gridmap/tiles/pmtiles"
)

// archive writes tiles by number into a PMTiles file over a part of Shanxi.
func archive(t *testing.T, kind pmtiles.Type, zipped bool, metadata any, tiles map[uint64][]byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ground.pmtiles")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := pmtiles.NewWriter(f, pmtiles.Header{Type: kind, Zipped: zipped,
		Bounds: topo.Box{Min: topo.Point{X: 1100000000, Y: 370000000}, Max: topo.Point{X: 1120000000, Y: 390000000}}})
	if err != nil {
		t.Fatal(err)
	}
	for id := range uint64(10) {
		if err := w.Add(id, tiles[id]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(metadata); err != nil {
		t.Fatal(err)
	}
	return name
}

// picture is a PNG of one colour.
func picture(t *testing.T) []byte {
	t.Helper()
	one := image.NewRGBA(image.Rect(0, 0, 2, 2))
	one.Set(0, 0, color.RGBA{200, 0, 0, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, one); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// setBasemap gives a service basemaps.
func setBasemap(t *testing.T, settings ...string) func(*Config) {
	t.Helper()
	basemaps, err := ParseBasemaps(settings, "")
	if err != nil {
		t.Fatal(err)
	}
	return func(c *Config) { c.Basemaps = basemaps }
}

type basemapList struct{ Basemaps []Basemap }

// Tiles of a file are given as they stand in it, and zipped ones plain to who
// takes no gzip.
func TestBasemapOfAFile(t *testing.T) {
	t.Parallel()
	red := picture(t)
	raster := serve(t, "mini", setBasemap(t, "pmtiles:"+archive(t, pmtiles.PNG, false, map[string]any{}, map[uint64][]byte{0: red, 3: red})))
	a := raster.get(t, "/tiles/basemap/1/1/1").wants(200)
	if a.header.Get("Content-Type") != "image/png" || !bytes.Equal(a.body, red) {
		t.Errorf("%s of %d bytes, want the picture of %d", a.header.Get("Content-Type"), len(a.body), len(red))
	}
	raster.get(t, "/tiles/basemap/1/1/1", "If-None-Match", a.header.Get("ETag")).wants(304)
	raster.get(t, "/tiles/basemap/1/0/1").wants(204)
	raster.get(t, "/tiles/basemap/20/0/1").wants(204)
	raster.get(t, "/tiles/basemap/1/2/1").refused(400, "invalid-request", "x")
	raster.get(t, "/tiles/basemap/27/0/0").refused(400, "invalid-request", "z")

	zipped, err := pmtiles.Zip(nil, []byte("a vector tile"))
	if err != nil {
		t.Fatal(err)
	}
	vector := serve(t, "mini", setBasemap(t, "pmtiles:"+archive(t, pmtiles.MVT, true, map[string]any{
		"name": "县域底图", "attribution": `<a href="https://example.org">&copy; 某局</a> 审图号`,
		"vector_layers": []any{map[string]any{"id": "water", "fields": map[string]any{"kind": 1}}, map[string]any{"id": "roads"}},
	}, map[uint64][]byte{0: zipped})))
	packed := vector.get(t, "/tiles/basemap/0/0/0", "Accept-Encoding", "gzip").wants(200)
	if packed.header.Get("Content-Encoding") != "gzip" || !bytes.Equal(packed.body, zipped) {
		t.Errorf("coding %q", packed.header.Get("Content-Encoding"))
	}
	plain := vector.get(t, "/tiles/basemap/0/0/0", "Accept-Encoding", "identity").wants(200)
	if plain.header.Get("Content-Encoding") != "" || string(plain.body) != "a vector tile" {
		t.Errorf("coding %q, body %q", plain.header.Get("Content-Encoding"), plain.body)
	}
	var told basemapList
	vector.get(t, "/v1/basemaps").wants(200).into(&told)
	if len(told.Basemaps) != 1 {
		t.Fatalf("%+v", told)
	}
	b := told.Basemaps[0]
	if b.ID != "pmtiles" || b.Kind != VectorBasemap || b.Name.ZH != "县域底图" || b.Attribution != "© 某局 审图号" || b.Sources[0].Tiles[0] != basemapArchive ||
		*b.Sources[0].Bounds != [4]float64{110, 37, 112, 39} || !slices.Equal(b.Sources[0].Layers, []string{"water", "roads"}) {
		t.Errorf("tells %+v", b)
	}
}

func TestWithoutABasemapThereIsNone(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	if a := s.get(t, "/v1/basemaps").wants(200); strings.TrimSpace(string(a.body)) != `{"basemaps":[]}` {
		t.Errorf("answers %s", a.body)
	}
	s.get(t, "/tiles/basemap/0/0/0").refused(404, "not-found", "")
}

func TestSettingsOfBasemaps(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("0a", 16)
	all, err := ParseBasemaps([]string{"xyz:https://Tiles.example.org:8443/{z}/{x}/{-y}{ratio}.png?key=1", "tianditu:" + key}, "© 某局 <b>审图号</b>")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, b := range all {
		ids = append(ids, b.ID)
	}
	if !slices.Equal(ids, []string{"xyz", "vec", "img"}) {
		t.Errorf("gives %v", ids)
	}
	own := all[0]
	if own.Sources[0].Tiles[0] != "https://Tiles.example.org:8443/{z}/{x}/{y}{ratio}.png?key=1" || own.Sources[0].Scheme != "tms" || own.Attribution != "© 某局 审图号" || own.Name.ZH != "tiles.example.org:8443" {
		t.Errorf("xyz is %+v", own)
	}
	names := all[1].Sources[1].Tiles
	if len(names) != 8 || !strings.HasPrefix(names[7], "https://t7.tianditu.gov.cn/cva_w/wmts?") || !strings.HasSuffix(names[7], "TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk="+key) {
		t.Errorf("names of the map: %q", names)
	}
	want := []string{"https://t0.tianditu.gov.cn", "https://t1.tianditu.gov.cn", "https://t2.tianditu.gov.cn", "https://t3.tianditu.gov.cn",
		"https://t4.tianditu.gov.cn", "https://t5.tianditu.gov.cn", "https://t6.tianditu.gov.cn", "https://t7.tianditu.gov.cn", "https://tiles.example.org:8443"}
	if got := BasemapOrigins(all); !slices.Equal(got, want) {
		t.Errorf("origins %q, want %q", got, want)
	}
	if got := BasemapOrigins(nil); got != nil {
		t.Errorf("origins of none: %q", got)
	}
	file, err := ParseBasemaps([]string{"pmtiles:" + archive(t, pmtiles.PNG, false, map[string]any{}, map[uint64][]byte{0: picture(t)})}, "")
	if got := BasemapOrigins(file); err != nil || got != nil {
		t.Errorf("origins of a file: %q, %v", got, err)
	}
}

// What cannot be is told at start, with the reason and without the key.
func TestSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	notes := filepath.Join(t.TempDir(), "notes.pmtiles")
	if err := os.WriteFile(notes, []byte("PMTiles, as I remember it"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, setting, attribution, reason string }{
		{"another kind", "wms:https://a.org/", "", `not "wms"`},
		{"nothing", "", "", `not ""`},
		{"no row", "xyz:https://a.org/{z}/{x}.png", "", "lacks {y}"},
		{"subdomains", "xyz:https://{s}.a.org/{z}/{x}/{y}.png?key=secret", "", "{s}, which is not known"},
		{"a key in braces", "xyz:https://a.org/{z}/{x}/{y}.png?key={secret}", "", "{…}, which is not known"},
		{"a key alone", "secret", "", `not "…"`},
		{"another scheme", "xyz:ftp://a.org/{z}/{x}/{y}.png", "", "https://"},
		{"no host", "xyz:/tiles/{z}/{x}/{y}.png", "", "https://"},
		{"the host is part of the number", "xyz:https://a{z}.org/{z}/{x}/{y}.png", "", "one server"},
		{"a second directive in the host", "xyz:https://a.org;script-src/{z}/{x}/{y}.png", "", "one server"},
		{"a second source in the host", "xyz:https://a.org *.b.org/{z}/{x}/{y}.png", "", "no address"},
		{"a password", "xyz:https://me:secret@a.org/{z}/{x}/{y}.png", "", "password"},
		{"a password with a question mark", "xyz:https://me:sec?ret@a.org/{z}/{x}.png", "", `"…" lacks {y}`},
		{"a key with an at sign", "xyz:https://a.org/{z}/{x}.png?key=a@secret", "", `"…" lacks {y}`},
		{"a short key", "tianditu:secret", "", "32 hexadecimal"},
		{"no file", "pmtiles:" + notes + ".not", "", "no such file"},
		{"no archive", "pmtiles:" + notes, "", "no PMTiles archive"},
		{"nobody's attribution", "tianditu:" + strings.Repeat("0a", 16), "© us", "not given"},
	} {
		_, err := ParseBasemaps([]string{tt.setting}, tt.attribution)
		if err == nil || !strings.Contains(err.Error(), tt.reason) || strings.Contains(err.Error(), "sec") {
			t.Errorf("%s: %v; want %q and no key", tt.name, err, tt.reason)
		}
	}
	if _, err := ParseBasemaps([]string{"xyz:https://a.org/{z}/{x}/{y}", "xyz:https://b.org/{z}/{x}/{y}"}, ""); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("two of a kind: %v", err)
	}
}
