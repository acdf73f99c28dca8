package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridmap/geo/exchange"
)

// departments writes three nets over the same two square kilometres: the base
// net of two grids, the police's of three across them, and the city's of one
// that lies half outside.
func departments(t *testing.T) (at func(string) string) {
	t.Helper()
	dir := files(t, map[string]string{
		"base.geojson":   square("g001", "v", 0, 0, 10, 10) + square("g002", "v", 10, 0, 20, 10) + strings.ReplaceAll(undrawn, `"u"`, `"g009"`),
		"police.geojson": square("p1", "", 0, 0, 6, 10) + square("p2", "", 6, 0, 14, 10) + square("p3", "", 14, 0, 20, 10),
		"city.geojson":   square("c1", "", 0, 5, 30, 10),
		"bad.geojson":    square("x", "", 0, 0, 6, 10) + square("y", "", 5, 0, 9, 10),
		"homes.csv":      "ref,lon,lat,resident\n1,103.001,26.001,2\n2,103.007,26.007,3\n3,103.008,26.002,1\n4,103.012,26.006,4\n5,103.025,26.007,5\n6,103.1,26.1,6\n7,,,1\n",
	})
	return func(name string) string { return filepath.Join(dir, name) }
}

// A crosswalkRow is a line of the table, by heading.
type crosswalkRow map[string]string

func crosswalkOf(t *testing.T, file string) (rows []crosswalkRow) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	if err != nil || len(lines) < 2 || strings.Join(lines[0], " ") != strings.Join(crosswalkColumns, " ") {
		t.Fatalf("%v in %s", err, text)
	}
	for _, cells := range lines[1:] {
		row := crosswalkRow{}
		for i, cell := range cells {
			row[lines[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// sums adds up a column by net and the code in another, exactly.
func sums(t *testing.T, rows []crosswalkRow, by, column string) map[string]string {
	t.Helper()
	total := map[string]*big.Rat{}
	for _, r := range rows {
		v, ok := new(big.Rat).SetString(r[column])
		if !ok {
			t.Fatalf("%q is no number", r[column])
		}
		key := r["net"] + " " + r[by]
		if total[key] == nil {
			total[key] = new(big.Rat)
		}
		total[key].Add(total[key], v)
	}
	out := map[string]string{}
	for key, v := range total {
		out[key] = v.FloatString(4)
	}
	return out
}

// The base net keeps its grids; the crosswalk tells what every other net's
// grids are in it, and what lies in no new grid.
func TestNetsMergeKeepsTheBase(t *testing.T) {
	t.Parallel()
	at := departments(t)
	code, _, errs := call(t, "nets", "merge", at("base.geojson"), at("police.geojson"), "city="+at("city.geojson"), "-o", at("out.geojson"),
		"--crosswalk", at("walk.csv"), "--report", at("report.json"), "--households", at("homes.csv"))
	if code != exitOK || !strings.Contains(errs, "3 grids of ") || !strings.Contains(errs, "c1 lies with ") || !strings.Contains(errs, "(33.33") {
		t.Fatalf("exit %d\n%s", code, errs)
	}
	rows := crosswalkOf(t, at("walk.csv"))
	lines := map[string]string{}
	for _, r := range rows {
		lines[r["net"]+" "+r["old_code"]+">"+r["new_code"]] = r["households"] + " " + r["old_households_ppm"] + " " + r["persons_resident"]
	}
	for key, want := range map[string]string{"base g001>g001": "3 1000000 6", "police p2>g001": "2 666666 4", "police p2>g002": "1 333333 4",
		"police p1>g001": "1 1000000 2", "city c1>": "1 333333 5", "city >g001": "2  3"} {
		if lines[key] != want {
			t.Errorf("%s: %q, want %q", key, lines[key], want)
		}
	}
	for _, side := range []string{"old_code", "new_code"} {
		area, homes := sums(t, rows, side, "area_m2"), sums(t, rows, side, "households")
		for _, net := range []string{"police", "city"} { // the grids of the base net are the new ones
			for _, grid := range []string{"g001", "g002"} {
				if key := net + " " + grid; side == "new_code" && (area[key] != area["base "+grid] || homes[key] != homes["base "+grid]) {
					t.Errorf("%s: %s m² and %s households, the grid has %s and %s", key, area[key], homes[key], area["base "+grid], homes["base "+grid])
				}
			}
		}
	}
	var report netsReport
	text, err := os.ReadFile(at("report.json"))
	if err == nil {
		err = json.Unmarshal(text, &report)
	}
	if err != nil || report.Grids != 3 || report.Made != 0 || len(report.Nets) != 3 || fmt.Sprint(report.Nets[0].Undrawn) != "[g009]" ||
		report.Nets[2].BareHouseholds != 2 || len(report.Nets[2].Uncovered) != 1 || report.Households != 6 {
		t.Errorf("%v: %+v", err, report)
	}
	text, _ = os.ReadFile(at("out.geojson"))
	if got := string(text); !strings.Contains(got, `{"code":"g001","up":"v","police":"p1","city":"c1"}`) || !strings.Contains(got, `{"code":"g009","up":"v","police":null,"city":null}`) {
		t.Errorf("wrote %s", got)
	}
}

// The common division cuts the base net's grids; it can be imported, and its
// pieces name their predecessors.
func TestNetsMergeCommonDivision(t *testing.T) {
	t.Parallel()
	at := departments(t)
	code, _, errs := call(t, "nets", "merge", "--common", at("base.geojson"), at("police.geojson"), at("city.geojson"), "-o", at("out.geojson"),
		"--crosswalk", at("walk.csv"), "--households", at("homes.csv"))
	if code != exitOK || !strings.Contains(errs, "9 grids of ") || !strings.Contains(errs, "6 made by cutting") {
		t.Fatalf("exit %d\n%s", code, errs)
	}
	r, err := os.Open(at("out.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var codes []string
	for f, err := range exchange.ReadGeoJSON(r, exchange.Options{Nested: true}) {
		if err != nil {
			t.Fatal(err)
		}
		c, _, _ := f.Properties.Code("code")
		p, _ := f.Properties.Get("predecessors")
		police, _, _ := f.Properties.Code("police")
		codes = append(codes, c+p.Text+police)
	}
	want := `g010["g001"]p1 g011["g001"]p1 g001p2 g012["g001"]p2 g013["g002"]p2 g014["g002"]p2 g015["g002"]p3 g002p3 g009`
	if got := strings.Join(codes, " "); len(codes) != 9 || !strings.Contains(got, `["g001"]`) {
		t.Errorf("%s, want %s", got, want)
	}
	rows := crosswalkOf(t, at("walk.csv"))
	for key, sum := range sums(t, rows, "old_code", "households") {
		if want := map[string]string{"base g001": "3.0000", "base g002": "1.0000", "police p2": "3.0000", "city c1": "3.0000"}[key]; want != "" && sum != want {
			t.Errorf("%s: %s households, want %s", key, sum, want)
		}
	}
	code, out, errs := call(t, "import", "--dry-run", "--territory", "c", "--tier", "primary="+at("out.geojson"), "--households", at("homes.csv"))
	if code != exitOK || !strings.Contains(out, "10 grids") {
		t.Errorf("import: exit %d\n%s%s", code, out, errs)
	}
}

func TestNetsMergeRefuses(t *testing.T) {
	t.Parallel()
	at := departments(t)
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"a net that overlaps", []string{"merge", at("base.geojson"), at("bad.geojson"), "-o", at("o")}, "overlap of x and y"},
		{"two nets of one name", []string{"merge", at("base.geojson"), at("base.geojson"), "-o", at("o")}, "name the nets apart"},
		{"a net called like a property", []string{"merge", at("base.geojson"), "up=" + at("city.geojson"), "-o", at("o")}, "a property is called like a net"},
		{"one net", []string{"merge", at("base.geojson"), "-o", at("o")}, "at least one NET"},
		{"no OUT", []string{"merge", at("base.geojson"), at("city.geojson")}, "-o OUT is missing"},
		{"another verb", []string{"split", at("base.geojson")}, "the only thing to do with nets is merge"},
		{"no such code", []string{"merge", at("base.geojson"), at("city.geojson"), "-o", at("o"), "--code", "nr"}, "the grid has no code"},
		{"no such file", []string{"merge", at("base.geojson"), at("none"), "-o", at("o")}, "none: no such file"},
	} {
		if code, _, errs := call(t, append([]string{"nets"}, tt.args...)...); code != exitUsage || !strings.Contains(errs, tt.want) {
			t.Errorf("%s: exit %d, want %q in %s", tt.name, code, tt.want, errs)
		}
	}
	if _, err := os.Stat(at("o")); err == nil {
		t.Error("something was written")
	}
}
