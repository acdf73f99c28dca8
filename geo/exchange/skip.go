package exchange

import "fmt"

// skip takes one value of any sort without keeping it.
func (s *scanner) skip() error {
	c, err := s.next()
	if err != nil {
		return err
	}
	kept := s.text
	defer func() { s.text = kept }()
	switch {
	case c == '"':
		_, err = s.string()
	case c == '{' || c == '[':
		err = s.skipNested(c)
	case c == '-' || '0' <= c && c <= '9':
		_, err = s.number()
	default:
		_, err = s.word()
	}
	return err
}

func (s *scanner) skipNested(bracket byte) error {
	if err := s.open(bracket); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := s.more(bracket+2, first) // '[' + 2 is ']', '{' + 2 is '}'
		if err != nil || !more {
			return err
		}
		if bracket == '{' {
			if _, err = s.key(); err != nil {
				return err
			}
		}
		if err = s.skip(); err != nil {
			return err
		}
	}
}

// value takes one value of any sort and appends its text, without white space.
func (s *scanner) value(b []byte) ([]byte, error) {
	c, err := s.next()
	if err != nil {
		return b, err
	}
	switch {
	case c == '"':
		var text string
		text, err = s.string()
		return appendString(b, text), err
	case c == '{' || c == '[':
		return s.nested(b, c)
	case c == '-' || '0' <= c && c <= '9':
		var text []byte
		text, err = s.number()
		s.text += len(text)
		return append(b, text...), err
	}
	word, err := s.word()
	return append(b, word...), err
}

func (s *scanner) nested(b []byte, bracket byte) ([]byte, error) {
	if err := s.open(bracket); err != nil {
		return b, err
	}
	b = append(b, bracket)
	for first := true; ; first = false {
		more, err := s.more(bracket+2, first) // as in skipNested
		if err != nil {
			return b, err
		}
		if !more {
			return append(b, bracket+2), nil
		}
		if s.text++; s.text > s.maxText { // of elements that have no text themselves
			return b, fmt.Errorf("more than %d bytes of text in one feature", s.maxText)
		}
		if !first {
			b = append(b, ',')
		}
		if bracket == '{' {
			name, err := s.key()
			if err != nil {
				return b, err
			}
			b = append(appendString(b, name), ':')
		}
		if b, err = s.value(b); err != nil {
			return b, err
		}
	}
}

// recover moves on after an error to the end of the value that began at depth,
// matching nothing but brackets and strings, so that the next value can be
// read. The comma or bracket behind the value is not taken.
func (s *scanner) recover(depth int) error {
	for {
		c, err := s.next()
		if err != nil {
			return err
		}
		switch c {
		case '"':
			if err := s.pastString(); err != nil {
				return err
			}
			continue
		case '{', '[':
			s.depth++
		case '}', ']', ',':
			if s.depth <= depth {
				return nil
			}
			if c != ',' {
				s.depth--
			}
			if s.depth == depth {
				s.pos++
				return nil
			}
		}
		s.pos++
	}
}

// pastString moves behind a string's closing quote.
func (s *scanner) pastString() error {
	for s.pos++; ; s.pos++ {
		if s.ensure(2); s.pos == s.end {
			return s.ending()
		}
		switch s.buf[s.pos] {
		case '"':
			s.pos++
			return nil
		case '\\':
			if s.pos+1 < s.end {
				s.pos++
			}
		}
	}
}
