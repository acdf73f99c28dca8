// Package tiles draws map tiles of a plan in memory: a [Picture] draws each and
// says when it has changed, a [Cache] remembers them, and TileJSON and styles
// describe them.
package tiles

import (
	"strconv"

	"gridmap/geo"
)

// MaxZoom is the deepest zoom that is drawn: at 16 a pixel of a 512-pixel
// tile is about 1 m. Clients enlarge the deepest tiles beyond it.
const MaxZoom = 16

// An Address is the place of a tile in the Web Mercator pyramid.
type Address struct{ Z, X, Y uint32 }

// ParseAddress reads the three numbers of an address. It refuses, naming the
// part, what is not a plain number, a zoom beyond [MaxZoom] and a column or
// row the zoom does not have.
func ParseAddress(z, x, y string) (Address, error) { return ParseAddressTo(MaxZoom, z, x, y) }

// ParseAddressTo is [ParseAddress] for tiles that are cut down to another
// zoom, 31 at most.
func ParseAddressTo(deepest uint32, z, x, y string) (Address, error) {
	zoom, err := parse("z", z, deepest)
	if err != nil {
		return Address{}, err
	}
	last := uint32(1)<<zoom - 1
	column, err := parse("x", x, last)
	if err != nil {
		return Address{}, err
	}
	row, err := parse("y", y, last)
	if err != nil {
		return Address{}, err
	}
	return Address{Z: zoom, X: column, Y: row}, nil
}

func parse(name, text string, most uint32) (uint32, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || uint32(n) > most || text != strconv.FormatUint(n, 10) {
		return 0, &geo.InvalidError{Field: name, Reason: "must be a whole number from 0 to " + strconv.FormatUint(uint64(most), 10)}
	}
	return uint32(n), nil
}
