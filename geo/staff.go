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

// A Staffing says whom a standard counts.
type Staffing struct {
	Roles []string // empty: those that count in a ratio, or with AnyRole all
	// AnyRole counts any role where none is listed.
	AnyRole    bool
	Employment Employment // empty: however employed
	// FullPosts counts shares of full posts, in thousandths and of each person at
	// most 1,000, rather than persons.
	FullPosts bool
}

// Equal reports whether both count the same.
func (s Staffing) Equal(o Staffing) bool {
	return slices.Equal(s.Roles, o.Roles) && s.AnyRole == o.AnyRole && s.Employment == o.Employment && s.FullPosts == o.FullPosts
}

// Takes reports whether a post of the role counts that somebody so employed
// holds; inRatio says that the role counts in a ratio.
func (s Staffing) Takes(role string, inRatio bool, e Employment) bool {
	if s.Employment != "" && s.Employment != e {
		return false
	}
	if len(s.Roles) > 0 {
		return slices.Contains(s.Roles, role)
	}
	return s.AnyRole || inRatio
}

// StaffBy returns a function that counts the staff under the unit at a
// position: persons, each once however many posts they hold there, or with
// FullPosts thousandths of full posts.
func (c *Counted) StaffBy(who Staffing) func(unit int) int64 {
	if who.Employment == "" && !who.FullPosts {
		if who.AnyRole && len(who.Roles) == 0 {
			return func(unit int) int64 { return c.Tallies[unit].Workers }
		}
		if r, ok := c.onlyRole(who.Roles); ok {
			return func(unit int) int64 { return c.Tallies[unit].ByRole[r] }
		}
	}
	if c.part.Staff != nil {
		return func(unit int) int64 { return c.part.Staff(c.Grids[unit].ID, who) }
	}
	counts := c.countWho(who)
	return func(unit int) int64 { return counts[unit] }
}

// countWho counts whom a standard counts in every unit, person by person.
func (c *Counted) countWho(who Staffing) []int64 {
	counts, own := make([]int64, len(c.Grids)), make([]int64, len(c.Grids))
	var here []int32 // where the person counts
	for w := range c.Workers {
		here = here[:0]
		for _, p := range c.posts.of(w) {
			if !who.Takes(p.Code, p.Role >= 0 && c.Roles[p.Role].CountsInRatio, c.Workers[w].Employment) {
				continue
			}
			for i := int(p.Grid); i >= 0; i = c.Tree.Parent(i) {
				if !slices.Contains(here, int32(i)) {
					here = append(here, int32(i))
				}
				own[i] += int64(p.Permille)
			}
		}
		for _, i := range here {
			counts[i] += who.Weight(own[i])
			own[i] = 0
		}
	}
	return counts
}

// Weight returns what a person counts who holds posts of so many thousandths.
func (s Staffing) Weight(permille int64) int64 {
	if s.FullPosts {
		return min(permille, 1000)
	}
	return 1
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

// FacilitiesBy returns a function that lists the facilities of a type that are
// open on the day and belong to the unit at a position or to one under it, in
// the snapshot's order. Those that state no division belong to none.
func (c *Counted) FacilitiesBy(kind string) func(unit int) []*Facility {
	takes := func(f *Facility) bool { return f.Type == kind && f.Valid.Holds(c.AsOf) }
	if c.part.Facilities != nil {
		return func(unit int) []*Facility {
			var list []*Facility
			there := c.part.Facilities(c.Grids[unit].ID)
			for i := range there {
				if f := &there[i]; takes(f) {
					list = append(list, f)
				}
			}
			return list
		}
	}
	lists := make(map[int][]*Facility)
	for i := range c.Facilities {
		f := &c.Facilities[i]
		at, known := c.Tree.Index(f.Division)
		if !known || !takes(f) {
			continue
		}
		for ; at >= 0; at = c.Tree.Parent(at) {
			lists[at] = append(lists[at], f)
		}
	}
	return func(unit int) []*Facility { return lists[unit] }
}
