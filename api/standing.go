package api

import (
	"math"
	"net/http"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/topo"
)

var standingQuery = []string{"min_revision", "as_of", "unit"}

// mostAlarms is how many alarms are listed at most; the counts know of all.
const mostAlarms = 100

// The kinds of alarm there are.
const (
	noLeader = "no_leader" // nobody leads or serves in the grid (STF-1)
	inGap    = "gap"       // ground that no grid takes (GEO-4)
	tooFew   = "short"     // fewer people serve than a standard asks for
)

// A standingJSON says how a unit and each of its parts stand on a day: what a
// wall shows. Every figure is that of the check of the same unit.
type standingJSON struct {
	Plan     geo.PlanID     `json:"plan"`
	Revision geo.Revision   `json:"revision"`
	AsOf     geo.Date       `json:"as_of"`
	Unit     gridJSON       `json:"unit"`
	Chain    []refJSON      `json:"chain"` // from the territory down to the unit
	Pass     bool           `json:"pass"`
	Summary  *check.Summary `json:"summary"`
	Counts   alarmsJSON     `json:"alarm_counts"`
	Places   []standJSON    `json:"places"` // the unit's parts, in the plan's order
	Alarms   []alarmJSON    `json:"alarms"`
}

// alarmsJSON counts alarms by kind; Short is how many people the worst of the
// standards lacks in all, which is not the sum over standards, as one person can
// count for several.
type alarmsJSON struct {
	NoLeader int   `json:"no_leader"`
	Gap      int   `json:"gap"`
	Short    int   `json:"short"`
	Lacking  int64 `json:"lacking"`

	lacks map[geo.RuleID]int64
}

// A standJSON is one part of a unit.
type standJSON struct {
	refJSON
	Drawn  bool        `json:"drawn"`
	Bounds *boundsJSON `json:"bounds"`
	Counts geo.Tally   `json:"counts"`
	Alarms alarmsJSON  `json:"alarms"`
}

// An alarmJSON is one thing that somebody must see to.
type alarmJSON struct {
	Kind     string        `json:"kind"`
	Rule     geo.RuleID    `json:"rule"`
	Severity geo.Severity  `json:"severity"`
	Subject  check.Subject `json:"subject"`
	Place    geo.GridID    `json:"place,omitempty"` // the part it lies in
	Lacking  int64         `json:"lacking,omitempty"`
	At       *positionJSON `json:"at"` // null when it has no place on the map
	Message  check.Message `json:"message"`
}

// getStanding handles GET /v1/plans/{p}/standing.
func (s *Server) getStanding(w http.ResponseWriter, r *http.Request) error {
	day, err := s.asOf(r)
	if err != nil {
		return err
	}
	a, err := s.picture(r, Counts)
	if err != nil {
		return err
	}
	top, code := 0, r.URL.Query().Get("unit")
	if code != "" {
		var known bool
		if top, known = a.Tree().ByCode(code); !known {
			return bad("unit", "the plan has no grid %q", clip(code))
		}
	}
	if fresh(w, r, etag(a.Revision(), int32(day), code), a.Revision()) {
		return nil
	}
	answer, err := showStanding(viewOf(a, day), top)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, answer)
}

// showStanding asks the unit at a position.
func showStanding(v view, top int) (standingJSON, error) {
	report, err := askUnit(v.a, v.asOf, top)
	if err != nil {
		return standingJSON{}, err
	}
	j := standingJSON{Plan: v.s.Plan.ID, Revision: v.a.Revision(), AsOf: v.asOf, Unit: v.grid(top, false),
		Chain: v.chain(top), Pass: report.Pass, Summary: &report.Summary, Places: []standJSON{}, Alarms: []alarmJSON{}}
	parts := map[int]int{} // index into Places by position
	for _, child := range v.a.Tree().Children(top) {
		i := int(child)
		g := v.grid(i, false)
		if g.Rest || g.Kind != geo.General {
			continue
		}
		parts[i] = len(j.Places)
		j.Places = append(j.Places, standJSON{refJSON: v.ref(i), Drawn: g.Drawn, Bounds: g.Bounds, Counts: g.Counts})
	}
	lacking := shortUnits(&report)
	for i := range report.Findings {
		f := &report.Findings[i]
		alarm, is := v.alarm(f, lacking)
		if !is {
			continue
		}
		j.Counts.add(alarm)
		if k, in := parts[v.partOf(f, top)]; in {
			j.Places[k].Alarms.add(alarm)
			alarm.Place = j.Places[k].ID
		}
		if len(j.Alarms) < mostAlarms {
			j.Alarms = append(j.Alarms, alarm)
		}
	}
	return j, nil
}

// askUnit checks one unit, with all its findings.
func askUnit(a *atlas.Atlas, day geo.Date, top int) (check.Report, error) {
	q := check.Question{AsOf: day, MaxFindings: math.MaxInt32}
	if top != 0 {
		q.Scope.Divisions = []string{a.Records().Grids[top].Code}
	}
	return a.Check(q)
}

// A standardOf names what one standard asks of one unit.
type standardOf struct {
	rule  geo.RuleID
	code  string
	about string
}

// shortUnits returns how many people each unit lacks by each standard of
// people.
func shortUnits(report *check.Report) map[standardOf]int64 {
	short := map[standardOf]int64{}
	for i := range report.Units {
		u := &report.Units[i]
		if u.Short > 0 && (u.Counts == "workers" || u.Counts == "full_posts") {
			short[standardOf{u.Rule, u.Code, u.About}] = u.Short
		}
	}
	return short
}

// alarm returns the alarm that a finding raises, if it raises one. What is
// waived raises none.
func (v view) alarm(f *check.Finding, lacking map[standardOf]int64) (alarmJSON, bool) {
	j := alarmJSON{Rule: f.Rule, Severity: f.Severity, Subject: f.Subject, Message: f.Message, At: v.placeOf(f)}
	j.Lacking = lacking[standardOf{f.Rule, f.Subject.Code, f.About}]
	switch {
	case f.Waived != nil:
		return j, false
	case f.Rule == geo.RuleUnstaffed:
		j.Kind = noLeader
	case f.Rule == geo.RuleGap:
		j.Kind = inGap
	case j.Lacking > 0:
		j.Kind = tooFew
	default:
		return j, false
	}
	return j, true
}

// placeOf returns where a finding is: inside its ground, at its point, or
// inside the grid it is about.
func (v view) placeOf(f *check.Finding) *positionJSON {
	var at topo.Point
	switch {
	case len(f.Region) > 0:
		at = f.Region.InteriorPoint()
	case f.At != nil:
		at = *f.At
	default:
		i, known := v.subjectOf(f)
		if !known || len(v.a.Ground(i).Shape) == 0 {
			return nil
		}
		at = v.a.Ground(i).Interior
	}
	position := positionJSON(at)
	return &position
}

// subjectOf returns the position of the grid or division a finding is about.
func (v view) subjectOf(f *check.Finding) (int, bool) {
	if f.Subject.Type != "grid" && f.Subject.Type != "division" {
		return 0, false
	}
	return v.a.Tree().Index(geo.GridID(f.Subject.ID))
}

// partOf returns the child of the unit in which a finding lies, -1 where it
// is about the unit itself.
func (v view) partOf(f *check.Finding, top int) int {
	i, known := v.subjectOf(f)
	if !known {
		return -1
	}
	for i >= 0 && v.a.Tree().Parent(i) != top {
		i = v.a.Tree().Parent(i)
	}
	return i
}

// add counts an alarm.
func (c *alarmsJSON) add(alarm alarmJSON) {
	switch alarm.Kind {
	case noLeader:
		c.NoLeader++
	case inGap:
		c.Gap++
	case tooFew:
		c.Short++
		if c.lacks == nil {
			c.lacks = map[geo.RuleID]int64{}
		}
		c.lacks[alarm.Rule] += alarm.Lacking
		c.Lacking = max(c.Lacking, c.lacks[alarm.Rule])
	}
}
