// Package cluster runs a private PostgreSQL server with PostGIS under one
// directory, for the demo and for tests. The server listens on a socket of its
// own and on a free port of 127.0.0.1, and never touches a cluster of the
// system. It needs Linux, and PostgreSQL's binaries on the machine.
//
// The directory holds
//
//	data/     PostgreSQL's data directory, with its socket
//	log       what the server said
//	lock      held while a process uses the directory
//	password  of the role gridmap over TCP (QGIS, psql); the socket asks for none
//	port      the port of the last run, taken again when free
package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Role is the superuser of every private cluster.
const Role = "gridmap"

// Database is the database every private cluster comes with.
const Database = "gridmap"

// socketPathMax is the longest path of a Unix socket on Linux, without the
// closing zero byte of sockaddr_un.
const socketPathMax = 107

// A Cluster is a running private PostgreSQL server.
type Cluster struct {
	dir      string // absolute
	install  installation
	owner    *syscall.Credential // who the server runs as, nil for ourselves
	settings settings
	password string
	lock     *os.File

	mu     sync.Mutex
	port   int
	server *server
}

type settings struct {
	throwaway bool
	tell      func(string)
}

// An Option changes how a cluster is made or run.
type Option func(*settings)

// Throwaway gives up durability for speed: no fsync. It is for tests only: such
// a cluster survives a killed process, and a power cut may leave it unreadable.
func Throwaway() Option { return func(s *settings) { s.throwaway = true } }

// Tell has the steps that take a while reported, one line each.
func Tell(line func(string)) Option { return func(s *settings) { s.tell = line } }

// Start starts the server under dir, making the cluster first when dir is new.
// A server that a killed process left behind is stopped, and PostgreSQL
// recovers what was committed. ctx bounds the start only. A dir in use by
// another process gives an *[InUseError], a machine without PostgreSQL or
// PostGIS a *[MissingError].
//
// The server stops when this process ends, however it ends. As root it runs as
// the user postgres (or nobody), because PostgreSQL refuses root.
func Start(ctx context.Context, dir string, opts ...Option) (*Cluster, error) {
	c := &Cluster{settings: settings{tell: func(string) {}}}
	for _, opt := range opts {
		opt(&c.settings)
	}
	var err error
	if c.dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return nil, fmt.Errorf("directory of the database: %w", err)
	}
	if c.lock, err = lockDir(c.dir); err != nil {
		return nil, err
	}
	if err := c.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("PostgreSQL under %s: %w", c.dir, err), unlock(c.lock))
	}
	return c, nil
}

// open brings the cluster of a locked directory up.
func (c *Cluster) open(ctx context.Context) error {
	err := c.find()
	if err != nil {
		return err
	}
	if c.existing() == "" {
		if err := c.create(ctx); err != nil {
			return err
		}
	}
	if c.password, err = readPassword(c.dir); err != nil {
		return err
	}
	c.port = readPort(c.dir)
	return c.run(ctx)
}

// find picks PostgreSQL's binaries and the user to run them: those of the
// existing data directory, otherwise the newest binaries and, for root, an
// unprivileged user.
func (c *Cluster) find() (err error) {
	if c.install, err = findInstallation(c.existing()); err != nil {
		return err
	}
	c.owner, err = serverUser(c.data())
	return err
}

// existing returns the major version of the data directory, "" if there is
// none yet.
func (c *Cluster) existing() string {
	version, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(version))
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

// URL returns the address of a database of the cluster, over the socket: for
// this machine's root and the user of the cluster. A directory too deep for a
// socket's path gets the address over TCP.
func (c *Cluster) URL(database string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.data())+len("/.s.PGSQL.65535") > socketPathMax {
		return c.tcp(database)
	}
	u := url.URL{Scheme: "postgres", User: url.User(Role), Path: "/" + database}
	u.RawQuery = url.Values{"host": {c.data()}, "port": {strconv.Itoa(c.port)}}.Encode()
	return u.String()
}

// TCP returns the address of a database of the cluster on 127.0.0.1, with its
// password: for programs that know no sockets.
func (c *Cluster) TCP(database string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tcp(database)
}

func (c *Cluster) tcp(database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(Role, c.password), Path: "/" + database,
		Host: "127.0.0.1:" + strconv.Itoa(c.port)}
	return u.String()
}

// Done returns a channel that is closed when the server has ended, by Stop or
// by itself.
func (c *Cluster) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.server.done
}

// Restart starts a server that ended by itself again, at the same address, so
// that connection pools find it.
func (c *Cluster) Restart(ctx context.Context) error {
	<-c.Done()
	if err := c.run(ctx); err != nil {
		return fmt.Errorf("restart PostgreSQL under %s: %w", c.dir, err)
	}
	return nil
}

// How long the server may take to end after a fast and after an immediate
// shutdown. PostgreSQL kills what is left five seconds into the latter.
const (
	fastShutdown      = 20 * time.Second
	immediateShutdown = 10 * time.Second
)

// Stop ends the server in an orderly way and frees the directory. Open
// connections are cut.
func (c *Cluster) Stop() (err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() { err = errors.Join(err, unlock(c.lock)) }()
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGINT, fastShutdown}, {syscall.SIGQUIT, immediateShutdown}} {
		if c.server.signal(step.signal, step.wait) {
			return nil
		}
	}
	c.server.signal(syscall.SIGKILL, immediateShutdown)
	return fmt.Errorf("PostgreSQL under %s had to be killed; the next start recovers", c.dir)
}

// Kill ends the server at once, as a power cut would, and leaves recovery to
// [Cluster.Restart]. It is for tests of what survives.
func (c *Cluster) Kill() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.server.signal(syscall.SIGKILL, immediateShutdown) {
		return fmt.Errorf("PostgreSQL under %s does not end", c.dir)
	}
	return nil
}
