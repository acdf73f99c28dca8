package api

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"time"

	"gridmap/geo"
	"gridmap/geo/exchange"
	"gridmap/geo/topo"
)

type commentJSON struct {
	ID         geo.CommentID   `json:"id,omitempty"`
	Ref        string          `json:"ref"`
	Plan       geo.PlanID      `json:"plan,omitempty"`
	Grid       geo.GridID      `json:"grid,omitempty"`
	GridCode   string          `json:"grid_code,omitempty"`
	Kind       geo.CommentKind `json:"kind"`
	Text       string          `json:"text"`
	Author     string          `json:"author"`
	Written    time.Time       `json:"written"`
	Sketch     *sketchJSON     `json:"sketch,omitempty"`
	Resolved   bool            `json:"resolved"`
	ResolvedAt time.Time       `json:"resolved_at,omitzero"`
	ResolvedBy string          `json:"resolved_by,omitempty"`
	Reply      string          `json:"reply,omitempty"`
}

func showComment(r geo.Record) any {
	m := r.(*geo.Comment)
	j := commentJSON{ID: m.ID, Ref: m.Ref, Plan: m.Plan, Grid: m.Grid, Kind: m.Kind, Text: m.Text, Author: m.Author, Written: m.Written,
		Resolved: !m.Resolved.IsZero(), ResolvedAt: m.Resolved, ResolvedBy: m.ResolvedBy, Reply: m.Reply}
	if m.Sketch.Form != "" {
		j.Sketch = (*sketchJSON)(&m.Sketch)
	}
	return j
}

// record fills in what the service knows: when, who and a ref of its own. An
// open comment has no end, whatever the patch left standing.
func (j *commentJSON) record(c *codes) (geo.Record, error) {
	m := &geo.Comment{ID: j.ID, Ref: j.Ref, Plan: j.Plan, Grid: j.Grid, Kind: j.Kind, Text: j.Text, Author: j.Author,
		Written: onClock(j.Written), Resolved: onClock(j.ResolvedAt), ResolvedBy: j.ResolvedBy, Reply: j.Reply}
	if m.Ref == "" {
		m.Ref = rand.Text()
	}
	if m.Kind == "" {
		m.Kind = geo.Remark
	}
	if m.Author == "" {
		m.Author = c.by
	}
	now := onClock(c.server.now())
	if m.Written.IsZero() {
		m.Written = now
	}
	switch {
	case !j.Resolved:
		m.Resolved, m.ResolvedBy = time.Time{}, ""
	case m.Resolved.IsZero():
		m.Resolved = now
	}
	if j.Resolved && m.ResolvedBy == "" {
		m.ResolvedBy = c.by
	}
	if j.Sketch != nil {
		m.Sketch = geo.Sketch(*j.Sketch)
	}
	return m, firstError(c.grid("grid_code", j.GridCode, &m.Grid), m.Validate())
}

// onClock is a time as it is kept: in UTC and to the millisecond.
func onClock(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// A sketchJSON is what was drawn by hand: a GeoJSON Point, LineString or
// Polygon of one ring.
type sketchJSON geo.Sketch

// MarshalJSON writes the geometry.
func (s sketchJSON) MarshalJSON() ([]byte, error) {
	if s.Form == geo.SketchPoint {
		return exchange.AppendPoint(nil, s.Points[0]), nil
	}
	points, kind, open, shut := s.Points, "LineString", "[", "]}"
	if s.Form == geo.SketchArea {
		points, kind, open, shut = append(points[:len(points):len(points)], points[0]), "Polygon", "[[", "]]}"
	}
	b := append([]byte(`{"type":"`+kind+`","coordinates":`), open...)
	for i, p := range points {
		if i > 0 {
			b = append(b, ',')
		}
		b = exchange.AppendPosition(b, p)
	}
	return append(b, shut...), nil
}

// UnmarshalJSON reads the geometry.
func (s *sketchJSON) UnmarshalJSON(raw []byte) error {
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	g, err := readGeometry(raw)
	if err != nil {
		return err
	}
	var positions []editPosition
	switch g.Type {
	case "Point":
		s.Form, positions = geo.SketchPoint, make([]editPosition, 1)
		err = g.read(&positions[0])
	case "LineString":
		s.Form = geo.SketchLine
		err = g.read(&positions)
	case "Polygon":
		s.Form = geo.SketchArea
		positions, err = onlyRing(g)
	default:
		err = wholeError(fmt.Sprintf("is a GeoJSON %q, want a Point, LineString or Polygon", clip(g.Type)))
	}
	if err != nil {
		return err
	}
	if len(positions) > geo.MaxSketch {
		return wholeError(fmt.Sprintf("has more than %d points", geo.MaxSketch))
	}
	s.Points = make([]topo.Point, len(positions))
	for i, p := range positions {
		if s.Points[i], err = topo.Snap(p[0], p[1]); err != nil {
			return err
		}
	}
	return nil
}

// onlyRing reads a polygon of one closed ring and drops the repeated point.
func onlyRing(g geometryJSON) ([]editPosition, error) {
	var rings [][]editPosition
	if err := g.read(&rings); err != nil {
		return nil, err
	}
	switch {
	case len(rings) != 1:
		return nil, wholeError(fmt.Sprintf("is a polygon of %d rings, want one", len(rings)))
	case len(rings[0]) < 4:
		return nil, wholeError(fmt.Sprintf("has a ring of %d positions, want four or more", len(rings[0])))
	case rings[0][0] != rings[0][len(rings[0])-1]:
		return nil, wholeError("has a ring that does not end where it begins")
	}
	return rings[0][:len(rings[0])-1], nil
}

// commentFeatures writes comments as a collection that GIS programs open: the sketch
// of each is its geometry.
func commentFeatures(shown []any) collectionJSON {
	all := collectionJSON{Type: "FeatureCollection", Features: make([]featureJSON, len(shown))}
	for i := range shown {
		j := shown[i].(commentJSON)
		f := featureJSON{Type: "Feature", ID: j.ID, Geometry: j.Sketch}
		j.Sketch = nil
		f.Properties = j
		all.Features[i] = f
	}
	return all
}
