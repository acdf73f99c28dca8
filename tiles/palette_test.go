package tiles

import (
	"fmt"
	"math"
	"testing"
)

// Colours that must be told apart are so for protan and deutan eyes too, and
// classes grow steadily lighter or darker, so that grey is enough.
func TestPalettesForColourBlindEyes(t *testing.T) {
	t.Parallel()
	for theme, p := range palettes {
		for eyes, see := range map[string][9]float64{"usual": {1, 0, 0, 0, 1, 0, 0, 0, 1}, "protan": protan, "deutan": deutan} {
			apart := func(what string, least float64, colours ...string) {
				for i := range colours {
					for j := range i {
						if d := distance(lab(colours[i], see), lab(colours[j], see)); d < least {
							t.Errorf("%s, %s eyes: %s %s and %s are %.1f apart, want %.0f", theme, eyes, what, colours[j], colours[i], d, least)
						}
					}
				}
			}
			apart("classes", 10, p.classes...)
			apart("severities", 10, p.severity[:]...)
			apart("overlays", 10, p.dedicated, p.task)
			for i := 2; i < len(p.classes); i++ {
				a, b, c := lab(p.classes[i-2], see)[0], lab(p.classes[i-1], see)[0], lab(p.classes[i], see)[0]
				if (b-a)*(c-b) <= 0 {
					t.Errorf("%s, %s eyes: class %d is no step between its neighbours", theme, eyes, i-1)
				}
			}
		}
	}
}

// Names can be read on whatever colour lies under their halo.
func TestNamesStandOutFromTheirHalo(t *testing.T) {
	t.Parallel()
	for _, set := range []map[Theme]palette{palettes, inks} {
		for theme, p := range set {
			a, b := luminance(p.text), luminance(p.halo)
			if contrast := (max(a, b) + 0.05) / (min(a, b) + 0.05); contrast < 7 {
				t.Errorf("%s: contrast %.1f, want 7 (WCAG AAA)", theme, contrast)
			}
		}
	}
}

// How eyes without one sort of cone see linear RGB (Viénot, Brettel and
// Mollon 1999).
var (
	protan = [9]float64{0.11238, 0.88762, 0, 0.11238, 0.88762, 0, 0.00401, -0.00401, 1}
	deutan = [9]float64{0.29275, 0.70725, 0, 0.29275, 0.70725, 0, -0.02234, 0.02234, 1}
)

// linear returns the linear RGB of a colour such as #1d2a30.
func linear(colour string) (rgb [3]float64) {
	var n [3]uint8
	if _, err := fmt.Sscanf(colour, "#%02x%02x%02x", &n[0], &n[1], &n[2]); err != nil {
		panic(err)
	}
	for i, v := range n {
		if c := float64(v) / 255; c <= 0.04045 {
			rgb[i] = c / 12.92
		} else {
			rgb[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return rgb
}

func luminance(colour string) float64 {
	c := linear(colour)
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
}

// lab returns a colour as some eyes see it, in CIE L*a*b* under D65.
func lab(colour string, see [9]float64) [3]float64 {
	c := linear(colour)
	var r [3]float64
	for i := range r {
		r[i] = max(0, see[3*i]*c[0]+see[3*i+1]*c[1]+see[3*i+2]*c[2])
	}
	f := func(v float64) float64 {
		if v > 216.0/24389 {
			return math.Cbrt(v)
		}
		return (24389.0/27*v + 16) / 116
	}
	x := f((0.4124*r[0] + 0.3576*r[1] + 0.1805*r[2]) / 0.95047)
	y := f(0.2126*r[0] + 0.7152*r[1] + 0.0722*r[2])
	z := f((0.0193*r[0] + 0.1192*r[1] + 0.9505*r[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func distance(a, b [3]float64) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}
