package api

import (
	"bytes"
	"fmt"
	"testing"

	"gridmap/geo"
)

// turn undoes or redoes.
func (s *service) turnPlan(t testing.TB, plan geo.PlanID, what string, headers ...string) answer {
	t.Helper()
	return s.call(t, "POST", fmt.Sprintf("/v1/plans/%d/%s", plan, what), "", headers...)
}

// Undo and redo lead to the beginning and back, to the same bytes at every
// step, and the history tells all of it.
func TestUndoRedo(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	grids := func() []byte {
		t.Helper()
		return s.get(t, fmt.Sprintf("/v1/plans/%d/grids?geometry=full&limit=1000", draft.ID)).wants(200).body
	}
	s.turnPlan(t, draft.ID, "undo").refused(409, "state", "")
	s.turnPlan(t, draft.ID, "redo").refused(409, "state", "")
	pairs := s.pairs(t, draft.ID, "primary")
	states := [][]byte{grids()}
	for _, body := range []string{mergeOf(pairs[0]), pairs[1][0].across(),
		fmt.Sprintf(`{"edits":[%s,{"op":"set","grid":%d,"name":{"zh":"改名"}}]}`, mergeOf(pairs[2]), pairs[2][0].ID)} {
		s.edited(t, draft.ID, body)
		states = append(states, grids())
	}
	for i := len(states) - 2; i >= 0; i-- {
		s.turnPlan(t, draft.ID, "undo").wants(200)
		if !bytes.Equal(grids(), states[i]) {
			t.Errorf("undone to step %d, the grids are others", i)
		}
	}
	s.turnPlan(t, draft.ID, "undo").refused(409, "state", "")
	for i := 1; i < len(states); i++ {
		var done editSeen
		s.turnPlan(t, draft.ID, "redo").wants(200).into(&done)
		if done.Op != "redo" || len(done.Grids) == 0 || !bytes.Equal(grids(), states[i]) {
			t.Errorf("redone to step %d (%s of %d grids), the grids are others", i, done.Op, len(done.Grids))
		}
	}
	s.turnPlan(t, draft.ID, "redo").refused(409, "state", "")
	last := s.turnPlan(t, draft.ID, "undo", "If-Match", etag(draft.Revision))
	last.refused(412, "stale", "If-Match")
	undone := s.turnPlan(t, draft.ID, "undo", "Idempotency-Key", "u").wants(200)
	if again := s.turnPlan(t, draft.ID, "undo", "Idempotency-Key", "u").wants(200); !bytes.Equal(undone.body, again.body) {
		t.Error("a repeat under the same key undid once more")
	}
	s.testHistory(t, draft.ID)
}

// testHistory pages through the history of three edits, the last undone.
func (s *service) testHistory(t *testing.T, plan geo.PlanID) {
	path := fmt.Sprintf("/v1/plans/%d/edits?limit=2", plan)
	var ops []string
	var undone int
	for pages := 0; path != "" && pages < 5; pages++ {
		var page struct {
			Edits []struct {
				Op, By string
				Undone bool
				Grids  []geo.GridID
			}
			Steps []struct{ State geo.PlanState }
			Next  string
		}
		s.get(t, path).wants(200).into(&page)
		for _, e := range page.Edits {
			if ops = append(ops, e.Op); e.Undone {
				undone++
			}
			if e.By != "anonymous" || len(e.Grids) == 0 {
				t.Errorf("entry %+v", e)
			}
		}
		if len(page.Steps) != 1 || page.Steps[0].State != geo.Draft {
			t.Errorf("steps %+v", page.Steps)
		}
		path = page.Next
	}
	if got := fmt.Sprint(ops); got != "[edits split merge]" || undone != 1 {
		t.Errorf("history %s, %d undone", got, undone)
	}
}
