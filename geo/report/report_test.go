package report_test

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/report"
	"gridmap/geo/topo"
)

const day = 20250630

// A county is a made-up county, counted and checked.
type county struct {
	*fixtures.County
	a *atlas.Atlas
}

func countyOf(t testing.TB, name string, households int, change func(*fixtures.County)) *county {
	t.Helper()
	made, err := fixtures.Make(name, households)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(made)
	}
	made.Snapshot.Dwellings = nil
	for _, h := range made.Households {
		made.Snapshot.Dwellings = append(made.Snapshot.Dwellings, h.Dwelling)
	}
	a, err := atlas.New(&made.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	return &county{made, a}
}

func (c *county) check(t testing.TB, unit string) check.Report {
	t.Helper()
	q := check.Question{AsOf: day, MaxFindings: check.MaxKept}
	if unit != "" {
		q.Scope.Divisions = []string{unit}
	}
	r, err := c.a.Check(q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (c *county) try(t testing.TB, o report.Options) (*report.Page, error) {
	t.Helper()
	unit := o.Unit
	if _, known := c.a.Tree().ByCode(unit); !known {
		unit = ""
	}
	return report.Make(c.a.Counted(day), func(i int) topo.Shape { return c.a.Ground(i).Shape }, c.check(t, unit), o)
}

func (c *county) report(t testing.TB, o report.Options) *report.Page {
	t.Helper()
	p, err := c.try(t, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func htmlOf(t testing.TB, p *report.Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func bookOf(t testing.TB, p *report.Page) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := p.WriteXLSX(&b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// section finds a section by the head of a column that only it has.
func section(t testing.TB, p *report.Page, title string) *report.Section {
	t.Helper()
	for i := range p.Sections {
		if p.Sections[i].Title == title {
			return &p.Sections[i]
		}
	}
	t.Fatalf("no section %q", title)
	return nil
}

// column returns the position of a heading.
func column(t testing.TB, table *report.Table, head string) int {
	t.Helper()
	i := slices.IndexFunc(table.Columns, func(c report.Column) bool { return c.Head == head })
	if i < 0 {
		t.Fatalf("no column %q in %+v", head, table.Columns)
	}
	return i
}

func fact(t testing.TB, p *report.Page, label string) report.Cell {
	t.Helper()
	for _, f := range p.Facts {
		if f.Label == label {
			return f.Value
		}
	}
	t.Fatalf("no figure %q", label)
	return report.Cell{}
}

// Every figure is the check's: 135 for 76,000 at 18 per 10,000 is 17.76 and
// short by 2, in the page and in the workbook.
func TestFiguresAreThoseOfTheCheck(t *testing.T) {
	t.Parallel()
	c := countyOf(t, "qinyuan", 3000, nil)
	answer := c.check(t, "")
	p := c.report(t, report.Options{Lang: "en"})
	table := section(t, p, "Staffing against the standards").Table
	row := table.Rows[slices.IndexFunc(table.Rows, func(r []report.Cell) bool { return r[3].Text == "STF-3" })]
	for head, want := range map[string]string{"Population": "76,000", "Required": "137", "Actual": "135", "Short": "2", "Workers per 10,000": "17.76", "Result": "error"} {
		if got := row[column(t, table, head)].String(); got != want {
			t.Errorf("%s is %s, want %s", head, got, want)
		}
	}
	s := &answer.Summary
	for label, want := range map[string]int64{
		"Units: Primary grid": int64(s.Grids["primary"]), "Units: Micro grid": int64(s.Grids["micro"]), "Dedicated grids": int64(s.Grids["dedicated"]),
		"Households in all": s.Households.Total, "In exactly one grid": s.Households.InOne, "Residents": s.Households.Resident,
		"Grids without a worker": int64(s.GridsWithoutWorker), "Errors": answer.Outline.Findings[geo.Error], "Warnings": answer.Outline.Findings[geo.Warning],
	} {
		if got := fact(t, p, label); got.Int == nil || *got.Int != want {
			t.Errorf("%s is %v, want %d", label, got, want)
		}
	}
	if p.Pass || !strings.Contains(p.Verdict, "fails") {
		t.Errorf("verdict %q of a check that fails", p.Verdict)
	}
	byRule := section(t, p, "Findings by rule").Table
	total := int64(0)
	for _, r := range byRule.Rows {
		n := *r[3].Int
		total += n
		if want := answer.Outline.Rules[geo.RuleID(r[0].Text)]; want < n {
			t.Errorf("%s has %d findings, the check %d", r[0].Text, n, want)
		}
	}
	if want := int64(answer.FindingsTotal - answer.WaivedTotal); total != want {
		t.Errorf("%d findings by rule, %d in the check", total, want)
	}
	households := int64(0)
	parts := section(t, p, "By Township").Table
	for _, r := range parts.Rows {
		households += *r[column(t, parts, "Households")].Int
	}
	if households != *fact(t, p, "Households in grids").Int || households == 0 {
		t.Errorf("townships hold %d households, the county %v", households, fact(t, p, "Households in grids"))
	}
}

// numberIn matches a figure as a page shows it.
var numberIn = regexp.MustCompile(`^-?[0-9][0-9,]*(\.[0-9]+)?$`)

// Page and workbook show the same tables; in the workbook codes are text and
// figures numbers.
func TestWorkbookIsThePage(t *testing.T) {
	t.Parallel()
	c := countyOf(t, "mini", 0, nil)
	for _, lang := range []string{"zh", "en"} {
		p := c.report(t, report.Options{Lang: lang})
		page, book := htmlOf(t, p), bookOf(t, p)
		cells := regexp.MustCompile(`<td[^>]*>([^<]*)</td>`).FindAllStringSubmatch(page, -1)
		at := 0
		for _, s := range p.Sections {
			if s.Table == nil {
				continue
			}
			rows, err := book.GetRows(s.Sheet, excelize.Options{RawCellValue: true})
			if err != nil || len(rows) != len(s.Table.Rows)+1 {
				t.Fatalf("%s: %d rows, want %d; %v", s.Sheet, len(rows), len(s.Table.Rows)+1, err)
			}
			for r, row := range s.Table.Rows {
				for i, cell := range row {
					shown := strings.NewReplacer("&#39;", "'", "&amp;", "&", "&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#43;", "+").Replace(cells[at][1])
					at++
					if shown != cell.String() {
						t.Fatalf("%s row %d: the page shows %q, want %q", s.Sheet, r, shown, cell)
					}
					inBook := ""
					if i < len(rows[r+1]) {
						inBook = rows[r+1][i]
					}
					name, _ := excelize.CoordinatesToCellName(i+1, r+2)
					kind, err := book.GetCellType(s.Sheet, name)
					if err != nil {
						t.Fatal(err)
					}
					if isText := kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString; isText != (cell.Int == nil && cell.Dec == nil && cell.String() != "") {
						t.Fatalf("%s %s: %q is of type %v", s.Sheet, name, inBook, kind)
					}
					if want := strings.ReplaceAll(cell.String(), ",", ""); cell.Text == "" && numberIn.MatchString(cell.String()) {
						x, err := strconv.ParseFloat(inBook, 64)
						y, _ := strconv.ParseFloat(want, 64)
						if err != nil || x != y {
							t.Fatalf("%s %s: %q, want %q", s.Sheet, name, inBook, want)
						}
					} else if inBook != cell.String() {
						t.Fatalf("%s %s: %q, want %q", s.Sheet, name, inBook, cell)
					}
				}
			}
		}
		if at != len(cells) || at == 0 {
			t.Errorf("%d cells on the page, %d in the tables", len(cells), at)
		}
	}
}

// A page needs nothing else, runs nothing and says its language.
func TestPageStandsAlone(t *testing.T) {
	t.Parallel()
	c := countyOf(t, "mini", 0, func(c *fixtures.County) {
		c.Grids[1].Name = geo.Name{ZH: `<script>alert("x")</script>&`, EN: `=HYPERLINK("x")`}
	})
	for lang, tag := range map[string]string{"zh": `<html lang="zh-CN">`, "en": `<html lang="en">`} {
		p := c.report(t, report.Options{Lang: lang})
		page := htmlOf(t, p)
		if !strings.Contains(page, tag) || strings.Count(page, "<svg ") < 3 || strings.Count(page, "<svg ") != strings.Count(page, "</svg>") {
			t.Errorf("%s: %d drawings", lang, strings.Count(page, "<svg "))
		}
		for _, bad := range []string{"<script", "src=", "href=", "http:", "https:", "@import", "url(", "NaN", "Inf", "%!"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s: the page has %q", lang, bad)
			}
		}
		if again := htmlOf(t, c.report(t, report.Options{Lang: lang})); again != page {
			t.Errorf("%s: the same report differs", lang)
		}
		book := bookOf(t, p)
		for _, sheet := range book.GetSheetList() {
			rows, _ := book.GetRows(sheet)
			for r := range rows {
				for i := range rows[r] {
					name, _ := excelize.CoordinatesToCellName(i+1, r+1)
					if formula, _ := book.GetCellFormula(sheet, name); formula != "" {
						t.Errorf("%s %s holds the formula %s", sheet, name, formula)
					}
				}
			}
		}
	}
}

// No report names a household or a person.
func TestReportsHoldCountsOnly(t *testing.T) {
	t.Parallel()
	c := countyOf(t, "mini", 0, func(c *fixtures.County) {
		for i := range c.Workers { // findings about each of them
			c.Workers[i].TrainedOn, c.Workers[i].Phone = 20100101, fmt.Sprintf("0351-%07d", i)
		}
		c.Workers = append(c.Workers, geo.Worker{ID: 1 << 40, Number: "POSTLESS-1", Name: "无岗员"})
		c.Households[0].Located = false
	})
	answer := c.check(t, "")
	if answer.Outline.Rules[geo.RulePointless] != 1 || answer.Outline.Rules[geo.RuleExpired] == 0 {
		t.Fatalf("findings %v", answer.Outline.Rules)
	}
	p := c.report(t, report.Options{})
	for _, s := range p.Sections {
		for _, column := range s.Table.Columns {
			for _, row := range s.Table.Rows {
				if column.Code && row[slices.Index(s.Table.Columns, column)].Text == "" {
					t.Errorf("%s lists what has no place: %v", s.Title, row)
				}
			}
		}
	}
	everything := htmlOf(t, p)
	book := bookOf(t, p)
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		everything += fmt.Sprint(rows)
	}
	for i := range c.Workers {
		w := &c.Workers[i]
		for _, secret := range []string{w.Number, w.Name, w.Phone} {
			if secret != "" && strings.Contains(everything, secret) {
				t.Fatalf("the report names worker %q", secret)
			}
		}
	}
	for i := range c.Households {
		if strings.Contains(everything, c.Households[i].Ref) {
			t.Fatalf("the report names household %s", c.Households[i].Ref)
		}
	}
}

// A township's report is about the township alone, down to its grids.
func TestReportOfATownship(t *testing.T) {
	t.Parallel()
	c := countyOf(t, "mini", 0, nil)
	town := c.a.Grid(int(c.a.Tree().Children(0)[0]))
	p := c.report(t, report.Options{Unit: town.Code, Lang: "en"})
	answer := c.check(t, town.Code)
	if !strings.HasPrefix(p.Title, town.Name.EN) || !strings.Contains(p.Subtitle, town.Code) || !strings.HasPrefix(p.FileName(), town.Code+"-2025-06-30-en") {
		t.Errorf("title %q, %q, file %q", p.Title, p.Subtitle, p.FileName())
	}
	if got := fact(t, p, "Households in all"); *got.Int != answer.Summary.Households.Total {
		t.Errorf("%v households, the check has %d", got, answer.Summary.Households.Total)
	}
	for _, s := range p.Sections {
		if s.Table == nil || s.Table.Columns[0].Head != "Code" {
			continue
		}
		for _, row := range s.Table.Rows {
			at, known := c.a.Tree().ByCode(row[0].Text)
			top, _ := c.a.Tree().ByCode(town.Code)
			if !known || !c.a.Tree().Under(at, top) {
				t.Errorf("%s lists %s, which is not in the township", s.Title, row[0].Text)
			}
		}
	}
}

func TestReportRefuses(t *testing.T) {
	t.Parallel()
	c := countyOf(t, "mini", 0, nil)
	leaf := ""
	for i := range c.a.Tree().Len() {
		if len(c.a.Tree().Children(i)) == 0 {
			leaf = c.a.Grid(i).Code
		}
	}
	for field, o := range map[string]report.Options{
		"lang": {Lang: "fr"}, "stamp": {Stamp: "secret"}, "unit": {Unit: "nowhere"}, "least": {Least: -1}, "profile": {Profile: "none"},
	} {
		var invalid *geo.InvalidError
		if _, err := c.try(t, o); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	var invalid *geo.InvalidError
	if _, err := c.try(t, report.Options{Unit: leaf}); !errors.As(err, &invalid) || !strings.Contains(invalid.Reason, "not divided") {
		t.Errorf("a grid without parts: %v", err)
	}
}

// A report against an earlier one tells what came and went.
func TestReportAgainstAnEarlierOne(t *testing.T) {
	t.Parallel()
	before := countyOf(t, "mini", 0, func(c *fixtures.County) { c.Assignments = c.Assignments[:len(c.Assignments)/2] }).check(t, "")
	c := countyOf(t, "mini", 0, nil)
	want := check.Compare(before, c.check(t, ""))
	p := c.report(t, report.Options{Lang: "en", Before: &before})
	table := section(t, p, "Compared with before").Table
	gone := 0
	for _, row := range table.Rows {
		if strings.Contains(row[0].Text, "-") && row[5].Int != nil {
			gone += int(*row[5].Int)
		}
	}
	if gone != want.Totals.Gone || gone == 0 {
		t.Errorf("%d gone, want %d", gone, want.Totals.Gone)
	}
}
