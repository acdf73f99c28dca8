package geo

import (
	"errors"
	"fmt"
	"slices"
	"unicode"
)

// ErrNotKept says that a territory does not keep what was given or asked for:
// its switch is off (rule PRV-1).
var ErrNotKept = errors.New("the territory does not keep it (PRV-1)")

// PersonalKeeps is a territory's switch for what names people or marks single
// households. The zero PersonalKeeps is off, which is how every territory
// begins: nothing personal is taken, and what was kept before is deleted.
type PersonalKeeps struct {
	// Heads lets a household name its head.
	Heads bool `json:"heads,omitempty"`
	// Flags are the marks that a household may carry.
	Flags []Flag `json:"flags,omitempty"`
	// Purpose says what it is kept for; nothing is kept without one (PIPL,
	// Art. 6 and 28).
	Purpose string `json:"purpose,omitempty"`
}

// A Flag is a mark of a household as a whole: lives alone, keeps a spare key.
// It never says how much or how good: there are no scores.
type Flag struct {
	Code string `json:"code"`
	Name Name   `json:"name"`
}

// On reports whether anything personal is kept.
func (k PersonalKeeps) On() bool { return k.Heads || len(k.Flags) > 0 }

// IsZero reports whether the switch is off and says nothing.
func (k PersonalKeeps) IsZero() bool { return !k.On() && k.Purpose == "" }

// Equal reports whether both keep the same.
func (k PersonalKeeps) Equal(o PersonalKeeps) bool {
	return k.Heads == o.Heads && k.Purpose == o.Purpose && slices.Equal(k.Flags, o.Flags)
}

// FlagCodes returns the codes of the flags that households may carry.
func (k PersonalKeeps) FlagCodes() []string {
	codes := make([]string, len(k.Flags))
	for i, f := range k.Flags {
		codes[i] = f.Code
	}
	return codes
}

// validate reports the first fault of a switch.
func (k PersonalKeeps) validate(c *checker, field string) {
	c.text(field+".purpose", k.Purpose, maxText)
	if k.On() && k.Purpose == "" {
		c.fail(field+".purpose", "is empty: heads and flags are kept for a purpose, which must be said")
	}
	c.declarations(field+".flags", len(k.Flags), func(i int) (string, Name) { return k.Flags[i].Code, k.Flags[i].Name })
}

// Personal is what a household says of its people where its territory lets it.
// It is no [Record]: no journal, event, tile, figure or snapshot holds it, and
// it is found by its household alone.
type Personal struct {
	Household HouseholdID `json:"household,omitempty"`
	Ref       string      `json:"ref"`            // of the household, the key of bulk upserts
	Head      string      `json:"head,omitempty"` // name of the head, and nothing but the name
	Flags     []string    `json:"flags,omitempty"`
	UpdatedOn Date        `json:"updated_on,omitzero"`
}

// Empty reports whether nothing is said of anybody: to keep it is to forget
// what was kept.
func (p *Personal) Empty() bool { return p.Head == "" && len(p.Flags) == 0 }

// Validate returns an *[InvalidError] for the first field that cannot be. A
// name has no digits in it, so that neither numbers of papers nor of telephones
// get in under its heading.
func (p *Personal) Validate() error {
	var c checker
	c.word("ref", p.Ref)
	c.text("head", p.Head, maxWord)
	for _, r := range p.Head {
		if unicode.IsDigit(r) || unicode.IsControl(r) {
			c.fail("head", "holds more than a name")
			break
		}
	}
	c.words("flags", p.Flags)
	for i, f := range p.Flags {
		if slices.Index(p.Flags, f) != i {
			c.fail(fmt.Sprintf("flags[%d]", i), "%q stands twice", f)
		}
	}
	c.date("updated_on", p.UpdatedOn)
	return c.err()
}

// Permits returns nil for what the switch lets a household keep: else an error
// that wraps [ErrNotKept] where the switch is off, or an *[InvalidError] for a
// flag that is not declared.
func (k PersonalKeeps) Permits(p *Personal) error {
	switch {
	case p.Head != "" && !k.Heads:
		return fmt.Errorf("head: %w", ErrNotKept)
	case len(p.Flags) > 0 && len(k.Flags) == 0:
		return fmt.Errorf("flags: %w", ErrNotKept)
	case p.Empty() && !k.On():
		return ErrNotKept
	}
	known := k.FlagCodes()
	for i, f := range p.Flags {
		if !slices.Contains(known, f) {
			return &InvalidError{fmt.Sprintf("flags[%d]", i), fmt.Sprintf("the territory declares no flag %q", f)}
		}
	}
	return nil
}
