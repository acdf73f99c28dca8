package exchange

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"gridmap/geo"
)

// A ledger of households is read for its heads and flags, by Chinese and
// English headings; identity numbers in it are refused.
func TestPersonalReadsALedger(t *testing.T) {
	want := PersonalRow{Line: 2, Personal: geo.Personal{Ref: "H1", Head: "王大年", Flags: []string{"独居户", "spare_key"}, UpdatedOn: 20250601}}
	for _, heading := range []string{"户号,户主,户标签,更新日期,住址", "ref,head,flags,updated_on,colour", "Household,Head of household,tags,更新时间,x"} {
		var told []string
		got, errs := taken(t, Personal(strings.NewReader(heading+"\nH1,王大年,独居户；spare_key,2025-06-01,x\n"),
			Options{Warn: func(e *InputError) { told = append(told, e.Field) }}))
		if len(errs) > 0 || len(got) != 1 || !reflect.DeepEqual(got[0], want) || len(told) > 0 {
			t.Errorf("%s: %+v, %v, told %v", heading, got, errs, told)
		}
	}
	_, errs := taken(t, Personal(strings.NewReader("ref,head\nH1,11010519491231002X\n"), Options{File: "p.csv"}))
	if len(errs) != 1 || errs[0].Rule != geo.RulePrivate || errs[0].Field != "head" || errs[0].Line != 2 {
		t.Errorf("%v", errs)
	}
}

// The assembly leads flags to their codes, and refuses what the territory does
// not keep by file, line and rule.
func TestPersonalGoesByTheSwitch(t *testing.T) {
	m := Manifest{}
	m.Territory.Keeps.Personal = geo.PersonalKeeps{Purpose: "x", Flags: []geo.Flag{{Code: "lives_alone", Name: geo.Name{ZH: "独居户"}}}}
	for _, tt := range []struct {
		line, field, reason string
		rule                geo.RuleID
	}{
		{"H1,,独居户", "", "", ""},
		{"H1,王,独居户", "", "does not keep", geo.RulePrivate},
		{"H1,,watched", "flags[0]", "declares no flag", ""},
		{"H1,,独居户;lives_alone", "flags[1]", "stands twice", ""},
	} {
		var last error
		for p, err := range NewAssembly(m).Personal("p.csv", Personal(strings.NewReader("ref,head,flags\n"+tt.line+"\n"), Options{})) {
			if last = err; err == nil && (len(p.Flags) != 1 || p.Flags[0] != "lives_alone") {
				t.Errorf("%s: %+v", tt.line, p)
			}
		}
		bad, _ := last.(*InputError)
		if (tt.reason == "") != (last == nil) || bad != nil && (bad.File != "p.csv" || bad.Line != 2 || bad.Field != tt.field || bad.Rule != tt.rule || !strings.Contains(bad.Reason, tt.reason)) {
			t.Errorf("%s: %v", tt.line, last)
		}
	}
}

// What is written is read back as it was.
func TestPersonalRoundTrip(t *testing.T) {
	var b bytes.Buffer
	w := NewPersonalWriter(&b)
	list := []geo.Personal{{Ref: "=1+1", Head: "@王", Flags: []string{"a", "b"}}, {Ref: "2", Head: "李", UpdatedOn: 20250601}}
	for i := range list {
		if err := w.Write(&list[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, errs := taken(t, Personal(&b, Options{}))
	if len(errs) > 0 || len(got) != 2 || !reflect.DeepEqual(got[0].Personal, list[0]) || !reflect.DeepEqual(got[1].Personal, list[1]) {
		t.Errorf("%+v, %v", got, errs)
	}
}
