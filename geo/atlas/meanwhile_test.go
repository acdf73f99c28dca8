package atlas

import (
	"sync"
	"testing"
)

// While the next pictures are made of one, and of those, it is asked by many,
// who get the same answers as before; the race detector looks on.
func TestPicturesAreAskedWhileTheNextIsMade(t *testing.T) {
	t.Parallel()
	county := strip()
	first := picture(t, county)
	want, points := told(t, first), cornersAndMiddles(leavesOf(t, county.Grids))
	first = picture(t, county) // nothing of it is worked out yet
	var readers sync.WaitGroup
	ask := func(a *Atlas, asWhole bool) {
		readers.Go(func() {
			leaf := make([]int32, len(points))
			a.LocateEach(points, leaf)
			a.Counted(day)
			for i := range a.Tree().Len() {
				a.Ground(i)
			}
			a.Records()
			a.Changed(first)
			if got := told(t, a); asWhole && got != want {
				t.Errorf("the first picture reports\n%s, want\n%s", got, want)
			}
		})
	}
	a := first
	for step := range int32(40) {
		ask(first, true)
		ask(a, false)
		a = follow(t, a, turn(county, a, step)...)
		ask(a, false)
	}
	readers.Wait()
}
