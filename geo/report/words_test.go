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
	given := regexp.MustCompile(`(?:k\.skip\[[^\]]*\](?:, k\.skip\[[^\]]*\])* = |NotChecked\{rule, )(.*)`)
	quoted := regexp.MustCompile(`"([^"]+)"`)
	seen := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, line := range given.FindAllStringSubmatch(string(source), -1) {
			for _, reason := range quoted.FindAllStringSubmatch(line[1], -1) {
				seen++
				if chinese.reason(reason[1]) == reason[1] {
					t.Errorf("%s: %q has no Chinese", filepath.Base(file), reason[1])
				}
			}
		}
	}
	if seen < 10 {
		t.Errorf("%d reasons found", seen)
	}
}
