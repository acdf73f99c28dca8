package exchange

import (
	"io"
	"iter"

	"gridmap/geo"
	"gridmap/geo/check"
)

// SchedulesFile is the file of a folder with the checks that are asked again and
// again.
const SchedulesFile = "schedules.json"

// A scheduleMember is a schedule without its ID.
type scheduleMember struct {
	Code     string          `json:"code"`
	Name     geo.Name        `json:"name"`
	Every    check.Interval  `json:"every"`
	Question check.Question  `json:"question"`
	Valid    geo.Period      `json:"valid"`
	Keep     check.Retention `json:"keep,omitzero"`
}

// Schedules reads an array of schedules as strictly as [Profiles] does.
func Schedules(src io.Reader, opts Options) iter.Seq2[Listed[check.Schedule], error] {
	return elements(src, opts, func(m scheduleMember) check.Schedule {
		return check.Schedule{Code: m.Code, Name: m.Name, Every: m.Every, Question: m.Question, Valid: m.Valid, Keep: m.Keep}
	})
}

// WriteSchedules writes schedules as [Schedules] reads them.
func WriteSchedules(w io.Writer, schedules []check.Schedule) error {
	list := make([]scheduleMember, len(schedules))
	for i, s := range schedules {
		list[i] = scheduleMember{s.Code, s.Name, s.Every, s.Question, s.Valid, s.Keep}
	}
	return writeArray(w, list)
}

// Schedules returns the schedules whose questions the territory can be asked;
// the others are problems. Call it when all grids have been added.
func (a *Assembly) Schedules(file string, seq iter.Seq2[Listed[check.Schedule], error]) ([]check.Schedule, error) {
	tree, err := geo.NewTree(a.snap.Grids)
	if err != nil {
		return nil, err
	}
	list, counted := []check.Schedule{}, geo.Count(a.snap, tree, nil, 0)
	addListed(a, file, seq, func(s *check.Schedule) string { return s.Code }, func(s *check.Schedule) error {
		if err := s.Validate(); err != nil {
			return err
		}
		if a.twice(check.ScheduleEntity, s.Code) {
			return &geo.InvalidError{Field: "code", Reason: "stands twice"}
		}
		if err := s.Known(counted); err != nil {
			return err
		}
		s.ID = check.ScheduleID(len(list) + 1)
		list = append(list, *s)
		return nil
	})
	return list, nil
}
