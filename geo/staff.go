package geo

import (
	"math"
	"slices"
)

// CountStaff counts the staff anew into fresh role counts, leaving the people
// as they are. Whoever shares tallies with an older count must have copied
// them first.
func (c *Counted) CountStaff() {
	roles := len(c.Roles)
	block := make([]int64, len(c.Tallies)*roles)
	for i := range c.Tallies {
		t := &c.Tallies[i]
		t.Workers, t.GridWorkers, t.Posts = 0, 0, 0
		t.ByRole = block[i*roles : (i+1)*roles : (i+1)*roles]
	}
	c.countStaff()
}

// countStaff counts the posts held on the day, person by person: a person's
// posts mark the grids above them, and each mark counts once.
func (c *Counted) countStaff() {
	c.posts = c.listPosts()
	persons := make(marks, len(c.Tallies))
	onGrids := make(marks, len(c.Tallies))
	inRoles := make(marks, len(c.Tallies)*len(c.Roles))
	for w := range c.Workers {
		mark := int32(w + 1)
		for _, p := range c.posts.of(w) {
			c.Tallies[p.Grid].Posts++
			onGrid := c.IsGrid(int(p.Grid))
			for i := int(p.Grid); i >= 0; i = c.Tree.Parent(i) {
				t := &c.Tallies[i]
				t.Workers += persons.once(i, mark)
				if onGrid {
					t.GridWorkers += onGrids.once(i, mark)
				}
				if p.Role >= 0 {
					t.ByRole[p.Role] += inRoles.once(i*len(c.Roles)+int(p.Role), mark)
				}
			}
		}
	}
}

// marks remembers who was last counted at each place.
type marks []int32

// once returns 1 the first time mark comes by place, then 0.
func (m marks) once(place int, mark int32) int64 {
	if m[place] == mark {
		return 0
	}
	m[place] = mark
	return 1
}

// IsGrid reports whether the node at i belongs to the grid system rather than
// to the administration.
func (c *Counted) IsGrid(i int) bool {
	g := &c.Grids[i]
	return g.Kind != General || c.Tiers[g.Tier].Class == GridClass
}

// A Post is an assignment that counts on the day.
type Post struct {
	Grid     int32  // its position
	Role     int32  // index of the role among the snapshot's, -1 for another
	Permille int32  // share of a full post
	Code     string // of the role
}

// A postList holds the posts that count on the day, worker by worker.
type postList struct {
	start []int32 // the posts of worker w are posts[start[w]:start[w+1]]
	posts []Post
}

func (l *postList) of(w int) []Post { return l.posts[l.start[w]:l.start[w+1]] }

// PostsOf returns the posts that count on the day of the worker at index w of
// the snapshot's. The caller must not change them.
func (c *Counted) PostsOf(w int) []Post { return c.posts.of(w) }

// listPosts lists the posts that count on the day: held by a worker who is
// active, in a grid of the plan.
func (c *Counted) listPosts() postList {
	roleAt := make(map[string]int32, len(c.Roles))
	for i, r := range c.Roles {
		roleAt[r.Code] = int32(i)
	}
	find := c.workersByID()
	holder := make([]int32, len(c.Assignments)) // index of the worker, -1 when it does not count
	at := make([]int32, len(c.Assignments))
	l := postList{start: make([]int32, len(c.Workers)+1)}
	for i := range c.Assignments {
		a := &c.Assignments[i]
		w, known := find(a.Worker)
		grid, inPlan := c.Tree.Index(a.Grid)
		if holder[i] = -1; known && inPlan && a.Valid.Holds(c.AsOf) && c.Workers[w].Active.Holds(c.AsOf) {
			holder[i], at[i] = int32(w), int32(grid)
			l.start[w+1]++
		}
	}
	for w := range c.Workers {
		l.start[w+1] += l.start[w]
	}
	l.posts = make([]Post, l.start[len(c.Workers)])
	next := slices.Clone(l.start)
	for i, w := range holder {
		if w < 0 {
			continue
		}
		role, known := roleAt[c.Assignments[i].Role]
		if !known {
			role = -1
		}
		l.posts[next[w]] = Post{at[i], role, int32(c.Assignments[i].Permille), c.Assignments[i].Role}
		next[w]++
	}
	return l
}

// workersByID lists the index of each worker in a table by ID, from the lowest
// on, or in a map where the IDs lie too far apart for that.
func (c *Counted) workersByID() func(WorkerID) (int, bool) {
	low, high := WorkerID(math.MaxInt64), WorkerID(math.MinInt64)
	for i := range c.Workers {
		low, high = min(low, c.Workers[i].ID), max(high, c.Workers[i].ID)
	}
	if len(c.Workers) == 0 || low < 0 || high-low > WorkerID(16*len(c.Workers)) {
		at := make(map[WorkerID]int, len(c.Workers))
		for i := range c.Workers {
			at[c.Workers[i].ID] = i
		}
		return func(id WorkerID) (int, bool) { i, ok := at[id]; return i, ok }
	}
	table := make([]int32, high-low+1) // index + 1
	for i := range c.Workers {
		table[c.Workers[i].ID-low] = int32(i + 1)
	}
	return func(id WorkerID) (int, bool) {
		if id < low || id > high {
			return 0, false
		}
		i := int(table[id-low]) - 1
		return i, i >= 0
	}
}

// PersonsIn counts the persons under the unit at a position who hold one of the
// roles, each once; no roles means all that count in a ratio.
func (c *Counted) PersonsIn(unit int, roles []string) int64 {
	if r, ok := c.onlyRole(roles); ok {
		return c.Tallies[unit].ByRole[r]
	}
	if c.persons != nil {
		return c.persons(c.Grids[unit].ID, roles)
	}
	counts := func(p Post) bool {
		if !c.Tree.Under(int(p.Grid), unit) {
			return false
		}
		if len(roles) > 0 {
			return slices.Contains(roles, p.Code)
		}
		return p.Role >= 0 && c.Roles[p.Role].CountsInRatio
	}
	n := int64(0)
	for w := range c.Workers {
		if slices.ContainsFunc(c.posts.of(w), counts) {
			n++
		}
	}
	return n
}

// onlyRole returns the one role that is asked for, whose persons have been
// counted already; ok is false for several, which persons may hold at once.
func (c *Counted) onlyRole(roles []string) (r int, ok bool) {
	n := 0
	for i := range c.Roles {
		if len(roles) == 0 && c.Roles[i].CountsInRatio || len(roles) > 0 && c.Roles[i].Code == roles[0] {
			r = i
			n++
		}
	}
	return r, n == 1 && len(roles) <= 1
}
