package tiles

import (
	"bytes"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"gridmap/tiles/mvt"
)

// A Coding is how the bytes of a tile are packed, by its name in HTTP.
type Coding string

const (
	Plain   Coding = ""
	Gzipped Coding = "gzip"
	Zstd    Coding = "zstd"
)

// zipFrom is the size from which a tile is worth packing.
const zipFrom = 1 << 10

// A zipper packs with gzip; it is used again.
type zipper struct {
	out bytes.Buffer
	w   *gzip.Writer
}

var zippers = sync.Pool{New: func() any {
	z := &zipper{}
	z.w, _ = gzip.NewWriterLevel(&z.out, gzip.BestSpeed) // fails for other levels only
	return z
}}

var packer = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(4))
	if err != nil {
		panic(err) // the options are constants
	}
	return e
})

// Pack returns a tile of data in the coding, if that is worth it.
func Pack(data []byte, tag string, coding Coding) Tile {
	return pack(data, tag, coding, Zip)
}

// packDrawn is [Pack] for a tile of the layer, drawn here. Those that hold
// nothing but grids or borders may be large, and are packed by a packer made
// for them: at two fifths of the work, from a tenth smaller to a fifth larger.
func packDrawn(data []byte, known *mvt.Hints, layer, tag string, coding Coding) Tile {
	switch layer {
	case Labels, Dedicated, Task, Facilities, Buildings, Workers, Findings, Cells, Households:
		return Pack(data, tag, coding)
	}
	var held *body
	tile := pack(data, tag, coding, func(data []byte) (zipped []byte) {
		zipped, held = zipGrids(data, known)
		return zipped
	})
	tile.body = held
	return tile
}

func pack(data []byte, tag string, coding Coding, zip func([]byte) []byte) Tile {
	switch {
	case len(data) < zipFrom:
	case coding == Gzipped:
		return Tile{Data: zip(data), Coding: coding, ETag: tag}
	case coding == Zstd:
		return Tile{Data: packer().EncodeAll(data, make([]byte, 0, len(data)/2)), Coding: coding, ETag: tag}
	}
	return Tile{Data: data, ETag: tag}
}

// scratch is memory for what is copied once its size is known.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

// ZipGrids is [Zip] for tiles of grids and borders.
func ZipGrids(data []byte) []byte {
	zipped, _ := zipGrids(data, &mvt.Hints{})
	return zipped
}

// zipGrids returns the body too that the packed bytes stand in, nil for few.
func zipGrids(data []byte, known *mvt.Hints) ([]byte, *body) {
	buffer := scratch.Get().(*[]byte)
	defer scratch.Put(buffer)
	*buffer = mvt.AppendGzip((*buffer)[:0], data, known)
	if b := bodyOf(*buffer); b != nil {
		return b.data, b
	}
	return bytes.Clone(*buffer), nil
}

// Zip packs data with gzip, fast rather than small. Equal data gives equal
// bytes.
func Zip(data []byte) []byte {
	z := zippers.Get().(*zipper)
	defer zippers.Put(z)
	z.out.Reset()
	z.w.Reset(&z.out)
	// A buffer in memory takes whatever is written.
	_, _ = z.w.Write(data)
	_ = z.w.Close()
	return bytes.Clone(z.out.Bytes())
}
