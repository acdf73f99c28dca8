package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gridmap/api"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/postgis"
)

const diffHelp = `--plan ID --against ID [FLAGS]

Tells what a plan does otherwise than another of its territory, or than itself
at an earlier revision (--against-revision alone): grids, ground, households and
persons that moved, who lost or gained what, shortfalls and findings that came
or went. A revision has the grids as they were drawn then, and the people of now.

`

// A diffQuestion is what plan diff is asked.
type diffQuestion struct {
	against, earlier, later *int64
	asOf, format, lang      *string
	day                     geo.Date
}

func (q *diffQuestion) check() (err error) {
	if *q.against < 1 && *q.earlier < 1 {
		return errors.New("--against ID or --against-revision REVISION is missing")
	}
	if *q.format != "json" && *q.format != "text" {
		return fmt.Errorf("--format %q: use json or text", *q.format)
	}
	if *q.lang != "en" && *q.lang != "zh" {
		return fmt.Errorf("--lang %q: use en or zh", *q.lang)
	}
	q.day = geo.DateOf(time.Now())
	if *q.asOf != "" {
		q.day, err = geo.ParseDate(*q.asOf)
	}
	return err
}

func runPlanDiff(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("plan diff", diffHelp, std)
	c.onPlan()
	c.showsMoved(api.NoGround)
	q := &diffQuestion{
		against: c.flags.Int64("against", 0, "`ID` of the plan to compare with (default: the plan itself)"),
		earlier: c.flags.Int64("against-revision", 0, "`REVISION` of that plan (default: its newest)"),
		later:   c.flags.Int64("revision", 0, "`REVISION` of the plan (default: its newest)"),
		asOf:    c.flags.String("as-of", "", "`DAY` on which who serves is told, such as 2025-06-30 (default: today)"),
		format:  c.flags.String("format", "json", "json or text"),
		lang:    c.flags.String("lang", defaultLanguage(), "language of the text format: en or zh"),
	}
	if _, code, ok := c.parse(args, 0, 0); !ok {
		return code
	}
	if err := q.check(); err != nil {
		return misuse(std, c.name, err)
	}
	return c.onStore(ctx, func(store *postgis.Store) error {
		diff, err := q.compare(ctx, store, geo.PlanID(*c.plan), api.Detail(*c.geometry))
		if err != nil {
			return err
		}
		if *c.households == "refs" {
			if err := q.nameMoved(ctx, store, geo.PlanID(*c.plan), &diff); err != nil {
				return err
			}
		}
		if *q.format == "text" {
			return writeDiff(std.out, &diff, *q.lang)
		}
		e := json.NewEncoder(std.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(diff)
	})
}

// compare takes both sides into memory and compares them.
func (q *diffQuestion) compare(ctx context.Context, store *postgis.Store, plan geo.PlanID, detail api.Detail) (api.DiffJSON, error) {
	after, err := pictureOf(ctx, store, plan, geo.Revision(*q.later))
	if err != nil {
		return api.DiffJSON{}, err
	}
	if *q.against > 0 {
		plan = geo.PlanID(*q.against)
	}
	before, err := pictureOf(ctx, store, plan, geo.Revision(*q.earlier))
	if err != nil {
		return api.DiffJSON{}, err
	}
	if before.Territory().ID != after.Territory().ID {
		return api.DiffJSON{}, errors.New("the plans are of two territories")
	}
	return api.ShowDiff(before, after, detail, q.day)
}

// nameMoved lists the households that moved.
func (q *diffQuestion) nameMoved(ctx context.Context, store *postgis.Store, plan geo.PlanID, diff *api.DiffJSON) error {
	p, err := store.Plan(ctx, plan)
	if err != nil {
		return err
	}
	return diff.NameHouseholds(ctx, store, p.Territory)
}

// pictureOf takes a plan into memory as it was drawn at a revision, 0 being
// the newest.
func pictureOf(ctx context.Context, store *postgis.Store, plan geo.PlanID, rev geo.Revision) (*atlas.Atlas, error) {
	read := store.Snapshot
	if rev > 0 {
		read = func(ctx context.Context, plan geo.PlanID) (*geo.Snapshot, error) {
			return store.SnapshotAt(ctx, plan, rev)
		}
	}
	snapshot, err := read(ctx, plan)
	if err != nil {
		return nil, err
	}
	return atlas.New(snapshot)
}
