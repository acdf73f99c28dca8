package exchange

import (
	"strings"
	"time"

	"gridmap/geo"
)

// RulePrivate is the rule that a column of sensitive personal data breaks.
const RulePrivate geo.RuleID = "PRV-1"

// sensitive names what a column may not hold (PIPL Art. 28) by words in its
// heading.
var sensitive = []struct {
	what  string
	words []string
}{
	{"identity numbers", []string{"身份证", "证件号", "公民身份", "护照", "社保号", "idcard", "idnumber", "idno",
		"identitycard", "identitynumber", "identityno", "nationalid", "passport", "socialsecurity", "ssn"}},
	{"health", []string{"健康", "疾病", "病史", "病种", "残疾", "患病", "慢病", "精神障碍", "血型", "health", "disease",
		"illness", "disability", "medical", "diagnosis", "bloodtype"}},
	{"religion", []string{"宗教", "信仰", "教派", "religion", "religious", "faith"}},
	{"biometrics", []string{"指纹", "人脸", "虹膜", "声纹", "生物特征", "fingerprint", "facial", "faceid", "faceimage",
		"iris", "biometric", "voiceprint"}},
	{"children under 14", []string{"未成年人姓名", "儿童姓名", "十四周岁以下", "14岁以下", "under14", "childname"}},
}

// Sensitive reports what sort of personal data a column's heading promises,
// "" for none. Such a column is dropped and told, never stored (rule PRV-1).
func Sensitive(heading string) string {
	plain := plainHeading(heading)
	for _, s := range sensitive {
		for _, word := range s.words {
			if strings.Contains(plain, word) {
				return s.what
			}
		}
	}
	return ""
}

// plainHeading folds the spellings of one heading into one.
func plainHeading(heading string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '_', '-', '\t', '\n', '\r', '*', '.':
			return -1
		}
		return r
	}, strings.ToLower(foldWidth(heading)))
}

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
