package geo

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestStandardShortfall(t *testing.T) {
	urban := Standard{Workers: 18, Residents: 10_000}
	tests := []struct {
		name               string
		workers, residents int64
		required, short    int64
	}{
		{"nobody needs nobody", 0, 0, 0, 0},
		{"one resident needs one worker", 0, 1, 1, 1},
		{"exactly met", 18, 10_000, 18, 0},
		{"one resident more needs one worker more", 18, 10_001, 19, 1},
		{"17.76 per 10,000 prints as 18 and is short by two", 135, 76_000, 137, 2},
		{"what 135 can serve", 135, 75_000, 135, 0},
		{"a surplus is not a negative shortage", 200, 76_000, 137, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := urban.Required(tt.residents); got != tt.required {
				t.Errorf("Required(%d) = %d, want %d", tt.residents, got, tt.required)
			}
			if got := urban.Shortfall(tt.workers, tt.residents); got != tt.short {
				t.Errorf("Shortfall(%d, %d) = %d, want %d", tt.workers, tt.residents, got, tt.short)
			}
		})
	}
}

// most is more than any count that is taken.
const most = 1_000_000_000

// Required agrees with exact arithmetic up to the largest counts taken, where
// the plain product would overflow.
func TestStandardRequiredIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Standard{
			Workers:   rapid.Int64Range(1, most).Draw(t, "workers"),
			Residents: rapid.Int64Range(1, most).Draw(t, "per"),
		}
		residents := rapid.Int64Range(0, most).Draw(t, "residents")
		want := new(big.Int).Mul(big.NewInt(residents), big.NewInt(s.Workers))
		want.Add(want, big.NewInt(s.Residents-1)).Div(want, big.NewInt(s.Residents))
		if got := s.Required(residents); big.NewInt(got).Cmp(want) != 0 {
			t.Fatalf("%d at %d per %d: %d, want %s", residents, s.Workers, s.Residents, got, want)
		}
	})
}
