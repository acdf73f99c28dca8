package main

import (
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/datum"
	"gridmap/geo/exchange"
	"gridmap/geo/nets"
	"gridmap/geo/topo"
)

// A tierSource is the file of one tier.
type tierSource struct {
	rank   int // exchange.Overlays for dedicated and task grids
	file   string
	fields exchange.Fields
	rows   iter.Seq2[exchange.GridRow, error] // read already, instead of file
}

// sources are the files of one territory; an empty name is no file.
type sources struct {
	manifest   exchange.Manifest
	tiers      []tierSource // from the top, overlays last
	households string
	personal   string // heads and flags of households
	schedules  string
	comments   string
	records    map[geo.Entity][]string // of the sorts of [exchange.RecordFiles]
	crs        datum.CRS
	limits     exchange.Limits
	priority   string // property that decides overlaps when grids are cleaned
	std        streams
	straddling exchange.Straddling
	snapM      float64              // cleaning mends what is narrower, so that no grid straddles by it
	straddlers []exchange.Straddler // found by assemble
	// watch, if set, wraps a file that is being read, to tell of progress.
	watch func(name string, r io.ReadCloser) io.ReadCloser
}

// folderSources finds the files that export and fixture write.
func folderSources(dir string, std streams) (*sources, error) {
	s := &sources{std: std}
	name := filepath.Join(dir, exchange.ManifestFile)
	r, err := openFile(name, std)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; it is what makes a folder one of gridmap's", name, err)
	}
	defer r.Close()
	if s.manifest, err = exchange.ReadManifest(r, name); err != nil {
		return nil, err
	}
	there := func(file string) string {
		path := filepath.Join(dir, file)
		if _, err := os.Stat(path); err != nil {
			return ""
		}
		return path
	}
	for _, t := range s.manifest.Tiers {
		if file := there(exchange.TierFile(t)); file != "" {
			s.tiers = append(s.tiers, tierSource{rank: t.Rank, file: file})
		}
	}
	if file := there(exchange.OverlaysFile); file != "" {
		s.tiers = append(s.tiers, tierSource{rank: exchange.Overlays, file: file})
	}
	s.households, s.personal = there(exchange.HouseholdsFile), there(exchange.PersonalFile)
	s.schedules, s.comments = there(exchange.SchedulesFile), there(exchange.CommentsFile)
	s.records = map[geo.Entity][]string{}
	for _, of := range exchange.RecordFiles {
		if file := there(of.Name); file != "" {
			s.records[of.Entity] = []string{file}
		}
	}
	return s, nil
}

// assemble reads everything but the households.
func (s *sources) assemble() *exchange.Assembly {
	a := exchange.NewAssembly(s.manifest)
	for _, t := range s.tiers {
		if t.rows != nil {
			a.Grids(t.rank, t.rows)
			continue
		}
		fields := t.fields
		fields.Priority = s.priority
		a.Grids(t.rank, reading(s, t.file, func(r io.Reader, o exchange.Options) iter.Seq2[exchange.GridRow, error] {
			return exchange.Grids(r, o, fields)
		}))
	}
	var err error
	if s.straddlers, err = a.Place(s.straddling, s.sliver(), s.places()); err != nil {
		a.Problem(err)
	}
	for _, of := range exchange.RecordFiles {
		for _, file := range s.records[of.Entity] {
			a.Records(of, file, s.opener(file))
		}
	}
	return a
}

// sliver is what of a grid may lie in another parent without straddling.
func (s *sources) sliver() topo.Tolerance {
	tol := topo.DefaultTolerance
	tol.WidthM = max(tol.WidthM, s.snapM)
	return tol
}

// places reads where the households are, to weigh shares of grids by; what is
// wrong with them is told when they are loaded.
func (s *sources) places() nets.Homes {
	if s.households == "" {
		return nil
	}
	quiet := *s
	quiet.std.err, quiet.watch = io.Discard, nil
	return func(yield func(nets.Home) bool) {
		for h, err := range reading(&quiet, s.households, exchange.Households) {
			if err == nil && h.Located && !yield(nets.Home{At: h.At, Persons: int64(h.Resident)}) {
				return
			}
		}
	}
}

// eachHousehold reads the households, joined to a.
func (s *sources) eachHousehold(a *exchange.Assembly) iter.Seq2[geo.Household, error] {
	return a.Households(s.households, reading(s, s.households, exchange.Households))
}

// eachPersonal reads heads and flags of households, nil where no file has them.
func (s *sources) eachPersonal(a *exchange.Assembly) iter.Seq2[geo.Personal, error] {
	if s.personal == "" {
		return nil
	}
	return a.Personal(s.personal, reading(s, s.personal, exchange.Personal))
}

// eachSchedule reads the schedules, nil where no file has them.
func (s *sources) eachSchedule(a *exchange.Assembly) ([]check.Schedule, error) {
	if s.schedules == "" {
		return nil, nil
	}
	return a.Schedules(s.schedules, reading(s, s.schedules, exchange.Schedules))
}

// eachComment reads the comments, none where no file has them.
func (s *sources) eachComment(a *exchange.Assembly) []geo.Comment {
	if s.comments == "" {
		return nil
	}
	return a.Comments(s.comments, reading(s, s.comments, exchange.Comments))
}

// reading reads the records of a file; no file has no records.
func reading[T any](s *sources, name string, read func(io.Reader, exchange.Options) iter.Seq2[T, error]) iter.Seq2[T, error] {
	if name == "" {
		return func(func(T, error) bool) {}
	}
	return exchange.Reading(name, s.opener(name), read)
}

// opener opens a file to be read as all files of the sources are.
func (s *sources) opener(name string) exchange.Opener {
	return func() (io.ReadCloser, exchange.Options, error) {
		r, err := openFile(name, s.std)
		if err != nil {
			return nil, exchange.Options{}, err
		}
		if s.watch != nil {
			r = s.watch(name, r)
		}
		return r, exchange.Options{File: name, CRS: s.crs, Limits: s.limits, Warn: func(e *exchange.InputError) {
			fmt.Fprintf(s.std.err, "warning: %v\n", e)
		}}, nil
	}
}

// tellProblems lists what files cannot be taken for and reports whether there
// was anything.
func tellProblems(std streams, a *exchange.Assembly) bool {
	first, more := a.Problems()
	for _, err := range first {
		fmt.Fprintln(std.err, err)
	}
	if more > 0 {
		fmt.Fprintf(std.err, "and %d more\n", more)
	}
	return len(first) > 0
}
