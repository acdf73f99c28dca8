// Package check asks a plan every rule of the field: is the ground divided
// whole, is every household in a grid, is every grid staffed, and by how many
// people is it short? It does no I/O and counts in integers.
package check

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// Ground is what is found on the ground whatever the question, so that callers
// can keep what did not change.
type Ground struct {
	// Faults returns what [FindFaults] finds among the children of the grid at a
	// position.
	Faults func(parent int) SiblingFaults
	// Cuts returns what [FindCuts] finds; nil has them found anew.
	Cuts func() []Cut
	// Cells tells where COV-6 is asked; nil where cells are not known, and it is
	// not asked.
	Cells Cells
	// Vacant keeps what COV-6 finds while buildings and compounds stay as they
	// are; nil has it found anew.
	Vacant *Vacancies
	// Homes finds households, so that Vacant looks again only where they came or
	// went; nil has all found anew then.
	Homes Homes
}

// Ask asks every rule of c and reports. It is a pure function: the same
// plan, day and question give the same report, but for Run and ElapsedMS,
// which the caller fills. The error is a *[geo.InvalidError] that names the
// field of q it cannot take.
func Ask(c *geo.Counted, ground Ground, q Question) (Report, error) {
	if err := q.Known(c); err != nil {
		return Report{}, err
	}
	by, err := q.limits(c)
	if err != nil {
		return Report{}, err
	}
	k := newInquiry(c, q, by)
	if err := k.contradiction(); err != nil {
		return Report{}, err
	}
	k.checkGeometry(ground.Faults)
	k.checkUndrawn()
	k.checkCodes()
	k.checkCoverage()
	k.checkSettlements()
	k.checkCells(&ground)
	k.checkSizes()
	k.checkShapes(ground.Faults)
	if ground.Cuts == nil {
		ground.Cuts = func() []Cut { return FindCuts(c.Snapshot, c.Tree) }
	}
	k.checkCuts(ground.Cuts())
	k.checkOrder(ground.Faults)
	k.checkStaff()
	k.checkPersons()
	k.checkStandards()
	k.checkKeepers()
	k.checkStated()
	k.checkHistory()
	k.checkPrivate()
	k.summarise()
	return k.finish(), nil
}

// inquiry is one run of a check.
type inquiry struct {
	*geo.Counted
	q      Question
	stated geo.RuleSettings                // by the territory's profile or the question
	rules  map[geo.RuleID]*geo.RuleSetting // of the question over the profile
	latest struct {                        // setting asked for: mostly the same many times over
		rule    geo.RuleID
		setting *geo.RuleSetting
	}
	askedAt []bool // by position: whether the question is about the grid
	tops    []int  // positions of the scope's divisions
	tiers   map[int]bool
	report  Report
	skip    map[geo.RuleID]string // rules that could not be asked, and why
	keys    map[string]int        // findings so far by what they are about

	published map[peopleOf]*geo.Population // the newest of the day, when first asked
	inherited []geo.Setting                // of the grids, when first asked
}

func newInquiry(c *geo.Counted, q Question, by limits) *inquiry {
	k := &inquiry{Counted: c, q: q, stated: by.stated, rules: by.rules, tiers: map[int]bool{}, skip: map[geo.RuleID]string{}, keys: map[string]int{}}
	for _, code := range q.Scope.Divisions {
		i, _ := c.Tree.ByCode(code)
		k.tops = append(k.tops, i)
	}
	k.tops = outermost(c.Tree, k.tops)
	for _, t := range c.Tiers {
		k.tiers[t.Rank] = len(q.Tiers) == 0 || slices.Contains(q.Tiers, t.Code)
	}
	k.findAsked()
	k.report = Report{
		Territory: c.Territory.Code, PlanVersion: c.Revision, AsOf: c.AsOf, CRS: "EPSG:4490",
		Units: []UnitReport{}, Summary: Summary{Standards: []StandardSummary{}}, Findings: []Finding{}, NotChecked: []NotChecked{},
	}
	return k
}

// outermost drops what lies under another of tops; none means the root.
func outermost(t *geo.Tree, tops []int) []int {
	if len(tops) == 0 {
		return []int{0}
	}
	slices.SortFunc(tops, func(a, b int) int { return cmp.Compare(t.Order(a), t.Order(b)) })
	kept := tops[:1]
	for _, i := range tops[1:] {
		if !t.Under(i, kept[len(kept)-1]) {
			kept = append(kept, i)
		}
	}
	return kept
}

// inScope reports whether the grid at i lies in the divisions asked for.
func (k *inquiry) inScope(i int) bool {
	for _, top := range k.tops {
		if k.Tree.Under(i, top) {
			return true
		}
	}
	return false
}

// asked reports whether the question is about the grid at i: its ground, its
// tier and its kind.
func (k *inquiry) asked(i int) bool { return k.askedAt[i] }

// findAsked works out which grids the question is about.
func (k *inquiry) findAsked() {
	k.askedAt = make([]bool, len(k.Grids))
	for i := range k.Grids {
		g := &k.Grids[i]
		k.askedAt[i] = k.tiers[g.Tier] && k.q.asksKind(g, k.tierCode(g.Tier)) && k.inScope(i)
	}
}

// severity returns what a breach of the rule weighs, "" when it is off.
func (k *inquiry) severity(rule geo.RuleID) geo.Severity {
	s := k.setting(rule)
	if s.Off != nil && *s.Off {
		return ""
	}
	return s.Severity
}

// add reports a finding unless its rule is off. Severity "" takes the rule's.
func (k *inquiry) add(f Finding) {
	usual := k.severity(f.Rule)
	if usual == "" {
		return
	}
	if f.Severity == "" || k.q.Rules[f.Rule].Severity != "" {
		f.Severity = usual
	}
	if k.q.Include.Geometry == "none" {
		f.Region, f.At = nil, nil
	}
	f.ID = k.identify(&f)
	k.report.Findings = append(k.report.Findings, f)
}

// identify names a finding by what it is about and not by its extent, so that
// a gap that shrinks stays the same finding and a waiver sticks. Findings
// alike in all of that are told apart by their order.
func (k *inquiry) identify(f *Finding) string {
	var b strings.Builder
	id := f.Subject.ID
	if f.Subject.Code != "" && (f.Subject.Type == "grid" || f.Subject.Type == "division") {
		id = 0 // the code says it, in files as in the database
	}
	fmt.Fprintf(&b, "%s|%s|%s|%d|%s", k.Territory.Code, f.Rule, f.Subject.Type, id, f.Subject.Code)
	if f.Evidence != nil {
		b.WriteString("|" + strings.Join(f.Evidence.Touches, ",") + string(f.Evidence.Position) + f.Evidence.Metric)
	}
	if f.About != "" {
		b.WriteString("|" + f.About)
	}
	k.keys[b.String()]++
	fmt.Fprintf(&b, "|%d", k.keys[b.String()])
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8])
}

// subject describes the grid at i.
func (k *inquiry) subject(i int) Subject {
	g := &k.Grids[i]
	kind := "division"
	if k.IsGrid(i) {
		kind = "grid"
	}
	return Subject{Type: kind, ID: int64(g.ID), Code: g.Code, Name: g.Name.ZH, NameEN: g.Name.EN}
}

func (k *inquiry) tierCode(rank int) string {
	for _, t := range k.Tiers {
		if t.Rank == rank {
			return t.Code
		}
	}
	return ""
}

// waive marks the findings that a waiver of the day lets stand.
func (k *inquiry) waive() {
	waivers := make(map[string]*geo.Waiver, len(k.Waivers))
	for i := range k.Waivers {
		if w := &k.Waivers[i]; w.Holds(k.AsOf) {
			waivers[w.Finding] = w
		}
	}
	for i := range k.report.Findings {
		f := &k.report.Findings[i]
		if w := waivers[f.ID]; w != nil && w.Rule == f.Rule {
			f.Waived = &Waived{By: w.By, Why: w.Why, Until: w.Until}
			k.report.WaivedTotal++
		}
	}
}

// waived is 1 for a finding that is, which stands behind all others.
func (f *Finding) waived() int {
	if f.Waived != nil {
		return 1
	}
	return 0
}

// finish orders the findings, worst first, counts them and cuts the list. Those
// that are waived come last.
func (k *inquiry) finish() Report {
	r := &k.report
	weight := map[geo.Severity]int{geo.Error: 0, geo.Warning: 1, geo.Info: 2}
	k.waive()
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.waived(), b.waived()), cmp.Compare(weight[a.Severity], weight[b.Severity]), cmp.Compare(ruleOrder(a.Rule), ruleOrder(b.Rule)))
	})
	r.FindingsTotal = len(r.Findings)
	if len(r.Findings) > r.WaivedTotal {
		r.Worst = r.Findings[0].Severity
	}
	r.Pass = r.Worst != geo.Error
	r.Outline = k.outline()
	if most := cmp.Or(k.q.MaxFindings, defaultMaxFindings); len(r.Findings) > most {
		r.Findings = r.Findings[:most]
	}
	for _, rule := range geo.AllRules {
		off := k.setting(rule).Off
		switch because := k.skip[rule]; {
		case off != nil && *off && k.q.Rules[rule].Off != nil:
			r.NotChecked = append(r.NotChecked, NotChecked{rule, "switched off by the question"})
		case off != nil && *off:
			r.NotChecked = append(r.NotChecked, NotChecked{rule, "switched off by the profile"})
		case because != "":
			r.NotChecked = append(r.NotChecked, NotChecked{rule, because})
		}
	}
	return *r
}

func ruleOrder(id geo.RuleID) int { return slices.Index(geo.AllRules, id) }

// cut2 cuts a ratio to two decimals: never up, so that 17.999 stays below 18.
// hundredths is the ratio's numerator times 100.
func cut2(hundredths, by int64) *float64 {
	if by == 0 {
		return nil
	}
	v := float64(hundredths/by) / 100
	return &v
}

// percent returns covered ÷ whole in percent, cut to two decimals so that 100
// means nothing is missing.
func percent(covered, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	if covered >= whole {
		return 100
	}
	return math.Floor(covered/whole*10_000) / 100
}

// pointOf is a copy of p that a finding can keep.
func pointOf(p topo.Point) *topo.Point { return &p }
