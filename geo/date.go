package geo

import (
	"fmt"
	"time"
)

// A Date is a civil day written yyyymmdd as a number, so that dates order as
// integers; 0 is no date.
type Date int32

// NewDate returns the day, or an error if the calendar has no such day.
func NewDate(year int, month time.Month, day int) (Date, error) {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if year < 1 || year > 9999 || t.Month() != month || t.Day() != day {
		return 0, fmt.Errorf("no such day: %04d-%02d-%02d", year, month, day)
	}
	return Date(year*10000 + int(month)*100 + day), nil
}

// ParseDate reads an ISO 8601 day such as 2025-06-30; the empty string is no
// date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return 0, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("not a date of the form 2025-06-30: %q", s)
	}
	return NewDate(t.Year(), t.Month(), t.Day())
}

var china = time.FixedZone("UTC+8", 8*60*60)

// DateOf returns the civil day of t in China (UTC+8), where days begin for
// our users.
func DateOf(t time.Time) Date {
	y, m, d := t.In(china).Date()
	return Date(y*10000 + int(m)*100 + d)
}

// Time returns the start of the day in UTC; of no date, the zero time.
func (d Date) Time() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Date(int(d)/10000, time.Month(int(d)/100%100), int(d)%100, 0, 0, 0, 0, time.UTC)
}

func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", int(d)/10000, int(d)/100%100, int(d)%100)
}

// MarshalText writes the ISO 8601 day.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO 8601 day.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}

// A Period runs from a day up to, and not including, another; a zero end is
// open.
type Period struct {
	From Date `json:"from,omitzero"`
	To   Date `json:"to,omitzero"`
}

// Holds reports whether the day lies in the period.
func (p Period) Holds(day Date) bool {
	return p.From <= day && (p.To == 0 || day < p.To)
}

// Overlaps reports whether there is a day that lies in both periods.
func (p Period) Overlaps(o Period) bool {
	return (p.To == 0 || o.From < p.To) && (o.To == 0 || p.From < o.To)
}

// AddMonths returns the day so many months later; a day that the month does
// not have becomes its last, one after the year 9999 its last day.
func (d Date) AddMonths(months int64) Date {
	months += int64(d)/10_000*12 + int64(d)/100%100 - 1
	if months >= 10_000*12 {
		return 99991231
	}
	first := time.Date(int(months/12), time.Month(months%12+1), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date(first.Year()*10_000 + int(first.Month())*100 + min(int(d)%100, last))
}

// DaysSince returns how many days lie between an earlier day and d, negative
// when it is later.
func (d Date) DaysSince(earlier Date) int64 {
	return int64(d.Time().Sub(earlier.Time()) / (24 * time.Hour))
}
