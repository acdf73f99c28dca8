package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A server is one run of the postgres binary.
type server struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// launch starts cmd on a thread of its own that waits for its end: the kernel
// sends the parent-death signal when the *thread* that forked ends, so the
// thread must live as long as the server.
func launch(cmd *exec.Cmd) (*server, error) {
	s := &server{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended stands in its log
			close(s.done)
		}
	}()
	return s, <-started
}

// signal sends sig and reports whether the server ended within wait.
func (s *server) signal(sig syscall.Signal, wait time.Duration) bool {
	_ = s.cmd.Process.Signal(sig) // has ended already is as good
	select {
	case <-s.done:
		return true
	case <-time.After(wait):
		return false
	}
}

// startTimeout bounds the wait for a server; replaying the log of a crash under
// load takes seconds.
const startTimeout = 2 * time.Minute

// errPortTaken is returned when another program holds the chosen port.
var errPortTaken = errors.New("port taken")

// run starts the server on the port of the last run or, if that is taken, on
// another free one, and waits until it answers.
func (c *Cluster) run(ctx context.Context) error {
	if err := c.evict(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for range 10 {
		port, err := freePort(c.port)
		if err != nil {
			return err
		}
		err = c.runOn(ctx, port)
		if !errors.Is(err, errPortTaken) {
			return err
		}
	}
	return errPortTaken
}

// freePort returns preferred if nothing listens there, otherwise a port of the
// kernel's choice.
func freePort(preferred int) (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:"+strconv.Itoa(preferred))
	if err != nil {
		if l, err = net.Listen("tcp4", "127.0.0.1:0"); err != nil {
			return 0, fmt.Errorf("find a free port: %w", err)
		}
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func (c *Cluster) runOn(ctx context.Context, port int) error {
	data, err := os.Open(c.data())
	if err != nil {
		return err
	}
	defer data.Close()
	log, err := openLog(filepath.Join(c.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	from, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	// The server outlives ctx, which bounds the start.
	cmd := c.command(context.WithoutCancel(ctx), data, "postgres", c.arguments(port)...)
	cmd.Stdout, cmd.Stderr = log, log
	s, err := launch(cmd)
	if err != nil {
		return fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	if err := c.ready(ctx, s); err != nil {
		s.signal(syscall.SIGQUIT, immediateShutdown)
		return explain(err, log.Name(), from)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server, c.port = s, port
	return os.WriteFile(filepath.Join(c.dir, "port"), []byte(strconv.Itoa(port)+"\n"), 0o600)
}

// arguments are the settings of a small server next to its only client. They
// stand on the command line, so that postgresql.conf stays the user's.
func (c *Cluster) arguments(port int) []string {
	args := []string{"-D", dataPath}
	set := func(name, value string) { args = append(args, "-c", name+"="+value) }
	set("listen_addresses", "127.0.0.1")
	set("port", strconv.Itoa(port))
	set("unix_socket_directories", ".") // the data directory, closed to others
	set("cluster_name", "gridmap")
	set("lc_messages", "C") // explain reads them
	set("timezone", "UTC")
	set("max_connections", "200")
	set("max_wal_size", "2GB") // a county is loaded between two checkpoints
	set("random_page_cost", "1.1")
	set("jit", "off") // compiling costs more than the short queries it would speed up
	if c.settings.throwaway {
		set("fsync", "off")
		set("full_page_writes", "off")
	}
	return args
}

// logMax is the size at which the log is begun anew, bytes.
const logMax = 16 << 20

// openLog opens the server's log for appending.
func openLog(path string) (*os.File, error) {
	flags := os.O_RDWR | os.O_CREATE | os.O_APPEND
	if info, err := os.Stat(path); err == nil && info.Size() > logMax {
		flags |= os.O_TRUNC
	}
	return os.OpenFile(path, flags, 0o600)
}

// ready waits until the server writes into postmaster.pid that it accepts
// connections, as pg_ctl does.
func (c *Cluster) ready(ctx context.Context, s *server) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.done:
			return errors.New("ended while starting")
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w", ctx.Err())
		case <-tick.C:
		}
		text, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid"))
		if err != nil {
			continue // not written yet
		}
		lines := strings.Split(string(text), "\n")
		if len(lines) > 7 && lines[0] == strconv.Itoa(s.cmd.Process.Pid) && strings.TrimSpace(lines[7]) == "ready" {
			return nil
		}
	}
}

// explain adds what the server wrote into its log from the given offset on.
func explain(err error, path string, from int64) error {
	log, openErr := os.Open(path)
	if openErr != nil {
		return errors.Join(err, openErr)
	}
	defer log.Close()
	said, readErr := io.ReadAll(io.NewSectionReader(log, from, 64<<10))
	if readErr != nil {
		return errors.Join(err, readErr)
	}
	if strings.Contains(string(said), "could not create any TCP/IP sockets") {
		return errPortTaken
	}
	last := "it said nothing"
	for line := range strings.Lines(string(said)) {
		if line = strings.TrimSpace(line); line != "" {
			last = line
		}
		if strings.Contains(line, "FATAL:") || strings.Contains(line, "PANIC:") {
			break // what follows is only the way down
		}
	}
	return fmt.Errorf("%w: %s; see %s", err, last, path)
}
