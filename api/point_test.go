package api

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gridmap/geo/datum"
)

// However an array of points is written, the quick way to read it gives what
// the thorough one gives, or leaves it to that.
func TestPointsAreReadAlikeBothWays(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(2, 6))
	write := []func() string{
		func() string {
			return fmt.Sprintf(`{"lon":%.7f,"lat":%.6f}`, 360*rng.Float64()-180, 180*rng.Float64()-90)
		},
		func() string {
			return fmt.Sprintf(` { "lat" : %.3f , "id":"点%d","lon":%d}`, 90*rng.Float64(), rng.IntN(99), rng.IntN(180))
		},
		func() string { return fmt.Sprintf(`{"id":%d,"lon":-0,"lat":0.%d}`, rng.IntN(99), rng.Uint64()) },
		func() string { return `{"lon":1.5,"lat":2,"id":"a\"b"}` },
		func() string { return `[110.25,36.5]` },
		func() string { return `{"lon":1e1,"lat":2}` },
		func() string { return `{"lon":01,"lat":2}` },
		func() string { return `{"lon":1}` },
		func() string { return `{"lon":1,"lat":2,"lon":3}` },
		func() string { return `{"lon":181,"lat":2}` },
		func() string { return `{"lon":1,"lat":2,"id":null}` },
	}
	quick, refused := 0, 0
	for range 4000 {
		kinds := 3
		if rng.IntN(2) == 0 {
			kinds = len(write)
		}
		var points []string
		for range rng.IntN(6) {
			points = append(points, write[rng.IntN(kinds)]())
		}
		body := []string{"", "\xef\xbb\xbf", " \n"}[rng.IntN(3)] + "[" + strings.Join(points, []string{",", " ,\n"}[rng.IntN(2)]) + []string{"]", "]\n", "]]", ""}[rng.IntN(4)]
		var slow []batchPoint
		slowErr := eachElement(strings.NewReader(body), func(line int, raw []byte) error {
			lon, lat, id, err := anyPoint(raw)
			if err != nil {
				return atLine(err, line)
			}
			at, err := snapIn(datum.WGS84, lon, lat)
			slow = append(slow, batchPoint{at, id})
			return atLine(err, line)
		})
		got, err := readBatch(bytes.NewReader([]byte(body)), typeJSON, datum.WGS84, 100)
		if fmt.Sprint(err) != fmt.Sprint(slowErr) || err == nil && !slices.Equal(got, slow) {
			t.Fatalf("%s\nquickly %v, %v\nthoroughly %v, %v", body, got, err, slow, slowErr)
		}
		if err != nil {
			refused++
		} else if len(got) > 2 {
			quick++
		}
	}
	if quick < 300 || refused < 300 {
		t.Errorf("%d bodies were read, %d refused", quick, refused)
	}
}

// Decimals read by hand are those that strconv reads.
func TestShortDecimals(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for range 200_000 {
		text := strconv.FormatFloat((rng.Float64()-0.5)*float64(int64(1)<<rng.IntN(40)), 'f', rng.IntN(15), 64)
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := shortDecimal([]byte(text)); ok && (got != want || strconv.FormatFloat(got, 'g', -1, 64) != strconv.FormatFloat(want, 'g', -1, 64)) {
			t.Fatalf("%s is read as %v, want %v", text, got, want)
		}
	}
	if _, ok := shortDecimal([]byte("9007199254740993")); ok {
		t.Error("more digits are taken than a float64 has")
	}
}
