package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/postgis"
	"gridmap/tiles"
	"gridmap/tiles/pmtiles"
)

const tilesHelp = `-o FILE --territory CODE [FLAGS]
       gridmap tiles --since FILE --territory CODE [FLAGS]

Writes the tiles of a plan into one file, PMTiles 3, which maps in a browser
read from any file server. With --since it writes to the standard output, as
JSON, which tiles of such a file are no longer as the plan stands. Households
are in no tile.

`

// A tilesCall is what the command line of tiles says.
type tilesCall struct {
	out, since, territory string
	plan                  int64
	archive               tiles.Archive
}

func runTiles(ctx context.Context, args []string, std streams) int {
	flags := newFlags("tiles", tilesHelp, std)
	var c tilesCall
	flags.StringVar(&c.out, "o", "", "`FILE` to write, such as county.pmtiles")
	flags.StringVar(&c.since, "since", "", "`FILE` that was written before: list the tiles that changed since")
	flags.StringVar(&c.territory, "territory", "", "`CODE` or name of the territory")
	flags.Int64Var(&c.plan, "plan", 0, "`ID` of the plan; the one in force, else the newest, when not given")
	layers := flags.String("layers", strings.Join(tiles.ArchiveLayers(), ","), "`NAMES` of the layers, such as grids,labels or a tier's code")
	least := flags.Uint("min-zoom", 0, "first `ZOOM`")
	most := flags.Uint("max-zoom", 14, fmt.Sprintf("last `ZOOM`, at most %d; maps enlarge its tiles", tiles.MaxZoom))
	database := databaseFlag(flags)
	if code, ok := parseFlags(flags, args); !ok {
		return code
	}
	switch {
	case c.territory == "":
		return misuse(std, "tiles", errors.New("--territory is missing"))
	case (c.out == "") == (c.since == ""):
		return misuse(std, "tiles", errors.New("give either -o FILE or --since FILE"))
	case *most > tiles.MaxZoom || *least > *most:
		return misuse(std, "tiles", fmt.Errorf("zooms %d to %d: give 0 to %d", *least, *most, tiles.MaxZoom))
	}
	c.archive = tiles.Archive{Layers: strings.Split(*layers, ","), MinZoom: uint32(*least), MaxZoom: uint32(*most)}
	url, ok := databaseURL(*database, "tiles", std)
	if !ok {
		return exitUsage
	}
	pool, err := postgis.Open(ctx, url)
	if err != nil {
		return fail(std, "tiles", err)
	}
	defer pool.Close()
	if err := c.run(ctx, postgis.New(pool), std); err != nil {
		return fail(std, "tiles", err)
	}
	return exitOK
}

func (c tilesCall) run(ctx context.Context, store *postgis.Store, std streams) error {
	t, err := findTerritory(ctx, store, c.territory)
	if err != nil {
		return err
	}
	picture, err := c.picture(ctx, store, t)
	if err != nil {
		return err
	}
	if c.since != "" {
		return c.changes(ctx, picture, std)
	}
	return c.write(ctx, picture, std)
}

// picture draws the plan that is asked for.
func (c tilesCall) picture(ctx context.Context, store *postgis.Store, t geo.Territory) (*tiles.Picture, error) {
	id := geo.PlanID(c.plan)
	if id == 0 {
		var err error
		if id, err = newestPlan(ctx, store, t.ID); err != nil {
			return nil, err
		}
	}
	snap, err := store.Snapshot(ctx, id)
	if err != nil {
		return nil, err
	}
	if snap.Territory.ID != t.ID {
		return nil, fmt.Errorf("plan %d is of %s, not of %s", id, snap.Territory.Code, t.Code)
	}
	a, err := atlas.New(snap)
	if err != nil {
		return nil, err
	}
	return tiles.Draw(a), nil
}

// write writes the archive under another name until it is whole.
func (c tilesCall) write(ctx context.Context, p *tiles.Picture, std streams) error {
	started := time.Now()
	f, err := os.Create(c.out + ".part")
	if err != nil {
		return err
	}
	part := &partFile{f, c.out}
	h, err := c.archive.Write(ctx, p, part)
	if err != nil {
		part.Abandon()
		return err
	}
	size, err := f.Stat()
	if err == nil {
		err = part.Close()
	}
	if err != nil {
		part.Abandon()
		return err
	}
	fmt.Fprintf(std.err, "%s: %d tiles of zoom %d to %d, %d of them different, %.1f MB, %.1f s\n",
		c.out, h.Addressed, h.MinZoom, h.MaxZoom, h.Contents, float64(size.Size())/1e6, time.Since(started).Seconds())
	return nil
}

// changes lists the tiles that are no longer as an archive has them.
func (c tilesCall) changes(ctx context.Context, p *tiles.Picture, std streams) error {
	f, err := os.Open(c.since)
	if err != nil {
		return err
	}
	defer f.Close()
	old, err := pmtiles.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s: %w", c.since, err)
	}
	m, err := tiles.ChangedSince(ctx, old, p)
	if err != nil {
		return fmt.Errorf("%s: %w", c.since, err)
	}
	e := json.NewEncoder(std.out)
	e.SetEscapeHTML(false)
	return e.Encode(m)
}
