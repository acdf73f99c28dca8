package api

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"gridmap/geo"
)

// maxQuery bounds the query string; no call needs more.
const maxQuery = 8 << 10

// checkQuery refuses what the route does not know, a parameter given twice
// and text that is not UTF-8, so that a misspelt filter cannot pass for none.
func checkQuery(r *http.Request, known []string) error {
	if len(r.URL.RawQuery) > maxQuery {
		return bad("query", "is longer than %d bytes", maxQuery)
	}
	q := readQuery(r)
	if q.err != nil {
		return bad("query", "cannot be read: %v", q.err)
	}
	values := q.values
	for _, name := range sortedKeys(values) {
		switch {
		case !utf8.ValidString(name):
			return bad("query", "is not valid UTF-8")
		case !slices.Contains(known, name):
			if len(known) == 0 {
				return bad(name, "is not a parameter of this call, which has none")
			}
			return bad(name, "is not a parameter of this call; there are: %s", strings.Join(known, ", "))
		case len(values[name]) > 1:
			return bad(name, "is given %d times", len(values[name]))
		case !isText(values[name][0]):
			return bad(name, "is not valid UTF-8 text")
		}
	}
	return nil
}

// checkPath refuses what stands for names in the path when it is no text, which
// the database would not take.
func checkPath(r *http.Request) error {
	for name, value := range mux.Vars(r) {
		if !isText(value) {
			return bad(name, "is not valid UTF-8 text")
		}
	}
	return nil
}

// isText reports whether the database takes a text.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// A parsedQuery is the query of a request, which is read once and asked often.
type parsedQuery struct {
	values url.Values
	err    error
}

// queryKey is where the context of a request has its *parsedQuery.
type queryKey struct{}

func parseQuery(r *http.Request) *parsedQuery {
	values, err := url.ParseQuery(r.URL.RawQuery)
	return &parsedQuery{values, err}
}

// readQuery returns the query of a request, as [Server.serve] read it.
func readQuery(r *http.Request) *parsedQuery {
	if q, known := r.Context().Value(queryKey{}).(*parsedQuery); known {
		return q
	}
	return parseQuery(r)
}

// queryOf is the query of a request without parsing it again, as [url.URL.Query]
// has it; it must not be changed.
func queryOf(r *http.Request) url.Values { return readQuery(r).values }

func sortedKeys(values url.Values) []string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// intQuery reads a whole number between low and high, or returns absent.
func intQuery(q url.Values, name string, absent, low, high int64) (int64, error) {
	text := q.Get(name)
	if text == "" {
		if q.Has(name) {
			return 0, bad(name, "is empty")
		}
		return absent, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < low || n > high {
		return 0, bad(name, "%q is not a whole number from %d to %d", clip(text), low, high)
	}
	return n, nil
}

// floatQuery reads a finite number; present is false when it is absent.
func floatQuery(q url.Values, name string) (value float64, present bool, err error) {
	if !q.Has(name) {
		return 0, false, nil
	}
	value, err = parseFloat(q.Get(name))
	if err != nil {
		return 0, true, bad(name, "%s", err.Error())
	}
	return value, true, nil
}

type textError string

func (e textError) Error() string { return string(e) }

// parseFloat reads a finite decimal number: no NaN, infinity, hexadecimal or
// digit separators, which strconv would take.
func parseFloat(text string) (float64, error) {
	if text == "" {
		return 0, textError("is empty")
	}
	for i := range len(text) {
		if c := text[i]; (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, textError(strconv.Quote(clip(text)) + " is not a number")
		}
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(value, 0) || math.IsNaN(value) {
		return 0, textError(strconv.Quote(clip(text)) + " is not a number")
	}
	return value, nil
}

// dateQuery reads an ISO 8601 day; absent is no date.
func dateQuery(q url.Values, name string) (geo.Date, error) {
	day, err := geo.ParseDate(q.Get(name))
	if err != nil {
		return 0, bad(name, "%q is not a day of the form 2025-06-30", clip(q.Get(name)))
	}
	return day, nil
}

// wordQuery reads one of a closed set of words; the first stands for absence.
func wordQuery(q url.Values, name string, words ...string) (string, error) {
	word := q.Get(name)
	if !q.Has(name) {
		return words[0], nil
	}
	if !slices.Contains(words, word) {
		return "", bad(name, "%q is not one of: %s", clip(word), strings.Join(words, ", "))
	}
	return word, nil
}

// clip shortens a stranger's text for a message.
func clip(text string) string {
	const most = 64
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
