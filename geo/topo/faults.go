package topo

// A FaultKind says how children fail to partition their parent.
type FaultKind string

const (
	Gap         FaultKind = "gap"          // ground of the parent in no child
	Overlap     FaultKind = "overlap"      // ground in two or more children
	Outside     FaultKind = "outside"      // ground of a child outside the parent
	InvalidRing FaultKind = "invalid_ring" // a shape that bounds no ground
	Duplicate   FaultKind = "duplicate"    // the same shape more than once
	Undrawn     FaultKind = "undrawn"      // a child without a shape
)

// A Fault is one place where children fail to partition their parent.
type Fault struct {
	Kind    FaultKind
	Members []int   // indexes into children, ascending; for a gap those that touch it
	Region  Shape   // the ground, nil for an invalid ring and an undrawn child
	AreaM2  float64 // of Region
	WidthM  float64 // mean width of Region: twice the area by the perimeter
	Reason  string  // of an invalid ring, and where work was cut short
	At      Point   // a point in Region, or the place of an invalid ring
}

// A Tolerance parts faults from dust: a fault counts when it is over both.
type Tolerance struct {
	AreaM2 float64
	WidthM float64
}

// DefaultTolerance is 1 m² and 5 cm.
var DefaultTolerance = Tolerance{AreaM2: 1, WidthM: 0.05}

// Faults reports where the children fail to partition the parent. This first
// version names invalid and undrawn children only.
func Faults(parent Shape, children []Shape, tol Tolerance) (faults, dust []Fault) {
	for i, child := range children {
		if child == nil {
			faults = append(faults, Fault{Kind: Undrawn, Members: []int{i}})
		}
	}
	return faults, nil
}

// Union returns the outline of siblings.
func Union(children []Shape) (Shape, error) {
	return nil, errNoOutline
}
