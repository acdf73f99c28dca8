package check

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"gridmap/geo"
)

// A statement is what metrics of one unit say of one figure: one of them, or
// several that are parts of it.
type statement struct {
	unit     int // position
	family   string
	parted   bool
	period   string
	declares geo.Declared
}

// checkDeclared asks CON-1 of metrics: is what they declare what is counted? A
// metric is asked on the days of its period only, for of other days nothing is
// counted here. It reports whether there was any.
func (k *inquiry) checkDeclared() bool {
	stated := map[statement]int64{}
	var order []statement
	asked := false
	for i := range k.Metrics {
		m := &k.Metrics[i]
		at, ok := k.Tree.Index(m.Unit)
		if !ok || m.Declares == "" || m.Value == nil || !k.asks(geo.RuleStated, at) || !spans(m, k.AsOf) {
			continue
		}
		asked = true
		if family, share := m.Declares.Share(); share {
			k.checkShare(at, m, family)
			continue
		}
		family, part := m.Family()
		s := statement{at, family, part != "", m.Period, m.Declares}
		if _, known := stated[s]; !known {
			order = append(order, s)
		}
		stated[s] += int64(*m.Value)
	}
	counted := map[geo.Declared]func(int) int64{}
	slices.SortFunc(order, func(a, b statement) int {
		return cmp.Or(cmp.Compare(k.Grids[a.unit].Code, k.Grids[b.unit].Code), cmp.Compare(a.family, b.family), cmp.Compare(a.period, b.period), cmp.Compare(a.declares, b.declares))
	})
	for _, s := range order {
		count := counted[s.declares]
		if count == nil {
			count = k.Declared(s.declares)
			counted[s.declares] = count
		}
		if n := count(s.unit); n != stated[s] {
			k.addStated(s.unit, s.family+"|"+string(s.declares), float64(stated[s]), s.declares.Unit(), float64(n), declaredMessage(s, stated[s], n))
		}
	}
	return asked
}

// spans reports whether a metric is of the day.
func spans(m *geo.Metric, day geo.Date) bool {
	period, err := geo.ParseSpan(m.Period)
	return err == nil && period.Holds(day)
}

func (k *inquiry) addStated(unit int, metric string, stated float64, of string, counted float64, message Message) {
	k.add(Finding{Rule: geo.RuleStated, Tier: k.tierCode(k.Grids[unit].Tier), Subject: k.subject(unit),
		Measure:  &Measure{Value: stated, Unit: of, Op: "=", Limit: counted},
		Evidence: &Evidence{Metric: metric}, Message: message})
}

// checkShare asks whether a share in percent is that of its part among all
// parts, rounded to as many digits as it is printed with. Where the parts are
// not stated there is nothing to ask.
func (k *inquiry) checkShare(at int, m *geo.Metric, family string) {
	_, part := m.Family()
	total, own, known := int64(0), int64(0), false
	for i := range k.Metrics {
		o := &k.Metrics[i]
		of, name := o.Family()
		if o.Unit != m.Unit || o.Period != m.Period || of != family || name == "" || o.Value == nil || *o.Value != math.Trunc(*o.Value) ||
			math.Abs(*o.Value) > 1e9 {
			continue
		}
		total += int64(*o.Value)
		if name == part {
			own, known = int64(*o.Value), true
		}
	}
	if !known || total <= 0 || rounded(*m.Value, own, total) {
		return
	}
	share := math.Floor(float64(own)*10_000/float64(total)) / 100
	k.addStated(at, m.Name+"|"+string(m.Declares), *m.Value, "%", share, shareMessage(m, own, total))
}

// rounded reports whether a percentage is own ÷ total to its last digit.
func rounded(percent float64, own, total int64) bool {
	if !(percent >= 0 && percent <= 1000) {
		return false
	}
	_, digits, _ := strings.Cut(strconv.FormatFloat(percent, 'f', -1, 64), ".")
	scale := int64(1)
	for range min(len(digits), 6) {
		scale *= 10
	}
	off := int64(math.Round(percent*float64(scale)))*total - 100*own*scale
	return 2*max(off, -off) <= total
}
