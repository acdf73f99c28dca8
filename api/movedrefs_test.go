package api

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"gridmap/geo"
)

// movedSeen is what these tests ask of an answer that tells who moved.
type movedSeen struct {
	Moved []struct {
		Tier       string
		From       *struct{ ID geo.GridID }
		Households int
		Refs       []string
	}
}

// refsIn lists the households of a grid of the plan in force by their external
// numbers, ascending.
func (s *service) refsIn(t testing.TB, grid geo.GridID) (refs []string) {
	t.Helper()
	path := fmt.Sprintf("/v1/households?territory=%d&limit=900&grid=%d", s.territory, grid)
	for path != "" {
		var page struct {
			Households []struct{ Ref string }
			Next       string
		}
		s.get(t, path).wants(200).into(&page)
		for _, h := range page.Households {
			refs = append(refs, h.Ref)
		}
		path = page.Next
	}
	slices.Sort(refs)
	return refs
}

// Who may read households is told which ones moved, by an edit, its undo, its
// redo and a comparison; nobody is who does not ask.
func TestMovedHouseholdsByTheirRefs(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	pair := s.pairs(t, draft.ID, "primary")[0]
	want := s.refsIn(t, pair[1].ID)
	if len(want) == 0 {
		t.Fatal("nobody lives there")
	}
	base := fmt.Sprintf("/v1/plans/%d", draft.ID)
	edit := s.call(t, http.MethodPost, base+"/edits?households=refs", mergeOf(pair), "Content-Type", "application/json")
	diff := s.get(t, fmt.Sprintf("%s/diff?against=%d&households=refs", base, s.plan))
	undo := s.call(t, http.MethodPost, base+"/undo?households=refs", "")
	redo := s.call(t, http.MethodPost, base+"/redo?households=refs", "")
	for name, a := range map[string]answer{"edit": edit, "diff": diff, "undo": undo, "redo": redo} {
		var seen movedSeen
		a.wants(200).into(&seen)
		told := false
		for _, m := range seen.Moved {
			if m.Tier == "primary" {
				got := slices.Sorted(slices.Values(m.Refs))
				told = m.Households == len(want) && slices.Equal(got, want)
			}
		}
		if !told {
			t.Errorf("%s tells %+v, want %d households", name, seen.Moved, len(want))
		}
	}
	var seen movedSeen
	s.get(t, fmt.Sprintf("%s/diff?against=%d", base, s.plan)).wants(200).into(&seen)
	for _, m := range seen.Moved {
		if m.Refs != nil {
			t.Errorf("not asked for: %+v", m)
		}
	}
	s.get(t, fmt.Sprintf("%s/diff?against=%d&households=names", base, s.plan)).refused(400, "invalid-request", "households")
}

// Without the right to read households nobody is told which ones moved, and an
// edit that asks is not done.
func TestMovedHouseholdsAreRefused(t *testing.T) {
	t.Parallel()
	g := &gate{deny: func(a asked) bool { return a.right == Households }}
	s := serve(t, "mini", func(c *Config) { c.Allow = g.allow })
	draft := s.makeDraft(t)
	pair := s.pairs(t, draft.ID, "primary")[0]
	base := fmt.Sprintf("/v1/plans/%d", draft.ID)
	s.call(t, http.MethodPost, base+"/edits?households=refs", mergeOf(pair), "Content-Type", "application/json").refused(403, "forbidden", "")
	s.get(t, fmt.Sprintf("%s/diff?against=%d&households=refs", base, s.plan)).refused(403, "forbidden", "")
	if s.grid(t, draft.ID, pair[1].ID).Code != pair[1].Code {
		t.Error("the edit was done")
	}
	s.edited(t, draft.ID, mergeOf(pair))
	s.call(t, http.MethodPost, base+"/undo?households=refs", "").refused(403, "forbidden", "")
}
