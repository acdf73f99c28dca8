package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/exchange"
	"gridmap/geo/topo"
)

// memoBytes is how much written text a memo keeps.
const memoBytes = 32 << 20

// A memo keeps what was written of grids for who asks about a point: the next
// point in the same grid gets the same. The zero memo is ready.
type memo struct {
	mu    sync.RWMutex
	texts map[memoKey][]byte
	bytes int
}

// A memoKey names a grid of a plan as it was at a revision, and a day. Pictures
// of the same revision may have grids in different positions, but they are the
// same grids.
type memoKey struct {
	plan     geo.PlanID
	revision geo.Revision
	day      geo.Date
	grid     geo.GridID
}

// text returns what is kept, or writes it and keeps it. When there is too much
// all is forgotten: what is asked often soon stands there again.
func (m *memo) text(key memoKey, write func() ([]byte, error)) ([]byte, error) {
	m.mu.RLock()
	text, known := m.texts[key]
	m.mu.RUnlock()
	if known {
		return text, nil
	}
	text, err := write()
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.texts == nil || m.bytes+len(text) > memoBytes {
		m.texts, m.bytes = map[memoKey][]byte{}, 0
	}
	m.texts[key] = text
	m.bytes += len(text)
	return text, nil
}

// answers are used again: each is written before its request ends.
var answers = sync.Pool{New: func() any { return new([]byte) }}

// writeLocated answers for a point in the leaf grid of a plan.
func (s *Server) writeLocated(w http.ResponseWriter, a *atlas.Atlas, asOf geo.Date, at topo.Point, leaf int) error {
	key := memoKey{a.Plan().ID, a.Revision(), asOf, a.Grid(leaf).ID}
	text, err := s.located.text(key, func() ([]byte, error) {
		place := viewOf(a, asOf).located(leaf)
		text, err := json.Marshal(place)
		if err != nil {
			return nil, err
		}
		return text[1 : len(text)-1], nil
	})
	if err != nil {
		return err
	}
	answer := answers.Get().(*[]byte)
	defer answers.Put(answer)
	out := exchange.AppendPosition(append((*answer)[:0], `{"at":`...), at)
	out = append(append(out, `,"as_of":"`...), asOf.String()...)
	out = append(append(append(out, `",`...), text...), `,"overlays":`...)
	overlays := []byte("[]")
	if over := a.Overlays(at); len(over) > 0 {
		if overlays, err = json.Marshal(viewOf(a, asOf).overlays(over)); err != nil {
			return err
		}
	}
	out = append(append(out, overlays...), "}\n"...)
	*answer = out
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Gridmap-Revision", revisionText(a.Revision()))
	h.Set("Content-Type", typeJSON)
	h.Set("Content-Length", strconv.Itoa(len(out)))
	w.WriteHeader(http.StatusOK)
	_, err = w.Write(out)
	return err
}
