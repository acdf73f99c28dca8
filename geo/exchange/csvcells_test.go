package exchange

import (
	"strings"
	"testing"
)

// Cells put together in memory are those a table is written with.
func TestCSVCellsEqualRow(t *testing.T) {
	t.Parallel()
	cells := NewCSVCells()
	for _, row := range [][]string{
		{"a", "b"}, {"", ""}, {""}, {"=1+1", "-1", "－1", "'=x"}, {`say "no"`, "one, two"},
		{"line\nbreak", " led by a space", "a\r\nb", "\n"}, {"第一网格", "1.50", `\.`},
	} {
		var want strings.Builder
		table := NewCSVWriter(&want)
		begun := want.Len()
		table.Row(row...)
		if err := table.Close(); err != nil {
			t.Fatal(err)
		}
		line := strings.TrimPrefix(want.String()[begun:], "\n") // the header has no columns
		if got := string(cells.Append([]byte("x,"), row...)) + "\n"; got != "x,"+line {
			t.Errorf("%q is %q, want %q", row, got, "x,"+line)
		}
	}
}
