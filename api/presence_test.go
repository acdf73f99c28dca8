package api

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"
)

// Who has the same plan open is told when another comes and when it goes; who
// has another open is not, nor is who has none.
func TestPresenceTellsWhoHasThePlanOpen(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", func(c *Config) {
		c.Who = func(r *http.Request) string {
			if r.URL.Query().Get("since") == "1" {
				return "Li"
			}
			return "Wang"
		}
	})
	read := func(stream *streamSeen) (people map[string]int) {
		e := stream.next("presence")
		holdsSchema(t, "PresenceEvent", e.data)
		var told presenceJSON
		if err := json.Unmarshal([]byte(e.data), &told); err != nil || told.Plan != 7 || told.Territory != s.territory || e.id != 0 {
			t.Fatalf("%s: %v", e.data, err)
		}
		people = map[string]int{}
		for _, p := range told.People {
			people[p.Name] = p.Pages
		}
		return people
	}
	wants := func(stream *streamSeen, want map[string]int) {
		t.Helper()
		if got := read(stream); !reflect.DeepEqual(got, want) {
			t.Errorf("%v have the plan open, want %v", got, want)
		}
	}
	first := s.eventsOf(t, -1, "&plan=7")
	wants(first, map[string]int{"Wang": 1})
	s.eventsOf(t, -1, "&plan=8")
	s.events(t, -1)
	second := s.eventsOf(t, -1, "&plan=7&since=1")
	wants(second, map[string]int{"Wang": 1, "Li": 1})
	wants(first, map[string]int{"Wang": 1, "Li": 1})
	third := s.eventsOf(t, -1, "&plan=7")
	wants(first, map[string]int{"Wang": 2, "Li": 1})
	second.close()
	wants(first, map[string]int{"Wang": 2})
	third.close()
	wants(first, map[string]int{"Wang": 1})
	first.close()
	if !soon(func() bool { return s.rooms() == 1 }) {
		t.Errorf("%d rooms are kept, want that of plan 8", s.rooms())
	}
}

// rooms returns how many plans somebody has open.
func (s *service) rooms() int {
	s.presence.mu.Lock()
	defer s.presence.mu.Unlock()
	return len(s.presence.rooms)
}
