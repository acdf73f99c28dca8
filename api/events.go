package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"gridmap/geo"
)

// pulse is how often an idle event stream shows that it lives.
const pulse = 15 * time.Second

// getEvents handles GET /v1/events?territory=: server-sent events, one
// "revision" for every change set in the territory, drafts included, whose id
// is the revision, and "findings" when the counts of a plan may have changed.
// A client that comes back with Last-Event-ID gets what it missed from the
// journal; one that missed too much, or comes for the first time, gets the
// newest revision only. With ?plan= the reader counts as present in the plan
// while it reads, and "presence" tells who is.
func (s *Server) getEvents(w http.ResponseWriter, r *http.Request) error {
	territory, err := s.statedTerritory(r)
	if err != nil {
		return err
	}
	heard, err := lastEvent(r)
	if err != nil {
		return err
	}
	plan, err := intQuery(r.URL.Query(), "plan", 0, 0, 1<<62)
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
	if r.Method == http.MethodHead {
		return nil
	}
	feed := s.feeds.join(s, territory)
	defer s.feeds.leave(feed)
	l := listener{feed: feed, heard: heard, fresh: heard == 0}
	if plan > 0 {
		who := s.who(r)
		l.room = s.presence.enter(roomKey{territory, geo.PlanID(plan)}, who)
		defer l.room.leave(who)
	}
	return l.listen(r.Context(), w)
}

// A listener is one stream: how far in a feed its reader is.
type listener struct {
	feed   *feed
	heard  geo.Revision // told, or known to the reader when it came
	number uint64       // of the last event written
	placed bool         // number counts; else heard does
	fresh  bool         // it has heard of nothing yet

	room *room  // of the plan that the reader has open, nil without one
	met  uint64 // version of the room that the reader knows
}

// listen writes events until the reader goes, is too slow, or ctx ends. Who is
// dropped comes back with Last-Event-ID and loses nothing.
func (l *listener) listen(ctx context.Context, w http.ResponseWriter) error {
	connection := http.NewResponseController(w)
	beat := time.NewTicker(pulse)
	defer beat.Stop()
	texts := [][]byte{[]byte("retry: 1000\n\n")}
	for {
		for _, text := range texts {
			_ = connection.SetWriteDeadline(time.Now().Add(l.feed.server.limits.Slowness)) // a test recorder has none
			if _, err := w.Write(text); err != nil {
				return ctx.Err()
			}
		}
		if err := connection.Flush(); err != nil {
			return ctx.Err()
		}
		var next <-chan struct{}
		var err error
		if texts, next, err = l.take(ctx); err != nil {
			return nil // cut off: the reader comes back with what it has heard
		}
		said, moved := l.greet()
		texts = append(texts, said...)
		if len(texts) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-next:
		case <-moved:
		case <-beat.C:
			texts = [][]byte{[]byte(": still here\n\n")}
		}
	}
}

// greet returns who has the reader's plan open, if that has changed, and what
// is closed when it changes; nil of a reader who has none.
func (l *listener) greet() (texts [][]byte, changed <-chan struct{}) {
	if l.room == nil {
		return nil, nil
	}
	said, version, changed := l.room.news(l.met)
	l.met = version
	if said == nil {
		return nil, changed
	}
	text, err := eventText(0, "presence", said)
	if err != nil {
		return nil, changed
	}
	return [][]byte{text}, changed
}

// take returns what is to be written now and, if that is nothing, what is
// closed when there is more.
func (l *listener) take(ctx context.Context) (texts [][]byte, next <-chan struct{}, err error) {
	f := l.feed
	f.mu.Lock()
	next, reached := f.next, f.reached
	if !f.started {
		f.mu.Unlock()
		return nil, next, nil
	}
	if l.placed && len(f.told) > 0 && f.told[0].number > l.number+1 {
		l.placed = false // too slow for what the feed keeps
	}
	missed := false
	if !l.placed {
		missed = !l.place()
		if f.findings != nil && !missed {
			texts = append(texts, f.findings)
		}
	}
	if !missed {
		texts = l.collect(texts)
	}
	f.mu.Unlock()
	switch {
	case !missed && !l.fresh:
		return texts, next, nil
	case !l.fresh && reached-l.heard <= mostMissed:
		texts, err = l.page(ctx, reached)
		return texts, next, err
	}
	hello, err := l.hello(reached, !l.fresh)
	return append([][]byte{hello}, texts...), next, err
}

// place finds where the reader is among the events kept, and reports whether
// all that it missed is there. The lock is held.
func (l *listener) place() bool {
	f := l.feed
	l.number, l.placed = f.number, true
	if l.fresh || l.heard >= f.reached {
		return true
	}
	for _, e := range f.told {
		switch {
		case e.revision == 0:
		case e.revision > l.heard+1:
			l.placed = false
			return false
		case e.revision == l.heard+1:
			l.number = e.number - 1
			return true
		}
	}
	l.placed = false
	return false
}

// collect adds the events after the last one written. The lock is held.
func (l *listener) collect(texts [][]byte) [][]byte {
	for _, e := range l.feed.told {
		if e.number <= l.number || e.revision > 0 && e.revision <= l.heard {
			continue
		}
		l.heard = max(l.heard, e.revision)
		texts = append(texts, e.text)
	}
	l.number = l.feed.number
	return texts
}

// page returns the next part of what the reader missed, from the journal.
func (l *listener) page(ctx context.Context, reached geo.Revision) ([][]byte, error) {
	a, _ := l.feed.server.live.Get(l.feed.territory)
	events, err := l.feed.page(ctx, l.heard, reached, a)
	if err != nil {
		return nil, err
	}
	if len(events) == 0 { // the journal does not go back so far
		hello, err := l.hello(reached, true)
		return [][]byte{hello}, err
	}
	texts := make([][]byte, len(events))
	for i, e := range events {
		texts[i], l.heard = e.text, e.revision
	}
	return texts, nil
}

// hello tells the revision reached, to be taken as one change of everything
// if reload is set.
func (l *listener) hello(reached geo.Revision, reload bool) ([]byte, error) {
	j := revisionJSON{Territory: l.feed.territory, Revision: reached, Reload: reload}
	if a, live := l.feed.server.live.Get(l.feed.territory); live {
		j.Plan, j.InForce, j.PlanRevision = a.Plan().ID, a.Plan().ID, min(a.Plan().Revision, reached)
	}
	l.heard, l.fresh = reached, false
	return eventText(reached, "revision", j)
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
