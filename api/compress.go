package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// compressFrom is the size from which an answer is worth compressing.
const compressFrom = 1 << 10

var gzipWriters = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant of the package
	}
	return w
}}

// compress gzips answers of 1 KB and more for those who accept it. What is
// already encoded, such as a tile, and event streams pass through.
func compress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if !acceptsGzip(r) || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		c := &compressor{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(c, r)
		c.close() // not deferred: an answer broken off by a panic must not look whole
	})
}

func acceptsGzip(r *http.Request) bool { return Accepts(r, "gzip") }

// Accepts reports whether Accept-Encoding names the coding with a weight over 0.
func Accepts(r *http.Request, wanted string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(coding), wanted) {
			continue
		}
		if q, has := strings.CutPrefix(strings.TrimSpace(params), "q="); has {
			weight, err := strconv.ParseFloat(q, 64)
			return err == nil && weight > 0
		}
		return true
	}
	return false
}

// A compressor holds back the first KB of an answer to see whether it grows.
type compressor struct {
	http.ResponseWriter
	status  int
	held    []byte
	decided bool
	zip     *gzip.Writer // nil when passing through
}

func (c *compressor) WriteHeader(status int) {
	if c.decided {
		return
	}
	c.status = status
	h := c.Header()
	if status < 200 || status == http.StatusNoContent || status == http.StatusNotModified ||
		status == http.StatusPartialContent || h.Get("Content-Encoding") != "" || !compressible(h.Get("Content-Type")) {
		c.pass()
	}
}

var compressibleTypes = []string{typeJSON, typeGeoJSON, "application/problem+json", typeNDJSON, typeCSV, "text/html",
	"text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/yaml", "text/plain", "application/manifest+json"}

func compressible(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	return slices.Contains(compressibleTypes, strings.TrimSpace(media))
}

func (c *compressor) Write(p []byte) (int, error) {
	if !c.decided && c.held == nil {
		if c.Header().Get("Content-Type") == "" {
			c.Header().Set("Content-Type", http.DetectContentType(p))
		}
		c.WriteHeader(c.status)
	}
	if !c.decided {
		c.held = append(c.held, p...)
		if len(c.held) < compressFrom {
			return len(p), nil
		}
		return len(p), c.start()
	}
	if c.zip != nil {
		return c.zip.Write(p)
	}
	return c.ResponseWriter.Write(p)
}

// start begins the compressed answer with what was held back.
func (c *compressor) start() error {
	c.decided = true
	h := c.Header()
	h.Set("Content-Encoding", "gzip")
	h.Del("Content-Length")
	c.ResponseWriter.WriteHeader(c.status)
	c.zip = gzipWriters.Get().(*gzip.Writer)
	c.zip.Reset(c.ResponseWriter)
	_, err := c.zip.Write(c.held)
	c.held = nil
	return err
}

// pass lets the answer through as it is.
func (c *compressor) pass() {
	c.decided = true
	c.ResponseWriter.WriteHeader(c.status)
}

// FlushError sends what is there, which settles that it is compressed if it
// may be and is long enough, and passes if not.
func (c *compressor) FlushError() error {
	if !c.decided {
		c.settle()
	}
	if c.zip != nil {
		if err := c.zip.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(c.ResponseWriter).Flush()
}

// settle ends the holding back of a short answer.
func (c *compressor) settle() {
	c.pass()
	if len(c.held) > 0 {
		_, _ = c.ResponseWriter.Write(c.held) // a client that has gone needs no answer
		c.held = nil
	}
}

func (c *compressor) close() {
	if !c.decided {
		c.settle()
	}
	if c.zip != nil {
		_ = c.zip.Close() // as above
		c.zip.Reset(nil)
		gzipWriters.Put(c.zip)
		c.zip = nil
	}
}

// Unwrap lets http.ResponseController reach the deadlines of the connection.
func (c *compressor) Unwrap() http.ResponseWriter { return c.ResponseWriter }
