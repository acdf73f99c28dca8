package topo

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/paulmach/orb"
)

func TestFromOrbRefusesWhatIsNoRing(t *testing.T) {
	square := orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}}
	tests := []struct {
		name string
		in   orb.Geometry
		want string // error, "" for none
	}{
		{"a polygon", orb.Polygon{square}, ""},
		{"a multipolygon", orb.MultiPolygon{{square}}, ""},
		{"nothing is not drawn", nil, ""},
		{"a point encloses nothing", orb.Point{1, 2}, "not a polygon or multipolygon: Point"},
		{"a polygon without rings", orb.Polygon{}, "polygon 0, ring 0: has no rings at 0.0000000, 0.0000000"},
		{"a multipolygon without polygons", orb.MultiPolygon{}, "polygon 0, ring 0: has no rings at 0.0000000, 0.0000000"},
		{"an open ring", orb.Polygon{square, {{0.1, 0.1}, {0.2, 0.1}, {0.2, 0.2}}}, "polygon 0, ring 1: is not closed at 0.2000000, 0.2000000"},
		{"an empty ring", orb.Polygon{{}}, "polygon 0, ring 0: has fewer than three different points at 0.0000000, 0.0000000"},
		{"a ring smaller than a step", orb.Polygon{{{5, 5}, {5.00000001, 5}, {5, 5.00000001}, {5, 5}}}, "polygon 0, ring 0: has fewer than three different points at 5.0000000, 5.0000000"},
		{"a coordinate out of range", orb.MultiPolygon{{square}, {{{0, 0}, {200, 0}, {1, 1}, {0, 0}}}}, "polygon 1, ring 0: position 1: coordinate out of range: 200, 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := FromOrb(tt.in)
			if got := errorText(err); got != tt.want {
				t.Errorf("error %q, want %q", got, tt.want)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestFromOrbTurnsAndTidies(t *testing.T) {
	in := orb.Polygon{
		{{0, 0}, {0, 10}, {0, 10}, {10, 10}, {10, 0}, {0, 0}},
		{{1, 1}, {2, 1}, {2, 2.00000000004}, {1, 1}},
	}
	got, err := FromOrb(in)
	const step = 10_000_000
	want := Shape{{
		Ring{{10 * step, 0}, {10 * step, 10 * step}, {0, 10 * step}, {0, 0}},
		Ring{{2 * step, 2 * step}, {2 * step, step}, {step, step}},
	}}
	if err != nil || !got.Equal(want) || got.Validate() != nil {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	again, err := FromOrb(got.Orb())
	if err != nil || !slices.Equal(again[0][0], got[0][0]) {
		t.Errorf("came back as %v, %v", again, err)
	}
}

func TestShapeJSONIsLatticeIntegers(t *testing.T) {
	tests := []struct {
		name  string
		shape Shape
		want  string
	}{
		{"not drawn is null", nil, "null"},
		{"empty is empty", Shape{}, "[]"},
		{"polygons, rings and points nest", append(withHole(rect(-9, 0, 9, 9), rect(1, 1, 2, 2)), rect(20, 20, 21, 21)...),
			"[[[[-9,0],[9,0],[9,9],[-9,9]],[[1,1],[1,2],[2,2],[2,1]]],[[[20,20],[21,20],[21,21],[20,21]]]]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := json.Marshal(tt.shape)
			if err != nil || string(got) != tt.want {
				t.Errorf("%s, %v, want %s", got, err, tt.want)
			}
			var back Shape
			if err := json.Unmarshal(got, &back); err != nil || !back.Equal(tt.shape) {
				t.Errorf("came back as %v, %v", back, err)
			}
		})
	}
}
