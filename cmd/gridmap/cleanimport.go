package main

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"gridmap/geo/exchange"
	"gridmap/geo/topo"
)

// An importCleaning is what `gridmap import` is asked about cleaning.
type importCleaning struct {
	wanted           bool
	snap, fill       metres
	priority, report string
	given            *flag.FlagSet
}

func (c *importCleaning) flags(f *flag.FlagSet) {
	c.snap, c.fill, c.given = 1.5, 0.5, f
	f.BoolVar(&c.wanted, "clean", false, "make the grids fit together and into their parents before they are loaded")
	f.Var(&c.snap, "snap", "with --clean, `DISTANCE` within which borders of neighbours are joined")
	f.Var(&c.fill, "fill-width", "with --clean, mean `WIDTH` up to which gaps are filled")
	f.StringVar(&c.priority, "priority", "", "with --clean, property `FIELD` with whole numbers: of an overlap the lowest takes all")
	f.StringVar(&c.report, "clean-report", "", "with --clean, `FILE` for the list of changes: CSV, or GeoJSON by its name; - for the standard output,\nas for a dry run")
}

// check refuses flags that mean nothing without --clean.
func (c *importCleaning) check(dry bool) error {
	var err error
	c.given.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "snap", "fill-width", "priority", "clean-report":
			if !c.wanted {
				err = errors.Join(err, fmt.Errorf("--%s says how to --clean", f.Name))
			}
		}
	})
	if dry && c.report == "" {
		c.report = "-"
	}
	return err
}

// clean cleans the grids and tells what was done.
func (c *importCleaning) clean(a *exchange.Assembly, std streams) error {
	if !c.wanted {
		return nil
	}
	if c.priority != "" && !a.HasPriorities() {
		return fmt.Errorf("no grid has a property %q", c.priority)
	}
	groups, err := a.Clean(topo.CleanOptions{SnapM: float64(c.snap), FillWidthM: float64(c.fill)})
	if err != nil {
		return err
	}
	grids := a.Snapshot().Grids
	name := func(i int) string { return grids[i].Code }
	var lines []cleanLine
	for _, g := range groups {
		parent := ""
		if g.Parent >= 0 {
			parent = name(g.Parent)
		}
		lines = append(lines, cleanLines(parent, name, g.Changes, g.Left)...)
	}
	if c.report != "" {
		if err := writeTo(c.report, std.out, func(w io.Writer) error { return writeCleaning(w, c.report, lines) }); err != nil {
			return err
		}
	}
	sumUp(std.out, lines, c.fill)
	return nil
}
