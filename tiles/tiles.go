// Package tiles gives out map tiles: their addresses, who draws them, what is
// remembered of them, and how TileJSON and styles describe them.
package tiles

import (
	"context"
	"strconv"
	"strings"

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
func ParseAddress(z, x, y string) (Address, error) {
	zoom, err := parse("z", z, MaxZoom)
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

// A Request asks for one tile of a plan as it stands at a revision.
type Request struct {
	Plan     geo.PlanID
	Revision geo.Revision
	Layers   Layers
	Address
}

// Layers names the layers of one tile, in the order they stand in it.
type Layers string

// separator stands in no code of a tier.
const separator = "\x1f"

// JoinLayers returns the layers with the names.
func JoinLayers(names ...string) Layers { return Layers(strings.Join(names, separator)) }

// Names returns the names of the layers.
func (l Layers) Names() []string { return strings.Split(string(l), separator) }

// A Tile is a drawn Mapbox Vector Tile. A tile without features has no bytes.
type Tile struct {
	Data []byte // plain
	Zip  []byte // gzip, nil where it would not be worth it
	ETag string // says which revision it shows; weak, as drawing anew may order bytes otherwise
}

// A Source gives tiles.
type Source interface {
	Tile(ctx context.Context, r Request) (Tile, error)
}

// A Drawer draws one layer of one tile anew; the store is one.
type Drawer interface {
	Tile(ctx context.Context, plan geo.PlanID, layer string, z, x, y uint32) ([]byte, error)
}
