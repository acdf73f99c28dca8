package report

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"gridmap/geo"
)

// empties lists the fields of words that hold no text, by path.
func empties(path string, v reflect.Value) (list []string) {
	switch v.Kind() {
	case reflect.String:
		if v.Len() == 0 {
			list = append(list, path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			list = append(list, empties(path+"."+v.Type().Field(i).Name, v.Field(i))...)
		}
	case reflect.Array:
		for i := range v.Len() {
			list = append(list, empties(fmt.Sprint(path, i), v.Index(i))...)
		}
	}
	return list
}

// Both languages say everything, and every rule has a title in both.
func TestBothLanguagesSayEverything(t *testing.T) {
	t.Parallel()
	for _, w := range []*words{&chinese, &english} {
		if missing := empties(w.lang, reflect.ValueOf(*w)); len(missing) > 0 {
			t.Errorf("no words for %v", missing)
		}
		for _, rule := range geo.AllRules {
			if w.rule(rule) == w.otherwise {
				t.Errorf("%s: rule %s has no title", w.lang, rule)
			}
		}
		for _, s := range []geo.Severity{geo.Error, geo.Warning, geo.Info} {
			if w.severities[s] == "" {
				t.Errorf("%s: no word for %s", w.lang, s)
			}
		}
		for _, b := range []geo.Basis{geo.Resident, geo.Registered, geo.UrbanResident} {
			if w.bases[b] == "" {
				t.Errorf("%s: no word for %s", w.lang, b)
			}
		}
	}
}

// Every reason that package check gives for a rule it did not ask is known in
// Chinese.
func TestReasonsAreKnownInChinese(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../check/*.go")
	if err != nil {
		t.Fatal(err)
	}
	// Reasons stand by themselves: where a rule is skipped, in a list of rules,
	// or as what a function returns.
	reason := regexp.MustCompile(`(?m)(?:k\.skip\[.*\] = .*|NotChecked\{rule, |geo\.Rule\w+:\s+|\{geo\.Rule\w+, |return nil, |because = )"([^"%]+)"(?: \+ s\.Facility)?[,})]*(?: //.*)?$`)
	seen := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range reason.FindAllStringSubmatch(string(source), -1) {
			seen++
			if chinese.reason(found[1]) == found[1] {
				t.Errorf("%s: %q has no Chinese", filepath.Base(file), found[1])
			}
		}
	}
	if seen < 20 {
		t.Errorf("%d reasons found", seen)
	}
}
