package jinja

import "github.com/openloop-server/openloop/internal/tmpl/pyval"

// test is a predicate applied with `is`.
type test struct {
	params []pyval.Param
	fn     func(s *state, v pyval.Value, a []pyval.Value) (bool, error)
}

func (t *test) apply(s *state, id string, v pyval.Value, a pyval.Args) (bool, error) {
	if err := s.m.Read(v); err != nil {
		return false, err
	}
	args, err := a.Bind("the test '"+id+"'", t.params)
	if err != nil {
		return false, err
	}
	return t.fn(s, v, args)
}

// kindTest makes a test that looks only at the value itself.
func kindTest(f func(v pyval.Value) bool) *test {
	return &test{fn: func(_ *state, v pyval.Value, _ []pyval.Value) (bool, error) { return f(v), nil }}
}

// relation makes a test with one operand.
func relation(op string) *test {
	return &test{params: []pyval.Param{req("other")}, fn: func(s *state, v pyval.Value, a []pyval.Value) (bool, error) {
		return compareValues(s.m, op, v, a[0])
	}}
}

// remainder makes a test of the remainder of a division.
func remainder(by, want int64) *test {
	return &test{fn: func(s *state, v pyval.Value, _ []pyval.Value) (bool, error) { return leaves(s, v, by, want) }}
}

func leaves(s *state, v, by pyval.Value, want int64) (bool, error) {
	rest, err := pyval.Arith(s.m, pyval.Mod, v, by)
	if err != nil {
		return false, err
	}
	return pyval.Equal(s.m, rest, want)
}

// textTest makes a test of the text of a value.
func textTest(f func(string) bool) *test {
	return &test{fn: func(s *state, v pyval.Value, _ []pyval.Value) (bool, error) {
		text, err := pyval.Str(s.m, v)
		if err != nil {
			return false, err
		}
		return f(text), s.m.Work(len(text))
	}}
}

// tests are the builtin tests of Jinja2.
var tests = map[string]*test{
	"!=":          relation("!="),
	"<":           relation("<"),
	"<=":          relation("<="),
	"==":          relation("=="),
	">":           relation(">"),
	">=":          relation(">="),
	"boolean":     kindTest(func(v pyval.Value) bool { return v == true || v == false }),
	"callable":    kindTest(func(v pyval.Value) bool { _, ok := v.(pyval.Callable); return ok }),
	"defined":     kindTest(func(v pyval.Value) bool { return !isUndefined(v) }),
	"divisibleby": {params: []pyval.Param{req("num")}, fn: func(s *state, v pyval.Value, a []pyval.Value) (bool, error) { return leaves(s, v, a[0], 0) }},
	"eq":          relation("=="),
	"equalto":     relation("=="),
	"escaped":     kindTest(func(v pyval.Value) bool { _, ok := v.(pyval.Markup); return ok }),
	"even":        remainder(2, 0),
	"false":       kindTest(func(v pyval.Value) bool { return v == false }),
	"filter": {fn: func(s *state, v pyval.Value, _ []pyval.Value) (bool, error) {
		id, ok := pyval.Text(v)
		return ok && s.t.filters[id] != nil, nil
	}},
	"float":       kindTest(func(v pyval.Value) bool { _, ok := v.(float64); return ok }),
	"ge":          relation(">="),
	"greaterthan": relation(">"),
	"gt":          relation(">"),
	"in":          relation("in"),
	"integer":     kindTest(pyval.IsInt),
	"iterable":    kindTest(pyval.Iterable),
	"le":          relation("<="),
	"lessthan":    relation("<"),
	"lower":       textTest(pyval.IsLower),
	"lt":          relation("<"),
	"mapping":     kindTest(func(v pyval.Value) bool { _, ok := v.(*pyval.Dict); return ok }),
	"ne":          relation("!="),
	"none":        kindTest(func(v pyval.Value) bool { return v == nil }),
	"number":      kindTest(pyval.IsNumber),
	"odd":         remainder(2, 1),
	"sameas": {params: []pyval.Param{req("other")}, fn: func(_ *state, v pyval.Value, a []pyval.Value) (bool, error) {
		return v == a[0], nil
	}},
	"sequence": kindTest(isSequence),
	"string":   kindTest(func(v pyval.Value) bool { _, ok := pyval.Text(v); return ok }),
	"test": {fn: func(s *state, v pyval.Value, _ []pyval.Value) (bool, error) {
		id, ok := pyval.Text(v)
		return ok && s.t.tests[id] != nil, nil
	}},
	"true":      kindTest(func(v pyval.Value) bool { return v == true }),
	"undefined": kindTest(isUndefined),
	"upper":     textTest(pyval.IsUpper),
}

func isUndefined(v pyval.Value) bool {
	_, ok := v.(*pyval.Undef)
	return ok
}

// isSequence reports whether v has a length and items.
func isSequence(v pyval.Value) bool {
	switch v.(type) {
	case *pyval.View, *pyval.Iterator:
		return false
	}
	return pyval.Iterable(v)
}
