package tiles

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gridmap/geo"
	"gridmap/tiles/mvt"
)

// metricPrefix begins an attribute that is a metric: metric:NAME is of the
// latest period, metric:NAME@2025-Q2 of the one that is named.
const metricPrefix = "metric:"

// mostMetrics bounds the metrics that a tile may be asked for.
const mostMetrics = 8

// A measured is a metric, or what else is not said of every grid, as an attribute
// of grids.
type measured struct {
	key    uint32 // in the layer
	figure string // as it was asked for
	of     func(i int) reading
}

// A reading is what a grid has of an attribute: a number or a text, or nothing.
type reading struct {
	number *float64
	text   string
}

// metricReading reads a metric, none where it is nil.
func metricReading(m *geo.Metric) reading {
	if m == nil {
		return reading{}
	}
	return reading{m.Value, m.Grade}
}

// parseMetric reads the name and the period of a metric asked for, which is
// empty for the latest. An at sign that no period follows is part of the name.
func parseMetric(figure string) (name, period string) {
	name = strings.TrimPrefix(figure, metricPrefix)
	if at := strings.LastIndexByte(name, '@'); at > 0 {
		if _, err := geo.ParseSpan(name[at+1:]); err == nil {
			return name[:at], name[at+1:]
		}
	}
	return name, ""
}

// addMetric adds a metric to a set, which keeps them in the order of their
// names so that equal sets are equal.
func (p *Props) addMetric(figure string) error {
	if strings.HasSuffix(figure, ":") || strings.HasPrefix(figure, metricPrefix+"@") {
		return &geo.InvalidError{Field: "props", Reason: "ends where a name should follow: " + figure}
	}
	list := p.figures()
	if at, known := slices.BinarySearch(list, figure); !known {
		list = slices.Insert(list, at, figure)
	}
	if len(list) > mostMetrics {
		return &geo.InvalidError{Field: "props", Reason: fmt.Sprintf("names more than %d metrics, nets and matters", mostMetrics)}
	}
	p.metrics = strings.Join(list, ",")
	return nil
}

// figures lists the metrics of a set as they were asked for.
func (p *Props) figures() []string {
	if p.metrics == "" {
		return nil
	}
	return strings.Split(p.metrics, ",")
}

// measuredKey names what metrics hold: see [geo.Snapshot.Measured].
type measuredKey struct {
	day    geo.Date
	period string
}

// mostMeasured bounds the days and periods that a picture remembers.
const mostMeasured = 8

// metricsAsked returns the metrics, nets and matters a query asks for. The error
// is a *[geo.InvalidError] of the field props for one that the territory has not.
func (p *Picture) metricsAsked(q Query) ([]measured, error) {
	if q.Day == 0 {
		q.Day = geo.DateOf(time.Now())
	}
	var asked []measured
	for _, figure := range q.Props.figures() {
		sort, name, _ := strings.Cut(figure, ":")
		var of func(int) reading
		known := false
		switch sort + ":" {
		case netPrefix:
			of, known = p.progressOf(q.Day, name)
		case matterPrefix:
			of, known = p.takersOf(q.Day, name)
		default:
			var period string
			var all map[int]*geo.Metric
			name, period = parseMetric(figure)
			all, known = p.measuresOf(q.Day, name, period)
			of = func(i int) reading { return metricReading(all[i]) }
		}
		if !known {
			return nil, &geo.InvalidError{Field: "props", Reason: fmt.Sprintf("the territory has no %s %q", sort, name)}
		}
		asked = append(asked, measured{figure: figure, of: of})
	}
	return asked, nil
}

// measuresOf returns the metrics of a name that hold; known is false when there
// is none of the name, of any period.
func (p *Picture) measuresOf(day geo.Date, name, period string) (of map[int]*geo.Metric, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.metricNames == nil {
		p.metricNames = map[string]bool{}
		for i := range p.a.Rest().Metrics {
			p.metricNames[p.a.Rest().Metrics[i].Name] = true
		}
	}
	if !p.metricNames[name] {
		return nil, false
	}
	key := measuredKey{day, period}
	all, is := p.measured[key]
	if !is {
		all = p.a.Records().Measured(p.a.Tree(), day, period)
		if p.measured == nil || len(p.measured) >= mostMeasured {
			p.measured = map[measuredKey]geo.Measures{}
		}
		p.measured[key] = all
	}
	return all[name], true
}

// appendMetrics encodes the metrics that a grid has.
func (v *view) appendMetrics(tags []byte, l *mvt.Layer, id int64) []byte {
	if len(v.metrics) == 0 {
		return tags
	}
	i, known := v.a.Tree().Index(geo.GridID(id))
	if !known {
		return tags
	}
	for _, m := range v.metrics {
		switch of := m.of(i); {
		case of.number != nil:
			tags = mvt.AppendTag(tags, m.key, l.Double(*of.number))
		case of.text != "":
			tags = mvt.AppendTag(tags, m.key, l.String(of.text))
		}
	}
	return tags
}

// measures says which metrics the grid is drawn with.
func (v *view) measures(h digest, id int64) digest {
	i, known := v.a.Tree().Index(geo.GridID(id))
	for _, m := range v.metrics {
		of := reading{}
		if known {
			of = m.of(i)
		}
		switch {
		case of.number != nil:
			h = h.number(1).number(math.Float64bits(*of.number))
		case of.text != "":
			h = h.number(2).text(of.text)
		default:
			h = h.number(0)
		}
	}
	return h
}
