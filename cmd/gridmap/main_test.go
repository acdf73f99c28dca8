package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// call runs the command line in this process and returns what it said.
func call(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, streams{strings.NewReader(""), &o, &e})
	return code, o.String(), e.String()
}

// A console calls commands on a database.
type console struct {
	t   *testing.T
	url string
}

func on(t *testing.T, pool *pgxpool.Pool) console { return console{t, pool.Config().ConnString()} }

// apart runs a command, which must end with a code, and returns what it said and
// what it complained of.
func (c console) apart(want int, args ...string) (said, errs string) {
	c.t.Helper()
	code, said, errs := call(c.t, append(args, "--database", c.url)...)
	if code != want {
		c.t.Fatalf("%v: exit %d, want %d\n%s%s", args, code, want, said, errs)
	}
	return said, errs
}

// both is apart with one behind the other.
func (c console) both(want int, args ...string) string {
	c.t.Helper()
	said, errs := c.apart(want, args...)
	return said + errs
}

// writing returns what gives a file another content.
func writing(t *testing.T, file string) func(text string) {
	return func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		args []string
		code int
		out  string // a part of what it prints
		errs string // a part of what it complains
	}{
		{"nothing asked", nil, exitUsage, "", "Usage: gridmap COMMAND"},
		{"help", []string{"help"}, exitOK, "demo", ""},
		{"plan without a word", []string{"plan"}, exitUsage, "", "Usage: gridmap plan"},
		{"plan with a word nobody knows", []string{"plan", "burn"}, exitUsage, "", `no word "burn"`},
		{"an edit of no plan", []string{"edit", "x.json"}, exitUsage, "", "--plan"},
		{"an edit of a file that is not there", []string{"edit", "--plan", "1", "no.json"}, exitUsage, "", "no.json"},
		{"version", []string{"version"}, exitOK, "gridmap ", ""},
		{"a word that is no command", []string{"dmeo"}, exitUsage, "", `no command "dmeo"`},
		{"a flag that does not exist", []string{"demo", "--colour"}, exitUsage, "", "colour"},
		{"help of a command", []string{"demo", "-h"}, exitOK, "", "Usage: gridmap demo"},
		{"one argument too many", []string{"demo", "lan"}, exitUsage, "", `"lan"`},
		{"the demo is open, so it stays at home", []string{"demo", "--listen", "0.0.0.0:8080"}, exitUsage, "", "loopback"},
		{"a county nobody made up", []string{"demo", "--county", "atlantis"}, exitUsage, "", "atlantis"},
		{"serve without a database", []string{"serve", "--database", ""}, exitUsage, "", "GRIDMAP_DATABASE_URL"},
		{"serve to the world without saying so", []string{"serve", "--database", "postgres://x", "--listen", ":8080"}, exitUsage, "", "--open"},
		{"migrate without a database", []string{"migrate", "--database", ""}, exitUsage, "", "GRIDMAP_DATABASE_URL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code, out, errs := call(t, tt.args...)
			if code != tt.code || !strings.Contains(out, tt.out) || !strings.Contains(errs, tt.errs) {
				t.Errorf("gridmap %s: exit %d, printed %q, complained %q; want exit %d, %q, %q",
					strings.Join(tt.args, " "), code, out, errs, tt.code, tt.out, tt.errs)
			}
		})
	}
}
