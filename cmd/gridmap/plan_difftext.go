package main

import (
	"fmt"
	"io"
	"strings"

	"gridmap/api"
)

// diffWords are the lines of a comparison in both languages.
var diffWords = map[string]map[string]string{
	"en": {
		"title": "Plan %d at revision %d against plan %d at revision %d\n",
		"none":  "(none)", "added": "added    %s %s %s\n", "retired": "retired  %s %s %s\n", "changed": "changed  %s %s: %v, %.0f m²\n",
		"moved": "moved    %s: %s -> %s, %.0f m², %d households, %d persons\n",
		"refs":  "         households %s\n",
		"count": "holds    %s: %s -> %s\n",
		"held":  "%d households (%s), %d persons, %d workers",
		"under": "under the band", "within": "within the band", "over": "over the band",
		"post": "post     worker %s in %s as %s: %s%s\n",
		"lost": "grid is gone", "gained": "grid is back", "grown": "grid grew", "shrunk": "grid shrank",
		"heir": ", %s follows", "undecided": ", somebody must decide",
		"short": "short    %s: %s -> %s\n", "lacks": "%d of %d workers, %d short",
		"appeared": "appeared %s %s %s: %s\n", "gone": "gone     %s %s %s: %s\n", "more": "         and %d more\n",
		"ref":     "refers   %d %s to %s: %s\n",
		"follows": "follows the heir", "adds_up": "adds up with the heir's", "stays": "is left as it is", "attention": "needs a look",
		"population": "population", "facility": "facility", "compound": "compound", "building": "building", "household": "households",
	},
	"zh": {
		"title": "方案 %d（修订 %d）与方案 %d（修订 %d）比较\n",
		"none":  "（无）", "added": "新增  %s %s %s\n", "retired": "撤销  %s %s %s\n", "changed": "变更  %s %s：%v，%.0f 平方米\n",
		"moved": "划转  %s：%s → %s，%.0f 平方米，%d 户，%d 人\n",
		"refs":  "      住户 %s\n",
		"count": "规模  %s：%s → %s\n",
		"held":  "%d 户（%s），%d 人，网格员 %d 名",
		"under": "低于下限", "within": "在规模内", "over": "超过上限",
		"post": "岗位  人员 %s 在 %s 任 %s：%s%s\n",
		"lost": "网格已撤销", "gained": "网格已恢复", "grown": "网格变大", "shrunk": "网格变小",
		"heir": "，转入 %s", "undecided": "，需人工决定",
		"short": "缺员  %s：%s → %s\n", "lacks": "实有 %d 名，应配 %d 名，缺 %d 名",
		"appeared": "新现问题  %s %s %s：%s\n", "gone": "消除问题  %s %s %s：%s\n", "more": "      另有 %d 条\n",
		"ref":     "引用  %d 项%s指向 %s：%s\n",
		"follows": "随继任网格", "adds_up": "与继任网格合计", "stays": "保留原样", "attention": "需人工处理",
		"population": "人口统计", "facility": "阵地", "compound": "小区", "building": "楼栋", "household": "住户",
	},
}

// writeDiff writes a comparison for people, a line for each thing.
func writeDiff(out io.Writer, d *api.DiffJSON, lang string) error {
	w := &diffWriter{out: out, words: diffWords[lang], zh: lang == "zh"}
	w.line("title", d.To, d.ToRevision, d.From, d.FromRevision)
	for _, g := range d.Added {
		w.line("added", g.Tier, g.Code, w.pick(g.Name.ZH, g.Name.EN))
	}
	for _, g := range d.Retired {
		w.line("retired", g.Tier, g.Code, w.pick(g.Name.ZH, g.Name.EN))
	}
	for _, g := range d.Changed {
		w.line("changed", g.After.Tier, g.After.Code, g.Fields, g.AreaM2)
	}
	for _, m := range d.Moved {
		from, to := w.words["none"], w.words["none"]
		if m.From != nil {
			from = m.From.Code
		}
		if m.To != nil {
			to = m.To.Code
		}
		w.line("moved", m.Tier, from, to, m.AreaM2, m.Households, m.Persons)
		if len(m.Refs) > 0 {
			w.line("refs", strings.Join(m.Refs, " "))
		}
	}
	w.effects(d)
	return w.err
}

// A diffWriter writes lines until one fails.
type diffWriter struct {
	out   io.Writer
	words map[string]string
	zh    bool
	err   error
}

func (w *diffWriter) line(word string, args ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.out, w.words[word], args...)
	}
}

func (w *diffWriter) pick(zh, en string) string {
	if w.zh || en == "" {
		return zh
	}
	return en
}

// effects writes what the change means for those who live and serve there.
func (w *diffWriter) effects(d *api.DiffJSON) {
	e := &d.Effects
	for _, c := range e.Counts {
		before, after := w.words["none"], w.words["none"]
		if c.Before != nil {
			before = fmt.Sprintf(w.words["held"], c.Before.Households, w.words[c.Before.InBand], c.Before.Resident, c.Before.Workers)
		}
		if c.After != nil {
			after = fmt.Sprintf(w.words["held"], c.After.Households, w.words[c.After.InBand], c.After.Resident, c.After.Workers)
		}
		w.line("count", c.Grid.Code, before, after)
	}
	for _, p := range e.Posts {
		then := ""
		if p.Heir != nil {
			then = fmt.Sprintf(w.words["heir"], p.Heir.Code)
		}
		if p.Undecided {
			then += w.words["undecided"]
		}
		w.line("post", p.Worker.Number, p.Grid.Code, p.Role, w.words[string(p.Fate)], then)
	}
	for _, s := range e.Shortfalls {
		before, after := w.words["none"], w.words["none"]
		if s.Before != nil {
			before = fmt.Sprintf(w.words["lacks"], s.Before.Workers, s.Before.Required, s.Before.Short)
		}
		if s.After != nil {
			after = fmt.Sprintf(w.words["lacks"], s.After.Workers, s.After.Required, s.After.Short)
		}
		w.line("short", s.Code, before, after)
	}
	for _, f := range e.Findings.Appeared {
		w.line("appeared", f.Severity, f.Rule, f.Subject.Code, w.pick(f.Message.ZH, f.Message.EN))
	}
	w.more(e.Findings.AppearedTotal - len(e.Findings.Appeared))
	for _, f := range e.Findings.Gone {
		w.line("gone", f.Severity, f.Rule, f.Subject.Code, w.pick(f.Message.ZH, f.Message.EN))
	}
	w.more(e.Findings.GoneTotal - len(e.Findings.Gone))
	for _, r := range e.References {
		w.line("ref", r.Count, w.words[string(r.Entity)], r.Grid.Code, w.words[string(r.Then)])
	}
}

func (w *diffWriter) more(n int) {
	if n > 0 {
		w.line("more", n)
	}
}
