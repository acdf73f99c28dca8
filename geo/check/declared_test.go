package check

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"gridmap/geo"
)

// metrics puts metrics of the county into a snapshot.
func metrics(s *geo.Snapshot, list ...geo.Metric) *geo.Snapshot {
	for _, m := range list {
		m.ID, m.Unit = geo.MetricID(len(s.Metrics)+1), s.Grids[0].ID
		if m.Period == "" {
			m.Period = "2025-06"
		}
		s.Metrics = append(s.Metrics, m)
	}
	return s
}

func metric(name string, value float64, d geo.Declared) geo.Metric {
	return geo.Metric{Name: name, Value: &value, Declares: d}
}

// What metrics declare is compared with what is counted: parts of one figure
// together, on the days they are of.
func TestDeclaredAgainstCounted(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		list []geo.Metric
		want []string // value, unit, counted
	}{
		"as many as there are": {[]geo.Metric{metric("grids", 4, "grids"), metric("villages", 2, "grids.village")}, nil},
		"one too many":         {[]geo.Metric{metric("grids", 5, "grids")}, []string{"5 grids 4"}},
		"parts add up":         {[]geo.Metric{metric("stars:5", 1, "grids.village"), metric("stars:4", 1, "grids.village")}, nil},
		"parts and the whole of them": {[]geo.Metric{metric("stars", 2, "grids.village"), metric("stars:5", 1, "grids.village"),
			metric("stars:4", 0, "grids.village")}, []string{"1 grids 2"}},
		"two statements of one figure": {[]geo.Metric{metric("a", 2, "grids.village"), metric("b", 3, "grids.village")}, []string{"3 grids 2"}},
		"another month": {[]geo.Metric{{Name: "grids", Period: "2025-05", Value: new(9.0), Declares: "grids"},
			{Name: "grids", Period: "2025-06-30", Value: new(8.0), Declares: "grids"}}, []string{"8 grids 4"}},
		"nothing declared": {[]geo.Metric{metric("visits", 9, "")}, nil},
		"people":           {[]geo.Metric{metric("p", 7, "residents")}, []string{"7 persons 0"}},
		"a rounded share":  {[]geo.Metric{metric("r:A", 1, ""), metric("r:B", 2, ""), metric("p:A", 33, "share.r"), metric("p:B", 66.7, "share.r")}, nil},
		"a share cut instead of rounded": {[]geo.Metric{metric("r:A", 1, ""), metric("r:B", 2, ""), metric("p:B", 66, "share.r")},
			[]string{"66 % 66.66"}},
		"a share of nothing stated": {[]geo.Metric{metric("p:A", 33, "share.r")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range findings(t, metrics(numbered(), tt.list...), geo.RuleStated) {
				got = append(got, strings.TrimSuffix(strings.Join([]string{shown(f.Measure.Value), f.Measure.Unit, shown(f.Measure.Limit)}, " "), " "))
				if f.Severity != geo.Warning || f.Subject.Code != "990101000000" {
					t.Errorf("%+v", f)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// A rule without anything declared is not asked; with something it is.
func TestStatedIsAskedWhereSomethingIsDeclared(t *testing.T) {
	t.Parallel()
	skipped := func(s *geo.Snapshot) bool {
		return slices.ContainsFunc(ask(t, s, `{}`).NotChecked, func(n NotChecked) bool { return n.Rule == geo.RuleStated })
	}
	if !skipped(metrics(numbered(), metric("visits", 9, ""))) {
		t.Error("CON-1 is said to be asked of nothing")
	}
	if skipped(metrics(numbered(), metric("grids", 4, "grids"))) {
		t.Error("CON-1 is said not to be asked")
	}
}

// Two statements of one unit keep their findings apart, whichever is mended.
func TestStatementsKeepTheirIDs(t *testing.T) {
	t.Parallel()
	both := findings(t, metrics(numbered(), metric("a", 9, "grids"), metric("b", 9, "grids")), geo.RuleStated)
	one := findings(t, metrics(numbered(), metric("a", 4, "grids"), metric("b", 9, "grids")), geo.RuleStated)
	if len(both) != 2 || len(one) != 1 || both[0].ID == both[1].ID || one[0].ID != both[1].ID {
		t.Errorf("%+v, then %+v", both, one)
	}
}

// ofVillages is a county with as many villages, two of which have grids.
func ofVillages(n int) *geo.Snapshot {
	s := numbered()
	for i := 2; i < n; i++ {
		s.Grids = append(s.Grids, geo.Grid{ID: geo.GridID(1000 + i), Parent: s.Grids[0].ID, Tier: 1, Code: shown(float64(990102100000 + i)), Kind: geo.General})
	}
	return s
}

// G3: stars of 100 villages are printed where there are 144.
func TestG3(t *testing.T) {
	t.Parallel()
	found := findings(t, metrics(ofVillages(144), metric("stars:5", 20, "grids.village"), metric("stars:4", 35, "grids.village"),
		metric("stars:3", 45, "grids.village")), geo.RuleStated)
	if len(found) != 1 || found[0].Measure.Value != 100 || found[0].Measure.Limit != 144 {
		t.Errorf("%+v", found)
	}
}

// G5: the ratings of 418 villages add up, but 19.4 % is printed as 20.
func TestG5(t *testing.T) {
	t.Parallel()
	s := ofVillages(418)
	for part, n := range map[string][2]float64{"A": {81, 20}, "B": {175, 42}, "C": {119, 28}, "D": {43, 10}} {
		metrics(s, metric("rating:"+part, n[0], "grids.village"), metric("percent:"+part, n[1], "share.rating"))
	}
	found := findings(t, s, geo.RuleStated)
	if len(found) != 1 || found[0].Measure.Value != 20 || found[0].Measure.Limit != 19.37 || !strings.Contains(found[0].Message.ZH, "81/418") {
		t.Errorf("%+v", found)
	}
}

func shown(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
