package postgis

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/jackc/pgx/v5"
)

// copyMark opens a binary COPY stream: signature, flags, no extension.
const copyMark = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// copyChunk is how much of a stream is built before it is sent.
const copyChunk = 64 << 10

// copyIn streams rows into the columns of a table ("table (a, b)") and returns
// how many. An error of the rows ends the transaction's use and is returned as
// it is.
func copyIn(ctx context.Context, tx pgx.Tx, into string, rows iter.Seq2[[]any, error]) (int64, error) {
	next, stop := iter.Pull2(rows)
	defer stop()
	source := &copySource{next: next, out: []byte(copyMark)}
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, source, "copy "+into+" from stdin (format binary)")
	if source.err != nil {
		return 0, source.err
	}
	if err != nil {
		return 0, fmt.Errorf("copy into %s: %w", into, err)
	}
	return tag.RowsAffected(), nil
}

// A copySource reads as a binary COPY stream of the rows that next gives.
type copySource struct {
	next func() ([]any, error, bool)
	out  []byte // built, from sent on not yet read
	sent int
	done bool
	err  error // of next, for which the server only sees a broken stream
}

func (c *copySource) Read(p []byte) (int, error) {
	if c.sent == len(c.out) {
		if c.done {
			return 0, io.EOF
		}
		c.out, c.sent = c.out[:0], 0
	}
	for !c.done && len(c.out) < copyChunk {
		if err := c.build(); err != nil {
			c.err = err
			return 0, err
		}
	}
	n := copy(p, c.out[c.sent:])
	c.sent += n
	return n, nil
}

// build appends one row, or the end mark after the last.
func (c *copySource) build() error {
	values, err, ok := c.next()
	if err != nil {
		return err
	}
	if !ok {
		c.done = true
		c.out = append(c.out, 0xff, 0xff)
		return nil
	}
	c.out = binary.BigEndian.AppendUint16(c.out, uint16(len(values)))
	for _, v := range values {
		if c.out, err = appendField(c.out, v); err != nil {
			return err
		}
	}
	return nil
}

// copyOut streams the rows of a query to each. The row and its bytes are valid
// only during the call. The query takes no parameters.
func copyOut(ctx context.Context, tx pgx.Tx, query string, each func(*row) error) error {
	sink := &copySink{each: each}
	_, err := tx.Conn().PgConn().CopyTo(ctx, sink, "copy ("+query+") to stdout (format binary)")
	if sink.err != nil {
		return sink.err
	}
	return err
}

// A copySink takes a binary COPY stream apart into rows.
type copySink struct {
	each    func(*row) error
	left    []byte // of a row not yet complete
	started bool
	values  [][]byte
	err     error
}

func (c *copySink) Write(p []byte) (int, error) {
	b := p
	if len(c.left) > 0 {
		c.left = append(c.left, p...)
		b = c.left
	}
	rest, err := c.rows(b)
	if err != nil {
		c.err = err
		return 0, err
	}
	c.left = append(c.left[:0], rest...)
	return len(p), nil
}

// rows hands out the complete rows of b and returns what is left.
func (c *copySink) rows(b []byte) ([]byte, error) {
	if !c.started {
		if len(b) < len(copyMark) {
			return b, nil
		}
		b, c.started = b[len(copyMark):], true
	}
	for {
		size, err := c.cut(b)
		if size == 0 || err != nil {
			return b, err
		}
		r := row{raw: c.values}
		if err := c.each(&r); err != nil {
			return nil, err
		}
		if r.err != nil {
			return nil, r.err
		}
		b = b[size:]
	}
}

// cut sets values to those of the row that b begins with and returns its
// size, 0 when it is not complete or the stream's end mark.
func (c *copySink) cut(b []byte) (int, error) {
	if len(b) < 2 {
		return 0, nil
	}
	n := int(int16(binary.BigEndian.Uint16(b)))
	if n < 0 {
		return 0, nil
	}
	c.values = c.values[:0]
	at := 2
	for range n {
		if len(b) < at+4 {
			return 0, nil
		}
		size := int(int32(binary.BigEndian.Uint32(b[at:])))
		at += 4
		switch {
		case size == -1:
			c.values = append(c.values, nil)
			continue
		case size < 0:
			return 0, errors.New("copy: negative length")
		case len(b) < at+size:
			return 0, nil
		}
		c.values = append(c.values, b[at:at+size:at+size])
		at += size
	}
	return at, nil
}
