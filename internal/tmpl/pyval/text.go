package pyval

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsSpace is Python's str.isspace for one character.
func IsSpace(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f }

// Upper is Python's str.upper.
func Upper(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	return mapWords(s, upperRune)
}

// Lower is Python's str.lower.
func Lower(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return strings.ToLower(lowerSigma(s))
}

// lowerSigma replaces a capital sigma at the end of a word by its final form, and a dotted capital I by its two code points.
func lowerSigma(s string) string {
	if !strings.ContainsAny(s, "Σİ") {
		return s
	}
	s = strings.ReplaceAll(s, "İ", "i̇")
	var b strings.Builder
	prev := ' '
	for i, r := range s {
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		if r == 'Σ' && unicode.IsLetter(prev) && !unicode.IsLetter(next) {
			r = 'ς'
		}
		b.WriteRune(r)
		prev = r
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func mapWords(s string, f func(rune) string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		b.WriteString(f(r))
	}
	return b.String()
}

// upperRune returns the full upper case of r. A few letters become two or three.
func upperRune(r rune) string {
	switch r {
	case 'ß':
		return "SS"
	case 'ŉ':
		return "ʼN"
	case 'ﬀ':
		return "FF"
	case 'ﬁ':
		return "FI"
	case 'ﬂ':
		return "FL"
	case 'ﬃ':
		return "FFI"
	case 'ﬄ':
		return "FFL"
	case 'ﬅ', 'ﬆ':
		return "ST"
	}
	return string(unicode.ToUpper(r))
}

// titleRune returns the title case of r.
func titleRune(r rune) string {
	if r == 'ß' {
		return "Ss"
	}
	return string(unicode.ToTitle(r))
}

// Capitalize is Python's str.capitalize.
func Capitalize(s string) string {
	if s == "" {
		return s
	}
	r, size := utf8.DecodeRuneInString(s)
	return titleRune(r) + Lower(s[size:])
}

// Title is Python's str.title.
func Title(s string) string {
	var b strings.Builder
	inWord := false
	for _, r := range s {
		if inWord {
			b.WriteString(Lower(string(r)))
		} else {
			b.WriteString(titleRune(r))
		}
		inWord = isCased(r)
	}
	return b.String()
}

// SwapCase is Python's str.swapcase.
func SwapCase(s string) string {
	return mapWords(s, func(r rune) string {
		if unicode.IsUpper(r) {
			return Lower(string(r))
		}
		return upperRune(r)
	})
}

func isCased(r rune) bool { return unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r) }

// allRunes reports whether s is not empty and f holds for all of its characters.
func allRunes(s string, f func(rune) bool) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !f(r) }) < 0
}

// IsLower is Python's str.islower.
func IsLower(s string) bool {
	return strings.ContainsFunc(s, unicode.IsLower) &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsUpper(r) || unicode.IsTitle(r) })
}

// IsUpper is Python's str.isupper.
func IsUpper(s string) bool {
	return strings.ContainsFunc(s, unicode.IsUpper) &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLower(r) || unicode.IsTitle(r) })
}

func isTitle(s string) bool {
	cased, inWord := false, false
	for _, r := range s {
		switch {
		case unicode.IsUpper(r) || unicode.IsTitle(r):
			if inWord {
				return false
			}
			cased, inWord = true, true
		case unicode.IsLower(r):
			if !inWord {
				return false
			}
		default:
			inWord = false
		}
	}
	return cased
}

// isDigit is Python's str.isdigit for one character. It accepts decimal digits and characters with a digit value, such as superscripts.
func isDigit(r rune) bool {
	return unicode.Is(unicode.Nd, r) || strings.ContainsRune("²³¹⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉①②③④⑤⑥⑦⑧⑨", r)
}

func isNumeric(r rune) bool { return unicode.IsNumber(r) }

func isAlnumRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// IsIdentifier is Python's str.isidentifier.
func IsIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.In(r, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc)) {
			return false
		}
	}
	return s != ""
}

// isLineBreak reports whether Python's str.splitlines splits at r.
func isLineBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

// SplitLines is Python's str.splitlines.
func SplitLines(s string, keepEnds bool) []string {
	var lines []string
	for s != "" {
		i := strings.IndexFunc(s, isLineBreak)
		if i < 0 {
			return append(lines, s)
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		if strings.HasPrefix(s[i:], "\r\n") {
			size = 2
		}
		if keepEnds {
			lines = append(lines, s[:i+size])
		} else {
			lines = append(lines, s[:i])
		}
		s = s[i+size:]
	}
	return lines
}

// Strip is Python's str.strip. If chars is nil, it strips white space. It fails if chars is not a string.
func Strip(s string, chars Value) (string, error) { return strip(s, chars, strings.TrimFunc) }

func strip(s string, chars Value, trim func(string, func(rune) bool) string) (string, error) {
	if chars == nil {
		return trim(s, IsSpace), nil
	}
	set, ok := Text(chars)
	if !ok {
		return "", typeErrorf("strip arg must be None or str")
	}
	if len(set) > 256 {
		return "", Errorf(Limit, "too many characters to strip")
	}
	return trim(s, func(r rune) bool { return strings.ContainsRune(set, r) }), nil
}

// splitSpace is Python's str.split() with at most limit splits. A negative limit means no limit.
func splitSpace(s string, limit int64) []string {
	var parts []string
	s = strings.TrimLeftFunc(s, IsSpace)
	for s != "" {
		i := strings.IndexFunc(s, IsSpace)
		if i < 0 {
			return append(parts, s)
		}
		if limit >= 0 && int64(len(parts)) >= limit {
			return append(parts, s)
		}
		parts = append(parts, s[:i])
		s = strings.TrimLeftFunc(s[i:], IsSpace)
	}
	return parts
}

// rsplitSpace is Python's str.rsplit() with at most limit splits. A negative limit means no limit.
func rsplitSpace(s string, limit int64) []string {
	if limit < 0 {
		return splitSpace(s, limit)
	}
	var parts []string
	s = strings.TrimRightFunc(s, IsSpace)
	for s != "" {
		i := strings.LastIndexFunc(s, IsSpace)
		if i < 0 || int64(len(parts)) >= limit {
			parts = append(parts, s)
			break
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		parts = append(parts, s[i+size:])
		s = strings.TrimRightFunc(s[:i], IsSpace)
	}
	reverse(parts)
	return parts
}

// rsplitText is Python's str.rsplit(sep) with at most limit splits. A negative limit means no limit.
func rsplitText(s, sep string, limit int64) []string {
	var parts []string
	for limit < 0 || int64(len(parts)) < limit {
		i := strings.LastIndex(s, sep)
		if i < 0 {
			break
		}
		parts = append(parts, s[i+len(sep):])
		s = s[:i]
	}
	parts = append(parts, s)
	reverse(parts)
	return parts
}

func reverse[T any](s []T) {
	for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
		s[i], s[j] = s[j], s[i]
	}
}

// Pad fills s up to width characters. align is '<', '>' or '^', as in format specifications.
func Pad(m *Meter, s string, width int64, fill string, align byte) (string, error) {
	missing := width - int64(runeCount(s))
	if missing <= 0 {
		return s, nil
	}
	if missing > int64(m.memory) {
		return "", m.Grow(-1)
	}
	if err := m.Grow(len(s) + int(missing)*len(fill)); err != nil {
		return "", err
	}
	left := missing
	switch align {
	case '<':
		left = 0
	case '^':
		left = missing / 2
	}
	var b strings.Builder
	b.Grow(len(s) + int(missing)*len(fill))
	for range left {
		b.WriteString(fill)
	}
	b.WriteString(s)
	for range missing - left {
		b.WriteString(fill)
	}
	return b.String(), nil
}

// Center is Python's str.center. It puts an odd blank on another side than format specifications do.
func Center(m *Meter, s string, width int64, fill string) (string, error) {
	n := int64(runeCount(s))
	if missing := width - n; missing > 0 && missing%2 == 1 && width%2 == 1 {
		padded, err := Pad(m, s, n+1, fill, '>')
		if err != nil {
			return "", err
		}
		return Pad(m, padded, width, fill, '^')
	}
	return Pad(m, s, width, fill, '^')
}
