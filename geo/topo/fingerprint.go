package topo

import "math/bits"

// A Fingerprint is a 128-bit sum over directed edges, each half modulo 2^64.
// An edge and its reverse add up to zero, so the fingerprint of a parent is
// the sum of its children's when their rings cancel; in SQL, the sums of both
// halves agree modulo 2^64. Equality is proof against accident, not against
// malice; [Whole] is the proof. Stored fingerprints rely on these very values:
// the function never changes.
type Fingerprint struct{ A, B int64 }

// Add returns the fingerprint of f and o together.
func (f Fingerprint) Add(o Fingerprint) Fingerprint { return Fingerprint{f.A + o.A, f.B + o.B} }

// Sub returns the fingerprint of f without o.
func (f Fingerprint) Sub(o Fingerprint) Fingerprint { return Fingerprint{f.A - o.A, f.B - o.B} }

// Fingerprint returns the sum over all edges of s; zero when it is not drawn.
func (s Shape) Fingerprint() (f Fingerprint) {
	for ring := range s.rings {
		if len(ring) == 0 {
			continue
		}
		p := ring[len(ring)-1]
		for _, q := range ring {
			if p.before(q) {
				f = f.Add(edgeFingerprint(p, q))
			} else if q.before(p) {
				f = f.Sub(edgeFingerprint(q, p))
			}
			p = q
		}
	}
	return f
}

// edgeFingerprint mixes the two ends of an edge, p before q, with odd constants
// from the fractional part of the golden ratio and of square roots.
func edgeFingerprint(p, q Point) Fingerprint {
	a, b := p.key(), q.key()
	return Fingerprint{
		int64(fold(fold(a, 0x9e3779b97f4a7c15)^b, 0xbb67ae8584caa73b)),
		int64(fold(fold(b, 0x3c6ef372fe94f82b)^bits.RotateLeft64(a, 32), 0xa54ff53a5f1d36f1)),
	}
}

// fold mixes v with a constant through a 128-bit product.
func fold(v, by uint64) uint64 {
	v ^= by
	v ^= v >> 29
	hi, lo := bits.Mul64(v, by)
	return hi ^ lo ^ v
}
