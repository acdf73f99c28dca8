package tiles

import (
	"bytes"
	"testing"
)

// Every size has room in its step, an eighth more at most, and what has the room
// of a step belongs to it.
func TestStepsOfBodies(t *testing.T) {
	t.Parallel()
	before := 0
	for size := bodyFrom; size < 1<<24; size += 1 + size/997 {
		k, most := step(size)
		if again, same := step(most); size > most || most > size+size/8 || again != k || same != most || k < before || k >= len(bodies) {
			t.Fatalf("%d bytes: step %d of %d bytes, after step %d; these %d of %d", size, k, most, before, again, same)
		}
		before = k
	}
}

// A body is nobody's only when all who hold it let go.
func TestBodiesAreHeld(t *testing.T) {
	t.Parallel()
	if bodyOf(make([]byte, bodyFrom-1)) != nil {
		t.Error("a body for few bytes")
	}
	data := bytes.Repeat([]byte("grid"), bodyFrom)
	b := bodyOf(data)
	b.hold()
	b.release()
	if !bytes.Equal(b.data, data) || b.holders.Load() != 1 {
		t.Errorf("%d bytes held %d times, want once", len(b.data), b.holders.Load())
	}
	b.release()
	if b.holders.Load() != 0 {
		t.Errorf("held %d times by nobody", b.holders.Load())
	}
}
