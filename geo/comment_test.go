package geo

import (
	"errors"
	"slices"
	"testing"
	"time"

	"gridmap/geo/topo"
)

func TestCommentValidate(t *testing.T) {
	t.Parallel()
	whole := Comment{Ref: "r", Plan: 1, Kind: Remark, Text: "t", Author: "a", Written: time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)}
	if err := whole.Validate(); err != nil {
		t.Fatal(err)
	}
	at := topo.Point{X: 1_105_000_000, Y: 375_000_000}
	for field, change := range map[string]func(*Comment){
		"ref":         func(m *Comment) { m.Ref = "" },
		"plan":        func(m *Comment) { m.Plan = -1 },
		"grid":        func(m *Comment) { m.Grid = -1 },
		"kind":        func(m *Comment) { m.Kind = "order" },
		"text":        func(m *Comment) { m.Text = "" },
		"author":      func(m *Comment) { m.Author = "" },
		"written":     func(m *Comment) { m.Written = time.Time{} },
		"resolved_at": func(m *Comment) { m.Resolved = time.Date(12, 1, 1, 0, 0, 0, 0, time.UTC) },
		"resolved_by": func(m *Comment) { m.ResolvedBy = "b" },
		"reply":       func(m *Comment) { m.Reply = string(make([]byte, 1)) },
		"sketch":      func(m *Comment) { m.Plan = 0 },
	} {
		m := whole
		change(&m)
		var invalid *InvalidError
		if err := m.Validate(); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, s := range []struct {
		form SketchForm
		n    int
		ok   bool
	}{{"", 0, true}, {"", 1, false}, {SketchPoint, 1, true}, {SketchPoint, 2, false}, {SketchLine, 1, false}, {SketchLine, 2, true},
		{SketchLine, MaxSketch, true}, {SketchLine, MaxSketch + 1, false}, {SketchArea, 2, false}, {SketchArea, 3, true}, {"circle", 3, false}} {
		m := whole
		m.Sketch = Sketch{s.form, slices.Repeat([]topo.Point{at}, s.n)}
		if err := m.Validate(); (err == nil) != s.ok {
			t.Errorf("%q of %d points: %v", s.form, s.n, err)
		}
	}
}
