package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"gridmap/api"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/report"
)

const reportHelp = `--territory CODE [FLAGS] -o FILE.html|FILE.xlsx

Writes what people print: the check of the plan in force, or of one division of
it, with the figures of its units, as one self-contained page of HTML or as a
workbook. It holds counts, never households or persons; with --stamp public
small counts of people are hidden too.

Exit: 0 written, 1 refused, 2 wrong flags.

`

// A reportCall is what `gridmap report` is asked.
type reportCall struct {
	*planCall
	territory, asOf, against, file *string
	options                        report.Options
	day                            geo.Date
}

func runReport(ctx context.Context, args []string, std streams) int {
	c := &reportCall{planCall: newPlanCall("report", reportHelp, std)}
	c.territory = c.flags.String("territory", "", "`CODE` or name of the territory")
	c.plan = c.flags.Int64("plan", 0, "`ID` of a plan (default: the one in force on the day)")
	c.asOf = c.flags.String("as-of", "", "`DAY` to report on, such as 2025-06-30 (default: today)")
	c.against = c.flags.String("against", "", "name of a kept `RUN` of the same ground, to compare with")
	c.file = c.flags.String("o", "", "`FILE` to write; its ending says which form: .html or .xlsx; - is HTML on the standard output")
	c.flags.StringVar(&c.options.Unit, "unit", "", "`CODE` of a township or another division (default: the whole territory)")
	c.flags.StringVar(&c.options.Lang, "lang", defaultLanguage(), "language: en or zh")
	c.flags.StringVar(&c.options.Profile, "profile", "", "`NAME` of the profile to check by (default: "+geo.DefaultProfile+")")
	stamp := c.flags.String("stamp", string(report.Internal), "who it is for: internal or public")
	if _, code, ok := parseMixed(c.flags, args, 0, 0); !ok {
		return code
	}
	c.options.Stamp = report.Stamp(*stamp)
	write, err := c.check()
	if err != nil {
		return misuse(std, c.name, err)
	}
	return c.onStore(ctx, func(store *postgis.Store) error {
		page, err := c.make(ctx, store)
		if err != nil {
			return err
		}
		var body bytes.Buffer
		if err := write(page, &body); err != nil {
			return err
		}
		if *c.file == "-" {
			_, err := std.out.Write(body.Bytes())
			return err
		}
		out, err := createIn(filepath.Dir(*c.file))(filepath.Base(*c.file))
		if err != nil {
			return err
		}
		if _, err := out.Write(body.Bytes()); err != nil {
			out.Abandon()
			return err
		}
		return out.Close()
	})
}

// check returns how the report is written.
func (c *reportCall) check() (func(*report.Page, io.Writer) error, error) {
	day, err := geo.ParseDate(*c.asOf)
	if err != nil {
		return nil, fmt.Errorf("--as-of: %w", err)
	}
	if c.day = day; day == 0 {
		c.day = geo.DateOf(time.Now())
	}
	switch {
	case *c.territory == "" && *c.plan == 0:
		return nil, errors.New("--territory CODE or --plan ID is missing")
	case *c.file == "":
		return nil, errors.New("-o FILE is missing")
	case *c.file == "-" || strings.HasSuffix(*c.file, ".html"):
		return (*report.Page).WriteHTML, nil
	case strings.HasSuffix(*c.file, ".xlsx"):
		return (*report.Page).WriteXLSX, nil
	}
	return nil, fmt.Errorf("-o %s: its name must end in .html or .xlsx", *c.file)
}

// make takes the plan into memory and makes the report.
func (c *reportCall) make(ctx context.Context, store *postgis.Store) (*report.Page, error) {
	plan := geo.PlanID(*c.plan)
	if *c.territory != "" {
		territory, err := findTerritory(ctx, store, *c.territory)
		if err != nil {
			return nil, err
		}
		if plan == 0 {
			on, err := store.PlanInForce(ctx, territory.ID, c.day, 0)
			if err != nil {
				return nil, err
			}
			plan = on.ID
		}
	}
	picture, err := pictureOf(ctx, store, plan, 0)
	if err != nil {
		return nil, err
	}
	if *c.against != "" {
		before, run, err := keptReport(ctx, store, *c.against)
		if err != nil {
			return nil, err
		}
		if run.Territory != picture.Territory().ID {
			return nil, fmt.Errorf("--against %s: it is a run of another territory", *c.against)
		}
		c.options.Before = &before
	}
	return api.MakeReport(picture, c.day, c.options)
}
