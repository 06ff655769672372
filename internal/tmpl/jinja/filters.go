package jinja

import (
	"strings"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// filter is a function applied with `|`. Exactly one of fn and raw is set.
type filter struct {
	params []pyval.Param
	fn     func(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error)
	raw    func(s *state, v pyval.Value, a pyval.Args) (pyval.Value, error)
}

func (f *filter) apply(s *state, id string, v pyval.Value, a pyval.Args) (pyval.Value, error) {
	if err := s.m.Read(v); err != nil {
		return nil, err
	}
	if f.raw != nil {
		return f.raw(s, v, a)
	}
	args, err := a.Bind("the filter '"+id+"'", f.params)
	if err != nil {
		return nil, err
	}
	return f.fn(s, v, args)
}

// plain makes a filter without parameters.
func plain(fn func(s *state, v pyval.Value) (pyval.Value, error)) *filter {
	return &filter{fn: func(s *state, v pyval.Value, _ []pyval.Value) (pyval.Value, error) { return fn(s, v) }}
}

// with makes a filter with parameters.
func with(fn func(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error), params ...pyval.Param) *filter {
	return &filter{params: params, fn: fn}
}

func req(name string) pyval.Param { return pyval.Req(name) }

func opt(name string, def pyval.Value) pyval.Param { return pyval.Opt(name, def) }

// filters are the builtin filters of Jinja2, except those that are random or produce HTML.
var filters = map[string]*filter{
	"abs":            plain(func(_ *state, v pyval.Value) (pyval.Value, error) { return pyval.Abs(v) }),
	"attr":           with(filterAttr, req("name")),
	"batch":          with(filterBatch, req("linecount"), opt("fill_with", nil)),
	"capitalize":     mapText(pyval.Capitalize),
	"center":         with(filterCenter, opt("width", int64(80))),
	"count":          plain(filterLength),
	"d":              with(filterDefault, opt("default_value", ""), opt("boolean", false)),
	"default":        with(filterDefault, opt("default_value", ""), opt("boolean", false)),
	"dictsort":       with(filterDictSort, opt("case_sensitive", false), opt("by", "key"), opt("reverse", false)),
	"e":              plain(filterEscape),
	"escape":         plain(filterEscape),
	"filesizeformat": with(filterFileSize, opt("binary", false)),
	"first":          plain(filterFirst),
	"float":          with(filterFloat, opt("default", 0.0)),
	"forceescape":    plain(filterForceEscape),
	"format":         {raw: filterFormat},
	"groupby":        with(filterGroupBy, req("attribute"), opt("default", nil), opt("case_sensitive", false)),
	"indent":         with(filterIndent, opt("width", int64(4)), opt("first", false), opt("blank", false)),
	"int":            with(filterInt, opt("default", int64(0)), opt("base", int64(10))),
	"items":          plain(filterItems),
	"join":           with(filterJoin, opt("d", ""), opt("attribute", nil)),
	"last":           plain(filterLast),
	"length":         plain(filterLength),
	"list":           plain(filterList),
	"lower":          mapText(pyval.Lower),
	"map":            {raw: filterMap},
	"max":            with(filterMax, opt("case_sensitive", false), opt("attribute", nil)),
	"min":            with(filterMin, opt("case_sensitive", false), opt("attribute", nil)),
	"reject":         {raw: selecting(false, false)},
	"rejectattr":     {raw: selecting(false, true)},
	"replace":        with(filterReplace, req("old"), req("new"), opt("count", nil)),
	"reverse":        plain(filterReverse),
	"round":          with(filterRound, opt("precision", int64(0)), opt("method", "common")),
	"safe":           plain(filterSafe),
	"select":         {raw: selecting(true, false)},
	"selectattr":     {raw: selecting(true, true)},
	"slice":          with(filterSlice, req("slices"), opt("fill_with", nil)),
	"sort":           with(filterSort, opt("reverse", false), opt("case_sensitive", false), opt("attribute", nil)),
	"string":         plain(filterString),
	"striptags":      plain(filterStripTags),
	"sum":            with(filterSum, opt("attribute", nil), opt("start", int64(0))),
	"title":          mapText(title),
	"tojson":         with(filterToJSON, opt("indent", nil)),
	"trim":           with(filterTrim, opt("chars", nil)),
	"truncate":       with(filterTruncate, opt("length", int64(255)), opt("killwords", false), opt("end", "..."), opt("leeway", nil)),
	"unique":         with(filterUnique, opt("case_sensitive", false), opt("attribute", nil)),
	"upper":          mapText(pyval.Upper),
	"urlencode":      plain(filterURLEncode),
	"wordcount":      plain(filterWordCount),
	"wordwrap": with(filterWordWrap, opt("width", int64(79)), opt("break_long_words", true), opt("wrapstring", nil),
		opt("break_on_hyphens", true)),
}

// softText returns the text of v, and whether v is Markup.
func (s *state) softText(v pyval.Value) (text string, safe bool, err error) {
	if m, ok := v.(pyval.Markup); ok {
		return string(m), true, nil
	}
	text, err = pyval.Str(s.m, v)
	return text, false, err
}

// marked returns text as Markup if safe is true.
func marked(text string, safe bool) pyval.Value {
	if safe {
		return pyval.Markup(text)
	}
	return text
}

// mapText makes a filter that maps the text of its input.
func mapText(f func(string) string) *filter {
	return plain(func(s *state, v pyval.Value) (pyval.Value, error) {
		text, safe, err := s.softText(v)
		if err != nil {
			return nil, err
		}
		if err := s.m.Grow(2 * len(text)); err != nil {
			return nil, err
		}
		if err := s.m.Work(6 * len(text)); err != nil { // some of them are slow
			return nil, err
		}
		return marked(f(text), safe), nil
	})
}

// intOf returns an argument that must be an integer.
func intOf(v pyval.Value) (int64, error) {
	if u, ok := v.(*pyval.Undef); ok {
		return 0, u.Err()
	}
	n, ok := pyval.Int(v)
	if !ok {
		return 0, pyval.Errorf(pyval.TypeError, "'%s' object cannot be interpreted as an integer", pyval.TypeName(v))
	}
	return n, nil
}

// strOf returns the text of an operand that must be a string.
func strOf(v pyval.Value) (string, error) {
	if u, ok := v.(*pyval.Undef); ok {
		return "", u.Err()
	}
	text, ok := pyval.Text(v)
	if !ok {
		return "", pyval.Errorf(pyval.TypeError, "expected a string, not %s", pyval.TypeName(v))
	}
	return text, nil
}

func filterAttr(_ *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	id, err := strOf(a[0])
	if err != nil {
		return nil, err
	}
	attr, ok, err := pyval.Attr(v, id)
	if ok || err != nil {
		return attr, err
	}
	return pyval.Undefinedf("'" + pyval.TypeName(v) + " object' has no such attribute"), nil
}

func filterDefault(_ *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	_, undefined := v.(*pyval.Undef)
	if undefined || pyval.Truth(a[1]) && !pyval.Truth(v) {
		return a[0], nil
	}
	return v, nil
}

func filterEscape(s *state, v pyval.Value) (pyval.Value, error) { return pyval.Escape(s.m, v) }

func filterForceEscape(s *state, v pyval.Value) (pyval.Value, error) {
	text, err := pyval.Str(s.m, v)
	if err != nil {
		return nil, err
	}
	return pyval.Escape(s.m, text)
}

func filterSafe(s *state, v pyval.Value) (pyval.Value, error) {
	text, err := pyval.Str(s.m, v)
	return pyval.Markup(text), err
}

func filterString(s *state, v pyval.Value) (pyval.Value, error) {
	text, safe, err := s.softText(v)
	return marked(text, safe), err
}

func filterLength(s *state, v pyval.Value) (pyval.Value, error) { return pyval.Len(s.m, v) }

func filterToJSON(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	return pyval.ToJSON(s.m, v, a[0])
}

func filterFormat(s *state, v pyval.Value, a pyval.Args) (pyval.Value, error) {
	if len(a.Pos) > 0 && len(a.Named) > 0 {
		return nil, pyval.Errorf(pyval.TypeError, "can't handle positional and keyword arguments at the same time")
	}
	text, safe, err := s.softText(v)
	if err != nil {
		return nil, err
	}
	var args pyval.Value = &pyval.Tuple{Items: a.Pos}
	if len(a.Named) > 0 {
		d := pyval.NewDict(len(a.Named))
		if err := d.Update(s.m, pyval.Args{Named: a.Named}); err != nil {
			return nil, err
		}
		args = d
	}
	return pyval.Arith(s.m, pyval.Mod, marked(text, safe), args)
}

func filterInt(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	base, err := intOf(a[1])
	if err != nil {
		return nil, err
	}
	n, err := pyval.ToInt(s.m, v, int(base))
	if err == nil || !isConversion(err) {
		return n, err
	}
	f, err := pyval.ToFloat(s.m, v)
	if err == nil {
		n, err = pyval.ToInt(s.m, f, 10)
	}
	if err != nil && isConversion(err) {
		return a[0], nil
	}
	return n, err
}

func filterFloat(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	f, err := pyval.ToFloat(s.m, v)
	if err != nil && isConversion(err) {
		return a[0], nil
	}
	return f, err
}

func filterRound(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	method, _ := pyval.Text(a[1])
	digits, err := intOf(a[0])
	if err != nil {
		return nil, err
	}
	if err := s.m.Work(32 * int(min(max(digits, -digits, 0), 400))); err != nil { // many digits take long
		return nil, err
	}
	switch method {
	case "common":
		return pyval.Round(v, digits)
	case "ceil", "floor":
		return roundTo(s, v, digits, method)
	}
	return nil, pyval.Errorf(pyval.ValueError, "method must be common, ceil or floor")
}

func filterURLEncode(s *state, v pyval.Value) (pyval.Value, error) {
	if text, ok := pyval.Text(v); ok || !pyval.Iterable(v) {
		if !ok {
			var err error
			if text, err = pyval.Str(s.m, v); err != nil {
				return nil, err
			}
		}
		return quoteURL(text, "/"), s.m.Grow(3 * len(text))
	}
	var pairs = v
	if d, ok := v.(*pyval.Dict); ok {
		pairs = &pyval.View{Of: d, Part: pyval.Items}
	}
	items, err := pyval.Collect(s.m, pairs)
	if err != nil {
		return nil, err
	}
	parts := make([]string, len(items))
	for i, item := range items {
		if parts[i], err = s.queryPair(item); err != nil {
			return nil, err
		}
	}
	return pyval.Join(s.m, parts, "&")
}

func (s *state) queryPair(pair pyval.Value) (string, error) {
	kv, err := pyval.Collect(s.m, pair)
	if err != nil {
		return "", err
	}
	if len(kv) != 2 {
		return "", pyval.Errorf(pyval.ValueError, "expected pairs of a key and a value")
	}
	k, err := pyval.Str(s.m, kv[0])
	if err != nil {
		return "", err
	}
	v, err := pyval.Str(s.m, kv[1])
	if err != nil {
		return "", err
	}
	if err := s.m.Grow(3 * (len(k) + len(v))); err != nil {
		return "", err
	}
	quote := func(text string) string { return strings.ReplaceAll(quoteURL(text, ""), "%20", "+") }
	return quote(k) + "=" + quote(v), nil
}
