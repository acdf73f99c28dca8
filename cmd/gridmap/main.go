// Command gridmap divides a territory into staffed grids and keeps the
// division whole. It is one binary: the service, the demo, and the tools that
// work on files.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"gridmap/geo/redraw"
)

// What a command returns to the shell.
const (
	exitOK    = 0
	exitError = 1 // it could not do its work, or a check found errors
	exitUsage = 2 // the flags or the input could not be read
)

// streams are a command's standard streams; tests give their own.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// A command is one word after "gridmap". Its run gets the arguments behind
// that word and returns the exit code; it stops soon after ctx ends.
type command struct {
	name, summary string
	run           func(ctx context.Context, args []string, std streams) int
}

var commands = []command{
	{"demo", "run everything on this machine with a made-up county", runDemo},
	{"serve", "run the service on a database", runServe},
	{"check", "prove that files of grids divide their ground, or list the faults", runCheck},
	{"edit", "change the grids of a draft, whole or not at all", runEdit},
	{"clean", "make grids that nearly fit together fit", runClean},
	{"coverage", "tell which foreign points or polygons are covered and staffed", runCoverage},
	{"fixture", "write a made-up county as files", runFixture},
	{"export", "write a territory as files", runExport},
	{"import", "load a territory from files", runImport},
	{"keeps", "show or set what a territory keeps of its households", runKeeps},
	{"locate", "add the grid of every point to a CSV file", runLocate},
	{"migrate", "bring a database to this version's schema", runMigrate},
	{"nets", "merge nets of several departments into one, with a crosswalk", runNets},
	{"plan", "make drafts, undo and redo, compare, review, file, put in force", runPlan},
	{"report", "write a report of a county or a township, as HTML or a workbook", runReport},
	{"runs", "list, show and compare checks that are kept", runRuns},
	{"stats", "compute spatial statistics over the units of a file", runStats},
	{"tiles", "write the map tiles of a plan into one file", runTiles},
	{"version", "print the version", runVersion},
}

func main() {
	// The first signal asks for an orderly end; a second one is no longer
	// caught and ends the process at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run picks the command and runs it.
func run(ctx context.Context, args []string, std streams) int {
	if len(args) == 0 {
		usage(std.err)
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		usage(std.out)
		return exitOK
	case "-version", "--version":
		return runVersion(ctx, nil, std)
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(ctx, args[1:], std)
		}
	}
	fmt.Fprintf(std.err, "gridmap: no command %q; `gridmap help` lists them\n", args[0])
	return exitUsage
}

func usage(w io.Writer) {
	fmt.Fprint(w, "gridmap divides a territory into staffed grids and keeps the division whole.\n\nUsage: gridmap COMMAND [FLAGS]\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-9s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "\n`gridmap COMMAND -h` tells the flags of a command.\n")
}

// newFlags returns the flag set of a command, which tells its usage on std.err.
func newFlags(name, args string, std streams) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(std.err)
	flags.Usage = func() {
		fmt.Fprintf(std.err, "Usage: gridmap %s %s\n", name, args)
		flags.PrintDefaults()
	}
	return flags
}

// parseFlags parses args, which leave nothing over. If ok is false the command
// ends with code: the flags were wrong, or help was asked for.
func parseFlags(flags *flag.FlagSet, args []string) (code int, ok bool) {
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitOK, false
	case err != nil:
		return exitUsage, false
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(flags.Output(), "gridmap %s: %q is one argument too many\n", flags.Name(), flags.Arg(0))
		return exitUsage, false
	}
	return exitOK, true
}

// fail tells why a command ends and returns its exit code.
func fail(std streams, name string, err error) int {
	fmt.Fprintf(std.err, "gridmap %s: %v\n", name, err)
	if m, told := redraw.MessageOf(err); told {
		fmt.Fprintf(std.err, "gridmap %s: %s\n", name, m.ZH)
	}
	return exitError
}

func runVersion(_ context.Context, args []string, std streams) int {
	flags := newFlags("version", "", std)
	if code, ok := parseFlags(flags, args); !ok {
		return code
	}
	fmt.Fprintln(std.out, "gridmap", version())
	return exitOK
}

// version is the module's version or, of a build from a checkout, its commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	found := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (found == "" || found == "(devel)") {
			found = s.Value
		}
	}
	return found
}
