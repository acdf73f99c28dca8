package api

import (
	"fmt"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
)

// A FindingsError refuses a plan that breaks rules; Findings are the errors
// among what a check finds, perhaps not all.
type FindingsError struct {
	Findings []check.Finding
	Total    int
}

func (e *FindingsError) Error() string {
	text := fmt.Sprintf("%d error findings stand", e.Total)
	if len(e.Findings) > 0 {
		f := &e.Findings[0]
		text += fmt.Sprintf(", first %s %s: %s", f.Rule, f.Subject.Code, f.Message.EN)
	}
	return text
}

// toldFindings is how many findings a refusal holds.
const toldFindings = 100

// Publishable returns what a plan must satisfy to be in force from a day: no
// error finding stands but those waived. It refuses with a *[FindingsError].
func Publishable(day geo.Date) func(*geo.Snapshot) error {
	return func(snapshot *geo.Snapshot) error {
		a, err := atlas.New(snapshot)
		if err != nil {
			return fmt.Errorf("picture of plan %d: %w", snapshot.Plan.ID, err)
		}
		report, err := a.Check(check.Question{AsOf: day, MaxFindings: 10_000})
		if err != nil {
			return err
		}
		if report.Pass {
			return nil
		}
		refusal := &FindingsError{}
		for _, f := range report.Findings {
			if f.Severity != geo.Error || f.Waived != nil {
				continue
			}
			if refusal.Total++; len(refusal.Findings) < toldFindings {
				refusal.Findings = append(refusal.Findings, f)
			}
		}
		return refusal
	}
}
