package geo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"unicode"
)

// MaxGroups is how many groups a territory may declare, and a household count;
// and how many flags.
const MaxGroups = 16

// Keeps says what a territory keeps of its households beside their place and
// number. The zero Keeps keeps nothing more.
type Keeps struct {
	// Groups are those whose members households may count.
	Groups []Group `json:"groups,omitempty"`
	// Personal is the switch for heads and flags of households, off unless said.
	Personal PersonalKeeps `json:"personal,omitzero"`
}

// IsZero reports whether nothing more is kept.
func (k Keeps) IsZero() bool { return len(k.Groups) == 0 && k.Personal.IsZero() }

// Equal reports whether both keep the same.
func (k Keeps) Equal(o Keeps) bool {
	return slices.Equal(k.Groups, o.Groups) && k.Personal.Equal(o.Personal)
}

// Validate returns an *[InvalidError] for the first fault of a declaration.
func (k Keeps) Validate() error {
	var c checker
	k.validate(&c, "keeps")
	return c.err()
}

// A Group is people of one description, who are counted and never listed: old
// people who live alone, veterans.
type Group struct {
	Code string `json:"code"` // elderly_alone, children_left_behind …
	Name Name   `json:"name"`
}

// validate reports the first fault of a declaration.
func (k Keeps) validate(c *checker, field string) {
	c.declarations(field+".groups", len(k.Groups), func(i int) (string, Name) { return k.Groups[i].Code, k.Groups[i].Name })
	k.Personal.validate(c, field+".personal")
}

// declarations tests n declarations of what is counted or marked, each a code and a
// name.
func (c *checker) declarations(field string, n int, at func(i int) (string, Name)) {
	if n > MaxGroups {
		c.fail(field, "has more than %d entries", MaxGroups)
	}
	seen := map[string]bool{}
	for i := range n {
		code, name := at(i)
		where := fmt.Sprintf("%s[%d]", field, i)
		c.groupCode(where+".code", code)
		c.text(where+".name.zh", name.ZH, maxWord)
		c.text(where+".name.en", name.EN, maxWord)
		for _, text := range []string{code, name.ZH, name.EN} {
			c.keepable(where, text)
		}
		if seen[code] {
			c.fail(where+".code", "%q stands twice", code)
		}
		seen[code] = true
	}
}

// groupCode tests a code that must survive ledgers, where signs separate counts
// and full-width letters are folded.
func (c *checker) groupCode(field, code string) {
	c.word(field, code)
	for _, r := range code {
		if r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) || isWide(r) {
			c.fail(field, "%q holds more than letters, digits, - and _", code)
			return
		}
	}
}

// keepable refuses the name of what rule PRV-1 forbids to keep.
func (c *checker) keepable(field, name string) {
	if what := Sensitive(name); what != "" {
		c.fail(field, "%q promises %s, which is not kept (PRV-1)", name, what)
	}
}

// Known returns an *[InvalidError] for the first group of counts that k does
// not declare.
func (k Keeps) Known(counts GroupCounts) error {
	for name := range counts.All() {
		if !slices.ContainsFunc(k.Groups, func(g Group) bool { return g.Code == name }) {
			return &InvalidError{"groups." + name, "the territory declares no such group"}
		}
	}
	return nil
}

// GroupCounts say how many residents of one household belong to groups: a JSON
// object from the group's code to a count above 0, its members in order of the
// codes and without blanks; "" for none. Equal counts are equal texts.
type GroupCounts string

// NewGroupCounts returns counts by code of the group; zeros are left out.
func NewGroupCounts(counts map[string]int32) GroupCounts {
	var text []byte
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		if counts[code] == 0 {
			continue
		}
		quoted, _ := json.Marshal(code) // a string always has a form
		text = append(append(append(text, ','), quoted...), ':')
		text = strconv.AppendInt(text, int64(counts[code]), 10)
	}
	if len(text) == 0 {
		return ""
	}
	text[0] = '{'
	return GroupCounts(append(text, '}'))
}

// ParseGroupCounts reads a JSON object of counts, in any order and spacing. It
// refuses anything but whole numbers from 0 to 100,000, a code that stands
// twice, and more than [MaxGroups]; the error is an *[InvalidError] whose field
// begins with groups.
func ParseGroupCounts(text []byte) (GroupCounts, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	bad := func(field, reason string, args ...any) (GroupCounts, error) {
		return "", &InvalidError{field, fmt.Sprintf(reason, args...)}
	}
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return bad("groups", "is no object of counts by group")
	}
	counts := map[string]int32{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return bad("groups", "is no object of counts by group")
		}
		code := key.(string) // the decoder lets nothing else be a key
		value, err := d.Token()
		number, is := value.(json.Number)
		if err != nil || !is {
			return bad("groups."+code, "is no count")
		}
		if _, twice := counts[code]; twice {
			return bad("groups."+code, "stands twice")
		}
		n, err := strconv.ParseInt(string(number), 10, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return bad("groups."+code, "%s is no whole number", number)
		}
		if err != nil || n < 0 || n > maxPersons {
			return bad("groups."+code, "%s is not between 0 and %d", number, maxPersons)
		}
		if counts[code] = int32(n); len(counts) > MaxGroups {
			return bad("groups", "has more than %d entries", MaxGroups)
		}
	}
	if _, err := d.Token(); err != nil {
		return bad("groups", "is no object of counts by group")
	}
	if _, err := d.Token(); err != io.EOF {
		return bad("groups", "is more than one object")
	}
	return NewGroupCounts(counts), nil
}

// All returns the counts in order of the codes. Text that is no object of
// counts has none.
func (g GroupCounts) All() iter.Seq2[string, int32] {
	counts := map[string]int32{}
	if g != "" && json.Unmarshal([]byte(g), &counts) != nil {
		clear(counts)
	}
	return func(yield func(string, int32) bool) {
		for _, code := range slices.Sorted(maps.Keys(counts)) {
			if !yield(code, counts[code]) {
				return
			}
		}
	}
}

// MarshalJSON writes the object, {} for none.
func (g GroupCounts) MarshalJSON() ([]byte, error) {
	if g == "" {
		return []byte("{}"), nil
	}
	return []byte(g), nil
}

// UnmarshalJSON is [ParseGroupCounts]; null is none.
func (g *GroupCounts) UnmarshalJSON(text []byte) (err error) {
	*g = ""
	if string(text) != "null" {
		*g, err = ParseGroupCounts(text)
	}
	return err
}

// groups tests the counts of a household with so many residents.
func (c *checker) groups(counts GroupCounts, residents int32) {
	if counts == "" {
		return
	}
	if canonical, err := ParseGroupCounts([]byte(counts)); err != nil || canonical != counts {
		c.fail("groups", "is no object of counts by group in order")
		return
	}
	for code, n := range counts.All() {
		c.groupCode("groups."+code, code)
		c.keepable("groups."+code, code)
		if n > residents {
			c.fail("groups."+code, "counts %d of %d residents", n, residents)
		}
	}
}

// Groups counts the members of every group that the territory declares, as
// [Tally] counts people: for each grid, by position, those in it and under it,
// in the order of the declaration. It is nil where none is declared.
func (c *Counted) Groups() [][]int64 {
	declared := c.Territory.Keeps.Groups
	if len(declared) == 0 {
		return nil
	}
	sums := make([][]int64, len(c.Grids))
	block := make([]int64, len(c.Grids)*len(declared))
	for i := range sums {
		sums[i] = block[i*len(declared) : (i+1)*len(declared) : (i+1)*len(declared)]
	}
	known := map[GroupCounts][]int64{} // most households count alike
	for i, d := range c.Dwellings.All() {
		counts := d.Groups
		if counts == "" || c.Leaf[i] < 0 {
			continue
		}
		row, met := known[counts]
		if !met {
			row = make([]int64, len(declared))
			for code, n := range counts.All() {
				if at := slices.IndexFunc(declared, func(g Group) bool { return g.Code == code }); at >= 0 {
					row[at] = int64(n)
				}
			}
			known[counts] = row
		}
		plus(sums[c.Leaf[i]], row)
	}
	for _, i := range slices.Backward(c.Tree.Preorder()) {
		if up := c.Tree.Parent(int(i)); up >= 0 && c.Grids[i].Partitions() {
			plus(sums[up], sums[i])
		}
	}
	return sums
}

// plus adds row to sum.
func plus(sum, row []int64) {
	for i, n := range row {
		sum[i] += n
	}
}
