package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/api"
	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/postgis"
	"gridmap/geo/postgis/cluster"
)

// A demo is what the flags of one run ask for.
type demo struct {
	county     string
	listen     string
	dir        string
	households int
	basemaps   []api.Basemap
	out        io.Writer
}

func runDemo(ctx context.Context, args []string, std streams) int {
	d := demo{out: std.out}
	flags := newFlags("demo", "[--county NAME] [--listen ADDRESS] [--data DIR] [--households N] [--basemap SETTING …]", std)
	flags.StringVar(&d.county, "county", "lan", "made-up county: "+strings.Join(fixtures.Names(), ", "))
	flags.StringVar(&d.listen, "listen", "127.0.0.1:8080", "loopback address to answer on; port 0 takes a free one")
	flags.StringVar(&d.dir, "data", ".gridmap", "directory of all that the demo keeps")
	flags.IntVar(&d.households, "households", 0, "households of a county made anew; 0 takes its usual number")
	ground := basemapFlags(flags)
	if code, ok := parseFlags(flags, args); !ok {
		return code
	}
	err := d.check()
	if err == nil {
		d.basemaps, err = ground.parse()
	}
	if err != nil {
		return misuse(std, "demo", err)
	}
	log := slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if err := d.run(ctx, log); err != nil {
		return fail(std, "demo", err)
	}
	d.say("Stopped.")
	return exitOK
}

func (d *demo) check() error {
	if !slices.Contains(fixtures.Names(), d.county) {
		return fmt.Errorf("--county: there is no made-up county %q; there are %s", d.county, strings.Join(fixtures.Names(), ", "))
	}
	if d.households < 0 {
		return errors.New("--households: must not be negative")
	}
	return loopback(d.listen)
}

func (d *demo) say(format string, args ...any) { fmt.Fprintf(d.out, format+"\n", args...) }

// errStopped is why a demo that was asked to end was not up yet, whatever the
// interrupted step says.
var errStopped = errors.New("stopped before it was up; the next start makes what is missing")

// run brings everything up, serves until ctx ends and takes it down again.
func (d *demo) run(ctx context.Context, log *slog.Logger) (err error) {
	listener, err := listenOn(d.listen) // first, for it fails at once or never
	if err != nil {
		return err
	}
	defer listener.Close()
	ctx, end := context.WithCancel(ctx)
	defer end()
	url, stop, err := d.database(ctx, end, log)
	if err != nil {
		return unlessStopped(ctx, err)
	}
	defer func() { err = errors.Join(err, stop()) }()

	pool, err := postgis.Open(ctx, url)
	if err != nil {
		return unlessStopped(ctx, err)
	}
	defer pool.Close()
	county, err := d.prepare(ctx, pool)
	if err != nil {
		return unlessStopped(ctx, err)
	}
	welcome := func(ctx context.Context, live *atlas.Live) {
		for shows := false; !shows && ctx.Err() == nil; {
			_, err := live.Wait(ctx, county, 0)
			shows = err == nil
		}
		if ctx.Err() == nil {
			d.say("gridmap is at http://%s/", listener.Addr())
			d.say("It is open to everyone on this machine and to nobody else. Ctrl-C ends it; what you change is kept.")
		}
	}
	return service{listener, pool, api.LoopbackOnly, log, d.basemaps, welcome}.run(ctx)
}

func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errStopped
	}
	return err
}

// database returns the address of the database: that of the environment, or of
// a private cluster, which stop ends. A cluster that cannot be kept up calls
// end; stop then tells why.
func (d *demo) database(ctx context.Context, end func(), log *slog.Logger) (url string, stop func() error, err error) {
	if url := os.Getenv(databaseVariable); url != "" {
		d.say("Using the database of %s", databaseVariable)
		return url, func() error { return nil }, nil
	}
	dir := filepath.Join(d.dir, "postgres")
	c, err := cluster.Start(ctx, dir, cluster.Tell(func(line string) { d.say("%s", line) }))
	if err != nil {
		return "", nil, err
	}
	d.say("PostgreSQL runs in %s, on a socket and a port of its own", dir)
	watching, unwatch := context.WithCancel(ctx)
	watched := make(chan error, 1)
	go func() {
		defer end()
		watched <- watch(watching, c, log)
	}()
	return c.URL(cluster.Database), func() error {
		unwatch()
		return errors.Join(<-watched, c.Stop())
	}, nil
}

// watch starts a database that ended by itself again, until ctx ends. The
// service answers 503 meanwhile and then goes on.
func watch(ctx context.Context, c *cluster.Cluster, log *slog.Logger) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-c.Done():
		}
		log.Warn("PostgreSQL ended by itself; starting it again")
		if err := c.Restart(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

// prepare brings the schema up to date and loads the county unless it is there.
func (d *demo) prepare(ctx context.Context, pool *pgxpool.Pool) (geo.TerritoryID, error) {
	if err := postgis.Migrate(ctx, pool); err != nil {
		return 0, err
	}
	store := postgis.New(pool)
	found, err := d.loaded(ctx, store)
	if err != nil {
		return 0, err
	}
	if found != nil {
		d.say("County %s (%s) is there already, as you left it", d.county, found.Name.ZH)
		return found.ID, nil
	}
	begun := time.Now()
	d.say("Making up county %s …", d.county)
	c, err := fixtures.Make(d.county, d.households)
	if err != nil {
		return 0, err
	}
	d.say("Loading %s (%s): %d grids, %d workers, %d households …",
		c.Territory.Name.ZH, c.Territory.Name.EN, len(c.Grids), len(c.Workers), len(c.Households))
	id, _, err := store.Load(ctx, &c.Snapshot, each(c.Households), "demo")
	if err != nil {
		return 0, fmt.Errorf("load county %s: %w", d.county, err)
	}
	d.say("Loaded in %.1f s", time.Since(begun).Seconds())
	return id, nil
}

// loaded returns the county's territory, nil if it has not been loaded. A load
// is one transaction, so a territory that is there is there in full.
func (d *demo) loaded(ctx context.Context, store *postgis.Store) (*geo.Territory, error) {
	territories, err := store.Territories(ctx)
	if err != nil {
		return nil, err
	}
	for _, spec := range fixtures.Specs() {
		if spec.Key != d.county {
			continue
		}
		i := slices.IndexFunc(territories, func(t geo.Territory) bool { return strings.HasPrefix(t.Code, spec.Code) })
		if i >= 0 {
			return &territories[i], nil
		}
	}
	return nil, nil
}

// each turns a slice into the sequence the store loads from.
func each(households []geo.Household) iter.Seq2[geo.Household, error] {
	return func(yield func(geo.Household, error) bool) {
		for _, h := range households {
			if !yield(h, nil) {
				return
			}
		}
	}
}
