package exchange

import "strings"

// foldWidth turns full-width digits, letters and signs (U+FF01 to U+FF5E), as
// Chinese keyboards type them into ledgers, and the ideographic space into
// their ASCII forms.
func foldWidth(text string) string {
	if !strings.ContainsFunc(text, isWide) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u3000':
			return ' '
		case isWide(r):
			return r - 0xFEE0
		}
		return r
	}, text)
}

func isWide(r rune) bool { return r == '\u3000' || '\uFF01' <= r && r <= '\uFF5E' }
