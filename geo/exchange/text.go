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
	r, _, err := openMarked(src)
	return r, err
}

// openMarked is open that also tells whether there was a mark.
func openMarked(src io.Reader) (r *bufio.Reader, marked bool, err error) {
	r = bufio.NewReaderSize(src, 1<<16)
	head, err := r.Peek(4)
	if err != nil && err != io.EOF {
		return nil, false, err
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, err := r.Discard(3)
		return r, true, err
	}
	return r, false, foreign(head)
}

// foreign says what a file that begins with head is, when it is neither GeoJSON
// nor a table in UTF-8.
func foreign(head []byte) error {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return errors.New("written in UTF-16; save it as UTF-8")
	case len(head) >= 2 && (head[0] == 0) != (head[1] == 0):
		return errors.New("looks like UTF-16 without a mark; save it as UTF-8")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return errors.New("is a zip archive or an Excel workbook; save it as GeoJSON or CSV in UTF-8")
	case bytes.HasPrefix(head, []byte("<")):
		return errors.New("looks like XML, as KML and GML are; save it as GeoJSON")
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return errors.New("is compressed with gzip; unpack it first")
	}
	return nil
}
