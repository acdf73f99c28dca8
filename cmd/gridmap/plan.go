package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os/user"
	"slices"
	"text/tabwriter"

	"gridmap/api"
	"gridmap/geo"
	"gridmap/geo/postgis"
)

const planHelp = `WORD [FLAGS]

Makes and leads plans, directly on the database. The words:

  new --territory CODE [--from PLAN] NAME   a draft, copied from the plan in force or another
  list --territory CODE                     the plans of a territory, the newest first
  edits --plan ID                           what was done to a plan, the newest first, and its states
  undo --plan ID, redo --plan ID            take the last edit back, or do it again
  rebase --plan ID [--dry-run]              carry a draft over to the plan in force, or tell the clashes
  state --plan ID STATE                     the next state: reviewed, filed, in_force (only without error
                                            findings; --effective may be a day to come); back to draft with
                                            --reason; or discarded
  diff --plan ID --against ID               what a plan does otherwise than another,
                                            or than itself at --against-revision N

Answers are those of the HTTP calls, as JSON; list writes a table. Exit: 0 done,
1 refused, 2 wrong flags. The grids of a draft are changed by ` + "`gridmap edit`" + `.

`

// planCommands are the words after "gridmap plan".
var planCommands = []command{
	{name: "new", run: runPlanNew},
	{name: "list", run: runPlanList},
	{name: "edits", run: runPlanEdits},
	{name: "undo", run: runPlanUndo},
	{name: "redo", run: runPlanRedo},
	{name: "rebase", run: runPlanRebase},
	{name: "state", run: runPlanState},
	{name: "diff", run: runPlanDiff},
}

func runPlan(ctx context.Context, args []string, std streams) int {
	return runWord(ctx, "plan", planHelp, planCommands, args, std)
}

// runWord runs the command that the first argument names, or tells the words
// there are.
func runWord(ctx context.Context, name, help string, words []command, args []string, std streams) int {
	if len(args) > 0 {
		for _, c := range words {
			if c.name == args[0] {
				return c.run(ctx, args[1:], std)
			}
		}
	}
	flags := newFlags(name, help, std)
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		fmt.Fprintf(std.err, "gridmap %s: no word %q\n", name, args[0])
	}
	if code, ok := parseFlags(flags, args); !ok {
		return code
	}
	flags.Usage()
	return exitUsage
}

// A planCall is what the words of plan and edit have in common.
type planCall struct {
	name     string
	flags    *flag.FlagSet
	std      streams
	database *string
	by       *string
	plan     *int64
	at       *int64
	key      *string
	geometry *string
	// households says how those that moved are told.
	households *string
}

// newPlanCall returns a call with the flags that a word of this kind takes.
func newPlanCall(name, args string, std streams) *planCall {
	c := &planCall{name: name, flags: newFlags(name, args, std), std: std}
	c.database = databaseFlag(c.flags)
	return c
}

// writes adds the flags of what changes a plan.
func (c *planCall) writes() {
	c.by = c.flags.String("by", userName(), "`NAME` of who does it, for the journal")
}

// onPlan adds the flags of what is about one plan.
func (c *planCall) onPlan() {
	c.plan = c.flags.Int64("plan", 0, "`ID` of the plan; gridmap plan list tells them")
}

// atRevision adds the flags that guard against doing twice or over others.
func (c *planCall) atRevision() {
	c.at = c.flags.Int64("at", 0, "`REVISION` that was looked at: refused when others were at work there since")
	c.keyed()
}

// keyed adds the flag that makes a repeat harmless.
func (c *planCall) keyed() {
	c.key = c.flags.String("key", "", "`KEY` that makes a repeat harmless")
}

// showsMoved adds the flags of what answers with grids and who moved.
func (c *planCall) showsMoved(standard api.Detail) {
	c.households = c.flags.String("households", "counts", "households that moved: counts, or refs for their external numbers too")
	c.geometry = c.flags.String("geometry", string(standard), "ground in the answer: full (as it was and is), after (as it is) or none")
}

// userName is the name that the machine knows the user by.
func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "command line"
}

// parse reads the arguments, of which from least to most are no flags.
func (c *planCall) parse(args []string, least, most int) (rest []string, code int, ok bool) {
	rest, code, ok = parseMixed(c.flags, args, least, most)
	switch {
	case !ok:
		return nil, code, false
	case c.plan != nil && *c.plan < 1:
		return nil, misuse(c.std, c.name, errors.New("--plan ID is missing")), false
	case c.at != nil && *c.at < 0:
		return nil, misuse(c.std, c.name, fmt.Errorf("--at %d is no revision", *c.at)), false
	case c.households != nil && *c.households != "counts" && *c.households != "refs":
		return nil, misuse(c.std, c.name, fmt.Errorf("--households %q: use counts or refs", *c.households)), false
	case c.geometry != nil && !slices.Contains([]api.Detail{api.FullGround, api.AfterGround, api.NoGround}, api.Detail(*c.geometry)):
		return nil, misuse(c.std, c.name, fmt.Errorf("--geometry %q: use full, after or none", *c.geometry)), false
	}
	return rest, exitOK, true
}

// answer opens the database and writes what do returns as JSON.
func (c *planCall) answer(ctx context.Context, do func(*postgis.Store) (any, error)) int {
	return c.onStore(ctx, func(store *postgis.Store) error {
		v, err := do(store)
		if err != nil {
			return err
		}
		e := json.NewEncoder(c.std.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(v)
	})
}

// onStore opens the database and calls do.
func (c *planCall) onStore(ctx context.Context, do func(*postgis.Store) error) int {
	url, ok := databaseURL(*c.database, c.name, c.std)
	if !ok {
		return exitUsage
	}
	pool, err := postgis.Open(ctx, url)
	if err != nil {
		return fail(c.std, c.name, err)
	}
	defer pool.Close()
	var unreadable *unreadableError
	switch err := do(postgis.New(pool)); {
	case errors.As(err, &unreadable):
		return misuse(c.std, c.name, err)
	case err != nil:
		return fail(c.std, c.name, err)
	}
	return exitOK
}

// An unreadableError is input that cannot be read, which is the user's fault.
type unreadableError struct{ err error }

func (e *unreadableError) Error() string { return e.err.Error() }
func (e *unreadableError) Unwrap() error { return e.err }

func runPlanNew(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("plan new", "--territory CODE [--from PLAN] NAME\n", std)
	c.writes()
	territory := c.flags.String("territory", "", "`CODE` or name of the territory")
	from := c.flags.Int64("from", 0, "`ID` of the plan to copy, also a retired one to go back to (default: the plan in force)")
	c.keyed()
	rest, code, ok := c.parse(args, 1, 1)
	if !ok {
		return code
	}
	return c.answer(ctx, func(store *postgis.Store) (any, error) {
		t, err := findTerritory(ctx, store, *territory)
		if err != nil {
			return nil, err
		}
		return store.Draft(ctx, postgis.DraftRequest{Territory: t.ID, From: geo.PlanID(*from), Name: rest[0], By: *c.by, Key: *c.key})
	})
}

func runPlanList(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("plan list", "--territory CODE\n", std)
	territory := c.flags.String("territory", "", "`CODE` or name of the territory")
	if _, code, ok := c.parse(args, 0, 0); !ok {
		return code
	}
	return c.onStore(ctx, func(store *postgis.Store) error {
		t, err := findTerritory(ctx, store, *territory)
		if err != nil {
			return err
		}
		plans, err := store.Plans(ctx, t.ID)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "PLAN\tSTATE\tEFFECTIVE\tREVISION\tNAME")
		for _, p := range plans {
			fmt.Fprintf(table, "%d\t%s\t%s\t%d\t%s\n", p.ID, p.State, p.Effective, p.Revision, p.Name)
		}
		return table.Flush()
	})
}

const editHelp = `--plan ID [FLAGS] FILE.json

Edits the grids of a draft: FILE (- for the standard input) holds what
POST /v1/plans/{p}/edits takes, one edit {"op": …} or {"edits": […]}, and the
answer is that of the call. All edits are done or none. The words of op:

  split     grid, line                       in two along a line
  merge     grids [, keep]                   siblings, or grids that lie over others
  reshape   grid, line [, with]              a stretch of border replaced
  transfer  to, region|compounds|atoms [, from]
                                             ground, compounds, grids of a lower tier
  create    parent, tier [, boundary, kind, owner, …]
  retire    grid [, to]                      its ground goes to a sibling
  set       grid, code|name|owner|boundary|…
  move      grid, parent                     with all under it
  renumber  parent [, tier]                  new codes from west to east, north to south

Grids are named by id or code, in a list also by the code, or the "as" of a split
or create, that an edit before gave them. What is drawn is snapped to vertices
and edges within "tolerance_m" metres. A refusal is told in English and Chinese.
Exit: 0 done, 1 refused, 2 wrong flags or a file that cannot be read.

`

// editBytes bounds the file of an edit, as the service does.
const editBytes = 2 << 20

func runEdit(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("edit", editHelp, std)
	c.writes()
	c.onPlan()
	c.atRevision()
	c.showsMoved(api.FullGround)
	rest, code, ok := c.parse(args, 1, 1)
	if !ok {
		return code
	}
	raw, err := readWhole(rest[0], std, editBytes)
	if err != nil {
		return misuse(std, c.name, err)
	}
	asked, err := api.DecodeEdits(raw)
	if err != nil {
		return misuse(std, c.name, fmt.Errorf("%s: %w", rest[0], err))
	}
	return c.answer(ctx, func(store *postgis.Store) (any, error) {
		plan, err := store.Plan(ctx, geo.PlanID(*c.plan))
		if err != nil {
			return nil, err
		}
		request, err := asked.Ask(api.PlanNames(ctx, store, plan))
		if err != nil {
			return nil, &unreadableError{fmt.Errorf("%s: %w", rest[0], err)}
		}
		request.Plan, request.By, request.Key, request.Request, request.Base = plan.ID, *c.by, *c.key, raw, geo.Revision(*c.at)
		done, err := store.Edit(ctx, request)
		if err != nil {
			return nil, err
		}
		return c.showEdited(ctx, store, plan, done)
	})
}

// showEdited is what is answered to an edit.
func (c *planCall) showEdited(ctx context.Context, store *postgis.Store, plan geo.Plan, done postgis.Edited) (api.EditedJSON, error) {
	shown, err := api.ShowEdited(ctx, store, plan, done, api.Detail(*c.geometry))
	if err == nil && *c.households == "refs" {
		err = shown.NameHouseholds(ctx, store, plan.Territory)
	}
	return shown, err
}
