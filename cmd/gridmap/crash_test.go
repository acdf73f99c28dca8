package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/postgis/cluster"
	"gridmap/geo/topo"
)

// longVariable makes the test under load last as long as it says, such as 1m.
const longVariable = "GRIDMAP_TEST_LOAD"

// A victim is a service as a process of its own, to be killed and started
// again at the same address.
type victim struct {
	t       *testing.T
	url     string // of the database
	listen  string
	process *exec.Cmd
	ended   chan struct{}
}

// start runs the service and waits until it listens.
func (v *victim) start() {
	v.t.Helper()
	cmd := commandLine(v.t, "serve", "--database", v.url, "--listen", v.listen)
	out, err := cmd.StderrPipe()
	if err != nil {
		v.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	address, ended := make(chan string, 1), make(chan struct{})
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var line struct{ Msg, Address string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				address <- line.Address
			}
		}
		_ = cmd.Wait() // killed
		close(ended)
	}()
	v.process, v.ended = cmd, ended
	select {
	case at := <-address:
		if v.listen != at { // the first time; clients read it
			v.listen = at
		}
	case <-ended: // the database is not up yet
	case <-time.After(time.Minute):
		v.t.Fatal("the service is not up after a minute")
	}
}

// kill ends the service as a power cut would.
func (v *victim) kill() {
	if err := v.process.Process.Signal(syscall.SIGKILL); err != nil && v.process.ProcessState == nil {
		v.t.Error(err)
	}
	<-v.ended
}

// A client edits over HTTP. It asks under one key until it has an answer.
type client struct {
	v     *victim
	plan  geo.PlanID
	stop  chan struct{}
	mu    sync.Mutex
	told  map[string]geo.Revision // by key
	again int                     // requests repeated
}

// ask posts an edit until it is answered, and reports the status; 0 when the
// test ended first.
func (c *client) ask(key, body string) int {
	for try := 0; ; try++ {
		r, err := http.NewRequest("POST", fmt.Sprintf("http://%s/v1/plans/%d/edits?geometry=none", c.v.listen, c.plan), strings.NewReader(body))
		if err != nil {
			c.v.t.Error(err)
			return 0
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", key)
		answer, err := http.DefaultClient.Do(r)
		if err == nil {
			_, err = io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
		}
		if err == nil && answer.StatusCode < 500 {
			c.note(key, try, answer)
			return answer.StatusCode
		}
		if err == nil && answer.StatusCode == http.StatusInternalServerError {
			c.v.t.Errorf("edit %s was answered with %s", key, answer.Status)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (c *client) note(key string, tries int, answer *http.Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.again += tries
	if answer.StatusCode != http.StatusOK {
		return
	}
	var rev geo.Revision
	if _, err := fmt.Sscan(answer.Header.Get("Gridmap-Revision"), &rev); err != nil {
		c.v.t.Errorf("edit %s is answered without a revision: %v", key, err)
	}
	c.told[key] = rev
}

// work edits grids of the client's own, in turn: a name, a split.
func (c *client) work(number int, leaves []geo.Grid) {
	for k := 0; ; k++ {
		select {
		case <-c.stop:
			return
		default:
		}
		leaf := leaves[k/2%len(leaves)]
		body := fmt.Sprintf(`{"op":"set","grid":%d,"name":{"zh":"第%d次","en":"%d-%d"}}`, leaf.ID, k, number, k)
		if k%2 == 1 {
			box := leaf.Boundary.Bound()
			west, _ := box.Min.LonLat()
			east, _ := box.Max.LonLat()
			_, lat := topo.Point{Y: box.Min.Y + (box.Max.Y-box.Min.Y)/int32(3+k%5)*2}.LonLat()
			body = fmt.Sprintf(`{"op":"split","grid":%d,"line":{"type":"LineString","coordinates":[[%.7f,%.7f],[%.7f,%.7f]]}}`,
				leaf.ID, west-0.0001, lat, east+0.0001, lat)
		}
		c.ask(fmt.Sprintf("%d-%d", number, k), body)
	}
}

// Service and server are killed at random under edits. What clients were told
// is there, once, however often they asked; the division holds, and every edit
// can be undone to the first draft, bit for bit.
func TestKilledUnderEdits(t *testing.T) {
	t.Parallel()
	pool, server := gridtest.Durable(t)
	territory, _ := gridtest.County(t, pool, "mini")
	store := postgis.New(pool)
	draft, err := store.CreateDraft(t.Context(), territory, 0, "draft", "test")
	if err != nil {
		t.Fatal(err)
	}
	before, err := store.Snapshot(t.Context(), draft.ID)
	if err != nil {
		t.Fatal(err)
	}
	v := &victim{t: t, url: server.URL(cluster.Database), listen: "127.0.0.1:0"}
	v.start()
	c := &client{v: v, plan: draft.ID, stop: make(chan struct{}), told: map[string]geo.Revision{}}
	kills := c.underFire(server, leavesOf(before.Grids))
	v.kill()
	t.Logf("%d kills, %d edits told, %d requests repeated", kills, len(c.told), c.again)
	if len(c.told) < 20 || c.again == 0 {
		t.Errorf("%d edits told, %d requests repeated: the kills did not matter", len(c.told), c.again)
	}
	c.audit(postgis.New(pool), draft, before)
}

// leavesOf returns the drawn general grids without any under them.
func leavesOf(grids []geo.Grid) []geo.Grid {
	parents := map[geo.GridID]bool{}
	for i := range grids {
		parents[grids[i].Parent] = true
	}
	var list []geo.Grid
	for _, g := range grids {
		if g.Kind == geo.General && g.Boundary != nil && !parents[g.ID] {
			list = append(list, g)
		}
	}
	return list
}

// underFire lets clients work while service and server are killed in turn,
// and returns how often that was.
func (c *client) underFire(server *cluster.Cluster, leaves []geo.Grid) (kills int) {
	t := c.v.t
	const clients = 4
	var group sync.WaitGroup
	for i := range clients {
		mine := leaves[len(leaves)*i/clients : len(leaves)*(i+1)/clients]
		group.Go(func() { c.work(i, mine) })
	}
	least := 4
	last := time.Now()
	if given, err := time.ParseDuration(os.Getenv(longVariable)); err == nil {
		last = last.Add(given)
	}
	random := rand.New(rand.NewPCG(7, 7))
	for ; kills < least || time.Now().Before(last); kills++ {
		c.hears(5)
		time.Sleep(time.Duration(random.IntN(700)) * time.Millisecond)
		if kills%2 == 0 {
			c.v.kill()
			c.v.start()
			continue
		}
		if err := server.Kill(); err != nil {
			t.Error(err)
			break
		}
		if err := server.Restart(t.Context()); err != nil {
			t.Error(err)
			break
		}
	}
	c.hears(5)
	close(c.stop)
	group.Wait()
	return kills
}

// hears waits until the clients were told of so many edits more.
func (c *client) hears(more int) {
	c.v.t.Helper()
	told := func() int {
		c.mu.Lock()
		defer c.mu.Unlock()
		return len(c.told)
	}
	before := told()
	waitFor(c.v.t, "edits between two kills", func() bool { return told() >= before+more })
}

// audit compares what is kept with what was told and takes all of it back.
func (c *client) audit(store *postgis.Store, draft geo.Plan, before *geo.Snapshot) {
	t := c.v.t
	kept := map[geo.Revision]int{}
	edits, err := store.Edits(t.Context(), draft.ID, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for last := geo.Revision(0); len(edits) > 0; {
		for _, e := range edits {
			kept[e.Revision]++
			last = e.Revision
		}
		if edits, err = store.Edits(t.Context(), draft.ID, last, 1000); err != nil {
			t.Fatal(err)
		}
	}
	told := map[geo.Revision]string{}
	for key, rev := range c.told {
		if other, twice := told[rev]; twice {
			t.Errorf("edits %s and %s were both told revision %d", key, other, rev)
		}
		told[rev] = key
		if kept[rev] != 1 {
			t.Errorf("edit %s of revision %d is kept %d times", key, rev, kept[rev])
		}
	}
	if len(kept) != len(told) {
		t.Errorf("%d edits are kept, %d were told", len(kept), len(told))
	}
	rev, err := store.Revision(t.Context(), draft.Territory)
	if err != nil || rev != draft.Revision+geo.Revision(len(kept)) {
		t.Errorf("revision %d after %d and %d edits, %v", rev, draft.Revision, len(kept), err)
	}
	c.proves(store, draft.ID)
	for range kept {
		if _, err := store.Undo(t.Context(), postgis.Turn{Plan: draft.ID, By: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	c.proves(store, draft.ID)
	after, err := store.Snapshot(t.Context(), draft.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(after.Grids) != len(before.Grids) {
		t.Fatalf("%d grids after all is undone, %d before", len(after.Grids), len(before.Grids))
	}
	for i := range before.Grids {
		a, b := &after.Grids[i], &before.Grids[i]
		if a.ID != b.ID || a.Name != b.Name || a.Code != b.Code || a.Parent != b.Parent || !a.Boundary.Equal(b.Boundary) {
			t.Errorf("grid %d is not what it was", b.ID)
		}
	}
}

// proves asks the proof of every grid of a plan.
func (c *client) proves(store *postgis.Store, plan geo.PlanID) {
	t := c.v.t
	snap, err := store.Snapshot(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	children := map[geo.GridID][]topo.Shape{}
	for _, g := range snap.Grids {
		if g.Kind == geo.General && g.Boundary != nil {
			children[g.Parent] = append(children[g.Parent], g.Boundary)
		}
	}
	for _, g := range snap.Grids {
		if shapes := children[g.ID]; len(shapes) > 0 && !topo.Whole(g.Boundary, shapes) {
			t.Errorf("the children of grid %d (%s) do not partition it", g.ID, g.Code)
		}
	}
}
