package api

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/report"
)

var reportQuery = []string{"unit", "lang", "stamp", "as_of", "profile", "against", "min_revision", "f", "format"}

var (
	formatHTML = format{"html", "text/html"}
	formatXLSX = format{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
)

// getReport handles GET /v1/plans/{p}/report: what people print, of the whole
// territory or of one division.
func (s *Server) getReport(w http.ResponseWriter, r *http.Request) error {
	how, err := negotiate(w, r, formatHTML, formatXLSX)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	day, err := s.asOf(r)
	if err != nil {
		return err
	}
	o := report.Options{Unit: q.Get("unit"), Profile: q.Get("profile")}
	if o.Lang, err = wordQuery(q, "lang", "zh", "en"); err != nil {
		return err
	}
	stamp, err := wordQuery(q, "stamp", string(report.Internal), string(report.Public))
	if err != nil {
		return err
	}
	o.Stamp = report.Stamp(stamp)
	a, err := s.picture(r, Counts)
	if err != nil {
		return err
	}
	o.HideGroups = s.allow(r, Households, Scope{Territory: a.Territory().ID, Plan: a.Plan().ID}) != nil
	if q.Has("against") {
		if o.Before, err = s.reportBefore(r, a, q.Get("against")); err != nil {
			return err
		}
	}
	if fresh(w, r, etag(a.Revision(), int32(day), how.word, r.URL.RawQuery, o.HideGroups), a.Revision()) {
		return nil
	}
	page, err := MakeReport(a, day, o)
	if err != nil {
		return err
	}
	return writeReportPage(w, how, page)
}

// reportBefore reads the kept report that a run's name stands for.
func (s *Server) reportBefore(r *http.Request, a *atlas.Atlas, name string) (*check.Report, error) {
	run, err := s.run(r, name, Counts)
	if err != nil {
		return nil, err
	}
	if run.Territory != a.Territory().ID {
		return nil, invalid("against", "is a run of another territory")
	}
	before, err := run.decode()
	return &before, err
}

// MakeReport asks a plan about a day and makes a report of the answer.
func MakeReport(a *atlas.Atlas, day geo.Date, o report.Options) (*report.Page, error) {
	question := check.Question{AsOf: day, Profile: o.Profile}
	if o.Unit != "" {
		if _, known := a.Tree().ByCode(o.Unit); !known {
			return nil, invalid("unit", "the plan has no division %q", clip(o.Unit))
		}
		question.Scope.Divisions = []string{o.Unit}
	}
	answer, err := runOf(a, question.Kept())
	if err != nil {
		return nil, err
	}
	return report.Make(a.Counted(day), groundOf(a), answer, o)
}

// writeReportPage answers a report: a page that no browser lets load or run
// anything, or a workbook as a file of its own name.
func writeReportPage(w http.ResponseWriter, how format, page *report.Page) error {
	var body bytes.Buffer
	h := w.Header()
	if how == formatXLSX {
		if err := page.WriteXLSX(&body); err != nil {
			return err
		}
		h.Set("Content-Type", formatXLSX.media)
		h.Set("Content-Disposition", fmt.Sprintf("attachment; filename*=UTF-8''%s.xlsx", url.PathEscape(page.FileName())))
	} else {
		if err := page.WriteHTML(&body); err != nil {
			return err
		}
		h.Set("Content-Type", formatHTML.media+"; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
	}
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(body.Bytes())
	return err
}
