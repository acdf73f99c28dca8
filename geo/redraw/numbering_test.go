package redraw

import (
	"math/rand/v2"
	"testing"
)

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

// A series knows its highest number however far apart its numbers are: one
// could not count down from a thousand million ten thousand times.
func TestGiveBackDistantNumbers(t *testing.T) {
	t.Parallel()
	n := newNumbering()
	n.take("c7")
	for range 10_000 {
		for _, code := range []string{"c999999998", "c999999999"} {
			n.take(code)
			n.loose[code] = struct{}{}
		}
		n.giveBack("c999999998")
		n.giveBack("c999999999")
		s, number := seriesOf("c7")
		if got := n.next(s, number, nil); got != "c8" {
			t.Fatalf("next = %q, want c8", got)
		}
	}
	if len(n.spare) != 0 || n.given[numbers{series{before: "c"}, 1}].Len() != 1 {
		t.Errorf("keeps %d codes and %v", len(n.spare), n.given)
	}
}

// Whatever was taken and given back, a code follows the highest in use.
func TestGiveBackByBruteForce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 8))
		n, used := newNumbering(), map[int]bool{}
		s := series{before: "c"}
		for range 500 {
			number := 1 + rng.IntN(30)
			code := s.code(number)
			switch loose := number%5 > 0; {
			case rng.IntN(2) == 0:
				n.take(code)
				if used[number] = true; loose {
					n.loose[code] = struct{}{}
				}
			default:
				n.giveBack(code)
				if loose {
					delete(used, number)
				}
			}
			highest := 0
			for number := range used {
				highest = max(highest, number)
			}
			if got := n.next(s, 1, nil); got != s.code(highest+1) {
				t.Fatalf("seed %d: next = %q, want %q", seed, got, s.code(highest+1))
			}
		}
	}
}
