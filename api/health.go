package api

import (
	_ "embed"
	"fmt"
	"net/http"
	"strings"
)

// Contract is openapi.yaml: what every call takes and answers.
//
//go:embed openapi.yaml
var Contract []byte

// getHealth handles GET /healthz: the process answers.
func (s *Server) getHealth(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// getReady handles GET /readyz: the database answers, and every territory
// that has a plan in force is in memory, its tiles ready to be drawn.
func (s *Server) getReady(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	if err := s.store.Ping(r.Context()); err != nil {
		return fmt.Errorf("%w: the database does not answer: %w", errNotReady, err)
	}
	territories, err := s.store.Territories(r.Context())
	if err != nil {
		return err
	}
	for _, t := range territories {
		if a, live := s.live.Get(t.ID); live {
			if s.ahead && s.tilePictures.latest(a.Plan().ID) == nil {
				return fmt.Errorf("%w: the tiles of territory %s are not ready yet", errNotReady, t.Code)
			}
			continue
		}
		inForce, err := s.hasPlanInForce(r, t.ID)
		if err != nil {
			return err
		}
		if inForce {
			return fmt.Errorf("%w: territory %s is not loaded yet", errNotReady, t.Code)
		}
	}
	return writeJSON(w, http.StatusOK, map[string]any{"status": "ready", "territories": len(s.live.All())})
}

// getMetrics handles GET /metrics.
func (s *Server) getMetrics(w http.ResponseWriter, r *http.Request) error {
	s.metrics.handler().ServeHTTP(w, r)
	return nil
}

// getContract handles GET /v1/openapi.yaml.
func (s *Server) getContract(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/yaml")
	w.Header().Set("Cache-Control", "no-cache")
	_, err := w.Write(Contract)
	return err
}

// getPage serves the pages for every path that no call takes; under the
// calls' own folders nothing else lives.
func (s *Server) getPage(w http.ResponseWriter, r *http.Request) error {
	for _, folder := range []string{"/v1/", "/tiles/", "/styles/", "/ogc/"} {
		if strings.HasPrefix(r.URL.Path+"/", folder) {
			return errNoRoute
		}
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return &methodError{allow: allowHeader([]string{http.MethodGet, http.MethodHead})}
	}
	if s.web == nil {
		return errNoRoute
	}
	page := &pageWriter{ResponseWriter: w, unknown: s.unknownGrid(r)}
	s.web.ServeHTTP(page, r)
	if page.missing {
		return errNoRoute
	}
	return nil
}

// A pageWriter holds back the pages' own words for 404, which become a
// problem.
type pageWriter struct {
	http.ResponseWriter
	missing bool
	unknown bool // the page stands, but what it is of does not: 404 with the page
}

func (p *pageWriter) WriteHeader(status int) {
	if p.unknown && status == http.StatusOK {
		p.ResponseWriter.WriteHeader(http.StatusNotFound)
		return
	}
	if p.missing = status == http.StatusNotFound; !p.missing {
		p.ResponseWriter.WriteHeader(status)
	}
}

func (p *pageWriter) Write(data []byte) (int, error) {
	if p.missing {
		return len(data), nil
	}
	return p.ResponseWriter.Write(data)
}
