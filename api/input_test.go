package api

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// Everything a stranger may get wrong is refused with its name: nothing is a
// 500 and nothing is written.
func TestBadInput(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", func(c *Config) { c.Limits.Body = 64 << 10; c.Limits.BulkBody = 256 << 10; c.Limits.BatchPoints = 50 })
	before := s.get(t, fmt.Sprintf("/v1/workers?territory=%d", s.territory)).wants(200).header.Get("Gridmap-Revision")
	for _, tt := range badInput {
		t.Run(tt.name, func(t *testing.T) {
			path := strings.NewReplacer("{t}", fmt.Sprint(s.territory), "{p}", fmt.Sprint(s.plan)).Replace(tt.path)
			method := tt.method
			if method == "" {
				method = "GET"
				if tt.body != "" {
					method = "POST"
				}
			}
			s.call(t, method, path, tt.body, tt.headers...).refused(tt.status, tt.kind, tt.field)
		})
	}
	after := s.get(t, fmt.Sprintf("/v1/workers?territory=%d", s.territory)).wants(200).header.Get("Gridmap-Revision")
	if before != after {
		t.Errorf("revision %s became %s: something was written", before, after)
	}
	if strings.Contains(s.log.String(), "level=ERROR") {
		t.Errorf("logged as the server's fault: %.2000s", s.log)
	}
}

const (
	workersPath    = "/v1/workers?territory={t}"
	householdsPath = "/v1/households?territory={t}"
	bulkPath       = "/v1/workers/bulk?territory={t}"
)

// huge is one text larger than the test's limit of a body.
var huge = `{"name":"` + strings.Repeat("a", 80<<10) + `"}`

var badInput = []struct {
	name, method, path, body string
	headers                  []string
	status                   int
	kind, field              string
}{
	{name: "an unknown parameter", path: "/v1/locate?lon=1&lat=1&colour=red", status: 400, kind: "invalid-request", field: "colour"},
	{name: "a parameter twice", path: "/v1/locate?lon=1&lon=2&lat=1", status: 400, kind: "invalid-request", field: "lon"},
	{name: "no longitude", path: "/v1/locate?lat=1", status: 400, kind: "invalid-request", field: "lon"},
	{name: "no latitude", path: "/v1/locate?lon=1", status: 400, kind: "invalid-request", field: "lat"},
	{name: "NaN", path: "/v1/locate?lon=NaN&lat=1", status: 400, kind: "invalid-request", field: "lon"},
	{name: "infinity", path: "/v1/locate?lon=1&lat=-Inf", status: 400, kind: "invalid-request", field: "lat"},
	{name: "a number beyond float64", path: "/v1/locate?lon=1e400&lat=1", status: 400, kind: "invalid-request", field: "lon"},
	{name: "a hexadecimal number", path: "/v1/locate?lon=0x10&lat=1", status: 400, kind: "invalid-request", field: "lon"},
	{name: "a longitude off the globe", path: "/v1/locate?lon=180.1&lat=1", status: 400, kind: "invalid-request", field: "lon"},
	{name: "a latitude off the globe", path: "/v1/locate?lon=1&lat=90.1", status: 400, kind: "invalid-request", field: "lat"},
	{name: "an unknown datum", path: "/v1/locate?lon=1&lat=1&crs=EPSG:9999", status: 400, kind: "invalid-request", field: "crs"},
	{name: "a day that does not exist", path: "/v1/locate?lon=1&lat=1&as_of=2025-02-30", status: 400, kind: "invalid-request", field: "as_of"},
	{name: "a territory that is no number", path: "/v1/locate?lon=1&lat=1&territory=abc", status: 400, kind: "invalid-request", field: "territory"},
	{name: "a territory beyond int64", path: "/v1/workers?territory=99999999999999999999", status: 400, kind: "invalid-request", field: "territory"},
	{name: "a territory that is not there", path: "/v1/workers?territory=99", status: 404, kind: "not-found"},
	{name: "records without a territory", path: "/v1/workers", status: 400, kind: "invalid-request", field: "territory"},
	{name: "a page of nothing", path: workersPath + "&limit=0", status: 400, kind: "invalid-request", field: "limit"},
	{name: "a page of everything", path: workersPath + "&limit=100000", status: 400, kind: "invalid-request", field: "limit"},
	{name: "a cursor that is none", path: workersPath + "&cursor=x", status: 400, kind: "invalid-request", field: "cursor"},
	{name: "a negative revision", path: workersPath + "&min_revision=-1", status: 400, kind: "invalid-request", field: "min_revision"},
	{name: "a query that is not UTF-8", path: "/v1/plans/{p}/grids?q=%ff%fe", status: 400, kind: "invalid-request", field: "q"},
	{name: "a zero byte in the query", path: workersPath + "&number=a%00b", status: 400, kind: "invalid-request", field: "number"},
	{name: "a query that cannot be read", path: "/v1/plans/{p}/grids?q=%zz", status: 400, kind: "invalid-request", field: "query"},
	{name: "a query without end", path: "/v1/plans/{p}/grids?q=" + strings.Repeat("a", 9000), status: 400, kind: "invalid-request", field: "query"},
	{name: "a box of three sides", path: "/v1/plans/{p}/grids?bbox=1,2,3", status: 400, kind: "invalid-request", field: "bbox"},
	{name: "a box inside out", path: "/v1/plans/{p}/grids?bbox=3,3,1,1", status: 400, kind: "invalid-request", field: "bbox"},
	{name: "a box off the globe", path: "/v1/plans/{p}/grids?bbox=-999,0,1,1", status: 400, kind: "invalid-request", field: "bbox"},
	{name: "a kind that is none", path: "/v1/plans/{p}/grids?kind=odd", status: 400, kind: "invalid-request", field: "kind"},
	{name: "a format that is none", path: "/v1/plans/{p}/check?f=pdf", status: 400, kind: "invalid-request", field: "f"},
	{name: "an Accept nobody can serve", path: "/v1/plans/{p}/check", headers: []string{"Accept", "application/pdf"}, status: 406, kind: "not-acceptable"},
	{name: "an identity beyond int64", path: "/v1/plans/9999999999999999999", status: 404, kind: "no-such-path"},
	{name: "an identity of zero", path: "/v1/workers/0", status: 404, kind: "not-found"},
	{name: "a name in the path that is not UTF-8", path: "/v1/public/grids/%ff", status: 400, kind: "invalid-request", field: "code"},
	{name: "a zero byte in the path", path: "/v1/runs/a%00/again", status: 400, kind: "invalid-request", field: "run"},
	{name: "a parameter of a call that has none", path: "/v1/basemaps?x=1", status: 400, kind: "invalid-request", field: "x"},
	{name: "a path that climbs", path: "/v1/plans/../plans/{p}", status: 404, kind: "no-such-path"},

	{name: "no body", method: "POST", path: workersPath, status: 400, kind: "invalid-request", field: "body"},
	{name: "a body of blanks", path: workersPath, body: "  \n", status: 400, kind: "invalid-request", field: "body"},
	{name: "an array for an object", path: workersPath, body: "[]", status: 400, kind: "invalid-request", field: "body"},
	{name: "null for an object", path: workersPath, body: "null", status: 400, kind: "invalid-request", field: "body"},
	{name: "broken JSON", path: workersPath, body: `{"name":`, status: 400, kind: "invalid-request", field: "body"},
	{name: "two objects", path: workersPath, body: `{"number":"X"}{}`, status: 400, kind: "invalid-request", field: "body"},
	{name: "an unknown member", path: workersPath, body: `{"number":"X","shoe_size":44}`, status: 400, kind: "invalid-request", field: "shoe_size"},
	{name: "a number for text", path: workersPath, body: `{"number":44}`, status: 400, kind: "invalid-request", field: "number"},
	{name: "an inner member of the wrong type", path: workersPath, body: `{"number":"X","active":{"from":7}}`, status: 400, kind: "invalid-request", field: "active.from"},
	{name: "a day that is none", path: workersPath, body: `{"number":"X","trained_on":"yesterday"}`, status: 400, kind: "invalid-request", field: "trained_on"},
	{name: "invalid UTF-8", path: workersPath, body: "{\"number\":\"\xff\"}", status: 400, kind: "invalid-request", field: "body"},
	{name: "a zero byte", path: workersPath, body: `{"number":"X\u0000","name":"a","employment":"full_time"}`, status: 422, kind: "invalid-record", field: "number"},
	{name: "an employment that is none", path: workersPath, body: `{"number":"X","name":"a","employment":"slave"}`, status: 422, kind: "invalid-record", field: "employment"},
	{name: "a period that ends first", path: workersPath, body: `{"number":"X","name":"a","employment":"full_time","active":{"from":"2025-02-01","to":"2025-01-01"}}`, status: 422, kind: "invalid-record", field: "active"},
	{name: "an id of one's own", path: workersPath, body: `{"id":5,"number":"X","name":"a","employment":"full_time"}`, status: 400, kind: "invalid-request", field: "id"},
	{name: "deep nesting", path: workersPath, body: `{"number":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, status: 400, kind: "invalid-request"},
	{name: "a body too large", path: workersPath, body: huge, status: 413, kind: "too-large", field: "body"},
	{name: "a bulk too large", path: bulkPath, body: "[" + strings.Repeat(huge+",", 5) + "{}]", status: 413, kind: "too-large", field: "body"},
	{name: "no Content-Type", path: workersPath, body: "{}", headers: []string{"Content-Type", ""}, status: 415, kind: "media-type", field: "Content-Type"},
	{name: "a form", path: workersPath, body: "a=b", headers: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415, kind: "media-type", field: "Content-Type"},
	{name: "plain text, which a foreign page may send", path: "/v1/checks", body: "{}", headers: []string{"Content-Type", "text/plain"}, status: 415, kind: "media-type"},
	{name: "another character set", path: workersPath, body: "{}", headers: []string{"Content-Type", "application/json; charset=gbk"}, status: 415, kind: "media-type"},
	{name: "an encoding nobody reads", path: workersPath, body: "{}", headers: []string{"Content-Encoding", "br"}, status: 415, kind: "media-type"},
	{name: "gzip that is none", path: workersPath, body: "{}", headers: []string{"Content-Encoding", "gzip"}, status: 400, kind: "invalid-request", field: "body"},
	{name: "a bomb", path: workersPath, body: bomb(), headers: []string{"Content-Encoding", "gzip"}, status: 413, kind: "too-large", field: "body"},
	{name: "an If-Match that is none", method: "DELETE", path: "/v1/workers/1", headers: []string{"If-Match", "abc"}, status: 400, kind: "invalid-request", field: "If-Match"},
	{name: "a page from elsewhere", path: workersPath, body: "{}", headers: []string{"Sec-Fetch-Site", "cross-site"}, status: 403, kind: "forbidden"},

	{name: "a population without its number", path: "/v1/populations?territory={t}", body: `{"unit":1,"basis":"resident","as_of":"2025-01-01"}`, status: 400, kind: "invalid-request", field: "value"},
	{name: "minus one persons", path: householdsPath, body: `{"ref":"X","resident":-1}`, status: 422, kind: "invalid-record", field: "resident"},
	{name: "an absurd number of persons", path: householdsPath, body: `{"ref":"X","resident":2000000000}`, status: 422, kind: "invalid-record", field: "resident"},
	{name: "more persons than int32", path: householdsPath, body: `{"ref":"X","resident":99999999999}`, status: 400, kind: "invalid-request", field: "resident"},
	{name: "half a person", path: householdsPath, body: `{"ref":"X","resident":1.5}`, status: 400, kind: "invalid-request", field: "resident"},
	{name: "half a place", path: householdsPath, body: `{"ref":"X","lon":110.5}`, status: 400, kind: "invalid-request", field: "lat"},
	{name: "a place off the globe", path: householdsPath, body: `{"ref":"X","lon":110.5,"lat":337.5}`, status: 400, kind: "invalid-request", field: "lat"},
	{name: "NaN in JSON", path: householdsPath, body: `{"ref":"X","lon":NaN,"lat":1}`, status: 400, kind: "invalid-request", field: "body"},
	{name: "a number beyond float64 in JSON", path: householdsPath, body: `{"ref":"X","lon":1e999,"lat":1}`, status: 400, kind: "invalid-request", field: "lon"},
	{name: "an unknown datum in JSON", path: householdsPath, body: `{"ref":"X","lon":1,"lat":1,"crs":"moon"}`, status: 400, kind: "invalid-request", field: "crs"},
	{name: "a grid code that is none", path: householdsPath, body: `{"ref":"X","stated_code":"abc"}`, status: 422, kind: "invalid-record", field: "stated_code"},
	{name: "a grid that is none", path: "/v1/assignments?territory={t}", body: `{"worker":1,"grid":99999999,"role":"leader","valid":{}}`, status: 422, kind: "invalid-record", field: "grid"},
	{name: "a role that is none", path: "/v1/assignments?territory={t}", body: `{"worker":1,"grid":1,"role":"king","valid":{}}`, status: 422, kind: "invalid-record", field: "role"},
	{name: "a worker number that is none", path: "/v1/assignments?territory={t}", body: `{"worker_number":"nobody","grid":1,"role":"leader"}`, status: 422, kind: "invalid-record", field: "worker_number"},
	{name: "more than a whole post", path: "/v1/assignments?territory={t}", body: `{"worker":1,"grid":1,"role":"leader","share_permille":1001}`, status: 422, kind: "invalid-record", field: "share_permille"},
	{name: "a norm for nobody", path: "/v1/standards?territory={t}", body: `{"rule":"STF-3","workers":1,"residents":0,"basis":"resident","tier":3}`, status: 422, kind: "invalid-record", field: "residents"},
	{name: "a tier that is none", path: "/v1/standards?territory={t}", body: `{"rule":"STF-3","workers":1,"residents":1,"basis":"resident","tier":300}`, status: 422, kind: "invalid-record", field: "tier"},
	{name: "a facility without a place", path: "/v1/facilities?territory={t}", body: `{"type":"a","name":{"zh":"b"}}`, status: 400, kind: "invalid-request", field: "lon"},
	{name: "a negative population", path: "/v1/populations?territory={t}", body: `{"unit":1,"basis":"resident","value":-5,"as_of":"2025-01-01"}`, status: 422, kind: "invalid-record", field: "value"},

	{name: "a bulk of nothing", path: bulkPath, body: "[]", status: 400, kind: "invalid-request", field: "body"},
	{name: "a bulk that is no array", path: bulkPath, body: "{}", status: 400, kind: "invalid-request", field: "body"},
	{name: "a bulk that breaks off", path: bulkPath, body: `[{"number":"X","name":"a","employment":"full_time"}`, status: 400, kind: "invalid-request", field: "body"},
	{name: "a bulk that goes on", path: bulkPath, body: `[{"number":"X","name":"a","employment":"full_time"}] x`, status: 400, kind: "invalid-request", field: "body"},
	{name: "CSV with an unknown column", path: bulkPath, body: "number,shoe\n1,2\n", headers: []string{"Content-Type", "text/csv"}, status: 400, kind: "invalid-request", field: "shoe"},
	{name: "CSV with a short row", path: bulkPath, body: "number,name\n1\n", headers: []string{"Content-Type", "text/csv"}, status: 400, kind: "invalid-request", field: "body"},
	{name: "CSV with a stray quote", path: bulkPath, body: "number,name\n1,a\"b\n", headers: []string{"Content-Type", "text/csv"}, status: 400, kind: "invalid-request", field: "body"},
	{name: "CSV that is not UTF-8", path: bulkPath, body: "number,name\n1,\xc4\xe3\n", headers: []string{"Content-Type", "text/csv"}, status: 400, kind: "invalid-request", field: "body"},
	{name: "a line without end", path: bulkPath, body: strings.Repeat("1", 200<<10), headers: []string{"Content-Type", "application/x-ndjson"}, status: 400, kind: "invalid-request"},

	{name: "a batch of text", path: "/v1/locate", body: `["here"]`, status: 400, kind: "invalid-request", field: "body"},
	{name: "a batch with a bad point", path: "/v1/locate", body: `[[1,1],{"lon":1,"lat":"x"}]`, status: 400, kind: "invalid-request", field: "lat"},
	{name: "a batch with a place of three numbers", path: "/v1/locate", body: `[[1,1,1]]`, status: 400, kind: "invalid-request", field: "body"},
	{name: "a batch point named by an object", path: "/v1/locate", body: `[{"lon":1,"lat":1,"id":{}}]`, status: 400, kind: "invalid-request", field: "id"},
	{name: "a batch of too many", path: "/v1/locate", body: "[" + strings.Repeat("[1,1],", 50) + "[1,1]]", status: 400, kind: "invalid-request", field: "body"},
	{name: "a batch without lat", path: "/v1/locate", body: "lon,x2\n1,1\n", headers: []string{"Content-Type", "text/csv"}, status: 400, kind: "invalid-request", field: "lat"},
	{name: "a batch with NaN", path: "/v1/locate", body: "lon,lat\n1,NaN\n", headers: []string{"Content-Type", "text/csv"}, status: 400, kind: "invalid-request", field: "lat"},
	{name: "a question with an unknown member", path: "/v1/checks", body: `{"colour":"red"}`, status: 400, kind: "invalid-request", field: "colour"},
	{name: "a question with an infinite tolerance", path: "/v1/checks", body: `{"rules":{"GEO-3":{"area_m2":1e999}}}`, status: 400, kind: "invalid-request"},
}

// bomb is a megabyte in a kilobyte.
func bomb() string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(bytes.Repeat([]byte(" "), 1<<20)); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.String()
}

func TestMethods(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	wrong := s.call(t, "PUT", "/v1/territories", "{}")
	wrong.refused(405, "method", "")
	if got := wrong.header.Get("Allow"); got != "GET, HEAD, OPTIONS" {
		t.Errorf("Allow %q", got)
	}
	if got := s.call(t, "OPTIONS", "/v1/locate", "").wants(204).header.Get("Allow"); got != "GET, HEAD, OPTIONS, POST" {
		t.Errorf("OPTIONS says %q", got)
	}
	head := s.call(t, "HEAD", "/v1/territories", "").wants(200)
	if len(head.body) != 0 || head.header.Get("Content-Length") == "" {
		t.Errorf("HEAD gave %d bytes, header %v", len(head.body), head.header)
	}
	s.call(t, "GET", "/v1/checks", "").refused(405, "method", "")
	s.call(t, "DELETE", "/", "").refused(405, "method", "")
}

func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	s.get(t, "/readyz").wants(200)
	s.get(t, "/healthz").wants(200)
	closed := serve(t, "mini", nil)
	closed.Server.store = closed.Server.store.With(shortest)
	closed.get(t, "/readyz").refused(503, "unavailable", "")
	closed.get(t, fmt.Sprintf("/v1/workers?territory=%d", closed.territory)).refused(503, "unavailable", "")
	closed.get(t, fmt.Sprintf("/v1/plans/%d", closed.plan)).wants(200) // from memory
	closed.get(t, "/healthz").wants(200)
}

func TestPanicIsAProblem(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	handler := s.serve(route{path: "/boom", right: Open, handle: func(*Server, http.ResponseWriter, *http.Request) error { panic("boom") }})
	listening := newListener(t, handler)
	response, err := http.Get(listening + "/boom")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != 500 || !strings.Contains(s.log.String(), "boom") {
		t.Errorf("status %d, log %s", response.StatusCode, s.log)
	}
}

func TestSlowRequestMeetsItsDeadline(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", func(c *Config) { c.Limits.Deadline = 50 * time.Millisecond })
	handler := s.serve(route{path: "/slow", right: Open, handle: func(_ *Server, _ http.ResponseWriter, r *http.Request) error {
		<-r.Context().Done()
		return r.Context().Err()
	}})
	response, err := http.Get(newListener(t, handler) + "/slow")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != 503 || response.Header.Get("Retry-After") == "" {
		t.Errorf("status %d, header %v", response.StatusCode, response.Header)
	}
}
