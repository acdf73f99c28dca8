package tiles

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// A body is the memory of a packed tile. Large tiles are drawn by the thousand,
// and what the garbage collector takes for each would be a twentieth of the
// drawing: so a body is used again once nobody holds it. Who forgets to let go
// leaves it to the collector, which is only slower.
type body struct {
	data    []byte
	holders atomic.Int32 // the cache, and those who send it
}

// bodyFrom is the size from which memory is worth using again.
const bodyFrom = 4 << 10

// bodies are those that nobody holds, by their size: eight steps to each power
// of two, so that no tile takes an eighth more than it has.
var bodies [(bits.UintSize + 1) * 8]sync.Pool

// step returns in which step a size lies, and the most bytes of that step.
func step(size int) (k, most int) {
	fine := max(bits.Len(uint(size-1))-4, 0) // bits below the step
	top := (size-1)>>fine + 1                // 9 to 16
	return fine*8 + top, top << fine
}

// bodyOf returns a body with a copy of the data, held once; nil for data that
// are not worth it.
func bodyOf(data []byte) *body {
	if len(data) < bodyFrom {
		return nil
	}
	k, most := step(len(data))
	b, _ := bodies[k].Get().(*body)
	if b == nil {
		b = &body{data: make([]byte, 0, most)}
	}
	b.data = append(b.data[:0], data...)
	b.holders.Store(1)
	return b
}

// hold is called for one more who reads the body.
func (b *body) hold() {
	if b != nil {
		b.holders.Add(1)
	}
}

// release is called by each holder at most once.
func (b *body) release() {
	if b != nil && b.holders.Add(-1) == 0 {
		k, _ := step(cap(b.data))
		bodies[k].Put(b)
	}
}
