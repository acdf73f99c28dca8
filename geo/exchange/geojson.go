package exchange

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"gridmap/geo/datum"
	"gridmap/geo/topo"
)

// A Feature is one feature of a GeoJSON file, its coordinates on the lattice.
type Feature struct {
	Index      int    // in the file, 0-based
	ID         string // the id member, as text
	NumericID  bool   // it is a number
	Properties Properties
	// Shape is nil for a feature without ground: null or empty geometry, or a
	// point.
	Shape topo.Shape
	Point *topo.Point
	// Flaw is the first ring that is open or has too few points; Shape holds
	// the ring closed. Whether rings cross is for package topo to say.
	Flaw *topo.RingError
	// Dropped counts the heights and measures that were left out.
	Dropped int
}

// ReadGeoJSON reads a FeatureCollection, a Feature, a bare geometry,
// newline-delimited GeoJSON or an RFC 8142 sequence, feature by feature.
//
// What is wrong is yielded as *[InputError] and reading goes on behind the
// feature concerned, unless the error is Fatal.
func ReadGeoJSON(src io.Reader, opts Options) iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		p := &parser{opts: opts, limits: opts.Limits.orDefaults(), yield: yield}
		r, err := open(src)
		if err != nil {
			p.fatal(-1, "", err)
			return
		}
		p.scanner = newScanner(r, p.limits)
		p.documents()
	}
}

// errStop unwinds the parser after a fatal error was yielded or the consumer
// has had enough.
var errStop = errors.New("stop")

type parser struct {
	*scanner
	opts    Options
	limits  Limits
	index   int // of the feature being read
	yield   func(Feature, error) bool
	scratch coordinates
}

// fatal yields an error behind which nothing can be read.
func (p *parser) fatal(feature int, field string, err error) error {
	p.yield(Feature{}, &InputError{File: p.opts.File, Feature: feature, Field: field, Reason: err.Error(), Fatal: true})
	return errStop
}

// recordSeparator begins each text of an RFC 8142 sequence.
const recordSeparator = 0x1E

func (p *parser) documents() {
	for some := false; ; some = true {
		c, err := p.next()
		for err == nil && c == recordSeparator {
			p.pos++
			c, err = p.next()
		}
		switch {
		case errors.Is(err, errEnd) && some:
			return
		case errors.Is(err, errEnd):
			p.fatal(-1, "", errors.New("an empty file"))
			return
		case err != nil:
			p.fatal(-1, "", err)
			return
		case c != '{':
			p.fatal(-1, "", fmt.Errorf("%s at byte %d; GeoJSON is made of objects", p.found(c), p.offset()))
			return
		}
		if p.object(true) != nil {
			return
		}
	}
}

// object reads one object that may be a feature or a geometry and, at the top,
// a collection of features; it yields what it holds. The only error is
// errStop.
func (p *parser) object(top bool) error {
	p.text = 0
	start := p.depth
	var (
		o   object
		bad *InputError // the first thing wrong
	)
	note := func(field string, err error) {
		if bad == nil {
			bad = &InputError{File: p.opts.File, Feature: p.index, Field: field, Reason: err.Error()}
		}
	}
	err := p.open('{')
	for first := true; err == nil; first = false {
		var more bool
		if more, err = p.more('}', first); err != nil || !more {
			break
		}
		var name string
		if name, err = p.member(&o); err != nil {
			break
		}
		depth := p.depth
		if e := p.objectMember(&o, name, top); e != nil {
			if errors.Is(e, errStop) {
				return errStop
			}
			note(name, e)
			if e = p.recover(depth); e != nil {
				return p.fatal(p.index, bad.Field, errors.New(bad.Reason))
			}
		}
	}
	if err != nil {
		note("", err)
		if e := p.recover(start); e != nil {
			return p.fatal(p.index, "", fmt.Errorf("%w (near byte %d)", err, p.offset()))
		}
	}
	return p.emit(&o, bad)
}

// member takes the name of the next member and refuses a repeated one.
func (p *parser) member(o *object) (string, error) {
	name, err := p.key()
	if err != nil {
		return "", err
	}
	if o.has(name) {
		return "", fmt.Errorf("the member %q stands twice", name)
	}
	if len(o.seen) == maxProperties {
		return "", fmt.Errorf("more than %d members", maxProperties)
	}
	o.seen = append(o.seen, name)
	return name, nil
}

func (p *parser) objectMember(o *object, name string, top bool) (err error) {
	switch name {
	case "features":
		if !top {
			return errors.New("a collection inside a collection")
		}
		return p.features()
	case "geometry":
		o.geometry, o.isNull, err = p.geometryOrNull(0)
	case "properties":
		o.fields, err = p.properties()
	case "id":
		o.id, o.numericID, err = p.id()
	default:
		err = p.geometryMember(o, name, 0)
	}
	return err
}

// features reads the array of a collection.
func (p *parser) features() error {
	if err := p.open('['); err != nil {
		return p.fatal(-1, "features", err)
	}
	for first := true; ; first = false {
		more, err := p.more(']', first)
		if err != nil {
			return p.fatal(p.index, "", fmt.Errorf("%w (near byte %d)", err, p.offset()))
		}
		if !more {
			return nil
		}
		if err := p.object(false); err != nil {
			return err
		}
	}
}

// id reads a feature's id, which may be a number.
func (p *parser) id() (id string, numeric bool, err error) {
	c, err := p.next()
	if err != nil {
		return "", false, err
	}
	switch c {
	case '"':
		id, err = p.string()
		return id, false, err
	case 'n':
		_, err := p.word()
		return "", false, err
	}
	text, err := p.number()
	return string(text), true, err
}

// crs reads the crs member of the 2008 draft, which GDAL still writes. What
// is not supported is fatal, for every coordinate would be misread.
func (p *parser) crs() error {
	c, err := p.next()
	if err != nil {
		return err
	}
	if c == 'n' {
		_, err = p.word()
		return err
	}
	if err := p.open('{'); err != nil {
		return p.fatal(-1, "crs", err)
	}
	var o object
	for first := true; ; first = false {
		more, err := p.more('}', first)
		if err != nil {
			return p.fatal(-1, "crs", err)
		}
		if !more {
			break
		}
		var name string
		if name, err = p.member(&o); err == nil {
			if name == "properties" {
				o.fields, err = p.properties()
			} else {
				err = p.skip()
			}
		}
		if err != nil {
			return p.fatal(-1, "crs", err)
		}
	}
	return p.checkCRS(o.fields)
}

// emit yields what an object held, or why it holds nothing.
func (p *parser) emit(o *object, bad *InputError) error {
	if o.kind == "FeatureCollection" || o.has("features") {
		return p.endCollection(o, bad)
	}
	f := Feature{Index: p.index, ID: o.id, NumericID: o.numericID, Properties: o.fields}
	fail := func(field string, err error) {
		if bad == nil {
			bad = &InputError{File: p.opts.File, Feature: p.index, Field: field, Reason: err.Error()}
		}
	}
	var g geometry
	switch _, isGeometry := nestings[o.kind]; {
	case o.kind == "Feature" && !o.has("geometry"):
		fail("geometry", errors.New("a Feature without a geometry member; write null for an undrawn grid"))
	case o.kind == "Feature":
		g = o.geometry
	case isGeometry || o.kind == "GeometryCollection":
		var err error
		if g, err = p.geometryOf(o); err != nil {
			fail("", err)
		}
	case !o.has("type"):
		fail("type", errors.New("missing; not a GeoJSON object"))
	default:
		fail("type", fmt.Errorf("%q is no type of GeoJSON", o.kind))
	}
	p.index++
	if bad != nil {
		bad.Code = p.opts.codeIn(o.fields)
		if !p.yield(Feature{}, bad) {
			return errStop
		}
		return nil
	}
	f.Shape, f.Point, f.Flaw, f.Dropped = g.shape, g.point, g.flaw, g.dropped
	if !p.yield(f, nil) {
		return errStop
	}
	return nil
}

// codeIn returns what names a feature in errors.
func (o *Options) codeIn(fields Properties) string {
	if o.Code == "" && o.codeOf != nil {
		return o.codeOf(fields)
	}
	code, _, _ := fields.Code(o.Code)
	return code
}

// endCollection checks a collection whose features have been yielded.
func (p *parser) endCollection(o *object, bad *InputError) error {
	switch {
	case bad != nil:
	case !o.has("features"):
		bad = &InputError{Field: "features", Reason: "missing from the FeatureCollection"}
	case o.kind != "FeatureCollection":
		bad = &InputError{Field: "type", Reason: fmt.Sprintf("%q stands where FeatureCollection is expected", o.kind)}
	default:
		return nil
	}
	bad.File, bad.Feature = p.opts.File, -1
	if !p.yield(Feature{}, bad) {
		return errStop
	}
	return nil
}

func (p *parser) checkCRS(named Properties) error {
	name, _ := named.Text("name")
	if code, ok := named.Get("code"); name == "" && ok {
		name = "EPSG:" + code.Text
	}
	if name == "" {
		return p.fatal(-1, "crs", errors.New("names no coordinate system; use EPSG:4326, CRS84 or EPSG:4490"))
	}
	crs, err := datum.Parse(name)
	if err != nil {
		return p.fatal(-1, "crs", err)
	}
	if crs != datum.WGS84 && crs != p.opts.CRS {
		return p.fatal(-1, "crs", fmt.Errorf("the file says %v; declare it to have it converted", crs))
	}
	return nil
}
