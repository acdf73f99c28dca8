package topo

import (
	"encoding/binary"
	"errors"
)

// ErrIntricate is returned for shapes whose edges are too many, or cross each
// other too often, to be laid over each other.
var ErrIntricate = errors.New("the shapes cross each other too often to be laid over each other")

// A Cell is ground that the same shapes cover.
type Cell struct {
	Members []int // indexes of the shapes that cover it, ascending
	Ground  Shape
}

// Cells lays shapes of any number of layers over each other and returns the
// ground that each set of them alone has in common: every point that a shape
// covers lies in exactly one cell, and the cells of a shape are its ground.
// They stand in the order of the westernmost, then southernmost, point of
// their ground, and fit each other vertex by vertex. A cell that is all of a
// shape, with the same vertices, comes back as that shape is.
//
// The shapes need neither be noded nor fit each other; what lies within
// invalid rings is where they wind around at least once. Where borders cross
// between lattice points the crossing is rounded, by at most half a step.
// Shapes not drawn have no cells. The error is [ErrIntricate].
func Cells(shapes []Shape) ([]Cell, error) {
	var runs []run
	for i, s := range shapes {
		runs = appendRuns(runs, s, int32(i))
	}
	if len(runs) > mostRuns {
		return nil, ErrIntricate
	}
	strands, err := nodeDrawn(runs)
	if err != nil {
		return nil, ErrIntricate
	}
	a := arrange(strands)
	keys, cells := a.cells()
	ground := a.shapesBy(int32(len(cells)), func(f int32) int32 { return keys[f] })
	for k := range cells {
		c := &cells[k]
		c.Ground = ground[k]
		print := c.Ground.Fingerprint()
		for _, i := range c.Members {
			if shapes[i].Fingerprint() == print {
				c.Ground = shapes[i]
				break
			}
		}
	}
	return cells, nil
}

// cells numbers the sets of owners that cover faces, in the order of the faces'
// first points, and returns the number of every face, -1 for none.
func (a *arrangement) cells() (keys []int32, cells []Cell) {
	keys = make([]int32, len(a.first))
	known := map[string]int32{}
	var name []byte
	for f := range keys {
		keys[f], name = -1, name[:0]
		for _, l := range a.labels[f] {
			if l.n > 0 {
				name = binary.LittleEndian.AppendUint32(name, uint32(l.owner))
			}
		}
		if len(name) == 0 {
			continue
		}
		k, ok := known[string(name)]
		if !ok {
			k = int32(len(cells))
			known[string(name)] = k
			members := make([]int, 0, len(name)/4)
			for _, l := range a.labels[f] {
				if l.n > 0 {
					members = append(members, int(l.owner))
				}
			}
			cells = append(cells, Cell{Members: members})
		}
		keys[f] = k
	}
	return keys, cells
}
