package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"gridmap/geo"
	"gridmap/geo/check"
)

// personal are the subjects of findings that are persons' or households': they
// are counted in an internal report and never listed.
var personal = []string{"household", "worker", "assignment"}

// aboutHouseholds reports whether findings of the rule are households, so that
// their number is a count of people.
func aboutHouseholds(rule geo.RuleID) bool {
	switch rule {
	case geo.RuleUnplaced, geo.RuleTwice, geo.RuleMisplaced, geo.RulePointless:
		return true
	}
	return false
}

// severities counts the findings that a report shows: those not waived, and of
// a public report none about households.
func (m *maker) severities() map[geo.Severity]int64 {
	counts := map[geo.Severity]int64{}
	for i := range m.answer.Findings {
		if f := &m.answer.Findings[i]; f.Waived == nil && !(m.public() && aboutHouseholds(f.Rule)) {
			counts[f.Severity]++
		}
	}
	return counts
}

func (m *maker) verdict() string {
	if m.answer.Pass {
		return m.w.pass
	}
	errors := m.severities()[geo.Error]
	if errors == 0 { // those that there are a public report does not tell
		return m.w.failPlain
	}
	return fmt.Sprintf(m.w.fail, number(errors))
}

// facts are the figures of the summary.
func (m *maker) facts() []Fact {
	s, w, top := &m.answer.Summary, &m.w.facts, m.units[m.top]
	area := cutTo(s.AreaM2/1e6, 2)
	facts := []Fact{
		{Label: w.area, Value: Cell{Dec: &area, Decimals: 2}},
		{Label: w.covered, Value: Cell{Dec: &s.CoveredPct, Decimals: 2, Tone: toneIf(s.CoveredPct < 100, "bad")}},
		{Label: w.gaps, Value: number(int64(s.Gaps.Count)).in(toneIf(s.Gaps.Count > 0, "bad"))},
		{Label: w.overlaps, Value: number(int64(s.Overlaps.Count)).in(toneIf(s.Overlaps.Count > 0, "bad"))},
	}
	facts = append(facts, m.gridFacts()...)
	facts = append(facts,
		Fact{Label: w.households, Value: m.people(m.top, number(top.Households))},
		Fact{Label: w.residents, Value: m.people(m.top, number(top.Resident))})
	if p := s.Population; p != nil {
		facts = append(facts, Fact{Label: fmt.Sprintf(w.population, m.w.bases[p.Basis]), Value: m.people(m.top, number(p.Value)), Note: p.AsOf.String()})
	}
	facts = append(facts, m.placingFacts()...)
	for i := range m.c.Roles {
		role := &m.c.Roles[i]
		if n := s.Workers.ByRole[role.Code]; n > 0 {
			facts = append(facts, Fact{Label: m.w.name(role.Name, role.Code), Value: number(n)})
		}
	}
	facts = append(facts, Fact{Label: w.vacant, Value: number(int64(s.GridsWithoutWorker)).in(toneIf(s.GridsWithoutWorker > 0, "bad"))})
	counts := m.severities()
	return append(facts,
		Fact{Label: w.errors, Value: number(counts[geo.Error]).in(toneIf(counts[geo.Error] > 0, "bad"))},
		Fact{Label: w.warnings, Value: number(counts[geo.Warning]).in(toneIf(counts[geo.Warning] > 0, "warn"))},
		Fact{Label: w.infos, Value: number(counts[geo.Info])})
}

// gridFacts counts grids by tier, in the plan's order.
func (m *maker) gridFacts() []Fact {
	s, w := &m.answer.Summary, &m.w.facts
	var facts []Fact
	for i := range m.c.Tiers {
		t := &m.c.Tiers[i]
		if n := s.Grids[t.Code]; n > 0 && t.Rank > m.c.Grids[m.top].Tier {
			facts = append(facts, Fact{Label: fmt.Sprintf(w.grids, m.w.name(t.Name, t.Code)), Value: number(int64(n))})
		}
	}
	for _, kind := range []struct{ code, label string }{{"dedicated", w.dedicated}, {"task", w.task}, {"undrawn", w.undrawn}} {
		if n := s.Grids[kind.code]; n > 0 {
			facts = append(facts, Fact{Label: kind.label, Value: number(int64(n))})
		}
	}
	return facts
}

// placingFacts say how households are placed.
func (m *maker) placingFacts() []Fact {
	h, w := &m.answer.Summary.Households, &m.w.facts
	var facts []Fact
	for _, f := range []struct {
		label string
		n     int64
		tone  string
	}{
		{w.total, h.Total, ""}, {w.inOne, h.InOne, ""}, {w.inNone, h.InNone, "bad"}, {w.inMany, h.InMany, "bad"},
		{w.pointless, h.Total - h.Located, "warn"}, {w.outside, h.Outside, "warn"},
	} {
		value := number(f.n).in(toneIf(f.n > 0, f.tone))
		if m.hidden.placing {
			value = withheld()
		}
		facts = append(facts, Fact{Label: f.label, Value: value})
	}
	return facts
}

func toneIf(is bool, tone string) string {
	if is {
		return tone
	}
	return ""
}

// cutTo cuts a figure to some decimals, never up.
func cutTo(v float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	return math.Floor(v*scale) / scale
}

// unitTable lists units: what they are, hold and lack.
func (m *maker) unitTable(units []int) *Table {
	h := &m.w.heads
	t := &Table{Columns: []Column{{Head: h.code, Code: true}, {Head: h.name}, {Head: h.grids, Right: true}, {Head: h.households, Right: true},
		{Head: h.residents, Right: true}, {Head: h.workers, Right: true}, {Head: h.perWorker, Right: true}, {Head: h.per10k, Right: true},
		{Head: h.vacant, Right: true}, {Head: h.area, Right: true}, {Head: h.errors, Right: true}, {Head: h.warnings, Right: true}}}
	errors, warnings := m.findingsUnder(units)
	for _, at := range units {
		if len(t.Rows) == maxRows {
			t.More++
			continue
		}
		u := m.units[at]
		area := Cell{Text: m.w.titles.undrawn}
		if u.AreaM2 != nil {
			km2 := cutTo(*u.AreaM2/1e6, 2)
			area = Cell{Dec: &km2, Decimals: 2}
		}
		over := m.overloaded(at)
		t.Rows = append(t.Rows, []Cell{text(u.Code), text(m.name(at)), number(m.gridsUnder(at)),
			m.people(at, number(u.Households)), m.people(at, number(u.Resident)), number(u.Workers),
			m.people(at, ratio(u.HouseholdsPerWorker).in(toneIf(over, "bad"))), m.people(at, ratio(u.WorkersPer10k)),
			number(u.Vacant).in(toneIf(u.Vacant > 0, "bad")), area,
			number(errors[at]).in(toneIf(errors[at] > 0, "bad")), number(warnings[at]).in(toneIf(warnings[at] > 0, "warn"))})
	}
	return t
}

// overloaded reports whether the grid workers of a unit serve more households
// than the profile lets them, in integers as rule STF-7 has it.
func (m *maker) overloaded(at int) bool {
	t := &m.c.Tallies[at]
	limit := m.loadLimit()
	return limit > 0 && t.GridWorkers > 0 && t.Households > limit*t.GridWorkers
}

// loadLimit is how many households a grid worker may serve.
func (m *maker) loadLimit() int64 { return m.limits.Rules[geo.RuleLoad].Max }

// gridsUnder counts the general grids of grid tiers under a unit, itself too if
// it is one.
func (m *maker) gridsUnder(at int) (n int64) {
	if m.c.IsGrid(at) && m.c.Grids[at].Kind == geo.General {
		n = 1
	}
	for _, child := range m.childrenOf(at) {
		n += m.gridsUnder(child)
	}
	return n
}

// findingsUnder counts by unit the errors and warnings about the ground at and
// under it. Findings about a place are found by their subject's code.
func (m *maker) findingsUnder(units []int) (errors, warnings map[int]int64) {
	errors, warnings = map[int]int64{}, map[int]int64{}
	shown := map[int]bool{}
	for _, at := range units {
		shown[at] = true
	}
	for i := range m.answer.Findings {
		f := &m.answer.Findings[i]
		at, known := m.c.Tree.ByCode(f.Subject.Code)
		if !known || f.Waived != nil || m.public() && slices.Contains(personal, f.Subject.Type) {
			continue
		}
		for at >= 0 && !shown[at] {
			at = m.c.Tree.Parent(at)
		}
		if at < 0 {
			continue
		}
		switch f.Severity {
		case geo.Error:
			errors[at]++
		case geo.Warning:
			warnings[at]++
		}
	}
	return errors, warnings
}

// partSection is about the units right under the top.
func (m *maker) partSection() Section {
	w := &m.w.titles
	title := fmt.Sprintf(w.parts, m.tierName(m.c.Grids[m.parts[0]].Tier))
	s := Section{Sheet: w.sheets[0], Title: title, Table: m.unitTable(m.parts)}
	for _, c := range []*Chart{m.loadChart(), m.sizeChart(), m.mapChart()} {
		if c != nil {
			s.Charts = append(s.Charts, c)
		}
	}
	return s
}

// innerSection is about the units under those.
func (m *maker) innerSection() Section {
	w := &m.w.titles
	return Section{Sheet: w.sheets[5], Title: fmt.Sprintf(w.inner, m.tierName(m.c.Grids[m.inner[0]].Tier)), Table: m.unitTable(m.inner)}
}

// standardSection holds every unit against the standards it was asked.
func (m *maker) standardSection() Section {
	h := &m.w.heads
	t := &Table{Columns: []Column{{Head: h.code, Code: true}, {Head: h.name}, {Head: h.tier}, {Head: h.rule}, {Head: h.counted}, {Head: h.basis}, {Head: h.population, Right: true},
		{Head: h.required, Right: true}, {Head: h.actual, Right: true}, {Head: h.short, Right: true}, {Head: h.per10k, Right: true}, {Head: h.status}}}
	for i := range m.answer.Units {
		if len(t.Rows) == maxRows {
			t.More++
			continue
		}
		u := &m.answer.Units[i]
		status, tone := m.w.heads.met, "good"
		if u.Status != "ok" {
			status, tone = m.w.severities[geo.Severity(u.Status)], "bad"
		}
		hides := m.hides(u)
		_, basis := u.AskedBy()
		shown := func(c Cell) Cell {
			if hides {
				return withheld()
			}
			return c
		}
		actual := number(u.Actual)
		if u.Counts == countsResidents {
			actual = shown(actual)
		}
		t.Rows = append(t.Rows, []Cell{text(u.Code), text(m.w.name(geo.Name{ZH: u.Name, EN: u.NameEN}, u.Code)), text(m.tierOf(u.Tier)), text(string(u.Rule)), text(m.counted(u)),
			text(m.w.bases[basis]), shown(m.populationOf(u)), shown(number(u.Required)), actual,
			shown(number(u.Short).in(toneIf(u.Short > 0, "bad"))), shown(ratio(u.RatioPer10k)), text(status).in(tone)})
	}
	if len(t.Rows) == 0 {
		return Section{}
	}
	s := Section{Sheet: m.w.titles.sheets[1], Title: m.w.titles.standards, Table: t}
	if c := m.staffChart(); c != nil {
		s.Charts = []*Chart{c}
	}
	return s
}

// countsResidents is what a standard of people within reach counts.
const countsResidents = "residents"

// hides reports whether what a unit's standard is asked by is a count of people
// that is not shown, or would give one away.
func (m *maker) hides(u *check.UnitReport) bool {
	if !m.public() {
		return false
	}
	if at, known := m.c.Tree.ByCode(u.Code); known && m.hidden.units[at] {
		return true
	}
	asked, _ := u.AskedBy()
	people := []int64{asked}
	if u.Counts == countsResidents {
		people = append(people, u.Actual, u.Required, u.Short, asked-u.Actual)
	}
	return slices.ContainsFunc(people, func(n int64) bool { return n > 0 && n < m.o.Least })
}

// counted says what a standard counts: workers, posts, facilities or residents,
// and of which sort.
func (m *maker) counted(u *check.UnitReport) string {
	what := cmp.Or(m.w.counted[u.Counts], u.Counts)
	if sort := cmp.Or(u.Facility, u.About); sort != "" {
		what += " · " + sort
	}
	return what
}

// populationOf is the population that a standard asks by, empty where it does
// not.
func (m *maker) populationOf(u *check.UnitReport) Cell {
	if u.Population == nil {
		return Cell{}
	}
	return number(*u.Population)
}

// ruleCount is how many findings a rule has.
type ruleCount struct {
	rule     geo.RuleID
	severity geo.Severity
	n        int64
	waived   int64
}

// ruleCounts counts findings by rule and severity, in the order of the rules.
func (m *maker) ruleCounts() []ruleCount {
	type key struct {
		rule     geo.RuleID
		severity geo.Severity
	}
	counts := map[key]*ruleCount{}
	for i := range m.answer.Findings {
		f := &m.answer.Findings[i]
		if m.public() && aboutHouseholds(f.Rule) {
			continue
		}
		k := key{f.Rule, f.Severity}
		if counts[k] == nil {
			counts[k] = &ruleCount{rule: f.Rule, severity: f.Severity}
		}
		if f.Waived != nil {
			counts[k].waived++
		} else {
			counts[k].n++
		}
	}
	var list []ruleCount
	for _, rule := range geo.AllRules {
		for _, severity := range []geo.Severity{geo.Error, geo.Warning, geo.Info} {
			if c := counts[key{rule, severity}]; c != nil {
				list = append(list, *c)
			}
		}
	}
	return list
}

var severityTone = map[geo.Severity]string{geo.Error: "bad", geo.Warning: "warn"}

func (m *maker) findingSection() Section {
	h, w := &m.w.heads, &m.w.titles
	t := &Table{Columns: []Column{{Head: h.rule}, {Head: h.what}, {Head: h.severity}, {Head: h.count, Right: true}, {Head: h.waived, Right: true}}}
	counts := m.ruleCounts()
	for _, c := range counts {
		t.Rows = append(t.Rows, []Cell{text(string(c.rule)), text(m.w.rule(c.rule)), text(m.w.severities[c.severity]).in(severityTone[c.severity]),
			number(c.n), number(c.waived)})
	}
	s := Section{Sheet: w.sheets[2], Title: w.findings, Lead: w.findingLead}
	if m.public() {
		s.Lead += " " + w.publicLead
	}
	if len(counts) == 0 {
		s.Lead = w.noFinding
		return s
	}
	s.Table, s.Charts = t, []*Chart{m.ruleChart(counts)}
	return s
}

// listSection names what there is to do, of places only.
func (m *maker) listSection() Section {
	h, w := &m.w.heads, &m.w.titles
	t := &Table{Columns: []Column{{Head: h.severity}, {Head: h.rule}, {Head: h.code, Code: true}, {Head: h.subject}, {Head: h.message, Wide: true}}}
	for i := range m.answer.Findings {
		f := &m.answer.Findings[i]
		if f.Waived != nil || f.Severity == geo.Info || slices.Contains(personal, f.Subject.Type) {
			continue
		}
		if len(t.Rows) == maxFindings {
			t.More++
			continue
		}
		t.Rows = append(t.Rows, []Cell{text(m.w.severities[f.Severity]).in(severityTone[f.Severity]), text(string(f.Rule)), text(f.Subject.Code),
			text(m.w.name(geo.Name{ZH: f.Subject.Name, EN: f.Subject.NameEN}, f.Subject.Code)), text(m.w.message(f.Message))})
	}
	if len(t.Rows) == 0 {
		return Section{}
	}
	return Section{Sheet: w.sheets[3], Title: w.list, Lead: w.listLead, Table: t}
}

// changeSection compares with an earlier report: findings by rule, then units.
func (m *maker) changeSection() Section {
	h, w := &m.w.heads, &m.w.titles
	c := check.Compare(*m.o.Before, m.answer)
	t := &Table{Columns: []Column{{Head: h.label}, {Head: h.what}, {Head: h.before, Right: true}, {Head: h.after, Right: true}, {Head: h.appeared, Right: true},
		{Head: h.gone, Right: true}, {Head: h.stayed, Right: true}, {Head: h.change, Right: true}}}
	for _, r := range c.Rules {
		if m.public() && aboutHouseholds(r.Rule) {
			continue
		}
		before, after := int64(r.Gone+r.Stayed), int64(r.New+r.Stayed)
		t.Rows = append(t.Rows, []Cell{text(string(r.Rule)), text(m.w.rule(r.Rule)), number(before), number(after), number(int64(r.New)).in(toneIf(r.New > 0, "bad")),
			number(int64(r.Gone)).in(toneIf(r.Gone > 0, "good")), number(int64(r.Stayed)), number(after - before).in(changeTone(after - before))})
	}
	for i := range c.Units {
		u := &c.Units[i]
		if m.public() || u.ShortChange == nil || u.Before.Short == 0 && u.After.Short == 0 || len(t.Rows) == maxRows {
			continue
		}
		t.Rows = append(t.Rows, []Cell{text(u.Code), text(m.w.name(geo.Name{ZH: u.Name, EN: u.NameEN}, u.Code) + "：" + h.short), number(u.Before.Short),
			number(u.After.Short), {}, {}, {}, number(*u.ShortChange).in(changeTone(*u.ShortChange))})
	}
	lead := fmt.Sprintf(w.changeLead, c.Before.Run, c.Before.AsOf, c.After.AsOf)
	if !c.Complete {
		lead += w.incomplete
	}
	return Section{Sheet: w.sheets[4], Title: w.changes, Lead: lead, Table: t}
}

func changeTone(n int64) string {
	switch {
	case n > 0:
		return "bad"
	case n < 0:
		return "good"
	}
	return ""
}

// uncheckedSection names the rules that nobody answered.
func (m *maker) uncheckedSection() Section {
	h, w := &m.w.heads, &m.w.titles
	if len(m.answer.NotChecked) == 0 {
		return Section{}
	}
	t := &Table{Columns: []Column{{Head: h.rule}, {Head: h.what}, {Head: h.because, Wide: true}}}
	for _, n := range m.answer.NotChecked {
		t.Rows = append(t.Rows, []Cell{text(string(n.Rule)), text(m.w.rule(n.Rule)), text(m.w.reason(n.Because))})
	}
	return Section{Sheet: w.sheets[6], Title: w.unchecked, Table: t}
}

// notes say what the figures rest on.
func (m *maker) notes() []string {
	w := &m.w.notes
	notes := []string{fmt.Sprintf(w.run, m.answer.Run), fmt.Sprintf(w.profile, m.profile())}
	notes = append(notes, m.sources()...)
	notes = append(notes, w.cut, w.counts)
	if m.public() {
		notes = append(notes, fmt.Sprintf(w.hidden, m.o.Least))
	}
	return notes
}

// sources are the documents of the standards that hold on the day, each once.
func (m *maker) sources() []string {
	seen := map[string]bool{}
	for i := range m.c.Standards {
		if s := &m.c.Standards[i]; s.Source != "" && s.Valid.Holds(m.c.AsOf) {
			seen[string(s.Rule)+"："+s.Source] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
