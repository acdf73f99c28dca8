package redraw

import (
	"container/heap"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// lastOrdinary is the last number of a general grid; those above it are for
// dedicated grids.
const lastOrdinary = 900

// noNumber is why no code can be given.
const noNumber = "no number is left in the series"

// A series is the codes that differ in one number only.
type series struct {
	before, after string
	width         int // digits
}

// seriesOf returns the series of a code and its number there. In codes that
// are digits throughout these are the last three, but in a town's code of
// twelve digits, which ends in 000, those before; in others all digits at the
// end. A code without one begins a series behind a dash.
func seriesOf(code string) (series, int) {
	at := len(strings.TrimRight(code, "0123456789"))
	switch {
	case at == len(code):
		return series{before: code + "-", width: 3}, 0
	case at == 0 && len(code) == 12 && strings.HasSuffix(code, "000") && code[6:9] != "000":
		return series{code[:6], "000", 3}, atoi(code[6:9])
	case at == 0:
		at = max(0, len(code)-3)
		return series{code[:at], "", len(code) - at}, atoi(code[at:])
	}
	if inScheme(code[:at]) && at == len(code)-3 {
		return series{code[:at], "", 3}, atoi(code[at:])
	}
	at = max(at, len(code)-9)
	if code[at] != '0' {
		return series{before: code[:at]}, atoi(code[at:])
	}
	return series{code[:at], "", len(code) - at}, atoi(code[at:])
}

// inScheme reports whether what stands before a number is the code of a grid
// in fifteen digits and a dash, or of one below such a grid.
func inScheme(before string) bool {
	return len(before) > 15 && isDigits(before[:15]) && before[15] == '-' && before[len(before)-1] == '-' &&
		isDigits(strings.ReplaceAll(before, "-", ""))
}

// atoi returns the value of a few digits.
func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func (s series) code(n int) string {
	return fmt.Sprintf("%s%0*d%s", s.before, s.width, n, s.after)
}

// mostNumber ends a series that no width ends.
const mostNumber = 999_999_999

// span returns the stretch of numbers in which n's neighbours lie. Among codes
// that are digits throughout, communities stand below 200 and villages above,
// and dedicated grids behind the ordinary ones.
func (s series) span(n int) (first, last int) {
	if !isDigits(s.before) && !inScheme(s.before) || s.width < 3 {
		return 1, mostNumber
	}
	village := len(s.before) == 9 && s.after == ""
	switch {
	case village && n < 200:
		return 1, 199
	case village && n < 400:
		return 201, 399
	case n > lastOrdinary:
		return lastOrdinary + 1, 999
	}
	return 1, lastOrdinary
}

// A numbering knows every code that was given, so that none is given twice.
// Loose codes, which no grid had in force, are free again when given back.
type numbering struct {
	used  map[string]struct{}
	loose map[string]struct{}
	given map[numbers]*tall
	spare map[string]struct{} // codes given back whose numbers still stand in given
}

// A numbers is the numbers of a series from first on.
type numbers struct {
	series
	first int
}

// A tall is a heap of numbers with the highest on top.
type tall struct{ sort.IntSlice }

// Less puts the higher number before the lower.
func (t tall) Less(i, j int) bool { return t.IntSlice[i] > t.IntSlice[j] }

// Push appends a number.
func (t *tall) Push(n any) { t.IntSlice = append(t.IntSlice, n.(int)) }

// Pop takes the last number away.
func (t *tall) Pop() any {
	last := t.Len() - 1
	n := t.IntSlice[last]
	t.IntSlice = t.IntSlice[:last]
	return n
}

func newNumbering() numbering {
	return numbering{map[string]struct{}{}, map[string]struct{}{}, map[numbers]*tall{}, map[string]struct{}{}}
}

// highest returns the highest number ever used, 0 for none.
func (n numbering) highest(of numbers) int {
	if t := n.given[of]; t != nil && t.Len() > 0 {
		return t.IntSlice[0]
	}
	return 0
}

// giveBack frees a loose code, as if it had never been used.
func (n numbering) giveBack(code string) {
	_, loose := n.loose[code]
	if _, used := n.used[code]; !loose || !used {
		return
	}
	delete(n.used, code)
	s, number := seriesOf(code)
	first, last := s.span(number)
	if number < first || number > last {
		return
	}
	n.spare[code] = struct{}{}
	for t := n.given[numbers{s, first}]; t.Len() > 0; heap.Pop(t) {
		top := s.code(t.IntSlice[0])
		if _, spare := n.spare[top]; !spare {
			return
		}
		delete(n.spare, top)
	}
}

// take notes that code is in use or was.
func (n numbering) take(code string) {
	if n.has(code) {
		return
	}
	n.used[code] = struct{}{}
	if _, stands := n.spare[code]; stands {
		delete(n.spare, code)
		return
	}
	s, number := seriesOf(code)
	first, last := s.span(number)
	if number < first || number > last {
		return
	}
	at := numbers{s, first}
	if n.given[at] == nil {
		n.given[at] = &tall{}
	}
	heap.Push(n.given[at], number)
}

// next returns the next free code of a series in the stretch that number lies
// in: after the highest ever used there, else the lowest never used. It
// returns "" when the series is full. taken tells of codes that are about to
// be used.
func (n numbering) next(s series, number int, taken map[string]bool) string {
	first, last := s.span(number)
	free := func(i int) bool {
		_, used := n.used[s.code(i)]
		return !used && !taken[s.code(i)]
	}
	for i := max(first, n.highest(numbers{s, first})+1); i <= last; i++ {
		if free(i) {
			return s.code(i)
		}
	}
	for i := first; i <= last; i++ {
		if free(i) {
			return s.code(i)
		}
	}
	return ""
}

// seriesUnder returns the series for a grid like another, of the parent with
// code up, under a parent with code to.
func seriesUnder(code, up, to string) (series, int) {
	s, n := seriesOf(code)
	if up == to || up == "" || to == "" {
		return s, n
	}
	stem, begin := up, to
	if len(up) == 12 && len(to) == 12 && len(code) == 12 { // a village under its town
		stem, begin = up[:9], to[:9]
	}
	if rest, ok := strings.CutPrefix(s.before, stem); ok {
		s.before = begin + rest
		return s, n
	}
	return s, n
}
