package api

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"gridmap/fixtures"
	"gridmap/geo"
)

// Two villages merge, twelve micro grids are redrawn, workers and households
// follow, the plan is reviewed, filed and put in force, and the old map is
// still there as of last month.
func TestStoryOfTwoVillages(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("shilou", 3000)
	if err != nil {
		t.Fatal(err)
	}
	s := serveCounty(t, county, func(c *Config) { c.Who = func(r *http.Request) string { return r.Header.Get("By") } })
	begun := time.Now().Add(-time.Second)
	v := &villageStory{service: s, old: s.get(t, fmt.Sprintf("/v1/plans/%d/grids?geometry=full&limit=900&tier=village", s.plan)).wants(200)}
	made := s.call(t, "POST", "/v1/plans", fmt.Sprintf(`{"territory":%d,"name":"并村"}`, s.territory), "By", "li").wants(http.StatusCreated)
	made.into(&v.draft)
	v.choose(t)
	v.merge(t)
	v.redrawTwelve(t)
	v.compare(t)
	v.publish(t)
	v.follow(t)
	v.lookBack(t, begun)
}

// A villageStory is what the chapters of the story hand on.
type villageStory struct {
	*service
	old        answer // the villages as they were drawn
	draft      geo.Plan
	heir, gone gridSeen
	micros     [][2]gridSeen // pairs of siblings with a common border, under the two villages
	chief      geo.WorkerID  // of the village that goes
	redrawn    []geo.GridID
	refs       map[string]geo.GridID // of the households in the redrawn grids, before
	posts      map[geo.GridID]string // of the redrawn grids, before
}

// choose finds two villages with enough micro grids, and gives the one that
// goes a chief.
func (v *villageStory) choose(t *testing.T) {
	t.Helper()
	up := map[geo.GridID]geo.GridID{}
	for _, tier := range []string{"primary", "secondary", "micro"} {
		for path := fmt.Sprintf("/v1/plans/%d/grids?tier=%s&kind=general&limit=900", v.draft.ID, tier); path != ""; {
			var page struct {
				Grids []gridSeen
				Next  string
			}
			v.get(t, path).wants(200).into(&page)
			for _, g := range page.Grids {
				up[g.ID] = g.Parent
			}
			path = page.Next
		}
	}
	micros := map[geo.GridID][]geo.GridID{} // by village
	for _, g := range v.leaves(t, up) {
		micros[up[up[up[g]]]] = append(micros[up[up[up[g]]]], g)
	}
	for _, pair := range v.pairs(t, v.draft.ID, "village") {
		if len(micros[pair[0].ID]) >= 30 && len(micros[pair[1].ID]) >= 30 {
			v.heir, v.gone = pair[0], pair[1]
		}
	}
	if v.gone.ID == 0 {
		t.Fatal("no two villages have enough micro grids")
	}
	taken := map[geo.GridID]bool{}
	for _, id := range slices.Concat(micros[v.heir.ID], micros[v.gone.ID]) {
		g := v.grid(t, v.draft.ID, id)
		for _, n := range g.Neighbours {
			if up[n.ID] == g.Parent && !taken[g.ID] && !taken[n.ID] {
				taken[g.ID], taken[n.ID] = true, true
				v.micros = append(v.micros, [2]gridSeen{g, v.grid(t, v.draft.ID, n.ID)})
			}
		}
	}
	var workers struct{ Workers []struct{ ID geo.WorkerID } }
	v.get(t, fmt.Sprintf("/v1/workers?territory=%d&limit=1", v.territory)).wants(200).into(&workers)
	v.chief = workers.Workers[0].ID
	v.call(t, "POST", fmt.Sprintf("/v1/assignments?territory=%d", v.territory),
		fmt.Sprintf(`{"worker":%d,"grid":%d,"role":"leader","valid":{"from":"2025-01-01"}}`, v.chief, v.gone.ID)).wants(http.StatusCreated)
}

// leaves returns the grids without others under them, ascending.
func (v *villageStory) leaves(t *testing.T, up map[geo.GridID]geo.GridID) []geo.GridID {
	t.Helper()
	parents := map[geo.GridID]bool{}
	for _, p := range up {
		parents[p] = true
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(up)), func(id geo.GridID) bool { return parents[id] })
}

// effectsSeen is what the story asks of the effects of a change.
type effectsSeen struct {
	Effects struct {
		Posts []struct {
			Worker    struct{ ID geo.WorkerID }
			Grid      struct{ ID geo.GridID }
			Fate      string
			Heir      *struct{ ID geo.GridID }
			Undecided bool
		}
		Counts []struct {
			Grid          struct{ ID geo.GridID }
			Before, After *struct{ Households int64 }
		}
		Findings struct {
			Appeared, Gone []struct{ ID, Severity string }
		}
		References []struct {
			Entity, Then string
			Count        int
			Grid         struct{ ID geo.GridID }
			Heir         *struct{ ID geo.GridID }
		}
	}
}

// merge makes one village of two.
func (v *villageStory) merge(t *testing.T) {
	t.Helper()
	a := v.edit(t, v.draft.ID, mergeOf([2]gridSeen{v.heir, v.gone}), "By", "li").wants(200)
	var seen effectsSeen
	a.into(&seen)
	lost := 0
	for _, p := range seen.Effects.Posts {
		if p.Grid.ID == v.gone.ID && p.Worker.ID == v.chief {
			if lost++; p.Fate != "lost" || p.Undecided || p.Heir == nil || p.Heir.ID != v.heir.ID {
				t.Errorf("the chief is told %+v", p)
			}
		}
	}
	if lost != 1 {
		t.Errorf("the merge tells of %d posts of the chief that goes", lost)
	}
	for _, c := range seen.Effects.Counts {
		if c.Grid.ID == v.heir.ID && (c.Before == nil || c.After == nil || c.After.Households != v.heir.Counts.Households+v.gone.Counts.Households) {
			t.Errorf("the village that stays holds %+v", c)
		}
	}
	for _, f := range seen.Effects.Findings.Appeared {
		if f.Severity == "error" {
			t.Errorf("the merge brings %+v", f)
		}
	}
}

// redrawTwelve gives ground of one micro grid to another, six times, each at
// the middle of their common border.
func (v *villageStory) redrawTwelve(t *testing.T) {
	t.Helper()
	v.refs, v.posts = map[string]geo.GridID{}, map[geo.GridID]string{}
	for _, pair := range v.micros {
		if len(v.redrawn) == 12 {
			break
		}
		body, ok := v.handover(t, pair)
		if !ok || v.edit(t, v.draft.ID, body, "By", "li").status != http.StatusOK {
			continue
		}
		for _, g := range pair {
			v.redrawn = append(v.redrawn, g.ID)
			v.posts[g.ID] = string(v.get(t, fmt.Sprintf("/v1/assignments?territory=%d&grid=%d", v.territory, g.ID)).wants(200).body)
			for _, ref := range v.refsIn(t, g.ID) {
				v.refs[ref] = g.ID
			}
		}
	}
	slices.Sort(v.redrawn)
	if len(v.redrawn) != 12 {
		t.Fatalf("%d micro grids could be redrawn, want 12", len(v.redrawn))
	}
}

// handover is an edit that gives half of the first grid of a pair to the
// second.
func (v *villageStory) handover(t *testing.T, pair [2]gridSeen) (body string, ok bool) {
	t.Helper()
	corners := func(id geo.GridID) map[[2]float64]bool {
		var g struct {
			Geometry struct{ Coordinates [][][2]float64 }
		}
		v.get(t, fmt.Sprintf("/v1/plans/%d/grids/%d?geometry=full", v.draft.ID, id)).wants(200).into(&g)
		found := map[[2]float64]bool{}
		for _, at := range g.Geometry.Coordinates[0] {
			found[at] = true
		}
		return found
	}
	first, second := corners(pair[0].ID), corners(pair[1].ID)
	var common [][2]float64
	for at := range first {
		if second[at] {
			common = append(common, at)
		}
	}
	if len(common) < 2 {
		return "", false
	}
	slices.SortFunc(common, func(a, b [2]float64) int { return slices.Compare(a[:], b[:]) })
	at, b := common[len(common)/2], pair[0].Bounds
	w, h := (b[2]-b[0])/3, (b[3]-b[1])/3
	return fmt.Sprintf(`{"op":"transfer","to":%d,"from":[%d],"region":{"type":"Polygon","coordinates":[[[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]]}}`,
		pair[1].ID, pair[0].ID, at[0]-w, at[1]-h, at[0]+w, at[1]-h, at[0]+w, at[1]+h, at[0]-w, at[1]+h, at[0]-w, at[1]-h), true
}

// compare holds the draft against the plan in force: one village less, twelve
// micro grids drawn otherwise and nothing else, and no error.
func (v *villageStory) compare(t *testing.T) {
	t.Helper()
	type seen struct {
		ID            geo.GridID
		Tier          string
		Fields        []string
		AreaM2        float64 `json:"area_m2"`
		Before, After struct{ Tier string }
	}
	var d struct{ Added, Retired, Changed []seen }
	v.get(t, fmt.Sprintf("/v1/plans/%d/diff?against=%d", v.draft.ID, v.plan)).wants(200).into(&d)
	if len(d.Added) != 0 || len(d.Retired) != 1 || d.Retired[0].ID != v.gone.ID {
		t.Errorf("added %+v, retired %+v; want village %d retired", d.Added, d.Retired, v.gone.ID)
	}
	var micros []geo.GridID
	for _, g := range d.Changed {
		// Less is a neighbour whose border got a corner where a new one meets it.
		if g.After.Tier == "micro" && slices.Contains(g.Fields, "boundary") && g.AreaM2 > 5 {
			micros = append(micros, g.ID)
		}
	}
	if slices.Sort(micros); !slices.Equal(micros, v.redrawn) {
		t.Errorf("redrawn are the micro grids %v, want %v", micros, v.redrawn)
	}
	var report struct{ Pass bool }
	if v.get(t, fmt.Sprintf("/v1/plans/%d/check", v.draft.ID)).wants(200).into(&report); !report.Pass {
		t.Error("the draft does not pass the check")
	}
}

// publish leads the draft into force.
func (v *villageStory) publish(t *testing.T) {
	t.Helper()
	var staff struct {
		Assignments []struct{ ID geo.AssignmentID }
	}
	v.get(t, fmt.Sprintf("/v1/assignments?territory=%d&grid=%d&limit=900", v.territory, v.gone.ID)).wants(200).into(&staff)
	v.state(t, v.draft.ID, "reviewed", "By", "wang").wants(200)
	v.state(t, v.draft.ID, "filed", "By", "zhao").wants(200)
	var done struct {
		Plan       geo.Plan
		Retired    geo.PlanID
		Revision   geo.Revision
		References []struct {
			Entity, Then string
			Grid         struct{ ID geo.GridID }
			Heir         *struct{ ID geo.GridID }
		}
	}
	v.state(t, v.draft.ID, "in_force", "By", "sun").wants(200).into(&done)
	if done.Plan.State != geo.InForce || done.Retired != v.plan || done.Plan.Effective.String() != "2026-01-15" {
		t.Errorf("published %+v", done.Plan)
	}
	posts := 0
	for _, r := range done.References {
		if r.Grid.ID != v.gone.ID || r.Heir == nil || r.Heir.ID != v.heir.ID {
			t.Errorf("publishing tells %+v", r)
		}
		if r.Entity == "assignment" && r.Then == "follows" {
			posts++
		}
	}
	if posts != len(staff.Assignments) || posts == 0 {
		t.Errorf("publishing tells of %d posts that follow, want all %d of the village that is gone", posts, len(staff.Assignments))
	}
	v.get(t, fmt.Sprintf("/v1/territories/%d?min_revision=%d", v.territory, done.Revision)).wants(200)
}

// follow finds every household, by its ref, where the moves of the comparison
// say, and every worker at work.
func (v *villageStory) follow(t *testing.T) {
	t.Helper()
	type way struct{ from, to geo.GridID }
	now, went := map[string]geo.GridID{}, map[way]int{}
	for _, id := range v.redrawn {
		for _, ref := range v.refsIn(t, id) {
			now[ref] = id
		}
		if posts := string(v.get(t, fmt.Sprintf("/v1/assignments?territory=%d&grid=%d", v.territory, id)).wants(200).body); posts != v.posts[id] {
			t.Errorf("the posts of micro grid %d are\n%s, were\n%s", id, posts, v.posts[id])
		}
	}
	if !slices.Equal(slices.Sorted(maps.Keys(now)), slices.Sorted(maps.Keys(v.refs))) {
		t.Errorf("%d households in the twelve grids, were %d, or not the same", len(now), len(v.refs))
	}
	for ref, from := range v.refs {
		if to := now[ref]; to != from {
			went[way{from, to}]++
		}
	}
	var d struct {
		Moved []struct {
			Tier       string
			From, To   *struct{ ID geo.GridID }
			Households int
		}
	}
	v.get(t, fmt.Sprintf("/v1/plans/%d/diff?against=%d", v.draft.ID, v.plan)).wants(200).into(&d)
	told := map[way]int{}
	for _, m := range d.Moved {
		if m.Tier == "micro" && m.Households > 0 {
			told[way{m.From.ID, m.To.ID}] = m.Households
		}
	}
	if !maps.Equal(told, went) || len(went) == 0 {
		t.Errorf("households went %v, told is %v", went, told)
	}
	v.chiefFollows(t)
}

// chiefFollows looks for the chief's post: ended on the day in the village that
// is gone, and from then on in the one that has its ground.
func (v *villageStory) chiefFollows(t *testing.T) {
	t.Helper()
	var page struct {
		Assignments []struct {
			Grid  geo.GridID
			Role  string
			Valid struct{ From, To string }
		}
	}
	v.get(t, fmt.Sprintf("/v1/assignments?territory=%d&worker=%d", v.territory, v.chief)).wants(200).into(&page)
	ended, goes := 0, 0
	for _, a := range page.Assignments {
		switch a.Grid {
		case v.gone.ID:
			if ended++; a.Valid.To != "2026-01-15" {
				t.Errorf("the old post is valid %+v", a.Valid)
			}
		case v.heir.ID:
			if goes++; a.Role != "leader" || a.Valid.From != "2026-01-15" || a.Valid.To != "" {
				t.Errorf("the new post is %+v", a)
			}
		}
	}
	if ended != 1 || goes != 1 {
		t.Errorf("the chief's posts are %+v", page.Assignments)
	}
}

// lookBack finds who did what and when, and the old map as of last month.
func (v *villageStory) lookBack(t *testing.T, begun time.Time) {
	t.Helper()
	var history struct {
		Steps []struct {
			State geo.PlanState
			At    time.Time
			By    string
		}
		Edits []struct{ By, Op string }
	}
	v.get(t, fmt.Sprintf("/v1/plans/%d/edits", v.draft.ID)).wants(200).into(&history)
	var steps []string
	for _, step := range history.Steps {
		if steps = append(steps, string(step.State)+" by "+step.By); step.At.Before(begun) || step.At.After(time.Now().Add(time.Second)) {
			t.Errorf("%s at %s", step.State, step.At)
		}
		begun = step.At
	}
	if want := []string{"draft by li", "reviewed by wang", "filed by zhao", "in_force by sun"}; !slices.Equal(steps, want) {
		t.Errorf("steps %v, want %v", steps, want)
	}
	if len(history.Edits) != 7 || slices.ContainsFunc(history.Edits, func(e struct{ By, Op string }) bool { return e.By != "li" }) {
		t.Errorf("edits %+v, want seven of li", history.Edits)
	}
	v.sameVillages(t)
	chain := func(day string) []geo.GridID {
		var located struct{ Chain []struct{ ID geo.GridID } }
		v.get(t, fmt.Sprintf("/v1/locate?lon=%.7f&lat=%.7f&territory=%d&as_of=%s", v.gone.Interior[0], v.gone.Interior[1], v.territory, day)).wants(200).into(&located)
		var ids []geo.GridID
		for _, g := range located.Chain {
			ids = append(ids, g.ID)
		}
		return ids
	}
	if before := chain("2025-12-15"); !slices.Contains(before, v.gone.ID) || slices.Contains(before, v.heir.ID) {
		t.Errorf("as of last month located in %v, want in village %d", before, v.gone.ID)
	}
	if now := chain("2026-01-15"); slices.Contains(now, v.gone.ID) || !slices.Contains(now, v.heir.ID) {
		t.Errorf("today located in %v, want in village %d", now, v.heir.ID)
	}
}

// sameVillages holds the villages of the old plan against what they were, but
// for the day on which the one that is gone ended.
func (v *villageStory) sameVillages(t *testing.T) {
	t.Helper()
	type page struct {
		Grids []struct {
			Code     string
			Geometry any
		}
	}
	var was, is page
	v.old.into(&was)
	v.get(t, fmt.Sprintf("/v1/plans/%d/grids?geometry=full&limit=900&tier=village", v.plan)).wants(200).into(&is)
	if fmt.Sprint(was) != fmt.Sprint(is) || len(is.Grids) == 0 {
		t.Error("the villages of the old plan are drawn otherwise than before")
	}
}
