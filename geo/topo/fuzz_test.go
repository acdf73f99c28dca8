package topo

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// Whatever decodes as a shape encodes back to itself; the rest is refused, and
// leaves the shape alone.
func FuzzShapeJSON(f *testing.F) {
	for _, seed := range []string{
		"null", "[]", "[[]]", "[[[]]]", "[[[[0,0],[5,0],[5,5]]]]", " [ [ [ [ -1 , 2 ] ] ] ] ",
		"[[[[1800000001,0]]]]", "[[[[0]]]]", "[[[[0,0,0]]]]", "[[[[1.5,0]]]]", "[[[[1e3,0]]]]", "[[[[00,1]]]]",
		"[[[[0,0],]]]", "[[[[0,0]", "{}", "", "nullnull", "[[[null]]]", "[[[[99999999999999999999,0]]]]", "[]x",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := rect(1, 2, 3, 4)
		shape := before
		if err := shape.UnmarshalJSON(data); err != nil {
			if !shape.Equal(before) {
				t.Errorf("refused, yet changed to %v", shape)
			}
			return
		}
		if !json.Valid(data) {
			t.Errorf("%q is no JSON, and was read as %v", data, shape)
		}
		text, err := json.Marshal(shape)
		if err != nil {
			t.Fatal(err)
		}
		var again Shape
		if err := json.Unmarshal(text, &again); err != nil || !again.Equal(shape) {
			t.Errorf("%v came back as %v, %v", shape, again, err)
		}
		var tight bytes.Buffer
		if err := json.Compact(&tight, data); err != nil || len(bytes.ReplaceAll(tight.Bytes(), []byte("-0"), []byte("0"))) != len(text) {
			t.Errorf("%s was read as %s", tight.Bytes(), text)
		}
	})
}

// decodeShapes reads rings of small coordinates from fuzz data: 255 ends a
// ring, 254 a polygon and 253 a shape.
func decodeShapes(data []byte) []Shape {
	shapes := []Shape{{{nil}}}
	for i := 0; i < len(data) && len(shapes) < 12; i++ {
		shape := &shapes[len(shapes)-1]
		polygon := &(*shape)[len(*shape)-1]
		switch data[i] {
		case 255:
			*polygon = append(*polygon, nil)
		case 254:
			*shape = append(*shape, Polygon{nil})
		case 253:
			shapes = append(shapes, Shape{{nil}})
		case 252:
			shapes = append(shapes, nil, Shape{{nil}})
		default:
			ring := &(*polygon)[len(*polygon)-1]
			*ring = append(*ring, Point{int32(data[i] % 15), int32(data[i] / 15)})
		}
	}
	return shapes
}

// On any rings at all, however they cross on a lattice of 15 × 17 points:
// nothing panics or hangs, what is whole has no fault, and what is not whole
// but noded has one.
func FuzzFaults(f *testing.F) {
	f.Add([]byte{0, 10, 160, 150, 253, 0, 10, 85, 75, 253, 75, 85, 160, 150})
	f.Add([]byte{0, 10, 160, 150, 253, 0, 160, 10, 150, 253, 3, 200, 100, 17, 255, 44, 90, 61})
	f.Add([]byte{0, 14, 240, 253, 1, 239, 14, 77, 199, 254, 5, 99, 143, 252, 0, 14, 240, 17, 200, 31, 198})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 400 {
			return
		}
		shapes := decodeShapes(data)
		parent, children := shapes[0], shapes[1:]
		faults, dust := Faults(parent, children, Tolerance{})
		if Whole(parent, children) && len(faults)+len(dust) > 0 {
			t.Errorf("whole, yet %s", say(append(faults, dust...)))
		}
		for _, fault := range append(faults, dust...) {
			if fault.Region != nil && fault.Region.Validate() != nil {
				t.Errorf("region %v: %v", fault.Region, fault.Region.Validate())
			}
		}
		if all := append([]Shape{parent}, children...); len(faults)+len(dust) == 0 && parent != nil {
			if noded, _ := Node(all); !Whole(noded[0], noded[1:]) {
				t.Errorf("no fault, yet not whole: %v", noded)
			}
		}
		Faults(nil, children, DefaultTolerance)
		if outline, err := Union(children); err == nil && outline.Validate() != nil {
			t.Errorf("outline %v: %v", outline, outline.Validate())
		}
	})
}

// Whatever the rings, cleaning ends, and what comes back is valid, without
// overlap or ground outside, and clean.
func FuzzClean(f *testing.F) {
	f.Add([]byte{0, 10, 160, 150, 253, 0, 10, 85, 75, 253, 75, 85, 160, 150}, true)
	f.Add([]byte{0, 10, 160, 150, 253, 0, 160, 10, 150, 253, 3, 200, 100, 17, 255, 44, 90, 61}, false)
	f.Add([]byte{0, 14, 240, 253, 1, 239, 14, 77, 199, 254, 5, 99, 143, 252, 0, 14, 240, 17, 200, 31, 198}, true)
	f.Fuzz(func(t *testing.T, data []byte, divide bool) {
		if len(data) > 400 {
			return
		}
		shapes := decodeShapes(data)
		for _, s := range shapes { // as far apart as vertices are, so that they are not one
			for ring := range s.rings {
				for k := range ring {
					ring[k].X, ring[k].Y = 20*ring[k].X, 20*ring[k].Y
				}
			}
		}
		var within Shape
		if divide && shapes[0].Validate() == nil {
			within, shapes = shapes[0], shapes[1:]
		}
		c, err := Clean(shapes, within, CleanOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range c.Shapes {
			if err := s.Validate(); err != nil {
				t.Errorf("%v: %v", s, err)
			}
		}
		for _, fault := range everything(c.Within, c.Shapes) {
			if strings.HasPrefix(fault.Reason, "parent:") {
				return // necks of the ground given as thin as rounding
			}
			if fault.Kind != Gap && fault.Kind != Undrawn {
				t.Errorf("left %v", fault)
			}
		}
		if again, err := Clean(c.Shapes, within, CleanOptions{}); err != nil || !identical(again.Shapes, c.Shapes) {
			t.Errorf("cleaned again: %v, %v\nwas %v", err, again, c.Shapes)
		}
	})
}
