package jinja

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// isConversion reports whether err is a TypeError or ValueError, with which Python reports a value that cannot be converted.
func isConversion(err error) bool {
	e, ok := errors.AsType[*pyval.Error](err)
	return ok && (e.Kind == pyval.TypeError || e.Kind == pyval.ValueError)
}

func roundTo(s *state, v pyval.Value, digits int64, method string) (pyval.Value, error) {
	if !pyval.IsNumber(v) {
		return nil, pyval.Errorf(pyval.TypeError, "must be a real number, not %s", pyval.TypeName(v))
	}
	if digits > 308 || digits < -308 {
		return nil, pyval.Errorf(pyval.ValueError, "numerical result out of range")
	}
	f, err := pyval.ToFloat(s.m, v)
	if err != nil {
		return nil, err
	}
	unit := math.Pow(10, float64(digits))
	f *= unit
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, pyval.Errorf(pyval.ValueError, "cannot convert float infinity or NaN to integer")
	}
	if method == "ceil" {
		return math.Ceil(f) / unit, nil
	}
	return math.Floor(f) / unit, nil
}

// title is Jinja2's title filter: a word begins after white space, a hyphen or an opening bracket.
func title(text string) string {
	var b strings.Builder
	begin := true
	word := 0
	for i, r := range text {
		if !strings.ContainsRune("-({[<", r) && !pyval.IsSpace(r) {
			if begin {
				word = i
			}
			begin = false
			continue
		}
		if !begin {
			b.WriteString(titleWord(text[word:i]))
		}
		begin = true
		b.WriteRune(r)
	}
	if !begin {
		b.WriteString(titleWord(text[word:]))
	}
	return b.String()
}

func titleWord(word string) string {
	_, size := utf8.DecodeRuneInString(word)
	return pyval.Upper(word[:size]) + pyval.Lower(word[size:])
}

func filterCenter(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	text, safe, err := s.softText(v)
	if err != nil {
		return nil, err
	}
	width, err := intOf(a[0])
	if err != nil {
		return nil, err
	}
	out, err := pyval.Center(s.m, text, width, " ")
	return marked(out, safe), err
}

func filterTrim(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	text, safe, err := s.softText(v)
	if err != nil {
		return nil, err
	}
	if err := s.m.Work(len(text)); err != nil {
		return nil, err
	}
	out, err := pyval.Strip(text, a[0])
	return marked(out, safe), err
}

func filterReplace(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	var texts [3]string
	for i, arg := range []pyval.Value{v, a[0], a[1]} {
		var err error
		if texts[i], err = pyval.Str(s.m, arg); err != nil {
			return nil, err
		}
	}
	count := int64(-1)
	if a[2] != nil {
		var err error
		if count, err = intOf(a[2]); err != nil {
			return nil, err
		}
	}
	return pyval.Replace(s.m, texts[0], texts[1], texts[2], count)
}

func filterIndent(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	text, err := strOf(v)
	if err != nil {
		return nil, err
	}
	by, err := indentation(s, a[0])
	if err != nil {
		return nil, err
	}
	lines := pyval.SplitLines(text+"\n", false)
	if err := s.m.Grow(2*len(text) + len(lines)*(len(by)+16)); err != nil {
		return nil, err
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == 0 && pyval.Truth(a[1]) || i > 0 && (line != "" || pyval.Truth(a[2])) {
			b.WriteString(by)
		}
		b.WriteString(line)
	}
	_, safe := v.(pyval.Markup)
	return marked(b.String(), safe), nil
}

func indentation(s *state, width pyval.Value) (string, error) {
	if by, ok := pyval.Text(width); ok {
		return by, nil
	}
	n, err := intOf(width)
	if err != nil {
		return "", err
	}
	return pyval.Pad(s.m, "", n, " ", '<')
}

func filterTruncate(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	n, err := pyval.Len(s.m, v)
	if err != nil {
		return nil, err
	}
	length, err := intOf(a[0])
	if err != nil {
		return nil, err
	}
	leeway := int64(5)
	if a[3] != nil {
		if leeway, err = intOf(a[3]); err != nil {
			return nil, err
		}
	}
	end, err := strOf(a[2])
	if err != nil {
		return nil, err
	}
	room := length - int64(utf8.RuneCountInString(end))
	switch {
	case room < 0:
		return nil, pyval.Errorf(pyval.ValueError, "expected length >= %d, got %d", utf8.RuneCountInString(end), length)
	case leeway < 0:
		return nil, pyval.Errorf(pyval.ValueError, "expected leeway >= 0, got %d", leeway)
	case n <= length+leeway:
		return v, nil
	}
	if _, err := strOf(v); err != nil {
		return nil, err
	}
	cut, err := pyval.Slice(s.m, v, nil, room, nil)
	if err != nil {
		return nil, err
	}
	text, safe, err := s.softText(cut)
	if err != nil {
		return nil, err
	}
	if i := strings.LastIndexByte(text, ' '); i >= 0 && !pyval.Truth(a[1]) {
		text = text[:i]
	}
	return pyval.Arith(s.m, pyval.Add, marked(text, safe), a[2])
}

func filterWordCount(s *state, v pyval.Value) (pyval.Value, error) {
	text, _, err := s.softText(v)
	if err != nil {
		return nil, err
	}
	n := int64(0)
	inWord := false
	for _, r := range text {
		w := r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r)
		if w && !inWord {
			n++
		}
		inWord = w
	}
	return n, s.m.Work(len(text))
}

// filterStripTags removes comments and tags, then collapses white space to single blanks.
func filterStripTags(s *state, v pyval.Value) (pyval.Value, error) {
	text, err := pyval.Str(s.m, v)
	if err != nil {
		return nil, err
	}
	if err := s.m.Grow(4 * len(text)); err != nil {
		return nil, err
	}
	text = cutAll(cutAll(text, "<!--", "-->"), "<", ">")
	return pyval.Unescape(strings.Join(strings.FieldsFunc(text, pyval.IsSpace), " ")), nil
}

// cutAll removes each range from an opening mark to the next closing mark.
func cutAll(text, opening, closing string) string {
	var b strings.Builder
	for {
		i := strings.Index(text, opening)
		if i < 0 {
			break
		}
		j := strings.Index(text[i:], closing)
		if j < 0 {
			break
		}
		b.WriteString(text[:i])
		text = text[i+j+len(closing):]
	}
	return b.String() + text
}

func filterFileSize(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	size, err := pyval.ToFloat(s.m, v)
	if err != nil {
		return nil, err
	}
	base, units := 1000.0, []string{"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"}
	if pyval.Truth(a[0]) {
		base, units = 1024, []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"}
	}
	switch {
	case size == 1:
		return "1 Byte", nil
	case size < base:
		return fmt.Sprintf("%d Bytes", int64(size)), nil
	}
	unit := base * base
	i := 0
	for ; size >= unit && i < len(units)-1; i++ {
		unit *= base
	}
	return fmt.Sprintf("%.1f %s", base*size/unit, units[i]), nil
}

// quoteURL percent-encodes every byte that is neither unreserved nor in safe.
func quoteURL(text, safe string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if isAlnum(c) || strings.IndexByte("_.-~", c) >= 0 || strings.IndexByte(safe, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String()
}
