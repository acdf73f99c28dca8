package api

import (
	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/redraw"
)

// effectsJSON is what a redrawing does to those who live and serve in a plan.
type effectsJSON struct {
	AsOf       geo.Date           `json:"as_of"`
	Counts     []countChangeJSON  `json:"counts"`
	Posts      []postChangeJSON   `json:"posts"`
	Findings   findingChangesJSON `json:"findings"`
	Shortfalls []shortChangeJSON  `json:"shortfalls"`
	References []referenceJSON    `json:"references"`
}

// A countChangeJSON is a grid that came, went or holds more or less than
// before; null where it is not there.
type countChangeJSON struct {
	Grid   codeJSON  `json:"grid"`
	Tier   string    `json:"tier"`
	Rank   int       `json:"rank"`
	Band   geo.Band  `json:"band"` // of households in the tier; max 0 leaves it open
	Cap    int64     `json:"persons_cap"`
	Before *heldJSON `json:"before"`
	After  *heldJSON `json:"after"`
}

// heldJSON is what a grid holds, and how that stands to the band of its tier.
type heldJSON struct {
	Households  int64  `json:"households"`
	Resident    int64  `json:"persons_resident"`
	Workers     int64  `json:"workers"`
	GridWorkers int64  `json:"grid_workers"`
	Posts       int64  `json:"posts"`
	InBand      string `json:"in_band"` // under, within, over
}

// A postChangeJSON is what becomes of a worker's post.
type postChangeJSON struct {
	Worker     workerRefJSON    `json:"worker"`
	Assignment geo.AssignmentID `json:"assignment"`
	Grid       codeJSON         `json:"grid"`
	Role       string           `json:"role"`
	Fate       redraw.Fate      `json:"fate"`
	Before     *loadJSON        `json:"before"`
	After      *loadJSON        `json:"after"`
	Heir       *codeJSON        `json:"heir"`      // of a grid that is gone
	Undecided  bool             `json:"undecided"` // nobody, or more than one grid, has its ground
}

type workerRefJSON struct {
	ID     geo.WorkerID `json:"id"`
	Number string       `json:"number"`
}

// loadJSON is what a worker's grid holds.
type loadJSON struct {
	Households int64 `json:"households"`
	Resident   int64 `json:"persons_resident"`
}

// findingChangesJSON are the findings that came and went; the totals count
// those that the lists leave out too.
type findingChangesJSON struct {
	Appeared      []findingJSON `json:"appeared"`
	AppearedTotal int           `json:"appeared_total"`
	Gone          []findingJSON `json:"gone"`
	GoneTotal     int           `json:"gone_total"`
}

// A shortChangeJSON is a unit that lacks more or fewer workers than before.
type shortChangeJSON struct {
	Code   string     `json:"code"`
	Name   geo.Name   `json:"name"`
	Tier   string     `json:"tier"`
	Basis  *geo.Basis `json:"basis"`
	Before *shortJSON `json:"before"`
	After  *shortJSON `json:"after"`
}

type shortJSON struct {
	Population *int64 `json:"population"`
	Workers    int64  `json:"workers"`
	Required   int64  `json:"required"`
	Short      int64  `json:"short"`
}

// A referenceJSON is a record, or a number of households, that refers to a
// grid that is gone.
type referenceJSON struct {
	Entity geo.Entity      `json:"entity"`
	ID     int64           `json:"id,omitempty"`
	Count  int             `json:"count"`
	Grid   codeJSON        `json:"grid"`
	Heir   *codeJSON       `json:"heir"`
	Then   redraw.Becoming `json:"then"` // what publishing makes of it
}

func (v *editView) effects(e redraw.Effects) effectsJSON {
	for _, c := range e.Counts {
		v.codes[c.Grid] = c.Code
	}
	for _, p := range e.Posts {
		v.codes[p.Grid] = p.Code
	}
	j := effectsJSON{AsOf: e.AsOf, Counts: make([]countChangeJSON, len(e.Counts)), Posts: make([]postChangeJSON, len(e.Posts)),
		Shortfalls: make([]shortChangeJSON, len(e.Shortfalls)),
		Findings:   findingChangesJSON{showFindings(e.Appeared), e.AppearedTotal, showFindings(e.Gone), e.GoneTotal}}
	for i, c := range e.Counts {
		t := v.tiers[c.Tier]
		j.Counts[i] = countChangeJSON{Grid: *v.named(c.Grid), Tier: t.Code, Rank: c.Tier, Band: t.Households, Cap: t.PersonsCap,
			Before: held(c.Before, t.Households), After: held(c.After, t.Households)}
	}
	for i, p := range e.Posts {
		j.Posts[i] = postChangeJSON{Worker: workerRefJSON{p.Worker, p.Number}, Assignment: p.Assignment, Grid: *v.named(p.Grid),
			Role: p.Role, Fate: p.Fate, Before: loadOf(p.Before), After: loadOf(p.After), Heir: v.named(p.Heir), Undecided: p.Undecided}
	}
	for i, s := range e.Shortfalls {
		j.Shortfalls[i] = shortChange(s)
	}
	j.References = showReferences(e.Left)
	return j
}

func showReferences(list []redraw.Reference) []referenceJSON {
	shown := make([]referenceJSON, len(list))
	for i, r := range list {
		shown[i] = referenceJSON{Entity: r.Entity, ID: r.ID, Count: r.Count, Grid: codeJSON{r.Grid, r.Code}, Then: r.Then}
		if r.Heir != 0 {
			shown[i].Heir = &codeJSON{r.Heir, r.HeirCode}
		}
	}
	return shown
}

func held(t *geo.Tally, band geo.Band) *heldJSON {
	if t == nil {
		return nil
	}
	return &heldJSON{t.Households, t.Resident, t.Workers, t.GridWorkers, t.Posts, inBand(t.Households, band)}
}

// inBand says how a number of households stands to a band: under, within or
// over it.
func inBand(households int64, band geo.Band) string {
	switch {
	case households < band.Min:
		return "under"
	case band.Max > 0 && households > band.Max:
		return "over"
	}
	return "within"
}

func loadOf(t *geo.Tally) *loadJSON {
	if t == nil {
		return nil
	}
	return &loadJSON{t.Households, t.Resident}
}

func showFindings(list []check.Finding) []findingJSON {
	shown := make([]findingJSON, len(list))
	for i := range list {
		shown[i] = findingJSON{Finding: list[i], Geometry: geometryOf(&list[i])}
	}
	return shown
}

func shortChange(s redraw.ShortChange) shortChangeJSON {
	u := s.After
	if u == nil {
		u = s.Before
	}
	return shortChangeJSON{Code: u.Code, Name: geo.Name{ZH: u.Name, EN: u.NameEN}, Tier: u.Tier, Basis: u.Basis,
		Before: shortOf(s.Before), After: shortOf(s.After)}
}

func shortOf(u *check.UnitReport) *shortJSON {
	if u == nil {
		return nil
	}
	return &shortJSON{u.Population, u.Workers, u.Required, u.Short}
}
