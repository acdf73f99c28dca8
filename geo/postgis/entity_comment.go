package postgis

import (
	"encoding/binary"
	"fmt"
	"time"

	"gridmap/geo"
	"gridmap/geo/topo"
)

var comments = &entity{
	name: geo.CommentEntity,
	columns: []string{"ref", "plan_id", "grid_id", "kind", "body", "author", "written", "sketch", "resolved_at", "resolved_by",
		"reply"},
	at:    "sketch",
	blank: func() geo.Record { return new(geo.Comment) },
	values: func(r geo.Record) ([]any, error) {
		m := r.(*geo.Comment)
		return []any{m.Ref, optional(m.Plan), optional(m.Grid), string(m.Kind), m.Text, m.Author, momentArg(m.Written),
			sketchEWKB(m.Sketch), momentArg(m.Resolved), m.ResolvedBy, m.Reply}, nil
	},
	read:  func(r *row) geo.Record { m := readComment(r); return &m },
	setID: func(r geo.Record, id int64) { r.(*geo.Comment).ID = geo.CommentID(id) },
	valid: func(r geo.Record) error { return r.(*geo.Comment).Validate() },
	move: func(ids newIDs, r geo.Record) error {
		return ids.toGridOrNone("grid", &r.(*geo.Comment).Grid)
	},
	key:    func(r geo.Record) any { return r.(*geo.Comment).Ref },
	narrow: "ref", narrowKey: func(r geo.Record) any { return r.(*geo.Comment).Ref },
	found: filters{grid: "grid_id", number: "ref", plan: "plan_id", open: "open"},
}

func readComment(r *row) geo.Comment {
	return geo.Comment{
		ID: geo.CommentID(r.int64()), Ref: r.text(), Plan: geo.PlanID(r.int64()), Grid: geo.GridID(r.int64()),
		Kind: geo.CommentKind(r.text()), Text: r.text(), Author: r.text(), Written: r.moment(), Sketch: r.sketch(),
		Resolved: r.moment(), ResolvedBy: r.text(), Reply: r.text(),
	}
}

// momentArg is a time as a parameter of a statement, null for none.
func momentArg(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// The geometries a sketch is kept as; an area is a polygon of one ring.
var sketchTypes = map[geo.SketchForm]uint32{
	geo.SketchPoint: wkbPoint, geo.SketchLine: wkbLine, geo.SketchArea: wkbPolygon,
}

const wkbLine = 2

// sketchEWKB encodes what was drawn, nil for nothing.
func sketchEWKB(s geo.Sketch) geometry {
	kind, drawn := sketchTypes[s.Form]
	if !drawn {
		return nil
	}
	b := appendHeader(make([]byte, 0, ewkbHeader+8+(len(s.Points)+1)*bytesPerVertex), kind|ewkbSRID)
	b = binary.LittleEndian.AppendUint32(b, srid)
	switch s.Form {
	case geo.SketchPoint:
		return appendVertex(b, s.Points[0])
	case geo.SketchArea:
		return appendRing(binary.LittleEndian.AppendUint32(b, 1), s.Points)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s.Points)))
	for _, p := range s.Points {
		b = appendVertex(b, p)
	}
	return b
}

// sketch reads what was drawn, none for null.
func (r *row) sketch() geo.Sketch {
	b := r.next(-1)
	if b == nil {
		return geo.Sketch{}
	}
	s, err := decodeSketch(b)
	if err != nil && r.err == nil {
		r.err = err
	}
	return s
}

// decodeSketch reads a sketch back onto the lattice.
func decodeSketch(b []byte) (geo.Sketch, error) {
	if len(b) < ewkbHeader {
		return geo.Sketch{}, fmt.Errorf("%w: cut short", errGeometry)
	}
	kind := binary.LittleEndian.Uint32(b[1:]) &^ ewkbSRID
	r := wkbReader{b: b}
	r.header(kind | ewkbSRID)
	r.uint32() // SRID
	switch kind {
	case wkbPoint:
		return geo.Sketch{Form: geo.SketchPoint, Points: []topo.Point{r.vertex()}}, r.end()
	case wkbPolygon:
		if r.uint32() != 1 {
			return geo.Sketch{}, fmt.Errorf("%w: not one ring", errGeometry)
		}
		return geo.Sketch{Form: geo.SketchArea, Points: r.ring()}, r.end()
	case wkbLine:
		points := make([]topo.Point, r.count(bytesPerVertex))
		for i := range points {
			points[i] = r.vertex()
		}
		return geo.Sketch{Form: geo.SketchLine, Points: points}, r.end()
	}
	return geo.Sketch{}, fmt.Errorf("%w: type %d", errGeometry, kind)
}
