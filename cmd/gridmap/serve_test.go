package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
)

// startServe runs serve in this process and returns its address; stop ends it
// and returns its exit code.
func startServe(t *testing.T, database string) (base string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- runServe(ctx, []string{"--database", database, "--listen", "127.0.0.1:0"}, streams{strings.NewReader(""), in, in})
		in.Close()
	}()
	address := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var line struct{ Msg, Address string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				address <- "http://" + line.Address
			}
		}
	}()
	stop = func() int { cancel(); return <-ended }
	select {
	case base = <-address:
	case code := <-ended:
		t.Fatalf("serve ended with exit code %d", code)
	}
	return base, stop
}

// status asks for a path and returns the status code.
func status(t *testing.T, url string) int {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// A running service takes up what another process loads and what it changes
// later, and a client that never hangs up does not keep it from ending.
func TestServeFollowsTheDatabase(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	base, stop := startServe(t, db.Config().ConnString())
	if got := status(t, base+"/readyz"); got != http.StatusOK {
		t.Errorf("an empty database answers /readyz with %d", got)
	}
	territory, _ := gridtest.County(t, db, "mini")
	where := base + "/v1/locate?lon=110.5&lat=37.5"
	waitFor(t, "the county to show", func() bool { return status(t, where) == http.StatusOK })

	stream, err := http.Get(fmt.Sprintf("%s/v1/events?territory=%d", base, territory))
	if err != nil || stream.StatusCode != http.StatusOK {
		t.Fatal(stream, err)
	}
	defer stream.Body.Close()
	hired := &geo.Worker{Number: "SERVE-1", Name: "试用", Employment: geo.FullTime}
	_, err = postgis.New(db).Write(t.Context(), postgis.Write{Territory: territory, By: "test", Op: "create",
		Actions: []postgis.Action{postgis.Create(hired)}})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan bool, 1)
	go func() {
		for lines := bufio.NewScanner(stream.Body); lines.Scan(); {
			if strings.Contains(lines.Text(), `"revision":2`) {
				seen <- true
			}
		}
	}()
	select {
	case <-seen:
	case <-time.After(time.Minute):
		t.Error("a change in the database is not told within a minute")
	}

	stopped := make(chan int, 1)
	go func() { stopped <- stop() }()
	select {
	case code := <-stopped:
		if code != exitOK {
			t.Errorf("serve ended with exit code %d", code)
		}
	case <-time.After(time.Minute):
		t.Error("serve does not end with a stream open")
	}
}

// A basemap that cannot be is told before the service answers anybody.
func TestServeRefusesABasemapThatCannotBe(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	for _, command := range [][]string{{"serve", "--database", db.Config().ConnString()}, {"demo", "--data", t.TempDir()}} {
		for setting, reason := range map[string]string{
			"xyz:https://a.example.org/{z}/{x}.png": "lacks {y}",
			"tianditu:short":                        "32 hexadecimal digits",
			"pmtiles:/no/such.pmtiles":              "/no/such.pmtiles",
			"https://a.example.org/{z}/{x}/{y}.png": `not "https"`,
		} {
			code, _, errs := call(t, append(command, "--listen", "127.0.0.1:0", "--basemap", setting)...)
			if code != exitUsage || !strings.Contains(errs, "gridmap "+command[0]+": ") || !strings.Contains(errs, reason) {
				t.Errorf("%s with %s: exit code %d, said %q; want %d and %q", command[0], setting, code, errs, exitUsage, reason)
			}
		}
	}
}

// What the environment says of a basemap counts where no flag does.
func TestBasemapOfTheEnvironment(t *testing.T) {
	t.Setenv(basemapVariable, "xyz:https://a.example.org/{z}/{x}/{y}.png\ntianditu:"+strings.Repeat("0a", 16)+"\n")
	t.Setenv(attributionVariable, "© us")
	for _, tt := range []struct {
		ground ground
		want   []string
	}{{ground{}, []string{"xyz © us", "vec © 天地图 · 国家地理信息公共服务平台", "img © 天地图 · 国家地理信息公共服务平台"}},
		{ground{settings: list{"xyz:https://b.example.org/{z}/{x}/{y}.png"}, attribution: "© them"}, []string{"xyz © them"}}} {
		basemaps, err := tt.ground.parse()
		var got []string
		for _, b := range basemaps {
			got = append(got, b.ID+" "+b.Attribution)
		}
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%+v: %q, %v; want %q", tt.ground, got, err, tt.want)
		}
	}
}

func TestServeRefusesAnOldSchema(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	if _, err := db.Exec(t.Context(), "delete from schema_migration where version = (select max(version) from schema_migration)"); err != nil {
		t.Fatal(err)
	}
	code, _, errs := call(t, "serve", "--database", db.Config().ConnString(), "--listen", "127.0.0.1:0")
	if code != exitError || !strings.Contains(errs, "gridmap migrate") {
		t.Errorf("exit code %d, said %q; want %d and to be told of gridmap migrate", code, errs, exitError)
	}
}
