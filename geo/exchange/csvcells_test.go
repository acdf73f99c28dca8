package exchange

import (
	"strings"
	"testing"

	"gridmap/geo/topo"
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

// Cells that are joined to a user's table are guarded; his own stay as they are.
func TestJoinedCellsAreGuarded(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	look := Lookup{Headings: []string{"department", "n"}, Cells: func(_ topo.Point, cells []string) bool {
		copy(cells, []string{"=cmd()", "-1.5"})
		return true
	}}
	_, err := JoinPoints(strings.NewReader("lon,lat,sum\n1,2,=A1+B1\n"), &out, Options{}, look, func(e *InputError) { t.Error(e) })
	if want := "lon,lat,sum,department,n\n1,2,=A1+B1,'=cmd(),-1.5\n"; err != nil || out.String() != want {
		t.Errorf("%q, %v; want %q", out.String(), err, want)
	}
}
