package api

import (
	"errors"
	"net/http"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/topo"
)

// matterAnswer says who answers for a matter in a place.
type matterAnswer struct {
	Code     string `json:"code"`
	Admitted bool   `json:"admitted"`
	// Reason says why a batch's point does not admit it.
	Reason     string     `json:"reason,omitempty"`
	Name       *geo.Name  `json:"name,omitempty"`
	Group      string     `json:"group,omitempty"`
	Department *geo.Name  `json:"department,omitempty"`
	Grid       *refJSON   `json:"grid,omitempty"`  // the one that takes it
	Chain      []refJSON  `json:"chain,omitempty"` // from the territory down to it
	Role       string     `json:"role,omitempty"`
	Answers    []postJSON `json:"answers,omitempty"`
}

// askedMatter returns the code of the matter that is asked about; one that no
// catalogue of the plans has is refused.
func askedMatter(r *http.Request, plans []*atlas.Atlas) (string, error) {
	code := queryOf(r).Get("matter")
	if code == "" {
		if queryOf(r).Has("matter") {
			return "", bad("matter", "is empty")
		}
		return "", nil
	}
	known := len(plans) == 0 // nobody covers anything on that day
	for _, a := range plans {
		if _, listed := a.Matter(code); listed {
			known = true
		}
	}
	if known {
		return code, nil
	}
	return "", bad("matter", "no catalogue has the matter %q", clip(code))
}

// matter answers for a matter at a point of a leaf. Error: *[geo.MatterError].
func (v view) matter(code string, at topo.Point, leaf int) (*matterAnswer, error) {
	m, known := v.a.Matter(code)
	if !known { // another territory's catalogue has it
		return nil, &geo.MatterError{Matter: geo.Matter{Code: code}, Grid: v.s.Grids[leaf].Code}
	}
	taken, err := v.a.Take(m, at, leaf, v.asOf)
	if err != nil {
		return nil, err
	}
	grid := v.ref(taken.Grid)
	answer := &matterAnswer{Code: m.Code, Admitted: true, Name: &m.Name, Group: m.Group, Department: &m.Department,
		Grid: &grid, Chain: v.chain(taken.Grid), Role: m.Role}
	if answer.Role == "" {
		answer.Role = leaderRole
	}
	if taken.At >= 0 {
		answer.Answers = v.showPosts(taken.Posts, taken.At)
	}
	return answer, nil
}

// writeMatter answers who covers a point and who answers there for a matter.
func writeMatter(w http.ResponseWriter, v view, code string, at topo.Point, leaf int) error {
	matter, err := v.matter(code, at, leaf)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Gridmap-Revision", revisionText(v.a.Revision()))
	overlays := []overlayJSON{}
	if over := v.a.Overlays(at); len(over) > 0 {
		overlays = v.overlays(over)
	}
	return writeJSON(w, http.StatusOK, locatedJSON{positionJSON(at), v.asOf, v.located(leaf), overlays, matter})
}

// leaderRole answers for a matter that names no role.
const leaderRole = "leader"

// matterTold is what a batch tells of a matter at a point: who answers, or why
// nobody does.
func (v view) matterTold(code string, at topo.Point, leaf int) *matterAnswer {
	answer, err := v.matter(code, at, leaf)
	var refused *geo.MatterError
	if errors.As(err, &refused) {
		return &matterAnswer{Code: code, Reason: refused.Reason()}
	}
	return answer
}

// matterMessage says in both languages that a matter is not admitted.
func matterMessage(e *geo.MatterError) *check.Message {
	zh := "事项 " + e.Matter.Code + e.Matter.Name.ZH
	switch {
	case e.Day != 0:
		zh += " 在 " + e.Day.String() + " 不在清单内，网格 " + e.Grid + " 不予受理"
	case !e.Matter.Admitted:
		zh += " 未准入，网格 " + e.Grid + " 不予受理"
	default:
		zh += " 不属于网格 " + e.Grid + " 的受理范围"
	}
	return &check.Message{ZH: zh, EN: e.Error()}
}
