package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"gridmap/geo"
	"gridmap/geo/postgis"
)

const keepsHelp = `--territory CODE [--set FILE] [FLAGS]

Prints what a territory keeps of its households beside their place and number,
as JSON: the groups they may count, and the switch for heads of household and
flags, which is off unless declared. With --set it becomes what FILE says, in
the same form:

  {"groups": [{"code": "veterans", "name": {"zh": "退役军人"}}],
   "personal": {"heads": true, "purpose": "日常走访",
                "flags": [{"code": "lives_alone", "name": {"zh": "独居户"}}]}}

Turning the switch off, or a part of it, deletes what was kept by it: from the
database at once, from backups and archived write-ahead logs when those are
thrown away. The journal never held it.

`

func runKeeps(ctx context.Context, args []string, std streams) int {
	flags := newFlags("keeps", keepsHelp, std)
	territory := flags.String("territory", "", "`CODE` or name of the territory")
	set := flags.String("set", "", "JSON `FILE` of what it keeps from now on, - for the standard input")
	by := flags.String("by", "", "`WHO` is named in the journal (default: the user)")
	database := databaseFlag(flags)
	if code, ok := parseFlags(flags, args); !ok {
		return code
	}
	if *territory == "" {
		return misuse(std, "keeps", fmt.Errorf("--territory is missing"))
	}
	var next *geo.Keeps
	if *set != "" {
		raw, err := readWhole(*set, std, 1<<20)
		if err != nil {
			return misuse(std, "keeps", err)
		}
		next = new(geo.Keeps)
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(next); err != nil {
			return misuse(std, "keeps", fmt.Errorf("%s: %w", *set, err))
		}
	}
	url, ok := databaseURL(*database, "keeps", std)
	if !ok {
		return exitUsage
	}
	pool, err := postgis.Open(ctx, url)
	if err != nil {
		return fail(std, "keeps", err)
	}
	defer pool.Close()
	if err := tellKeeps(ctx, postgis.New(pool), *territory, next, cmp.Or(*by, userName()), std); err != nil {
		return fail(std, "keeps", err)
	}
	return exitOK
}

// tellKeeps prints what a territory keeps, after it has been set if next is
// given.
func tellKeeps(ctx context.Context, store *postgis.Store, name string, next *geo.Keeps, by string, std streams) error {
	t, err := findTerritory(ctx, store, name)
	if err != nil {
		return err
	}
	if next != nil {
		done, err := store.SetKeeps(ctx, t.ID, by, func(geo.Keeps) (geo.Keeps, error) { return *next, nil })
		if err != nil {
			return err
		}
		t.Keeps = done.Keeps
		if done.Forgotten > 0 {
			fmt.Fprintf(std.err, "heads or flags of %d households were deleted\n", done.Forgotten)
		}
	}
	text, err := json.MarshalIndent(t.Keeps, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s\n", text)
	return err
}
