package exchange

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// An Assembly joins the records of several files to one snapshot: what files
// name by code and number it names by ID, counted from 1.
//
// Add the grids first, tier by tier from the top, and place them; then workers,
// assignments and the rest. A record that does not fit is kept out and told by
// [Assembly.Problems].
type Assembly struct {
	// Flaws are the open and short rings of grids, by position.
	Flaws map[int]*topo.RingError

	snap     *geo.Snapshot
	manifest Manifest
	former   map[string]geo.GridID // of grids that are no more, by code
	codes    map[string]int        // position of the first grid with a code
	keys     map[sortKey]bool      // of records that may stand but once
	workers  map[string]geo.WorkerID
	roles    map[string]string // codes of roles by what they may be called
	problems []error
	more     int // problems beyond the list
	fatal    bool
	waiting  map[int]bool   // positions of grids that stand under the root until they are placed
	stated   map[int]string // the parents that grids name, by position
	from     map[int]source // the predecessors that grids name, by position
	priority map[string]int // of grids that have one, by code
}

// A sortKey is the natural key of a record of a sort.
type sortKey struct {
	sort geo.Entity
	key  any
}

// twice notes the key of a record, and reports whether one had it already.
func (a *Assembly) twice(sort geo.Entity, key any) bool {
	k := sortKey{sort, key}
	was := a.keys[k]
	a.keys[k] = true
	return was
}

// problemsKept is how many problems are listed; the rest are counted.
const problemsKept = 100

// DefaultRoles are the posts of ledgers that come without a list of their own.
// Only community workers count in the ratio to residents (DOMAIN: the norm is
// theirs).
func DefaultRoles() []geo.Role {
	return []geo.Role{
		{Code: "leader", Name: geo.Name{ZH: "网格长", EN: "Grid leader"}},
		{Code: "grid_worker", Name: geo.Name{ZH: "网格员", EN: "Grid worker"}},
		{Code: "assistant", Name: geo.Name{ZH: "网格辅助员", EN: "Grid assistant"}},
		{Code: "liaison", Name: geo.Name{ZH: "网格联络员", EN: "Grid liaison"}},
		{Code: "micro_leader", Name: geo.Name{ZH: "微网格长", EN: "Micro-grid leader"}},
		{Code: "dedicated_worker", Name: geo.Name{ZH: "专属网格员", EN: "Dedicated grid worker"}},
		{Code: "community_worker", Name: geo.Name{ZH: "社区工作者", EN: "Community worker"}, CountsInRatio: true},
	}
}

// NewAssembly starts a snapshot with what the manifest says; without roles it
// has [DefaultRoles].
func NewAssembly(m Manifest) *Assembly {
	a := &Assembly{
		Flaws: map[int]*topo.RingError{},
		snap: &geo.Snapshot{
			Territory: geo.Territory{ID: 1, Code: m.Territory.Code, Name: m.Territory.Name, Keeps: m.Territory.Keeps},
			Plan:      geo.Plan{ID: 1, Territory: 1, Name: m.Plan.Name, State: m.Plan.State, Effective: m.Plan.Effective},
			Tiers:     m.Tiers, Roles: m.Roles,
		},
		manifest: m, former: map[string]geo.GridID{},
		codes: map[string]int{}, keys: map[sortKey]bool{}, workers: map[string]geo.WorkerID{}, roles: map[string]string{},
		waiting: map[int]bool{}, stated: map[int]string{}, from: map[int]source{}, priority: map[string]int{},
	}
	if len(a.snap.Roles) == 0 {
		a.snap.Roles = DefaultRoles()
	}
	for _, r := range a.snap.Roles {
		for _, name := range []string{r.Name.EN, r.Name.ZH, r.Code} { // the code wins
			if name != "" {
				a.roles[strings.ToLower(name)] = r.Code
			}
		}
	}
	return a
}

// Snapshot returns what has been put together so far. It is the assembly's
// own: grids, records and outlines may be changed by it later on.
func (a *Assembly) Snapshot() *geo.Snapshot { return a.snap }

// Problems returns the first problems in the order they were met, and how many
// more there were. Those that files have are *[InputError].
func (a *Assembly) Problems() (first []error, more int) { return a.problems, a.more }

// Knows reports whether a grid with the code has been added.
func (a *Assembly) Knows(code string) bool {
	_, ok := a.codes[code]
	return ok
}

// Ground returns the ground of the first grid with the code, none of one that is
// not drawn or not there.
func (a *Assembly) Ground(code string) topo.Shape {
	if at, ok := a.codes[code]; ok {
		return a.snap.Grids[at].Boundary
	}
	return nil
}

// Problem keeps a problem met with records that the assembly does not keep.
func (a *Assembly) Problem(err error) {
	var bad *InputError
	if errors.As(err, &bad) && bad.Fatal {
		a.fatal = true
	}
	if len(a.problems) == problemsKept {
		a.more++
		return
	}
	a.problems = append(a.problems, err)
}

// each runs add on every record that can be taken and keeps the problems.
func each[T any](a *Assembly, seq iter.Seq2[T, error], add func(*T) error) {
	for v, err := range seq {
		if err == nil {
			err = add(&v)
		}
		if err != nil {
			a.Problem(err)
		}
	}
}

// Overlays is the rank under which [Assembly.Grids] takes dedicated and task
// grids: each names its own tier.
const Overlays = -1

// Grids adds the grids of the tier with a rank. A grid's parent is the one of
// a tier above whose code it names or, when its file names none, the one that
// [Assembly.Place] finds.
func (a *Assembly) Grids(rank int, seq iter.Seq2[GridRow, error]) {
	each(a, seq, func(row *GridRow) error {
		if rank != 0 {
			a.needRoot()
		}
		err := a.addGrid(rank, row)
		if err == nil {
			return nil
		}
		field, reason := "", err.Error()
		var invalid *geo.InvalidError
		if errors.As(err, &invalid) {
			field, reason = invalid.Field, invalid.Reason
		}
		bad := &InputError{File: row.File, Feature: row.Index, Line: row.Line, Code: row.Code, Field: field, Reason: reason}
		if len(row.Boundary) > 0 {
			box := row.Boundary.Bound()
			bad.Where = &box
		}
		return bad
	})
}

// needRoot makes an undrawn root of the territory when no file gave one; its
// outline follows from its children.
func (a *Assembly) needRoot() {
	if len(a.snap.Grids) > 0 {
		return
	}
	a.append(geo.Grid{Code: a.snap.Territory.Code, Name: a.snap.Territory.Name, Kind: geo.General})
}

func (a *Assembly) append(g geo.Grid) {
	g.ID = geo.GridID(len(a.snap.Grids) + 1)
	if _, twice := a.codes[g.Code]; !twice {
		a.codes[g.Code] = len(a.snap.Grids)
	}
	a.snap.Grids = append(a.snap.Grids, g)
}

func (a *Assembly) addGrid(rank int, row *GridRow) error {
	g := row.Grid
	switch {
	case rank == 0 && len(a.snap.Grids) > 0:
		return fmt.Errorf("a second grid of tier 0; %s is the territory", a.snap.Grids[0].Code)
	case rank == Overlays && g.Kind == geo.General:
		return &geo.InvalidError{Field: "kind", Reason: "a general grid stands among the overlays"}
	case rank == Overlays:
		tier, ok := a.tier(row.Tier)
		if !ok {
			return &geo.InvalidError{Field: "tier", Reason: fmt.Sprintf("there is no tier %q", row.Tier)}
		}
		rank = tier
	}
	g.Tier = rank
	if row.Unsaid && g.Kind == geo.Dedicated && rank < len(a.snap.Tiers) {
		g.Hole = a.snap.Tiers[rank].Dedicated == geo.Hole
	}
	bare := g
	bare.Boundary = nil // its rings are told as findings
	if err := bare.Validate(); err != nil {
		return err
	}
	if rank > 0 {
		parent, err := a.parentOf(&g, row.Parent, row.Orphan)
		if err != nil {
			return &geo.InvalidError{Field: "parent", Reason: err.Error()}
		}
		g.Parent = a.snap.Grids[parent].ID
		if row.Parent != "" {
			a.stated[len(a.snap.Grids)] = row.Parent
		}
	}
	if len(row.From) > 0 {
		a.from[len(a.snap.Grids)] = source{row.File, row.Index, row.Line, row.From}
	}
	if row.Flaw != nil {
		a.Flaws[len(a.snap.Grids)] = row.Flaw
	}
	if row.Priority != LastPriority {
		a.priority[g.Code] = row.Priority
	}
	a.append(g)
	return nil
}

func (a *Assembly) tier(code string) (rank int, ok bool) {
	for _, t := range a.snap.Tiers {
		if t.Code == code {
			return t.Rank, true
		}
	}
	return 0, false
}

// parentOf returns the position of a grid's parent: the one with the code. A
// grid that names none stands under the root until [Assembly.Place] finds the
// one it lies in; an undrawn orphan stays there.
func (a *Assembly) parentOf(g *geo.Grid, code string, orphan bool) (int, error) {
	if code != "" {
		at, ok := a.codes[code]
		if !ok || a.snap.Grids[at].Tier >= g.Tier {
			return 0, fmt.Errorf("no grid of a tier above has the code %q", code)
		}
		return at, nil
	}
	above := slices.ContainsFunc(a.snap.Grids, func(o geo.Grid) bool { return o.Tier > 0 && o.Tier < g.Tier })
	switch {
	case !above || g.Boundary == nil && orphan:
	case g.Boundary == nil:
		return 0, errors.New("names no parent and has no ground to find it by")
	default:
		a.waiting[len(a.snap.Grids)] = true
	}
	return 0, nil
}

// distance is how far at lies from a box, in lattice steps along both axes.
func distance(b topo.Box, at topo.Point) int64 {
	dx := max(int64(b.Min.X)-int64(at.X), int64(at.X)-int64(b.Max.X), 0)
	dy := max(int64(b.Min.Y)-int64(at.Y), int64(at.Y)-int64(b.Max.Y), 0)
	return dx + dy
}
