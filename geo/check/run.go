package check

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"gridmap/geo"
)

// A Run is a check that is kept: what was asked of what, by whom, and the
// answer in figures. The report itself is kept beside it.
type Run struct {
	ID        string          `json:"run"` // as [RunID] names it
	Territory geo.TerritoryID `json:"territory_id"`
	Plan      geo.PlanID      `json:"plan"`
	Revision  geo.Revision    `json:"plan_version"` // of the territory, with its records
	AsOf      geo.Date        `json:"as_of"`
	AskedAt   time.Time       `json:"asked_at"`
	By        string          `json:"by"`
	Question  Question        `json:"question"`
	Outline   Outline         `json:"outline"`
}

// MaxKept is how many findings a kept report holds; the outline counts all.
const MaxKept = 50_000

// RunID names a check after the question and what it was asked of, so that the
// same check bears the same name wherever and whenever it is asked. How much of
// the answer is shown, how long the caller waits and whether it is kept does not
// change what is found, nor the name.
func RunID(q Question, territory geo.TerritoryID, plan geo.PlanID, revision geo.Revision) (string, error) {
	asked, err := json.Marshal(q.Asked())
	if err != nil {
		return "", fmt.Errorf("name of a run: %w", err)
	}
	digest := sha256.Sum256(fmt.Appendf(asked, "\n%d %d %d", territory, plan, revision))
	return hex.EncodeToString(digest[:8]), nil
}

// Asked is the question alone: without what says how its answer is shown,
// awaited and kept.
func (q Question) Asked() Question {
	q.Wait, q.MaxFindings, q.Store, q.Include.Geometry = "", 0, false, ""
	if q.Profile == geo.DefaultProfile {
		q.Profile = ""
	}
	return q
}

// Kept is the question as a report is kept of it: whole, but for what is more
// than [MaxKept] findings.
func (q Question) Kept() Question {
	q = q.Asked()
	q.MaxFindings = MaxKept
	return q
}

// Whole reports whether the question is about a territory as a whole, with the
// plan of the day: what a national roll-up may add.
func (q Question) Whole() bool {
	return len(q.Scope.Divisions) == 0 && q.Plan == nil && len(q.Tiers) == 0 && len(q.Kinds) == 0
}

// Usual reports whether the question takes the limits of its profile as they
// are.
func (q Question) Usual() bool { return len(q.Rules) == 0 && q.Basis == "" }

// Shown returns r as the question wants to see it: no more findings than it
// asks for, without geometry if it wants none. The counts stay.
func (r Report) Shown(q Question) Report {
	most := q.MaxFindings
	if most == 0 {
		most = defaultMaxFindings
	}
	r.Findings = append([]Finding{}, r.Findings[:min(most, len(r.Findings))]...)
	if q.Include.Geometry == "none" {
		for i := range r.Findings {
			r.Findings[i].Region, r.Findings[i].At = nil, nil
		}
	}
	return r
}
