package tiles

import (
	"errors"
	"strconv"
	"testing"

	"gridmap/geo"
)

func TestParseAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		z, x, y string
		want    Address
		field   string // of the refusal, "" when it is fine
	}{
		{"the world", "0", "0", "0", Address{0, 0, 0}, ""},
		{"the last tile of the deepest zoom", "16", "65535", "65535", Address{16, 65535, 65535}, ""},
		{"a zoom too deep", "17", "0", "0", Address{}, "z"},
		{"a column the zoom does not have", "3", "8", "0", Address{}, "x"},
		{"a row the zoom does not have", "3", "0", "8", Address{}, "y"},
		{"a negative row", "3", "0", "-1", Address{}, "y"},
		{"a fraction", "3", "1.5", "0", Address{}, "x"},
		{"a leading zero, which would make two addresses of one tile", "3", "01", "0", Address{}, "x"},
		{"a sign", "+3", "0", "0", Address{}, "z"},
		{"nothing", "", "0", "0", Address{}, "z"},
		{"more digits than any number has", "3", "99999999999999999999", "0", Address{}, "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseAddress(tt.z, tt.x, tt.y)
			var refused *geo.InvalidError
			if errors.As(err, &refused) != (tt.field != "") || refused != nil && refused.Field != tt.field {
				t.Fatalf("error %v, want one of field %q", err, tt.field)
			}
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// Any three texts are an address that writes back as the same texts, or are
// refused.
func FuzzParseAddress(f *testing.F) {
	f.Add("3", "1", "2")
	f.Add("16", "65536", "")
	f.Fuzz(func(t *testing.T, z, x, y string) {
		a, err := ParseAddress(z, x, y)
		if err != nil {
			return
		}
		for i, pair := range [][2]string{{z, text(a.Z)}, {x, text(a.X)}, {y, text(a.Y)}} {
			if pair[0] != pair[1] {
				t.Errorf("part %d: %q was taken as %s", i, pair[0], pair[1])
			}
		}
		if a.Z > MaxZoom || a.X >= 1<<a.Z || a.Y >= 1<<a.Z {
			t.Errorf("%v lies outside the pyramid", a)
		}
	})
}

func text(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
