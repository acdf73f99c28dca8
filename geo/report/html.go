package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// WriteHTML writes the report as one page that needs nothing else: no script, no
// font, no image from elsewhere. It prints on A4.
func (p *Page) WriteHTML(w io.Writer) error {
	if err := pageTemplate.Execute(w, p); err != nil {
		return fmt.Errorf("report as HTML: %w", err)
	}
	return nil
}

// LangTag is the language of the page as HTML names it.
func (p *Page) LangTag() string {
	if p.Lang == "zh" {
		return "zh-CN"
	}
	return p.Lang
}

// Left says how many rows a table leaves out, nothing when it is whole.
func (t *Table) Left(p *Page) string {
	if t.More == 0 {
		return ""
	}
	return fmt.Sprintf(p.more, t.More)
}
