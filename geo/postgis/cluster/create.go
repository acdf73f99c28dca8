package cluster

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// serverUser returns who the server runs as, nil for the present user. Root
// hands over to the owner of the data or, for new data, to postgres or nobody.
func serverUser(data string) (*syscall.Credential, error) {
	info, err := os.Stat(data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if os.Geteuid() != 0 {
			return nil, nil
		}
		return unprivileged()
	case err != nil:
		return nil, err
	}
	owner := info.Sys().(*syscall.Stat_t)
	switch {
	case int(owner.Uid) == os.Geteuid():
		return nil, nil
	case os.Geteuid() != 0:
		return nil, fmt.Errorf("the data belong to user %d; start as that user or as root, or choose another directory", owner.Uid)
	}
	return &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}, nil
}

// unprivileged returns a user of this machine that may own a database.
func unprivileged() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as")
}

// command returns a command of the installation that finds the data directory
// as dataPath, whatever lies above it.
//
// The unprivileged user may be unable to reach the directory by its path (a
// clone under /root, a temporary directory of root), so the command gets it
// opened, as file 3, and names it through /proc.
func (c *Cluster) command(ctx context.Context, data *os.File, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(c.install.bin, name), args...)
	cmd.Dir = "/" // the present one may be closed to that user
	cmd.Env = append(environment(), "PGDATA="+dataPath)
	cmd.ExtraFiles = []*os.File{data}
	// A group of its own, so that a Ctrl-C in the terminal ends the service
	// first and the server after it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: c.owner, Pdeathsig: syscall.SIGINT}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // initdb has children
	return cmd
}

const dataPath = "/proc/self/fd/3"

// environment is ours without what would lead PostgreSQL elsewhere.
func environment() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "PG") && !strings.HasPrefix(kv, "LC_") && !strings.HasPrefix(kv, "LANG") {
			env = append(env, kv)
		}
	}
	return append(env, "LC_ALL=C.UTF-8")
}

// create makes the data directory aside and moves it into place when it is
// complete, so that an interrupted start leaves nothing half made.
func (c *Cluster) create(ctx context.Context) error {
	c.settings.tell("Making a private PostgreSQL " + c.install.version + " cluster in " + c.dir)
	aside := filepath.Join(c.dir, "data.new")
	if err := os.RemoveAll(aside); err != nil {
		return err
	}
	if err := os.Mkdir(aside, 0o700); err != nil {
		return err
	}
	if c.owner != nil {
		if err := os.Chown(aside, int(c.owner.Uid), int(c.owner.Gid)); err != nil {
			return err
		}
	}
	if err := c.initialise(ctx, aside); err != nil {
		return errors.Join(err, os.RemoveAll(aside))
	}
	return os.Rename(aside, c.data())
}

// initialise fills an empty data directory and writes the password beside it.
func (c *Cluster) initialise(ctx context.Context, aside string) error {
	data, err := os.Open(aside)
	if err != nil {
		return err
	}
	defer data.Close()
	args := []string{"--username=" + Role, "--encoding=UTF8", "--locale=C.UTF-8",
		"--auth-local=trust", "--auth-host=scram-sha-256", "--pgdata=" + dataPath}
	if c.settings.throwaway {
		args = append(args, "--no-sync")
	}
	if err := output(c.command(ctx, data, "initdb", args...)); err != nil {
		return err
	}
	password := rand.Text()
	if err := os.WriteFile(filepath.Join(c.dir, "password"), []byte(password+"\n"), 0o600); err != nil {
		return err
	}
	// Before anything listens: a server for one session, one statement a line.
	setup := c.command(ctx, data, "postgres", "--single", "-c", "exit_on_error=on", "-D", dataPath, "template1")
	setup.Stdin = strings.NewReader("alter role " + Role + " password '" + password + "'\n" +
		"create database " + Database + "\n")
	return output(setup)
}

// output runs a command; if it fails, the error carries what it said.
func output(cmd *exec.Cmd) error {
	runtime.LockOSThread() // see launch: the thread must outlive the command
	defer runtime.UnlockOSThread()
	said, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, bytes.TrimSpace(said))
	}
	return nil
}

func readPassword(dir string) (string, error) {
	password, err := os.ReadFile(filepath.Join(dir, "password"))
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(password)), nil
}

// readPort returns the port of the last run, 0 if it is not known.
func readPort(dir string) int {
	text, err := os.ReadFile(filepath.Join(dir, "port"))
	if err != nil {
		return 0
	}
	port, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || port < 1024 || port > 65535 {
		return 0
	}
	return port
}
