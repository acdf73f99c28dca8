package exchange

import (
	"fmt"
	"strings"
	"testing"

	"gridmap/geo"
)

// A catalogue names tiers, roles and kinds that there are, by code or name; what
// there is not is told by file, line and field.
func TestMattersNameWhatThereIs(t *testing.T) {
	m := Manifest{Tiers: []geo.Tier{{Code: "county"}, {Rank: 1, Code: "village", Name: geo.Name{ZH: "村"}}}}
	text := "事项编码,事项名称,准入,层级,岗位,网格类型\n" +
		"A,甲,否,村;county,网格长,综合\n" +
		"B,乙,否,village;hamlet,,\n" +
		"C,丙,否,,sheriff,\n" +
		"D,丁,否,,,round\n"
	a := NewAssembly(m)
	a.Matters("m.csv", Matters(strings.NewReader(text), Options{File: "m.csv"}))
	if got := a.Snapshot().Matters; len(got) != 1 || fmt.Sprint(got[0].Tiers) != "[village county]" || got[0].Role != "leader" || got[0].Kinds[0] != geo.General {
		t.Errorf("%+v", got)
	}
	problems, _ := a.Problems()
	var told []string
	for _, err := range problems {
		bad := err.(*InputError)
		told = append(told, fmt.Sprintf("%s:%d %s %s", bad.File, bad.Line, bad.Code, bad.Field))
	}
	if want := "[m.csv:3 B tiers[1] m.csv:4 C role m.csv:5 D kinds]"; fmt.Sprint(told) != want {
		t.Errorf("told %v, want %s", told, want)
	}
}
