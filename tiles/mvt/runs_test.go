package mvt

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A tile of any texts comes out again, however they lie in it: short ones and
// ones longer than a reference reaches, of one value or several, in any order and
// from several stocks, others between. What it is packed to does not depend on
// how they are stocked, nor on which of them are one run.
func TestGzipOfAnyTexts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var values []string
		value := rapid.Custom(func(t *rapid.T) string {
			if len(values) > 0 && rapid.Bool().Draw(t, "again") {
				return rapid.SampledFrom(values).Draw(t, "before") + rapid.StringN(0, 3, -1).Draw(t, "more")
			}
			size := rapid.SampledFrom([]int{0, 1, 5, 30, 130, 17_000, window + 5}).Draw(t, "size")
			return strings.Repeat(rapid.StringN(1, 9, -1).Draw(t, "part"), size)[:size]
		})
		var texts []string
		for range rapid.IntRange(1, 30).Draw(t, "texts") {
			var text []byte
			for range rapid.IntRange(1, 3).Draw(t, "values") {
				values = append(values, value.Draw(t, "value"))
				text = AppendText(text, values[len(values)-1])
			}
			texts = append(texts, string(text))
		}
		var order []int
		for from := 0; len(order) < len(texts); from = rapid.IntRange(0, len(texts)-1).Draw(t, "from") {
			to := rapid.IntRange(from+1, len(texts)).Draw(t, "to")
			for i := from; i < to; i++ {
				order = append(order, i)
			}
		}
		between := rapid.SliceOfN(rapid.IntRange(0, 3), len(order), len(order)).Draw(t, "between")
		tile, runs := stockedBy(texts, order, between, len(texts))
		packed := AppendGzip(nil, tile, &Hints{runs: runs})
		if got := unzip(t, packed); !bytes.Equal(got, tile) {
			t.Fatalf("%x comes out as %x", tile, got)
		}
		for _, size := range []int{1, rapid.IntRange(1, len(texts)).Draw(t, "stock")} {
			if other, runs := stockedBy(texts, order, between, size); !bytes.Equal(other, tile) || !bytes.Equal(AppendGzip(nil, other, &Hints{runs: runs}), packed) {
				t.Fatalf("from stocks of %d texts it is another tile, or packed otherwise", size)
			}
		}
	})
}

// stockedBy returns a tile of texts in an order, with other values between, from
// stocks of so many texts each.
func stockedBy(texts []string, order, between []int, size int) ([]byte, []Run) {
	var stocks []*Texts
	for from := 0; from < len(texts); from += size {
		stocks = append(stocks, NewTexts(texts[from:min(len(texts), from+size)]))
	}
	var l Layer
	l.Reset(nil, "grids")
	l.Begin(1, PointType)
	l.Points([]Point{{1, 1}})
	l.End()
	for k, i := range order {
		l.Stock(stocks[i/size], i%size, 1)
		if between[k] == 0 {
			l.String(fmt.Sprint("between ", k))
		}
	}
	return l.Tile(), l.Hints().runs
}
