package cluster

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// An InUseError names the process that uses a cluster's directory.
type InUseError struct {
	Dir     string
	PID     int    // 0 if it did not say
	Command string // its command line
}

func (e *InUseError) Error() string {
	who := "another process"
	if e.PID != 0 {
		who = strings.TrimSpace(fmt.Sprintf("process %d %s", e.PID, e.Command))
	}
	return fmt.Sprintf("%s is in use by %s; stop it, or choose another directory", e.Dir, who)
}

// lockGrace is how long a directory may stay locked by a process that is just
// ending.
const lockGrace = time.Second

// lockDir takes the directory for this process. The kernel lets go of the lock
// when the process ends, so it is never stale.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("directory of the database: %w", err)
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	for begun := time.Now(); errors.Is(err, unix.EWOULDBLOCK) && time.Since(begun) < lockGrace; time.Sleep(lockGrace / 50) {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	switch {
	case errors.Is(err, unix.EWOULDBLOCK):
		defer f.Close()
		return nil, inUse(dir, f)
	case err != nil:
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	if err := errors.Join(f.Truncate(0), writeAt(f, strconv.Itoa(os.Getpid())+"\n")); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	return f, nil
}

// unlock frees the directory. Closing alone does not while a process that is
// being started, and has not yet closed what it inherits, shares the file.
func unlock(f *os.File) error {
	return errors.Join(unix.Flock(int(f.Fd()), unix.LOCK_UN), f.Close())
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// inUse reads from the lock file who holds it.
func inUse(dir string, f *os.File) error {
	e := &InUseError{Dir: dir}
	text, err := io.ReadAll(f)
	if err != nil {
		return e
	}
	e.PID, _ = strconv.Atoi(strings.TrimSpace(string(text)))
	if line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", e.PID)); err == nil {
		e.Command = strings.TrimSpace(strings.ReplaceAll(string(line), "\x00", " "))
	}
	return e
}

// evict stops what an earlier process left running on the data: a server that
// is still shutting down after its parent was killed, or back ends whose
// server was killed. The caller holds the lock, so nothing of the present is
// hit.
func (c *Cluster) evict() error {
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGINT, fastShutdown}, {syscall.SIGQUIT, immediateShutdown}, {syscall.SIGKILL, immediateShutdown}} {
		pids := occupants(c.data())
		if len(pids) == 0 {
			return c.dropStale()
		}
		c.settings.tell("Waiting for the PostgreSQL of an earlier run to end")
		server := postmasterPID(c.data())
		for _, pid := range pids {
			// Back ends follow their server; only orphans are told themselves.
			if pid == server || !slices.Contains(pids, server) {
				_ = syscall.Kill(pid, step.signal) // gone already is as good
			}
		}
		for end := time.Now().Add(step.wait); time.Now().Before(end) && len(occupants(c.data())) > 0; {
			time.Sleep(20 * time.Millisecond)
		}
	}
	if pids := occupants(c.data()); len(pids) > 0 {
		return fmt.Errorf("processes %v of an earlier run do not end", pids)
	}
	return c.dropStale()
}

// dropStale removes the traces of a killed server that PostgreSQL would take
// for a running one when their process number lives on: as a zombie nobody
// collected, or as another program (after a reboot, in a new container).
// Nothing runs on the data any more.
func (c *Cluster) dropStale() error {
	entries, err := os.ReadDir(c.data())
	if err != nil {
		return err
	}
	pid := postmasterPID(c.data())
	lives := pid != 0 && !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".s.PGSQL.") || lives && e.Name() == "postmaster.pid" {
			if err := os.Remove(filepath.Join(c.data(), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// postmasterPID returns the process that postmaster.pid names, 0 if none.
func postmasterPID(data string) int {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, _ := strconv.Atoi(first)
	return max(pid, 0)
}

// occupants lists PostgreSQL's processes that work in the data directory; each
// of them has it as its working directory.
func occupants(data string) []int {
	here, err := os.Stat(data)
	if err != nil {
		return nil
	}
	cwds, _ := filepath.Glob("/proc/[0-9]*/cwd") // the only error is a bad pattern
	var pids []int
	for _, cwd := range cwds {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(cwd)))
		comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		if err != nil || strings.TrimSpace(string(comm)) != "postgres" {
			continue
		}
		if there, err := os.Stat(cwd); err == nil && os.SameFile(here, there) {
			pids = append(pids, pid)
		}
	}
	return pids
}
