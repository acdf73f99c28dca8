package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/exchange"
)

// A form is the parts of an import: values by name, files by part and name.
type form struct {
	values map[string]string
	files  [][3]string // part, file name, content
}

// importOf sends a form; headers come in pairs.
func (s *service) importOf(t testing.TB, query string, f form) answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range f.values {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range f.files {
		part, err := w.CreateFormFile(file[0], file[1])
		if err == nil {
			_, err = io.WriteString(part, file[2])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return s.call(t, "POST", "/v1/imports"+query, body.String(), "Content-Type", w.FormDataContentType())
}

// A kept file of a folder that is written to memory.
type memoryFile struct{ bytes.Buffer }

func (*memoryFile) Close() error { return nil }

// formOf writes a made-up county as the parts of an import, under another
// code.
func formOf(t testing.TB, county *fixtures.County, code string) form {
	t.Helper()
	files := map[string]*memoryFile{}
	create := func(name string) (io.WriteCloser, error) {
		files[name] = new(memoryFile)
		return files[name], nil
	}
	households := func(each func(*geo.Household) error) error {
		for i := range county.Households {
			if err := each(&county.Households[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if err := exchange.WriteFolder(create, &county.Snapshot, households); err != nil {
		t.Fatal(err)
	}
	manifest := exchange.ManifestOf(&county.Snapshot)
	manifest.Territory.Code = code
	text, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	f := form{values: map[string]string{"manifest": string(text)}}
	add := func(part, name string) {
		if file := files[name]; file != nil && file.Len() > 0 {
			f.files = append(f.files, [3]string{part, name, file.String()})
		}
	}
	for _, tier := range manifest.Tiers {
		add("tier:"+tier.Code, exchange.TierFile(tier))
	}
	add("dedicated", exchange.OverlaysFile)
	add("households", exchange.HouseholdsFile)
	for _, of := range exchange.RecordFiles {
		add(of.Option, of.Name)
	}
	return f
}

// importSeen is as much of the answer as the tests look at.
type importSeen struct {
	Territory               geo.TerritoryID
	Plan                    geo.PlanID
	Kept, Repaired, Refused int
	Households              int
	Records                 map[string]int
	Rows                    []importRowSeen
}

type importRowSeen struct {
	Fate, What, File, Code, Field, Reason string
	Line                                  int
	Bounds                                []float64
	Geometry                              json.RawMessage
}

func (s *service) territories(t testing.TB) int {
	t.Helper()
	var all struct{ Territories []struct{ ID int64 } }
	s.get(t, "/v1/territories").wants(200).into(&all)
	return len(all.Territories)
}

// A county that is sent as files stands beside the one it was written from,
// grid for grid and household for household; sending it again changes nothing.
func TestImportOfFiles(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	s := serveCounty(t, county, nil)
	f := formOf(t, county, "990188000000")
	var dry, done importSeen
	s.importOf(t, "?dry_run=true", f).wants(200).into(&dry)
	if dry.Kept != len(county.Grids) || dry.Refused != 0 || dry.Repaired != 0 || dry.Households != len(county.Households) || dry.Records["worker"] != len(county.Workers) {
		t.Errorf("dry run: %d kept of %d, %d repaired, %d refused, %d households, %v", dry.Kept, len(county.Grids), dry.Repaired, dry.Refused, dry.Households, dry.Records)
	}
	if len(dry.Rows) != dry.Kept || len(dry.Rows[0].Bounds) != 4 {
		t.Errorf("%d rows, the first %+v", len(dry.Rows), dry.Rows[0])
	}
	if n := s.territories(t); n != 1 || dry.Plan != 0 {
		t.Fatalf("the dry run left %d territories and plan %d", n, dry.Plan)
	}
	s.importOf(t, "", f).wants(201).into(&done)
	var list struct{ Grids []gridSeen }
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids?limit=1000", done.Plan)).wants(200).into(&list)
	if len(list.Grids) != len(county.Grids) || done.Territory == s.territory {
		t.Errorf("%d grids in plan %d of territory %d", len(list.Grids), done.Plan, done.Territory)
	}
	s.importOf(t, "", f).refused(409, "conflict", "")
	if n := s.territories(t); n != 2 {
		t.Errorf("%d territories", n)
	}
}

// square is a county of two grids, as GeoJSON, whose middle border is apart by
// gap degrees.
func square(gap float64) form {
	at := func(x0, x1 float64) string {
		return fmt.Sprintf(`[[%.7f,37.0],[%.7f,37.0],[%.7f,37.01],[%.7f,37.01],[%.7f,37.0]]`, x0, x1, x1, x0, x0)
	}
	feature := func(code, ring string) string {
		return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":%q},"geometry":{"type":"Polygon","coordinates":[%s]}}`, code, code, ring)
	}
	collection := func(features ...string) string {
		return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
	}
	return form{values: map[string]string{"manifest": `{"territory":{"code":"sq","name":{"zh":"方县"}},"plan":{"name":"一","state":"in_force"},"tiers":[
		{"rank":0,"code":"county","name":{"zh":"县"},"class":"administrative","complete":true},
		{"rank":1,"code":"primary","name":{"zh":"网格"},"class":"grid","complete":true}]}`},
		files: [][3]string{
			{"tier:county", "county.geojson", collection(feature("sq", at(110, 110.02)))},
			{"tier:primary", "primary.geojson", collection(feature("west", at(110, 110.01)), feature("east", at(110.01+gap, 110.02)))},
		}}
}

// A gap refuses the import and is told where it is; cleaning fills it and
// tells that; a row of a table that cannot be read is told with its place.
func TestImportTellsOfEveryRow(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	var seen importSeen
	torn := square(0.000003) // about 27 cm
	s.importOf(t, "?dry_run=true", torn).wants(200).into(&seen)
	if seen.Refused == 0 || seen.Rows[0].Fate != "refused" || seen.Rows[0].What != "GEO-4" || string(seen.Rows[0].Geometry) == "null" || seen.Rows[0].Bounds[0] != 110.01 {
		t.Errorf("a gap is told of as %+v", seen)
	}
	s.importOf(t, "", torn).refused(422, "import", "")
	torn.values["snap_m"], torn.values["fill_width_m"] = "1.5", "0.5"
	seen = importSeen{}
	s.importOf(t, "?dry_run=true", torn).wants(200).into(&seen)
	if seen.Refused != 0 || seen.Repaired == 0 || seen.Rows[0].Fate != "repaired" || len(seen.Rows[0].Bounds) != 4 {
		t.Errorf("cleaned: %+v", seen)
	}
	whole := square(0)
	whole.files = append(whole.files, [3]string{"households", "homes.csv",
		"ref,lon,lat,resident\nH1,110.005,37.005,3\nH2,110.006,37.005,many\n"})
	seen = importSeen{}
	s.importOf(t, "?dry_run=true", whole).wants(200).into(&seen)
	row := seen.Rows[0]
	if seen.Refused != 1 || row.File != "homes.csv" || row.Line != 3 || row.Field != "resident" || len(row.Bounds) != 4 || row.Bounds[0] != 110.006 {
		t.Errorf("a bad row is told of as %+v of %d", row, seen.Refused)
	}
	s.importOf(t, "", whole).refused(422, "import", "")
	// A household that cannot be is told with the file that it stands in, and of
	// many warnings the first are listed and all counted.
	whole = square(0)
	odd := "ref,lon,lat,resident"
	for i := range mostImportRows + 7 {
		odd += fmt.Sprintf(",x%d", i)
	}
	whole.files = append(whole.files, [3]string{"households", "a.csv", odd + "\nH1,110.005,37.005,3" + strings.Repeat(",", mostImportRows+7) + "\n"},
		[3]string{"households", "b.csv", "ref,lon,lat,resident,division\nH2,110.006,37.005,2,nowhere\n"})
	seen = importSeen{}
	s.importOf(t, "?dry_run=true", whole).wants(200).into(&seen)
	warned := 0
	for _, row := range seen.Rows {
		if row.Fate == "refused" && (row.File != "b.csv" || row.Field != "division" || row.Line != 2) {
			t.Errorf("a household of no village is told of as %+v", row)
		}
		if row.What == "warning" {
			warned++
		}
	}
	if seen.Refused != 1 || warned != mostImportRows || seen.Repaired < mostImportRows+7 {
		t.Errorf("%d refused; %d warnings listed of %d rows repaired", seen.Refused, warned, seen.Repaired)
	}
	if n := s.territories(t); n != 1 {
		t.Errorf("refused imports left %d territories", n)
	}
}

// What is no form of files that this call reads.
func TestImportRefusesOtherForms(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", func(c *Config) { c.Limits.BulkBody = 100_000 })
	s.call(t, "POST", "/v1/imports", `{}`).refused(415, "media-type", "Content-Type")
	s.call(t, "POST", "/v1/imports", `xx`, "Content-Type", "multipart/form-data; boundary=y").refused(400, "invalid-request", "body")
	for name, change := range map[string]func(*form){
		"manifest":       func(f *form) { delete(f.values, "manifest") },
		"manifest.tiers": func(f *form) { f.values["manifest"] = `{"tiers":3}` },
		"crs":            func(f *form) { f.values["crs"] = "EPSG:1" },
		"straddle":       func(f *form) { f.values["straddle"] = "burn" },
		"fill_width_m":   func(f *form) { f.values["snap_m"] = "1" },
		"speed":          func(f *form) { f.values["speed"] = "1" },
		"tier:micro":     func(f *form) { f.files[1][0] = "tier:micro" },
		"photo":          func(f *form) { f.files = append(f.files, [3]string{"photo", "a.png", "x"}) },
		"tier:":          func(f *form) { f.files = nil },
	} {
		f := square(0)
		change(&f)
		field := name
		if strings.HasPrefix(name, "manifest") {
			field = ""
		}
		s.importOf(t, "?dry_run=true", f).refused(400, "invalid-request", field)
	}
	s.importOf(t, "?dry_run=maybe", square(0)).refused(400, "invalid-request", "dry_run")
	big := square(0)
	big.files = append(big.files, [3]string{"households", "homes.csv", strings.Repeat("x", 200_000)})
	s.importOf(t, "?dry_run=true", big).refused(413, "too-large", "body")
}
