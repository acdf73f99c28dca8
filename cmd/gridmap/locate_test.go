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
	if !strings.HasSuffix(lines[0], ",updated_on,groups,township_code,village_code,primary_code,micro_code") || len(lines) != 61 {
		t.Fatalf("%d lines; %s", len(lines), lines[0])
	}
	for _, line := range lines[1:] {
		cells := strings.Split(line, ",")
		if stated, village, primary := cells[6], cells[17], cells[18]; stated != village || !strings.HasPrefix(primary, village) {
			t.Errorf("states %s, lies in %s, %s", stated, village, primary)
		}
	}
}

// With a matter every point says who takes it, from the files of a folder alone.
func TestLocateMatter(t *testing.T) {
	t.Parallel()
	dir := county(t, "mini", "60")
	points := filepath.Join(t.TempDir(), "p.csv")
	if err := os.WriteFile(points, []byte("lon,lat\n110.4809304,37.5207414\n110.5235971,37.4917249\n1,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ask := func(args ...string) (int, []string, string) {
		code, out, errs := call(t, append([]string{"locate", "--grids", dir, "--points", points, "--as-of", "2025-06-30"}, args...)...)
		return code, strings.Split(strings.TrimSpace(out), "\n"), errs
	}
	code, lines, errs := ask("--matter", "SX-009") // urban ground only
	if code != exitOK || !strings.Contains(errs, "at 1 points the matter SX-009 is not admitted") || len(lines) != 4 ||
		!strings.HasSuffix(lines[0], ",micro_code,matter_grid,department,role,answers") || !strings.HasSuffix(lines[1], ",,,,,") ||
		!strings.Contains(lines[2], ",990199101004002-001,县住建局,leader,") || strings.HasSuffix(lines[2], ",leader,") {
		t.Errorf("exit %d: %q, %s", code, lines, errs)
	}
	if code, _, errs := ask("--matter", "XX"); code != exitUsage || !strings.Contains(errs, `no matter "XX"`) {
		t.Errorf("an unknown matter: exit %d, %s", code, errs)
	}
	if _, lines, _ := ask(); strings.Contains(lines[0], "department") {
		t.Errorf("nobody asked of a matter: %s", lines[0])
	}
}
