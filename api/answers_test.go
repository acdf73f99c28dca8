package api

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/klauspost/compress/gzip"
)

// ask sends a request without Go's own unzipping and returns the answer with
// its body read as it came.
func ask(t *testing.T, method, url string, body io.Reader, headers ...string) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, raw
}

func TestAnswersAreZippedFromOneKB(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	long := fmt.Sprintf("%s/v1/plans/%d/grids", s.url, s.plan)
	plain, want := ask(t, "GET", long, nil)
	zipped, raw := ask(t, "GET", long, nil, "Accept-Encoding", "br, gzip;q=0.8")
	if plain.Header.Get("Content-Encoding") != "" || zipped.Header.Get("Content-Encoding") != "gzip" || len(raw)*2 > len(want) {
		t.Fatalf("%d bytes plain, %d zipped, encodings %q and %q", len(want), len(raw), plain.Header.Get("Content-Encoding"), zipped.Header.Get("Content-Encoding"))
	}
	r, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
		t.Errorf("unzips to %d bytes, want %d; error %v", len(got), len(want), err)
	}
	for _, path := range []string{"/healthz"} {
		if short, _ := ask(t, "GET", s.url+path, nil, "Accept-Encoding", "gzip"); short.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s is zipped", path)
		}
	}
	if refused, _ := ask(t, "GET", long, nil, "Accept-Encoding", "gzip;q=0"); refused.Header.Get("Content-Encoding") != "" {
		t.Error("zipped for who refuses it")
	}
	if vary := strings.Join(plain.Header.Values("Vary"), ","); !strings.Contains(vary, "Accept-Encoding") || !strings.Contains(vary, "Accept") {
		t.Errorf("Vary %q", vary)
	}
}

// A body of 200 MB is refused without being read, whether it says its length
// or not.
func TestHugeBodyIsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", func(c *Config) { c.Limits.BulkTime = 20 * time.Second })
	const size = 200 << 20
	for name, body := range map[string]io.Reader{
		"with a length": io.LimitReader(blanksForever{}, size),
		"without":       struct{ io.Reader }{io.LimitReader(blanksForever{}, size)},
	} {
		request, err := http.NewRequestWithContext(t.Context(), "POST", fmt.Sprintf("%s/v1/workers/bulk?territory=%d", s.url, s.territory), body)
		if err != nil {
			t.Fatal(err)
		}
		if name == "with a length" {
			request.ContentLength = size
		}
		request.Header.Set("Content-Type", typeJSON)
		request.Header.Set("Expect", "100-continue")
		client := http.Client{Transport: &http.Transport{ExpectContinueTimeout: 10 * time.Second, DisableKeepAlives: true}}
		response, err := client.Do(request)
		if err != nil {
			continue // the server hung up on a sender who did not listen
		}
		response.Body.Close()
		if response.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: status %d", name, response.StatusCode)
		}
	}
	s.get(t, "/healthz").wants(200)
}

// blanksForever is JSON that never begins.
type blanksForever struct{}

func (blanksForever) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestPagesAndMetrics(t *testing.T) {
	t.Parallel()
	pages := http.FileServerFS(fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>gridmap</title>")}})
	s := serve(t, "mini", func(c *Config) { c.Web = pages })
	if a := s.get(t, "/?lang=en").wants(200); !strings.Contains(string(a.body), "gridmap") {
		t.Errorf("page %s", a.body)
	}
	s.get(t, "/missing.js").refused(404, "no-such-path", "")
	s.get(t, "/v1").refused(404, "no-such-path", "")
	s.call(t, "POST", "/", "{}").refused(405, "method", "")
	figures := string(s.get(t, "/metrics").wants(200).body)
	for _, line := range []string{`gridmap_http_requests_total{method="GET",route="pages",status="200"} 1`, "gridmap_http_panics_total 0", "go_goroutines"} {
		if !strings.Contains(figures, line) {
			t.Errorf("no line %q", line)
		}
	}
	if a := s.get(t, "/v1/openapi.yaml").wants(200); !bytes.Equal(a.body, Contract) {
		t.Error("the contract served is not the contract")
	}
}
