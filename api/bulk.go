package api

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gridmap/geo"
	"gridmap/geo/exchange"
	"gridmap/geo/postgis"
)

// maxLine bounds one line or record of a bulk body.
const maxLine = 1 << 20

// A bulkAnswer says what a bulk upsert did.
type bulkAnswer struct {
	Revision  geo.Revision `json:"revision"`
	Records   int          `json:"records"`
	Created   int          `json:"created"`
	Updated   int          `json:"updated"`
	Unchanged int          `json:"unchanged"`
}

// upsertRecords handles POST /v1/{records}/bulk: every record is created or,
// where its external number is known, brought to what is sent; all or none.
func (s *Server) upsertRecords(k recordKind, w http.ResponseWriter, r *http.Request) error {
	territory, err := s.statedTerritory(r)
	if err != nil {
		return err
	}
	body, media, err := openBody(w, r, s.limits.BulkBody, typeJSON, typeNDJSON, typeCSV)
	if err != nil {
		return err
	}
	codes := s.codes(r, territory)
	digest := sha256.New()
	actions, lines, err := k.readBulk(io.TeeReader(body, digest), media, codes, s.limits.BulkRecords)
	if err != nil {
		return err
	}
	write, err := s.newWrite(r, territory, "upsert", digest.Sum(nil))
	if err != nil {
		return err
	}
	write.Actions = actions
	done, err := s.store.Write(r.Context(), write)
	if err != nil {
		return onLine(err, lines)
	}
	answer := bulkAnswer{Revision: done.Revision, Records: len(actions)}
	for _, c := range done.Changes {
		if c.Before == nil {
			answer.Created++
		} else {
			answer.Updated++
		}
	}
	answer.Unchanged = answer.Records - answer.Created - answer.Updated
	w.Header().Set("Gridmap-Revision", revisionText(done.Revision))
	return writeJSON(w, http.StatusOK, answer)
}

// readBulk reads all records of a bulk body, and the line of each.
func (k recordKind) readBulk(body io.Reader, media string, codes *codes, most int) (actions []postgis.Action, lines []int, err error) {
	take := func(line int, raw []byte) error {
		if len(actions) == most {
			return bad("body", "holds more than %d records; send several requests", most)
		}
		record, err := k.decode(raw, codes)
		if err != nil {
			return atLine(err, line)
		}
		if _, id := record.Key(); id != 0 {
			return atLine(bad("id", "is given by the service; records are known by their external number"), line)
		}
		actions, lines = append(actions, postgis.Upsert(record)), append(lines, line)
		return nil
	}
	if err := eachRecord(body, media, reflect.TypeOf(k.blank()).Elem(), take); err != nil {
		return nil, nil, err
	}
	if len(actions) == 0 {
		return nil, nil, bad("body", "holds no record")
	}
	return actions, lines, nil
}

// eachRecord calls fn with every record of a body, as JSON of the type, and where
// it stands.
func eachRecord(body io.Reader, media string, of reflect.Type, fn func(line int, raw []byte) error) error {
	switch media {
	case typeCSV:
		return eachCSV(body, columnsOf(of), fn)
	case typeNDJSON:
		return eachLine(body, fn)
	}
	return eachElement(body, fn)
}

// eachElement calls fn with every element of a JSON array, the first being 1.
func eachElement(body io.Reader, fn func(line int, raw []byte) error) error {
	decoder := json.NewDecoder(&unspaced{from: body})
	token, err := decoder.Token()
	if err != nil {
		return jsonError(err, nil, nil)
	}
	if token != json.Delim('[') {
		return bad("body", "must be a JSON array")
	}
	for line := 1; decoder.More(); line++ {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return atLine(jsonError(err, nil, nil), line)
		}
		if len(raw) > maxLine {
			return &inputError{Field: "body", Reason: "the element is longer than " + strconv.Itoa(maxLine) + " bytes", Line: line}
		}
		if err := fn(line, raw); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return jsonError(err, nil, nil)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		if err != nil {
			return jsonError(err, nil, nil)
		}
		return bad("body", "goes on after the JSON array")
	}
	return nil
}

// An unspaced reader shortens every run of white space between the tokens of
// JSON to its first byte: json.Decoder scans such a run anew with every read,
// so a body of nothing else would keep a processor busy for a minute.
type unspaced struct {
	from          io.Reader
	text, escaped bool // inside a string, after a backslash in it
	space         bool // the last byte passed on was white space
}

func (u *unspaced) Read(p []byte) (int, error) {
	for {
		n, err := u.from.Read(p)
		kept := p[:0]
		for _, c := range p[:n] {
			if u.keeps(c) {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 || err != nil || len(p) == 0 {
			return len(kept), err
		}
	}
}

func (u *unspaced) keeps(c byte) bool {
	if u.text {
		switch {
		case u.escaped:
			u.escaped = false
		case c == '\\':
			u.escaped = true
		case c == '"':
			u.text = false
		}
		return true
	}
	was := u.space
	u.space = c == ' ' || c == '\n' || c == '\t' || c == '\r'
	u.text = c == '"'
	return !(was && u.space)
}

// eachLine calls fn with every line that is not blank.
func eachLine(body io.Reader, fn func(line int, raw []byte) error) error {
	scanner := bufio.NewScanner(body)
	scanner.Buffer(make([]byte, 0, 64<<10), maxLine)
	line := 0
	for scanner.Scan() {
		line++
		raw := bytes.TrimSpace(scanner.Bytes())
		if line == 1 {
			raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
		}
		if len(raw) == 0 {
			continue
		}
		if err := fn(line, raw); err != nil {
			return err
		}
	}
	if errors.Is(scanner.Err(), bufio.ErrTooLong) {
		return &inputError{Field: "body", Reason: "the line is longer than " + strconv.Itoa(maxLine) + " bytes", Line: line + 1}
	}
	if scanner.Err() != nil {
		return bodyError(scanner.Err())
	}
	return nil
}

// eachCSV calls fn with every row as the JSON object that its header makes of
// it; an empty cell leaves its member out.
func eachCSV(body io.Reader, columns map[string]column, fn func(line int, raw []byte) error) error {
	rows := newCSV(body)
	header, _, err := rows.next()
	if errors.Is(err, io.EOF) {
		return bad("body", "is empty")
	}
	if err != nil {
		return err
	}
	chosen := make([]column, len(header))
	for i, name := range header {
		c, known := columns[strings.ToLower(strings.TrimSpace(name))]
		if !known {
			return &inputError{Field: clip(name), Reason: "is no column of this record", Line: 1}
		}
		chosen[i] = c
	}
	for {
		cells, line, err := rows.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		raw, err := rowJSON(chosen, cells)
		if err != nil {
			return atLine(err, line)
		}
		if err := fn(line, raw); err != nil {
			return err
		}
	}
}

// A csvReader reads rows of CSV in UTF-8 with their line numbers.
type csvReader struct{ csv.Reader }

func newCSV(body io.Reader) *csvReader {
	buffered := bufio.NewReaderSize(body, 64<<10)
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = buffered.Discard(3) // it has just been peeked
	}
	rows := &csvReader{*csv.NewReader(buffered)}
	rows.ReuseRecord = true
	return rows
}

func (c *csvReader) next() (cells []string, line int, err error) {
	cells, err = c.Read()
	var syntax *csv.ParseError
	switch {
	case errors.As(err, &syntax):
		return nil, 0, &inputError{Field: "body", Reason: "is not CSV: " + syntax.Err.Error(), Line: syntax.Line}
	case errors.Is(err, io.EOF):
		return nil, 0, io.EOF
	case err != nil:
		return nil, 0, bodyError(err)
	}
	line, _ = c.FieldPos(0)
	for _, cell := range cells {
		if !utf8.ValidString(cell) {
			return nil, 0, &inputError{Field: "body", Reason: "is not valid UTF-8", Line: line}
		}
	}
	return cells, line, nil
}

// A column is where a CSV cell goes in the JSON object of its record.
type column struct {
	path []string
	kind reflect.Kind
}

var textUnmarshaler = reflect.TypeFor[interface{ UnmarshalText([]byte) error }]()

// columnsOf lists the columns a record's rows may have: the dotted path of
// every member, and the same with underscores.
func columnsOf(t reflect.Type) map[string]column {
	columns := map[string]column{}
	var walk func(t reflect.Type, path []string)
	walk = func(t reflect.Type, path []string) {
		for i := range t.NumField() {
			field := t.Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if field.Anonymous && name == "" {
				walk(field.Type, path)
				continue
			}
			if name == "" || name == "-" {
				continue
			}
			member := append(append([]string(nil), path...), name)
			kind := field.Type
			if kind.Kind() == reflect.Pointer {
				kind = kind.Elem()
			}
			switch {
			case reflect.PointerTo(kind).Implements(textUnmarshaler):
				columns[strings.Join(member, ".")] = column{member, reflect.String}
			case kind.Kind() == reflect.Struct:
				walk(kind, member)
			default:
				columns[strings.Join(member, ".")] = column{member, kind.Kind()}
			}
		}
	}
	walk(t, nil)
	for name, c := range columns {
		columns[strings.ReplaceAll(name, ".", "_")] = c
	}
	return columns
}

// rowJSON makes the JSON object of a row.
func rowJSON(columns []column, cells []string) ([]byte, error) {
	object := map[string]any{}
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			continue
		}
		value, err := cellValue(columns[i], cell)
		if err != nil {
			return nil, err
		}
		into := object
		for _, name := range columns[i].path[:len(columns[i].path)-1] {
			inner, ok := into[name].(map[string]any)
			if !ok {
				inner = map[string]any{}
				into[name] = inner
			}
			into = inner
		}
		into[columns[i].path[len(columns[i].path)-1]] = value
	}
	return json.Marshal(object)
}

// cellValue reads a cell as its member's type. A list is split at semicolons.
func cellValue(c column, cell string) (any, error) {
	name := strings.Join(c.path, ".")
	switch c.kind {
	case reflect.String:
		return exchange.Unguard(cell), nil
	case reflect.Slice:
		return strings.Split(exchange.Unguard(cell), ";"), nil
	case reflect.Map:
		var object map[string]any
		if err := unmarshalNumbers([]byte(cell), &object); err != nil {
			return nil, bad(name, "is not a JSON object: %v", err)
		}
		return object, nil
	case reflect.Bool:
		switch strings.ToLower(cell) {
		case "true", "1", "yes", "是":
			return true, nil
		case "false", "0", "no", "否":
			return false, nil
		}
		return nil, bad(name, "%q is neither true nor false", clip(cell))
	case reflect.Float32, reflect.Float64:
		value, err := parseFloat(cell)
		if err != nil {
			return nil, bad(name, "%s", err.Error())
		}
		return value, nil
	default:
		value, err := strconv.ParseInt(cell, 10, 64)
		if err != nil {
			return nil, bad(name, "%q is not a whole number", clip(cell))
		}
		return value, nil
	}
}

// actionField is how the store names the field of one record among several.
var actionField = regexp.MustCompile(`^\[(\d+)\]\.?(.*)$`)

// onLine says on which line of the body the record stands that the store
// refused.
func onLine(err error, lines []int) error {
	var refused *geo.InvalidError
	if !errors.As(err, &refused) {
		return err
	}
	parts := actionField.FindStringSubmatch(refused.Field)
	if parts == nil {
		return err
	}
	i, convErr := strconv.Atoi(parts[1])
	if convErr != nil || i >= len(lines) {
		return err
	}
	return &lineError{line: lines[i], err: &geo.InvalidError{Field: parts[2], Reason: refused.Reason}}
}

// single takes the number of the record off a refusal when there was but one.
func single(err error) error {
	var refused *geo.InvalidError
	if errors.As(err, &refused) {
		if parts := actionField.FindStringSubmatch(refused.Field); parts != nil {
			return &geo.InvalidError{Field: parts[2], Reason: refused.Reason}
		}
	}
	return err
}

// unmarshalNumbers reads JSON, keeping every number as it is written.
func unmarshalNumbers(raw []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))
	decoder.UseNumber()
	return decoder.Decode(v)
}
