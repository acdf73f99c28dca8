package redraw

import (
	"errors"
	"fmt"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// An Edit is one planner action on a drawing: [Split], [Merge], [Reshape],
// [Transfer], [Fill], [Create], [Retire], [Set], [Move] or [Renumber].
type Edit interface {
	apply(*draft) error
}

// A Straddling says what becomes of the grids under an edited one that lie on
// both sides of the new line. Grids wholly on one side follow it.
type Straddling string

const (
	// Cut makes two grids of one; the part with more households keeps code
	// and identity. It is what an edit does that says nothing.
	Cut Straddling = "cut"
	// LargerShare leaves the grid whole and puts it where the larger part of
	// its ground lies, so that the border runs where it can.
	LargerShare Straddling = "larger_share"
	// Absorb gives the ground that changes hands to the grid over there that
	// has the longest border with it. A split cannot ask for it.
	Absorb Straddling = "absorb"
)

// Split cuts a grid in two along a line. The part with more households keeps
// identity and code; the other is a new grid with the next free number.
// Exclaves that the line does not reach stay with the part that keeps them.
type Split struct {
	Grid       geo.GridID
	Line       []topo.Point // may begin and end outside the grid
	ToleranceM float64      // snaps the line to vertices and edges this near
	Straddling Straddling
	Name       geo.Name // of the new grid; empty: that of the old
}

// Merge makes one grid of siblings of one kind that hang together, or of
// overlays of one tier and kind wherever they lie. Siblings may stand in
// different tiers, where a parent is divided into grids and smaller ones side by
// side. The oldest keeps identity, code and tier, unless Keep names another of
// them.
type Merge struct {
	Grids []geo.GridID
	Keep  geo.GridID
}

// Reshape replaces a stretch of a grid's border with its siblings by a line
// that begins and ends on that border; all who have it follow. Of an overlay
// it replaces a stretch of its own border, whatever lies under it.
type Reshape struct {
	Grid geo.GridID
	// With, when given, is the only sibling whose border changes. Else, of
	// the two ways round from the line's first to its last point, the stretch
	// is the one that keeps off the parent's border, or the shorter.
	With       geo.GridID
	Line       []topo.Point
	ToleranceM float64
	Straddling Straddling // empty: [Absorb]
}

// Transfer gives ground to a grid: that of a region, of compounds, or of grids
// of a lower tier, which go as they are with all under them. It is taken from
// its siblings, or from those named in From. A sibling that would be left
// without ground is a reason to refuse. A grid not drawn yet is drawn by it. An
// overlay takes the ground without anyone losing it, but for overlays named in
// From.
type Transfer struct {
	To         geo.GridID
	Region     topo.Shape
	Compounds  []geo.Compound // as they stand; each must be drawn
	Grids      []geo.GridID   // children of siblings
	From       []geo.GridID
	ToleranceM float64
	Straddling Straddling
}

// Fill gives a grid ground of its parent that none of the parent's grids holds.
// It takes the gaps that Region means, each as a whole: those whose inner point
// lies in it, and the one that its own inner point lies in. A divided grid
// hands a gap on to the grid under it that has the longest border with it. A
// grid not drawn yet is drawn by it, so that a new one can be made of a gap.
//
// No other edit changes how much ground the grids of a parent have in all. The
// proof of this one is that the ground is the parent's and no child's; outlines
// stay from the parent up.
type Fill struct {
	To     geo.GridID
	Region topo.Shape
}

// Create makes a grid. A general one with a boundary takes its ground from
// its siblings; in a parent that has none yet, the ground it leaves becomes
// its sibling, in a tier that need not be complete a Rest. A dedicated grid of
// a tier with holes takes its ground so too; other dedicated grids and task
// grids lie over the general ones, inside the territory.
type Create struct {
	Grid       geo.Grid // ID and Hole are ignored; an empty code is given the next free number
	ToleranceM float64
}

// Retire takes a grid away. The ground of a general one goes to To, a sibling,
// or when that is 0 to the general sibling with the longest common border, and
// from an only child back to the parent. So does that of a dedicated grid in a
// hole; from under other overlays nothing moves.
type Retire struct {
	Grid geo.GridID
	To   geo.GridID
}

// Set changes what is said about a grid; nil leaves it as it is.
type Set struct {
	Grid       geo.GridID
	Code       *string
	Name       *geo.Name
	Setting    *geo.Setting
	TextBounds *string
	Owner      *string
	Valid      *geo.Period
	Boundary   *topo.Shape // of a dedicated or task grid only
	ToleranceM float64     // of the boundary
}

// Move puts a grid, with its ground and all under it, under another parent
// that has grids already. It keeps its code.
type Move struct {
	Grid   geo.GridID
	Parent geo.GridID
}

// Renumber gives the general grids under Parent new codes in the order the
// field numbers them, from west to east in rows from north to south by a point
// inside them, undrawn ones last. Codes are the parent's with three digits
// behind; no code is given twice, so that numbers go on behind the highest ever
// used, or fill what is free. The codes of grids below that begin with a code
// that changes follow. Grids that stand in order already keep their codes.
type Renumber struct {
	Parent geo.GridID
	Tier   int // number only those of this tier; 0: of every grid tier
}

// An EditError says why an edit cannot be done. It is an [ErrInvalid].
type EditError struct {
	Field  string      // of the edit
	Reason string      // what is wrong with it
	Grid   geo.GridID  // whom it is about, 0 for none
	Name   string      // code of what it is about, where that is no grid
	At     *topo.Point // where, if known
}

func (e *EditError) Error() string {
	text := e.Field + ": " + e.Reason
	if e.Name != "" {
		text += " (" + e.Name + ")"
	}
	if e.Grid != 0 {
		text += fmt.Sprintf(" (grid %d)", e.Grid)
	}
	if e.At != nil {
		lon, lat := e.At.LonLat()
		text += fmt.Sprintf(" at %.7f, %.7f", lon, lat)
	}
	return text
}

// Is makes every EditError an [ErrInvalid].
func (e *EditError) Is(target error) bool { return target == geo.ErrInvalid }

// A TopologyError reports that an edit was refused because the grids would no
// longer partition their parent.
type TopologyError struct {
	Grids  []geo.GridID // the grids looked at
	Faults []topo.Fault // at least one; their members index Grids
}

func (e *TopologyError) Error() string {
	if len(e.Faults) == 0 {
		return "the grids would no longer fit together"
	}
	f := e.Faults[0]
	lon, lat := f.At.LonLat()
	return fmt.Sprintf("the grids would no longer fit together: %d faults, first %s of %.2f m² at %.7f, %.7f",
		len(e.Faults), f.Kind, f.AreaM2, lon, lat)
}

// refused turns an error of topo into one about a field of an edit.
func refused(field string, err error) error {
	var line *topo.LineError
	var ring *topo.RingError
	switch {
	case errors.As(err, &line):
		return &EditError{Field: field, Reason: line.Reason, At: &line.At}
	case errors.As(err, &ring):
		return &EditError{Field: field, Reason: ring.Reason, At: &ring.At}
	}
	return err
}

// A Redrawing is what one edit changes.
type Redrawing struct {
	// Changes are the grids before and after, those that come or change from
	// the root down, then those that go from the leaves up.
	Changes []geo.Change
	// Shifts tell, tier by tier, what ground and who changed grid.
	Shifts []Shift
	// Made is the grid that a split or create made, 0 of other edits.
	Made geo.GridID
	// Straddlers are the grids under the edited ones that the new border met.
	Straddlers []Straddler
}

// A Shift is what passed from one grid to another of the same tier. From or To
// is 0 where the tier had, or has, no grid there.
type Shift struct {
	Tier       int
	From, To   geo.GridID
	AreaM2     float64
	Households []geo.HouseholdID // ascending
	Persons    int64             // residents of those households
}

// A Straddler is a grid that lay on both sides of a new border.
type Straddler struct {
	Grid geo.GridID
	Did  StraddlerFate
	Into geo.GridID // the new grid, or the one that took the ground; 0 if it stayed
}

// A StraddlerFate is what became of a straddler.
type StraddlerFate string

const (
	WasCut   StraddlerFate = "cut"      // part of it is a grid of its own
	Stayed   StraddlerFate = "stayed"   // whole, where it was
	Followed StraddlerFate = "followed" // whole, to the other side
	Absorbed StraddlerFate = "absorbed" // lost ground to another grid
)

// Inverse returns the redrawing that undoes r, bit for bit.
func (r Redrawing) Inverse() Redrawing {
	var back Redrawing
	for i := len(r.Changes) - 1; i >= 0; i-- {
		back.Changes = append(back.Changes, geo.Change{Before: r.Changes[i].After, After: r.Changes[i].Before})
	}
	for _, s := range r.Shifts {
		s.From, s.To = s.To, s.From
		back.Shifts = append(back.Shifts, s)
	}
	return back
}
