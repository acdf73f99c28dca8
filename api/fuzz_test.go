package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/datum"
	"gridmap/geo/exchange"
	"gridmap/geo/topo"
)

// nowhere finds no code, as in a territory without a plan in force.
func nowhere() *codes {
	return newServer(Config{Live: new(atlas.Live)}).codes(httptest.NewRequest("POST", "/", nil), 1)
}

// clientsFault fails the test when a refusal would be answered as the
// server's fault.
func clientsFault(t *testing.T, err error) {
	t.Helper()
	if p := problem(err); p.Status >= 500 || p.Status < 400 {
		t.Errorf("refused with status %d: %v", p.Status, err)
	}
}

// Any body of any kind is a record that reads back from what shows it, or is
// refused as the client's fault.
func FuzzDecodeRecord(f *testing.F) {
	for i, k := range recordKinds {
		f.Add(i, []byte(blanks[k.path].create))
	}
	f.Add(1, []byte(`{"ref":"x","lon":1,"lat":2,"crs":"bd09","resident":1e3}`))
	f.Add(3, []byte(`{"type":"a","name":{"zh":"b"},"lon":-180,"lat":90}`))
	f.Add(2, []byte(`{"worker_number":"1","grid_code":"2"}`))
	codes := nowhere()
	f.Fuzz(func(t *testing.T, kind int, body []byte) {
		k := recordKinds[uint(kind)%uint(len(recordKinds))]
		record, err := k.decode(body, codes)
		if err != nil {
			clientsFault(t, err)
			return
		}
		shown, err := json.Marshal(k.show(record))
		if err != nil {
			t.Fatal(err)
		}
		again, err := k.decode(shown, codes)
		if err != nil {
			t.Fatalf("%s cannot be read: %v", shown, err)
		}
		if twice, err := json.Marshal(k.show(again)); err != nil || !bytes.Equal(shown, twice) {
			t.Errorf("%s came back as %s", shown, twice)
		}
	})
}

// Any patch of a record gives a record, or is refused; what is refused leaves
// the record as it was.
func FuzzMergePatch(f *testing.F) {
	for _, k := range recordKinds {
		f.Add([]byte(blanks[k.path].patch))
	}
	f.Add([]byte(`{"active":{"from":null}}`))
	f.Add([]byte(`{"name":{"zh":1}}`))
	codes := nowhere()
	f.Fuzz(func(t *testing.T, patch []byte) {
		for _, k := range []recordKind{recordKinds[0], recordKinds[3]} {
			record := geo.Record(&geo.Worker{Number: "1", Name: "甲", Employment: geo.FullTime})
			if k.entity == geo.FacilityEntity {
				record = &geo.Facility{Type: "a", Name: geo.Name{ZH: "b"}, At: topo.Point{X: 1, Y: 2}}
			}
			before, err := json.Marshal(k.show(record))
			if err != nil {
				t.Fatal(err)
			}
			if err := k.merge(record, patch, codes); err != nil {
				clientsFault(t, err)
				if after, err := json.Marshal(k.show(record)); err != nil || !bytes.Equal(before, after) {
					t.Errorf("refused, yet %s became %s", before, after)
				}
			}
		}
	})
}

// Any bulk body is records, each with its line, or is refused.
func FuzzDecodeBulk(f *testing.F) {
	f.Add(0, []byte(`[{"number":"1","name":"a","employment":"full_time"}]`))
	f.Add(1, []byte("{\"number\":\"1\",\"name\":\"a\",\"employment\":\"full_time\"}\n\n"))
	f.Add(2, []byte("\xef\xbb\xbfnumber,name,employment,active.from\n1,\"a\"\"b\",full_time,2025-01-01\n"))
	f.Add(2, []byte("number,number\n1,2\n"))
	codes := nowhere()
	f.Fuzz(func(t *testing.T, form int, body []byte) {
		media := []string{typeJSON, typeNDJSON, typeCSV}[uint(form)%3]
		for _, k := range []recordKind{recordKinds[0], recordKinds[1], recordKinds[3]} {
			actions, lines, err := k.readBulk(bytes.NewReader(body), media, codes, 100)
			if err != nil {
				clientsFault(t, err)
				continue
			}
			if len(actions) == 0 || len(actions) != len(lines) || len(actions) > 100 {
				t.Errorf("%d records, %d lines", len(actions), len(lines))
			}
		}
	})
}

// Any batch is points on the globe, or is refused; ids come back as JSON.
func FuzzDecodeBatch(f *testing.F) {
	f.Add(0, uint8(0), []byte(`[[110.5,37.5],{"lon":1,"lat":2,"id":"a"},{"lat":2,"lon":1,"id":7}]`))
	f.Add(1, uint8(1), []byte("{\"lon\":110.5,\"lat\":37.5}\n[1,2]\n"))
	f.Add(2, uint8(2), []byte("id,lon,lat\n\"a\nb\",110.5,37.5\n"))
	f.Fuzz(func(t *testing.T, form int, crs uint8, body []byte) {
		media := []string{typeJSON, typeNDJSON, typeCSV}[uint(form)%3]
		points, err := readBatch(bytes.NewReader(body), media, datum.CRS(crs%3), 100)
		if err != nil {
			clientsFault(t, err)
			return
		}
		b := batch{points: points}
		for i, p := range points {
			line, err := b.appendAnswer(nil, i+1, p)
			if err != nil || !json.Valid(line) {
				t.Errorf("answer %s, error %v", line, err)
			}
			if lon, lat := p.at.LonLat(); lon < -180 || lon > 180 || lat < -90 || lat > 90 {
				t.Errorf("a point at %v, %v", lon, lat)
			}
			row, err := b.appendRow(nil, exchange.NewCSVCells(), p)
			cells, bad := csv.NewReader(bytes.NewReader(row)).Read()
			if err != nil || bad != nil || len(cells) != len(batchColumns) {
				t.Errorf("row %q, errors %v, %v", row, err, bad)
			}
		}
	})
}

// The fast reader of points takes nothing that the careful one refuses, and
// reads the same.
func FuzzPlainPoint(f *testing.F) {
	f.Add([]byte(`{"lon":110.5,"lat":-37.5,"id":"家"}`))
	f.Add([]byte(`{ "id" : 7 , "lat":0.5,"lon":00 } `))
	f.Add([]byte(`{"lon":1.,"lat":2}`))
	f.Add([]byte(`{"lon":1e5,"lat":2}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		lon, lat, id, ok := plainPoint(raw)
		if !ok {
			return
		}
		lon2, lat2, id2, err := anyPoint(raw)
		if err != nil || lon != lon2 || lat != lat2 || id != id2 {
			t.Errorf("%s: %v, %v, %s against %v, %v, %s, %v", raw, lon, lat, id, lon2, lat2, id2, err)
		}
	})
}

// Any question writes back as itself, or is refused.
func FuzzDecodeQuestion(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"scope":{"divisions":["1"]},"plan":null,"as_of":"2025-06-30","rules":{"STF-3":{"per":10000,"min":18}},"include":{"geometry":"full"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var q, again check.Question
		if err := decodeJSON(body, &q); err != nil {
			clientsFault(t, err)
			return
		}
		written, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		if err := decodeJSON(written, &again); err != nil {
			t.Fatalf("%s cannot be read: %v", written, err)
		}
		if twice, err := json.Marshal(again); err != nil || !bytes.Equal(written, twice) {
			t.Errorf("%s came back as %s", written, twice)
		}
	})
}

// Any query is read or refused by every reader of queries.
func FuzzDecodeQuery(f *testing.F) {
	f.Add("bbox=1,2,3,4&kind=general&limit=10&cursor=5")
	f.Add("as_of=2025-02-29&lon=1e5&min_revision=3")
	f.Add("q=%ff&q=%zz;")
	f.Fuzz(func(t *testing.T, query string) {
		r := &http.Request{Method: "GET", URL: &url.URL{Path: "/", RawQuery: query}, Header: http.Header{}}
		if err := checkQuery(r, append([]string{"lon", "territory", "grid", "worker", "number"}, gridQuery...)); err != nil {
			clientsFault(t, err)
			return
		}
		s := newServer(Config{Live: new(atlas.Live)})
		q := r.URL.Query()
		_, filterErr := readGridFilter(q)
		_, pageErr := s.recordPage(q)
		_, dayErr := s.asOf(r)
		_, _, numberErr := floatQuery(q, "lon")
		_, scopeErr := s.addressed(r)
		_, formErr := negotiate(httptest.NewRecorder(), r, formatJSON, formatGeoJSON)
		for _, err := range []error{filterErr, pageErr, dayErr, numberErr, scopeErr, formErr} {
			if err != nil {
				clientsFault(t, err)
			}
		}
	})
}

// Any header is understood or refused.
func FuzzDecodeHeaders(f *testing.F) {
	f.Add("text/html", `"0412"`, `*`, "text/csv", "")
	f.Add("text/csv;q=0.5, */*;q=0.1", `"412"`, `W/"412-20250101"`, "application/json; charset=utf-8", "gzip;q=0, br")
	f.Fuzz(func(t *testing.T, accept, match, noneMatch, contentType, encoding string) {
		r := &http.Request{Method: "POST", URL: &url.URL{Path: "/"}, ContentLength: 5, Header: http.Header{"Accept": {accept}, "If-Match": {match},
			"If-None-Match": {noneMatch}, "Content-Type": {contentType}, "Accept-Encoding": {encoding}, "Last-Event-Id": {match}}}
		if _, err := negotiate(httptest.NewRecorder(), r, checkFormats...); err != nil {
			clientsFault(t, err)
		}
		if base, err := baseRevision(r); err != nil {
			clientsFault(t, err)
		} else if base != 0 && etag(base) != strings.TrimSpace(match) {
			t.Errorf("If-Match %q was taken as %d", match, base)
		}
		if _, err := mediaType(r, []string{typeJSON, typeCSV}); err != nil {
			clientsFault(t, err)
		}
		if _, err := lastEvent(r); err != nil {
			clientsFault(t, err)
		}
		acceptsGzip(r)
		matches(noneMatch, `"1"`)
	})
}

// Taking out white space changes nothing of what JSON says.
func FuzzUnspaced(f *testing.F) {
	f.Add([]byte("[ \n {\"a \\\"  b\" :  1 } , \t 2]"))
	f.Fuzz(func(t *testing.T, body []byte) {
		short, err := io.ReadAll(iotest.OneByteReader(&unspaced{from: bytes.NewReader(body)}))
		if err != nil {
			t.Fatal(err)
		}
		if json.Valid(body) != json.Valid(short) {
			t.Fatalf("%q became %q", body, short)
		}
		var want, got bytes.Buffer
		if json.Compact(&want, body) == nil && (json.Compact(&got, short) != nil || want.String() != got.String()) {
			t.Errorf("%q became %q", body, short)
		}
	})
}

// Every kind's columns lead to members that its records have.
func TestColumnsAreMembers(t *testing.T) {
	t.Parallel()
	for _, k := range recordKinds {
		for name, c := range columnsOf(reflect.TypeOf(k.blank()).Elem()) {
			cell := "1"
			switch c.kind {
			case reflect.Bool:
				cell = "true"
			case reflect.Map:
				cell = "{}"
			}
			raw, err := rowJSON([]column{c}, []string{cell})
			if err != nil {
				t.Errorf("%s %s: %v", k.path, name, err)
				continue
			}
			if err := decodeJSON(raw, k.blank()); err != nil && strings.Contains(err.Error(), "is not known") {
				t.Errorf("%s: column %s makes %s: %v", k.path, name, raw, err)
			}
		}
	}
}
