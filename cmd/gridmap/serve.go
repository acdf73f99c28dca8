package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/api"
	"gridmap/api/web"
	"gridmap/geo/atlas"
	"gridmap/geo/postgis"
	"gridmap/tiles"
)

// Bounds of the service.
const (
	tileCacheBytes = 256 << 20
	// A stopping service lets requests finish for drainTime, then ends those
	// that never do (event streams) and waits closeTime more.
	drainTime = 2 * time.Second
	closeTime = 3 * time.Second
)

func runServe(ctx context.Context, args []string, std streams) int {
	flags := newFlags("serve", "[--database URL] [--listen ADDRESS] [--open] [--basemap SETTING …]", std)
	database := databaseFlag(flags)
	listen := flags.String("listen", "127.0.0.1:8080", "address to answer on")
	open := flags.Bool("open", false, "answer whoever reaches the address, all calls; there is no sign-on yet")
	ground := basemapFlags(flags)
	if code, ok := parseFlags(flags, args); !ok {
		return code
	}
	url, ok := databaseURL(*database, "serve", std)
	if !ok {
		return exitUsage
	}
	basemaps, err := ground.parse()
	if err != nil {
		return misuse(std, "serve", err)
	}
	allow := api.LoopbackOnly
	if *open {
		allow = func(*http.Request, api.Right, api.Scope) error { return nil }
	} else if err := loopback(*listen); err != nil {
		fmt.Fprintf(std.err, "gridmap serve: %v; put it behind a proxy that checks, and say --open to answer others\n", err)
		return exitUsage
	}
	log := slog.New(slog.NewJSONHandler(std.err, nil))
	if err := serveDatabase(ctx, url, *listen, service{allow: allow, log: log, basemaps: basemaps}); err != nil {
		return fail(std, "serve", err)
	}
	return exitOK
}

// serveDatabase runs the service on a database and an address until ctx ends.
func serveDatabase(ctx context.Context, url, listen string, s service) error {
	pool, err := postgis.Open(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := postgis.CheckSchema(ctx, pool); err != nil {
		return err
	}
	listener, err := listenOn(listen)
	if err != nil {
		return err
	}
	s.listener, s.pool = listener, pool
	s.log.Info("serving", "address", listener.Addr().String(), "version", version())
	return s.run(ctx)
}

// loopback refuses an address that other machines can reach.
func loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if ip := net.ParseIP(strings.Trim(host, "[]")); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("--listen %s: it is open to whoever reaches it, so it listens on the loopback address only, such as 127.0.0.1:8080", address)
}

// portGrace is how long a port may stay taken by a process that is just ending.
const portGrace = time.Second

// listenOn opens the address, and says plainly when another program has it.
func listenOn(address string) (net.Listener, error) {
	for begun := time.Now(); ; time.Sleep(portGrace / 20) {
		listener, err := net.Listen("tcp", address)
		switch {
		case !errors.Is(err, syscall.EADDRINUSE):
			return listener, err
		case time.Since(begun) > portGrace:
			return nil, fmt.Errorf("%s is in use by another program; end that one, or take another address with --listen", address)
		}
	}
}

// A service answers calls on a listener from the database behind a pool.
type service struct {
	listener net.Listener
	pool     *pgxpool.Pool
	allow    api.Allow
	log      *slog.Logger
	basemaps []api.Basemap
	// begun, if set, is called beside the service once it answers.
	begun func(ctx context.Context, live *atlas.Live)
}

// run answers until ctx ends, then lets the requests in flight finish.
func (s service) run(ctx context.Context) error {
	store, live := postgis.New(s.pool), new(atlas.Live)
	var beside sync.WaitGroup
	besides, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer func() { stop(); beside.Wait() }()
	beside.Go(func() { follow(besides, store, live, s.log) })
	beside.Go(func() { warmDrafts(besides, store, s.log) })
	beside.Go(func() { keepDays(besides, store, live, s.log, time.Now) })
	if s.begun != nil {
		beside.Go(func() { s.begun(besides, live) })
	}

	base, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	server := api.NewHTTP(api.New(api.Config{Store: store, Live: live, Tiles: tiles.NewCache(tileCacheBytes),
		Allow: s.allow, Log: s.log, Basemaps: s.basemaps,
		Web: web.Handler(api.Accepts, api.BasemapOrigins(s.basemaps)...), Ahead: besides}))
	server.BaseContext = func(net.Listener) context.Context { return base }
	server.ErrorLog = slog.NewLogLogger(s.log.Handler(), slog.LevelWarn)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(api.Gather(s.listener)) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	return drain(server, cut)
}

// drain ends the server: requests in flight finish, streams are cut.
func drain(server *http.Server, cut context.CancelFunc) error {
	streams := time.AfterFunc(drainTime, cut)
	defer streams.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), drainTime+closeTime)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("requests were cut off: %w", err), server.Close())
	}
	return nil
}
