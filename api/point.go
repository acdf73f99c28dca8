package api

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// decodePoint reads {"lon":…, "lat":…, "id":…} or [lon, lat]. The id may be
// text or a number and comes back as it came.
func decodePoint(raw []byte) (lon, lat float64, id string, err error) {
	if lon, lat, id, ok := plainPoint(raw); ok {
		return lon, lat, id, nil
	}
	return anyPoint(raw)
}

// anyPoint reads a point however it is written, and says what is wrong.
func anyPoint(raw []byte) (lon, lat float64, id string, err error) {
	if !utf8.Valid(raw) {
		return 0, 0, "", bad("body", "is not valid UTF-8")
	}
	if len(raw) > 0 && raw[0] == '[' {
		var pair []float64
		if err := json.Unmarshal(raw, &pair); err != nil {
			return 0, 0, "", jsonError(err, nil, nil)
		}
		if len(pair) != 2 {
			return 0, 0, "", bad("body", "a position has %d numbers, want lon and lat", len(pair))
		}
		return pair[0], pair[1], "", nil
	}
	var p struct {
		Lon *float64        `json:"lon"`
		Lat *float64        `json:"lat"`
		ID  json.RawMessage `json:"id"`
	}
	if err := decodeJSON(raw, &p); err != nil {
		return 0, 0, "", err
	}
	switch {
	case p.Lon == nil:
		return 0, 0, "", bad("lon", "is missing")
	case p.Lat == nil:
		return 0, 0, "", bad("lat", "is missing")
	case len(p.ID) > 0 && strings.ContainsRune("{[tf", rune(p.ID[0])):
		return 0, 0, "", bad("id", "must be text or a number")
	case string(p.ID) == "null":
		return *p.Lon, *p.Lat, "", nil
	}
	return *p.Lon, *p.Lat, string(p.ID), nil
}

// plainPoint reads a point as nearly everybody writes one: an object of known
// members, each at most once, without escapes, and spares a batch the cost of
// reading any JSON there is. Whatever looks otherwise, right or wrong, is not
// its business.
func plainPoint(raw []byte) (lon, lat float64, id string, ok bool) {
	s := plainScanner{raw: raw}
	lon, lat, id, ok = s.point()
	return lon, lat, id, ok && s.skip() == len(raw)
}

// plainPoints calls take with every point of an array in which all are plain.
// It says false, and may have called take before, for any other body; the error
// is that of take.
func plainPoints(body []byte, take func(line int, lon, lat float64, id string) error) (bool, error) {
	s := plainScanner{raw: body}
	if !s.take('[') {
		return false, nil
	}
	for line := 1; ; line++ {
		from := s.skip()
		lon, lat, id, ok := s.point()
		if !ok || s.at-from > maxLine {
			return false, nil
		}
		if err := take(line, lon, lat, id); err != nil {
			return true, err
		}
		if s.take(',') {
			continue
		}
		return s.take(']') && s.skip() == len(s.raw), nil
	}
}

// point reads the point at the cursor.
func (s *plainScanner) point() (lon, lat float64, id string, ok bool) {
	if !s.take('{') {
		return 0, 0, "", false
	}
	var has [len(pointMembers)]bool
	for {
		name, isText := s.text()
		which := slices.IndexFunc(pointMembers[:], func(m string) bool { return m == string(name) })
		if !isText || which < 0 || has[which] || !s.take(':') {
			return 0, 0, "", false
		}
		has[which] = true
		start := s.skip()
		switch which {
		case 0:
			lon, ok = s.number()
		case 1:
			lat, ok = s.number()
		default:
			if _, ok = s.text(); !ok {
				_, ok = s.number()
			}
			id = string(s.raw[start:s.at])
		}
		if !ok {
			return 0, 0, "", false
		}
		if s.take(',') {
			continue
		}
		return lon, lat, id, s.take('}') && has[0] && has[1]
	}
}

// pointMembers are the members of a point.
var pointMembers = [3]string{"lon", "lat", "id"}

// A plainScanner reads JSON without escapes.
type plainScanner struct {
	raw []byte
	at  int
}

// skip passes over white space and returns where it ended.
func (s *plainScanner) skip() int {
	for s.at < len(s.raw) && strings.IndexByte(" \t\r\n", s.raw[s.at]) >= 0 {
		s.at++
	}
	return s.at
}

func (s *plainScanner) take(c byte) bool {
	if s.skip() < len(s.raw) && s.raw[s.at] == c {
		s.at++
		return true
	}
	return false
}

// text reads a string of valid UTF-8 that holds no escape.
func (s *plainScanner) text() ([]byte, bool) {
	from := s.skip() + 1
	if from > len(s.raw) || s.raw[from-1] != '"' {
		return nil, false
	}
	for i := from; i < len(s.raw); i++ {
		switch c := s.raw[i]; {
		case c == '"':
			s.at = i + 1
			return s.raw[from:i], utf8.Valid(s.raw[from:i])
		case c == '\\' || c < ' ':
			return nil, false
		}
	}
	return nil, false
}

// number reads a number as JSON writes it, without an exponent.
func (s *plainScanner) number() (float64, bool) {
	from := s.skip()
	digits := from
	if digits < len(s.raw) && s.raw[digits] == '-' {
		digits++
	}
	point := -1
	i := digits
	for ; i < len(s.raw); i++ {
		if c := s.raw[i]; c == '.' && point < 0 && i > digits {
			point = i
		} else if c < '0' || c > '9' {
			break
		}
	}
	leading := i > digits+1 && s.raw[digits] == '0' && s.raw[digits+1] != '.'
	if i == digits || point == i-1 || leading || i < len(s.raw) && (s.raw[i] == 'e' || s.raw[i] == 'E') {
		return 0, false
	}
	s.at = i
	if value, ok := shortDecimal(s.raw[from:i]); ok {
		return value, true
	}
	value, err := strconv.ParseFloat(string(s.raw[from:i]), 64)
	return value, err == nil
}

// powers of ten are exact up to the 22nd.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// shortDecimal reads digits with perhaps a sign and a point, if they are few
// enough that one division of exact numbers gives the nearest float64, as
// strconv does.
func shortDecimal(text []byte) (value float64, ok bool) {
	digits, behind, point := uint64(0), 0, false
	rest, negative := bytes.CutPrefix(text, []byte("-"))
	if len(rest) > 16 {
		return 0, false
	}
	for _, c := range rest {
		if c == '.' {
			point = true
			continue
		}
		digits = 10*digits + uint64(c-'0')
		if point {
			behind++
		}
	}
	if digits >= 1<<53 {
		return 0, false
	}
	value = float64(digits) / powers[behind]
	if negative {
		value = -value
	}
	return value, true
}
