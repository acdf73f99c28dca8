package api

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// blanks holds for each kind a record that can be created, and a change to it
// with what must then be found in the answer. %d is the id of a grid, %w that
// of a worker.
var blanks = map[string]struct{ create, patch, then string }{
	"workers": {`{"number":"T-1","name":"测试员","employment":"part_time","active":{"from":"2025-01-01"}}`,
		`{"phone":"000-1","active":{"to":"2030-01-01"}}`, `"active":{"from":"2025-01-01","to":"2030-01-01"}`},
	"households": {`{"ref":"T-1","lon":110.5,"lat":37.5,"resident":3,"registered":2,"occupied":true,"groups":{"veterans":2,"elderly_alone":1},"address":"甲路1号"}`,
		`{"resident":4,"groups":{"elderly_alone":null,"veterans":4},"address":null}`, `"resident":4,"registered":2,"occupied":true,"groups":{"veterans":4}`},
	"assignments": {`{"worker":%w,"grid":%d,"role":"liaison","primary":false,"share_permille":500,"valid":{"from":"2025-02-01"}}`,
		`{"share_permille":250,"duty":"巡查"}`, `"share_permille":250`},
	"facilities": {`{"type":"station","name":{"zh":"测试站"},"lon":110.5,"lat":37.5,"valid":{"from":"2025-01-01"},"services":["调解"]}`,
		`{"name":{"en":"Test"},"services":["调解","代办"]}`, `"name":{"zh":"测试站","en":"Test"}`},
	"compounds": {`{"code":"T-1","name":{"zh":"测试小区"},"boundary":null,"valid":{}}`,
		`{"property":"unserviced","boundary":{"type":"Polygon","coordinates":[[[110.5,37.5],[110.501,37.5],[110.5,37.501],[110.5,37.5]]]}}`,
		`"boundary":{"type":"Polygon","coordinates":[[[110.5,37.5],[110.501,37.5],[110.5,37.501],[110.5,37.5]]]}`},
	"buildings": {`{"code":"T-1","name":{"zh":"测试楼"},"lon":110.5,"lat":37.5,"compound":"T-X","valid":{"from":"2025-01-01"}}`,
		`{"units":36,"floors":6,"property":"serviced"}`, `"units":36,"floors":6`},
	"matters": {`{"code":"T-1","name":{"zh":"测试事项"},"admitted":false,"department":{"zh":""},"valid":{"from":"2025-01-01"}}`,
		`{"admitted":true,"kinds":["dedicated"],"department":{"zh":"县局"}}`, `"admitted":true,"kinds":["dedicated"],"department":{"zh":"县局"}`},
	"metrics": {`{"unit":%d,"name":"visits","period":"2025-Q1","value":12}`,
		`{"value":0,"unit_of_measure":"次"}`, `"value":0,"unit_of_measure":"次"`},
	"populations": {`{"unit":%d,"basis":"registered","value":120,"as_of":"2025-06-30"}`,
		`{"value":121}`, `"value":121`},
	"standards": {`{"rule":"STF-3","workers":1,"residents":300,"basis":"registered","tier":3,"valid":{"from":"2025-01-01"}}`,
		`{"workers":2}`, `"workers":2`},
	"waivers": {`{"finding":"00112233aabbccdd","rule":"STF-7","why":"年底前增员","by":"县网格办"}`,
		`{"until":"2025-12-31"}`, `"until":"2025-12-31"`},
	"comments": {`{"ref":"T-1","grid":%d,"text":"界线应沿水渠","author":"测试网格长","kind":"correction","written":"2025-07-01T08:00:00Z","sketch":{"type":"LineString","coordinates":[[110.5,37.5],[110.501,37.5]]}}`,
		`{"resolved":true,"resolved_at":"2025-07-02T08:00:00Z","resolved_by":"规划员","reply":"已改"}`, `"resolved":true,"resolved_at":"2025-07-02T08:00:00Z","resolved_by":"规划员","reply":"已改"`},
	"responsibilities": {`{"unit":%d,"position":"village_cadre","keeper":"测试员","worker":%w,"valid":{"from":"2025-01-01"}}`,
		`{"org":"村委会","valid":{"to":"2026-01-01"}}`, `"org":"村委会","valid":{"from":"2025-01-01","to":"2026-01-01"}`},
	"nets": {`{"code":"T-1","name":{"zh":"拆迁"},"purpose":"task","valid":{"from":"2025-07-01","to":"2025-07-26"}}`,
		`{"name":{"en":"Demolition"}}`, `"name":{"zh":"拆迁","en":"Demolition"}`},
	"net-members": {`{"net":"M-1","grid":%d,"measure":"households","done":3,"total":486,"group":"东片区","updated_on":"2025-07-12"}`,
		`{"done":486}`, `"done":486,"total":486`},
	"schedules": {`{"code":"T-1","every":"monthly","valid":{"from":"2025-01-01"},"question":{"profile":"county-default"}}`,
		`{"every":"weekly","question":{"tiers":["primary"]}}`, `"every":"weekly"`},
	"profiles": {`{"code":"T-1","name":{"zh":"测试标准"},"valid":{"from":"2025-01-01"},"source":"测试文件","rules":{"STF-7":{"max":250,"tiers":["primary"]}}}`,
		`{"rules":{"STF-7":{"max":200},"COV-4":{"off":true}}}`, `"rules":{"COV-4":{"off":true},"STF-7":{"max":200,"tiers":["primary"]}}`},
}

func TestRecords(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	var grids gridPage
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids?tier=primary", s.plan)).wants(200).into(&grids)
	var workers struct{ Workers []struct{ ID int64 } }
	s.get(t, fmt.Sprintf("/v1/workers?territory=%d", s.territory)).wants(200).into(&workers)
	fill := strings.NewReplacer("%d", fmt.Sprint(grids.Grids[0].ID), "%w", fmt.Sprint(workers.Workers[0].ID))
	s.call(t, "POST", fmt.Sprintf("/v1/nets?territory=%d", s.territory), `{"code":"M-1","purpose":"task"}`).wants(http.StatusCreated)
	for path, blank := range blanks {
		t.Run(path, func(t *testing.T) {
			testRecord(t, s, "/v1/"+path, fill.Replace(blank.create), blank.patch, blank.then)
		})
	}
}

// testRecord leads one record through its whole life.
func testRecord(t *testing.T, s *service, path, create, patch, then string) {
	of := fmt.Sprintf("?territory=%d", s.territory)
	made := s.call(t, "POST", path+of, create).wants(http.StatusCreated)
	one := made.header.Get("Location")
	if !strings.HasPrefix(one, path+"/") || made.header.Get("Gridmap-Revision") == "" {
		t.Fatalf("Location %q, header %v", one, made.header)
	}
	s.call(t, "POST", path+of, create).refused(409, "conflict", "")
	read := s.get(t, one).wants(200)
	if string(read.body) != string(made.body) || read.header.Get("ETag") != made.header.Get("ETag") {
		t.Errorf("created %s %s, read %s %s", made.header.Get("ETag"), made.body, read.header.Get("ETag"), read.body)
	}
	s.get(t, one, "If-None-Match", read.header.Get("ETag")).wants(http.StatusNotModified)
	changed := s.call(t, "PATCH", one, patch, "Content-Type", typePatch, "If-Match", read.header.Get("ETag")).wants(200)
	if !strings.Contains(string(changed.body), then) {
		t.Errorf("after %s: %s, want %s", patch, changed.body, then)
	}
	if changed.header.Get("ETag") == read.header.Get("ETag") {
		t.Error("the ETag did not change with the record")
	}
	s.call(t, "PATCH", one, patch).wants(200) // what already holds
	s.call(t, "PATCH", one, patch, "If-Match", read.header.Get("ETag")).refused(412, "stale", "If-Match")
	s.call(t, "PATCH", one, `{"id":987654321}`).refused(400, "invalid-request", "id")
	s.call(t, "PATCH", one, `{"nothing":1}`).refused(400, "invalid-request", "nothing")
	s.call(t, "DELETE", one, "", "If-Match", read.header.Get("ETag")).refused(412, "stale", "If-Match")
	gone := s.call(t, "DELETE", one+of, "", "Idempotency-Key", "gone-"+one).wants(http.StatusNoContent)
	again := s.call(t, "DELETE", one+of, "", "Idempotency-Key", "gone-"+one).wants(http.StatusNoContent)
	if gone.header.Get("Gridmap-Revision") != again.header.Get("Gridmap-Revision") {
		t.Error("a repeated delete made a revision of its own")
	}
	s.get(t, one).refused(404, "not-found", "")
	s.call(t, "DELETE", one, "").refused(404, "not-found", "")
}

func TestWritesAreSeenAndRepeatable(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	of := fmt.Sprintf("?territory=%d", s.territory)
	body := `{"number":"R-1","name":"甲","employment":"full_time"}`
	first := s.call(t, "POST", "/v1/workers"+of, body, "Idempotency-Key", "k1").wants(201)
	second := s.call(t, "POST", "/v1/workers"+of, body, "Idempotency-Key", "k1").wants(201)
	if string(first.body) != string(second.body) || first.header.Get("Gridmap-Revision") != second.header.Get("Gridmap-Revision") {
		t.Errorf("the repeat answered %s, want %s", second.body, first.body)
	}
	s.call(t, "POST", "/v1/workers"+of, `{"number":"R-2","name":"乙","employment":"full_time"}`, "Idempotency-Key", "k1").refused(409, "conflict", "")
	s.call(t, "POST", "/v1/workers"+of, body, "Idempotency-Key", "k\u00e9").refused(400, "invalid-request", "Idempotency-Key")

	t.Run("who asks with the returned revision sees the write", func(t *testing.T) {
		var grids gridPage
		s.get(t, fmt.Sprintf("/v1/plans/%d/grids?tier=primary", s.plan)).wants(200).into(&grids)
		grid := grids.Grids[2]
		path := fmt.Sprintf("/v1/plans/%d/grids/%d?geometry=none", s.plan, grid.ID)
		before := s.get(t, path).wants(200)
		post := fmt.Sprintf(`{"worker_number":"R-1","grid_code":%q,"role":"grid_worker","primary":true,"share_permille":1000,"valid":{}}`, grid.Code)
		made := s.call(t, "POST", "/v1/assignments"+of, post).wants(201)
		after := s.get(t, path+"&min_revision="+made.header.Get("Gridmap-Revision"), "If-None-Match", before.header.Get("ETag")).wants(200)
		var was, is placeView
		before.into(&was)
		after.into(&is)
		if is.Counts.Workers != was.Counts.Workers+1 || len(is.Workers) != len(was.Workers)+1 {
			t.Errorf("%d workers became %d", was.Counts.Workers, is.Counts.Workers)
		}
	})
	t.Run("one of many at a time creates it", func(t *testing.T) {
		var all sync.WaitGroup
		var mu sync.Mutex
		revisions := map[string]int{}
		for range 8 {
			all.Go(func() {
				a := s.call(t, "POST", "/v1/workers"+of, `{"number":"R-9","name":"丙","employment":"volunteer"}`, "Idempotency-Key", "k9").wants(201)
				mu.Lock()
				defer mu.Unlock()
				revisions[a.header.Get("Gridmap-Revision")]++
			})
		}
		all.Wait()
		if len(revisions) != 1 {
			t.Errorf("revisions %v, want one for all", revisions)
		}
	})
}

func TestBulk(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	of := fmt.Sprintf("?territory=%d", s.territory)
	workers := "/v1/workers/bulk" + of
	var got bulkAnswer
	s.call(t, "POST", workers, "\xef\xbb\xbfnumber,name,employment,active_from,active.to\nB-1,甲,full_time,2025-01-01,\nB-2,乙,part_time,,2030-01-01\n",
		"Content-Type", "text/csv").wants(200).into(&got)
	if got.Created != 2 || got.Updated != 0 || got.Records != 2 {
		t.Fatalf("got %+v", got)
	}
	lines := `{"number":"B-1","name":"甲","employment":"full_time","active":{"from":"2025-01-01"}}` + "\n\n" +
		`{"number":"B-2","name":"乙二","employment":"part_time","active":{"to":"2030-01-01"}}` + "\n" +
		`{"number":"B-3","name":"丙","employment":"volunteer"}` + "\n"
	s.call(t, "POST", workers, lines, "Content-Type", "application/x-ndjson").wants(200).into(&got)
	if got.Created != 1 || got.Updated != 1 || got.Unchanged != 1 {
		t.Errorf("got %+v, want one created, one updated, one unchanged", got)
	}
	revision := got.Revision
	s.call(t, "POST", workers, lines, "Content-Type", "application/x-ndjson").wants(200).into(&got)
	if got.Unchanged != 3 || got.Revision != revision {
		t.Errorf("the same again: %+v, want nothing changed at revision %d", got, revision)
	}

	t.Run("one bad line refuses all and is named", func(t *testing.T) {
		for _, tt := range []struct{ name, media, body string }{
			{"a line of NDJSON", "application/x-ndjson", "{\"number\":\"C-1\",\"name\":\"甲\",\"employment\":\"full_time\"}\n\n{\"number\":\"C-2\",\"name\":\"\"}\n"},
			{"an element", "application/json", `[{"number":"C-1","name":"甲","employment":"full_time"},{"number":"C-3","name":"乙","employment":"full_time"},{"number":"C-2","employment":"often"}]`},
			{"a row of CSV", "text/csv", "number,name,employment\nC-1,甲,full_time\nC-2,乙,often\n"},
		} {
			a := s.call(t, "POST", workers, tt.body, "Content-Type", tt.media)
			a.refused(422, "invalid-record", "")
			var p Problem
			a.into(&p)
			if p.Line != 3 {
				t.Errorf("%s: line %d, want 3: %s", tt.name, p.Line, a.body)
			}
		}
		var list struct{ Workers []any }
		s.get(t, "/v1/workers"+of+"&number=C-1").wants(200).into(&list)
		if len(list.Workers) != 0 {
			t.Error("a refused bulk wrote something")
		}
	})
	t.Run("what the store refuses is named by line as well", func(t *testing.T) {
		a := s.call(t, "POST", "/v1/assignments/bulk"+of, "worker_number,grid,role\nB-1,999999999,leader\n", "Content-Type", "text/csv")
		a.refused(422, "invalid-record", "grid")
	})
	t.Run("households come with their datum", func(t *testing.T) {
		s.call(t, "POST", "/v1/households/bulk"+of, "ref,lon,lat,crs,resident,registered,occupied\nH-1,110.5,37.5,gcj02,2,2,是\nH-2,,,,1,1,否\n", "Content-Type", "text/csv").wants(200)
		var list struct {
			Households []struct {
				Lon    *float64
				Source string `json:"source_crs"`
			}
		}
		s.get(t, "/v1/households"+of+"&number=H-1").wants(200).into(&list)
		if h := list.Households; len(h) != 1 || *h[0].Lon > 110.499 || h[0].Source != "gcj02" {
			t.Errorf("household %+v", h)
		}
	})
	t.Run("too many", func(t *testing.T) {
		s.limits.BulkRecords = 2
		s.call(t, "POST", workers, lines, "Content-Type", "application/x-ndjson").refused(400, "invalid-request", "body")
	})
}

func TestRecordPages(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	seen := map[int64]bool{}
	next := fmt.Sprintf("/v1/households?territory=%d&limit=25", s.territory)
	pages := 0
	for ; next != "" && pages < 10; pages++ {
		var page struct {
			Households []struct{ ID int64 }
			Next       string
		}
		s.get(t, next).wants(200).into(&page)
		for _, h := range page.Households {
			if seen[h.ID] {
				t.Errorf("household %d stands on two pages", h.ID)
			}
			seen[h.ID] = true
		}
		next = page.Next
	}
	if len(seen) != 60 || pages != 3 {
		t.Errorf("%d households on %d pages, want 60 on 3", len(seen), pages)
	}
}
