package jinja

import (
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// getter returns a function that looks up attribute in a value. attribute may be a path such as "address.city" or "0"; nil means the value itself.
func (s *state) getter(attribute, missing pyval.Value) func(pyval.Value) (pyval.Value, error) {
	path := attributePath(attribute)
	return func(v pyval.Value) (pyval.Value, error) {
		for _, key := range path {
			if err := s.m.Step(); err != nil {
				return nil, err
			}
			var err error
			if v, err = s.item(v, key); err != nil {
				return nil, err
			}
			if _, undefined := v.(*pyval.Undef); undefined && missing != nil {
				v = missing
			}
		}
		return v, nil
	}
}

func attributePath(attribute pyval.Value) []pyval.Value {
	text, ok := pyval.Text(attribute)
	if !ok {
		if attribute == nil {
			return nil
		}
		return []pyval.Value{attribute}
	}
	var path []pyval.Value
	for part := range strings.SplitSeq(text, ".") {
		if n, err := strconv.ParseInt(part, 10, 64); err == nil && part[0] != '-' && part[0] != '+' {
			path = append(path, n)
		} else {
			path = append(path, part)
		}
	}
	return path
}

// folded returns v in lower case if it is a text and sensitive is false, for a comparison that ignores case.
func (s *state) folded(v, sensitive pyval.Value) (pyval.Value, error) {
	text, ok := pyval.Text(v)
	if !ok || pyval.Truth(sensitive) {
		return v, nil
	}
	return pyval.Lower(text), s.m.Grow(len(text))
}

// keys returns what get finds in each item, folded.
func (s *state) keys(items []pyval.Value, get func(pyval.Value) (pyval.Value, error), sensitive pyval.Value) ([]pyval.Value, error) {
	if err := s.m.GrowItems(len(items)); err != nil {
		return nil, err
	}
	out := make([]pyval.Value, len(items))
	for i, item := range items {
		key, err := get(item)
		if err != nil {
			return nil, err
		}
		if out[i], err = s.folded(key, sensitive); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func filterList(s *state, v pyval.Value) (pyval.Value, error) {
	items, err := pyval.CollectNew(s.m, v)
	return &pyval.List{Items: items}, err
}

func filterFirst(s *state, v pyval.Value) (pyval.Value, error) {
	it, err := pyval.Iter(s.m, v)
	if err != nil {
		return nil, err
	}
	if first, ok := it.Next(); ok {
		return first, nil
	}
	return pyval.Undefinedf("No first item, sequence was empty."), nil
}

func filterLast(s *state, v pyval.Value) (pyval.Value, error) {
	if _, once := v.(*pyval.Iterator); once {
		return nil, pyval.Errorf(pyval.TypeError, "an iterator has no last item; make a list of it (|list)")
	}
	if r, ok := v.(*pyval.Range); ok && r.Len() > 0 {
		last, _, err := pyval.Item(s.m, r, r.Len()-1)
		return last, err
	}
	items, err := pyval.Collect(s.m, v)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return pyval.Undefinedf("No last item, sequence was empty."), nil
	}
	return items[len(items)-1], nil
}

func filterReverse(s *state, v pyval.Value) (pyval.Value, error) {
	if _, ok := pyval.Text(v); ok {
		return pyval.Slice(s.m, v, nil, nil, int64(-1))
	}
	items, err := pyval.CollectNew(s.m, v)
	if err != nil {
		return nil, err
	}
	slices.Reverse(items)
	if _, once := v.(*pyval.Iterator); once {
		return &pyval.List{Items: items}, nil
	}
	return pyval.NewIterator(items), nil
}

func filterItems(s *state, v pyval.Value) (pyval.Value, error) {
	switch d := v.(type) {
	case *pyval.Undef:
		return pyval.NewIterator(nil), nil
	case *pyval.Dict:
		items, err := pyval.Collect(s.m, &pyval.View{Of: d, Part: pyval.Items})
		return pyval.NewIterator(items), err
	}
	return nil, pyval.Errorf(pyval.TypeError, "can only get item pairs from a mapping")
}

func filterJoin(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	items, err := pyval.Collect(s.m, v)
	if err != nil {
		return nil, err
	}
	sep, err := pyval.Str(s.m, a[0])
	if err != nil {
		return nil, err
	}
	get := s.getter(a[1], nil)
	parts := make([]string, len(items))
	if err := s.m.GrowItems(len(items)); err != nil {
		return nil, err
	}
	for i, item := range items {
		if err := s.m.Step(); err != nil {
			return nil, err
		}
		if item, err = get(item); err != nil {
			return nil, err
		}
		if parts[i], err = pyval.Str(s.m, item); err != nil {
			return nil, err
		}
	}
	return pyval.Join(s.m, parts, sep)
}

func filterSum(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	items, err := pyval.Collect(s.m, v)
	if err != nil {
		return nil, err
	}
	get := s.getter(a[0], nil)
	total := a[1]
	if _, ok := pyval.Text(total); ok {
		return nil, pyval.Errorf(pyval.TypeError, "sum() can't sum strings [use ''.join(seq) instead]")
	}
	for _, item := range items {
		if err := s.m.Step(); err != nil {
			return nil, err
		}
		if item, err = get(item); err != nil {
			return nil, err
		}
		if total, err = pyval.Arith(s.m, pyval.Add, total, item); err != nil {
			return nil, err
		}
	}
	return total, nil
}

func filterBatch(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	items, err := pyval.Collect(s.m, v)
	if err != nil {
		return nil, err
	}
	size, err := intOf(a[0])
	if err != nil {
		return nil, err
	}
	if err := s.m.GrowItems(6 * len(items)); err != nil {
		return nil, err
	}
	var out, row []pyval.Value
	for _, item := range items {
		if int64(len(row)) == size {
			out = append(out, &pyval.List{Items: row})
			row = nil
		}
		row = append(row, item)
	}
	if len(row) > 0 {
		if row, err = s.fill(row, size-int64(len(row)), a[1]); err != nil {
			return nil, err
		}
		out = append(out, &pyval.List{Items: row})
	}
	return pyval.NewIterator(out), nil
}

// fill appends with to row n times, unless with is None.
func (s *state) fill(row []pyval.Value, n int64, with pyval.Value) ([]pyval.Value, error) {
	if with == nil || n <= 0 {
		return row, nil
	}
	if n > 1<<30 {
		return nil, s.m.Grow(-1)
	}
	if err := s.m.GrowItems(int(n)); err != nil {
		return nil, err
	}
	return append(row, slices.Repeat([]pyval.Value{with}, int(n))...), nil
}

func filterSlice(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	items, err := pyval.Collect(s.m, v)
	if err != nil {
		return nil, err
	}
	n, err := intOf(a[0])
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, pyval.Errorf(pyval.ValueError, "division by zero")
	}
	if n > 1<<30 {
		return nil, s.m.Grow(-1)
	}
	if err := s.m.GrowItems(len(items) + 6*int(max(n, 0))); err != nil {
		return nil, err
	}
	var out []pyval.Value
	each, longer := int64(len(items))/n, int64(len(items))%n
	for i := range n {
		size := each
		if i < longer {
			size++
		}
		column := slices.Clone(items[:size])
		items = items[size:]
		if a[1] != nil && i >= longer {
			column = append(column, a[1])
		}
		out = append(out, &pyval.List{Items: column})
	}
	return pyval.NewIterator(out), nil
}
