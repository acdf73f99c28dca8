package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"gridmap/geo/postgis"
)

// databaseVariable names the environment variable that holds the address of
// the database, password included, so that it need not stand in a command line.
const databaseVariable = "GRIDMAP_DATABASE_URL"

// databaseFlag adds --database, which the environment may give instead.
func databaseFlag(flags *flag.FlagSet) *string {
	return flags.String("database", "", "URL of the database; "+databaseVariable+" if not given")
}

// databaseURL returns what the flag or, without it, the environment says; ok is
// false, and the reason told, when neither does.
func databaseURL(given, name string, std streams) (url string, ok bool) {
	if given == "" {
		given = os.Getenv(databaseVariable)
	}
	if given == "" {
		fmt.Fprintf(std.err, "gridmap %s: which database? Give --database or set %s\n", name, databaseVariable)
	}
	return given, given != ""
}

func runMigrate(ctx context.Context, args []string, std streams) int {
	flags := newFlags("migrate", "[--database URL]", std)
	database := databaseFlag(flags)
	if code, ok := parseFlags(flags, args); !ok {
		return code
	}
	url, ok := databaseURL(*database, "migrate", std)
	if !ok {
		return exitUsage
	}
	pool, err := postgis.Open(ctx, url)
	if err != nil {
		return fail(std, "migrate", err)
	}
	defer pool.Close()
	if err := postgis.Migrate(ctx, pool); err != nil {
		return fail(std, "migrate", err)
	}
	fmt.Fprintln(std.out, "The database is at this version's schema.")
	return exitOK
}
