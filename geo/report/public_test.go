package report_test

import (
	"slices"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/report"
)

// few leaves three households in the first village of a county, and takes the
// points of two in another away.
func few(c *fixtures.County) {
	var village geo.GridID
	kept := 0
	var list []geo.Household
	lost := 0
	for _, h := range c.Households {
		if village == 0 {
			village = h.Stated
		}
		if h.Stated == village {
			if kept++; kept > 3 {
				continue
			}
		} else if lost < 2 {
			lost++
			h.Located = false
		}
		list = append(list, h)
	}
	c.Households = list
}

// Of a public report nobody learns a small count of people: it is hidden, with
// another that would give it away and everything worked out from them.
func TestPublicReportHidesSmallCounts(t *testing.T) {
	t.Parallel()
	c := countyOf(t, "mini", 0, few)
	internal, public := c.report(t, report.Options{Lang: "en"}), c.report(t, report.Options{Lang: "en", Stamp: report.Public})
	small := 0
	for _, title := range []string{"By Township", "By Village or community"} {
		all, shown := section(t, internal, title).Table, section(t, public, title).Table
		households, residents := column(t, all, "Households"), column(t, all, "Residents")
		hidden := 0
		for i, row := range all.Rows {
			n, is := *row[households].Int, shown.Rows[i][households].Hidden
			if n > 0 && n < 5 {
				small++
				if !is {
					t.Errorf("%s shows %d households", row[1].Text, n)
				}
			}
			if is {
				hidden++
				for _, head := range []string{"Residents", "Households per worker", "Workers per 10,000"} {
					if !shown.Rows[i][column(t, all, head)].Hidden {
						t.Errorf("%s hides its households and shows %s", row[1].Text, head)
					}
				}
			} else if got := shown.Rows[i][residents]; got.Hidden || *got.Int != *row[residents].Int {
				t.Errorf("%s shows its households and %v residents", row[1].Text, got)
			}
		}
		if title == "By Village or community" && hidden < 2 {
			t.Errorf("%d counts are hidden: the one is the total less the others", hidden)
		}
	}
	if small == 0 {
		t.Fatal("the county has no small count")
	}
	for _, label := range []string{"Households in all", "In exactly one grid", "Without a point"} {
		if !fact(t, public, label).Hidden || fact(t, internal, label).Hidden {
			t.Errorf("%s is shown: two have no point", label)
		}
	}
	if fact(t, public, "Grids without a worker").Hidden {
		t.Error("staff is public")
	}
	page := htmlOf(t, public)
	if !strings.Contains(page, ">Public<") || !strings.Contains(page, "＊ marks counts under 5") || strings.Contains(page, "COV-4") && !strings.Contains(page, "not checked") {
		t.Error("the page does not say what it hides")
	}
	if slices.ContainsFunc(public.Sections, func(s report.Section) bool { return s.Title == "Findings to deal with" }) {
		t.Error("a public report lists findings")
	}
	for _, row := range section(t, public, "Findings by rule").Table.Rows {
		if strings.HasPrefix(row[0].Text, "COV-") {
			t.Errorf("a public report counts households as findings: %v", row)
		}
	}
}

// Where nothing is small a public report hides nothing.
func TestPublicReportShowsTheRest(t *testing.T) {
	t.Parallel()
	c := countyOf(t, "qinyuan", 30_000, nil)
	p := c.report(t, report.Options{Lang: "en", Stamp: report.Public})
	table := section(t, p, "By Township").Table
	for _, row := range table.Rows {
		for i, cell := range row {
			if cell.Hidden {
				t.Errorf("%s of %s is hidden", table.Columns[i].Head, row[1].Text)
			}
		}
	}
	if fact(t, p, "Households in all").Hidden {
		t.Error("the number of households is hidden")
	}
}

// The members of groups are counted, and in public no few of them are shown, nor
// in a report for who may not read households.
func TestReportsCountGroups(t *testing.T) {
	t.Parallel()
	c := countyOf(t, "mini", 0, nil)
	all := section(t, c.report(t, report.Options{Lang: "en"}), "Residents by group").Table
	for _, o := range []report.Options{{Lang: "en", Stamp: report.Public}, {Lang: "en", HideGroups: true}} {
		shown := section(t, c.report(t, o), "Residents by group").Table
		small, large := 0, 0
		for i, row := range all.Rows {
			for _, head := range []string{"Elderly living alone", "Children left behind", "Veterans"} {
				at := column(t, all, head)
				n, got := *row[at].Int, shown.Rows[i][at]
				switch {
				case got.Hidden && n > 0 && n < 5:
					small++
				case !got.Hidden && n >= 5:
					large++
				}
				if !got.Hidden && (*got.Int != n || n > 0 && n < 5) {
					t.Errorf("%s shows %d of %d %s", row[1].Text, *got.Int, n, head)
				}
			}
		}
		if small == 0 || large == 0 {
			t.Errorf("%d small counts are hidden, %d others shown", small, large)
		}
	}
	if plain := countyOf(t, "shilou", 200, nil).report(t, report.Options{Lang: "en"}); slices.ContainsFunc(plain.Sections,
		func(s report.Section) bool { return s.Title == "Residents by group" }) {
		t.Error("a county without groups counts them")
	}
}
