package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
)

// asDemo makes the test binary run as the command itself, so that a demo under
// test is a process of its own.
const asDemo = "GRIDMAP_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asDemo) != "" {
		main()
	}
	gridtest.Main(m)
}

// commandLine returns the command with these arguments, to be run.
func commandLine(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(os.Environ(), asDemo+"=1", databaseVariable+"=")
	return cmd
}

// A process is a running demo.
type process struct {
	cmd  *exec.Cmd
	base string // http://127.0.0.1:port
	mu   sync.Mutex
	said bytes.Buffer
	done chan struct{}
}

// startDemo runs the demo of the smallest county with its data in dir until
// the test ends.
func startDemo(t *testing.T, dir string) *process {
	t.Helper()
	p := &process{cmd: commandLine(t, "demo", "--county", "mini", "--data", dir, "--listen", "127.0.0.1:0"), done: make(chan struct{})}
	out, in := io.Pipe()
	p.cmd.Stdout, p.cmd.Stderr = in, in
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := make(chan string, 1)
	go p.listen(out, address)
	go func() {
		_ = p.cmd.Wait() // the tests that care look at ProcessState
		in.Close()
		close(p.done)
	}()
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); <-p.done })
	select {
	case p.base = <-address:
	case <-p.done:
		t.Fatalf("the demo ended: %s", p.text())
	case <-time.After(time.Minute):
		t.Fatalf("the demo is not up after a minute: %s", p.text())
	}
	return p
}

// listen keeps what the demo says and finds its address in it.
func (p *process) listen(out io.Reader, address chan<- string) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		p.mu.Lock()
		p.said.WriteString(lines.Text() + "\n")
		p.mu.Unlock()
		if _, url, ok := strings.Cut(lines.Text(), "gridmap is at "); ok {
			address <- strings.TrimSuffix(url, "/")
		}
	}
}

func (p *process) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// end sends sig and waits until the process is gone.
func (p *process) end(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.done:
	case <-time.After(time.Minute):
		t.Fatalf("still runs a minute after %v: %s", sig, p.text())
	}
}

// get decodes the JSON at a path of the demo.
func (p *process) get(t *testing.T, path string, into any) {
	t.Helper()
	resp, err := http.Get(p.base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s, %v: %s", path, resp.Status, err, body)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("GET %s: %v: %s", path, err, body)
	}
}

// worker is what the tests write and read again.
type worker struct {
	ID     int64  `json:"id,omitempty"`
	Number string `json:"number"`
	Name   string `json:"name"`
}

// create writes a worker through the API and returns its path.
func (p *process) create(t *testing.T, number string) string {
	t.Helper()
	body := fmt.Sprintf(`{"number":%q,"name":"试用","employment":"full_time"}`, number)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.base+"/v1/workers?territory=1", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", number)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusCreated {
		t.Fatalf("POST /v1/workers: %s, %v: %s", resp.Status, err, said)
	}
	return resp.Header.Get("Location")
}

// postgresOf lists the PostgreSQL processes that work below dir.
func postgresOf(t *testing.T, dir string) []string {
	t.Helper()
	cwds, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, cwd := range cwds {
		if target, err := os.Readlink(cwd); err == nil && strings.HasPrefix(target, dir) {
			found = append(found, filepath.Dir(cwd))
		}
	}
	return found
}

func TestDemoKeepsWhatItAcknowledged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := startDemo(t, dir)
	var health any
	first.get(t, "/healthz", &health)
	path := first.create(t, "KEPT-1")
	first.end(t, syscall.SIGKILL)

	second := startDemo(t, dir)
	if !strings.Contains(second.text(), "as you left it") {
		t.Errorf("the second start loaded the county again:\n%s", second.text())
	}
	var kept worker
	if second.get(t, path, &kept); kept.Number != "KEPT-1" {
		t.Errorf("read %+v after kill -9 of the service", kept)
	}

	path = second.create(t, "KEPT-2")
	old := serverOf(t, dir)
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "another PostgreSQL", func() bool { pid := serverOf(t, dir); return pid != old && pid != 0 })
	waitFor(t, "the service to reach it", func() bool {
		resp, err := http.Get(second.base + path)
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	second.create(t, "KEPT-3")

	second.end(t, syscall.SIGINT)
	if code := second.cmd.ProcessState.ExitCode(); code != exitOK {
		t.Errorf("Ctrl-C ended it with exit code %d:\n%s", code, second.text())
	}
	if left := postgresOf(t, dir); len(left) > 0 {
		t.Errorf("PostgreSQL still runs after Ctrl-C: %v", left)
	}
}

// serverOf returns the process of the demo's PostgreSQL, 0 while there is none.
func serverOf(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "postgres", "data", "postmaster.pid"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return 0 // not written yet
	}
	return pid
}

// waitFor waits for something that others are about to do, as long as a very slow
// machine may take for it.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited a minute for %s", what)
		}
	}
}

func TestDemosSideBySide(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := startDemo(t, dir), startDemo(t, t.TempDir())
	path := a.create(t, "ONLY-IN-A")
	var found worker
	a.get(t, path, &found)
	resp, err := http.Get(b.base + path)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("the other demo answers %s for the first one's worker", resp.Status)
	}

	// A third one that wants what the first one has.
	for _, tt := range []struct{ name, listen, dir, want string }{
		{"the port", strings.TrimPrefix(a.base, "http://"), t.TempDir(), "in use by another program"},
		{"the directory", "127.0.0.1:0", dir, fmt.Sprintf("in use by process %d", a.cmd.Process.Pid)},
	} {
		out, err := commandLine(t, "demo", "--county", "mini", "--data", tt.dir, "--listen", tt.listen).CombinedOutput()
		if err == nil || !strings.Contains(string(out), tt.want) {
			t.Errorf("%s taken: %v, said %q, want %q", tt.name, err, out, tt.want)
		}
	}
}
