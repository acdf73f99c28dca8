package atlas

import (
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// huize is a county of 4,847 grids, 15,989 workers and 250,000 households.
func huize(b *testing.B) *fixtures.County {
	b.Helper()
	county, err := fixtures.Make("huize", 250_000)
	if err != nil {
		b.Fatal(err)
	}
	return county
}

// The county's report after each edit: one household moves to where its
// neighbour lives, or one assignment is put on another grid, and everything is checked.
func BenchmarkReportAfterEdit(b *testing.B) {
	county := huize(b)
	start := picture(b, &county.Snapshot)
	if _, err := start.Check(check.Question{AsOf: day}); err != nil {
		b.Fatal(err)
	}
	edits := map[string]func(i int) geo.Change{
		"household": func(i int) geo.Change {
			k := i * 7919 % (len(county.Households) - 1)
			before := county.Households[k]
			after := before
			after.At = county.Households[k+1].At
			return geo.Change{Before: &before, After: &after}
		},
		"assignment": func(i int) geo.Change {
			before := county.Assignments[i%len(county.Assignments)]
			after := before
			after.Grid = county.Assignments[(i*31)%len(county.Assignments)].Grid
			return geo.Change{Before: &before, After: &after}
		},
	}
	for name, edit := range edits {
		b.Run(name, func(b *testing.B) {
			a, i := start, 0
			var took []time.Duration
			busy := processorTime(b)
			for b.Loop() {
				began := time.Now()
				next, err := a.Apply(geo.ChangeSet{Territory: a.Territory().ID, Revision: a.Revision() + 1, Changes: []geo.Change{edit(i)}})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := next.Check(check.Question{AsOf: day}); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
				a, i = next, i+1
			}
			busy = processorTime(b) - busy
			slices.Sort(took)
			b.ReportMetric(float64(busy.Microseconds())/1000/float64(b.N), "ms-processor")
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
		})
	}
}

// processorTime is what this process has used so far, the collector's share
// included: unlike the clock it does not count what else the machine does.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// The full check of huize, every rule asked: of a picture never asked before,
// so that the ground is proved and all is counted, and asked again. Processor
// time says what it costs on a machine that does other things too.
func BenchmarkFullCheck(b *testing.B) {
	county := huize(b)
	var first, again, firstBusy, againBusy []time.Duration
	ask := func(a *Atlas, took, busy *[]time.Duration) {
		used, began := processorTime(b), time.Now()
		if _, err := a.Check(check.Question{AsOf: day}); err != nil {
			b.Fatal(err)
		}
		*took, *busy = append(*took, time.Since(began)), append(*busy, processorTime(b)-used)
	}
	for b.Loop() {
		a := picture(b, &county.Snapshot)
		runtime.GC() // what loading left is not the check's
		ask(a, &first, &firstBusy)
		ask(a, &again, &againBusy)
	}
	report := func(of string, each []time.Duration) {
		slices.Sort(each)
		b.ReportMetric(each[len(each)/2].Seconds()*1e3, of+"-p50")
		b.ReportMetric(each[0].Seconds()*1e3, of+"-least")
	}
	report("first-ms", first)
	report("first-ms-processor", firstBusy)
	report("again-ms", again)
	report("again-ms-processor", againBusy)
}

// What the picture of huize takes in memory, counted and checked once.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		county := huize(b)
		county.Households = nil
		snap := county.Snapshot
		county = nil
		a := picture(b, &snap)
		if _, err := a.Check(check.Question{AsOf: day}); err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MB-live")
		runtime.KeepAlive(a)
	}
}

// A picture follows a planner: splits, merges and what takes them back, in a
// county and in a province of 56,832 micro grids, counted before each. New is
// what every edit would cost without it.
func BenchmarkFollowEdits(b *testing.B) {
	province, err := fixtures.Province(16)
	if err != nil {
		b.Fatal(err)
	}
	for name, snap := range map[string]*geo.Snapshot{"huize": &huize(b).Snapshot, "province": province} {
		b.Run(name, func(b *testing.B) {
			start := time.Now()
			a := picture(b, snap)
			anew := time.Since(start)
			a.Counted(day)
			edits := plannersEdits(b, snap, 60)
			took := map[string][]time.Duration{}
			for b.Loop() {
				for _, e := range edits {
					start := time.Now()
					next, err := a.Apply(geo.ChangeSet{Territory: 1, Plan: 1, Revision: a.Revision() + 1, Changes: e.changes})
					took[e.name] = append(took[e.name], time.Since(start))
					if err != nil {
						b.Fatal(err)
					}
					a = next
				}
			}
			for name, each := range took {
				slices.Sort(each)
				b.ReportMetric(each[len(each)/2].Seconds()*1e3, name+"-p50-ms")
				b.ReportMetric(each[len(each)*99/100].Seconds()*1e3, name+"-p99-ms")
			}
			split := took["split"]
			b.ReportMetric(anew.Seconds()/split[len(split)/2].Seconds(), "x-new")
		})
	}
}

// A plannersEdit is an edit as the feed tells it.
type plannersEdit struct {
	name    string
	changes []geo.Change
}

// plannersEdits splits grids here and there, gives the halves back and takes
// all back, so that the plan is as it was.
func plannersEdits(b *testing.B, snap *geo.Snapshot, n int) (edits []plannersEdit) {
	b.Helper()
	d, err := redraw.NewDrawing(snap, nil)
	if err != nil {
		b.Fatal(err)
	}
	make := func(name string, e redraw.Edit) bool {
		r, err := d.Apply(e)
		if err != nil {
			return false
		}
		if err := d.Take(r); err != nil {
			b.Fatal(err)
		}
		edits = append(edits, plannersEdit{name, r.Changes})
		return true
	}
	for k := range n {
		g := &snap.Grids[len(snap.Grids)-1-k*len(snap.Grids)/2/n]
		box := g.Boundary.Bound()
		y := box.Min.Y + (box.Max.Y-box.Min.Y)/2
		if make("split", redraw.Split{Grid: g.ID, Line: []topo.Point{{X: box.Min.X - 5, Y: y}, {X: box.Max.X + 5, Y: y}}}) {
			for _, c := range edits[len(edits)-1].changes {
				if half, ok := c.After.(*geo.Grid); ok && c.Before == nil {
					make("merge", redraw.Merge{Grids: []geo.GridID{g.ID, half.ID}, Keep: g.ID})
				}
			}
		}
	}
	for _, e := range slices.Backward(edits) {
		var back []geo.Change
		for _, c := range slices.Backward(e.changes) {
			back = append(back, geo.Change{Before: c.After, After: c.Before})
		}
		edits = append(edits, plannersEdit{"undo", back})
	}
	return edits
}

// One border vertex between two grids moves; the picture after it.
func BenchmarkApplyReshape(b *testing.B) {
	county := huize(b)
	a := picture(b, &county.Snapshot)
	a.Counted(day)
	last := len(county.Grids) - 1
	before := a.Grid(last)
	after := *before
	after.Boundary = topo.Shape{{slices.Clone(before.Boundary[0][0])}}
	after.Boundary[0][0][0].X += 3
	for b.Loop() {
		_, err := a.Apply(geo.ChangeSet{Territory: a.Territory().ID, Revision: a.Revision() + 1, Changes: []geo.Change{{Before: before, After: &after}}})
		if err != nil {
			b.Fatal(err)
		}
	}
}
