package geo

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"gridmap/geo/topo"
)

// Limits of a record. They are far above anything real and keep a mistyped
// file from becoming a huge one.
const (
	maxWord    = 200     // characters of a code, name, number or the like
	maxText    = 2_000   // characters of an address or a duty
	maxPersons = 100_000 // persons of one household; a dormitory is one
	maxList    = 1_000   // entries of a list
)

// checker collects the first fault of a record.
type checker struct{ fault *InvalidError }

func (c *checker) fail(field, reason string, args ...any) {
	if c.fault == nil {
		c.fault = &InvalidError{Field: field, Reason: fmt.Sprintf(reason, args...)}
	}
}

// err returns the fault as an error, or nil.
func (c *checker) err() error {
	if c.fault == nil {
		return nil
	}
	return c.fault
}

// text tests what every string must satisfy to be stored and shown.
func (c *checker) text(field, s string, most int) {
	switch {
	case !utf8.ValidString(s):
		c.fail(field, "is not UTF-8")
	case strings.ContainsRune(s, 0):
		c.fail(field, "holds a zero byte")
	case utf8.RuneCountInString(s) > most:
		c.fail(field, "is longer than %d characters", most)
	}
}

// word tests a short text that may not be empty.
func (c *checker) word(field, s string) {
	if s == "" {
		c.fail(field, "is empty")
	}
	c.text(field, s, maxWord)
}

func (c *checker) name(n Name) {
	c.text("name.zh", n.ZH, maxWord)
	c.text("name.en", n.EN, maxWord)
}

func (c *checker) date(field string, d Date) {
	if d == 0 {
		return
	}
	if _, err := NewDate(int(d)/10000, time.Month(d/100%100), int(d)%100); err != nil {
		c.fail(field, "is no day of the calendar")
	}
}

func (c *checker) period(field string, p Period) {
	c.date(field+".from", p.From)
	c.date(field+".to", p.To)
	if p.To != 0 && p.To <= p.From {
		c.fail(field, "ends before it begins")
	}
}

func (c *checker) between(field string, v, low, high int64) {
	if v < low || v > high {
		c.fail(field, "%d is not between %d and %d", v, low, high)
	}
}

func (c *checker) amount(field string, v float64) {
	if !(v >= 0) || math.IsInf(v, 0) {
		c.fail(field, "%v is not a number from 0 on", v)
	}
}

func (c *checker) place(field string, p topo.Point) {
	if _, err := topo.Snap(p.LonLat()); err != nil {
		c.fail(field, "%v", err)
	}
}

func (c *checker) words(field string, list []string) {
	if len(list) > maxList {
		c.fail(field, "has more than %d entries", maxList)
		return
	}
	for _, s := range list {
		c.word(field, s)
	}
}

func oneOf[T ~string](c *checker, field string, v T, allowed ...T) {
	for _, a := range allowed {
		if v == a {
			return
		}
	}
	c.fail(field, "%q is none of %q", string(v), allowed)
}

// Validate returns an *[InvalidError] for the first field that cannot be.
// Whether the worker, the grid and the role exist is for the store to say.
func (w *Worker) Validate() error {
	var c checker
	c.word("number", w.Number)
	c.word("name", w.Name)
	c.text("phone", w.Phone, maxWord)
	oneOf(&c, "employment", w.Employment, FullTime, PartTime, Volunteer)
	c.text("org", w.Org, maxWord)
	c.date("trained_on", w.TrainedOn)
	c.period("active", w.Active)
	return c.err()
}

// Validate returns an *[InvalidError] for the first field that cannot be.
func (a *Assignment) Validate() error {
	var c checker
	c.between("worker", int64(a.Worker), 1, math.MaxInt64)
	c.between("grid", int64(a.Grid), 1, math.MaxInt64)
	c.word("role", a.Role)
	c.between("share_permille", int64(a.Permille), 0, 1000)
	c.text("duty", a.Duty, maxText)
	c.period("valid", a.Valid)
	c.between("deputy", int64(a.Deputy), 0, math.MaxInt64)
	if a.Deputy == a.Worker {
		c.fail("deputy", "is the worker")
	}
	return c.err()
}

// Validate returns an *[InvalidError] for the first field that cannot be.
func (h *Household) Validate() error {
	var c checker
	c.word("ref", h.Ref)
	if h.Located {
		c.place("at", h.At)
	}
	c.between("stated", int64(h.Stated), 0, math.MaxInt64)
	c.between("resident", int64(h.Resident), 0, maxPersons)
	c.between("registered", int64(h.Registered), 0, maxPersons)
	c.groups(h.Groups, h.Resident)
	c.text("address", h.Address, maxText)
	c.text("compound", h.Compound, maxWord)
	c.text("building", h.Building, maxWord)
	c.text("unit", h.Unit, maxWord)
	c.text("source_crs", h.SourceCRS, maxWord)
	c.amount("accuracy_m", h.AccuracyM)
	c.text("method", h.Method, maxWord)
	c.date("updated_on", h.UpdatedOn)
	return c.err()
}

// Validate returns an *[InvalidError] for the first field that cannot be.
func (p *Population) Validate() error {
	var c checker
	c.between("unit", int64(p.Unit), 1, math.MaxInt64)
	oneOf(&c, "basis", p.Basis, Resident, Registered, UrbanResident)
	c.between("value", p.Value, 0, 2_000_000_000)
	c.date("as_of", p.AsOf)
	c.text("source", p.Source, maxText)
	return c.err()
}

// Validate returns an *[InvalidError] for the first field that cannot be.
func (f *Facility) Validate() error {
	var c checker
	c.word("type", f.Type)
	c.name(f.Name)
	c.place("at", f.At)
	c.between("division", int64(f.Division), 0, math.MaxInt64)
	c.amount("floor_area_m2", f.FloorAreaM2)
	c.text("hours", f.Hours, maxWord)
	c.words("services", f.Services)
	c.period("valid", f.Valid)
	return c.err()
}

// Validate returns an *[InvalidError] for the first field that cannot be. A
// boundary is valid ground of at most [topo.MaxLine] vertices, so that an edit
// can give it away.
func (v *Compound) Validate() error {
	var c checker
	c.word("code", v.Code)
	c.name(v.Name)
	oneOf(&c, "property", v.Property, "", Serviced, SelfManaged, Unserviced)
	c.between("division", int64(v.Division), 0, math.MaxInt64)
	c.between("units", int64(v.Units), 0, maxPersons)
	c.period("valid", v.Valid)
	if v.Boundary != nil && c.fault == nil {
		c.ground("boundary", v.Boundary)
	}
	return c.err()
}

// ground tests a shape that is more than a list of rings.
func (c *checker) ground(field string, s topo.Shape) {
	if n := s.Vertices(); n > topo.MaxLine {
		c.fail(field, "has %d vertices, at most %d", n, topo.MaxLine)
	} else if err := topo.CheckRegion(s); err != nil {
		c.fail(field, "%v", err)
	}
}
