package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gridmap/geo"
	"gridmap/geo/exchange"
)

// writeJSON answers v.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	return writeAs(w, status, typeJSON, v)
}

// writeAs answers v as JSON of the media type. It is encoded whole before the
// first byte leaves, so that what cannot be encoded is still a clean refusal.
func writeAs(w http.ResponseWriter, status int, media string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)+1))
	w.WriteHeader(status)
	_, err = w.Write(append(body, '\n'))
	return err
}

// A format is a way to write an answer.
type format struct {
	word  string // as in ?f= and ?format=
	media string
}

// contentType is the media type, with the encoding where that is not JSON's.
func (f format) contentType() string {
	if f.media == typeCSV {
		return typeCSV + "; charset=utf-8"
	}
	return f.media
}

var (
	formatJSON    = format{"json", typeJSON}
	formatGeoJSON = format{"geojson", typeGeoJSON}
	formatCSV     = format{"csv", typeCSV}
	formatNDJSON  = format{"ndjson", typeNDJSON}
)

// negotiate chooses how to answer: by ?format= or ?f=, else by Accept, whose
// weights are honoured; the first format stands for no wish. It also marks
// the answer as depending on Accept.
func negotiate(w http.ResponseWriter, r *http.Request, formats ...format) (format, error) {
	w.Header().Add("Vary", "Accept")
	for _, name := range []string{"format", "f"} {
		q := r.URL.Query()
		if !q.Has(name) {
			continue
		}
		for _, f := range formats {
			if f.word == q.Get(name) {
				return f, nil
			}
		}
		return format{}, bad(name, "%q is not one of: %s", clip(q.Get(name)), formatWords(formats))
	}
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(accept) == "" {
		return formats[0], nil
	}
	best, weight := format{}, 0.0
	for _, f := range formats {
		if q := acceptWeight(accept, f.media); q > weight {
			best, weight = f, q
		}
	}
	if weight == 0 {
		return format{}, fmt.Errorf("%w: there are %s", errNotAcceptable, formatWords(formats))
	}
	return best, nil
}

func formatWords(formats []format) string {
	words := make([]string, len(formats))
	for i, f := range formats {
		words[i] = f.word
	}
	return strings.Join(words, ", ")
}

// acceptWeight returns how much an Accept header wants the media type: the
// weight of its most specific range that matches, 0 for none.
func acceptWeight(accept, media string) float64 {
	weight, specific := 0.0, -1
	major, _, _ := strings.Cut(media, "/")
	for part := range strings.SplitSeq(accept, ",") {
		pattern, params, _ := strings.Cut(part, ";")
		pattern = strings.ToLower(strings.TrimSpace(pattern))
		rank := slices.Index([]string{"*/*", major + "/*", media}, pattern)
		if rank > specific {
			weight, specific = qualityOf(params), rank
		}
	}
	return weight
}

func qualityOf(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		if text, has := strings.CutPrefix(strings.TrimSpace(p), "q="); has {
			q, err := strconv.ParseFloat(text, 64)
			if err != nil || !(q >= 0 && q <= 1) {
				return 0
			}
			return q
		}
	}
	return 1
}

// writeCSV answers rows under headings.
func writeCSV(w http.ResponseWriter, headings []string, rows func(out *exchange.CSVWriter) error) error {
	w.Header().Set("Content-Type", formatCSV.contentType())
	w.WriteHeader(http.StatusOK)
	out := exchange.NewCSVWriter(w, headings...)
	if err := rows(out); err != nil {
		return err
	}
	return out.Close()
}

// etag writes a revision, and what else the answer depends on, as a strong
// validator.
func etag(revision geo.Revision, also ...any) string {
	text := revisionText(revision)
	for _, a := range also {
		text += fmt.Sprintf("-%v", a)
	}
	return `"` + text + `"`
}

// fresh sets ETag and Gridmap-Revision, and answers 304 when the client
// already holds this; done then says that nothing is left to do.
func fresh(w http.ResponseWriter, r *http.Request, tag string, revision geo.Revision) (done bool) {
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Gridmap-Revision", revisionText(revision))
	h.Set("Cache-Control", "private, no-cache")
	if !matches(r.Header.Get("If-None-Match"), tag) {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

// matches compares an If-None-Match header weakly with a tag.
func matches(header, tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one != "" && (one == tag || one == "*") {
			return true
		}
	}
	return false
}

// baseRevision reads If-Match: the revision an edit was drawn against, 0 when
// it is not asked.
func baseRevision(r *http.Request) (geo.Revision, error) {
	header := strings.TrimSpace(r.Header.Get("If-Match"))
	if header == "" || header == "*" {
		return 0, nil
	}
	// What an answer depends on besides stands behind the revision.
	text, _, _ := strings.Cut(strings.Trim(header, `"`), "-")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || !strings.HasPrefix(header, `"`+revisionText(geo.Revision(n))) || !strings.HasSuffix(header, `"`) {
		return 0, bad("If-Match", `%q is not an ETag of this service, such as "412"`, clip(header))
	}
	return geo.Revision(n), nil
}
