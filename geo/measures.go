package geo

import (
	"cmp"
	"slices"
)

// Measures are the metrics that hold on a day, by name and by position of the
// unit. Those of one name and tier are all of one period, so that units can be
// compared.
type Measures map[string]map[int]*Metric

// Measured picks the metrics of the period, which is named as [ParseSpan] has
// it, or for an empty one of the latest that has begun by the day, for each
// name and tier its own. Of two that began together the shorter is the later. A
// unit that has no figure of that period has none, even if it has an older one.
func (s *Snapshot) Measured(tree *Tree, day Date, period string) Measures {
	type kind struct {
		name string
		tier int
	}
	latest, spans := map[kind]string{}, map[string]Period{}
	each := func(visit func(at int, m *Metric)) {
		for i := range s.Metrics {
			if at, known := tree.Index(s.Metrics[i].Unit); known {
				visit(at, &s.Metrics[i])
			}
		}
	}
	if period == "" {
		each(func(at int, m *Metric) {
			span := spanOf(spans, m.Period)
			k := kind{m.Name, s.Grids[at].Tier}
			if span.From <= day && (latest[k] == "" || later(span, spans[latest[k]])) {
				latest[k] = m.Period
			}
		})
	}
	all := Measures{}
	each(func(at int, m *Metric) {
		if m.Period != period && (period != "" || m.Period != latest[kind{m.Name, s.Grids[at].Tier}]) {
			return
		}
		if all[m.Name] == nil {
			all[m.Name] = map[int]*Metric{}
		}
		all[m.Name][at] = m
	})
	return all
}

// Periods lists the periods that a metric has figures of, the latest first.
func (s *Snapshot) Periods(name string) []string {
	var list []string
	spans := map[string]Period{}
	for i := range s.Metrics {
		m := &s.Metrics[i]
		if _, known := spans[m.Period]; m.Name == name && !known {
			spanOf(spans, m.Period)
			list = append(list, m.Period)
		}
	}
	slices.SortFunc(list, func(a, b string) int {
		switch x, y := spans[a], spans[b]; {
		case later(x, y):
			return -1
		case later(y, x):
			return 1
		}
		return cmp.Compare(a, b)
	})
	return list
}

// spanOf reads a period, each only once. What cannot be read has not begun on
// any day: no record has such a one.
func spanOf(known map[string]Period, text string) Period {
	span, is := known[text]
	if !is {
		var err error
		if span, err = ParseSpan(text); err != nil {
			span = Period{From: 9999_12_31}
		}
		known[text] = span
	}
	return span
}

// later reports whether a figure of a tells of a later time than one of b.
func later(a, b Period) bool {
	if a.From != b.From {
		return a.From > b.From
	}
	return a.To != 0 && (b.To == 0 || a.To < b.To)
}
