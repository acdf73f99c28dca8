package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/datum"
	"gridmap/geo/topo"
)

// taken collects the records and errors of a table.
func taken[T any](t testing.TB, seq iter.Seq2[T, error]) (values []T, errs []*InputError) {
	t.Helper()
	for v, err := range seq {
		if err == nil {
			values = append(values, v)
			continue
		}
		var bad *InputError
		if !errors.As(err, &bad) {
			t.Fatalf("error %v is no InputError", err)
		}
		errs = append(errs, bad)
	}
	return values, errs
}

func households(t testing.TB, text string, opts Options) ([]HouseholdRow, []*InputError) {
	t.Helper()
	opts.File = "households.csv"
	return taken(t, Households(strings.NewReader(text), opts))
}

func TestHouseholdsAccepts(t *testing.T) {
	at := topo.Point{X: 1035000000, Y: 262500000}
	home := geo.Household{Dwelling: geo.Dwelling{At: at, Located: true, Resident: 3, Occupied: true}, Ref: "H1"}
	counted := geo.Household{Ref: "H1", Dwelling: geo.Dwelling{Resident: 3, Occupied: true, Groups: `{"elderly_alone":2,"veterans":1}`}}
	tests := []struct {
		name, text string
		want       geo.Household
	}{
		{"plain headings", "ref,lon,lat,resident\nH1,103.5,26.25,3\n", home},
		{"headings of a Chinese ledger", "户号,经度,纬度,常住人口\nH1,103.5,26.25,3\n", home},
		{"a byte-order mark and CRLF", "\ufeffref,lon,lat,resident\r\nH1,103.5,26.25,3\r\n", home},
		{"quotes", "\"ref\",\"lon\",lat,resident\n\"H1\",\"103.5\",26.25,3\n", home},
		{"semicolons", "ref;lon;lat;resident\nH1;103.5;26.25;3\n", home},
		{"tabs", "ref\tlon\tlat\tresident\nH1\t103.5\t26.25\t3", home},
		{"full-width characters", "ｒｅｆ,lon,lat,resident\nＨ１,１０３．５,26.25,３\n", home},
		{"columns in another order", "resident,lat,lon,Ref\n3,26.25,103.5,H1\n", home},
		{"blank rows and cells beside the table", "ref,lon,lat,resident\n,,,\nH1,103.5,26.25,3,,\n,,,\n", home},
		{"a count with a decimal point", "ref,lon,lat,resident\nH1,103.5,26.25,3.0\n", home},
		{"GeoJSON points", `{"type":"Feature","properties":{"户号":"H1","resident":3},"geometry":{"type":"Point","coordinates":[103.5,26.25]}}`, home},
		{"no point", "ref,lon,lat\nH1,,\n", geo.Household{Ref: "H1"}},
		{"occupied by declaration", "ref,有人居住\nH1,是\n", geo.Household{Ref: "H1", Dwelling: geo.Dwelling{Occupied: true}}},
		{"groups", "ref,resident,群体\nH1,3,ｖeterans：１；elderly_alone:2\n", counted},
		{"groups as an object", "ref,resident,groups\nH1,3,\"{\"\"veterans\"\":1, \"\"elderly_alone\"\":2}\"\n", counted},
		{"groups of a feature", `{"type":"Feature","properties":{"ref":"H1","resident":3,"groups":{"veterans":1,"elderly_alone":2}},"geometry":null}`, counted},
		{"a day in words", "ref,updated_on\nH1,2025年6月3日\n", geo.Household{Ref: "H1", UpdatedOn: 20250603}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, errs := households(t, tt.text, Options{})
			if len(errs) > 0 || len(got) != 1 {
				t.Fatalf("%d households, %v", len(got), errs)
			}
			if got[0].Household != tt.want {
				t.Errorf("got  %+v\nwant %+v", got[0].Household, tt.want)
			}
		})
	}
}

func TestHouseholdsRefuses(t *testing.T) {
	tests := []struct {
		name, text, want string
	}{
		{"nothing", "", "line 1: an empty file"},
		{"no column ref", "lon,lat\n1,2\n", "line 1: ref: the column is missing; it may also be called 户号"},
		{"one column twice", "ref,户号\nH1,H1\n", `line 1: ref: the columns "ref" and "户号" both hold it`},
		{"no reference", "ref,resident\n,3\n", "line 2: ref: is empty"},
		{"a negative count", "ref,resident\nH1,-3\n", "line 2 (H1): resident: -3 is negative"},
		{"an absurd count", "ref,resident\nH1,1000000\n", "line 2 (H1): resident: 1000000 is absurd"},
		{"a count beyond integers", "ref,resident\nH1,99999999999999999999\n", "is absurd"},
		{"half a person", "ref,resident\nH1,2.5\n", `"2.5" is no whole number`},
		{"words for a count", "ref,resident\nH1,three\n", `"three" is no whole number`},
		{"NaN degrees", "ref,lon,lat\nH1,NaN,26\n", `lon: "NaN" is no number of degrees`},
		{"hexadecimal degrees", "ref,lon,lat\nH1,0x10,26\n", `lon: "0x10" is no number`},
		{"half a place", "ref,lon,lat\nH1,103,\n", `lat: "" is no number`},
		{"latitude first", "ref,lon,lat\nH1,26,103\n", "latitude stands before longitude"},
		{"metres", "ref,lon,lat\nH1,35431234.5,2923456.7\n", "projected metres"},
		{"no such day", "ref,updated_on\nH1,2025-02-30\n", "updated_on"},
		{"neither yes nor no", "ref,occupied\nH1,maybe\n", "neither true nor false"},
		{"too few cells", "ref,lon,lat\nH1,103\n", "line 2: 2 cells where the header has 3"},
		{"too many cells", "ref,lon\nH1,103,26\n", "3 cells where the header has 2"},
		{"a stray quote", "ref,address\nH1,a\"b\n", "line 2: bare"},
		{"a quote left open", "ref,address\nH1,\"a\n" + strings.Repeat("x\n", 10), "quote"},
		{"GBK", "ref,address\nH1,\xcd\xf8\xb8\xf1\n", "invalid UTF-8"},
		{"GBK headings", "\xbb\xa7\xba\xc5\nH1\n", "invalid UTF-8"},
		{"U+0000", "ref,address\nH1,a\x00b\n", "U+0000"},
		{"UTF-16", "\xff\xfer\x00e\x00f\x00", "UTF-16"},
		{"a workbook", "PK\x03\x04", "Excel"},
		{"a code damaged by a spreadsheet", "ref,division\nH1,9.90101E+14\n", "shortened"},
		{"an identity number for a reference", "ref\n11010519491231002X\n", "looks like an identity number"},
		{"ground for a point", polygon(square), "ground stands where a Point"},
		{"an array for a count", `{"type":"Feature","properties":{"ref":"H1","resident":[3]},"geometry":null}`, "an array or object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, errs := households(t, tt.text, Options{})
			if len(errs) == 0 || !strings.Contains(errs[0].Error(), tt.want) {
				t.Errorf("got %v, want an error that says %q", errs, tt.want)
			}
		})
	}
}

func TestHouseholdsGoesOnBehindABadRow(t *testing.T) {
	got, errs := households(t, "ref,resident\nH1,-1\nH2,2\nH3,\"x\"y\nH4,4\n", Options{})
	if len(got) != 2 || got[1].Ref != "H4" || got[1].Line != 5 || len(errs) != 2 {
		t.Errorf("%+v, %v", got, errs)
	}
}

func TestHouseholdsBoundsARow(t *testing.T) {
	_, errs := households(t, "ref,address\nH1,\""+strings.Repeat("x", 1<<20), Options{Limits: Limits{TextBytes: 1 << 16}})
	if len(errs) != 1 || !strings.Contains(errs[0].Reason, "a row of more than 65536 bytes") {
		t.Errorf("%v", errs)
	}
}

func TestSensitiveColumnsAreDroppedAndTold(t *testing.T) {
	var told []string
	opts := Options{Warn: func(e *InputError) { told = append(told, string(e.Rule)+" "+e.Field) }}
	text := "户号,身份证号,ID_Number,宗教信仰,是否残疾,人脸照片,colour\nH1,x,x,x,x,x,red\n"
	got, errs := households(t, text, opts)
	if len(got) != 1 || len(errs) > 0 {
		t.Fatalf("%+v, %v", got, errs)
	}
	want := "[PRV-1 身份证号 PRV-1 ID_Number PRV-1 宗教信仰 PRV-1 是否残疾 PRV-1 人脸照片  colour]"
	if fmt.Sprint(told) != want {
		t.Errorf("told %v, want %s", told, want)
	}
}

// A count of what must not be kept is refused under its rule, one that is none
// for what it is.
func TestHouseholdsRefusesGroups(t *testing.T) {
	for cell, want := range map[string]string{
		"veterans:1;残疾人:1": "PRV-1 groups.残疾人", `"{""religious"":1}"`: "PRV-1 groups.religious",
		"veterans": " groups", "veterans:-1": " groups", "veterans:x": " groups", "veterans:1;veterans:2": " groups.veterans",
		`"[1]"`: " groups", `"{""veterans"":[""张三""]}"`: " groups.veterans",
	} {
		_, errs := households(t, "ref,resident,groups\nH1,3,"+cell+"\n", Options{})
		if len(errs) != 1 || string(errs[0].Rule)+" "+errs[0].Field != want || errs[0].Line != 2 {
			t.Errorf("%s: %v, want %s", cell, errs, want)
		}
	}
}

// Who heads a household and what is noted of its people is nothing to keep.
func TestHeadsAndFlagsAreDroppedAndTold(t *testing.T) {
	for _, text := range []string{
		"ref,户主姓名,Head of household,标签,重点人员\nH1,x,x,x,x\n",
		`{"type":"Feature","properties":{"ref":"H1","户主姓名":"x","Head of household":"x","标签":["x"],"重点人员":true},"geometry":null}`,
	} {
		var told []string
		got, errs := households(t, text, Options{Warn: func(e *InputError) { told = append(told, string(e.Rule)+" "+e.Field) }})
		if len(errs) > 0 || len(got) != 1 || got[0].Household != (geo.Household{Ref: "H1"}) {
			t.Errorf("%+v, %v", got, errs)
		}
		if want := "[PRV-1 户主姓名 PRV-1 Head of household PRV-1 标签 PRV-1 重点人员]"; fmt.Sprint(told) != want {
			t.Errorf("told %v, want %s", told, want)
		}
	}
}

func TestHouseholdsConvertsTheDeclaredDatum(t *testing.T) {
	lon, lat := datum.BD09.FromWGS84(103.5, 26.25)
	got, errs := households(t, fmt.Sprintf("ref,lon,lat\nH1,%.9f,%.9f\n", lon, lat), Options{CRS: datum.BD09})
	if len(errs) > 0 || got[0].At != (topo.Point{X: 1035000000, Y: 262500000}) || got[0].SourceCRS != "BD-09" {
		t.Errorf("%+v, %v", got, errs)
	}
}

func TestWorkers(t *testing.T) {
	text := "工号,姓名,电话,用工,所属网格编码,岗位\n007,甲一,１３９,专职,９９０１０１,网格长\n"
	got, errs := taken(t, Workers(strings.NewReader(text), Options{}))
	want := WorkerRow{Line: 2, Grid: "990101", Role: "网格长",
		Worker: geo.Worker{Number: "007", Name: "甲一", Phone: "139", Employment: geo.FullTime}}
	if len(errs) > 0 || len(got) != 1 || got[0] != want {
		t.Errorf("got %+v, %v\nwant %+v", got, errs, want)
	}
	_, errs = taken(t, Workers(strings.NewReader("number,employment\n1,slave\n"), Options{}))
	if len(errs) != 1 || !strings.Contains(errs[0].Reason, "use full_time, part_time, volunteer") {
		t.Errorf("%v", errs)
	}
}

func TestStandardsRefuseAbsurdNorms(t *testing.T) {
	for _, row := range []string{"0,10000,county", "18,0,county", "-1,10000,county", "18,10000,"} {
		_, errs := taken(t, Standards(strings.NewReader("workers,residents,tier\n"+row+"\n"), Options{}))
		if len(errs) != 1 {
			t.Errorf("%s: %v, want one error", row, errs)
		}
	}
}

// What is written is read back as it was, whatever the text.
func TestTablesComeBackAsTheyWere(t *testing.T) {
	texts := []string{"a", "=1+1", "+86 139", "-x", "@cmd", "'quoted", "'=x", "''-", "＝全角", "a,b\"c;d", "多行\n文字", "-5", "'", "0", "1e5"}
	var b bytes.Buffer
	w := NewHouseholdWriter(&b)
	var want []geo.Household
	for i, text := range texts {
		h := HouseholdRow{Household: geo.Household{
			Dwelling: geo.Dwelling{At: topo.Point{X: -1_800_000_000 + int32(i), Y: int32(i) - 7}, Located: i%3 > 0, Resident: int32(i), Occupied: i%2 > 0},
			Ref:      fmt.Sprint("H", i), Address: text, Building: text, Unit: text, SourceCRS: "GCJ-02", AccuracyM: float64(i) / 4,
			Method: text, UpdatedOn: 20250630}}
		h.Groups = geo.NewGroupCounts(map[string]int32{"退役军人": int32(i), "elderly_alone": int32(i % 2)})
		if !h.Located {
			h.At = topo.Point{}
		}
		want = append(want, h.Household)
		w.Household(&h)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	first := b.String()
	got, errs := households(t, first, Options{})
	if len(errs) > 0 || len(got) != len(want) {
		t.Fatalf("%d households, %v", len(got), errs)
	}
	for i := range want {
		if got[i].Household != want[i] {
			t.Errorf("got  %+v\nwant %+v", got[i].Household, want[i])
		}
	}
	for _, line := range strings.Split(first, "\n") {
		for _, cell := range strings.Split(line, ",") {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "@") {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
}

func TestPostsAndNormsComeBackAsTheyWere(t *testing.T) {
	valid := geo.Period{From: 20250101, To: 20260101}
	var b bytes.Buffer
	assignments := []AssignmentRow{{Line: 2, Worker: "7", Grid: "g1", Deputy: "8",
		Assignment: geo.Assignment{Role: "leader", Primary: true, Permille: 500, Duty: "巡查", Valid: valid}},
		{Line: 3, Worker: "8", Grid: "g1", Assignment: geo.Assignment{Role: "leader", Valid: valid}}}
	compare(t, &b, assignments, WriteAssignments(&b, assignments), Assignments(&b, Options{}))
	populations := []PopulationRow{{Line: 2, Unit: "990103", Population: geo.Population{Basis: geo.UrbanResident, Value: 76_000, AsOf: 20241231, Source: "年报"}}}
	compare(t, &b, populations, WritePopulations(&b, populations), Populations(&b, Options{}))
	facilities := []FacilityRow{{Line: 2, Division: "d", Facility: geo.Facility{Type: "centre", Name: geo.Name{ZH: "中心（东区）", EN: "Centre"},
		At: topo.Point{X: 1, Y: -1}, FloorAreaM2: 120.5, Hours: "9-17", Services: []string{"a", "b"}, Valid: valid}}}
	compare(t, &b, facilities, WriteFacilities(&b, facilities), Facilities(&b, Options{}))
	compounds := `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"C-1","name_zh":"柳园","property":"三无","division":"d","units":48,"from":"2025-01-01"},"geometry":{"type":"Polygon","coordinates":[[[1,1],[2,1],[1,2],[1,1]]]}},
{"type":"Feature","properties":{"code":"C-2","name_zh":"杨园"},"geometry":null}]}`
	if got, errs := taken(t, Compounds(strings.NewReader(compounds), Options{})); len(errs) > 0 || len(got) != 2 || got[0].Property != geo.Unserviced ||
		got[0].Units != 48 || got[0].Division != "d" || got[0].Boundary.Vertices() != 3 || got[1].Boundary != nil || got[1].Name.ZH != "杨园" {
		t.Errorf("compounds %+v, %v", got, errs)
	}
	norm := func(line int, tier string, v geo.Standard) StandardRow { return StandardRow{line, v, tier} }
	standards := []StandardRow{
		norm(2, "county", geo.Standard{Rule: geo.RuleRatio, Form: geo.RatioForm, Workers: 18, Residents: 10_000,
			Basis: geo.UrbanResident, Roles: []string{"community_worker"}, Source: "norm", Valid: valid}),
		norm(3, "township", geo.Standard{Rule: geo.RuleSteps, Form: geo.StepsForm, Basis: geo.Registered, Steps: []geo.Step{{From: 0, Workers: 10}, {From: 30_000, Workers: 20}}}),
		norm(4, "village", geo.Standard{Rule: geo.RulePosts, Form: geo.BandForm, Min: 15, Max: 18, Settings: []geo.Setting{geo.Urban}, FullPosts: true}),
		norm(5, "village", geo.Standard{Rule: geo.RuleOneWorker, Form: geo.ShareForm, Permille: 400, Employment: geo.FullTime, Among: []string{"a", "b"}}),
		norm(6, "village", geo.Standard{Rule: geo.RuleReach, Form: geo.ReachForm, Facility: "clinic", Max: 1500, Permille: 900, DetourPermille: 1250}),
	}
	compare(t, &b, standards, WriteStandards(&b, standards), Standards(&b, Options{}))
	profiles := []Listed[geo.Profile]{
		{0, geo.Profile{Code: "p", Name: geo.Name{ZH: "标准"}, Valid: valid, Source: "s", Rules: map[geo.RuleID]geo.RuleSetting{
			geo.RuleLoad: {Max: 250, Severity: geo.Error, Settings: []geo.Setting{geo.Urban}, Source: "Art. 1"}, geo.RuleRatio: {Per: 10_000, Min: 18}}}},
		{1, geo.Profile{Code: "q", Rules: map[geo.RuleID]geo.RuleSetting{}}},
	}
	compare(t, &b, profiles, WriteProfiles(&b, []geo.Profile{profiles[0].Record, profiles[1].Record}), Profiles(&b, Options{}))
	waivers := []Listed[geo.Waiver]{{0, geo.Waiver{Finding: "a1", Rule: geo.RuleGap, Why: "水面", By: "甲", Until: 20260101}},
		{1, geo.Waiver{Finding: "a2", Rule: geo.RuleLoad, Why: "w", By: "b"}}}
	compare(t, &b, waivers, WriteWaivers(&b, []geo.Waiver{waivers[0].Record, waivers[1].Record}), Waivers(&b, Options{}))
	asked := []Listed[check.Schedule]{{0, check.Schedule{Code: "m", Name: geo.Name{ZH: "月检"}, Every: check.Monthly, Valid: valid, Keep: check.Retention{Runs: 12, Since: 20250101},
		Question: check.Question{Tiers: []string{"primary"}, Rules: map[geo.RuleID]geo.RuleSetting{geo.RuleLoad: {Max: 250}}}}}, {1, check.Schedule{Code: "w", Every: check.Weekly, Valid: valid}}}
	compare(t, &b, asked, WriteSchedules(&b, []check.Schedule{asked[0].Record, asked[1].Record}), Schedules(&b, Options{}))
	keepers := []ResponsibilityRow{{Line: 2, Unit: "g1", Worker: "7", Responsibility: geo.Responsibility{Position: geo.CountyLeader, Org: "县委办", Valid: valid}},
		{Line: 3, Unit: "g1", Responsibility: geo.Responsibility{Position: "书记（兼）", Keeper: "甲"}}}
	compare(t, &b, keepers, WriteResponsibilities(&b, keepers), Responsibilities(&b, Options{}))
	nets := []NetRow{{2, geo.Net{Code: "T01", Name: geo.Name{ZH: "拆迁", EN: "Demolition"}, Purpose: geo.TaskNet, Valid: valid}}, {3, geo.Net{Code: "S", Purpose: geo.SectorNet}}}
	compare(t, &b, nets, WriteNets(&b, []geo.Net{nets[0].Net, nets[1].Net}), Nets(&b, Options{}))
	members := []NetMemberRow{{Line: 2, Grid: "g1", Under: "v2", NetMember: geo.NetMember{Net: "T01", Measure: "households", Done: 3, Total: 486, Group: "东片区", UpdatedOn: 20250712}},
		{Line: 3, Grid: "g2", NetMember: geo.NetMember{Net: "S"}}}
	compare(t, &b, members, WriteNetMembers(&b, members), NetMembers(&b, Options{}))
	workers := []geo.Worker{{Number: "7", Name: "甲一", Phone: "+86 139", Employment: geo.PartTime, Org: "社区", TrainedOn: 20240101, Active: valid}}
	compare(t, &b, []WorkerRow{{Line: 2, Worker: workers[0]}}, WriteWorkers(&b, workers), Workers(&b, Options{}))
}

func compare[T any](t *testing.T, b *bytes.Buffer, want []T, err error, seq iter.Seq2[T, error]) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	got, errs := taken(t, seq)
	if len(errs) > 0 || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, errs, want)
	}
	b.Reset()
}

// Positions are read by the names that tables give them; another is taken as it
// stands.
func TestPositionsByTheirChineseNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]geo.Position{"县领导": geo.CountyLeader, "街道领导": geo.TownshipLeader, "村干部": geo.VillageCadre,
		"社区干部": geo.CommunityCadre, "组长": geo.GroupHead, "楼长": geo.BuildingHead, "户长": geo.HouseholdHead, "中心户长": geo.HouseholdHead,
		"village_cadre": geo.VillageCadre, "驻村队员": "驻村队员"} {
		for v, err := range Responsibilities(strings.NewReader("单位编码,职务,责任人\ng,"+name+",甲\n"), Options{}) {
			if err != nil || v.Position != want {
				t.Errorf("%s is %q, %v; want %q", name, v.Position, err, want)
			}
		}
	}
}
