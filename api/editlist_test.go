package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gridmap/geo"
)

// compoundSeen is what these tests ask of a compound.
type compoundSeen struct {
	Code     string
	Division geo.GridID
	Boundary struct{ Coordinates [][][2]float64 }
}

// compounds lists the compounds of the territory.
func (s *service) compounds(t testing.TB) []compoundSeen {
	t.Helper()
	var page struct{ Compounds []compoundSeen }
	s.get(t, fmt.Sprintf("/v1/compounds?territory=%d&limit=900", s.territory)).wants(200).into(&page)
	if len(page.Compounds) == 0 {
		t.Fatal("the county has no compounds")
	}
	return page.Compounds
}

// A compound goes to a sibling with its ground and those who live there, by
// the name of a compound or of an atom.
func TestTransferOfACompound(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	all, moved := s.grids(t, draft.ID, "primary"), 0
	for i, v := range s.compounds(t)[:4] {
		at := v.Boundary.Coordinates[0][0]
		for _, p := range v.Boundary.Coordinates[0][1:] { // a point inside: the middle of two corners
			at = [2]float64{(at[0] + p[0]) / 2, (at[1] + p[1]) / 2}
		}
		from := s.locatedIn(t, draft.ID, at)[3]
		k := slices.IndexFunc(all, func(g gridSeen) bool { return g.Parent == v.Division && g.ID != from })
		to, member := all[k], "compounds"
		if i%2 == 1 {
			member = "atoms"
		}
		a := s.edit(t, draft.ID, fmt.Sprintf(`{"op":"transfer","to":%q,%q:[%q]}`, to.Code, member, v.Code))
		if a.status == 422 { // all that the other had
			a.refused(422, "edit", "grid")
			continue
		}
		a.wants(200)
		if now := s.locatedIn(t, draft.ID, at)[3]; now != to.ID {
			t.Errorf("the middle of %s lies in grid %d, want %d", v.Code, now, to.ID)
		}
		moved++
	}
	if moved < 2 {
		t.Errorf("only %d compounds could be moved", moved)
	}
	s.edit(t, draft.ID, fmt.Sprintf(`{"op":"transfer","to":%q,"compounds":["nobody"]}`, all[0].Code)).refused(422, "invalid-record", "compounds")
}

// Grids of a lower tier go to a sibling of their parent; a name that is
// neither grid nor compound is told.
func TestTransferOfNamedAtoms(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	grids := s.grids(t, draft.ID, "primary")
	byVillage := map[geo.GridID][]gridSeen{}
	for _, g := range grids {
		byVillage[g.Parent] = append(byVillage[g.Parent], g)
	}
	var atom gridSeen
	var to geo.GridID
	for village, list := range byVillage {
		for other := range byVillage {
			if other != village && len(list) > 1 && s.grid(t, draft.ID, village).Parent == s.grid(t, draft.ID, other).Parent {
				atom, to = list[0], other
			}
		}
	}
	s.edit(t, draft.ID, fmt.Sprintf(`{"op":"transfer","to":%d,"atoms":[%q,"nobody"]}`, to, atom.Code)).refused(422, "invalid-record", "atoms")
	s.edited(t, draft.ID, fmt.Sprintf(`{"op":"transfer","to":%d,"atoms":[%q]}`, to, atom.Code))
	if g := s.grid(t, draft.ID, atom.ID); g.Parent != to || g.Code != atom.Code {
		t.Errorf("the atom is %+v, want under %d", g, to)
	}
}

// Later edits of a list name the grids that earlier ones made, by a label or by
// the code they got, also where a code was taken away in between.
func TestListNamesWhatItMade(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	pair := s.pairs(t, draft.ID, "primary")[0]
	split := strings.Replace(pair[0].across(), `"op"`, `"as":"half","op"`, 1)
	done := s.edited(t, draft.ID, fmt.Sprintf(`{"edits":[%s,{"op":"set","grid":"half","name":{"zh":"半格"},"code":"T-77"},{"op":"merge","grids":["T-77",%q]},
		{"op":"set","grid":%q,"code":"T-78"},{"op":"set","grid":%q,"name":{"zh":"旧码"}}]}`, split, pair[0].Code, pair[0].Code, pair[0].Code))
	if done.Op != "edits" {
		t.Errorf("answered %+v", done)
	}
	if g := s.grid(t, draft.ID, pair[0].ID); g.Code != "T-78" {
		t.Errorf("the grid is %+v", g)
	}
	again := strings.Replace(split, `"op"`, `"as":"half","op"`, 1)
	for _, tt := range []struct{ body, kind, field string }{
		{fmt.Sprintf(`{"edits":[{"op":"set","grid":%d,"owner":"a"},{"op":"set","grid":"half","owner":"b"}]}`, pair[0].ID), "invalid-record", "grid"},
		{fmt.Sprintf(`{"edits":[%s,%s]}`, strings.Replace(pair[0].across(), `"op"`, fmt.Sprintf(`"as":%q,"op"`, pair[1].Code), 1), pair[1].across()), "edit", "as"},
	} {
		s.edit(t, draft.ID, tt.body).refused(422, tt.kind, tt.field)
	}
	s.edit(t, draft.ID, `{"edits":[`+again+`]}`).refused(400, "invalid-request", "as")
	undone := s.call(t, "POST", fmt.Sprintf("/v1/plans/%d/undo", draft.ID), "").wants(http.StatusOK)
	var e editSeen
	undone.into(&e)
	if g := s.grid(t, draft.ID, pair[0].ID); g.Code != pair[0].Code {
		t.Errorf("undone, the grid is %+v", g)
	}
}

// Grids are numbered anew in reading order, once.
func TestRenumberOverHTTP(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	var village geo.GridID
	for _, g := range s.grids(t, draft.ID, "primary") {
		if s.grid(t, draft.ID, g.Parent).Children > 2 {
			village = g.Parent
		}
	}
	first := s.grids(t, draft.ID, "primary")[0]
	s.edited(t, draft.ID, fmt.Sprintf(`{"op":"set","grid":%d,"code":"odd-1"}`, first.ID))
	done := s.edited(t, draft.ID, fmt.Sprintf(`{"op":"renumber","parent":%d,"tier":"primary"}`, first.Parent))
	if done.Op != "renumber" || len(done.Grids) < 1 {
		t.Errorf("answered %+v", done)
	}
	for _, c := range done.Grids {
		if c.Before == nil || c.After == nil || c.Before.Code == c.After.Code || len(c.After.Predecessors) != len(c.Before.Predecessors) {
			t.Errorf("grid %d: %+v became %+v", c.ID, c.Before, c.After)
		}
	}
	again := s.edited(t, draft.ID, fmt.Sprintf(`{"op":"renumber","parent":%d}`, first.Parent))
	if len(again.Grids) != 0 || again.Revision != done.Revision {
		t.Errorf("numbered again: %+v", again)
	}
	s.edit(t, draft.ID, fmt.Sprintf(`{"op":"renumber","parent":%d,"tier":"village"}`, village)).refused(422, "edit", "tier")
}

// A list that gives a compound away and takes it back moved nobody.
func TestListTellsNetWhoMoved(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	all := s.grids(t, draft.ID, "primary")
	for _, v := range s.compounds(t) {
		at := v.Boundary.Coordinates[0][0]
		for _, p := range v.Boundary.Coordinates[0][1:] {
			at = [2]float64{(at[0] + p[0]) / 2, (at[1] + p[1]) / 2}
		}
		home := s.locatedIn(t, draft.ID, at)[3]
		i := slices.IndexFunc(all, func(g gridSeen) bool { return g.ID == home })
		k := slices.IndexFunc(all, func(g gridSeen) bool { return g.Parent == v.Division && g.ID != home })
		give := fmt.Sprintf(`{"op":"transfer","to":%q,"compounds":[%q]}`, all[k].Code, v.Code)
		back := fmt.Sprintf(`{"op":"transfer","to":%q,"compounds":[%q]}`, all[i].Code, v.Code)
		type tally struct {
			Moved []struct {
				Tier       string
				Households int
			}
			Effects struct {
				Counts, Posts []struct{ Grid struct{ Code string } }
			}
		}
		var once, twice tally
		a := s.edit(t, draft.ID, `{"edits":[`+give+`,`+back+`]}`)
		if a.status == 422 { // all that the other had
			continue
		}
		a.wants(200).into(&twice)
		if len(twice.Moved) > 0 || len(twice.Effects.Counts) > 0 || len(twice.Effects.Posts) > 0 {
			t.Errorf("there and back moved %+v", twice)
		}
		s.edit(t, draft.ID, `{"edits":[`+give+`,`+back+`,`+give+`]}`).wants(200).into(&once)
		if len(once.Moved) == 0 || once.Moved[0].Households == 0 {
			t.Errorf("there, back and there moved %+v", once)
		}
		return
	}
	t.Error("no compound can be given away")
}
