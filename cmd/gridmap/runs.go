package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"gridmap/api"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
)

const runsHelp = `WORD [FLAGS]

Checks that are kept, directly on the database. The words:

  list --territory CODE             the runs of a territory, the one asked last first
  show RUN                          what was asked, and the report
  again RUN                         ask it again of the plan as it was at the run's revision, and
                                    say whether the answer is the one that was kept
  diff RUN [--against RUN]          what this run has otherwise than an earlier one; without
                                    --against, what today has otherwise than this run
  due                               ask what schedules ask on days up to today, as serve does
  rollup [--profile NAME] [--schedule CODE]
                                    territories side by side by their newest runs, and totals

A check is kept by gridmap check --territory CODE --store. Answers are those of
the HTTP calls, as JSON; list writes a table. Exit: 0 done, 1 refused, 2 wrong flags.

`

// runsCommands are the words after "gridmap runs".
var runsCommands = []command{
	{name: "list", run: runRunsList},
	{name: "show", run: runRunsShow},
	{name: "again", run: runRunsAgain},
	{name: "diff", run: runRunsDiff},
	{name: "due", run: runRunsDue},
	{name: "rollup", run: runRunsRollup},
}

func runRuns(ctx context.Context, args []string, std streams) int {
	return runWord(ctx, "runs", runsHelp, runsCommands, args, std)
}

func runRunsList(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("runs list", "--territory CODE [FLAGS]\n", std)
	territory := c.flags.String("territory", "", "`CODE` or name of the territory")
	most := c.flags.Int("limit", 100, "most `ROWS`, up to 1000")
	after := c.flags.String("after", "", "go on behind this `RUN`")
	if _, code, ok := c.parse(args, 0, 0); !ok {
		return code
	}
	if *most < 1 || *most > 1000 {
		return misuse(std, c.name, fmt.Errorf("--limit %d is not between 1 and 1000", *most))
	}
	return c.onStore(ctx, func(store *postgis.Store) error {
		t, err := findTerritory(ctx, store, *territory)
		if err != nil {
			return err
		}
		runs, err := store.Runs(ctx, t.ID, *after, *most)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "run\tas of\tasked at\tby\tplan\trevision\tpass\terrors\twarnings")
		for i := range runs {
			r := &runs[i]
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%v\t%d\t%d\n", r.ID, r.AsOf, r.AskedAt.Local().Format(time.DateTime), r.By, r.Plan, r.Revision,
				r.Outline.Pass, r.Outline.Findings[geo.Error], r.Outline.Findings[geo.Warning])
		}
		return w.Flush()
	})
}

func runRunsShow(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("runs show", "[FLAGS] RUN\n", std)
	rest, code, ok := c.parse(args, 1, 1)
	if !ok {
		return code
	}
	return c.answer(ctx, func(store *postgis.Store) (any, error) {
		run, report, err := store.Run(ctx, rest[0])
		return struct {
			check.Run
			Report json.RawMessage `json:"report"`
		}{run, report}, err
	})
}

func runRunsAgain(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("runs again", "[FLAGS] RUN\n", std)
	rest, code, ok := c.parse(args, 1, 1)
	if !ok {
		return code
	}
	return c.answer(ctx, func(store *postgis.Store) (any, error) {
		run, report, err := store.Run(ctx, rest[0])
		if err != nil {
			return nil, err
		}
		then, err := store.PastSnapshot(ctx, run.Plan, run.Revision)
		if err != nil {
			return nil, err
		}
		a, err := atlas.New(then)
		if err != nil {
			return nil, err
		}
		again, same, err := api.Repeated(a, run, report)
		return struct {
			check.Run
			Same   bool            `json:"same"`
			Report json.RawMessage `json:"report"`
		}{run, same, again.Text}, err
	})
}

func runRunsDiff(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("runs diff", "[FLAGS] RUN\n", std)
	against := c.flags.String("against", "", "the earlier `RUN` (default: compare RUN with today)")
	rest, code, ok := c.parse(args, 1, 1)
	if !ok {
		return code
	}
	return c.answer(ctx, func(store *postgis.Store) (any, error) {
		named, run, err := keptReport(ctx, store, rest[0])
		if err != nil {
			return nil, err
		}
		if *against != "" {
			before, other, err := keptReport(ctx, store, *against)
			if err == nil && other.Territory != run.Territory {
				err = errors.New("the runs are of two territories")
			}
			return check.Compare(before, named), err
		}
		today := geo.DateOf(time.Now())
		question := run.Question
		question.AsOf = today
		if question.Plan != nil {
			return nil, fmt.Errorf("run %s is of plan %d: say --against RUN", run.ID, *question.Plan)
		}
		_, text, err := api.Scheduled(store, nil, today)(ctx, run.Territory, question)
		if err != nil {
			return nil, err
		}
		var now check.Report
		err = json.Unmarshal(text, &now)
		return check.Compare(named, now), err
	})
}

// keptReport reads a kept run and its report, all but the ground of its
// findings.
func keptReport(ctx context.Context, store *postgis.Store, name string) (check.Report, check.Run, error) {
	var report check.Report
	run, text, err := store.Run(ctx, name)
	if err != nil {
		return report, run, err
	}
	return report, run, json.Unmarshal(text, &report)
}

func runRunsDue(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("runs due", "[FLAGS]\n", std)
	if _, code, ok := c.parse(args, 0, 0); !ok {
		return code
	}
	return c.answer(ctx, func(store *postgis.Store) (any, error) {
		today := geo.DateOf(time.Now())
		days, err := store.RunDue(ctx, today, api.Scheduled(store, nil, today))
		return append([]postgis.Fallen{}, days...), err
	})
}

func runRunsRollup(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("runs rollup", "[FLAGS]\n", std)
	asOf := c.flags.String("as-of", "", "last `DAY` of runs that count (default: today)")
	profile := c.flags.String("profile", "", "`NAME` of the profile that runs asked by (default: "+geo.DefaultProfile+")")
	schedule := c.flags.String("schedule", "", "`CODE` of the schedules whose runs count")
	if _, code, ok := c.parse(args, 0, 0); !ok {
		return code
	}
	q := postgis.RollupQuery{Profile: *profile, Schedule: *schedule}
	var err error
	if q.AsOf, err = geo.ParseDate(*asOf); err != nil {
		return misuse(std, c.name, fmt.Errorf("--as-of: %w", err))
	}
	switch {
	case q.Profile != "" && q.Schedule != "":
		return misuse(std, c.name, errors.New("--profile goes without --schedule, whose question has its own"))
	case q.Profile == "" && q.Schedule == "":
		q.Profile = geo.DefaultProfile
	}
	if q.AsOf == 0 {
		q.AsOf = geo.DateOf(time.Now())
	}
	return c.answer(ctx, func(store *postgis.Store) (any, error) {
		rows, err := store.Rollup(ctx, q)
		return api.ShowRollup(q, rows), err
	})
}
