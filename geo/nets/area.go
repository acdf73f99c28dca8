// Package nets lays nets of grids over each other: it finds the parent that
// holds the largest share of a grid, the common division of several nets of
// the same ground, and the crosswalk from the grids of one to those of
// another. It does no I/O.
package nets

import (
	"fmt"
	"math/bits"
	"strconv"

	"gridmap/geo/topo"
)

// An Area is ground in square centimetres: a whole number, so that parts add
// up exactly. JSON and tables show it in square metres with four decimals.
type Area int64

// AreaOf returns the area of ground, cut to the square centimetre.
func AreaOf(s topo.Shape) Area { return Area(s.AreaM2() * 1e4) }

// String writes a in square metres, exactly.
func (a Area) String() string {
	sign := ""
	if a < 0 {
		sign, a = "-", -a
	}
	return fmt.Sprintf("%s%d.%04d", sign, a/1e4, a%1e4)
}

// MarshalJSON writes a as a number of square metres.
func (a Area) MarshalJSON() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalJSON reads what MarshalJSON writes.
func (a *Area) UnmarshalJSON(text []byte) error {
	m2, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return fmt.Errorf("area: %w", err)
	}
	half := 0.5
	if m2 < 0 {
		half = -half
	}
	*a = Area(m2*1e4 + half)
	return nil
}

// PPM returns part as millionths of whole, cut, so that 1,000,000 means all of
// it; 0 of nothing. Neither may be negative, nor part larger than whole.
func PPM[T ~int64](part, whole T) int64 {
	if whole <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(part), 1_000_000)
	ppm, _ := bits.Div64(hi, lo, uint64(whole))
	return int64(ppm)
}
