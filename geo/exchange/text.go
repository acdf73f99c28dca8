package exchange

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// open returns src without its UTF-8 byte-order mark, or the reason why it
// cannot be text in UTF-8.
func open(src io.Reader) (*bufio.Reader, error) {
	r := bufio.NewReaderSize(src, 1<<16)
	head, err := r.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err := r.Discard(3)
		return r, err
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, errors.New("written in UTF-16; save it as UTF-8")
	case len(head) >= 2 && (head[0] == 0) != (head[1] == 0):
		return nil, errors.New("looks like UTF-16 without a mark; save it as UTF-8")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, errors.New("is a zip archive or an Excel workbook; save it as GeoJSON or CSV in UTF-8")
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return nil, errors.New("is compressed with gzip; unpack it first")
	}
	return r, nil
}
