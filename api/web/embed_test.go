package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(h http.Handler, path string) *httptest.ResponseRecorder { return getPacked(h, path, "") }

// getPacked asks for a coding.
func getPacked(h http.Handler, path, coding string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", coding)
	h.ServeHTTP(w, r)
	return w
}

func takes(r *http.Request, coding string) bool { return r.Header.Get("Accept-Encoding") == coding }

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
	handler := Handler(takes)
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
	for _, address := range []string{"/assets/", "/wall.html", "/index.html", "/wall/", "/nothing", "/.gitkeep"} {
		if w := get(handler, address); w.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d, want 404: neither a listing nor a second address", address, w.Code)
		}
	}
}

// Servers of a basemap are named to the pages that show one and to no other.
func TestHandlerNamesServersOfBasemaps(t *testing.T) {
	built(t)
	handler := Handler(takes, "https://a.example.org", "https://b.example.org:8443")
	const wide = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https://a.example.org https://b.example.org:8443; " +
		"connect-src 'self' https://a.example.org https://b.example.org:8443; " +
		"worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	const narrow = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
		"worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	for address, want := range map[string][2]string{
		"/": {wide, "strict-origin"}, "/wall": {wide, "strict-origin"},
		"/my": {narrow, "no-referrer"}, "/g/990101100201003": {narrow, "no-referrer"}, "/icon.svg": {narrow, "no-referrer"},
	} {
		head := get(handler, address).Header()
		if got := [2]string{head.Get("Content-Security-Policy"), head.Get("Referrer-Policy")}; got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
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
	if got := page.Header().Get("Content-Security-Policy"); got != Policy() {
		t.Errorf("%s: policy %q, want %q", address, got, Policy())
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

// mostScript is how much JavaScript a page may load as it is served packed by
// gzip, in bytes: its own, what it shares, MapLibre and its worker.
const mostScript = 500_000

// What a page loads at first, and MapLibre's worker where it loads MapLibre,
// stays small as served, and every packed form is the same file.
func TestScriptsStaySmall(t *testing.T) {
	pages := built(t)
	handler := Handler(takes)
	files, err := fs.Glob(pages, "*.html")
	if err != nil {
		t.Fatal(err)
	}
	workers, err := fs.Glob(pages, "assets/*worker*.*js")
	if err != nil || len(workers) == 0 {
		t.Fatalf("MapLibre's worker is not built: %v", err)
	}
	for _, file := range files {
		raw, err := fs.ReadFile(pages, file)
		if err != nil {
			t.Fatal(err)
		}
		scripts := loaded.FindAllStringSubmatch(string(raw), -1)
		total, mapped := 0, false
		for _, s := range scripts {
			total += packedSize(t, handler, pages, s[1])
			mapped = mapped || strings.Contains(s[1], "maplibre")
		}
		for _, worker := range workers {
			if mapped {
				total += packedSize(t, handler, pages, "/"+worker)
			}
		}
		t.Logf("%s: %d scripts, %d bytes", file, len(scripts), total)
		if total == 0 || total > mostScript {
			t.Errorf("%s loads %d bytes of script, want at most %d", file, total, mostScript)
		}
	}
}

// loaded finds the scripts that a page loads before it is shown.
var loaded = regexp.MustCompile(`(?:src|href)="(/assets/[^"]+\.m?js)"`)

// packedSize returns the bytes of a file as served by gzip, after a look that
// every form unpacks to the file.
func packedSize(t *testing.T, handler http.Handler, pages fs.FS, address string) int {
	t.Helper()
	want, err := fs.ReadFile(pages, address[1:])
	if err != nil {
		t.Fatal(err)
	}
	zipped := getPacked(handler, address, "gzip")
	if got := zipped.Header().Get("Content-Encoding"); got != "gzip" || !strings.HasPrefix(zipped.Header().Get("Content-Type"), "text/javascript") {
		t.Fatalf("%s: coding %q, type %q", address, got, zipped.Header().Get("Content-Type"))
	}
	size := zipped.Body.Len()
	r, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s unpacks to %d bytes (%v), want %d", address, len(got), err, len(want))
	}
	if br := getPacked(handler, address, "br"); br.Header().Get("Content-Encoding") != "br" || br.Body.Len() >= size {
		t.Errorf("%s by brotli: coding %q, %d bytes, by gzip %d", address, br.Header().Get("Content-Encoding"), br.Body.Len(), size)
	}
	if plain := get(handler, address); !bytes.Equal(plain.Body.Bytes(), want) || plain.Header().Get("Content-Encoding") != "" {
		t.Errorf("%s is not sent as it is to who takes no packed form", address)
	}
	if w := get(handler, address+".gz"); w.Code != http.StatusNotFound {
		t.Errorf("%s.gz has an address of its own: %d", address, w.Code)
	}
	return size
}
