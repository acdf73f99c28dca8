package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"gridmap/geo/atlas"
	"gridmap/tiles"
)

// mortal starts another server over the same database, which kill ends in the
// midst of whatever it does.
func (s *service) mortal(t *testing.T) (url string, kill func()) {
	t.Helper()
	live := new(atlas.Live)
	ctx, cancel := context.WithCancel(context.Background())
	var following sync.WaitGroup
	following.Go(func() { _ = live.Follow(ctx, s.store, s.territory) }) // ends with the context
	listening := httptest.NewServer(New(Config{Store: s.store, Live: live, Tiles: tiles.NewCache(1 << 20), Allow: LoopbackOnly, Limits: s.limits, Now: s.now}))
	kill = sync.OnceFunc(func() {
		listening.CloseClientConnections()
		listening.Close()
		cancel()
		following.Wait()
	})
	t.Cleanup(kill)
	return listening.URL, kill
}

// seenTiles are what clients have been sent.
type seenTiles struct {
	mu            sync.Mutex
	have          map[string]string // by path: the tag held
	tags          map[string]string // by path and revision
	bodies        map[string][]byte // by path and tag
	answers, kept int
}

// count is how many answers there are.
func (seen *seenTiles) count() int {
	seen.mu.Lock()
	defer seen.mu.Unlock()
	return seen.answers
}

// ask asks one server for a tile at a revision or a later one, as who holds
// one does. The error is that of the server being gone, or of what it says.
func (seen *seenTiles) ask(server, path string, least int64) error {
	seen.mu.Lock()
	had := seen.have[path]
	seen.mu.Unlock()
	request, err := http.NewRequest(http.MethodGet, fmt.Sprintf("%s%s?min_revision=%d", server, path, least), nil)
	if err != nil {
		return err
	}
	request.Header.Set("If-None-Match", had)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil {
		return err
	}
	tag, text := answer.Header.Get("ETag"), answer.Header.Get("Gridmap-Revision")
	if at, err := strconv.ParseInt(text, 10, 64); err != nil || at < least || answer.StatusCode > 304 {
		return fmt.Errorf("%s: status %d at revision %q, want %d", path, answer.StatusCode, text, least)
	}
	seen.mu.Lock()
	defer seen.mu.Unlock()
	seen.answers++
	if other, known := seen.tags[path+text]; known && other != tag {
		return fmt.Errorf("%s at revision %s has the tags %s and %s", path, text, other, tag)
	}
	seen.tags[path+text], seen.have[path] = tag, tag
	if answer.StatusCode == http.StatusNotModified {
		seen.kept++
		return nil
	}
	if other, known := seen.bodies[path+tag]; known && !bytes.Equal(other, body) {
		return fmt.Errorf("%s: the tag %s means %d bytes and other %d", path, tag, len(other), len(body))
	}
	seen.bodies[path+tag] = body
	return nil
}

// Two servers of one database are asked for tiles while a draft is edited, and
// one of them is killed amid it. Nobody is answered with less than the revision
// asked for, by 304 neither; one revision has one tag and one tag one body,
// whoever sends them; and the server that is left ends with what one that has
// just started sends.
func TestOneOfTwoReplicasIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	paths := s.tilePaths(t, draft.ID)
	grids := s.grids(t, draft.ID, "primary")
	mortal, kill := s.mortal(t)
	var least atomic.Int64
	var dead atomic.Bool
	seen := &seenTiles{have: map[string]string{}, tags: map[string]string{}, bodies: map[string][]byte{}}

	ctx, stop := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for client := range 4 {
		asking.Go(func() {
			for i := client; ctx.Err() == nil; i++ {
				server := s.url
				if i%2 == 0 && !dead.Load() {
					server = mortal
				}
				if err := seen.ask(server, paths[i*7%len(paths)], least.Load()); err != nil && !(server == mortal && dead.Load()) {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 24 {
		if i == 12 {
			dead.Store(true)
			kill()
		}
		e := s.edited(t, draft.ID, fmt.Sprintf(`{"op":"set","grid":%d,"name":{"zh":"改%d"}}`, grids[i%len(grids)].ID, i))
		least.Store(int64(e.Revision))
		before := seen.count()
		if !soon(func() bool { return t.Failed() || seen.count() > before+2 }) {
			t.Errorf("nobody is answered at revision %d", e.Revision)
			break
		}
	}
	stop()
	asking.Wait()
	fresh := s.replica(t)
	for _, path := range paths {
		mine, theirs := s.get(t, path), fresh.get(t, path)
		if !bytes.Equal(mine.body, theirs.body) || mine.header.Get("ETag") != theirs.header.Get("ETag") {
			t.Errorf("%s: %d bytes, %d from a server just started", path, len(mine.body), len(theirs.body))
		}
	}
	if seen.answers < 50 || seen.kept == 0 {
		t.Errorf("%d answers, %d of them 304: too few to say anything", seen.answers, seen.kept)
	}
	t.Logf("%d answers, %d of them 304, one server killed amid them", seen.answers, seen.kept)
}
