package api

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestReports(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	path := fmt.Sprintf("/v1/plans/%d/report", s.plan)
	page := s.get(t, path).wants(200)
	text := string(page.body)
	if got := page.header.Get("Content-Type"); got != "text/html; charset=utf-8" || !strings.Contains(text, "内部资料") || !strings.Contains(text, "<svg ") {
		t.Errorf("%s: %.300s", got, text)
	}
	if got := page.header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") || strings.Contains(got, "script") {
		t.Errorf("policy %q", got)
	}
	s.get(t, path, "If-None-Match", page.header.Get("ETag")).wants(304)
	if english := string(s.get(t, path+"?lang=en&stamp=public").wants(200).body); !strings.Contains(english, ">Public<") || !strings.Contains(english, `lang="en"`) {
		t.Errorf("in English: %.300s", english)
	}
	grids := s.grids(t, s.plan, "township")
	book := s.get(t, path+"?f=xlsx&as_of=2025-06-30&unit="+grids[0].Code).wants(200)
	if got := book.header.Get("Content-Disposition"); !strings.Contains(got, grids[0].Code+"-2025-06-30-zh.xlsx") || book.header.Get("Content-Type") != formatXLSX.media {
		t.Errorf("%q, %q", got, book.header.Get("Content-Type"))
	}
	if _, err := excelize.OpenReader(bytes.NewReader(book.body)); err != nil {
		t.Error(err)
	}
	run := s.kept(t, `{"as_of":"2025-12-31","rules":{"STF-7":{"max":1}},"store":true}`).Run
	if compared := string(s.get(t, path+"?lang=en&against="+run).wants(200).body); !strings.Contains(compared, "Compared with before") || !strings.Contains(compared, run) {
		t.Errorf("against a run: %.300s", compared)
	}
	s.get(t, path+"?unit=nowhere").refused(422, "invalid-record", "unit")
	s.get(t, path+"?unit="+s.grids(t, s.plan, "micro")[0].Code).refused(422, "invalid-record", "unit")
	s.get(t, path+"?profile=none").refused(422, "invalid-record", "profile")
	s.get(t, path+"?against=none").refused(404, "not-found", "")
	s.get(t, path+"?lang=fr").refused(400, "invalid-request", "lang")
	s.get(t, path+"?stamp=secret").refused(400, "invalid-request", "stamp")
	s.get(t, path+"?f=pdf").refused(400, "invalid-request", "f")
	s.get(t, path, "Accept", "application/pdf").refused(406, "not-acceptable", "Accept")
	s.get(t, "/v1/plans/99999/report").refused(404, "not-found", "")
}
