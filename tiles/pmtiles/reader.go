package pmtiles

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"
)

// A Reader reads an archive. It may be used by many at once.
type Reader struct {
	Header
	in  io.ReaderAt
	top []entry // the root directory

	mu   sync.Mutex
	at   section // of the directory read last, whose tiles are likely asked for next
	last []entry
}

// maxDepth is how many directories may lie between the root and a tile.
const maxDepth = 3

// NewReader reads the header and the root directory of an archive. The error
// is an [ErrFormat] for what is none.
func NewReader(in io.ReaderAt) (*Reader, error) {
	first := make([]byte, headerBytes)
	if _, err := in.ReadAt(first, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	h, err := decodeHeader(first)
	if err != nil {
		return nil, err
	}
	r := &Reader{Header: h, in: in}
	r.top, err = r.directory(h.root)
	return r, err
}

// read returns a part of the file, of at most so many bytes. What the file does
// not have is not made room for.
func (r *Reader) read(s section, most uint64) ([]byte, error) {
	if s.length > most || s.offset > 1<<62 {
		return nil, fmt.Errorf("%w: a part of %d bytes", ErrFormat, s.length)
	}
	var last [1]byte
	if s.length > firstBytes {
		if n, err := r.in.ReadAt(last[:], int64(s.offset+s.length-1)); n == 0 {
			return nil, fmt.Errorf("%w: it ends early: %w", ErrFormat, err)
		}
	}
	b := make([]byte, s.length)
	if n, err := r.in.ReadAt(b, int64(s.offset)); n < len(b) {
		return nil, fmt.Errorf("%w: it ends early: %w", ErrFormat, err)
	}
	return b, nil
}

// readPlain returns a directory or the metadata, inflated.
func (r *Reader) readPlain(s section) ([]byte, error) {
	raw, err := r.read(s, most)
	if err != nil || r.bare {
		return raw, err
	}
	return unzip(raw, most)
}

func (r *Reader) directory(s section) ([]entry, error) {
	plain, err := r.readPlain(s)
	if err != nil {
		return nil, err
	}
	return decodeDirectory(plain)
}

// leaf returns the directory that an entry names.
func (r *Reader) leaf(e entry) ([]entry, error) {
	at := section{r.leaves.offset + e.offset, uint64(e.length)}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last != nil && r.at == at {
		return r.last, nil
	}
	entries, err := r.directory(at)
	if err == nil {
		r.at, r.last = at, entries
	}
	return entries, err
}

// Metadata reads the metadata into v.
func (r *Reader) Metadata(v any) error {
	plain, err := r.readPlain(r.meta)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("%w: metadata: %w", ErrFormat, err)
	}
	return nil
}

// Tile returns the bytes of a tile as they stand in the archive, nil when it
// has none.
func (r *Reader) Tile(id uint64) ([]byte, error) {
	entries := r.top
	for range maxDepth + 1 {
		i, exact := slices.BinarySearchFunc(entries, id, func(e entry, id uint64) int { return cmp.Compare(e.id, id) })
		if !exact {
			i--
		}
		switch {
		case i < 0:
			return nil, nil
		case entries[i].run > 0:
			if id-entries[i].id >= uint64(entries[i].run) {
				return nil, nil
			}
			return r.content(entries[i])
		}
		var err error
		if entries, err = r.leaf(entries[i]); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w: its directories lie too deep", ErrFormat)
}

func (r *Reader) content(e entry) ([]byte, error) {
	return r.read(section{r.data.offset + e.offset, uint64(e.length)}, mostTile)
}

// IDs yields the numbers of all tiles, ascending, until an error.
func (r *Reader) IDs() iter.Seq2[uint64, error] {
	return func(yield func(uint64, error) bool) { r.each(r.top, 0, yield) }
}

func (r *Reader) each(entries []entry, depth int, yield func(uint64, error) bool) bool {
	for _, e := range entries {
		if e.run == 0 {
			if depth == maxDepth {
				return yield(0, fmt.Errorf("%w: its directories lie too deep", ErrFormat))
			}
			leaf, err := r.leaf(e)
			if err != nil {
				return yield(0, err)
			}
			if !r.each(leaf, depth+1, yield) {
				return false
			}
			continue
		}
		for id := e.id; id < e.id+uint64(e.run); id++ {
			if !yield(id, nil) {
				return false
			}
		}
	}
	return true
}
