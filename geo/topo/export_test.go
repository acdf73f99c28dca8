package topo

// Mess returns the smaller mess that BenchmarkClean cleans, with its ground.
func Mess() (within Shape, children []Shape) {
	m := spoil(5, 71, 71, 11, 30, 50)
	return m.within, m.children
}
