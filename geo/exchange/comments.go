package exchange

import (
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// CommentsFile is the file of a folder with what people say about the plan in
// it, about grids and places.
const CommentsFile = "comments.json"

// A commentMember is a comment without its ID. Grid is a code; what was drawn is
// a GeoJSON Point, LineString or Polygon of one ring.
type commentMember struct {
	Ref        string            `json:"ref"`
	OfPlan     bool              `json:"of_plan,omitempty"` // about the folder's plan; else about the ground, whatever the plan
	Grid       string            `json:"grid,omitempty"`
	Kind       geo.CommentKind   `json:"kind"`
	Text       string            `json:"text"`
	Author     string            `json:"author"`
	Written    time.Time         `json:"written"`
	Sketch     *geojson.Geometry `json:"sketch,omitempty"`
	ResolvedAt time.Time         `json:"resolved_at,omitzero"`
	ResolvedBy string            `json:"resolved_by,omitempty"`
	Reply      string            `json:"reply,omitempty"`
}

// A CommentRow is a comment as a file gives it: its plan is that of the folder
// or none, Grid the code of its grid, and Drawn what it draws.
type CommentRow struct {
	geo.Comment
	Grid  string
	Drawn *geojson.Geometry
}

// folderPlan stands for the plan of a folder in its comments.
const folderPlan geo.PlanID = 1

// Comments reads an array of comments as strictly as [Profiles] does.
func Comments(src io.Reader, opts Options) iter.Seq2[Listed[CommentRow], error] {
	return elements(src, opts, func(m commentMember) CommentRow {
		row := CommentRow{Grid: m.Grid, Drawn: m.Sketch, Comment: geo.Comment{Ref: m.Ref, Kind: m.Kind, Text: m.Text, Author: m.Author,
			Written: onClock(m.Written), Resolved: onClock(m.ResolvedAt), ResolvedBy: m.ResolvedBy, Reply: m.Reply}}
		if m.OfPlan {
			row.Plan = folderPlan
		}
		return row
	})
}

// onClock is a time as it is kept: in UTC and to the millisecond.
func onClock(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// WriteComments writes comments as [Comments] reads them; s is the snapshot that
// their grids stand in. One whose grid nobody can name any more is written
// without it, if it says where by a sketch or is about the plan.
func WriteComments(w io.Writer, s *geo.Snapshot, comments []geo.Comment) error {
	codes := newCoder(s).codes
	list := make([]commentMember, 0, len(comments))
	for _, c := range comments {
		m := commentMember{Ref: c.Ref, OfPlan: c.Plan != 0, Grid: codes[c.Grid], Kind: c.Kind, Text: c.Text, Author: c.Author, Written: c.Written,
			Sketch: geometryOf(c.Sketch), ResolvedAt: c.Resolved, ResolvedBy: c.ResolvedBy, Reply: c.Reply}
		if m.OfPlan || m.Grid != "" || m.Sketch != nil {
			list = append(list, m)
		}
	}
	return writeArray(w, list)
}

// geometryOf turns a sketch into GeoJSON, nil for none.
func geometryOf(s geo.Sketch) *geojson.Geometry {
	line := make(orb.LineString, len(s.Points))
	for i, p := range s.Points {
		lon, lat := p.LonLat()
		line[i] = orb.Point{lon, lat}
	}
	switch s.Form {
	case geo.SketchPoint:
		return geojson.NewGeometry(line[0])
	case geo.SketchLine:
		return geojson.NewGeometry(line)
	case geo.SketchArea:
		return geojson.NewGeometry(orb.Polygon{orb.Ring(append(line, line[0]))})
	}
	return nil
}

// sketchOf turns GeoJSON into a sketch, the zero one for nil. The error is an
// *[geo.InvalidError] of the field sketch.
func sketchOf(g *geojson.Geometry) (geo.Sketch, error) {
	if g == nil {
		return geo.Sketch{}, nil
	}
	var s geo.Sketch
	var line []orb.Point
	switch shape := g.Geometry().(type) {
	case orb.Point:
		s.Form, line = geo.SketchPoint, []orb.Point{shape}
	case orb.LineString:
		s.Form, line = geo.SketchLine, shape
	case orb.Polygon:
		if len(shape) != 1 || len(shape[0]) < 4 || !shape[0].Closed() {
			return s, &geo.InvalidError{Field: "sketch", Reason: "is no polygon of one closed ring"}
		}
		s.Form, line = geo.SketchArea, shape[0][:len(shape[0])-1]
	default:
		return s, &geo.InvalidError{Field: "sketch", Reason: fmt.Sprintf("is a GeoJSON %q, want a Point, LineString or Polygon", g.Type)}
	}
	if len(line) > geo.MaxSketch {
		return s, &geo.InvalidError{Field: "sketch", Reason: fmt.Sprintf("has more than %d points", geo.MaxSketch)}
	}
	for _, at := range line {
		p, err := topo.Snap(at.Lon(), at.Lat())
		if err != nil {
			return s, &geo.InvalidError{Field: "sketch", Reason: err.Error()}
		}
		s.Points = append(s.Points, p)
	}
	return s, nil
}

// Comments returns the comments whose grids are in the territory, or were; the
// others are problems. Call it when all grids have been added.
func (a *Assembly) Comments(file string, seq iter.Seq2[Listed[CommentRow], error]) []geo.Comment {
	list := []geo.Comment{}
	addListed(a, file, seq, func(c *CommentRow) string { return c.Ref }, func(c *CommentRow) (err error) {
		if c.Sketch, err = sketchOf(c.Drawn); err != nil {
			return err
		}
		if c.Grid != "" {
			if err := (&geo.Grid{Code: c.Grid, Kind: geo.General}).Validate(); err != nil { // it was a grid's
				return &geo.InvalidError{Field: "grid", Reason: err.Error()}
			}
			c.Comment.Grid = a.formerly(c.Grid)
		}
		if err := c.Comment.Validate(); err != nil {
			return err
		}
		if a.twice(geo.CommentEntity, c.Ref) {
			return &geo.InvalidError{Field: "ref", Reason: "stands twice"}
		}
		list = append(list, c.Comment)
		return nil
	})
	return list
}
