package figures

import (
	"errors"
	"math"
	"testing"

	"gridmap/geo"
)

// A figure that is read alone is what it is among all others, or misses for the
// same reason.
func TestAFigureReadAloneIsTheSame(t *testing.T) {
	t.Parallel()
	c, ground := county(t, "mini")
	o := Options{Load: Load{Household: 1, KM2: 3}, WalkM: 400, Period: "2025-Q2"}
	units, err := Compute(c, ground, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	HideGroups(c, units, 5)
	type expected func(*Unit) (*float64, Reason)
	want := map[string]expected{}
	for _, n := range Numbers {
		want[n.Name] = func(u *Unit) (*float64, Reason) { return n.Of(u), u.Because[n.Name] }
	}
	for _, role := range c.Roles {
		want["role:"+role.Code] = func(u *Unit) (*float64, Reason) { return count(u.ByRole[role.Code]), "" }
	}
	for _, group := range c.Territory.Keeps.Groups {
		want["group:"+group.Code] = func(u *Unit) (*float64, Reason) {
			if n := u.Groups[group.Code]; n != nil {
				return count(*n), ""
			}
			return nil, Hidden
		}
	}
	for kind := range units[0].Facilities {
		want["nearest:"+kind] = func(u *Unit) (*float64, Reason) { return u.Facilities[kind].NearestM, u.Because["nearest:"+kind] }
		want["within:"+kind] = func(u *Unit) (*float64, Reason) { return u.Facilities[kind].WithinPct, u.Because["within:"+kind] }
		want["floor:"+kind] = func(u *Unit) (*float64, Reason) { return u.Facilities[kind].PerResidentM2, u.Because["floor:"+kind] }
	}
	want["metric:visits"] = func(u *Unit) (*float64, Reason) {
		if m, known := u.Metrics["visits"]; known {
			return m.Value, ""
		}
		return nil, NoMetric
	}
	for name, of := range want {
		read, err := Read(c, ground, nil, name, o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		exist := 0
		for k := range read {
			value, because := of(&units[k])
			if read[k].Position != units[k].Position || read[k].Because != because || (value == nil) != (read[k].Value == nil) ||
				value != nil && *value != *read[k].Value {
				t.Fatalf("%s of %s: %v %q, among the others %v %q", name, units[k].Code, read[k].Value, read[k].Because, value, because)
			}
			if (value == nil) == (because == "") {
				t.Errorf("%s of %s: %v because %q", name, units[k].Code, value, because)
			}
			if value != nil && !math.IsNaN(*value) {
				exist++
			}
		}
		if exist == 0 {
			t.Errorf("%s exists nowhere", name)
		}
	}
}

func TestGradesAreRead(t *testing.T) {
	t.Parallel()
	c, ground := county(t, "mini")
	read, err := Read(c, ground, nil, "metric:rating", Options{})
	if err != nil {
		t.Fatal(err)
	}
	graded := 0
	for _, r := range read {
		if (r.Grade != "") == (r.Because != "") || r.Value != nil || r.Grade != "" && r.Measure.Period != "2025" {
			t.Errorf("%+v", r)
		}
		if r.Grade != "" {
			graded++
		}
	}
	if graded != 7 {
		t.Errorf("%d villages are rated, want 7", graded)
	}
}

func TestUnknownFiguresAreRefused(t *testing.T) {
	t.Parallel()
	c, ground := county(t, "mini")
	for _, name := range []string{"", "happiness", "role", "role:", "role:emperor", "metric:none", "nearest:volcano", "group:rich"} {
		var invalid *geo.InvalidError
		if _, err := Read(c, ground, nil, name, Options{}); !errors.As(err, &invalid) || invalid.Field != "figure" {
			t.Errorf("%q: %v", name, err)
		}
	}
	var invalid *geo.InvalidError
	if _, err := Read(c, ground, nil, "metric:visits", Options{Period: "spring"}); !errors.As(err, &invalid) || invalid.Field != "period" {
		t.Errorf("a period that is none: %v", err)
	}
}
