package api

import (
	"context"

	"gridmap/geo"
)

// drawAhead keeps what tiles are drawn from as new as the plans in force, until
// ctx ends: nobody who asks for a tile waits for the drawing of a large plan.
func (s *Server) drawAhead(ctx context.Context) {
	followed := map[geo.TerritoryID]bool{}
	for ctx.Err() == nil {
		another := s.live.Changed(0) // there is no such territory, so: when another one comes
		for _, a := range s.live.All() {
			if t := a.Territory().ID; !followed[t] {
				followed[t] = true
				go s.keepDrawn(ctx, t)
			}
		}
		select {
		case <-ctx.Done():
		case <-another:
		}
	}
}

// keepDrawn does so for one territory.
func (s *Server) keepDrawn(ctx context.Context, t geo.TerritoryID) {
	for ctx.Err() == nil {
		changed := s.live.Changed(t)
		if a, live := s.live.Get(t); live {
			s.tilePictures.of(a)
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
}
