package api

import (
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// The contract and the router know the same calls, and the same query
// parameters of each.
func TestContractIsWhatTheRouterDoes(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(Contract)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	described := map[string][]string{}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			described[method+" "+path] = queryNames(item.Parameters, operation.Parameters)
		}
	}
	for _, rt := range table() {
		call := rt.method + " " + rt.path
		names, known := described[call]
		if !known {
			t.Errorf("%s is not in openapi.yaml", call)
			continue
		}
		want := slices.Sorted(slices.Values(rt.query))
		if !slices.Equal(names, want) {
			t.Errorf("%s: openapi.yaml has the parameters %v, the router takes %v", call, names, want)
		}
		delete(described, call)
	}
	for call := range described {
		t.Errorf("%s is in openapi.yaml only", call)
	}
}

func queryNames(lists ...openapi3.Parameters) []string {
	var names []string
	for _, list := range lists {
		for _, p := range list {
			if p.Value.In == openapi3.ParameterInQuery {
				names = append(names, p.Value.Name)
			}
		}
	}
	return slices.Sorted(slices.Values(names))
}

// Every operation refuses in the same way and is called something.
func TestContractNamesEveryOperation(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(Contract)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			call := method + " " + path
			if other := seen[operation.OperationID]; operation.OperationID == "" || other != "" {
				t.Errorf("%s: operationId %q, also of %s", call, operation.OperationID, other)
			}
			seen[operation.OperationID] = call
			if operation.Summary == "" || strings.HasSuffix(operation.Summary, ".") {
				t.Errorf("%s: summary %q", call, operation.Summary)
			}
			if refusal := operation.Responses.Default(); refusal == nil || refusal.Ref != "#/components/responses/Problem" {
				t.Errorf("%s does not say how it refuses", call)
			}
		}
	}
}
