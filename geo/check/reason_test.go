package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

// Every reason that package topo gives reads in Chinese.
func TestRingReasonsReadInChinese(t *testing.T) {
	t.Parallel()
	found := 0
	for _, file := range []string{"../topo/convert.go", "../topo/line.go"} {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			literal, ok := spec.Values[0].(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			reason, err := strconv.Unquote(literal.Value)
			if err != nil || !strings.Contains(reason, " ") {
				return true
			}
			if found++; ReasonMessage(reason).ZH == reason {
				t.Errorf("%s: %q has no Chinese", file, reason)
			}
			return true
		})
	}
	if found != len(ringReasons) {
		t.Errorf("topo gives %d reasons, %d read in Chinese", found, len(ringReasons))
	}
}
