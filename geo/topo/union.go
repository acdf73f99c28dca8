package topo

import "errors"

var errNoOutline = errors.New("the shapes have no common outline")
