package cluster

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// The test binary run again with this variable set is a process that starts a
// cluster and may be killed.
const childVariable = "GRIDMAP_CLUSTER_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		os.Exit(child(dir))
	}
	os.Exit(m.Run())
}

func child(dir string) int {
	c, err := Start(context.Background(), dir, Throwaway())
	if err != nil {
		fmt.Println("error:", err)
		return 1
	}
	fmt.Println(c.URL(Database))
	select {} // until killed
}

func start(t *testing.T, dir string) *Cluster {
	t.Helper()
	c, err := Start(t.Context(), dir, Throwaway())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// query runs a statement and returns the one text it gives.
func query(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var text string
	if err := conn.QueryRow(t.Context(), sql).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

func execute(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// startChild starts a cluster in a process of its own.
func startChild(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "postgres:") {
		t.Fatalf("the process said %q, %v", line, err)
	}
	return cmd, strings.TrimSpace(line)
}

func waitEmpty(t *testing.T, data string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); len(occupants(data)) > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("processes %v still run on %s", occupants(data), data)
		}
	}
}

// Root's directories are closed to the server's user, and a path may be far
// longer than a socket's may be.
func TestClusterBelowClosedAndDeepDirectory(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(t.TempDir(), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(closed, strings.Repeat("a deep and 长 name ", 8), "pg")
	c := start(t, dir)
	execute(t, c.URL(Database), "create extension postgis")
	for _, url := range []string{c.URL(Database), c.TCP(Database)} {
		got := query(t, url, "select split_part(postgis_lib_version(), '.', 1)")
		if got != "3" {
			t.Errorf("PostGIS %s, want 3", got)
		}
	}
	if got := query(t, c.URL(Database), "select setting from pg_settings where name = 'server_encoding'"); got != "UTF8" {
		t.Errorf("encoding %s, want UTF8", got)
	}
}

func TestTwoClustersSideBySide(t *testing.T) {
	t.Parallel()
	a, b := start(t, filepath.Join(t.TempDir(), "a")), start(t, filepath.Join(t.TempDir(), "b"))
	execute(t, a.URL(Database), "create table here as select 'a' as name")
	execute(t, b.URL(Database), "create table here as select 'b' as name")
	if got := query(t, a.TCP(Database), "select name from here"); got != "a" {
		t.Errorf("first cluster answers %q", got)
	}
	if got := query(t, b.TCP(Database), "select name from here"); got != "b" {
		t.Errorf("second cluster answers %q", got)
	}
	t.Run("TCP asks for the password", func(t *testing.T) {
		guess := strings.Replace(a.TCP(Database), a.password, "guess", 1)
		if conn, err := pgx.Connect(t.Context(), guess); err == nil {
			conn.Close(t.Context())
			t.Error("a wrong password was let in over TCP")
		}
	})
	t.Run("a directory in use is named", func(t *testing.T) {
		_, err := Start(t.Context(), a.dir)
		var inUse *InUseError
		if !errors.As(err, &inUse) || inUse.PID != os.Getpid() || !strings.Contains(err.Error(), a.dir) {
			t.Errorf("error %v, want one that names %s and process %d", err, a.dir, os.Getpid())
		}
	})
}

func TestKilledParentTakesServerAlongAndNextStartRecovers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "pg")
	cmd, url := startChild(t, dir)
	execute(t, url, "create table kept as select 'kept' as word")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	waitEmpty(t, filepath.Join(dir, "data"))
	c := start(t, dir)
	if got := query(t, c.URL(Database), "select word from kept"); got != "kept" {
		t.Errorf("read %q after the kill, want kept", got)
	}
}

// Both are killed at once, with a client in the middle of a query.
func TestBothKilled(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "pg")
	cmd, url := startChild(t, dir)
	execute(t, url, "create table kept as select 'kept' as word")
	busy, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = busy.Exec(context.Background(), "select pg_sleep(60)") }() // cut off below
	time.Sleep(50 * time.Millisecond)
	for _, pid := range []int{cmd.Process.Pid, postmasterPID(filepath.Join(dir, "data"))} {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	_ = cmd.Wait() // killed
	c := start(t, dir)
	if got := query(t, c.URL(Database), "select word from kept"); got != "kept" {
		t.Errorf("read %q after the kill, want kept", got)
	}
}

func TestRestartKeepsAddress(t *testing.T) {
	t.Parallel()
	c := start(t, filepath.Join(t.TempDir(), "pg"))
	before := c.TCP(Database)
	if err := syscall.Kill(postmasterPID(c.data()), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-c.Done()
	if err := c.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := c.TCP(Database); after != before {
		t.Errorf("address %s after the restart, want %s", after, before)
	}
	query(t, before, "select 'up'")
}

func TestStopLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "pg")
	c, err := Start(t.Context(), dir, Throwaway())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	waitEmpty(t, c.data())

	// The port is gone to another program and the process number to another
	// process: neither keeps the next start.
	taken, err := net.Listen("tcp4", "127.0.0.1:"+strconv.Itoa(c.port))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	stale := fmt.Sprintf("%d\n%s\n0\n%d\n", os.Getppid(), dir, c.port)
	if err := os.WriteFile(filepath.Join(c.data(), "postmaster.pid"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	again := start(t, dir)
	if again.port == c.port {
		t.Errorf("port %d is taken, and the server claims it", c.port)
	}
	query(t, again.TCP(Database), "select 'up'")
}

func TestInterruptedCreationIsDoneAgain(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "pg")
	half := filepath.Join(dir, "data.new", "base")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if c, err := Start(cancelled, dir, Throwaway()); err == nil {
		c.Stop()
		t.Fatal("a start with a cancelled context succeeded")
	}
	c := start(t, dir)
	query(t, c.URL(Database), "select 'up'")
	if _, err := os.Stat(filepath.Dir(half)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the half-made directory is still there: %v", err)
	}
}

func TestMissingVersionIsNamed(t *testing.T) {
	t.Parallel()
	_, err := findInstallation("7")
	var missing *MissingError
	if !errors.As(err, &missing) || !strings.Contains(err.Error(), "PostgreSQL 7") {
		t.Errorf("error %v, want one that says PostgreSQL 7 is missing", err)
	}
}
