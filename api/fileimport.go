package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gridmap/geo"
	"gridmap/geo/datum"
	"gridmap/geo/exchange"
	"gridmap/geo/nets"
	"gridmap/geo/topo"
)

var importQuery = []string{"dry_run"}

// importMemory is how much of the files of one import stays in memory; the
// rest waits in temporary files until the answer.
const importMemory = 8 << 20

// An intake is the files of one territory as somebody sends them, and how they
// are to be read.
type intake struct {
	manifest   exchange.Manifest
	fields     map[string]importFields
	crs        datum.CRS
	straddling exchange.Straddling
	clean      *topo.CleanOptions // nil: the ground is taken as it is
	files      map[string][]*multipart.FileHeader
	warned     []*exchange.InputError // the first of them
	unlisted   int                    // warnings beyond
}

// importFields names the properties of a tier's file where they are not the
// usual ones.
type importFields struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Parent string `json:"parent"`
}

// The parts of the form that are files but for those of tiers, which are
// called tier:CODE, and those of records, which have the names of the options
// of `gridmap import`.
const (
	tierPart       = "tier:"
	dedicatedPart  = "dedicated"
	householdsPart = "households"
)

// postImport handles POST /v1/imports: a new territory from files, all or
// nothing. With dry_run it is only told what would become of every row.
func (s *Server) postImport(w http.ResponseWriter, r *http.Request) error {
	dry, err := truthQuery(r, "dry_run")
	if err != nil {
		return err
	}
	if !dry {
		if err := s.allow(r, Admin, Scope{}); err != nil {
			return err
		}
	}
	in, done, err := s.readIntake(w, r)
	if err != nil {
		return err
	}
	defer done()
	a, answer, err := in.judge(r.Context(), s.today())
	if err != nil {
		return err
	}
	answer.DryRun = dry
	if dry {
		w.Header().Set("Cache-Control", "no-store")
		return writeJSON(w, http.StatusOK, answer)
	}
	if answer.Refused > 0 {
		return &importError{refused: answer.Refused, first: answer.firstRefused()}
	}
	if answer.Territory, answer.Revision, err = s.store.Load(r.Context(), a.Snapshot(), in.people(a), s.who(r)); err != nil {
		return err
	}
	plans, err := s.store.Plans(r.Context(), answer.Territory)
	if err != nil || len(plans) == 0 {
		return cmp.Or(err, geo.ErrNotFound)
	}
	answer.Plan = plans[0].ID
	if plans[0].State == geo.InForce { // whoever asks next has it at hand; late it is there too
		_ = s.await(r.Context(), plans[0].Territory, answer.Revision)
	}
	w.Header().Set("Location", fmt.Sprintf("/v1/plans/%d", answer.Plan))
	tellRevision(w, answer.Revision)
	return writeJSON(w, http.StatusCreated, answer)
}

// An importError is a real import of files that hold rows which cannot be
// taken.
type importError struct {
	refused int
	first   string
}

func (e *importError) Error() string {
	return fmt.Sprintf("%d rows cannot be taken, the first: %s; ask with dry_run=true for all of them", e.refused, e.first)
}

// truthQuery reads a parameter that is true or false, false if not stated.
func truthQuery(r *http.Request, name string) (bool, error) {
	switch text := r.URL.Query().Get(name); text {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, bad(name, "%q is neither true nor false", clip(text))
	}
}

// readIntake reads the form; done takes its temporary files away.
func (s *Server) readIntake(w http.ResponseWriter, r *http.Request) (in *intake, done func(), err error) {
	header := r.Header.Get("Content-Type")
	if media, _, err := mime.ParseMediaType(header); err != nil || media != "multipart/form-data" {
		return nil, nil, &mediaTypeError{got: header, want: "multipart/form-data"}
	}
	r.Body = http.MaxBytesReader(w, r.Body, s.limits.BulkBody)
	if err := r.ParseMultipartForm(importMemory); err != nil {
		var size *http.MaxBytesError
		if errors.As(err, &size) {
			return nil, nil, size
		}
		return nil, nil, bad("body", "is not a form of files: %v", err)
	}
	done = func() { _ = r.MultipartForm.RemoveAll() } // what is left there the system takes away
	in = &intake{files: r.MultipartForm.File}
	if err := in.read(r.MultipartForm.Value); err != nil {
		done()
		return nil, nil, err
	}
	return in, done, nil
}

// read reads what the form says of its files.
func (in *intake) read(values map[string][]string) error {
	said := func(name string) string { return strings.Join(values[name], "") }
	for name := range values {
		if !slices.Contains([]string{"manifest", "fields", "crs", "straddle", "snap_m", "fill_width_m"}, name) {
			return bad(name, "the form knows no such part; files need a file name")
		}
	}
	var err error
	if in.manifest, err = exchange.ReadManifest(strings.NewReader(said("manifest")), "manifest"); err != nil {
		return asFormError(err)
	}
	if text := said("fields"); text != "" {
		if err := decodeJSON([]byte(text), &in.fields); err != nil {
			return err
		}
	}
	if in.crs, err = readCRS(said("crs")); err != nil {
		return err
	}
	if in.straddling, err = exchange.ParseStraddling(cmp.Or(said("straddle"), string(exchange.Refused))); err != nil {
		return bad("straddle", "%v", err)
	}
	if said("snap_m")+said("fill_width_m") != "" {
		in.clean = &topo.CleanOptions{}
		for name, into := range map[string]*float64{"snap_m": &in.clean.SnapM, "fill_width_m": &in.clean.FillWidthM} {
			if *into, err = strconv.ParseFloat(said(name), 64); err != nil || !(*into >= 0 && *into <= 100) {
				return bad(name, "%q is no number of metres from 0 to 100", clip(said(name)))
			}
		}
	}
	return in.checkFiles()
}

// asFormError makes what is wrong with the manifest a refusal of that part.
func asFormError(err error) error {
	var file *exchange.InputError
	if errors.As(err, &file) {
		return bad(strings.TrimSuffix("manifest."+file.Field, "."), "%s", file.Reason)
	}
	return err
}

// checkFiles refuses parts that nobody would read, and forms without a grid.
func (in *intake) checkFiles() error {
	tiers := 0
	for name := range in.files {
		code, isTier := strings.CutPrefix(name, tierPart)
		switch {
		case isTier && !slices.ContainsFunc(in.manifest.Tiers, func(t geo.Tier) bool { return t.Code == code }):
			return bad(name, "the manifest has no tier %q", clip(code))
		case isTier:
			tiers++
		case name == dedicatedPart || name == householdsPart:
		case !slices.ContainsFunc(exchange.RecordFiles, func(f exchange.RecordFile) bool { return f.Option == name }):
			return bad(name, "the form knows no such file")
		}
	}
	if tiers == 0 {
		return bad(tierPart, "no file has grids")
	}
	return nil
}

// assemble reads everything but the households.
func (in *intake) assemble() (*exchange.Assembly, []exchange.Straddler) {
	a := exchange.NewAssembly(in.manifest)
	for _, t := range in.manifest.Tiers {
		f := in.fields[t.Code]
		in.grids(a, t.Rank, tierPart+t.Code, exchange.Fields{Code: f.Code, Name: f.Name, Parent: f.Parent})
	}
	in.grids(a, exchange.Overlays, dedicatedPart, exchange.Fields{})
	tol := topo.DefaultTolerance
	if in.clean != nil {
		tol.WidthM = max(tol.WidthM, in.clean.SnapM)
	}
	straddlers, err := a.Place(in.straddling, tol, in.homes())
	if err != nil {
		a.Problem(err)
	}
	for _, of := range exchange.RecordFiles {
		for _, file := range in.files[of.Option] {
			a.Records(of, file.Filename, in.opener(file))
		}
	}
	return a, straddlers
}

func (in *intake) grids(a *exchange.Assembly, rank int, part string, fields exchange.Fields) {
	for _, file := range in.files[part] {
		a.Grids(rank, exchange.Reading(file.Filename, in.opener(file), func(r io.Reader, o exchange.Options) iter.Seq2[exchange.GridRow, error] {
			return exchange.Grids(r, o, fields)
		}))
	}
}

// opener opens a file of the form; what it warns of is kept.
func (in *intake) opener(file *multipart.FileHeader) exchange.Opener {
	return func() (io.ReadCloser, exchange.Options, error) {
		r, err := file.Open()
		return r, exchange.Options{File: file.Filename, CRS: in.crs, Warn: in.warn}, err
	}
}

// warn keeps a warning, or only counts it: a file may give one a feature.
func (in *intake) warn(e *exchange.InputError) {
	if len(in.warned) == mostImportRows {
		in.unlisted++
		return
	}
	in.warned = append(in.warned, e)
}

// rows reads the rows of the households; at is told the name of each file.
func (in *intake) rows(at *string) iter.Seq2[exchange.HouseholdRow, error] {
	return func(yield func(exchange.HouseholdRow, error) bool) {
		for _, file := range in.files[householdsPart] {
			*at = file.Filename
			for row, err := range exchange.Reading(file.Filename, in.opener(file), exchange.Households) {
				if !yield(row, err) {
					return
				}
			}
		}
	}
}

// homes tells where households are, to weigh shares of grids by; what is wrong
// with them is told when they are judged.
func (in *intake) homes() nets.Homes {
	return func(yield func(nets.Home) bool) {
		quiet := *in
		for h, err := range quiet.rows(new(string)) {
			if err == nil && h.Located && !yield(nets.Home{At: h.At, Persons: int64(h.Resident)}) {
				return
			}
		}
	}
}

// people streams the households, joined to a.
func (in *intake) people(a *exchange.Assembly) iter.Seq2[geo.Household, error] {
	return func(yield func(geo.Household, error) bool) {
		var file string
		for h, err := range a.Households("", in.rows(&file)) {
			var row *exchange.InputError
			if errors.As(err, &row) && row.File == "" {
				row.File = file // the household itself cannot be, not its line
			}
			if !yield(h, err) {
				return
			}
		}
	}
}

// judge reads, places, cleans and proves everything, and tells what became of
// every row.
func (in *intake) judge(ctx context.Context, today geo.Date) (*exchange.Assembly, *importJSON, error) {
	a, straddlers := in.assemble()
	told := newImportReport(in, a)
	told.straddle(straddlers)
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if problems, _ := a.Problems(); len(problems) == 0 {
		if len(a.Snapshot().Grids) == 0 {
			return nil, nil, bad(tierPart, "the files hold no grids")
		}
		if err := in.prove(a, told, today); err != nil {
			return nil, nil, err
		}
	}
	for _, err := range in.people(a) {
		if err != nil {
			a.Problem(err)
		} else {
			told.answer.Households++
		}
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
	}
	return a, told.close(), nil
}

// prove cleans, settles and proves the ground.
func (in *intake) prove(a *exchange.Assembly, told *importReport, today geo.Date) error {
	if in.clean != nil {
		groups, err := a.Clean(*in.clean)
		if err != nil {
			told.failed("unclean", err)
			return nil
		}
		told.cleaned(groups)
	}
	settled, err := a.Settle()
	if err != nil {
		told.failed("tree", err)
		return nil
	}
	told.settled(settled)
	proven, err := a.Prove(today)
	if err != nil {
		return err
	}
	told.proven(&proven)
	return nil
}
