package exchange

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"gridmap/geo"
	"gridmap/geo/nets"
)

// A Straddling says what becomes of a grid whose ground lies in more than one
// parent.
type Straddling string

const (
	// Refused leaves it whole and lists it.
	Refused Straddling = "refuse"
	// CutApart gives every parent its piece. The largest keeps the code; the
	// others get the next free ones, and name the grid as their predecessor.
	CutApart Straddling = "cut"
	// KeptWhole gives it whole to the parent with the largest share, and moves
	// the borders of the parents, and of those above them, around it.
	KeptWhole Straddling = "whole"
)

// ParseStraddling reads refuse, cut or whole.
func ParseStraddling(text string) (Straddling, error) {
	if s := Straddling(text); slices.Contains([]Straddling{Refused, CutApart, KeptWhole}, s) {
		return s, nil
	}
	return "", fmt.Errorf("%q: use refuse, cut or whole", text)
}

// A Straddler is a grid whose ground lies in more than one parent, by more
// than the tolerance.
type Straddler struct {
	Code       string          `json:"code"`
	Name       geo.Name        `json:"name"`
	Tier       string          `json:"tier"`
	Stated     string          `json:"stated,omitempty"` // the parent its file names
	AreaM2     nets.Area       `json:"area_m2"`
	Households int64           `json:"households"`
	Persons    int64           `json:"persons_resident"`
	Did        Straddling      `json:"did"`
	Parents    []StraddleShare `json:"parents"`
}

// A StraddleShare is what one parent has of a straddler. The shares add up to
// the grid, in area and in households; the millionths are cut, not rounded.
type StraddleShare struct {
	Parent        string    `json:"parent"` // empty: ground in no parent
	Name          geo.Name  `json:"name"`
	AreaM2        nets.Area `json:"area_m2"`
	AreaPPM       int64     `json:"area_ppm"`
	Households    int64     `json:"households"`
	HouseholdsPPM int64     `json:"households_ppm"`
	Persons       int64     `json:"persons_resident"`
	// Grid is the code of the grid that has this ground now; empty where
	// nothing was done.
	Grid string `json:"grid,omitempty"`
}

// straddler describes a split grid.
func (p *placer) straddler(g *geo.Grid, at *nets.Placing, parents []int) Straddler {
	s := Straddler{Code: g.Code, Name: g.Name, Tier: p.snap.Tiers[g.Tier].Code, Stated: p.stated[p.index(g.ID)], Did: p.straddling}
	for _, share := range at.Shares {
		s.AreaM2 += share.Area
		s.Households += share.Households
		s.Persons += share.Persons
	}
	for _, share := range at.Shares {
		line := StraddleShare{AreaM2: share.Area, AreaPPM: nets.PPM(share.Area, s.AreaM2), Households: share.Households,
			HouseholdsPPM: nets.PPM(share.Households, s.Households), Persons: share.Persons}
		if share.Parent != nets.None {
			parent := &p.snap.Grids[parents[share.Parent]]
			line.Parent, line.Name = parent.Code, parent.Name
		}
		if p.straddling != Refused {
			line.Grid = g.Code
		}
		s.Parents = append(s.Parents, line)
	}
	return s
}

// WriteStraddlers writes the straddlers of an import as JSON.
func WriteStraddlers(w io.Writer, s Straddling, list []Straddler) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Straddle Straddling  `json:"straddle"`
		Grids    []Straddler `json:"straddling_grids"`
	}{s, append([]Straddler{}, list...)})
}

func sortStraddlers(list []Straddler) {
	slices.SortStableFunc(list, func(s, t Straddler) int { return cmp.Compare(s.Code, t.Code) })
}
