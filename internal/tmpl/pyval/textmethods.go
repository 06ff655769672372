package pyval

import (
	"strings"
	"unicode"
)

// maxTabs bounds the distance between tab stops.
const maxTabs = 1000

var textMethods = map[string]*method{
	"capitalize":   mapping(Capitalize),
	"casefold":     mapping(func(s string) string { return strings.ReplaceAll(Lower(s), "ß", "ss") }),
	"center":       padding(Center),
	"count":        searching(func(s, sub string) Value { return countText(s, sub) }),
	"endswith":     affix(strings.HasSuffix),
	"expandtabs":   {params: []Param{Opt("tabsize", int64(8))}, call: expandTabs},
	"find":         searching(func(s, sub string) Value { return runeIndex(s, strings.Index(s, sub)) }),
	"format":       {raw: formatMethod},
	"index":        indexing(strings.Index),
	"isalnum":      asking(func(s string) bool { return allRunes(s, isAlnumRune) }),
	"isalpha":      asking(func(s string) bool { return allRunes(s, unicode.IsLetter) }),
	"isascii":      asking(isASCII),
	"isdecimal":    asking(func(s string) bool { return allRunes(s, func(r rune) bool { return unicode.Is(unicode.Nd, r) }) }),
	"isdigit":      asking(func(s string) bool { return allRunes(s, isDigit) }),
	"isidentifier": asking(IsIdentifier),
	"islower":      asking(IsLower),
	"isnumeric":    asking(func(s string) bool { return allRunes(s, isNumeric) }),
	"isprintable":  asking(func(s string) bool { return s == "" || allRunes(s, unicode.IsPrint) }),
	"isspace":      asking(func(s string) bool { return allRunes(s, IsSpace) }),
	"istitle":      asking(isTitle),
	"isupper":      asking(IsUpper),
	"join":         {params: []Param{Req("iterable")}, call: joinMethod},
	"ljust":        padding(func(m *Meter, s string, w int64, fill string) (string, error) { return Pad(m, s, w, fill, '<') }),
	"lower":        mapping(Lower),
	"lstrip":       stripping(strings.TrimLeftFunc),
	"partition":    partitioning(strings.Index, false),
	"removeprefix": affixCut(strings.TrimPrefix),
	"removesuffix": affixCut(strings.TrimSuffix),
	"replace":      {params: []Param{Req("old"), Req("new"), Opt("count", int64(-1))}, call: replaceMethod},
	"rfind":        searching(func(s, sub string) Value { return runeIndex(s, strings.LastIndex(s, sub)) }),
	"rindex":       indexing(strings.LastIndex),
	"rjust":        padding(func(m *Meter, s string, w int64, fill string) (string, error) { return Pad(m, s, w, fill, '>') }),
	"rpartition":   partitioning(strings.LastIndex, true),
	"rsplit":       splitting(rsplitSpace, rsplitText),
	"rstrip":       stripping(strings.TrimRightFunc),
	"split":        splitting(splitSpace, splitText),
	"splitlines":   {params: []Param{Opt("keepends", false)}, call: splitLinesMethod},
	"startswith":   affix(strings.HasPrefix),
	"strip":        stripping(strings.TrimFunc),
	"swapcase":     mapping(SwapCase),
	"title":        mapping(Title),
	"upper":        mapping(Upper),
	"zfill":        {params: []Param{Req("width")}, call: zeroFill},
}

// mapping makes a method that maps the text.
func mapping(f func(string) string) *method {
	return &method{call: func(m *Meter, recv Value, _ []Value) (Value, error) {
		s, _ := Text(recv)
		if err := m.Grow(2 * len(s)); err != nil {
			return nil, err
		}
		return like(recv, f(s)), nil
	}}
}

// asking makes a method that answers a question about the text.
func asking(f func(string) bool) *method {
	return &method{call: func(m *Meter, recv Value, _ []Value) (Value, error) {
		s, _ := Text(recv)
		return f(s), m.Work(len(s))
	}}
}

func stripping(trim func(string, func(rune) bool) string) *method {
	return &method{params: []Param{Opt("chars", nil)}, call: func(m *Meter, recv Value, a []Value) (Value, error) {
		s, _ := Text(recv)
		if err := m.Work(len(s)); err != nil {
			return nil, err
		}
		out, err := strip(s, a[0], trim)
		return like(recv, out), err
	}}
}

func padding(pad func(m *Meter, s string, width int64, fill string) (string, error)) *method {
	return &method{params: []Param{Req("width"), Opt("fillchar", " ")}, call: func(m *Meter, recv Value, a []Value) (Value, error) {
		s, _ := Text(recv)
		width, err := intArg(a[0])
		if err != nil {
			return nil, err
		}
		fill, err := textArg(a[1])
		if err != nil {
			return nil, err
		}
		if runeCount(fill) != 1 {
			return nil, typeErrorf("the fill character must be exactly one character long")
		}
		out, err := pad(m, s, width, fill)
		return like(recv, out), err
	}}
}

func intArg(v Value) (int64, error) {
	if n, ok := Int(v); ok {
		return n, nil
	}
	if u, ok := v.(*Undef); ok {
		return 0, u.Err()
	}
	return 0, typeErrorf("'%s' object cannot be interpreted as an integer", TypeName(v))
}

func textArg(v Value) (string, error) {
	if s, ok := Text(v); ok {
		return s, nil
	}
	if u, ok := v.(*Undef); ok {
		return "", u.Err()
	}
	return "", typeErrorf("must be str, not %s", TypeName(v))
}

// searching makes a method that searches for its argument between two optional positions.
func searching(f func(s, sub string) Value) *method {
	params := []Param{Req("sub"), Opt("start", nil), Opt("end", nil)}
	return &method{params: params, call: func(m *Meter, recv Value, a []Value) (Value, error) {
		s, _ := Text(recv)
		sub, err := textArg(a[0])
		if err != nil {
			return nil, err
		}
		if err := m.Work(len(s) + len(sub)); err != nil {
			return nil, err
		}
		part, skipped, err := window(s, a[1], a[2])
		if err != nil {
			return nil, err
		}
		v := f(part, sub)
		if n, ok := v.(int64); ok && n >= 0 && skipped > 0 {
			return n + skipped, nil
		}
		return v, nil
	}}
}

// window returns s[start:end] and the number of characters before it.
func window(s string, start, end Value) (string, int64, error) {
	if start == nil && end == nil {
		return s, 0, nil
	}
	r, err := bounds(int64(runeCount(s)), start, end, nil)
	if err != nil {
		return "", 0, err
	}
	return substring(s, r.Start, r.Start+r.Len()), r.Start, nil
}

func countText(s, sub string) Value { return int64(strings.Count(s, sub)) }

// runeIndex turns a byte offset into a character position. -1 stays -1.
func runeIndex(s string, offset int) Value {
	if offset < 0 {
		return int64(-1)
	}
	return int64(runeCount(s[:offset]))
}

func indexing(find func(s, sub string) int) *method {
	search := searching(func(s, sub string) Value { return runeIndex(s, find(s, sub)) })
	return &method{params: search.params, call: func(m *Meter, recv Value, a []Value) (Value, error) {
		v, err := search.call(m, recv, a)
		if err == nil && v == int64(-1) {
			return nil, valueErrorf("substring not found")
		}
		return v, err
	}}
}

// affix makes startswith or endswith. Both also accept a tuple of candidates.
func affix(has func(s, affix string) bool) *method {
	params := []Param{Req("affix"), Opt("start", nil), Opt("end", nil)}
	return &method{params: params, call: func(m *Meter, recv Value, a []Value) (Value, error) {
		s, _ := Text(recv)
		s, _, err := window(s, a[1], a[2])
		if err != nil {
			return nil, err
		}
		candidates := []Value{a[0]}
		if t, ok := a[0].(*Tuple); ok {
			candidates = t.Items
		}
		for _, c := range candidates {
			x, err := textArg(c)
			if err != nil {
				return nil, err
			}
			if err := m.Step(); err != nil {
				return nil, err
			}
			if has(s, x) {
				return true, nil
			}
		}
		return false, nil
	}}
}

func affixCut(cut func(s, affix string) string) *method {
	return &method{params: []Param{Req("affix")}, call: func(_ *Meter, recv Value, a []Value) (Value, error) {
		s, _ := Text(recv)
		x, err := textArg(a[0])
		return like(recv, cut(s, x)), err
	}}
}

func partitioning(find func(s, sep string) int, last bool) *method {
	return &method{params: []Param{Req("sep")}, call: func(m *Meter, recv Value, a []Value) (Value, error) {
		s, _ := Text(recv)
		sep, err := textArg(a[0])
		if err != nil {
			return nil, err
		}
		if sep == "" {
			return nil, valueErrorf("empty separator")
		}
		parts := []string{s, "", ""}
		if last {
			parts = []string{"", "", s}
		}
		if i := find(s, sep); i >= 0 {
			parts = []string{s[:i], sep, s[i+len(sep):]}
		}
		items := []Value{like(recv, parts[0]), like(recv, parts[1]), like(recv, parts[2])}
		return &Tuple{Items: items}, m.Work(len(s))
	}}
}

func splitText(s, sep string, limit int64) []string {
	if limit < 0 || limit >= int64(len(s)) {
		return strings.Split(s, sep)
	}
	return strings.SplitN(s, sep, int(limit)+1)
}

func splitting(bySpace func(string, int64) []string, bySep func(s, sep string, limit int64) []string) *method {
	params := []Param{Opt("sep", nil), Opt("maxsplit", int64(-1))}
	return &method{params: params, call: func(m *Meter, recv Value, a []Value) (Value, error) {
		s, _ := Text(recv)
		limit, err := intArg(a[1])
		if err != nil {
			return nil, err
		}
		if a[0] == nil {
			if err := m.GrowItems(len(s)); err != nil {
				return nil, err
			}
			return textList(m, recv, bySpace(s, limit))
		}
		sep, err := textArg(a[0])
		if err != nil {
			return nil, err
		}
		if sep == "" {
			return nil, valueErrorf("empty separator")
		}
		if err := m.GrowItems(strings.Count(s, sep)); err != nil {
			return nil, err
		}
		return textList(m, recv, bySep(s, sep, limit))
	}}
}

func textList(m *Meter, recv Value, parts []string) (Value, error) {
	if err := m.GrowItems(2 * len(parts)); err != nil {
		return nil, err
	}
	items := make([]Value, len(parts))
	for i, p := range parts {
		items[i] = like(recv, p)
	}
	return &List{Items: items}, nil
}

func splitLinesMethod(m *Meter, recv Value, a []Value) (Value, error) {
	s, _ := Text(recv)
	if err := m.Grow(len(s)); err != nil {
		return nil, err
	}
	return textList(m, recv, SplitLines(s, Truth(a[0])))
}

func expandTabs(m *Meter, recv Value, a []Value) (Value, error) {
	s, _ := Text(recv)
	size, err := intArg(a[0])
	if err != nil {
		return nil, err
	}
	if size > maxTabs {
		return nil, Errorf(Limit, "the tab size is too large")
	}
	if err := m.Grow(len(s) + strings.Count(s, "\t")*int(max(size, 0))); err != nil {
		return nil, err
	}
	var b strings.Builder
	column := int64(0)
	for _, r := range s {
		switch {
		case r == '\t' && size > 0:
			n := size - column%size
			b.WriteString(strings.Repeat(" ", int(n)))
			column += n
		case r == '\t':
		default:
			b.WriteRune(r)
			column++
			if r == '\n' || r == '\r' {
				column = 0
			}
		}
	}
	return like(recv, b.String()), nil
}

func zeroFill(m *Meter, recv Value, a []Value) (Value, error) {
	s, _ := Text(recv)
	width, err := intArg(a[0])
	if err != nil {
		return nil, err
	}
	sign := ""
	if s != "" && (s[0] == '-' || s[0] == '+') {
		sign, s = s[:1], s[1:]
	}
	out, err := Pad(m, s, width-int64(len(sign)), "0", '>')
	return like(recv, sign+out), err
}

func joinMethod(m *Meter, recv Value, a []Value) (Value, error) {
	items, err := Collect(m, a[0])
	if err != nil {
		return nil, err
	}
	sep, _ := Text(recv)
	_, markup := recv.(Markup)
	parts := make([]string, len(items))
	for i, item := range items {
		s, ok := Text(item)
		switch {
		case markup:
			safe, err := Escape(m, item)
			if err != nil {
				return nil, err
			}
			s = string(safe)
		case !ok:
			return nil, typeErrorf("sequence item %d: expected str instance, %s found", i, TypeName(item))
		}
		parts[i] = s
	}
	out, err := Join(m, parts, sep)
	return like(recv, out), err
}

// Join is [strings.Join], charged to m.
func Join(m *Meter, parts []string, sep string) (string, error) {
	n := len(sep) * len(parts)
	for _, p := range parts {
		n += len(p)
	}
	if err := m.Grow(n); err != nil {
		return "", err
	}
	return strings.Join(parts, sep), nil
}

func replaceMethod(m *Meter, recv Value, a []Value) (Value, error) {
	s, _ := Text(recv)
	from, err := textArg(a[0])
	if err != nil {
		return nil, err
	}
	to, err := textArg(a[1])
	if err != nil {
		return nil, err
	}
	count, err := intArg(a[2])
	if err != nil {
		return nil, err
	}
	if _, ok := recv.(Markup); ok {
		safe, err := Escape(m, a[1])
		if err != nil {
			return nil, err
		}
		to = string(safe)
	}
	out, err := Replace(m, s, from, to, count)
	return like(recv, out), err
}

// Replace is Python's str.replace. A negative count replaces all.
func Replace(m *Meter, s, from, to string, count int64) (string, error) {
	if err := m.Work(len(s)); err != nil {
		return "", err
	}
	n := int64(strings.Count(s, from))
	if count >= 0 {
		n = min(n, count)
	}
	if len(to) > 0 && n > int64(m.memory/len(to)) {
		return "", m.Grow(-1)
	}
	if err := m.Grow(len(s) + int(n)*len(to)); err != nil {
		return "", err
	}
	return strings.Replace(s, from, to, int(n)), nil
}
