package redraw

import "testing"

func TestNextFreeCode(t *testing.T) {
	tests := []struct {
		name         string
		used         []string
		like, up, to string
		want         string
	}{
		{"a grid takes the number after the highest", []string{"990199100201001", "990199100201007"}, "990199100201001", "v", "v", "990199100201008"},
		{"numbers of dedicated grids are not for others", []string{"990199100201001", "990199100201901"}, "990199100201001", "v", "v", "990199100201002"},
		{"a dedicated grid is numbered among its like", []string{"990199100201001", "990199100201901"}, "990199100201901", "v", "v", "990199100201902"},
		{"behind the last number come those never used", []string{"990199100201001", "990199100201003", "990199100201900"}, "990199100201900", "v", "v", "990199100201002"},
		{"a micro grid keeps its dash", []string{"990199100201001-002"}, "990199100201001-002", "g", "g", "990199100201001-003"},
		{"a village", []string{"990199100201", "990199100005"}, "990199100201", "990199100000", "990199100000", "990199100202"},
		{"a community", []string{"990199100201", "990199100005"}, "990199100005", "990199100000", "990199100000", "990199100006"},
		{"a town", []string{"990199100000", "990199101000", "990199101201"}, "990199100000", "990199000000", "990199000000", "990199102000"},
		{"a free pattern", []string{"G-9", "G-10"}, "G-9", "x", "x", "G-11"},
		{"a code without a number", []string{"西区"}, "西区", "x", "x", "西区-001"},
		{"under another village it begins anew", []string{"990199100201007"}, "990199100201007", "990199100201", "990199100202", "990199100202001"},
		{"a village under another town", []string{"990199100207"}, "990199100207", "990199100000", "990199101000", "990199101201"},
		{"a micro grid under another grid", []string{"A1-004"}, "A1-004", "A1", "A2", "A2-001"},
		{"under a parent with no like code the series goes on", []string{"X-004"}, "X-004", "A1", "A2", "X-005"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := newNumbering()
			for _, code := range tt.used {
				n.take(code)
			}
			s, number := seriesUnder(tt.like, tt.up, tt.to)
			if got := n.next(s, number, nil); got != tt.want {
				t.Errorf("next = %q, want %q", got, tt.want)
			}
		})
	}
	n := newNumbering()
	for i := 1; i <= lastOrdinary; i++ {
		n.take(series{"990199100201", "", 3}.code(i))
	}
	if got := n.next(series{"990199100201", "", 3}, 5, nil); got != "" {
		t.Errorf("a full series gives %q", got)
	}
}
