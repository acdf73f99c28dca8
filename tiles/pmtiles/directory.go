package pmtiles

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// An entry says where the content of run tiles from id on lies. Run 0 is a
// directory of tiles from id on.
type entry struct {
	id, offset  uint64
	length, run uint32
}

// most is how much a directory or the metadata may be, inflated: more than ten
// million entries.
const most = 64 << 20

// mostTile is how much a tile may be, inflated or as it stands: many times what
// a browser draws without a pause. Many are read at once.
const mostTile = 16 << 20

// encodeDirectory returns entries as they stand in the file.
func encodeDirectory(entries []entry) ([]byte, error) {
	b := binary.AppendUvarint(make([]byte, 0, 1+8*len(entries)), uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		b = binary.AppendUvarint(b, e.id-last)
		last = e.id
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.run))
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.length))
	}
	for i, e := range entries {
		if i > 0 && e.offset == entries[i-1].offset+uint64(entries[i-1].length) {
			b = append(b, 0) // lies behind the one before
			continue
		}
		b = binary.AppendUvarint(b, e.offset+1)
	}
	return Zip(nil, b)
}

// decodeDirectory reads what encodeDirectory writes, inflated.
func decodeDirectory(raw []byte) ([]entry, error) {
	r := columns{left: raw}
	n := r.next()
	if n > uint64(len(raw))/4 { // an entry takes a byte in each of four columns
		return nil, fmt.Errorf("%w: a directory of %d entries in %d bytes", ErrFormat, n, len(raw))
	}
	entries := make([]entry, n)
	last := uint64(0)
	for i := range entries {
		last += r.next()
		entries[i].id = last
	}
	for i := range entries {
		entries[i].run = r.short()
	}
	for i := range entries {
		entries[i].length = r.short()
	}
	for i := range entries {
		at := r.next()
		switch {
		case at > 0:
			entries[i].offset = at - 1
		case i > 0:
			entries[i].offset = entries[i-1].offset + uint64(entries[i-1].length)
		default:
			r.bad = true
		}
	}
	if r.bad {
		return nil, fmt.Errorf("%w: a directory is damaged", ErrFormat)
	}
	return entries, nil
}

// columns are numbers that are still to be read.
type columns struct {
	left []byte
	bad  bool
}

func (c *columns) next() uint64 {
	v, n := binary.Uvarint(c.left)
	if n <= 0 {
		c.bad = true
		return 0
	}
	c.left = c.left[n:]
	return v
}

// short reads a number of 32 bits.
func (c *columns) short() uint32 {
	v := c.next()
	c.bad = c.bad || v > math.MaxUint32
	return uint32(v)
}

// leafEntries is how many entries a directory below the root holds at first:
// some 16 KB, which is what a reader fetches per tile that it looks for.
const leafEntries = 4096

// divide returns the root directory and, when that alone would not fit, the
// directories below it.
func divide(entries []entry) (root, leaves []byte, err error) {
	if len(entries) <= rootBytes { // an entry takes a byte at least: else do not try
		if root, err = encodeDirectory(entries); err != nil || len(root) <= rootBytes {
			return root, nil, err
		}
	}
	for size := leafEntries; ; size += size / 4 {
		var at []entry
		leaves = leaves[:0]
		for from := 0; from < len(entries); from += size {
			leaf, err := encodeDirectory(entries[from:min(from+size, len(entries))])
			if err != nil {
				return nil, nil, err
			}
			at = append(at, entry{id: entries[from].id, offset: uint64(len(leaves)), length: uint32(len(leaf))})
			leaves = append(leaves, leaf...)
		}
		if root, err = encodeDirectory(at); err != nil || len(root) <= rootBytes {
			return root, leaves, err
		}
	}
}

// Zip appends data to dst as gzip. The same data give the same bytes.
func Zip(dst, data []byte) ([]byte, error) {
	out := bytes.NewBuffer(dst)
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(out)
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// zipLevel spends more than a live tile gets: an archive is written once and
// read often.
const zipLevel = 6

// zippers are kept for their tables, a megabyte each.
var zippers = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(nil, zipLevel)
	if err != nil {
		panic(err) // the level is a constant
	}
	return z
}}

// Unzip returns the tile that [Zip] was given. It refuses what is no gzip or
// larger than 16 MiB inflated.
func Unzip(zipped []byte) ([]byte, error) { return unzip(zipped, mostTile) }

// unzip refuses what is larger than most bytes inflated.
func unzip(zipped []byte, most int64) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	raw, err := io.ReadAll(io.LimitReader(z, most+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if int64(len(raw)) > most {
		return nil, fmt.Errorf("%w: a part is larger than %d bytes", ErrFormat, most)
	}
	return raw, nil
}
