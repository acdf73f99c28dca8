package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// maxEdits is how many edits one list may hold.
const maxEdits = postgis.MaxEdits

// Names finds grids, tiers and compounds by their codes, for an edit that names
// them so. What is not there is a [geo.ErrNotFound].
type Names struct {
	Grid func(code string) (geo.GridID, error)
	Tier func(code string) (int, error) // its rank
	// Compounds returns those of the territory that have one of the codes.
	Compounds func(codes []string) (map[string]geo.Compound, error)

	compounds map[string]geo.Compound // that the edits at hand may name
}

// Edits are one or several edits as a planner sends them: grids and tiers may
// still be named by code.
type Edits struct{ list []editWire }

// An editWire is one edit as the face reads it.
type editWire interface {
	// edit returns the edit with every code found, or an *inputError,
	// *geo.InvalidError or *redraw.EditError that names the member at fault.
	edit(*Names) (redraw.Edit, error)
}

// editKinds gives for every op an empty edit to read into.
var editKinds = map[string]func() editWire{
	"split":    func() editWire { return new(splitJSON) },
	"merge":    func() editWire { return new(mergeJSON) },
	"reshape":  func() editWire { return new(reshapeJSON) },
	"transfer": func() editWire { return new(transferJSON) },
	"fill":     func() editWire { return new(fillJSON) },
	"create":   func() editWire { return new(createJSON) },
	"retire":   func() editWire { return new(retireJSON) },
	"set":      func() editWire { return new(setJSON) },
	"move":     func() editWire { return new(moveJSON) },
	"renumber": func() editWire { return new(renumberJSON) },
}

const knownOps = "split, merge, reshape, transfer, fill, create, retire, set, move, renumber"

// DecodeEdits reads {"op": …}, one edit, or {"edits": [{"op": …}, …]}, a list
// that is done whole or not at all. A member that its op does not know, one
// given twice, and anything behind the object are refused by name.
func DecodeEdits(raw []byte) (Edits, error) {
	var members map[string]json.RawMessage
	if err := decodeJSON(raw, &members); err != nil {
		return Edits{}, err
	}
	if err := onceEach(raw); err != nil {
		return Edits{}, err
	}
	several, is := members["edits"]
	if !is {
		one, err := decodeEdit(raw, members["op"])
		return Edits{[]editWire{one}}, err
	}
	if len(members) > 1 {
		return Edits{}, bad("edits", "stands alone: every edit of the list has its own op and members")
	}
	var list []json.RawMessage
	if err := json.Unmarshal(several, &list); err != nil || len(list) == 0 {
		return Edits{}, bad("edits", "must be an array of at least one edit")
	}
	if len(list) > maxEdits {
		return Edits{}, bad("edits", "has %d edits, at most %d", len(list), maxEdits)
	}
	var e Edits
	for i, item := range list {
		var members map[string]json.RawMessage
		err := decodeJSON(item, &members)
		if err == nil {
			var one editWire
			one, err = decodeEdit(item, members["op"])
			e.list = append(e.list, one)
		}
		if err != nil {
			return Edits{}, e.at(i, len(list), err)
		}
	}
	return e, nil
}

// decodeEdit reads one edit of the op.
func decodeEdit(raw, op json.RawMessage) (editWire, error) {
	if op == nil {
		return nil, bad("op", "is missing; there are %s", knownOps)
	}
	var word string
	if err := json.Unmarshal(op, &word); err != nil {
		return nil, bad("op", "must be text")
	}
	blank, known := editKinds[word]
	if !known {
		return nil, bad("op", "%q is not one of: %s", clip(word), knownOps)
	}
	edit := blank()
	return edit, decodeJSON(raw, edit)
}

// Ask makes an edit request of the edits. One edit names grids of the plan as
// it stands, which are looked up at once; those of a list may name grids that
// the edits before them make, and are looked up when their turns come.
func (e Edits) Ask(names Names) (r postgis.EditRequest, err error) {
	if len(e.list) == 1 {
		r.Edits, err = e.Resolve(names)
		return r, err
	}
	tiers := map[string]int{}
	remembered := names
	remembered.Tier = func(code string) (rank int, err error) {
		rank, known := tiers[code]
		if !known {
			if rank, err = names.Tier(code); err == nil {
				tiers[code] = rank
			}
		}
		return rank, err
	}
	// Nothing but grids is looked up when the turns come: others wait then.
	remembered.Grid = func(string) (geo.GridID, error) { return 1, nil }
	if _, err := e.resolve(&remembered); err != nil {
		return r, err
	}
	for _, wire := range e.list {
		draw := postgis.Draw{Make: func(find postgis.Finder) (redraw.Edit, error) {
			late := remembered
			late.Grid = find
			return wire.edit(&late)
		}}
		if labelled, ok := wire.(interface{ label() string }); ok {
			draw.As = labelled.label()
		}
		r.Draws = append(r.Draws, draw)
	}
	return r, nil
}

// Resolve returns the edits with every code found.
func (e Edits) Resolve(names Names) ([]redraw.Edit, error) { return e.resolve(&names) }

// resolve looks up the compounds that any edit names, and then all else.
func (e Edits) resolve(names *Names) ([]redraw.Edit, error) {
	if err := e.findCompounds(names); err != nil {
		return nil, err
	}
	edits := make([]redraw.Edit, len(e.list))
	for i, wire := range e.list {
		edit, err := wire.edit(names)
		if err != nil {
			return nil, e.at(i, len(e.list), err)
		}
		edits[i] = edit
	}
	return edits, nil
}

// findCompounds looks up, in one go, all that the edits may mean.
func (e Edits) findCompounds(names *Names) (err error) {
	var codes []string
	for _, wire := range e.list {
		if t, ok := wire.(*transferJSON); ok {
			codes = append(codes, t.Compounds...)
			for _, a := range t.Atoms {
				codes = append(codes, a.code)
			}
		}
	}
	if len(codes) > 0 {
		names.compounds, err = names.Compounds(codes)
	}
	return err
}

// at says which edit of a list err is about.
func (e Edits) at(i, of int, err error) error {
	if of == 1 {
		return err
	}
	return atLine(err, i+1)
}

// onceEach refuses a member that an object has twice, of which readers of JSON
// take one or the other; letter case does not tell members apart.
func onceEach(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))
	decoder.UseNumber() // the form is looked at, not the value
	type level struct {
		seen map[string]bool // nil in an array
		name bool            // the next token is a member's name
	}
	var levels []level
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return jsonError(err, nil, nil)
		}
		var top *level
		if len(levels) > 0 {
			top = &levels[len(levels)-1]
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			levels = levels[:len(levels)-1]
			continue
		}
		if top != nil && top.name {
			name := fmt.Sprint(token)
			folded := strings.ToLower(name)
			if top.seen[folded] {
				return bad(clip(name), "is given twice")
			}
			top.seen[folded], top.name = true, false
			continue
		}
		if top != nil && top.seen != nil {
			top.name = true
		}
		switch token {
		case json.Delim('{'):
			levels = append(levels, level{seen: map[string]bool{}, name: true})
		case json.Delim('['):
			levels = append(levels, level{})
		}
	}
}
