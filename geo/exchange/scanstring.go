package exchange

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// string takes a string. Whatever is wrong inside it, the scanner stands
// behind its closing quote afterwards, so that reading can go on.
func (s *scanner) string() (string, error) {
	c, err := s.next()
	if err != nil {
		return "", err
	}
	if c != '"' {
		return "", fmt.Errorf("%s stands where a string is expected", s.found(c))
	}
	s.pos++
	var (
		long []byte // what was read before the present window
		bad  error
	)
	for {
		i := s.pos
		for i < s.end && s.buf[i] != '"' && s.buf[i] != '\\' && s.buf[i] >= ' ' {
			i++
		}
		part := s.buf[s.pos:i]
		s.pos = i
		if i < s.end && s.buf[i] == '"' && long == nil && bad == nil {
			s.pos++
			return s.kept(string(part))
		}
		if bad == nil {
			long = append(long, part...)
			if len(long) > s.maxText {
				bad, long = fmt.Errorf("text of more than %d bytes", s.maxText), nil
			}
		}
		if i == s.end {
			if s.ensure(1); s.pos == s.end {
				return "", s.ending()
			}
			continue
		}
		switch s.buf[i] {
		case '"':
			s.pos++
			if bad != nil {
				return "", bad
			}
			return s.kept(string(long))
		case '\\':
			var r rune
			if r, err = s.escape(); err == nil {
				long = utf8.AppendRune(long, r)
			}
		default:
			err = fmt.Errorf("control character %#02x in a string", s.buf[i])
			s.pos++
		}
		if errors.Is(err, errEnd) {
			return "", err
		}
		if bad == nil {
			bad = err
		}
	}
}

// kept checks a string's encoding and counts it against the limit.
func (s *scanner) kept(text string) (string, error) {
	if err := checkText(text); err != nil {
		return "", err
	}
	if s.text += len(text); s.text > s.maxText {
		return "", fmt.Errorf("text of more than %d bytes in one feature", s.maxText)
	}
	return text, nil
}

// checkText refuses what neither a database nor a reader can keep as text.
func checkText(text string) error {
	for i, r := range text {
		switch r {
		case 0:
			return errors.New("character U+0000, which no database keeps")
		case utf8.RuneError:
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return fmt.Errorf("invalid UTF-8: byte 0x%02X after %s; is the file in GBK? Save it as UTF-8",
					text[i], strconv.Quote(clip(text[:i], 40)))
			}
		}
	}
	return nil
}

// clip shortens text to its last n bytes or a few less, at a character's border.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	from := len(text) - n
	for from < len(text) && !utf8.RuneStart(text[from]) {
		from++
	}
	return text[from:]
}

// escape takes one escape sequence; a surrogate pair is one.
func (s *scanner) escape() (rune, error) {
	if s.ensure(12); s.end-s.pos < 2 {
		s.pos = s.end
		return 0, s.ending()
	}
	c := s.buf[s.pos+1]
	s.pos += 2
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		return s.unicode()
	}
	return 0, fmt.Errorf("unknown escape \\%c in a string", c)
}

// unicode takes the digits of \uXXXX and, after a high surrogate, its pair.
func (s *scanner) unicode() (rune, error) {
	r, err := s.hex()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	if s.end-s.pos < 6 || s.buf[s.pos] != '\\' || s.buf[s.pos+1] != 'u' {
		return 0, fmt.Errorf("half of a character pair, \\u%04X, in a string", r)
	}
	s.pos += 2
	low, err := s.hex()
	if err != nil {
		return 0, err
	}
	pair := utf16.DecodeRune(r, low)
	if pair == utf8.RuneError {
		return 0, fmt.Errorf("characters \\u%04X\\u%04X are no pair", r, low)
	}
	return pair, nil
}

func (s *scanner) hex() (rune, error) {
	if s.end-s.pos < 4 {
		return 0, errors.New("\\u without four digits in a string")
	}
	n, err := strconv.ParseUint(string(s.buf[s.pos:s.pos+4]), 16, 16)
	if err != nil {
		return 0, errors.New("\\u without four digits in a string")
	}
	s.pos += 4
	return rune(n), nil
}
