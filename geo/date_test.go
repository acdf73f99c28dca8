package geo

import (
	"encoding/json"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	tests := []struct {
		name, text string
		want       Date
		ok         bool
	}{
		{"a day", "2025-06-30", 20250630, true},
		{"a leap day", "2024-02-29", 20240229, true},
		{"no date", "", 0, true},
		{"no such day", "2025-02-29", 0, false},
		{"another form", "30.06.2025", 0, false},
		{"a time is not a day", "2025-06-30T00:00:00Z", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseDate(tt.text)
			if (err == nil) != tt.ok || got != tt.want {
				t.Errorf("ParseDate(%q) = %d, %v", tt.text, got, err)
			}
			if tt.ok && got.String() != tt.text {
				t.Errorf("%d prints as %q, want %q", got, got.String(), tt.text)
			}
		})
	}
}

func TestDateTurnsAtMidnightInChina(t *testing.T) {
	if got := DateOf(time.Date(2025, 6, 29, 16, 0, 0, 0, time.UTC)); got != 20250630 {
		t.Errorf("16:00 UTC is %v, want 2025-06-30", got)
	}
}

func TestPeriodIsHalfOpen(t *testing.T) {
	june := Period{20250601, 20250701}
	for day, want := range map[Date]bool{20250531: false, 20250601: true, 20250630: true, 20250701: false} {
		if june.Holds(day) != want {
			t.Errorf("%v in %v: %v, want %v", day, june, !want, want)
		}
	}
	if !(Period{From: 20250601}).Holds(20990101) {
		t.Error("a period without an end should hold for ever")
	}
}

func TestPeriodWritesItsDaysAndLeavesOutWhatIsOpen(t *testing.T) {
	got, err := json.Marshal(Period{From: 20250601})
	if err != nil || string(got) != `{"from":"2025-06-01"}` {
		t.Errorf("%s, %v", got, err)
	}
}

func TestMonthsLater(t *testing.T) {
	for _, tt := range []struct {
		from   Date
		months int64
		want   Date
	}{
		{20240630, 12, 20250630}, {20240131, 1, 20240229}, {20230131, 1, 20230228}, {20241130, 3, 20250228}, {20241231, 0, 20241231},
		{20240229, 12, 20250228}, {20241201, 1, 20250101}, {20240229, 48, 20280229}, {20240229, 1_000_000_000, 99991231},
	} {
		if got := tt.from.AddMonths(tt.months); got != tt.want {
			t.Errorf("%d months after %v: %v, want %v", tt.months, tt.from, got, tt.want)
		}
	}
	if got := Date(20240301).DaysSince(20240228); got != 2 {
		t.Errorf("%d days over a leap day, want 2", got)
	}
}
