package redraw

// A Codes gives new grids their codes, by the rules edits follow: the next
// free number of the series, and none given twice.
type Codes struct{ numbers numbering }

// NewCodes returns a Codes that knows no code as used.
func NewCodes() *Codes { return &Codes{newNumbering()} }

// Take notes that a code is in use or was.
func (c *Codes) Take(code string) { c.numbers.take(code) }

// Next takes the next free code for a grid like the one with code like, which
// stands under a parent with code up, when it stands under one with code to.
// Without codes of parents it is the next of like's own series. It returns ""
// when the series is full.
func (c *Codes) Next(like, up, to string) string {
	s, n := seriesUnder(like, up, to)
	code := c.numbers.next(s, n, nil)
	if code != "" {
		c.numbers.take(code)
	}
	return code
}
