package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLocate(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{
		"grids": square("a", "", 0, 0, 5, 10) + square("b", "", 5, 0, 10, 10),
		"plain": "name,lon,lat\nin a,103.001,26.001\n\"on the border, so east of it\",103.005,26.001\noutside,104,26\n",
		"zh":    "\ufeff编号;经度;纬度;备注\n1;103.001;26.001;=x\n",
		"bad":   "lon,lat\n103.001,26.001\nx,26\n103.001,26.001\n",
		"none":  "a,b\n1,2\n",
		"empty": "lon,lat\n",
	})
	tests := []struct {
		name, points string
		code         int
		out, errs    string
	}{
		{"a column is added", "plain", 0, "name,lon,lat,grid_code\nin a,103.001,26.001,a\n\"on the border, so east of it\",103.005,26.001,b\noutside,104,26,\n", "1 of 3 points lie in no grid"},
		{"the rest stays as it is", "zh", 0, "\ufeff编号;经度;纬度;备注;grid_code\n1;103.001;26.001;=x;a\n", ""},
		{"a bad row is named and the others located", "bad", 1, "lon,lat,grid_code\n103.001,26.001,a\nx,26,\n103.001,26.001,a\n", `line 3: lon: "x" is no number`},
		{"no coordinates", "none", 2, "", "lon: the column is missing; it may also be called 经度"},
		{"no points", "empty", 0, "lon,lat,grid_code\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			args := []string{"locate", "--grids", filepath.Join(dir, "grids"), "--points", filepath.Join(dir, tt.points)}
			code, out, errs := call(t, args...)
			if code != tt.code || out != tt.out || !strings.Contains(errs, tt.errs) {
				t.Errorf("exit %d\n%s%s\nwant exit %d\n%s%s", code, out, errs, tt.code, tt.out, tt.errs)
			}
			file := filepath.Join(t.TempDir(), "out.csv")
			if code, _, _ = call(t, append(args, "-o", file)...); code == exitUsage {
				return
			}
			if got, err := os.ReadFile(file); err != nil || string(got) != tt.out {
				t.Errorf("to a file: %q, %v", got, err)
			}
		})
	}
}

// Every household of a made-up county lies in the village it states.
func TestLocateInEveryTierOfACounty(t *testing.T) {
	t.Parallel()
	dir := county(t, "mini", "60")
	code, out, errs := call(t, "locate", "--grids", dir, "--points", filepath.Join(dir, "households.csv"))
	if code != exitOK || errs != "" {
		t.Fatal(code, errs)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if !strings.HasSuffix(lines[0], ",updated_on,township_code,village_code,primary_code,micro_code") || len(lines) != 61 {
		t.Fatalf("%d lines; %s", len(lines), lines[0])
	}
	for _, line := range lines[1:] {
		cells := strings.Split(line, ",")
		if stated, village, primary := cells[6], cells[16], cells[17]; stated != village || !strings.HasPrefix(primary, village) {
			t.Errorf("states %s, lies in %s, %s", stated, village, primary)
		}
	}
}
