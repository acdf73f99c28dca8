package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/datum"
	"gridmap/geo/exchange"
	"gridmap/geo/topo"
)

const locateHelp = `--grids FILE|DIR --points FILE.csv [-o FILE]

Adds to every row of a CSV file the grid that its columns lon and lat (or 经度
and 纬度) lie in: with a folder, one column per tier. A point on a border
belongs to the ground just east of it, or north. A row outside all grids gets
empty cells; all other columns stay as they are. Exit: 0, 1 when rows could not
be read (they are named), 2 unreadable input.

With --matter, which needs a folder, the columns matter_grid, department, role
and answers say who takes the matter at each point on the day; they are empty
where it is not admitted, and how many those are is told.

`

func runLocate(_ context.Context, args []string, std streams) int {
	flags := newFlags("locate", locateHelp, std)
	grids := flags.String("grids", "", "GeoJSON `FILE` of one tier, or a folder as export writes it")
	points := flags.String("points", "", "CSV `FILE` of points, - for the standard input")
	crs := flags.String("crs", "", "coordinate system of the points: EPSG:4326, EPSG:4490, zones such as EPSG:4525, gcj02, bd09")
	code := flags.String("code", "", "property `FIELD` that holds a grid's code (default: the usual names)")
	matter := flags.String("matter", "", "`CODE` of a matter of the folder's catalogue: who answers for it at each point")
	asOf := flags.String("as-of", "", "`DAY` of the posts with --matter (default: today)")
	out := flags.String("o", "-", "`FILE` to write, - for the standard output")
	if _, code, ok := parseMixed(flags, args, 0, 0); !ok {
		return code
	}
	if *grids == "" || *points == "" {
		return misuse(std, "locate", errors.New("--grids and --points are both needed"))
	}
	system, err := datum.Parse(*crs)
	if err != nil {
		return misuse(std, "locate", err)
	}
	day, err := geo.ParseDate(*asOf)
	if err != nil {
		return misuse(std, "locate", fmt.Errorf("--as-of: %w", err))
	}
	var records []geo.Entity
	if *matter != "" {
		records = []geo.Entity{geo.MatterEntity, geo.WorkerEntity, geo.AssignmentEntity}
	}
	picture, tiers, err := pictureOfFiles(*grids, *code, std, records...)
	if errors.Is(err, errTold) {
		return exitUsage
	}
	if err != nil {
		return misuse(std, "locate", err)
	}
	look, refused := locator(picture, tiers), 0
	if *matter != "" {
		if look, err = withMatter(look, picture, *matter, day, &refused); err != nil {
			return misuse(std, "locate", err)
		}
	}
	done, err := locateTo(*out, *points, std, exchange.Options{File: *points, CRS: system}, look)
	var unreadable *exchange.InputError
	switch {
	case errors.As(err, &unreadable):
		return misuse(std, "locate", err)
	case err != nil:
		return fail(std, "locate", err)
	case done.Missed > 0 || done.Bad > 0:
		fmt.Fprintf(std.err, "%d of %d points lie in no grid; %d rows could not be read\n", done.Missed, done.Rows, done.Bad)
	}
	if refused > 0 {
		fmt.Fprintf(std.err, "at %d points the matter %s is not admitted\n", refused, *matter)
	}
	if done.Bad > 0 {
		return exitError
	}
	return exitOK
}

// pictureOfFiles reads the grids of a file or folder, and the tiers that points are
// located in; of a folder's records only those named.
func pictureOfFiles(file, code string, std streams, records ...geo.Entity) (*atlas.Atlas, []geo.Tier, error) {
	s := &sources{std: std}
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		if s, err = folderSources(file, std); err != nil {
			return nil, nil, err
		}
		maps.DeleteFunc(s.records, func(e geo.Entity, _ []string) bool { return !slices.Contains(records, e) })
	} else {
		s.manifest.Tiers = []geo.Tier{{Code: groundTier}, {Rank: 1, Code: gridTier, Class: geo.GridClass}}
		s.tiers = []tierSource{{rank: 1, file: file, fields: exchange.Fields{Code: code, Numbered: true, Orphans: true}}}
	}
	a := s.assemble()
	if tellProblems(std, a) {
		return nil, nil, errTold
	}
	snap := a.Snapshot()
	if len(snap.Grids) == 0 {
		return nil, nil, fmt.Errorf("%s: there are no grids in it", file)
	}
	picture, err := atlas.New(snap)
	return picture, snap.Tiers[1:], err
}

// locator returns the column headings and the cells for a point: the code of
// the grid of every tier.
func locator(picture *atlas.Atlas, tiers []geo.Tier) exchange.Lookup {
	column := make(map[int]int, len(tiers))
	var headings []string
	for i, t := range tiers {
		column[t.Rank] = i
		headings = append(headings, t.Code+"_code")
	}
	return exchange.Lookup{Headings: headings, Cells: func(at topo.Point, cells []string) bool {
		leaf, ok := picture.Locate(at)
		if !ok {
			return false
		}
		for _, i := range picture.Chain(leaf) {
			g := picture.Grid(i)
			if c, ok := column[g.Tier]; ok {
				cells[c] = g.Code
			}
		}
		return true
	}}
}

// withMatter adds to a look-up who takes a matter at the point; refused counts
// the points in a grid where nobody does.
func withMatter(look exchange.Lookup, picture *atlas.Atlas, code string, day geo.Date, refused *int) (exchange.Lookup, error) {
	m, known := picture.Matter(code)
	if !known {
		return look, fmt.Errorf("--matter: the folder's catalogue has no matter %q", code)
	}
	plain, first := look.Cells, len(look.Headings)
	look.Headings = append(look.Headings, "matter_grid", "department", "role", "answers")
	look.Cells = func(at topo.Point, cells []string) bool {
		leaf, ok := picture.Locate(at)
		if !ok || !plain(at, cells[:first]) {
			return false
		}
		taken, err := picture.Take(m, at, leaf, day)
		if err != nil {
			*refused++
			return true
		}
		var names []string
		for _, p := range taken.Posts {
			names = append(names, p.Worker.Name)
		}
		copy(cells[first:], []string{picture.Grid(taken.Grid).Code, m.Department.ZH, cmp.Or(m.Role, "leader"), strings.Join(names, ";")})
		return true
	}
	return look, nil
}

// locateTo joins the points and writes the rows.
func locateTo(out, points string, std streams, opts exchange.Options, look exchange.Lookup) (exchange.Joined, error) {
	r, err := openFile(points, std)
	if err != nil {
		return exchange.Joined{}, fmt.Errorf("%s: %w", points, err)
	}
	defer r.Close()
	told := 0
	tell := func(e *exchange.InputError) {
		if told++; told <= errorsTold {
			fmt.Fprintln(std.err, e)
		}
	}
	if out == "-" {
		w := bufio.NewWriterSize(std.out, 1<<16)
		done, err := exchange.JoinPoints(r, w, opts, look, tell)
		return done, errors.Join(err, w.Flush())
	}
	w, err := createIn(filepath.Dir(out))(filepath.Base(out))
	if err != nil {
		return exchange.Joined{}, err
	}
	done, err := exchange.JoinPoints(r, w, opts, look, tell)
	if err != nil {
		w.Abandon()
		return done, err
	}
	return done, w.Close()
}

// errorsTold is how many bad rows are named; the rest are counted.
const errorsTold = 100
