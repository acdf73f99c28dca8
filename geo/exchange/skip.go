package exchange

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
