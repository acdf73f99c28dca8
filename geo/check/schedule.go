package check

import (
	"fmt"
	"time"

	"gridmap/geo"
)

// A ScheduleID identifies a schedule within its territory.
type ScheduleID int64

// ScheduleEntity names schedules in the journal.
const ScheduleEntity geo.Entity = "check_schedule"

// An Interval says on which days a schedule falls.
type Interval string

// The intervals. Days are those of China (UTC+8), where all our territories
// lie.
const (
	Weekly      Interval = "weekly"       // on the weekday of its first day
	HalfMonthly Interval = "half_monthly" // on the 15th and the last day of the month
	Monthly     Interval = "monthly"      // on the last day of the month
	QuarterEnd  Interval = "quarter_end"  // on the last day of March, June, September and December
)

// A Schedule asks a question again and again, on days of its own, and has every
// answer kept as a run.
type Schedule struct {
	ID       ScheduleID `json:"id"`
	Code     string     `json:"code"` // the key of bulk upserts
	Name     geo.Name   `json:"name"`
	Every    Interval   `json:"every"`
	Question Question   `json:"question"` // of the plan in force on the day
	Valid    geo.Period `json:"valid"`    // the days on which it may fall; it has a first
	Keep     Retention  `json:"keep,omitzero"`
}

// A Retention says which runs of a schedule are kept: what either member keeps,
// and always the newest and those that kept ones are compared with. The zero
// Retention keeps all.
type Retention struct {
	Runs  int      `json:"runs,omitempty"` // the last so many
	Since geo.Date `json:"since,omitzero"` // those of this day and later ones
}

// maxRuns bounds how many runs a schedule may say it keeps.
const maxRuns = 100_000

// Key identifies the schedule in the journal.
func (s *Schedule) Key() (geo.Entity, int64) { return ScheduleEntity, int64(s.ID) }

// maxText bounds what a person writes.
const maxText = 200

// Validate returns a *[geo.InvalidError] for the first field that cannot be.
// What the question asks of a plan is for [Question.Known].
func (s *Schedule) Validate() error {
	refuse := func(field, reason string, args ...any) error {
		return &geo.InvalidError{Field: field, Reason: fmt.Sprintf(reason, args...)}
	}
	switch {
	case s.Code == "":
		return refuse("code", "is empty")
	case len(s.Code) > maxText:
		return refuse("code", "is longer than %d bytes", maxText)
	case s.Every != Weekly && s.Every != HalfMonthly && s.Every != Monthly && s.Every != QuarterEnd:
		return refuse("every", "%q is none of weekly, half_monthly, monthly and quarter_end", string(s.Every))
	case s.Valid.From == 0:
		return refuse("valid.from", "is missing: the first day on which it may run")
	case s.Valid.To != 0 && s.Valid.To <= s.Valid.From:
		return refuse("valid.to", "is not after valid.from")
	case s.Keep.Runs < 0 || s.Keep.Runs > maxRuns:
		return refuse("keep.runs", "%d is not between 0 and %d", s.Keep.Runs, maxRuns)
	}
	for _, d := range []struct {
		field string
		day   geo.Date
	}{{"valid.from", s.Valid.From}, {"valid.to", s.Valid.To}, {"keep.since", s.Keep.Since}} {
		if d.day != 0 {
			if _, err := geo.ParseDate(d.day.String()); err != nil {
				return refuse(d.field, "%v", err)
			}
		}
	}
	for _, n := range []struct{ field, text string }{{"name.zh", s.Name.ZH}, {"name.en", s.Name.EN}} {
		if len(n.text) > maxText {
			return refuse(n.field, "is longer than %d bytes", maxText)
		}
	}
	switch q := &s.Question; {
	case q.Plan != nil:
		return refuse("question.plan", "cannot be set: it is the plan in force on the day")
	case q.AsOf != 0:
		return refuse("question.as_of", "cannot be set: it is the day the schedule falls on")
	case q.Wait != "" || q.Store || q.MaxFindings != 0 || q.Include.Geometry != "":
		return refuse("question", "cannot set wait, store, max_findings or include: the whole report is kept")
	}
	return nil
}

// Known refuses, with a *[geo.InvalidError] whose field begins with question, what
// the territory cannot be asked.
func (s *Schedule) Known(c *geo.Counted) error {
	err := s.Question.Known(c)
	if invalid, is := err.(*geo.InvalidError); is {
		return &geo.InvalidError{Field: "question." + invalid.Field, Reason: invalid.Reason}
	}
	return err
}

// CatchUpDays is how far back missed runs are made up for.
const CatchUpDays = 366

// Days returns the days on which the schedule falls after one day and up to
// another, ascending. Of days long past only the last [CatchUpDays] count.
func (s *Schedule) Days(after, until geo.Date) []geo.Date {
	last := until.Time()
	first := last.AddDate(0, 0, -CatchUpDays)
	if after != 0 && after.Time().AddDate(0, 0, 1).After(first) {
		first = after.Time().AddDate(0, 0, 1)
	}
	if from := s.Valid.From.Time(); from.After(first) {
		first = from
	}
	var days []geo.Date
	for at := first; !at.After(last); at = at.AddDate(0, 0, 1) {
		day := dayOf(at)
		if s.Valid.Holds(day) && s.falls(at) {
			days = append(days, day)
		}
	}
	return days
}

// Next returns the first day after another on which the schedule falls, 0 when
// it has ended.
func (s *Schedule) Next(after geo.Date) geo.Date {
	at := after.Time().AddDate(0, 0, 1)
	if from := s.Valid.From.Time(); from.After(at) {
		at = from
	}
	for end := at.AddDate(0, 4, 0); at.Before(end); at = at.AddDate(0, 0, 1) {
		if day := dayOf(at); s.Valid.Holds(day) && s.falls(at) {
			return day
		}
	}
	return 0
}

// falls reports whether the schedule falls on a day, given as its start in UTC.
func (s *Schedule) falls(at time.Time) bool {
	last := at.AddDate(0, 0, 1).Day() == 1
	switch s.Every {
	case Weekly:
		return at.Weekday() == s.Valid.From.Time().Weekday()
	case HalfMonthly:
		return last || at.Day() == 15
	case Monthly:
		return last
	}
	return last && at.Month()%3 == 0
}

func dayOf(at time.Time) geo.Date {
	return geo.Date(at.Year()*10_000 + int(at.Month())*100 + at.Day())
}

// A ScheduledRun is what became of one day of a schedule.
type ScheduledRun struct {
	Schedule ScheduleID `json:"schedule"`
	Day      geo.Date   `json:"day"`
	At       time.Time  `json:"at"`  // when it was asked, later than the day when no service ran
	Run      string     `json:"run"` // "" when it could not be asked, or is thrown away
	Refused  string     `json:"refused,omitempty"`
	Thrown   bool       `json:"thrown,omitempty"` // by the schedule's [Retention]
	// Before is the schedule's run before, "" of the first, and Changed what
	// became of its findings.
	Before  string          `json:"before,omitempty"`
	Changed *ComparedTotals `json:"changed,omitempty"`
}
