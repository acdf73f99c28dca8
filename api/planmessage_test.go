package api

import (
	"reflect"
	"testing"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// Every field of a grid that a comparison or a clash can name has a name in
// Chinese, and every state of a plan.
func TestFieldsAndStatesHaveChineseNames(t *testing.T) {
	t.Parallel()
	before := []geo.Grid{{ID: 1, Kind: geo.General}, {ID: 2, Parent: 1, Tier: 1, Kind: geo.General}, {ID: 3, Parent: 1, Tier: 5, Kind: geo.Task}}
	typ := reflect.TypeFor[geo.Grid]()
	for i := range typ.NumField() {
		if typ.Field(i).Name == "ID" {
			continue
		}
		after := append([]geo.Grid(nil), before...)
		unlike(reflect.ValueOf(&after[2]).Elem().Field(i))
		c, err := redraw.Compare(redraw.Division{Grids: before}, redraw.Division{Grids: after}, nil)
		if err != nil || len(c.Changed) != 1 || len(c.Changed[0].Fields) != 1 {
			t.Errorf("%s: a comparison tells %+v, %v", typ.Field(i).Name, c.Changed, err)
			continue
		}
		if name := c.Changed[0].Fields[0]; fieldNames[name] == "" {
			t.Errorf("field %q has no Chinese name", name)
		}
	}
	if fieldNames["grid"] == "" {
		t.Error("a grid that comes or goes has no Chinese name")
	}
	for _, state := range []geo.PlanState{geo.Draft, geo.Reviewed, geo.Filed, geo.InForce, geo.Retired, geo.Discarded} {
		if stateNames[state] == "" {
			t.Errorf("state %q has no Chinese name", state)
		}
	}
}

// unlike gives a field another value.
func unlike(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(string(geo.Dedicated))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		unlike(v.Field(0))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	default:
		v.SetInt(2)
	}
}
