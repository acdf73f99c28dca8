package exchange

import (
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"gridmap/geo"
)

// A StandardRow is a norm as a file gives it, by tier code.
type StandardRow struct {
	Line int
	geo.Standard
	Tier string
}

var standardColumns = []column{
	{name: "rule", also: []string{"规则"}},
	{name: "form", also: []string{"形式"}},
	{name: "workers", also: []string{"人数", "应配人数"}},
	{name: "residents", also: []string{"每人口", "人口"}},
	{name: "steps", also: []string{"阶梯"}},
	{name: "min", also: []string{"下限"}},
	{name: "max", also: []string{"上限"}},
	{name: "permille", also: []string{"千分比"}},
	{name: "detour_permille", also: []string{"绕行千分比"}},
	{name: "basis", also: []string{"口径"}},
	{name: "tier", also: []string{"层级"}, need: true},
	{name: "settings", also: []string{"城乡"}},
	{name: "roles", also: []string{"岗位", "计入岗位"}},
	{name: "employment", also: []string{"用工方式"}},
	{name: "among", also: []string{"占岗位"}},
	{name: "full_posts", also: []string{"按全职折算"}},
	{name: "facility", also: []string{"阵地类型", "设施类型"}},
	{name: "source", also: []string{"来源", "依据"}},
	{name: "from", also: []string{"起始日期"}},
	{name: "to", also: []string{"截止日期"}},
}

// Standards reads norms from CSV; the rule is STF-3, the form the only one of
// the rule and the basis of a population resident unless columns say otherwise.
// Steps stand as from:workers between semicolons, such as 0:10;30000:20.
func Standards(src io.Reader, opts Options) iter.Seq2[StandardRow, error] {
	return rows(src, opts, standardColumns, func(r *row) StandardRow {
		s := StandardRow{Line: r.line, Tier: r.needed("tier")}
		if s.Rule = geo.RuleID(r.code("rule")); s.Rule == "" {
			s.Rule = geo.RuleRatio
		}
		s.Form = choice(r, "form", forms, geo.FormOf(s.Rule))
		if s.Form == geo.RatioForm {
			s.Workers = r.positive("workers", mostWorkers)
			s.Residents = r.positive("residents", mostPopulation)
		} else {
			s.Workers, s.Residents = r.count("workers", mostWorkers), r.count("residents", mostPopulation)
		}
		s.Steps = r.steps("steps")
		s.Min, s.Max = r.count("min", mostPopulation), r.count("max", mostPopulation)
		s.Permille, s.DetourPermille = r.count("permille", 1000), r.count("detour_permille", 10_000)
		if s.Basis = choice(r, "basis", bases, ""); s.Basis == "" && s.ByPeople() {
			s.Basis = geo.Resident
		}
		for _, word := range r.list("settings") {
			set, known := settings[strings.ToLower(word)]
			if !known {
				r.fail("settings", fmt.Errorf("%q is unknown; use %s", word, listed(settings)))
			}
			s.Settings = append(s.Settings, set)
		}
		s.Roles, s.Among = r.list("roles"), r.list("among")
		s.Employment = choice(r, "employment", employments, "")
		s.FullPosts = r.truth("full_posts", false)
		s.Facility, s.Source = r.code("facility"), r.text("source")
		s.Valid = r.period("from", "to")
		return s
	})
}

// steps returns the steps of a quota.
func (r *row) steps(name string) []geo.Step {
	var steps []geo.Step
	for _, text := range r.list(name) {
		from, workers, two := strings.Cut(strings.ReplaceAll(text, "：", ":"), ":")
		people, err := strconv.ParseInt(strings.TrimSpace(from), 10, 64)
		quota, err2 := strconv.ParseInt(strings.TrimSpace(workers), 10, 64)
		if !two || err != nil || err2 != nil {
			r.fail(name, fmt.Errorf("%q is no step such as 30000:20", text))
			return nil
		}
		steps = append(steps, geo.Step{From: people, Workers: quota})
	}
	return steps
}

// Standards adds norms.
func (a *Assembly) Standards(file string, seq iter.Seq2[StandardRow, error]) {
	each(a, seq, func(row *StandardRow) (err error) {
		w, v := where{file, row.Line, row.Tier}, row.Standard
		v.ID = geo.StandardID(len(a.snap.Standards) + 1)
		tier, ok := a.tier(row.Tier)
		if !ok {
			return w.problem("tier", "there is no tier %q", row.Tier)
		}
		v.Tier = tier
		for _, list := range [][]string{v.Roles, v.Among} {
			for i, name := range list {
				if list[i], err = a.role(w, name); err != nil {
					return err
				}
			}
		}
		if err := v.Validate(); err != nil {
			return w.valid(err)
		}
		a.snap.Standards = append(a.snap.Standards, v)
		return nil
	})
}

// WriteStandards writes a table of norms.
func WriteStandards(w io.Writer, standards []StandardRow) error {
	c := newColumnsWriter(w, standardColumns)
	for _, v := range standards {
		var steps, settings []string
		for _, step := range v.Steps {
			steps = append(steps, fmt.Sprintf("%d:%d", step.From, step.Workers))
		}
		for _, set := range v.Settings {
			settings = append(settings, string(set))
		}
		full := ""
		if v.FullPosts {
			full = "true"
		}
		c.Row(string(v.Rule), string(v.Kind()), some(v.Workers), some(v.Residents), strings.Join(steps, ";"), some(v.Min), some(v.Max),
			some(v.Permille), some(v.DetourPermille), string(v.Basis), v.Tier, strings.Join(settings, ";"), strings.Join(v.Roles, ";"),
			string(v.Employment), strings.Join(v.Among, ";"), full, v.Facility, v.Source, v.Valid.From.String(), v.Valid.To.String())
	}
	return c.Close()
}

// some writes a number, nothing for 0.
func some(n int64) string {
	if n == 0 {
		return ""
	}
	return number(n)
}
