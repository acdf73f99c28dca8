package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"iter"
	"strings"
	"time"

	"gridmap/geo"
	"gridmap/geo/exchange"
	"gridmap/geo/postgis"
)

// An importRequest is what `gridmap import` is asked.
type importRequest struct {
	territory, code, plan, effective, crs, by string
	tiers, partial                            list
	overlays, households, personal, schedules string
	comments                                  string
	records                                   map[geo.Entity]*list // of the sorts of [exchange.RecordFiles]
	straddle, report                          string
	draft, dryRun, drop                       bool
	cleaning                                  importCleaning
	vertices                                  int
	database                                  *string
}

const importHelp = `DIR [FLAGS]
       gridmap import --territory NAME --tier TIER=FILE … [FLAGS]

Loads a territory: a folder as export and fixture write it, or single files.
Tiers are given from the top; the tier county, if given, is the territory
itself. Grids name their parent by code; where a file names none they go to the
parent with the largest share of their ground, and those that more than one
parent has a share of are listed, and refused unless --straddle says what to do
with them: cut gives every parent its piece (the largest keeps the code), whole
moves the borders of the parents around them. The division is proved first: with
faults, or with a record that cannot be taken, nothing is written and all of
them are listed. All goes in one transaction.

With --clean the grids of every tier are first made to fit together and into
their parents, as clean does: the territory's outline stands, then the first
tier, and so on down. Every change is listed; a gap wider than --fill-width
stays, and the import is refused as without --clean. Files that fit are loaded
as they are.

Files of records and published counts may be given several times each.

Importing again makes the territory equal to the files; the same files change
nothing.

`

func (q *importRequest) flags(std streams) *flag.FlagSet {
	f := newFlags("import", importHelp, std)
	f.StringVar(&q.territory, "territory", "", "`NAME` of the territory")
	f.StringVar(&q.code, "territory-code", "", "`CODE` of the territory (default: that of the county's feature, else its name)")
	f.Var(&q.tiers, "tier", "`TIER=FILE[:code=FIELD,name=FIELD,parent=FIELD]`, GeoJSON of one tier; several times, from the top")
	f.Var(&q.partial, "partial", "`TIER` whose grids need not cover their parents; what they leave becomes a leaf of its own")
	f.StringVar(&q.overlays, "dedicated", "", "GeoJSON `FILE` of dedicated and task grids, with properties tier and kind")
	f.StringVar(&q.households, "households", "", "CSV or GeoJSON `FILE` of households; without it those in the database stay")
	f.StringVar(&q.personal, "personal", "", "CSV `FILE` of heads of household and flags, such as the ledger of households itself; refused\nunless the manifest's territory.keeps.personal turns the switch on; without it those in the\ndatabase stay")
	f.StringVar(&q.schedules, "schedules", "", "JSON `FILE` of checks that are asked again and again; without it those in the database stay")
	f.StringVar(&q.comments, "comments", "", "JSON `FILE` of comments, as export writes them; those in the database stay beside them")
	q.records = map[geo.Entity]*list{}
	for _, of := range exchange.RecordFiles {
		q.records[of.Entity] = new(list)
		f.Var(q.records[of.Entity], of.Option, of.Usage)
	}
	f.StringVar(&q.plan, "plan", "", "`NAME` of the plan")
	f.StringVar(&q.effective, "effective", "", "`DAY` from which the plan is in force")
	f.StringVar(&q.crs, "crs", "", "coordinate system of all files: EPSG:4326, EPSG:4490, zones such as EPSG:4525, gcj02, bd09")
	f.StringVar(&q.straddle, "straddle", "refuse", "what to do with a grid that lies in more than one parent: refuse, cut or whole;\nwith cut and whole also where files name the parents; with --clean, what is narrower\nthan --snap does not count")
	f.StringVar(&q.report, "report", "", "JSON `FILE` to write, - for the standard output: the grids in more than one parent, each with its shares")
	q.cleaning.flags(f)
	f.BoolVar(&q.draft, "draft", false, "load as a draft, which may have faults in its ground")
	f.BoolVar(&q.dryRun, "dry-run", false, "read and prove everything, write nothing")
	f.BoolVar(&q.drop, "drop", false, "delete records of a sort for which no file is given")
	f.StringVar(&q.by, "by", "", "`WHO` is named in the journal (default: the user)")
	f.IntVar(&q.vertices, "max-vertices", 1_000_000, "most vertices of one feature")
	q.database = databaseFlag(f)
	return f
}

func runImport(ctx context.Context, args []string, std streams) int {
	var q importRequest
	rest, code, ok := parseMixed(q.flags(std), args, 0, 1)
	if !ok {
		return code
	}
	s, err := q.sources(rest, std)
	if err == nil {
		err = q.cleaning.check(q.dryRun)
	}
	if err != nil {
		return misuse(std, "import", err)
	}
	url := ""
	if !q.dryRun {
		if url, ok = databaseURL(*q.database, "import", std); !ok {
			return exitUsage
		}
	}
	if err := q.load(ctx, s, url, newTeller(std)); err != nil {
		if errors.Is(err, errTold) {
			fmt.Fprintln(std.err, "gridmap import: nothing was written")
			return exitError
		}
		return fail(std, "import", err)
	}
	return exitOK
}

// load reads, proves and writes. errTold means that what is wrong has been
// listed.
func (q *importRequest) load(ctx context.Context, s *sources, url string, tell *teller) error {
	s.watch = tell.watch
	a := s.assemble()
	if tellProblems(s.std, a) {
		return errTold
	}
	snap := a.Snapshot()
	if len(snap.Grids) == 0 {
		return errors.New("the files hold no grids")
	}
	if err := q.tellStraddlers(s, snap.Plan.State); err != nil {
		return err
	}
	if root := &snap.Grids[0]; q.code == "" && root.Code != "" {
		snap.Territory.Code = root.Code
	}
	if err := q.cleaning.clean(a, s.std); err != nil {
		return err
	}
	done, err := a.Settle()
	if err != nil {
		return err
	}
	tell.settled(snap, done)
	if err := q.prove(a, s.std); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	schedules, err := s.eachSchedule(a)
	if err != nil {
		return err
	}
	comments := s.eachComment(a)
	if tellProblems(s.std, a) {
		return errTold
	}
	stream, count := households(ctx, s, a)
	if url == "" {
		for range stream {
		}
		if people := judged(a, s.eachPersonal(a)); people != nil {
			for range people {
			}
		}
		if tellProblems(s.std, a) {
			return errTold
		}
		tell.line("dry run: nothing was written; %s", counts(snap, *count))
		return nil
	}
	return q.store(ctx, s, a, url, postgis.Import{Snapshot: snap, Households: stream, Schedules: schedules, Comments: comments}, tell)
}

// prove refuses faults in the ground of a plan in force, and codes used twice
// in any.
func (q *importRequest) prove(a *exchange.Assembly, std streams) error {
	proven, err := a.Prove(geo.DateOf(time.Now()))
	if err != nil || proven.Holds() {
		return err
	}
	if n := len(proven.Faults.Findings); n > 0 {
		if err := writeFindings(std.err, &proven.Faults, defaultLanguage()); err != nil {
			return err
		}
		fmt.Fprintf(std.err, "faults: %d; `gridmap check` writes them as GeoJSON\n", n)
		return errTold
	}
	fmt.Fprintf(std.err, "the borders below these do not meet point for point, though by less than the tolerance: %s; "+
		"clean the files, or load a --draft\n", strings.Join(proven.Uneven, " "))
	return errTold
}

// households streams the households; after the first that cannot be taken it
// only looks for more of them, and ends with errTold.
func households(ctx context.Context, s *sources, a *exchange.Assembly) (stream iter.Seq2[geo.Household, error], count *int) {
	count = new(int)
	return func(yield func(geo.Household, error) bool) {
		bad := false
		*count = 0
		for h, err := range s.eachHousehold(a) {
			if err == nil && *count%1024 == 0 {
				if err := ctx.Err(); err != nil {
					yield(geo.Household{}, err)
					return
				}
			}
			switch {
			case err != nil:
				a.Problem(err)
				bad = true
			case bad:
			default:
				*count++
				if !yield(h, nil) {
					return
				}
			}
		}
		if bad {
			yield(geo.Household{}, errTold)
		}
	}, count
}

// judged keeps the problems of records, and ends with errTold behind the last if
// there were any; nil stays nil.
func judged[T any](a *exchange.Assembly, seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	if seq == nil {
		return nil
	}
	return func(yield func(T, error) bool) {
		bad := false
		for v, err := range seq {
			if err != nil {
				a.Problem(err)
				bad = true
			} else if !bad && !yield(v, nil) {
				return
			}
		}
		if bad {
			var none T
			yield(none, errTold)
		}
	}
}

// store writes everything in one transaction.
func (q *importRequest) store(ctx context.Context, s *sources, a *exchange.Assembly, url string, in postgis.Import, tell *teller) error {
	pool, err := postgis.Open(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := postgis.Migrate(ctx, pool); err != nil {
		return err
	}
	store := postgis.New(pool)
	if err := q.guard(ctx, store, s, a.Snapshot()); err != nil {
		return err
	}
	if s.households == "" {
		in.Households = nil
	}
	in.Personal, in.By = judged(a, s.eachPersonal(a)), cmp.Or(q.by, userName())
	done, err := store.Import(ctx, in)
	tell.end()
	if tellProblems(s.std, a) {
		return errTold
	}
	if err != nil {
		return err
	}
	tell.replaced(a.Snapshot(), done)
	return nil
}

// guard refuses to delete all records of a sort because no file was given for
// it.
func (q *importRequest) guard(ctx context.Context, store *postgis.Store, s *sources, snap *geo.Snapshot) error {
	if q.drop {
		return nil
	}
	territories, err := store.Territories(ctx)
	if err != nil {
		return err
	}
	for _, t := range territories {
		if t.Code != snap.Territory.Code {
			continue
		}
		if t.Keeps.Personal.On() && !snap.Territory.Keeps.Personal.On() {
			n, err := store.PersonalCount(ctx, t.ID)
			if err != nil {
				return err
			}
			if n > 0 {
				return fmt.Errorf("%s keeps heads or flags of %d households, and the files turn the switch off; give --drop to delete them", t.Code, n)
			}
		}
		for _, of := range exchange.RecordFiles {
			if len(s.records[of.Entity]) > 0 || snap.Column(of.Entity).Len() > 0 {
				continue
			}
			found, err := store.Records(ctx, t.ID, of.Entity, postgis.Page{Limit: 1})
			if err != nil {
				return err
			}
			if len(found) > 0 {
				return fmt.Errorf("%s holds records of sort %s, for which no file is given; give one, or --drop to delete them",
					snap.Territory.Code, of.Entity)
			}
		}
	}
	return nil
}
