package cluster

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// A MissingError says which part of PostgreSQL or PostGIS the machine lacks.
type MissingError struct {
	What string
}

func (e *MissingError) Error() string {
	return e.What + "; on Debian 12 `make deps` installs it, or " +
		"`apt-get install postgresql-15 postgresql-15-postgis-3`; " +
		"GRIDMAP_DATABASE_URL uses a server that runs elsewhere"
}

// An installation is one set of PostgreSQL's binaries.
type installation struct {
	bin     string // directory of initdb and postgres
	version string // major, such as 15
}

var versionPattern = regexp.MustCompile(`PostgreSQL\) (\d+)`)

// findInstallation returns the newest PostgreSQL that has PostGIS; with want
// set, that of this major version.
func findInstallation(want string) (installation, error) {
	var best installation
	var bare []string // versions without PostGIS
	for _, bin := range binDirs() {
		version := majorVersion(bin)
		switch {
		case version == "" || want != "" && version != want:
		case !hasPostGIS(bin, version):
			bare = append(bare, version)
		case newer(version, best.version):
			best = installation{bin, version}
		}
	}
	switch {
	case best.bin != "":
		return best, nil
	case len(bare) > 0:
		return best, &MissingError{fmt.Sprintf("PostgreSQL %s is here without PostGIS", strings.Join(bare, ", "))}
	case want != "":
		return best, &MissingError{fmt.Sprintf("the data were written by PostgreSQL %s, which is not installed", want)}
	}
	return best, &MissingError{"PostgreSQL is not installed"}
}

// binDirs lists the directories that may hold PostgreSQL's server binaries.
func binDirs() []string {
	var dirs []string
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(initdb); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"} {
		found, _ := filepath.Glob(pattern) // the only error is a bad pattern
		dirs = append(dirs, found...)
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	return dirs
}

// majorVersion returns the version of the server in bin, "" if it has none.
func majorVersion(bin string) string {
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		return ""
	}
	out, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return ""
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return ""
	}
	return string(match[1])
}

// hasPostGIS reports whether the server in bin can create the extension.
func hasPostGIS(bin, version string) bool {
	share := "/usr/share/postgresql/" + version // where Debian keeps it
	if out, err := exec.Command(filepath.Join(bin, "pg_config"), "--sharedir").Output(); err == nil {
		share = strings.TrimSpace(string(out))
	}
	_, err := os.Stat(filepath.Join(share, "extension", "postgis.control"))
	return err == nil
}

// newer compares major versions as numbers; no version is older than any.
func newer(a, b string) bool {
	x, _ := strconv.Atoi(a)
	y, _ := strconv.Atoi(b)
	return x > y
}
