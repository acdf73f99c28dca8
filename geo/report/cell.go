package report

import (
	"strconv"
	"strings"
)

// A Cell is one value: text, a whole number, or one with decimals. A figure that
// does not exist is empty; one that is not shown says so.
type Cell struct {
	Text     string
	Int      *int64
	Dec      *float64
	Decimals int
	Hidden   bool
	Tone     string // good, bad, warn or none
}

func text(s string) Cell        { return Cell{Text: s} }
func number(n int64) Cell       { return Cell{Int: &n} }
func withheld() Cell            { return Cell{Hidden: true} }
func (c Cell) in(t string) Cell { c.Tone = t; return c }

// ratio is a figure that was cut to two decimals already, empty for none.
func ratio(v *float64) Cell {
	if v == nil {
		return Cell{}
	}
	return Cell{Dec: v, Decimals: 2}
}

// hiddenMark stands where a count is not shown.
const hiddenMark = "＊"

// String writes the cell for people: thousands apart, as many decimals as it
// has.
func (c Cell) String() string {
	switch {
	case c.Hidden:
		return hiddenMark
	case c.Int != nil:
		return thousands(strconv.FormatInt(*c.Int, 10))
	case c.Dec != nil:
		return thousands(strconv.FormatFloat(*c.Dec, 'f', c.Decimals, 64))
	}
	return c.Text
}

// thousands sets commas into the whole part of a decimal number.
func thousands(s string) string {
	whole, rest, has := strings.Cut(s, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	if has {
		b.WriteString("." + rest)
	}
	return b.String()
}
