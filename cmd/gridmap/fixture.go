package main

import (
	"context"
	"fmt"
	"strings"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/exchange"
)

func runFixture(_ context.Context, args []string, std streams) int {
	flags := newFlags("fixture", "NAME -o DIR [FLAGS]\n\nWrites a made-up county as GeoJSON and CSV files: "+
		strings.Join(fixtures.Names(), ", ")+".\nThe same arguments write the same bytes on every machine.\n", std)
	dir := flags.String("o", "", "`DIR` to write to, made if need be")
	households := flags.Int("households", 0, "how many households (0: the county's own number)")
	rest, code, ok := parseMixed(flags, args, 1, 1)
	if !ok {
		return code
	}
	if *dir == "" {
		return misuse(std, "fixture", fmt.Errorf("-o DIR is missing"))
	}
	county, err := fixtures.Make(rest[0], *households)
	if err != nil {
		return misuse(std, "fixture", err)
	}
	if err := writeCounty(county, *dir); err != nil {
		return fail(std, "fixture", err)
	}
	fmt.Fprintf(std.out, "%s is in %s: %d grids, %d households, %d workers\n", county.Territory.Name.ZH, *dir,
		len(county.Grids), len(county.Households), len(county.Workers))
	fmt.Fprintf(std.out, "Check it:  gridmap check %s\nImport it: gridmap import %s\n", *dir, *dir)
	return exitOK
}

func writeCounty(county *fixtures.County, dir string) error {
	return exchange.WriteFolder(folderOf(dir), &county.Snapshot, func(each func(*geo.Household) error) error {
		for i := range county.Households {
			if err := each(&county.Households[i]); err != nil {
				return err
			}
		}
		return nil
	})
}
