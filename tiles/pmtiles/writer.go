package pmtiles

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// mostKnown bounds how many contents are remembered to be stored once: some
// 60 MB. Tiles after these are still stored once when equal neighbours follow
// on each other.
const mostKnown = 1 << 20

// A Writer writes an archive as its tiles come. It holds 24 bytes for each run
// of equal tiles and some 60 for each different content, no tiles.
type Writer struct {
	out     io.WriteSeeker
	buffer  *bufio.Writer
	header  Header
	entries []entry
	known   map[digest]spot
	next    uint64 // offset of the next content
	err     error  // the first; nothing is written after it
}

// A digest stands for the bytes of a tile.
type digest [16]byte

// spot is where a content lies.
type spot struct {
	offset uint64
	length uint32
}

// NewWriter begins an archive at the beginning of out. Zooms and counts of the
// header are worked out from the tiles; the other fields are taken as they are.
func NewWriter(out io.WriteSeeker, header Header) (*Writer, error) {
	w := &Writer{out: out, buffer: bufio.NewWriterSize(out, 1<<18), header: header, known: map[digest]spot{}}
	w.header.MinZoom, w.header.MaxZoom = math.MaxUint8, 0
	w.header.Addressed, w.header.Contents = 0, 0
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	// Header and root come last, when it is known how many tiles there are.
	_, err := w.buffer.Write(make([]byte, firstBytes))
	return w, err
}

// Add adds a tile behind those with smaller numbers, its bytes as they shall
// stand in the file: zipped if the header says so. A tile without bytes is
// left out, as readers take a tile that is not there for empty.
func (w *Writer) Add(id uint64, tile []byte) error {
	if w.err != nil || len(tile) == 0 {
		return w.err
	}
	if n := len(w.entries); n > 0 && id < w.entries[n-1].id+uint64(w.entries[n-1].run) {
		return w.fail(fmt.Errorf("tile %d comes after tile %d", id, w.entries[n-1].id))
	}
	if len(tile) > math.MaxUint32 {
		return w.fail(fmt.Errorf("tile %d has %d bytes", id, len(tile)))
	}
	z, _, _ := Place(id)
	w.header.MinZoom, w.header.MaxZoom = min(w.header.MinZoom, uint8(z)), max(w.header.MaxZoom, uint8(z))
	w.header.Addressed++
	at, err := w.store(tile)
	if err != nil {
		return w.fail(err)
	}
	if n := len(w.entries); n > 0 {
		if last := &w.entries[n-1]; last.offset == at.offset && last.id+uint64(last.run) == id && last.run < math.MaxUint32 {
			last.run++
			return nil
		}
	}
	w.entries = append(w.entries, entry{id: id, offset: at.offset, length: at.length, run: 1})
	return nil
}

// store writes a content unless it is there already.
func (w *Writer) store(tile []byte) (spot, error) {
	sum := sha256.Sum256(tile)
	key := digest(sum[:])
	if at, known := w.known[key]; known {
		return at, nil
	}
	at := spot{w.next, uint32(len(tile))}
	if _, err := w.buffer.Write(tile); err != nil {
		return at, err
	}
	w.next += uint64(len(tile))
	w.header.Contents++
	if len(w.known) < mostKnown {
		w.known[key] = at
	}
	return at, nil
}

func (w *Writer) fail(err error) error {
	w.err = err
	return err
}

// Close writes the directories, the metadata and the header; out stays open.
// Without a tile it returns [ErrEmpty]. What out holds after an error is no
// archive.
func (w *Writer) Close(metadata any) (Header, error) {
	if w.err != nil {
		return Header{}, w.err
	}
	if len(w.entries) == 0 {
		return Header{}, w.fail(ErrEmpty)
	}
	root, err := w.finish(metadata)
	if err != nil {
		return Header{}, w.fail(err)
	}
	w.err = fmt.Errorf("the archive is closed")
	if _, err := w.out.Seek(0, io.SeekStart); err != nil {
		return Header{}, err
	}
	_, err = w.out.Write(append(w.header.encode(), root...))
	return w.header, err
}

// finish writes what lies behind the tiles and returns the root directory.
func (w *Writer) finish(metadata any) (root []byte, err error) {
	root, leaves, err := divide(w.entries)
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(metadata)
	if err != nil {
		return nil, err
	}
	meta, err := Zip(nil, plain)
	if err != nil {
		return nil, err
	}
	h := &w.header
	h.Entries = uint64(len(w.entries))
	h.root = section{headerBytes, uint64(len(root))}
	h.data = section{firstBytes, w.next}
	h.leaves = section{h.data.offset + h.data.length, uint64(len(leaves))}
	h.meta = section{h.leaves.offset + h.leaves.length, uint64(len(meta))}
	for _, part := range [][]byte{leaves, meta} {
		if _, err := w.buffer.Write(part); err != nil {
			return nil, err
		}
	}
	return root, w.buffer.Flush()
}
