package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A row is one record being decoded. Its methods return the value of a column,
// the zero value when the column is missing or its cell empty, and keep the
// first thing that is wrong.
type row struct {
	*table
	index, line int // of the feature, of the line
	cells       []string
	feature     *Feature // of a GeoJSON file, else nil
	key         string   // what names the record in errors
	bad         *InputError
}

func (r *row) fail(field string, err error) {
	if r.bad == nil {
		r.bad = &InputError{File: r.opts.File, Feature: r.index, Line: r.line, Code: r.key, Field: field, Reason: err.Error()}
	}
}

// raw returns a cell without blanks around it and without the apostrophe that
// guards text against being run as a formula.
func (r *row) raw(name string) string {
	i, ok := r.place[name]
	if !ok {
		return ""
	}
	text := strings.TrimSpace(Unguard(r.cells[i]))
	if err := checkText(text); err != nil {
		r.fail(name, err)
		return ""
	}
	if isIdentityNumber(text) {
		first := r.bad == nil
		r.fail(name, errors.New("looks like an identity number, which is not stored; use another number"))
		if first {
			r.bad.Rule = geo.RulePrivate
		}
		return ""
	}
	return text
}

func (r *row) text(name string) string { return r.raw(name) }

// plain returns a cell with full-width characters folded.
func (r *row) plain(name string) string { return strings.TrimSpace(geo.FoldWidth(r.raw(name))) }

// code returns a code or number that names something.
func (r *row) code(name string) string {
	code := strings.TrimSuffix(r.plain(name), ".0") // a number column that once held blanks
	if strings.ContainsAny(code, "eE") && strings.Contains(code, "+") && isNumber([]byte(code)) {
		r.fail(name, fmt.Errorf("%s is a code that a spreadsheet has shortened; write it as text", code))
		return ""
	}
	if len(code) > excelDigits && digits([]byte(code)) == len(code) && !r.warned[name] {
		r.warned[name] = true
		r.opts.warn(&InputError{Feature: r.index, Line: r.line, Code: code, Field: name,
			Reason: fmt.Sprintf("a code of %d digits; a spreadsheet keeps %d of a number", len(code), excelDigits)})
	}
	return code
}

// called returns a name as it is written, full-width signs and all; it may not be
// empty.
func (r *row) called(name string) string {
	text := strings.TrimSpace(r.text(name))
	if text == "" {
		r.fail(name, errors.New("is empty"))
	}
	return text
}

// needed is code for a column that may not be empty.
func (r *row) needed(name string) string {
	code := r.code(name)
	if code == "" {
		r.fail(name, errors.New("is empty"))
	}
	return code
}

// count returns a whole number from 0 to most.
func (r *row) count(name string, most int64) int64 {
	text := strings.TrimSuffix(strings.ReplaceAll(r.plain(name), ",", ""), ".0")
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		r.fail(name, fmt.Errorf("%q is no whole number", text))
	case strings.HasPrefix(text, "-") && text != "-0":
		r.fail(name, fmt.Errorf("%s is negative", text))
	case err != nil || n > most:
		r.fail(name, fmt.Errorf("%s is absurd; %d is the most", text, most))
	default:
		return n
	}
	return 0
}

// amount returns a number from 0 to most.
func (r *row) amount(name string, most float64) float64 {
	text := r.plain(name)
	if text == "" {
		return 0
	}
	if !isNumber([]byte(text)) {
		r.fail(name, fmt.Errorf("%q is no number", text))
		return 0
	}
	f := float([]byte(text))
	if !(f >= 0 && f <= most) {
		r.fail(name, fmt.Errorf("%s is not between 0 and %v", text, most))
		return 0
	}
	return f
}

// dateLayouts are the days people write.
var dateLayouts = []string{time.DateOnly, "2006/1/2", "20060102", "2006年1月2日", "2006-1-2", "2006.1.2"}

func (r *row) date(name string) geo.Date {
	text := r.plain(name)
	if text == "" {
		return 0
	}
	for _, layout := range dateLayouts {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		d, err := geo.NewDate(t.Year(), t.Month(), t.Day())
		if err != nil {
			r.fail(name, err)
		}
		return d
	}
	r.fail(name, fmt.Errorf("%q is no day such as 2025-06-30", text))
	return 0
}

func (r *row) period(from, to string) geo.Period {
	p := geo.Period{From: r.date(from), To: r.date(to)}
	if p.To != 0 && p.To <= p.From {
		r.fail(to, fmt.Errorf("%v does not come after %v", p.To, p.From))
	}
	return p
}

// truth returns a yes or no, and otherwise when the cell is empty.
func (r *row) truth(name string, otherwise bool) bool {
	switch text := strings.ToLower(r.plain(name)); text {
	case "":
		return otherwise
	case "1", "true", "t", "yes", "y", "是", "有":
		return true
	case "0", "false", "f", "no", "n", "否", "无":
		return false
	default:
		r.fail(name, fmt.Errorf("%q is neither true nor false", text))
		return false
	}
}

// choice returns the value that the cell's word stands for, and otherwise when
// it is empty.
func choice[T ~string](r *row, name string, words map[string]T, otherwise T) T {
	text := strings.ToLower(r.plain(name))
	if text == "" {
		return otherwise
	}
	if v, ok := words[text]; ok {
		return v
	}
	r.fail(name, fmt.Errorf("%q is unknown; use %s", text, listed(words)))
	return otherwise
}

// located returns the point of a record, false when it has none.
func (r *row) located() (topo.Point, bool) {
	if r.feature != nil && r.feature.Point != nil {
		return *r.feature.Point, true
	}
	lon, lat := r.plain("lon"), r.plain("lat")
	if lon == "" && lat == "" {
		return topo.Point{}, false
	}
	if !isNumber([]byte(lon)) {
		r.fail("lon", fmt.Errorf("%q is no number of degrees", lon))
		return topo.Point{}, false
	}
	if !isNumber([]byte(lat)) {
		r.fail("lat", fmt.Errorf("%q is no number of degrees", lat))
		return topo.Point{}, false
	}
	at, err := snap(r.opts.CRS, float([]byte(lon)), float([]byte(lat)))
	if err != nil {
		r.fail("lon", err)
		return topo.Point{}, false
	}
	return at, true
}

// where returns a box around the place of a record at fault, nil without one
// that could be read.
func (r *row) where() *topo.Box {
	if r.feature != nil && len(r.feature.Shape) > 0 {
		box := r.feature.Shape.Bound()
		return &box
	}
	again := *r // what else is wrong with it has been said
	at, ok := again.located()
	if !ok {
		return nil
	}
	return &topo.Box{Min: at, Max: at}
}

// list returns the parts of a cell between semicolons.
func (r *row) list(name string) []string {
	var parts []string
	for part := range strings.SplitSeq(strings.ReplaceAll(r.text(name), "；", ";"), ";") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// groups returns the counts of a cell: those of a JSON object, or of
// code:count between semicolons. A group that PRV-1 forbids is refused.
func (r *row) groups(name string) geo.GroupCounts {
	text := r.raw(name)
	if !strings.HasPrefix(text, "{") {
		var members []string
		for _, part := range r.list(name) {
			code, count, ok := strings.Cut(geo.FoldWidth(part), ":")
			n, err := strconv.ParseUint(strings.TrimSpace(count), 10, 31)
			if !ok || err != nil {
				r.fail(name, fmt.Errorf("%q is no count of a group; write code:count", part))
				return ""
			}
			quoted, _ := json.Marshal(strings.TrimSpace(code)) // a string always has a form
			members = append(members, fmt.Sprintf("%s:%d", quoted, n))
		}
		if len(members) == 0 {
			return ""
		}
		text = "{" + strings.Join(members, ",") + "}"
	}
	counts, err := geo.ParseGroupCounts([]byte(text))
	var invalid *geo.InvalidError
	if errors.As(err, &invalid) {
		r.fail(invalid.Field, errors.New(invalid.Reason))
		return ""
	}
	for code := range counts.All() {
		if what := geo.Sensitive(code); what != "" && r.bad == nil {
			r.fail(name+"."+code, fmt.Errorf("the group promises %s, which is not kept (PRV-1)", what))
			r.bad.Rule = geo.RulePrivate
		}
	}
	return counts
}

// codes returns the codes of a cell: those of a JSON array, or those between
// semicolons.
func (r *row) codes(name string) []string {
	text := r.raw(name)
	if !strings.HasPrefix(text, "[") {
		return r.list(name)
	}
	var parts []any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&parts); err != nil {
		r.fail(name, errors.New("is no list of codes"))
		return nil
	}
	list := make([]string, 0, len(parts))
	for _, part := range parts {
		code := ""
		switch v := part.(type) {
		case string:
			code = strings.TrimSpace(geo.FoldWidth(v))
		case json.Number:
			var err error
			if code, _, err = numberCode(v.String()); err != nil {
				r.fail(name, err)
			}
		}
		if code == "" {
			r.fail(name, errors.New("is no list of codes"))
		} else if err := checkText(code); err != nil {
			r.fail(name, err)
		}
		list = append(list, code)
	}
	return list
}

// errNoPlace is told of a record that must have a place and has none.
var errNoPlace = errors.New("the place is missing")

// positive is count for a number that may not be 0.
func (r *row) positive(name string, most int64) int64 {
	n := r.count(name, most)
	if n == 0 {
		r.fail(name, errors.New("must be at least 1"))
	}
	return n
}
