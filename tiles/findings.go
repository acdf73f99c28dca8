package tiles

import (
	"hash/fnv"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/tiles/mesh"
	"gridmap/tiles/mvt"
)

// findings are those of a day that have a place.
type findings struct {
	day    geo.Date
	list   []check.Finding
	ground *mesh.Mesh[int32] // by ID 1 + index into list
	points []int32           // indexes of findings at a point
}

// mostFindings is how many findings are drawn at most: more than any plan has
// that somebody can work on.
const mostFindings = 1_000_000

// found returns the findings of the day, with an error of the check.
func (p *Picture) found(day geo.Date) (findings, error) {
	c := p.a.Counted(day)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.findings.day == c.AsOf {
		return p.findings, nil
	}
	report, err := p.a.Check(check.Question{AsOf: c.AsOf, MaxFindings: mostFindings})
	if err != nil {
		return findings{}, err
	}
	f := findings{day: c.AsOf, list: report.Findings}
	var faces []mesh.Face[int32]
	for i := range f.list {
		switch {
		case len(f.list[i].Region) > 0:
			faces = append(faces, mesh.Face[int32]{ID: int64(i) + 1, Shape: f.list[i].Region, Tag: int32(i)})
		case f.list[i].At != nil:
			f.points = append(f.points, int32(i))
		}
	}
	f.ground = mesh.Build(faces)
	p.findings = f
	return f, nil
}

// featureID returns a number for the finding that stays the same and that
// JavaScript can hold.
func featureID(f *check.Finding) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(f.ID)) // never fails
	return h.Sum64()>>11 | 1
}

func (v *view) drawFindings(d *desk) error {
	found, err := v.found(v.q.Day)
	if err != nil {
		return err
	}
	l := &d.layer
	names := [...]string{"finding", "rule", "severity", "tier", "code", "message_zh", "message_en"}
	for i, name := range names {
		d.keys[i] = l.Key(name)
	}
	begin := func(f *check.Finding, kind mvt.GeomType) {
		l.Begin(featureID(f), kind)
		for i, text := range [...]string{f.ID, string(f.Rule), string(f.Severity), f.Tier, f.Subject.Code, f.Message.ZH, f.Message.EN} {
			if text != "" {
				l.Tag(d.keys[i], l.String(text))
			}
		}
	}
	found.ground.Draw(v.tile, &d.pen, func(s *mesh.Sight[int32]) {
		begin(&found.list[*s.Tag], mvt.PolygonType)
		l.Path(s.Path)
		l.End()
	})
	for _, i := range found.points {
		f := &found.list[i]
		if at := mesh.Project(*f.At); v.tile.Shows(at) {
			begin(f, mvt.PointType)
			d.point[0] = v.tile.At(at)
			l.Points(d.point[:])
			l.End()
		}
	}
	return nil
}

// sumFindings says what findings the tile shows. They are few, and their
// numbers change with the list, so they are drawn for it.
func (v *view) sumFindings(d *desk) (uint64, error) {
	d.layer.Reset(nil, v.q.Layer)
	if err := v.drawFindings(d); err != nil {
		return 0, err
	}
	return uint64(digest(0).text(string(d.layer.Tile()))), nil
}
