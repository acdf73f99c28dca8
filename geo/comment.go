package geo

import (
	"math"
	"time"

	"gridmap/geo/topo"
)

// A CommentKind says what whoever wrote a comment wants of it.
type CommentKind string

const (
	Remark     CommentKind = "remark"     // to be read
	Correction CommentKind = "correction" // a boundary or a place is wrong: to be put right
)

// A Comment is what somebody says about a plan, a grid or a place. It divides
// nothing and counts nothing; it stays when its grid is gone.
type Comment struct {
	ID      CommentID   `json:"id"`
	Ref     string      `json:"ref"`            // opaque; the key of bulk upserts, so that a repeat is harmless
	Plan    PlanID      `json:"plan,omitempty"` // the plan or draft it is about, 0: the ground, whatever the plan
	Grid    GridID      `json:"grid,omitempty"` // 0 for none
	Kind    CommentKind `json:"kind"`
	Text    string      `json:"text"`
	Author  string      `json:"author"`
	Written time.Time   `json:"written"`
	Sketch  Sketch      `json:"sketch,omitzero"`
	// Resolved is when it was settled, zero while it is open; ResolvedBy says by
	// whom and Reply what came of it.
	Resolved   time.Time `json:"resolved_at,omitzero"`
	ResolvedBy string    `json:"resolved_by,omitempty"`
	Reply      string    `json:"reply,omitempty"`
}

// A SketchForm says what the points of a sketch are.
type SketchForm string

const (
	SketchPoint SketchForm = "point" // one point
	SketchLine  SketchForm = "line"  // two or more
	SketchArea  SketchForm = "area"  // three or more, the last joined to the first
)

// A Sketch is what was drawn by hand to say where. It may cross itself and is
// never ground. The zero Sketch is none.
type Sketch struct {
	Form   SketchForm   `json:"form"`
	Points []topo.Point `json:"points"`
}

// MaxSketch is the most points of a sketch: a finger that draws for half a
// minute leaves fewer.
const MaxSketch = 2_000

// Key names the record.
func (m *Comment) Key() (Entity, int64) { return CommentEntity, int64(m.ID) }

// Validate returns an *[InvalidError] for the first field that cannot be.
// Whether the plan and the grid exist is for the store to say.
func (m *Comment) Validate() error {
	var c checker
	c.word("ref", m.Ref)
	c.between("plan", int64(m.Plan), 0, math.MaxInt64)
	c.between("grid", int64(m.Grid), 0, math.MaxInt64)
	oneOf(&c, "kind", m.Kind, Remark, Correction)
	if m.Text == "" {
		c.fail("text", "is empty")
	}
	c.text("text", m.Text, maxText)
	c.word("author", m.Author)
	c.moment("written", m.Written)
	m.Sketch.check(&c)
	if m.Plan == 0 && m.Grid == 0 && m.Sketch.Form == "" {
		c.fail("sketch", "is missing, and neither grid nor plan says what the comment is about")
	}
	if !m.Resolved.IsZero() {
		c.moment("resolved_at", m.Resolved)
		c.word("resolved_by", m.ResolvedBy)
	} else if m.ResolvedBy != "" {
		c.fail("resolved_by", "is given, but the comment is open")
	}
	c.text("reply", m.Reply, maxText)
	return c.err()
}

func (s *Sketch) check(c *checker) {
	least := map[SketchForm]int{"": 0, SketchPoint: 1, SketchLine: 2, SketchArea: 3}
	n, known := least[s.Form]
	switch {
	case !known:
		c.fail("sketch", "%q is none of point, line, area", string(s.Form))
	case len(s.Points) < n, len(s.Points) > n && n < 2:
		c.fail("sketch", "a %s of %d points", s.Form, len(s.Points))
	case len(s.Points) > MaxSketch:
		c.fail("sketch", "has more than %d points", MaxSketch)
	}
	for _, p := range s.Points {
		c.place("sketch", p)
	}
}

// moment tests a time that must be given and stored to the microsecond.
func (c *checker) moment(field string, t time.Time) {
	if y := t.Year(); t.IsZero() || y < 1900 || y > 9999 {
		c.fail(field, "is no time from 1900 to 9999")
	}
}
