package topo

import (
	"cmp"
	"slices"
	"strconv"
)

// A FaultKind says how children fail to partition their parent.
type FaultKind string

const (
	Gap         FaultKind = "gap"          // ground of the parent in no child
	Overlap     FaultKind = "overlap"      // ground in two or more children
	Outside     FaultKind = "outside"      // ground of a child outside the parent
	InvalidRing FaultKind = "invalid_ring" // a shape that bounds no ground, or too intricate a one
	Duplicate   FaultKind = "duplicate"    // the same shape more than once
	Undrawn     FaultKind = "undrawn"      // a child without a shape
)

// A Fault is one place where children fail to partition their parent.
type Fault struct {
	Kind    FaultKind
	Members []int   // indexes into children, ascending; of a gap, those that touch it
	Region  Shape   // the ground; nil of an invalid ring and of an undrawn child
	AreaM2  float64 // of Region
	WidthM  float64 // mean width of Region: twice its area by its perimeter
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

// Faults reports every place where the children fail to partition the parent,
// in a fixed order; ground faults that are not over the tolerance come apart,
// as dust. With a parent nil it reports overlaps of the siblings and the gaps
// they enclose.
//
// Neighbours need not be noded: a vertex exactly on a neighbour's edge is no
// fault, one beside it by rounding is dust. Exclaves and holes of the parent
// are no faults. Gaps and overlaps that share an edge and its members are one
// finding, those that share a vertex are two. Crossings that fall between
// lattice points are rounded, by at most half a step.
//
// A child with an invalid ring is reported, and neither gaps that touch it nor
// its overlaps are, since nobody knows its ground: they show once it is
// mended. Of an invalid parent (a fault without members) the same holds for
// gaps and protrusions along its border. Work and memory are bounded: children
// whose edges are too many, or cross others' too often, to be laid over each
// other are reported as invalid with a Reason that says so.
func Faults(parent Shape, children []Shape, tol Tolerance) (faults, dust []Fault) {
	s := survey{parent: parent, ground: slices.Clone(children), suspect: make([]bool, len(children))}
	s.validate()
	s.inspect(tol)
	slices.SortStableFunc(s.faults, compareFaults)
	slices.SortStableFunc(s.dust, compareFaults)
	return s.faults, s.dust
}

func compareFaults(f, g Fault) int {
	return cmp.Or(
		cmp.Compare(f.Kind, g.Kind),
		slices.Compare(f.Members, g.Members),
		cmp.Compare(f.At.key(), g.At.key()),
	)
}

// A survey judges one set of siblings.
type survey struct {
	parent        Shape
	parentSuspect bool
	ground        []Shape // of the children: repaired if need be, nil if left out
	suspect       []bool  // children whose ground nobody knows
	absent        []Box   // where suspect children were left out
	copies        map[int32][]int
	faults, dust  []Fault
}

// validate reports children that are undrawn or invalid, and an invalid
// parent, and puts what they seem to enclose in their place.
func (s *survey) validate() {
	for i, child := range s.ground {
		if child == nil {
			s.faults = append(s.faults, Fault{Kind: Undrawn, Members: []int{i}})
		}
	}
	shapes := append([]Shape{s.parent}, s.ground...)
	bad := make([]*RingError, len(shapes))
	validateAll(shapes, func(i int, err *RingError) bool {
		bad[i] = err
		return true
	})
	for i, err := range bad {
		if err == nil {
			continue
		}
		fault := Fault{Kind: InvalidRing, Reason: "polygon " + strconv.Itoa(err.Polygon) +
			", ring " + strconv.Itoa(err.Ring) + " " + err.Reason, At: err.At}
		mended, ok := repair(shapes[i])
		if i == 0 {
			fault.Reason = "parent: " + fault.Reason
			s.parent, s.parentSuspect = mended, true
		} else {
			fault.Members = []int{i - 1}
			s.ground[i-1], s.suspect[i-1] = mended, true
			if !ok {
				s.leaveOut(i-1, shapes[i])
			}
		}
		s.faults = append(s.faults, fault)
	}
}

// leaveOut judges the rest without child i: gaps where it lay mean nothing.
func (s *survey) leaveOut(i int, shape Shape) {
	s.ground[i], s.suspect[i] = nil, true
	s.absent = append(s.absent, shape.Bound())
}

// inspect reports duplicates and ground faults.
func (s *survey) inspect(tol Tolerance) {
	if s.parent == nil {
		if s.parent, _ = filled(s.ground); s.parent == nil { // overlaps, or nothing
			s.dedupe()
			s.overlay(nil, tol)
			return
		}
	}
	residue := boundary(s.parent, s.ground).residue()
	if len(residue) == 0 {
		return
	}
	if s.dedupe() {
		residue = boundary(s.parent, s.ground).residue()
	}
	s.overlay(residue, tol)
}

// dedupe reports children with equal shapes and keeps one of each. It returns
// whether there were any.
func (s *survey) dedupe() bool {
	s.copies = map[int32][]int{}
	first := make(map[Fingerprint]int32, len(s.ground))
	var originals []int32
	for i, shape := range s.ground {
		if shape == nil || s.suspect[i] {
			continue
		}
		f := shape.Fingerprint()
		j, seen := first[f]
		if !seen || !shape.Equal(s.ground[j]) {
			first[f] = int32(i)
			continue
		}
		if s.copies[j] == nil {
			s.copies[j] = []int{int(j)}
			originals = append(originals, j)
		}
		s.copies[j] = append(s.copies[j], i)
		s.ground[i] = nil
	}
	for _, j := range originals {
		fault := regionFault(Duplicate, s.ground[j])
		fault.Members = s.copies[j]
		s.faults = append(s.faults, fault)
	}
	return len(originals) > 0
}

// regionFault measures a fault of ground.
func regionFault(kind FaultKind, region Shape) Fault {
	f := Fault{Kind: kind, Region: region, AreaM2: region.AreaM2(), At: region.InteriorPoint()}
	if length := region.PerimeterM(); length > 0 {
		f.WidthM = 2 * f.AreaM2 / length
	}
	return f
}

// members returns the owners as indexes into children, with those of equal
// shape beside each.
func (s *survey) members(owners []int32) []int {
	var members []int
	for _, o := range owners {
		if same := s.copies[o]; same != nil {
			members = append(members, same...)
		} else {
			members = append(members, int(o))
		}
	}
	slices.Sort(members)
	return members
}
