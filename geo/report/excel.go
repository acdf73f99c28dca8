package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Widths of columns in characters.
const (
	narrowColumn = 11
	codeColumn   = 20
	nameColumn   = 24
	wideColumn   = 70
)

// A book is a workbook being written.
type book struct {
	*excelize.File
	p                        *Page
	head, code, whole, parts int // styles
	tones                    map[string]int
	err                      error
}

// WriteXLSX writes the report as a workbook: the summary, then a sheet for each
// table. Codes are text, figures are numbers as the page shows them, and cut as
// they are there; a figure that does not exist is an empty cell.
func (p *Page) WriteXLSX(w io.Writer) error {
	b := &book{File: excelize.NewFile(), p: p, tones: map[string]int{}}
	defer b.Close()
	b.styles()
	b.summary()
	for _, s := range p.Sections {
		if s.Table != nil {
			b.table(s.Sheet, s.Table)
		}
	}
	b.note(b.SetDocProps(&excelize.DocProperties{Title: p.Title, Subject: p.Subtitle, Category: p.Stamp, Creator: "gridmap", Language: p.LangTag()}))
	if b.err == nil {
		_, b.err = b.WriteTo(w)
	}
	if b.err != nil {
		return fmt.Errorf("report as workbook: %w", b.err)
	}
	return nil
}

// note keeps the first error.
func (b *book) note(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *book) style(s excelize.Style) int {
	id, err := b.NewStyle(&s)
	b.note(err)
	return id
}

func (b *book) styles() {
	b.head = b.style(excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EAF0F6"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}, Border: []excelize.Border{{Type: "bottom", Color: "20456B", Style: 2}}})
	const asText, withCommas, withDecimals = 49, 3, 4 // number formats built into Excel
	b.code = b.style(excelize.Style{NumFmt: asText})
	b.whole = b.style(excelize.Style{NumFmt: withCommas})
	b.parts = b.style(excelize.Style{NumFmt: withDecimals})
	for tone, color := range map[string]string{"bad": "B3261E", "warn": "8A5A00", "good": "1B6E33"} {
		for kind, format := range map[string]int{"text": 0, "whole": withCommas, "parts": withDecimals} {
			b.tones[tone+kind] = b.style(excelize.Style{NumFmt: format, Font: &excelize.Font{Color: color}})
		}
	}
}

// at names a cell; column and row begin with 1.
func (b *book) at(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	b.note(err)
	return name
}

// summary writes the first sheet: what the report is, its figures and its notes.
func (b *book) summary() {
	sheet := b.p.sheet
	b.note(b.SetSheetName("Sheet1", sheet))
	b.note(b.SetColWidth(sheet, "A", "A", 34))
	b.note(b.SetColWidth(sheet, "B", "C", codeColumn))
	row := 1
	for _, line := range []string{b.p.Title, b.p.Subtitle, b.p.Stamp, b.p.Verdict} {
		b.note(b.SetCellStr(sheet, b.at(1, row), line))
		row++
	}
	b.note(b.SetCellStyle(sheet, "A1", "A1", b.style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}})))
	for _, f := range b.p.Facts {
		row++
		b.note(b.SetCellStr(sheet, b.at(1, row), f.Label))
		b.cell(sheet, b.at(2, row), f.Value, false)
		b.note(b.SetCellStr(sheet, b.at(3, row), f.Note))
	}
	row++
	for _, note := range b.p.Notes {
		row++
		b.note(b.SetCellStr(sheet, b.at(1, row), note))
	}
	b.printed(sheet)
}

// table writes a sheet: headings that stay in sight and can be filtered by, then
// the rows.
func (b *book) table(sheet string, t *Table) {
	_, err := b.NewSheet(sheet)
	b.note(err)
	for i, c := range t.Columns {
		b.note(b.SetCellStr(sheet, b.at(i+1, 1), c.Head))
		name, err := excelize.ColumnNumberToName(i + 1)
		b.note(err)
		b.note(b.SetColWidth(sheet, name, name, widthOf(c)))
	}
	last := len(t.Columns)
	b.note(b.SetCellStyle(sheet, "A1", b.at(last, 1), b.head))
	for r, cells := range t.Rows {
		for i, cell := range cells {
			b.cell(sheet, b.at(i+1, r+2), cell, t.Columns[i].Code)
		}
	}
	if more := t.Left(b.p); more != "" {
		b.note(b.SetCellStr(sheet, b.at(1, len(t.Rows)+2), more))
	}
	b.note(b.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	b.note(b.AutoFilter(sheet, "A1:"+b.at(last, len(t.Rows)+1), nil))
	b.printed(sheet)
}

func widthOf(c Column) float64 {
	switch {
	case c.Wide:
		return wideColumn
	case c.Code:
		return codeColumn
	case c.Right:
		return max(narrowColumn, float64(min(nameColumn, utf8.RuneCountInString(c.Head)+2)))
	}
	return nameColumn
}

// cell writes one value: a figure as a number, everything else as text.
func (b *book) cell(sheet, at string, c Cell, code bool) {
	style, kind := 0, "text"
	switch {
	case c.Hidden:
		b.note(b.SetCellStr(sheet, at, hiddenMark))
	case c.Int != nil:
		style, kind = b.whole, "whole"
		b.note(b.SetCellInt(sheet, at, *c.Int))
	case c.Dec != nil:
		style, kind = b.parts, "parts"
		b.note(b.SetCellFloat(sheet, at, *c.Dec, -1, 64))
	case c.Text != "":
		b.note(b.SetCellStr(sheet, at, c.Text))
	default:
		return
	}
	if code {
		style = b.code
	}
	if tone, has := b.tones[c.Tone+kind]; has {
		style = tone
	}
	if style != 0 {
		b.note(b.SetCellStyle(sheet, at, at, style))
	}
}

// printed has a sheet print as wide as the paper, under its stamp.
func (b *book) printed(sheet string) {
	const a4 = 9
	paper, wide, high, landscape := a4, 1, 0, "landscape"
	b.note(b.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &paper, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}))
	fit := true
	b.note(b.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.note(b.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddHeader: "&L" + strings.ReplaceAll(shorten(b.p.Title, 50), "&", "&&") + "&R" + b.p.Stamp, OddFooter: "&C&P / &N"}))
}
