package geo

import "strings"

// sensitive names what must not be kept (PIPL Art. 28) by words in the name it
// goes by.
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

// Sensitive reports what sort of personal data something promises by its name,
// the heading of a column or a group of people, "" for none. Such a thing is
// never stored (rule PRV-1).
func Sensitive(name string) string {
	plain := PlainHeading(name)
	for _, s := range sensitive {
		for _, word := range s.words {
			if strings.Contains(plain, word) {
				return s.what
			}
		}
	}
	return ""
}

// PlainHeading folds the spellings of one heading into one: case, full-width
// letters, and the blanks and signs between words.
func PlainHeading(heading string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '_', '-', '\t', '\n', '\r', '*', '.':
			return -1
		}
		return r
	}, strings.ToLower(FoldWidth(heading)))
}

// FoldWidth turns full-width digits, letters and signs (U+FF01 to U+FF5E), as
// Chinese keyboards type them into ledgers, and the ideographic space into
// their ASCII forms.
func FoldWidth(text string) string {
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
