package exchange

import (
	"errors"
	"io"
	"iter"
	"strings"

	"gridmap/geo"
)

// PersonalFile is the file of a folder with heads and flags of households,
// written and read only where that is asked for.
const PersonalFile = "personal.csv"

// A PersonalRow is what a household says of its people as a file gives it.
type PersonalRow struct {
	Line int
	geo.Personal
}

var personalColumns = []column{
	{name: "ref", also: []string{"户号", "户编号", "户籍号", "household", "householdid"}, need: true},
	{name: "head", also: []string{"户主", "户主姓名", "headname", "householdhead", "headofhousehold"}},
	{name: "flags", also: []string{"标签", "户标签", "flag", "tags"}},
	{name: "updated_on", also: []string{"更新日期", "更新时间"}},
}

// Personal reads heads and flags of households from CSV. A ledger of households
// serves as it is: the columns it has besides are not taken.
func Personal(src io.Reader, opts Options) iter.Seq2[PersonalRow, error] {
	warn := opts.Warn
	opts.Warn = func(e *InputError) {
		if warn != nil && (e.Rule != "" || e.Line != 1) { // columns of the ledger's other side are no surprise
			warn(e)
		}
	}
	return rows(src, opts, personalColumns, func(r *row) PersonalRow {
		p := PersonalRow{Line: r.line}
		p.Ref = r.needed("ref")
		r.key = p.Ref
		p.Head, p.Flags, p.UpdatedOn = r.text("head"), r.list("flags"), r.date("updated_on")
		return p
	})
}

// Personal turns rows into what households say; a flag may be named by its code
// or by a name that the territory declares for it. A row that cannot be taken,
// as are all while the territory's switch is off, is yielded as *[InputError].
func (a *Assembly) Personal(file string, seq iter.Seq2[PersonalRow, error]) iter.Seq2[geo.Personal, error] {
	keeps := a.snap.Territory.Keeps.Personal
	codes := map[string]string{}
	for _, f := range keeps.Flags {
		for _, name := range []string{f.Name.EN, f.Name.ZH, f.Code} { // the code wins
			if name != "" {
				codes[strings.ToLower(name)] = f.Code
			}
		}
	}
	return func(yield func(geo.Personal, error) bool) {
		seen := newSeen()
		for row, err := range seq {
			if err == nil {
				err = personal(where{file, row.Line, row.Ref}, &row.Personal, keeps, codes, seen)
			}
			if !yield(row.Personal, err) {
				return
			}
		}
	}
}

// personal tests a row and leads its flags to their codes.
func personal(w where, p *geo.Personal, keeps geo.PersonalKeeps, codes map[string]string, seen *seen) error {
	if seen.again(p.Ref) {
		return w.problem("ref", "stands twice")
	}
	for i, f := range p.Flags {
		if code, known := codes[strings.ToLower(f)]; known {
			p.Flags[i] = code
		}
	}
	if err := p.Validate(); err != nil {
		return w.valid(err)
	}
	err := keeps.Permits(p)
	if errors.Is(err, geo.ErrNotKept) {
		bad := w.problem("", "%v; territory.json, member territory.keeps.personal, turns the switch", err).(*InputError)
		bad.Rule = geo.RulePrivate
		return bad
	}
	return w.valid(err)
}

// A PersonalWriter writes heads and flags of households as [Personal] reads them.
type PersonalWriter struct{ *CSVWriter }

// NewPersonalWriter starts the table.
func NewPersonalWriter(w io.Writer) PersonalWriter {
	return PersonalWriter{newColumnsWriter(w, personalColumns)}
}

// Write writes what one household says.
func (w PersonalWriter) Write(p *geo.Personal) error {
	w.Row(p.Ref, p.Head, strings.Join(p.Flags, ";"), p.UpdatedOn.String())
	return w.err
}
