package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

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
