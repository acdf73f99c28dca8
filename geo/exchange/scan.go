package exchange

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// errEnd is returned where the file ends inside a value.
var errEnd = errors.New("the file ends in the middle of it")

// numberBytes is the longest text taken for one number; the shortest decimal
// of the longest float64 has some 770 digits, and no coordinate needs them.
const numberBytes = 400

// A scanner reads JSON token by token from a sliding window, so that a value
// needs no more memory than what is kept of it. encoding/json reads whole
// values, which for a feature of ten million vertices is the whole file.
type scanner struct {
	src      io.Reader
	buf      []byte
	pos, end int
	base     int64 // offset of buf[0] in the file
	depth    int   // open brackets
	maxDepth int
	text     int // bytes of text kept since the last reset
	maxText  int
	failed   error // of src, io.EOF included
}

func newScanner(src io.Reader, limits Limits) *scanner {
	return &scanner{src: src, buf: make([]byte, 1<<16), maxDepth: limits.Depth, maxText: limits.TextBytes}
}

// ensure makes n unread bytes available, fewer only at the end of the file.
func (s *scanner) ensure(n int) {
	if s.end-s.pos >= n || s.failed != nil {
		return
	}
	copy(s.buf, s.buf[s.pos:s.end])
	s.base += int64(s.pos)
	s.pos, s.end = 0, s.end-s.pos
	for s.end < n && s.failed == nil {
		var got int
		got, s.failed = s.src.Read(s.buf[s.end:])
		s.end += got
	}
}

// next returns the next byte that is no white space, without taking it.
func (s *scanner) next() (byte, error) {
	for {
		for s.pos < s.end {
			c := s.buf[s.pos]
			if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
				return c, nil
			}
			s.pos++
		}
		if s.ensure(1); s.pos == s.end {
			return 0, s.ending()
		}
	}
}

// ending says why no byte is left.
func (s *scanner) ending() error {
	if s.failed != nil && s.failed != io.EOF {
		return s.failed
	}
	return errEnd
}

// offset is the place in the file, for errors of syntax.
func (s *scanner) offset() int64 { return s.base + int64(s.pos) }

// open takes an opening bracket.
func (s *scanner) open(bracket byte) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c != bracket {
		return fmt.Errorf("%s stands where %q is expected", s.found(c), bracket)
	}
	s.pos++
	s.depth++
	if s.depth > s.maxDepth {
		return fmt.Errorf("nested deeper than %d levels", s.maxDepth)
	}
	return nil
}

// more reports whether another element follows in the bracket opened last,
// and takes the comma before it or the closing bracket.
func (s *scanner) more(closing byte, first bool) (bool, error) {
	c, err := s.next()
	if err != nil {
		return false, err
	}
	switch {
	case c == closing:
		s.pos++
		s.depth--
		return false, nil
	case first:
		return true, nil
	case c != ',':
		return false, fmt.Errorf("%s stands where a comma or %q is expected", s.found(c), closing)
	}
	s.pos++
	if c, err = s.next(); err != nil {
		return false, err
	}
	if c == closing {
		return false, fmt.Errorf("a comma before %q", closing)
	}
	return true, nil
}

// key takes a member's name and its colon.
func (s *scanner) key() (string, error) {
	name, err := s.string()
	if err != nil {
		return "", err
	}
	c, err := s.next()
	if err != nil {
		return "", err
	}
	if c != ':' {
		return "", fmt.Errorf("%s stands where a colon is expected after %q", s.found(c), name)
	}
	s.pos++
	return name, nil
}

// found describes the token that begins with c, for errors.
func (s *scanner) found(c byte) string {
	switch {
	case c == '"':
		return "a string"
	case c == '{':
		return "an object"
	case c == '[':
		return "an array"
	case c == '-' || '0' <= c && c <= '9':
		if s.ensure(9); string(s.buf[s.pos:min(s.end, s.pos+9)]) == "-Infinity" {
			return "-Infinity"
		}
		return "a number"
	case c >= utf8.RuneSelf:
		return fmt.Sprintf("byte 0x%02X", c)
	}
	s.ensure(16)
	word := s.pos
	for word < s.end && word < s.pos+16 && isLetter(s.buf[word]) {
		word++
	}
	if word == s.pos {
		return strconv.QuoteRune(rune(c))
	}
	return string(s.buf[s.pos:word])
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// word takes one of the literals true, false and null.
func (s *scanner) word() (string, error) {
	c, err := s.next()
	if err != nil {
		return "", err
	}
	w := s.found(c)
	switch w {
	case "true", "false", "null":
		s.pos += len(w)
		return w, nil
	}
	return "", fmt.Errorf("%s is no JSON value", w)
}

// number takes a number and returns its text, valid until the next call.
func (s *scanner) number() ([]byte, error) {
	c, err := s.next()
	if err != nil {
		return nil, err
	}
	if c != '-' && (c < '0' || c > '9') {
		return nil, fmt.Errorf("%s stands where a number is expected", s.found(c))
	}
	s.ensure(numberBytes + 1)
	i := s.pos
	for i < s.end && i-s.pos <= numberBytes && inNumber(s.buf[i]) {
		i++
	}
	text := s.buf[s.pos:i]
	if len(text) > numberBytes {
		return nil, fmt.Errorf("a number of more than %d digits", numberBytes)
	}
	if !isNumber(text) {
		if found := s.found(c); found == "-Infinity" {
			return nil, errors.New("-Infinity stands where a number is expected")
		}
		return nil, fmt.Errorf("%q is no JSON number", text)
	}
	s.pos = i
	return text, nil
}

func inNumber(c byte) bool {
	return '0' <= c && c <= '9' || c == '.' || c == '-' || c == '+' || c|0x20 == 'e'
}

// isNumber checks the grammar of RFC 8259, section 6.
func isNumber(t []byte) bool {
	if len(t) > 0 && t[0] == '-' {
		t = t[1:]
	}
	n := digits(t)
	if n == 0 || n > 1 && t[0] == '0' {
		return false
	}
	if t = t[n:]; len(t) > 0 && t[0] == '.' {
		if n = digits(t[1:]); n == 0 {
			return false
		}
		t = t[1+n:]
	}
	if len(t) > 0 && t[0]|0x20 == 'e' {
		if t = t[1:]; len(t) > 0 && (t[0] == '+' || t[0] == '-') {
			t = t[1:]
		}
		if n = digits(t); n == 0 {
			return false
		}
		t = t[n:]
	}
	return len(t) == 0
}

func digits(t []byte) int {
	for i, c := range t {
		if c < '0' || c > '9' {
			return i
		}
	}
	return len(t)
}
