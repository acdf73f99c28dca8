package atlas

import (
	"cmp"
	"slices"
	"sync"

	"gridmap/geo"
)

// A Post is an assignment with the worker who holds it.
type Post struct {
	Worker     *geo.Worker
	Assignment *geo.Assignment
	Deputy     *geo.Worker // who stands in; nil when nobody is named
}

// A roster finds the posts of a grid. It is made when first asked.
type roster struct {
	workers     []geo.Worker
	assignments []geo.Assignment
	tree        *geo.Tree
	once        sync.Once
	// posts of the grid at position i are posts[start[i]:start[i+1]].
	start []int32
	posts []Post
}

func newRoster(snap *geo.Snapshot, tree *geo.Tree) *roster {
	return &roster{workers: snap.Workers, assignments: snap.Assignments, tree: tree}
}

func (r *roster) fill() {
	workers := make(map[geo.WorkerID]*geo.Worker, len(r.workers))
	for i := range r.workers {
		workers[r.workers[i].ID] = &r.workers[i]
	}
	byGrid := make([][]Post, r.tree.Len())
	for i := range r.assignments {
		as := &r.assignments[i]
		at, inPlan := r.tree.Index(as.Grid)
		if w := workers[as.Worker]; w != nil && inPlan {
			byGrid[at] = append(byGrid[at], Post{w, as, workers[as.Deputy]})
		}
	}
	r.start = make([]int32, 1, len(byGrid)+1)
	for _, posts := range byGrid {
		slices.SortStableFunc(posts, byDuty)
		r.posts = append(r.posts, posts...)
		r.start = append(r.start, int32(len(r.posts)))
	}
}

// byDuty puts leaders first, then main posts; equals stay in order of ID.
func byDuty(a, b Post) int {
	return cmp.Or(cmp.Compare(dutyRank(a), dutyRank(b)), cmp.Compare(a.Assignment.ID, b.Assignment.ID))
}

func dutyRank(p Post) int {
	switch {
	case geo.Leads(p.Assignment.Role):
		return 0
	case p.Assignment.Primary:
		return 1
	}
	return 2
}

// Workers returns the posts held in the grid at position i itself, not under
// it, on a day: leaders first, then main posts, then by assignment. Day 0 is
// today.
func (a *Atlas) Workers(i int, day geo.Date) []Post {
	day = orToday(day)
	r := a.staff
	r.once.Do(r.fill)
	var held []Post
	for _, p := range r.posts[r.start[i]:r.start[i+1]] {
		if p.Assignment.Valid.Holds(day) && p.Worker.Active.Holds(day) {
			held = append(held, p)
		}
	}
	return held
}
