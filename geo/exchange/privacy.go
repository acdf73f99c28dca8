package exchange

import "time"

// isIdentityNumber reports whether text is a Chinese identity number: 17
// digits with a day of birth in them and the check character of GB 11643
// (ISO 7064, MOD 11-2). One in eleven numbers with a date in that place passes
// by chance, few of which stand in ledgers.
func isIdentityNumber(text string) bool {
	if len(text) != 18 {
		return false
	}
	sum := 0
	for i := range 17 {
		c := text[i]
		if c < '0' || c > '9' {
			return false
		}
		weight := 1 << (17 - i) % 11
		sum += int(c-'0') * weight
	}
	check := "10X98765432"[sum%11]
	if last := text[17]; last != check && !(check == 'X' && last == 'x') {
		return false
	}
	born, err := time.Parse("20060102", text[6:14])
	return err == nil && born.Year() >= 1900 && born.Year() <= 2100
}
