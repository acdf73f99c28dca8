package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"gridmap/api"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/datum"
	"gridmap/geo/postgis"
)

const coverageHelp = `FILE --territory CODE | --grids DIR|FILE [FLAGS]

Tells which places of another system are covered and staffed at which tier, what
share, and where not. FILE holds points, as CSV with the columns lon and lat (or
经度 and 纬度) and perhaps id, or as GeoJSON; or polygons as GeoJSON. Nothing is
stored. It is held against the plan of a territory that is in force on the day,
against a folder as export writes it, or against one file of grids, which have
no staff. A grid is staffed when somebody holds a post in it on the day, in one
of --roles where they are given.

Shares are cut, never rounded: 100 means that nothing is missing. The answer is
that of POST /v1/checks/coverage. Exit: 0 all is covered (and, with --staffed,
staffed), 1 something is not, 2 unreadable input.

`

// A coverageRequest is what `gridmap coverage` is asked.
type coverageRequest struct {
	territory, grids, code, crs, asOf, format, lang, database string

	tiers, roles string
	staffed      bool
}

func runCoverage(ctx context.Context, args []string, std streams) int {
	var q coverageRequest
	flags := newFlags("coverage", coverageHelp, std)
	flags.StringVar(&q.territory, "territory", "", "`CODE` or name of a territory of the database")
	flags.StringVar(&q.grids, "grids", "", "a folder as export writes it, or a GeoJSON `FILE` of one tier")
	flags.StringVar(&q.code, "code", "", "with a file of --grids, property `FIELD` that holds a grid's code (default: the usual names)")
	flags.StringVar(&q.crs, "crs", "", "coordinate system of FILE: EPSG:4326, EPSG:4490, zones such as EPSG:4525, gcj02, bd09")
	flags.StringVar(&q.tiers, "tiers", "", "`CODES` of tiers, with commas (default: all tiers of grids)")
	flags.StringVar(&q.roles, "roles", "", "`CODES` of the posts that count as staff, with commas (default: any)")
	flags.StringVar(&q.asOf, "as-of", "", "`DAY` of the plan and its posts, such as 2025-06-30 (default: today)")
	flags.BoolVar(&q.staffed, "staffed", false, "what is covered by a grid without staff counts as missing too")
	flags.StringVar(&q.format, "format", "text", "text, json, geojson or csv")
	flags.StringVar(&q.lang, "lang", defaultLanguage(), "language of the text format: en or zh")
	flags.StringVar(&q.database, "database", "", "with --territory, URL of the database; "+databaseVariable+" if not given")
	rest, code, ok := parseMixed(flags, args, 1, 1)
	if !ok {
		return code
	}
	answer, err := q.ask(ctx, rest[0], std)
	if errors.Is(err, errTold) {
		return exitUsage
	}
	if err != nil {
		return misuse(std, "coverage", err)
	}
	if err := q.write(std.out, answer); err != nil {
		return fail(std, "coverage", err)
	}
	if uncovered, unstaffed := answer.Missing(); uncovered || q.staffed && unstaffed {
		return exitError
	}
	return exitOK
}

// ask reads what the flags name and asks of the file.
func (q *coverageRequest) ask(ctx context.Context, file string, std streams) (api.CoverageAnswer, error) {
	switch q.format {
	case "text", "json", "geojson", "csv":
	default:
		return nil, fmt.Errorf("--format %q: use text, json, geojson or csv", q.format)
	}
	if (q.territory == "") == (q.grids == "") {
		return nil, errors.New("one of --territory and --grids is needed")
	}
	question := api.CoverageQuestion{Tiers: split(q.tiers), Roles: split(q.roles)}
	var err error
	if question.CRS, err = datum.Parse(q.crs); err != nil {
		return nil, err
	}
	if question.AsOf, err = geo.ParseDate(q.asOf); err != nil {
		return nil, fmt.Errorf("--as-of: %w", err)
	}
	if question.AsOf == 0 {
		question.AsOf = geo.DateOf(time.Now())
	}
	picture, err := q.picture(ctx, question.AsOf, std)
	if err != nil {
		return nil, err
	}
	c, err := api.NewCoverage([]*atlas.Atlas{picture}, question)
	if err != nil {
		return nil, fmt.Errorf("--%w", err)
	}
	r, err := openFile(file, std)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	defer r.Close()
	answer, err := c.OfFile(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return answer, nil
}

// split returns the words between commas.
func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// picture draws what the file is held against.
func (q *coverageRequest) picture(ctx context.Context, day geo.Date, std streams) (*atlas.Atlas, error) {
	if q.grids != "" {
		if q.database != "" {
			return nil, errors.New("--database needs --territory")
		}
		picture, _, err := pictureOfFiles(q.grids, q.code, std, geo.WorkerEntity, geo.AssignmentEntity)
		return picture, err
	}
	if q.code != "" {
		return nil, errors.New("--code is for a file of --grids")
	}
	url, ok := databaseURL(q.database, "coverage", std)
	if !ok {
		return nil, errTold
	}
	pool, err := postgis.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	return inForceOn(ctx, postgis.New(pool), q.territory, day)
}

// write writes the answer in the form asked for.
func (q *coverageRequest) write(out io.Writer, answer api.CoverageAnswer) error {
	w := bufio.NewWriterSize(out, 1<<16)
	var err error
	if q.format == "text" {
		err = coverageText(w, answer, q.lang)
	} else {
		err = api.WriteCoverage(w, answer, q.format)
	}
	return errors.Join(err, w.Flush())
}

// coverageWords are the lines of the text form: of points and of ground, what is
// not covered and what not staffed.
var coverageWords = map[string]struct{ points, ground, undrawn, uncovered, unstaffed, gap string }{
	"zh": {"%s：%d 个点中覆盖 %d（%s%%），有人员 %d（%s%%）\n", "%s：共 %s 平方米，覆盖 %s（%s%%），有人员 %s（%s%%）\n", "  未绘制网格 %d 个，其覆盖无从得知\n",
		"  未覆盖：第 %d 个 %s\n", "  无人员：第 %d 个 %s\n", "  第 %d 个面 %s 未覆盖 %s 平方米\n"},
	"en": {"%s: of %d points %d are covered (%s %%), %d staffed (%s %%)\n", "%s: of %s m² %s are covered (%s %%), %s staffed (%s %%)\n", "  %d grids are not drawn; what they cover is not known\n",
		"  not covered: no. %d %s\n", "  not staffed: no. %d %s\n", "  polygon no. %d %s: %s m² are not covered\n"},
}

// coverageText writes a line a tier and one for every place that is missing.
func coverageText(w io.Writer, answer api.CoverageAnswer, lang string) error {
	words, known := coverageWords[lang]
	if !known {
		words = coverageWords["en"]
	}
	var b strings.Builder
	switch a := answer.(type) {
	case *api.PointsCoverage:
		for _, t := range a.Summary {
			fmt.Fprintf(&b, words.points, t.Tier, a.Points, t.Covered, cutShare(t.CoveredPct), t.Staffed, cutShare(t.StaffedPct))
			tellUndrawn(&b, words.undrawn, t.Undrawn)
			for _, ref := range t.Uncovered {
				fmt.Fprintf(&b, words.uncovered, ref.N, idText(ref.ID))
			}
			for _, ref := range t.Unstaffed {
				fmt.Fprintf(&b, words.unstaffed, ref.N, idText(ref.ID))
			}
		}
	case *api.GroundCoverage:
		for k, t := range a.Summary {
			fmt.Fprintf(&b, words.ground, t.Tier, t.CoveredM2+t.GapM2, t.CoveredM2, cutShare(t.CoveredPct), t.StaffedM2, cutShare(t.StaffedPct))
			tellUndrawn(&b, words.undrawn, t.Undrawn)
			for _, p := range a.Polygons {
				if gap := p.Tiers[k].GapM2; gap > 0 {
					fmt.Fprintf(&b, words.gap, p.N, p.ID, gap)
				}
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cutShare writes a share as it was cut.
func cutShare(share float64) string { return strconv.FormatFloat(share, 'f', -1, 64) }

func tellUndrawn(b *strings.Builder, words string, n int) {
	if n > 0 {
		fmt.Fprintf(b, words, n)
	}
}

// idText is the caller's own name of a point, without the quotes of JSON.
func idText(id json.RawMessage) string {
	var text string
	if json.Unmarshal(id, &text) != nil {
		return string(id) // a number, or none
	}
	return text
}
