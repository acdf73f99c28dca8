package exchange

import (
	"fmt"
	"math"
	"strings"

	"gridmap/geo"
	"gridmap/geo/check"
)

// Proven says why a plan cannot be held as the files have it.
type Proven struct {
	// Faults has only the findings that stand against it: errors in the ground,
	// unless the plan is a draft, and codes that stand twice, in any.
	Faults check.Report
	// Uneven are the codes of [Assembly.Uneven]; none where there are faults.
	Uneven []string
}

// Holds reports whether nothing stands against the plan.
func (p *Proven) Holds() bool { return len(p.Faults.Findings) == 0 && len(p.Uneven) == 0 }

// unevenListed is how many grids with uneven borders are named.
const unevenListed = 20

// Prove checks the ground of what has been settled, as it stands on a day.
func (a *Assembly) Prove(today geo.Date) (Proven, error) {
	tree, err := geo.NewTree(a.snap.Grids)
	if err != nil {
		return Proven{}, err
	}
	report, err := check.Ask(geo.Count(a.snap, tree, nil, today), check.Ground{Faults: a.Faults(tree)}, check.Question{MaxFindings: math.MaxInt32})
	if err != nil {
		return Proven{}, fmt.Errorf("prove: %w", err)
	}
	draft := a.snap.Plan.State == geo.Draft
	kept := report.Findings[:0]
	for _, f := range report.Findings {
		ground := f.Severity == geo.Error && strings.HasPrefix(string(f.Rule), "GEO-") && !draft
		if ground || f.Rule == geo.RuleDuplicate {
			kept = append(kept, f)
		}
	}
	report.Findings = kept
	p := Proven{Faults: report}
	if len(kept) == 0 && !draft {
		p.Uneven = a.Uneven(unevenListed)
	}
	return p, nil
}
