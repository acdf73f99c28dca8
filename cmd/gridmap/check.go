package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"time"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/datum"
	"gridmap/geo/exchange"
	"gridmap/geo/topo"
)

// A checkRequest is what `gridmap check` is asked.
type checkRequest struct {
	file, within, parent, code, households string
	withinCode                             string
	crs                                    string
	tolerance                              float64
	format, lang, asOf                     string
	territory, profile, database           string
	vertices                               int
	store                                  bool
	by                                     string
	given                                  map[string]bool // flags that were
}

const checkHelp = `[FLAGS] FILE|DIR
       gridmap check [FLAGS] --territory CODE

Checks that the grids of a GeoJSON file (or newline-delimited GeoJSON, - for the
standard input) divide their ground: no gap, no overlap, nothing outside, every
ring closed and simple, no code twice. With --within it is the ground of that
file's features; without, the grids are held against each other alone, and a
void they enclose counts as a gap. A folder written by export or fixture is
checked whole: all tiers, households, workers and norms. With --territory it is
the plan of the database that is in force on the day.

Findings go to the standard output, one a line; a clean file leaves it empty.
Those that are waived stand last and fail nothing.
Exit: 0 no error findings, 1 error findings, 2 unreadable input.

`

func runCheck(ctx context.Context, args []string, std streams) int {
	var q checkRequest
	flags := newFlags("check", checkHelp, std)
	flags.StringVar(&q.within, "within", "", "GeoJSON `FILE` with the ground to be divided: one feature, or one per parent")
	flags.StringVar(&q.parent, "parent", "", "property `FIELD` that holds the code of a grid's parent, in the file of --within or,\nwithout that, in FILE itself; without the flag parents are found by place")
	flags.StringVar(&q.code, "code", "", "property `FIELD` that holds a grid's code (default: the usual names)")
	flags.StringVar(&q.withinCode, "within-code", "", "property `FIELD` of the file of --within that --parent names (default: the usual names,\nor else the property whose values FILE names as parents)")
	flags.StringVar(&q.households, "households", "", "CSV or GeoJSON `FILE` of households: each must lie in exactly one grid")
	flags.StringVar(&q.territory, "territory", "", "`CODE` or name of a territory of the database, to check instead of files")
	flags.StringVar(&q.profile, "profile", "", "`NAME` of the profile to check by, as it holds on the day (default: "+geo.DefaultProfile+")")
	flags.StringVar(&q.database, "database", "", "with --territory, URL of the database; "+databaseVariable+" if not given")
	flags.BoolVar(&q.store, "store", false, "with --territory, keep the report as a run; its name goes to the standard error")
	flags.StringVar(&q.by, "by", userName(), "with --store, `NAME` of who asks")
	flags.StringVar(&q.crs, "crs", "", "coordinate system of the files: EPSG:4326, EPSG:4490, zones such as EPSG:4525, gcj02, bd09")
	flags.Float64Var(&q.tolerance, "tolerance-m2", topo.DefaultTolerance.AreaM2, "faults up to this `AREA` in m² are dust, whatever the profile says")
	flags.StringVar(&q.format, "format", "text", "text, json, geojson or csv")
	flags.StringVar(&q.lang, "lang", defaultLanguage(), "language of the text format: en or zh")
	flags.StringVar(&q.asOf, "as-of", "", "`DAY` on which staff is counted, such as 2025-06-30 (default: today)")
	flags.IntVar(&q.vertices, "max-vertices", 1_000_000, "most vertices of one feature")
	rest, code, ok := parseMixed(flags, args, 0, 1)
	if !ok {
		return code
	}
	q.given = map[string]bool{}
	flags.Visit(func(f *flag.Flag) { q.given[f.Name] = true })
	if err := q.subject(rest); err != nil {
		return misuse(std, "check", err)
	}
	report, err := q.run(ctx, std)
	if err != nil {
		if !errors.Is(err, errTold) {
			fmt.Fprintf(std.err, "gridmap check: %v\n", err)
		}
		return exitUsage
	}
	if err := q.write(std.out, report); err != nil {
		return fail(std, "check", err)
	}
	if dust := report.Summary.Dust; dust.Count > 0 {
		fmt.Fprintf(std.err, "dust under the tolerance: %d, %.3f m² together\n", dust.Count, dust.M2)
	}
	if !report.Pass {
		return exitError
	}
	return exitOK
}

// errTold ends a command that has said already what is wrong.
var errTold = errors.New("told")

// defaultLanguage is Chinese where the terminal's is.
func defaultLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(v, "zh") {
				return "zh"
			}
			break
		}
	}
	return "en"
}

// run reads the files and asks the check; no error means a report.
func (q *checkRequest) run(ctx context.Context, std streams) (*check.Report, error) {
	day, err := geo.ParseDate(q.asOf)
	if err != nil {
		return nil, err
	}
	if day == 0 {
		day = geo.DateOf(time.Now())
	}
	if !(q.tolerance >= 0) {
		return nil, fmt.Errorf("--tolerance-m2 %v is negative", q.tolerance)
	}
	switch q.format {
	case "text", "json", "geojson", "csv":
	default:
		return nil, fmt.Errorf("--format %q: use text, json, geojson or csv", q.format)
	}
	if q.territory != "" {
		return q.ofTerritory(ctx, day, std)
	}
	crs, err := datum.Parse(q.crs)
	if err != nil {
		return nil, err
	}
	var s *sources
	question := q.question(day)
	if info, err := os.Stat(q.file); err == nil && info.IsDir() {
		if s, err = folderSources(q.file, std); err != nil {
			return nil, err
		}
		for _, t := range s.tiers { // the territory itself may come without a file
			if t.rank >= 0 {
				question.Tiers = append(question.Tiers, s.manifest.Tiers[t.rank].Code)
			}
		}
	} else if q.parent != "" && q.within == "" {
		s = q.nestedSources(std, exchange.Limits{Vertices: q.vertices}, crs)
		for _, t := range s.manifest.Tiers[1:] {
			question.Tiers = append(question.Tiers, t.Code)
		}
	} else {
		if err := q.findWithinCode(std, exchange.Options{CRS: crs, Limits: exchange.Limits{Vertices: q.vertices}}); err != nil {
			return nil, err
		}
		s = q.fileSources(std)
		question.Tiers, question.CodesPerTier = []string{gridTier}, true
	}
	s.crs, s.limits.Vertices = crs, q.vertices
	if q.households != "" {
		s.households = q.households
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return q.ask(s, question, day)
}

// question sets the tolerance, if one is given, of the rules that have one.
func (q *checkRequest) question(day geo.Date) check.Question {
	asked := check.Question{AsOf: day, MaxFindings: 1_000_000, Profile: q.profile}
	if q.given["tolerance-m2"] {
		setting := geo.RuleSetting{AreaM2: &q.tolerance}
		asked.Rules = map[geo.RuleID]geo.RuleSetting{geo.RuleInside: setting, geo.RuleOverlap: setting, geo.RuleGap: setting}
	}
	return asked
}

// Tiers of a check of single files.
const (
	groundTier = "ground"
	parentTier = "parent"
	gridTier   = "grid"
)

// fileSources makes a territory of FILE and the ground it divides.
func (q *checkRequest) fileSources(std streams) *sources {
	s := &sources{std: std}
	s.manifest.Territory.Code = q.file
	s.manifest.Plan.State = geo.Draft
	s.manifest.Tiers = []geo.Tier{{Code: groundTier, Complete: true}, {Rank: 1, Code: parentTier, Complete: true}, {Rank: 2, Code: gridTier, Complete: true}}
	if q.within != "" {
		s.tiers = append(s.tiers, tierSource{rank: 1, file: q.within, fields: exchange.Fields{Code: q.withinCode, Numbered: true, Orphans: true}})
	}
	fields := exchange.Fields{Code: q.code, Parent: q.parent, Numbered: true, Orphans: q.parent == ""}
	s.tiers = append(s.tiers, tierSource{rank: 2, file: q.file, fields: fields})
	return s
}

// ask puts the files together and asks the check.
func (q *checkRequest) ask(s *sources, question check.Question, day geo.Date) (*check.Report, error) {
	a := s.assemble()
	snap := a.Snapshot()
	for h, err := range s.homes(a) {
		if err != nil {
			a.Problem(err)
			continue
		}
		snap.Dwellings = append(snap.Dwellings, h.Dwelling)
	}
	if tellProblems(s.std, a) {
		return nil, errTold
	}
	if len(snap.Grids) == 0 {
		return nil, fmt.Errorf("%s: there are no grids in it", q.file)
	}
	if err := a.Derive(); err != nil {
		return nil, err
	}
	picture, err := atlas.New(snap)
	if err != nil {
		return nil, err
	}
	report, err := check.Ask(picture.Counted(day), check.Ground{Faults: a.Faults(picture.Tree()), Cells: atlas.NewCellBook()}, question)
	return &report, err
}

// homes reads the households of a check: where the grids come from one file,
// divisions it does not know are left out.
func (s *sources) homes(a *exchange.Assembly) iter.Seq2[geo.Household, error] {
	return a.Households(s.households, reading(s, s.households, func(r io.Reader, o exchange.Options) iter.Seq2[exchange.HouseholdRow, error] {
		return func(yield func(exchange.HouseholdRow, error) bool) {
			for row, err := range exchange.Households(r, o) {
				if s.manifest.Plan.State == geo.Draft && !a.Knows(row.Division) {
					row.Division = ""
				}
				if !yield(row, err) {
					return
				}
			}
		}
	}))
}

// write writes the report in the format asked for.
func (q *checkRequest) write(w io.Writer, r *check.Report) error {
	switch q.format {
	case "json":
		return exchange.WriteReport(w, r)
	case "geojson":
		return exchange.WriteFindingsGeoJSON(w, r)
	case "csv":
		return exchange.WriteFindingsCSV(w, r)
	}
	return writeFindings(w, r, q.lang)
}

// waivedText says who let a finding stand and why, nothing where nobody did.
func waivedText(w *check.Waived, lang string) string {
	switch {
	case w == nil:
		return ""
	case lang == "zh" && w.Until == 0:
		return fmt.Sprintf("（已豁免，%s：%s）", w.By, w.Why)
	case lang == "zh":
		return fmt.Sprintf("（已豁免至%s，%s：%s）", w.Until, w.By, w.Why)
	case w.Until == 0:
		return fmt.Sprintf(" (waived by %s: %s)", w.By, w.Why)
	}
	return fmt.Sprintf(" (waived by %s until %s: %s)", w.By, w.Until, w.Why)
}

// writeFindings writes one finding a line: severity, rule, what it is about,
// what is wrong, and where.
func writeFindings(w io.Writer, r *check.Report, lang string) error {
	for i := range r.Findings {
		f := &r.Findings[i]
		message := f.Message.EN
		if lang == "zh" {
			message = f.Message.ZH
		}
		subject := f.Subject.Code
		if subject == "" {
			subject = fmt.Sprintf("%s %d", f.Subject.Type, f.Subject.ID)
		}
		line := fmt.Sprintf("%-7s %-6s %s: %s", f.Severity, f.Rule, subject, message)
		if e := f.Evidence; e != nil && len(e.Touches) > 0 {
			line += " [" + strings.Join(e.Touches, " ") + "]"
		}
		if at, ok := exchange.PlaceOf(f); ok {
			lon, lat := exchange.Degrees(at)
			line += " at " + lon + ", " + lat
		}
		line += waivedText(f.Waived, lang)
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
