package api

import (
	"fmt"
	"net/http"
	"time"

	"gridmap/geo"
)

// pulse is how often an idle event stream shows that it lives.
const pulse = 15 * time.Second

// getEvents handles GET /v1/events?territory=: server-sent events, one for
// each revision the picture reaches. The id of an event is the revision, so a
// client that comes back with Last-Event-ID hears at once what it missed, as
// one event with the newest revision.
func (s *Server) getEvents(w http.ResponseWriter, r *http.Request) error {
	territory, err := s.statedTerritory(r)
	if err != nil {
		return err
	}
	told, err := lastEvent(r)
	if err != nil {
		return err
	}
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		return fmt.Errorf("%w: too many event streams", errNotReady)
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	connection := http.NewResponseController(w)
	beat := time.NewTicker(pulse)
	defer beat.Stop()
	text := "retry: 1000\n\n"
	for {
		changed := s.live.Changed(territory)
		if a, live := s.live.Get(territory); live && a.Revision() > told {
			told = a.Revision()
			text += fmt.Sprintf("id: %d\nevent: revision\ndata: {\"territory\":%d,\"plan\":%d,\"revision\":%d,\"plan_revision\":%d}\n\n",
				told, territory, a.Plan().ID, told, a.Plan().Revision)
		}
		_ = connection.SetWriteDeadline(time.Now().Add(pulse)) // a test recorder has none
		if _, err := w.Write([]byte(text)); err != nil {
			return r.Context().Err()
		}
		if err := connection.Flush(); err != nil {
			return r.Context().Err()
		}
		text = ""
		select {
		case <-r.Context().Done():
			return nil
		case <-changed:
		case <-beat.C:
			text = ": still here\n\n"
		}
	}
}

// lastEvent reads the revision the client has heard of: Last-Event-ID, which
// a browser sends by itself when it comes back, or ?since=.
func lastEvent(r *http.Request) (geo.Revision, error) {
	since, err := intQuery(r.URL.Query(), "since", 0, 0, 1<<62)
	if err != nil {
		return 0, err
	}
	header := r.Header.Get("Last-Event-ID")
	if header == "" {
		return geo.Revision(since), nil
	}
	values := map[string][]string{"Last-Event-ID": {header}}
	heard, err := intQuery(values, "Last-Event-ID", 0, 0, 1<<62)
	return geo.Revision(heard), err
}
