package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/exchange"
)

const fixtureHelp = `NAME -o DIR [FLAGS]

Writes a made-up county as GeoJSON and CSV files: %s.
The same arguments write the same bytes on every machine.

With --plant the copy has faults, and ledger.json lists the findings that a
check of the folder on 2025-06-30 by the profile "planted" must have: those and
no others. Without that profile VER-1 is not asked.

`

// ledgerFile lists what was planted.
const ledgerFile = "ledger.json"

func runFixture(_ context.Context, args []string, std streams) int {
	flags := newFlags("fixture", fmt.Sprintf(fixtureHelp, strings.Join(fixtures.Names(), ", ")), std)
	dir := flags.String("o", "", "`DIR` to write to, made if need be")
	households := flags.Int("households", 0, "how many households (0: the county's own number)")
	plant := flags.String("plant", "", "plant faults at places drawn from `SEED`, a number")
	rest, code, ok := parseMixed(flags, args, 1, 1)
	if !ok {
		return code
	}
	if *dir == "" {
		return misuse(std, "fixture", errors.New("-o DIR is missing"))
	}
	county, err := fixtures.Make(rest[0], *households)
	if err != nil {
		return misuse(std, "fixture", err)
	}
	how := ""
	if *plant != "" {
		how = fmt.Sprintf(" --as-of %s --profile %s", fixtures.AsOf, fixtures.PlantedProfile)
		seed, err := strconv.ParseUint(*plant, 10, 64)
		if err != nil {
			return misuse(std, "fixture", fmt.Errorf("--plant %s: not a number from 0 on", *plant))
		}
		if county, err = writePlanted(county, *dir, seed); err != nil {
			return fail(std, "fixture", err)
		}
	} else if err := writeCounty(county, folderOf(*dir)); err != nil {
		return fail(std, "fixture", err)
	}
	fmt.Fprintf(std.out, "%s is in %s: %d grids, %d households, %d workers\n", county.Territory.Name.ZH, *dir,
		len(county.Grids), len(county.Households), len(county.Workers))
	fmt.Fprintf(std.out, "Check it:  gridmap check %s%s\nImport it: gridmap import %s\n", *dir, how, *dir)
	return exitOK
}

func writeCounty(county *fixtures.County, create func(name string) (io.WriteCloser, error)) error {
	return exchange.WriteFolder(create, &county.Snapshot, func(each func(*geo.Household) error) error {
		for i := range county.Households {
			if err := each(&county.Households[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// A ledger is what ledger.json holds.
type ledger struct {
	Seed    uint64             `json:"seed"`
	AsOf    geo.Date           `json:"as_of"`
	Profile string             `json:"profile"` // to check by
	Planted []fixtures.Planted `json:"planted"`
}

// writePlanted writes a faulty copy of the county and its ledger.
func writePlanted(clean *fixtures.County, dir string, seed uint64) (*fixtures.County, error) {
	county, planted, err := clean.Plant(seed)
	if err != nil {
		return nil, err
	}
	disguise, planted := county.Disguise(planted)
	tiers := map[string]string{}
	for _, t := range county.Tiers {
		tiers[exchange.TierFile(t)] = t.Code
	}
	create := folderOf(dir)
	err = writeCounty(county, func(name string) (io.WriteCloser, error) {
		w, err := create(name)
		if tier, ok := tiers[name]; ok && err == nil {
			return &disguised{WriteCloser: w, disguise: disguise, tier: tier}, nil
		}
		return w, err
	})
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(ledger{seed, fixtures.AsOf, fixtures.PlantedProfile, planted}, "", "  ")
	if err != nil {
		return nil, err
	}
	w, err := create(ledgerFile)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return county, w.Close()
}

// disguised gathers a tier's file and writes it in its disguise.
type disguised struct {
	io.WriteCloser
	text     bytes.Buffer
	disguise fixtures.Disguise
	tier     string
}

func (d *disguised) Write(p []byte) (int, error) { return d.text.Write(p) }

func (d *disguised) Close() error {
	if _, err := d.WriteCloser.Write(d.disguise.Write(d.tier, d.text.Bytes())); err != nil {
		return errors.Join(err, d.WriteCloser.Close())
	}
	return d.WriteCloser.Close()
}
