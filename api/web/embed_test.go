package web

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
)

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestMissingPagesSayHowToBuild(t *testing.T) {
	w := get(http.HandlerFunc(serveMissing), "/")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "npm run build") {
		t.Errorf("got %d %q, want 503 naming the build command", w.Code, w.Body)
	}
	if w := get(http.HandlerFunc(serveMissing), "/wall"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("GET /wall: %d, want 503", w.Code)
	}
	if w := get(http.HandlerFunc(serveMissing), "/other"); w.Code != http.StatusNotFound {
		t.Errorf("GET /other: %d, want 404", w.Code)
	}
}

func TestPageOf(t *testing.T) {
	for path, want := range map[string]string{
		"/": "index.html", "/wall": "wall.html", "/my": "my.html", "/g/990101100201003": "grid.html", "/g/专01-002": "grid.html", "/g/9901/board": "grid.html",
		"": "", "/wall/": "", "/wall.html": "", "/g/": "", "/g": "", "/g/a/b": "", "/g/board": "", "/g//board": "", "/g/a/b/board": "", "/g/a/board/": "", "/my/x": "", "/assets/": "",
	} {
		if got, ok := pageOf(path); got != want || ok != (want != "") {
			t.Errorf("pageOf(%q) = %q, %t; want %q", path, got, ok, want)
		}
	}
}

// built returns the pages, or skips the test where there are none.
func built(t *testing.T) fs.FS {
	t.Helper()
	pages, ok := FS()
	if !ok {
		t.Skip("the pages are not built")
	}
	return pages
}

func TestHandlerServesTheBuild(t *testing.T) {
	pages := built(t)
	handler := Handler()
	addresses := map[string]string{}
	for _, address := range []string{"/", "/wall", "/my", "/g/990101100201003"} {
		file, _ := pageOf(address)
		addresses[file] = address
	}
	files, err := fs.Glob(pages, "*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no page is built: %v", err)
	}
	for _, file := range files {
		if address, has := addresses[file]; has {
			checkPage(t, handler, address)
		} else {
			t.Errorf("%s is built and has no address", file)
		}
	}
	for _, address := range []string{"/assets/", "/wall.html", "/index.html", "/wall/", "/nothing"} {
		if w := get(handler, address); w.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d, want 404: neither a listing nor a second address", address, w.Code)
		}
	}
}

// checkPage holds a page and its script against the policy.
func checkPage(t *testing.T, handler http.Handler, address string) {
	t.Helper()
	page := get(handler, address)
	if page.Code != http.StatusOK || !strings.HasPrefix(page.Header().Get("Content-Type"), "text/html") {
		t.Fatalf("GET %s: %d %s, want 200 text/html", address, page.Code, page.Header().Get("Content-Type"))
	}
	if got := page.Header().Get("Content-Security-Policy"); got != Policy {
		t.Errorf("%s: policy %q, want %q", address, got, Policy)
	}
	if got := page.Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("%s: Cache-Control %q, want no-cache", address, got)
	}
	body := page.Body.String()
	if strings.Contains(body, "<style") || strings.Contains(body, " style=") || strings.Contains(body, "<script>") {
		t.Errorf("%s holds inline style or script, which its policy forbids:\n%s", address, body)
	}
	_, rest, found := strings.Cut(body, `src="/assets/`)
	if !found {
		t.Fatalf("%s: no script under /assets/ in\n%s", address, body)
	}
	script, _, _ := strings.Cut(rest, `"`)
	asset := get(handler, "/assets/"+script)
	if asset.Code != http.StatusOK || !strings.Contains(asset.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%s: script: %d, Cache-Control %q; want 200, immutable", address, asset.Code, asset.Header().Get("Cache-Control"))
	}
}

// mostScript is how much JavaScript all pages together may have, in bytes
// after gzip -9, MapLibre and its worker included.
const mostScript = 500_000

func TestScriptsStaySmall(t *testing.T) {
	pages := built(t)
	total := 0
	err := fs.WalkDir(pages, "assets", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".js" && path.Ext(name) != ".mjs" {
			return err
		}
		raw, err := fs.ReadFile(pages, name)
		if err != nil {
			return err
		}
		var packed bytes.Buffer
		w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level exists
		if _, err := w.Write(raw); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		t.Logf("%s: %d bytes", name, packed.Len())
		total += packed.Len()
		return nil
	})
	if err != nil || total == 0 || total > mostScript {
		t.Errorf("the scripts have %d bytes (%v), want at most %d", total, err, mostScript)
	}
}
