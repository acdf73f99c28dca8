package geo

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Metric is a figure of a unit that comes from elsewhere: visits, cases
// solved, a rating of the place. It is of a place and never of a person.
type Metric struct {
	ID   MetricID `json:"id"`
	Unit GridID   `json:"unit"` // a grid or a division
	// Name says what is measured. Of metrics whose names have one text before a
	// colon and differ after it, each is a part: stars:5 and stars:4 are two of
	// the parts of stars.
	Name string `json:"name"`
	// Period is the year, quarter, month or day it is of: 2025, 2025-Q2, 2025-06,
	// 2025-06-30.
	Period string `json:"period"`
	// Either Value, a number, or Grade, such as A or 五星.
	Value         *float64 `json:"value,omitempty"`
	Grade         string   `json:"grade,omitempty"`
	UnitOfMeasure string   `json:"unit_of_measure,omitempty"`
	Source        string   `json:"source,omitempty"`
	// Declares names what is counted here too and must agree: see [Declared].
	Declares Declared `json:"declares,omitempty"`
}

// Key names the record.
func (m *Metric) Key() (Entity, int64) { return MetricEntity, int64(m.ID) }

// Validate returns an *[InvalidError] for the first field that cannot be.
// Whether the unit exists is for the store to say.
func (m *Metric) Validate() error {
	var c checker
	c.between("unit", int64(m.Unit), 1, math.MaxInt64)
	c.word("name", m.Name)
	if family, part, parted := strings.Cut(m.Name, ":"); parted && (family == "" || part == "") {
		c.fail("name", "%q has nothing before or behind the colon", m.Name)
	}
	if _, err := ParseSpan(m.Period); err != nil {
		c.fail("period", "%v", err)
	}
	switch {
	case m.Value == nil && m.Grade == "":
		c.fail("value", "is missing, and there is no grade")
	case m.Value != nil && m.Grade != "":
		c.fail("grade", "stands beside a value; give one of them")
	case m.Value != nil && (math.IsNaN(*m.Value) || math.IsInf(*m.Value, 0)):
		c.fail("value", "%v is no number", *m.Value)
	}
	c.text("grade", m.Grade, maxWord)
	c.text("unit_of_measure", m.UnitOfMeasure, maxWord)
	c.text("source", m.Source, maxText)
	c.declared(m)
	return c.err()
}

// declared tests what a metric declares: something that is counted, in a whole
// number, or a share in percent.
func (c *checker) declared(m *Metric) {
	if m.Declares == "" {
		return
	}
	family, share := m.Declares.Share()
	switch {
	case !m.Declares.known():
		c.fail("declares", "%q is none of %s", string(m.Declares), declarable)
	case m.Value == nil:
		c.fail("declares", "a grade declares no figure")
	case share && !strings.Contains(m.Name, ":"):
		c.fail("declares", "a share of %s is of a part: name it with a colon, such as %s:A", family, m.Name)
	case !share && (*m.Value < 0 || *m.Value > maxCount || *m.Value != math.Trunc(*m.Value)):
		c.fail("value", "%v is not a whole number, and declares %s", *m.Value, m.Declares)
	}
}

// Family is what stands before the colon of a metric's name, or all of it, and
// Part what stands behind.
func (m *Metric) Family() (family, part string) {
	family, part, _ = strings.Cut(m.Name, ":")
	return family, part
}

// ParseSpan reads the year, quarter, month or day that a figure is of: 2025,
// 2025-Q2, 2025-06 or 2025-06-30.
func ParseSpan(text string) (Period, error) {
	first, months, days := Date(0), 0, 0
	year, yearErr := strconv.Atoi(text[:min(4, len(text))])
	var err error
	switch {
	case yearErr != nil || len(text) < 4 || text[0] == '+':
		err = yearErr
	case len(text) == 4:
		first, months = Date(year*10_000+101), 12
	case len(text) == 7 && text[4:6] == "-Q" && text[6] >= '1' && text[6] <= '4':
		first, months = Date(year*10_000+(int(text[6]-'1')*3+1)*100+1), 3
	case len(text) == 7:
		first, err = ParseDate(text + "-01")
		months = 1
	default:
		first, err = ParseDate(text)
		days = 1
	}
	if err != nil || first < 1_0101 {
		return Period{}, fmt.Errorf("%q is no year, quarter, month or day such as 2025, 2025-Q2, 2025-06 or 2025-06-30", text)
	}
	next := first.Time().AddDate(0, months, days)
	if next.Year() > 9999 {
		return Period{From: first}, nil
	}
	return Period{From: first, To: dateIn(next)}, nil
}

// dateIn is the day of a time as its own zone has it.
func dateIn(t time.Time) Date { return Date(t.Year()*10_000 + int(t.Month())*100 + t.Day()) }
