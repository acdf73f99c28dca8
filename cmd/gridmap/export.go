package main

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/exchange"
	"gridmap/geo/postgis"
)

const exportHelp = `--territory CODE -o DIR|- [FLAGS]

Writes a territory's plan in force (or else its newest) as files: a GeoJSON file
per tier and a CSV file per sort of record, which import takes back as they
were. With -o - it writes the grids alone to the standard output, as one
GeoJSON collection or, with --format csv, as a table without geometry.

Text in CSV that a spreadsheet would run as a formula (it begins with = + - @)
bears an apostrophe, which import takes off again; numbers stay numbers.

Households are personal data: keep the files where only those entitled read.
Heads of household and flags, which a territory keeps only while its switch is
on, are written only with --personal, to personal.csv; that is noted with who
took them.

`

func runExport(ctx context.Context, args []string, std streams) int {
	flags := newFlags("export", exportHelp, std)
	territory := flags.String("territory", "", "`CODE` or name of the territory")
	out := flags.String("o", "", "`DIR` to write to, - for the standard output")
	format := flags.String("format", "geojson", "of the grids: geojson, or csv without geometry")
	private := flags.Bool("without-households", false, "leave households out, and comments, which may tell of them")
	personal := flags.Bool("personal", false, "write heads of household and flags too, for who may have them")
	by := flags.String("by", "", "`WHO` is noted with --personal (default: the user)")
	database := databaseFlag(flags)
	if _, code, ok := parseMixed(flags, args, 0, 0); !ok {
		return code
	}
	switch {
	case *territory == "":
		return misuse(std, "export", fmt.Errorf("--territory is missing"))
	case *out == "":
		return misuse(std, "export", fmt.Errorf("-o DIR is missing"))
	case *format != "geojson" && *format != "csv":
		return misuse(std, "export", fmt.Errorf("--format %q: use geojson or csv", *format))
	case *personal && (*out == "-" || *format == "csv" || *private):
		return misuse(std, "export", fmt.Errorf("--personal goes with a folder and its households"))
	}
	url, ok := databaseURL(*database, "export", std)
	if !ok {
		return exitUsage
	}
	pool, err := postgis.Open(ctx, url)
	if err != nil {
		return fail(std, "export", err)
	}
	defer pool.Close()
	e := exporter{store: postgis.New(pool), out: *out, table: *format == "csv", private: *private, personal: *personal, by: cmp.Or(*by, userName())}
	if err := e.run(ctx, *territory, std); err != nil {
		return fail(std, "export", err)
	}
	return exitOK
}

// An exporter writes one territory.
type exporter struct {
	store   *postgis.Store
	out     string
	table   bool // grids as a table
	private bool // no households

	personal bool // heads and flags too
	by       string
}

func (e *exporter) run(ctx context.Context, territory string, std streams) error {
	t, err := findTerritory(ctx, e.store, territory)
	if err != nil {
		return err
	}
	plan, err := newestPlan(ctx, e.store, t.ID)
	if err != nil {
		return err
	}
	snap, err := e.store.Snapshot(ctx, plan)
	if err != nil {
		return err
	}
	switch {
	case e.out == "-":
		return e.grids(std.out, snap)
	case e.table:
		return e.file("grids.csv", func(w io.Writer) error { return e.grids(w, snap) })
	}
	err = exchange.WriteFolder(folderOf(e.out), snap, func(each func(*geo.Household) error) error {
		if e.private {
			return nil
		}
		return e.store.Households(ctx, t.ID, func(h geo.Household) error { return each(&h) })
	})
	if err == nil {
		err = e.schedules(ctx, t)
	}
	if err == nil && !e.private {
		err = e.comments(ctx, snap, std)
	}
	if err == nil && e.personal {
		err = e.people(ctx, t)
	}
	return err
}

// schedules writes what is asked again and again, if there is any of it.
func (e *exporter) schedules(ctx context.Context, t geo.Territory) error {
	var list []check.Schedule
	err := e.each(ctx, t.ID, check.ScheduleEntity, func(r geo.Record) { list = append(list, *r.(*check.Schedule)) })
	if err != nil || len(list) == 0 {
		return err
	}
	return e.file(exchange.SchedulesFile, func(w io.Writer) error { return exchange.WriteSchedules(w, list) })
}

// comments writes what people say of the plan that is written, of grids and
// places, if they say anything. What is said of other plans, such as drafts,
// would have nothing to be about, and is counted.
func (e *exporter) comments(ctx context.Context, snap *geo.Snapshot, std streams) error {
	var list []geo.Comment
	left := 0
	err := e.each(ctx, snap.Territory.ID, geo.CommentEntity, func(r geo.Record) {
		if c := r.(*geo.Comment); c.Plan == 0 || c.Plan == snap.Plan.ID {
			list = append(list, *c)
		} else {
			left++
		}
	})
	if left > 0 {
		fmt.Fprintf(std.err, "comments on other plans left out: %d\n", left)
	}
	if err != nil || len(list) == 0 {
		return err
	}
	return e.file(exchange.CommentsFile, func(w io.Writer) error { return exchange.WriteComments(w, snap, list) })
}

// each calls fn with all records of a sort.
func (e *exporter) each(ctx context.Context, t geo.TerritoryID, entity geo.Entity, fn func(geo.Record)) error {
	for after := int64(0); ; {
		page, err := e.store.Records(ctx, t, entity, postgis.Page{After: after, Limit: 1000})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			fn(r)
			_, after = r.Key()
		}
	}
}

// file makes one file of the folder.
func (e *exporter) file(name string, write func(io.Writer) error) error {
	file, err := createIn(e.out)(name)
	if err != nil {
		return err
	}
	if err := write(file); err != nil {
		file.Abandon()
		return err
	}
	return file.Close()
}

// people writes heads and flags, if the territory keeps any.
func (e *exporter) people(ctx context.Context, t geo.Territory) error {
	if !t.Keeps.Personal.On() {
		return fmt.Errorf("--personal: %s: %w", t.Code, geo.ErrNotKept)
	}
	return e.file(exchange.PersonalFile, func(file io.Writer) error {
		w := exchange.NewPersonalWriter(file)
		if err := e.store.EachPersonal(ctx, t.ID, e.by, w.Write); err != nil {
			return err
		}
		return w.Close()
	})
}

func (e *exporter) grids(w io.Writer, snap *geo.Snapshot) error {
	if e.table {
		return exchange.WriteGridTable(w, snap)
	}
	g := exchange.NewGeoJSONWriter(w, snap.Territory.Code)
	if err := exchange.WriteAllGrids(g, snap); err != nil {
		return err
	}
	return g.Close()
}

// folderOf creates the files of a folder.
func folderOf(dir string) func(name string) (io.WriteCloser, error) {
	create := createIn(dir)
	return func(name string) (io.WriteCloser, error) { return create(name) }
}

// findTerritory finds a territory by code or by name.
func findTerritory(ctx context.Context, store *postgis.Store, name string) (geo.Territory, error) {
	all, err := store.Territories(ctx)
	if err != nil {
		return geo.Territory{}, err
	}
	known := ""
	for _, t := range all {
		if name == t.Code || name == t.Name.ZH || name == t.Name.EN {
			return t, nil
		}
		known += " " + t.Code
	}
	return geo.Territory{}, fmt.Errorf("no territory is called %q; there are%s", name, known)
}

// newestPlan returns the plan in force, else the last one made.
func newestPlan(ctx context.Context, store *postgis.Store, t geo.TerritoryID) (geo.PlanID, error) {
	plans, err := store.Plans(ctx, t)
	if err != nil {
		return 0, err
	}
	best := geo.PlanID(0)
	for _, p := range plans {
		if p.State == geo.InForce {
			return p.ID, nil
		}
		best = max(best, p.ID)
	}
	if best == 0 {
		return 0, fmt.Errorf("the territory has no plan: %w", geo.ErrNotFound)
	}
	return best, nil
}
