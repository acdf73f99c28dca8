package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gridmap/geo/exchange"
)

// findWithinCode settles which property of the file of --within the grids name
// as their parent: the one asked for, the one under a usual name, or else the
// one that holds most of the values that FILE names. It says which it took.
func (q *checkRequest) findWithinCode(std streams, opts exchange.Options) error {
	if q.within == "" || q.parent == "" || q.withinCode != "" || q.file == "-" || q.within == "-" {
		return nil
	}
	named := map[string]bool{}
	states := false // some feature has the property that names a parent
	others := map[string]bool{}
	err := q.eachFeature(q.file, std, opts, func(f exchange.Feature) {
		for _, p := range f.Properties {
			states = states || p.Name == q.parent
			others[p.Name] = true
		}
		if code, _, err := f.Properties.Code(q.parent); err == nil && code != "" {
			named[code] = true
		}
	})
	if err != nil {
		return err
	}
	if !states && len(others) > 0 {
		return fmt.Errorf("%s: no feature has the property %q of --parent; there are %s",
			q.file, q.parent, strings.Join(slices.Sorted(maps.Keys(others)), ", "))
	}
	held := map[string]int{} // by property: how many features hold a value that is named
	var order []string
	usual := false
	err = q.eachFeature(q.within, std, opts, func(f exchange.Feature) {
		for _, p := range f.Properties {
			usual = usual || exchange.IsCodeHeading(p.Name)
			code, _, err := f.Properties.Code(p.Name)
			if err != nil || !named[code] {
				continue
			}
			if held[p.Name] == 0 {
				order = append(order, p.Name)
			}
			held[p.Name]++
		}
	})
	if err != nil || usual {
		return err
	}
	for _, name := range order {
		if held[name] > held[q.withinCode] {
			q.withinCode = name
		}
	}
	if q.withinCode != "" {
		fmt.Fprintf(std.err, "%s: the property %s holds what %s names as %s\n", q.within, q.withinCode, q.file, q.parent)
	}
	return nil
}

// eachFeature reads the features of a file that can be read; what cannot is
// told when the file is checked.
func (q *checkRequest) eachFeature(name string, std streams, opts exchange.Options, visit func(exchange.Feature)) error {
	r, err := openFile(name, std)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer r.Close()
	opts.File = name
	for f, err := range exchange.ReadGeoJSON(r, opts) {
		if err == nil {
			visit(f)
		}
	}
	return nil
}
