package web

import (
	"net/http"
	"net/http/httptest"
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
	if w := get(http.HandlerFunc(serveMissing), "/other"); w.Code != http.StatusNotFound {
		t.Errorf("GET /other: %d, want 404", w.Code)
	}
}

func TestHandlerServesTheBuild(t *testing.T) {
	if _, ok := FS(); !ok {
		t.Skip("the pages are not built")
	}
	page := get(Handler(), "/")
	if page.Code != http.StatusOK {
		t.Fatalf("GET /: %d, want 200", page.Code)
	}
	if got := page.Header().Get("Content-Security-Policy"); got != Policy {
		t.Errorf("policy %q, want %q", got, Policy)
	}
	body := page.Body.String()
	if strings.Contains(body, "<style") || strings.Contains(body, " style=") || strings.Contains(body, "<script>") {
		t.Errorf("the page holds inline style or script, which its policy forbids:\n%s", body)
	}
	_, rest, found := strings.Cut(body, `src="/assets/`)
	if !found {
		t.Fatalf("no script under /assets/ in\n%s", body)
	}
	script, _, _ := strings.Cut(rest, `"`)
	asset := get(Handler(), "/assets/"+script)
	if asset.Code != http.StatusOK || !strings.Contains(asset.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("script: %d, Cache-Control %q; want 200, immutable", asset.Code, asset.Header().Get("Cache-Control"))
	}
	if w := get(Handler(), "/assets/"); w.Code != http.StatusNotFound {
		t.Errorf("GET /assets/: %d, want 404, not a listing", w.Code)
	}
}
