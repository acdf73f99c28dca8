package tiles_test

import (
	"errors"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/tiles"
)

// measuredPicture draws the county mini after a change of its metrics.
func measuredPicture(t *testing.T, change func([]geo.Metric)) (*tiles.Picture, *fixtures.County) {
	t.Helper()
	c, p := drawCounty(t, "mini", 0, func(c *fixtures.County) { change(c.Metrics) })
	return p, c
}

func measuredQuery(t *testing.T, p *tiles.Picture, layer, props string) tiles.Query {
	t.Helper()
	set, err := tiles.ParseProps(props)
	if err != nil {
		t.Fatal(err)
	}
	return tiles.Query{Layer: layer, Address: whole(p, tiles.Grids).Address, Props: set, Day: fixtures.AsOf}
}

// Every village has its metrics, numbers as numbers and grades as text, on its
// ground and beside its name.
func TestTilesHaveMetrics(t *testing.T) {
	t.Parallel()
	p, c := measuredPicture(t, func([]geo.Metric) {})
	type figure struct {
		unit geo.GridID
		name string
	}
	want := map[figure]any{}
	for i := range c.Metrics {
		switch m := &c.Metrics[i]; {
		case m.Name == "visits":
			want[figure{m.Unit, "metric:visits@2025-Q2"}] = *m.Value
		case m.Name == "rating":
			want[figure{m.Unit, "metric:rating"}] = m.Grade
		}
	}
	for _, layer := range []string{"village", tiles.Labels} {
		found := 0
		for _, f := range featuresOf(t, p, measuredQuery(t, p, layer, "code,metric:visits@2025-Q2,metric:rating")) {
			for _, name := range []string{"metric:visits@2025-Q2", "metric:rating"} {
				got := f.Properties[name]
				if got != want[figure{geo.GridID(f.ID.(float64)), name}] {
					t.Errorf("%s: %s of %v is %v", layer, name, f.Properties["code"], got)
				}
				if got != nil {
					found++
				}
			}
		}
		if found != len(want) || found != 14 {
			t.Errorf("%s: %d metrics, want %d", layer, found, len(want))
		}
	}
}

// The tag of a tile changes with a metric that it shows and with no other.
func TestTagsTellMetrics(t *testing.T) {
	t.Parallel()
	before, _ := measuredPicture(t, func([]geo.Metric) {})
	after, _ := measuredPicture(t, func(metrics []geo.Metric) {
		for i := range metrics {
			if metrics[i].Name == "visits" {
				*metrics[i].Value++
				return
			}
		}
	})
	tag := func(p *tiles.Picture, layer, props string) string {
		tag, err := p.ETag(measuredQuery(t, p, layer, props))
		if err != nil {
			t.Fatal(err)
		}
		return tag
	}
	for _, layer := range []string{"village", tiles.Labels, tiles.Grids} {
		for props, changes := range map[string]bool{
			"code": false, "code,metric:rating": false, "code,metric:visits@2024": false, "code,metric:visits": layer != tiles.Grids,
		} {
			if changed := tag(before, layer, props) != tag(after, layer, props); changed != changes {
				t.Errorf("%s with %s: changed %v", layer, props, changed)
			}
		}
	}
	if tag(before, "village", "code,metric:rating") == tag(before, "village", "code,metric:visits") ||
		tag(before, "village", "metric:visits,metric:rating") != tag(before, "village", "metric:rating,metric:visits,metric:rating") {
		t.Error("sets of metrics are taken for others")
	}
}

func TestUnknownMetricsAreRefused(t *testing.T) {
	t.Parallel()
	p, _ := measuredPicture(t, func([]geo.Metric) {})
	var refused *geo.InvalidError
	for _, props := range []string{"metric:happiness", "code,metric:happiness@2025"} {
		if _, err := p.Tile(measuredQuery(t, p, "village", props)); !errors.As(err, &refused) || refused.Field != "props" {
			t.Errorf("%s: %v", props, err)
		}
	}
	for _, props := range []string{"metric:", "metric", "code,", "metric:a,metric:b,metric:c,metric:d,metric:e,metric:f,metric:g,metric:h,metric:i"} {
		if _, err := tiles.ParseProps(props); !errors.As(err, &refused) || refused.Field != "props" {
			t.Errorf("%s: %v", props, err)
		}
	}
}
