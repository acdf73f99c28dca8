package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// parseMixed parses flags that may stand before, between and behind the other
// arguments, of which there must be from least to most. If ok is false the
// command ends with code.
func parseMixed(flags *flag.FlagSet, args []string, least, most int) (rest []string, code int, ok bool) {
	for {
		switch err := flags.Parse(args); {
		case errors.Is(err, flag.ErrHelp):
			return nil, exitOK, false
		case err != nil:
			return nil, exitUsage, false
		}
		if flags.NArg() == 0 {
			break
		}
		rest, args = append(rest, flags.Arg(0)), flags.Args()[1:]
	}
	if len(rest) > most {
		fmt.Fprintf(flags.Output(), "gridmap %s: %q is one argument too many\n", flags.Name(), rest[most])
		return nil, exitUsage, false
	}
	if len(rest) < least {
		fmt.Fprintf(flags.Output(), "gridmap %s: an argument is missing\n", flags.Name())
		flags.Usage()
		return nil, exitUsage, false
	}
	return rest, exitOK, true
}

// list is a flag that may be given several times.
type list []string

func (l *list) String() string { return strings.Join(*l, " ") }

func (l *list) Set(value string) error {
	*l = append(*l, value)
	return nil
}

// misuse tells of flags that cannot be and returns the exit code.
func misuse(std streams, name string, err error) int {
	fmt.Fprintf(std.err, "gridmap %s: %v\n", name, err)
	return exitUsage
}

// openFile opens a file for reading, - being the standard input.
func openFile(name string, std streams) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(std.in), nil
	}
	f, err := os.Open(name)
	var path *os.PathError
	if errors.As(err, &path) {
		return nil, path.Err // the caller names the file
	}
	return f, err
}

// createIn returns a function that creates files in a folder, each under
// another name until it is closed without an error, so that no half file ever
// bears its name.
func createIn(dir string) func(name string) (*partFile, error) {
	return func(name string) (*partFile, error) {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, err
		}
		f, err := os.Create(filepath.Join(dir, name+".part"))
		if err != nil {
			return nil, err
		}
		return &partFile{f, filepath.Join(dir, name)}, nil
	}
}

type partFile struct {
	*os.File
	name string
}

func (p *partFile) Close() error {
	if err := p.File.Close(); err != nil {
		return err
	}
	return os.Rename(p.File.Name(), p.name)
}

// Abandon removes a file that was not finished.
func (p *partFile) Abandon() {
	_ = p.File.Close()
	_ = os.Remove(p.File.Name())
}

// readWhole reads a file of at most limit bytes, - being the standard input.
func readWhole(name string, std streams, limit int64) ([]byte, error) {
	f, err := openFile(name, std)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case int64(len(raw)) > limit:
		return nil, fmt.Errorf("%s: is larger than %d bytes", name, limit)
	}
	return raw, nil
}
