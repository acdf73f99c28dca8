package tiles

import (
	"bytes"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
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
	if coded := coding.encode(data); coded != nil {
		return Tile{Data: coded, Coding: coding, ETag: tag}
	}
	return Tile{Data: data, ETag: tag}
}

// encode packs data; it returns nil where that is not worth it.
func (c Coding) encode(data []byte) []byte {
	if len(data) < zipFrom {
		return nil
	}
	switch c {
	case Gzipped:
		return Zip(data)
	case Zstd:
		return packer().EncodeAll(data, make([]byte, 0, len(data)/2))
	}
	return nil
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
