package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"gridmap/geo"
)

// A Listed is a record as a JSON array gives it.
type Listed[T any] struct {
	Index  int // in the file, from 0
	Record T
}

// elements reads the records of an array strictly: what an element M stands for,
// by turn.
func elements[M, T any](src io.Reader, opts Options, turn func(M) T) iter.Seq2[Listed[T], error] {
	return func(yield func(Listed[T], error) bool) {
		list, err := readArray[M](src)
		if err != nil {
			yield(Listed[T]{}, &InputError{File: opts.File, Feature: -1, Reason: err.Error(), Fatal: true})
			return
		}
		for i, m := range list {
			if !yield(Listed[T]{i, turn(m)}, nil) {
				return
			}
		}
	}
}

// addListed tests every record of an array with take, which adds it; key names it
// in problems.
func addListed[T any](a *Assembly, file string, seq iter.Seq2[Listed[T], error], key func(*T) string, take func(*T) error) {
	each(a, seq, func(row *Listed[T]) error {
		err := take(&row.Record)
		if invalid := (*geo.InvalidError)(nil); errors.As(err, &invalid) {
			return &InputError{File: file, Feature: row.Index, Code: key(&row.Record), Field: invalid.Field, Reason: invalid.Reason}
		}
		return err
	})
}

// arrayBytes bounds a file of records as JSON: a profile that sets every rule
// has 10 kB.
const arrayBytes = 16 << 20

// readArray reads a JSON array strictly: a member it does not know is an error,
// for it would be lost.
func readArray[T any](src io.Reader) ([]T, error) {
	r, err := open(src)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, arrayBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > arrayBytes {
		return nil, fmt.Errorf("more than %d bytes", arrayBytes)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var list []T
	if err := d.Decode(&list); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	return list, nil
}

// writeArray writes a list as readArray reads it.
func writeArray[T any](w io.Writer, list []T) error {
	text, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}
