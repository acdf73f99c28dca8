package redraw

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"gridmap/geo"
)

// Every reason and field that stands in the source reads in Chinese.
func TestRefusalsReadInChinese(t *testing.T) {
	t.Parallel()
	found := 0
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("../postgis/edit*.go")
	if err != nil || len(files) == 0 || len(more) == 0 {
		t.Fatal(files, more, err)
	}
	for _, file := range append(files, more...) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok || !strings.HasSuffix(nameOf(literal.Type), "EditError") {
				return true
			}
			for _, e := range literal.Elts {
				pair, ok := e.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				text, ok := pair.Value.(*ast.BasicLit)
				if !ok {
					continue
				}
				value, err := strconv.Unquote(text.Value)
				if err != nil {
					t.Fatal(err)
				}
				switch found++; nameOf(pair.Key) {
				case "Reason":
					if reasons[value] == "" {
						t.Errorf("%s: the reason %q has no Chinese", file, value)
					}
				case "Field":
					if fields[value] == "" {
						t.Errorf("%s: the field %q has no Chinese", file, value)
					}
				}
			}
			return true
		})
	}
	if found < 100 {
		t.Errorf("only %d words looked at", found)
	}
	for en, zh := range reasons {
		if !strings.ContainsFunc(zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%q reads %q", en, zh)
		}
	}
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func TestMessageOfARefusal(t *testing.T) {
	t.Parallel()
	m, ok := MessageOf(&missingError{"grid", 7})
	if !ok || m.ZH != "网格（grid）没有这个网格（网格 7）" || m.EN != "grid: no such grid (grid 7)" {
		t.Errorf("%+v, %v", m, ok)
	}
	if m, ok := MessageOf(geo.ErrStale); ok {
		t.Errorf("%v reads %+v", geo.ErrStale, m)
	}
	crossed := EditError{Field: "line", Reason: "crosses itself", Name: "X"}
	if m := crossed.Message(); m.ZH != "线（line）自相交：X" {
		t.Errorf("%+v", m)
	}
}
