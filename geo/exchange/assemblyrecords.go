package exchange

import (
	"fmt"
	"hash/maphash"
	"iter"
	"maps"
	"slices"
	"strings"

	"gridmap/geo"
)

// where names the file and line of a record in a problem.
type where struct {
	file string
	line int
	key  string
}

func (w where) problem(field, reason string, args ...any) error {
	return &InputError{File: w.file, Feature: -1, Line: w.line, Code: w.key, Field: field, Reason: fmt.Sprintf(reason, args...)}
}

// valid turns a record's own complaint into a problem of its file.
func (w where) valid(err error) error {
	if invalid, ok := err.(*geo.InvalidError); ok {
		return w.problem(invalid.Field, "%s", invalid.Reason)
	}
	return err
}

// grid returns the ID of the grid with a code, be it one that is known to be no
// more; none for the empty code.
func (a *Assembly) grid(w where, field, code string) (geo.GridID, error) {
	if code == "" {
		return 0, nil
	}
	if at, ok := a.codes[code]; ok {
		return a.snap.Grids[at].ID, nil
	}
	if id, ok := a.former[code]; ok {
		return id, nil
	}
	return 0, w.problem(field, "no grid has the code %q", code)
}

func (a *Assembly) role(w where, name string) (string, error) {
	if code, ok := a.roles[strings.ToLower(name)]; ok {
		return code, nil
	}
	known := slices.Compact(slices.Sorted(maps.Values(a.roles)))
	return "", w.problem("role", "%q is unknown; there are %s", name, strings.Join(known, ", "))
}

// Workers adds workers and, where a ledger names a grid beside the worker, the
// assignment to it: full, primary, as grid_worker when no role is named.
func (a *Assembly) Workers(file string, seq iter.Seq2[WorkerRow, error]) {
	each(a, seq, func(row *WorkerRow) error {
		w := where{file, row.Line, row.Number}
		if _, twice := a.workers[row.Number]; twice {
			return w.problem("number", "stands twice")
		}
		row.ID = geo.WorkerID(len(a.snap.Workers) + 1)
		if err := row.Worker.Validate(); err != nil {
			return w.valid(err)
		}
		a.workers[row.Number] = row.ID
		a.snap.Workers = append(a.snap.Workers, row.Worker)
		if row.Grid == "" {
			return nil
		}
		if row.Role == "" {
			row.Role = "grid_worker"
		}
		return a.assign(w, &AssignmentRow{Worker: row.Number, Grid: row.Grid,
			Assignment: geo.Assignment{Role: row.Role, Primary: true, Permille: fullPost, Valid: row.Active}})
	})
}

// Assignments adds assignments; their workers and grids must be there.
func (a *Assembly) Assignments(file string, seq iter.Seq2[AssignmentRow, error]) {
	each(a, seq, func(row *AssignmentRow) error {
		return a.assign(where{file, row.Line, row.Worker}, row)
	})
}

func (a *Assembly) assign(w where, row *AssignmentRow) (err error) {
	v := row.Assignment
	v.ID = geo.AssignmentID(len(a.snap.Assignments) + 1)
	if v.Worker, err = a.worker(w, "worker", row.Worker); err != nil {
		return err
	}
	if v.Grid, err = a.grid(w, "grid", row.Grid); err != nil {
		return err
	}
	if v.Role, err = a.role(w, v.Role); err != nil {
		return err
	}
	if row.Deputy != "" {
		if v.Deputy, err = a.worker(w, "deputy", row.Deputy); err != nil {
			return err
		}
	}
	if err := v.Validate(); err != nil {
		return w.valid(err)
	}
	a.snap.Assignments = append(a.snap.Assignments, v)
	return nil
}

func (a *Assembly) worker(w where, field, number string) (geo.WorkerID, error) {
	id, ok := a.workers[number]
	if !ok {
		return 0, w.problem(field, "no worker has the number %q", number)
	}
	return id, nil
}

// Populations adds published counts.
func (a *Assembly) Populations(file string, seq iter.Seq2[PopulationRow, error]) {
	each(a, seq, func(row *PopulationRow) (err error) {
		w, v := where{file, row.Line, row.Unit}, row.Population
		v.ID = geo.PopulationID(len(a.snap.Populations) + 1)
		if v.Unit, err = a.grid(w, "unit", row.Unit); err != nil {
			return err
		}
		if err := v.Validate(); err != nil {
			return w.valid(err)
		}
		a.snap.Populations = append(a.snap.Populations, v)
		return nil
	})
}

// Facilities adds facilities.
func (a *Assembly) Facilities(file string, seq iter.Seq2[FacilityRow, error]) {
	each(a, seq, func(row *FacilityRow) (err error) {
		w, v := where{file, row.Line, row.Name.ZH}, row.Facility
		v.ID = geo.FacilityID(len(a.snap.Facilities) + 1)
		if v.Division, err = a.grid(w, "division", row.Division); err != nil {
			return err
		}
		if err := v.Validate(); err != nil {
			return w.valid(err)
		}
		a.snap.Facilities = append(a.snap.Facilities, v)
		return nil
	})
}

// Compounds adds compounds.
func (a *Assembly) Compounds(file string, seq iter.Seq2[CompoundRow, error]) {
	each(a, seq, func(row *CompoundRow) (err error) {
		w, v := where{file, row.Line, row.Code}, row.Compound
		if a.twice(geo.CompoundEntity, v.Code) {
			return w.problem("code", "stands twice")
		}
		v.ID = geo.CompoundID(len(a.snap.Compounds) + 1)
		if v.Division, err = a.grid(w, "division", row.Division); err != nil {
			return err
		}
		if row.Flaw != nil {
			return w.problem("geometry", "%v", row.Flaw)
		}
		if err := v.Validate(); err != nil {
			return w.valid(err)
		}
		a.snap.Compounds = append(a.snap.Compounds, v)
		return nil
	})
}

// Households turns rows into households, their divisions named by ID, and
// numbers them from 1. It keeps no more of them than 16 bytes each, to tell one
// that stands twice. A row that cannot be taken is yielded as *[InputError].
func (a *Assembly) Households(file string, seq iter.Seq2[HouseholdRow, error]) iter.Seq2[geo.Household, error] {
	return func(yield func(geo.Household, error) bool) {
		seen := newSeen()
		id := geo.HouseholdID(0)
		for row, err := range seq {
			h := row.Household
			if err == nil {
				h, err = a.household(where{file, row.Line, row.Ref}, &row, seen)
			}
			if err == nil {
				id++
				h.ID = id
			}
			if !yield(h, err) {
				return
			}
		}
	}
}

func (a *Assembly) household(w where, row *HouseholdRow, seen *seen) (h geo.Household, err error) {
	h = row.Household
	if seen.again(h.Ref) {
		return h, w.problem("ref", "stands twice")
	}
	if h.Stated, err = a.grid(w, "division", row.Division); err != nil {
		return h, err
	}
	if err := h.Validate(); err != nil {
		return h, w.valid(err)
	}
	return h, w.valid(a.snap.Territory.Keeps.Known(h.Groups))
}

// A seen tells texts that come again by 128 bits of hash: the text itself would
// keep the whole row it was cut from in memory.
type seen struct {
	seeds [2]maphash.Seed
	keys  map[[2]uint64]struct{}
}

func newSeen() *seen {
	return &seen{[2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, map[[2]uint64]struct{}{}}
}

func (s *seen) again(text string) bool {
	key := [2]uint64{maphash.String(s.seeds[0], text), maphash.String(s.seeds[1], text)}
	if _, twice := s.keys[key]; twice {
		return true
	}
	s.keys[key] = struct{}{}
	return false
}
