package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"

	"gridmap/geo"
)

// Media types the face reads and writes.
const (
	typeJSON    = "application/json"
	typeGeoJSON = "application/geo+json"
	typeNDJSON  = "application/x-ndjson"
	typeCSV     = "text/csv"
	typePatch   = "application/merge-patch+json"
)

// openBody returns the body, inflated and never longer than limit, and its
// media type, which must be one of types; the first stands for an absent one
// only when the body is empty.
func openBody(w http.ResponseWriter, r *http.Request, limit int64, types ...string) (io.Reader, string, error) {
	media, err := mediaType(r, types)
	if err != nil {
		return nil, "", err
	}
	if r.ContentLength > limit {
		return nil, "", &http.MaxBytesError{Limit: limit}
	}
	raw := http.MaxBytesReader(w, r.Body, limit)
	switch encoding := strings.ToLower(r.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
		return raw, media, nil
	case "gzip":
		inflated, err := gzip.NewReader(raw)
		if err != nil {
			return nil, "", bodyError(err)
		}
		return &boundedReader{from: inflated, left: limit, limit: limit}, media, nil
	default:
		return nil, "", &mediaTypeError{got: "Content-Encoding: " + encoding, want: "plain or gzip"}
	}
}

func mediaType(r *http.Request, types []string) (string, error) {
	header := r.Header.Get("Content-Type")
	want := &mediaTypeError{got: header, want: strings.Join(types, " or ")}
	if header == "" {
		if r.ContentLength == 0 {
			return types[0], nil
		}
		return "", want
	}
	media, params, err := mime.ParseMediaType(header)
	if err != nil {
		return "", want
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return "", &mediaTypeError{got: header, want: "in UTF-8"}
	}
	if media == "application/ndjson" || media == "application/jsonl" {
		media = typeNDJSON
	}
	for _, t := range types {
		if media == t {
			return media, nil
		}
	}
	return "", want
}

// A boundedReader refuses to go on after limit bytes, as http.MaxBytesReader
// does, but counts what comes out of the inflater: a small zip may hold a lot.
type boundedReader struct {
	from        io.Reader
	left, limit int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.from.Read(p)
	if int64(n) > b.left {
		n = int(b.left)
		b.left = 0
		return n, &http.MaxBytesError{Limit: b.limit}
	}
	b.left -= int64(n)
	return n, err
}

// readBody returns the whole of a small body.
func readBody(w http.ResponseWriter, r *http.Request, limit int64, types ...string) ([]byte, error) {
	body, _, err := openBody(w, r, limit, types...)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return nil, bodyError(err)
	}
	return raw, nil
}

// bodyError turns a failure to read the body into what the client did: only
// the size and the deadline keep their own status.
func bodyError(err error) error {
	var size *http.MaxBytesError
	var input *inputError
	switch {
	case errors.As(err, &size), errors.As(err, &input), isDeadline(err):
		return err
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return bad("body", "is not gzip")
	default:
		return bad("body", "cannot be read: %v", err)
	}
}

// decodeJSON reads one JSON object into v: UTF-8, of the members v has and no
// other, of their types, with nothing after it.
func decodeJSON(raw []byte, v any) error {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(raw) {
		return bad("body", "is not valid UTF-8")
	}
	if trimmed := bytes.TrimLeft(raw, " \t\r\n"); len(trimmed) == 0 {
		return bad("body", "is empty")
	} else if trimmed[0] != '{' {
		return bad("body", "must be a JSON object")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return jsonError(err, raw, v)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return bad("body", "goes on after the JSON object")
	}
	return nil
}

// jsonError names the member at fault as far as encoding/json tells, for a
// value v that was to be read from raw; both may be absent.
func jsonError(err error, raw []byte, v any) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	var input *inputError
	var refused *geo.InvalidError
	switch {
	case errors.As(err, &input), errors.As(err, &refused):
		return err
	case errors.As(err, &kind):
		return bad(memberName(kind.Field), "is a JSON %s, want %s", kind.Value, jsonKind(kind.Type))
	case errors.As(err, &syntax):
		return bad("body", "is not JSON: %s at byte %d", syntax.Error(), syntax.Offset)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return bad("body", "ends in the middle of the JSON")
	}
	// The standard library gives unknown members as text only.
	if name, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
		return bad(strings.Trim(name, `"`), "is not known here")
	}
	// A type's own UnmarshalText, such as that of a date, does not know which
	// member it reads.
	if path := memberAtFault(raw, v); path != "" {
		var whole wholeError
		if errors.As(err, &whole) {
			path, _, _ = strings.Cut(path, ".")
		}
		return bad(path, "%v", err)
	}
	return bodyError(err)
}

// memberName takes the names of embedded Go structs, which JSON does not
// show, out of a path; an empty path is the body itself.
func memberName(path string) string {
	var names []string
	for name := range strings.SplitSeq(path, ".") {
		if name != "" && (name[0] < 'A' || name[0] > 'Z') {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "body"
	}
	return strings.Join(names, ".")
}

// memberAtFault returns the path of the member of raw that v's type refuses,
// by reading one member after the other; "" when none does alone.
func memberAtFault(raw []byte, v any) string {
	var members map[string]json.RawMessage
	if v == nil || json.Unmarshal(raw, &members) != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		fits := func(value json.RawMessage) bool {
			alone, err := json.Marshal(map[string]json.RawMessage{name: value})
			return err == nil && json.Unmarshal(alone, reflect.New(reflect.TypeOf(v).Elem()).Interface()) == nil
		}
		if fits(members[name]) {
			continue
		}
		var inner map[string]json.RawMessage
		if json.Unmarshal(members[name], &inner) != nil {
			return name
		}
		for _, deeper := range slices.Sorted(maps.Keys(inner)) {
			alone, err := json.Marshal(map[string]json.RawMessage{deeper: inner[deeper]})
			if err == nil && !fits(alone) {
				return name + "." + deeper
			}
		}
		return name
	}
	return ""
}

// jsonKind says a Go type in JSON's words.
func jsonKind(t reflect.Type) string {
	if reflect.PointerTo(t).Implements(textUnmarshaler) {
		return "a string"
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return fmt.Sprintf("a whole number of at most %d bits", t.Bits())
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "a " + t.Kind().String()
}
