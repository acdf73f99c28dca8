package topo

import "fmt"

// Limits of what is drawn in one edit. They are far above what a hand draws
// and bound the work that a stranger can ask for.
const (
	MaxLine   = 5_000   // points of a line or of one ring of a region
	MaxRegion = 100_000 // points of a region
)

// A LineError says why a drawn line cannot do what is asked, and where.
type LineError struct {
	Reason string // "crosses itself", "does not meet the ground" …
	At     Point  // the place, as near as is known
}

func (e *LineError) Error() string {
	lon, lat := e.At.LonLat()
	return fmt.Sprintf("the line %s at %.7f, %.7f", e.Reason, lon, lat)
}

// The reasons a [LineError] gives, besides those of rings.
const (
	LineTooLong    = "has more points than an edit may have"
	LineNoLength   = "has no length"
	LineClosed     = "is closed: draw it as a region"
	LineMisses     = "does not meet the ground"
	LineTouches    = "only touches the ground"
	LineStaysWhole = "leaves the ground in one piece"
	LineBothSides  = "comes back so that one piece lies on both its sides"
	LineOverlaps   = "meets ground where shapes overlap"
	LineWinds      = "winds around the old border"
	LineUnchanged  = "is the border as it stands"
	LineCrushes    = "runs along ground too narrow to have a border beside it"
)

// CheckLine returns nil for a line that can be drawn: two points or more, none
// repeated in a row, in range, open, neither crossing nor touching itself. The
// error is a *[LineError].
func CheckLine(line []Point) error {
	if len(line) > MaxLine {
		return &LineError{LineTooLong, line[0]}
	}
	if len(line) < 2 {
		return &LineError{Reason: LineNoLength}
	}
	for i, p := range line {
		switch {
		case !p.inRange():
			return &LineError{outOfRange, p}
		case i > 0 && p == line[i-1] && len(line) == 2:
			return &LineError{LineNoLength, p}
		case i > 0 && p == line[i-1]:
			return &LineError{repeated, p}
		}
	}
	if line[0] == line[len(line)-1] {
		return &LineError{LineClosed, line[0]}
	}
	return simpleLine(line)
}

// simpleLine asks that segments meet where one ends and the next begins only.
func simpleLine(line []Point) error {
	boxes := make([]Box, len(line)-1)
	for i := range boxes {
		boxes[i] = noBox.Extend(line[i]).Extend(line[i+1])
	}
	var bad *LineError
	within := closePairs(boxes, freePairs, func(i, j int32) bool {
		bad = lineMeets(line, min(i, j), max(i, j))
		return bad == nil
	})
	if bad != nil {
		return bad
	}
	if !within {
		return &LineError{tooIntricate, line[0]}
	}
	return nil
}

// lineMeets reports how segments i < j of a line meet where they should not.
func lineMeets(line []Point, i, j int32) *LineError {
	a, b, c, d := line[i], line[i+1], line[j], line[j+1]
	switch {
	case i == j:
		return nil
	case crosses(a, b, c, d):
		return &LineError{selfCross, crossing(a, b, c, d)}
	case i+1 == j: // b is c
		if onSegment(a, b, d) || onSegment(c, d, a) {
			return &LineError{spike, b}
		}
		return nil
	}
	for _, p := range [2]Point{c, d} {
		if onSegment(a, b, p) {
			return &LineError{selfTouch, p}
		}
	}
	for _, p := range [2]Point{a, b} {
		if onSegment(c, d, p) {
			return &LineError{selfTouch, p}
		}
	}
	return nil
}

// onSegment reports whether p lies on the closed segment ab.
func onSegment(a, b, p Point) bool {
	return orient(a, b, p) == 0 && noBox.Extend(a).Extend(b).Contains(p)
}

// CheckRegion returns nil for a region that can be given: drawn, valid and
// within the limits. The error is a *[LineError] or a *[RingError].
func CheckRegion(region Shape) error {
	if region.Vertices() == 0 {
		return &LineError{Reason: LineNoLength}
	}
	if region.Vertices() > MaxRegion {
		return &LineError{Reason: LineTooLong}
	}
	for ring := range region.rings {
		if len(ring) > MaxLine {
			return &LineError{LineTooLong, ring[0]}
		}
	}
	return region.Validate()
}

// CheckPoint returns nil for a point within ±180, ±90 degrees, else a
// *[LineError].
func CheckPoint(p Point) error {
	if !p.inRange() {
		return &LineError{outOfRange, p}
	}
	return nil
}
