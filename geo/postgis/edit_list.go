package postgis

import (
	"context"
	"errors"
	"fmt"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// A Draw makes one edit of a list when its turn comes, so that it can name
// grids that those before it made.
type Draw struct {
	// As is what later edits call the grid that this one, a split or create,
	// makes; "" for nothing.
	As string
	// Make returns the edit; find returns the grid of a name. It may be called
	// again, when the list is judged again.
	Make func(find Finder) (redraw.Edit, error)
}

// A Finder returns the grid that an edit names: by what an edit before it
// called it, by the code it has at that time, or else by the code that it had
// before the list. Error: [geo.ErrNotFound].
type Finder func(name string) (geo.GridID, error)

// draws returns the edits of a request as they are to be made.
func (r *EditRequest) draws() []Draw {
	if len(r.Draws) > 0 {
		return r.Draws
	}
	draws := make([]Draw, len(r.Edits))
	for i, e := range r.Edits {
		draws[i].Make = func(Finder) (redraw.Edit, error) { return e, nil }
	}
	return draws
}

// A list is edits under way, one after the other on a drawing.
type list struct {
	drawing *redraw.Drawing
	took    *[]redraw.Redrawing
	called  map[string]geo.GridID
}

// find is the [Finder] of an edit whose turn it is.
func (l *list) find(name string) (geo.GridID, error) {
	if id, ok := l.called[name]; ok {
		return id, nil
	}
	if id, ok := l.drawing.ByCode(name); ok {
		return id, nil
	}
	for _, r := range *l.took {
		for _, c := range r.Changes {
			if g, was := c.Before.(*geo.Grid); was && g.Code == name {
				if _, there := l.drawing.Grid(g.ID); there {
					return g.ID, nil
				}
			}
		}
	}
	return 0, fmt.Errorf("grid %q: %w", name, geo.ErrNotFound)
}

// call notes what a grid is called from now on.
func (l *list) call(as string, id geo.GridID) error {
	if as == "" {
		return nil
	}
	reason := ""
	if _, twice := l.called[as]; twice {
		reason = "names another grid of the list already"
	} else if _, code := l.drawing.ByCode(as); code {
		reason = "is the code of a grid"
	} else if id == 0 {
		reason = "names nothing: the edit makes no grid"
	}
	if reason != "" {
		return &redraw.EditError{Field: "as", Reason: reason, Name: as}
	}
	if l.called == nil {
		l.called = map[string]geo.GridID{}
	}
	l.called[as] = id
	return nil
}

// apply judges edits, each after those before it.
func (w *stroke) apply(ctx context.Context, draws []Draw) error {
	for {
		var at int
		var edit redraw.Edit
		var err error
		w.judgement, err = w.sheet.judge(ctx, w.touches, func(d *redraw.Drawing, took *[]redraw.Redrawing) (err error) {
			l := list{drawing: d, took: took}
			for at = range draws {
				if edit, err = w.make(&l, draws[at]); err != nil {
					return err
				}
			}
			return nil
		})
		var short *idsError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &short):
			if err := w.sheet.reserve(ctx, w.tx, short.need); err != nil {
				return err
			}
			continue
		case w.judgement == nil:
			return err
		}
		if stale := w.stale(ctx, named(edit)); stale != nil {
			return stale // what it speaks of was changed under its hand
		}
		if len(draws) > 1 {
			return &InEdit{Index: at, Err: err}
		}
		return err
	}
}

// make makes one edit on the drawing of a list.
func (w *stroke) make(l *list, draw Draw) (redraw.Edit, error) {
	e, err := draw.Make(l.find)
	if err != nil {
		return nil, err
	}
	r, err := l.drawing.Apply(e)
	if err == nil {
		err = w.sheet.number(&r)
	}
	if err == nil {
		err = l.call(draw.As, r.Made)
	}
	if err == nil {
		err = l.drawing.Take(r)
	}
	if err == nil {
		*l.took = append(*l.took, r)
	}
	return e, err
}
