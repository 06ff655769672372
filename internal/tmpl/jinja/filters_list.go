package jinja

import (
	"slices"
	"strconv"
	"strings"

	"openloop/internal/tmpl/pyval"
)

// getter returns a function that looks attribute up, which may be a path such as "address.city" or "0"; nil is the item itself.
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

// folded is v for a comparison that ignores case unless sensitive.
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

// filterSort sorts by one or more attributes. Each key is a list, so that it compares as in Jinja2.
func filterSort(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	items, err := pyval.CollectNew(s.m, v)
	if err != nil {
		return nil, err
	}
	attributes := []pyval.Value{a[2]}
	if text, ok := pyval.Text(a[2]); ok {
		attributes = nil
		for part := range strings.SplitSeq(text, ",") {
			attributes = append(attributes, part)
		}
	}
	if err := s.m.GrowItems(4 * len(items) * len(attributes)); err != nil {
		return nil, err
	}
	keys := make([]pyval.Value, len(items))
	for i := range keys {
		keys[i] = &pyval.List{}
	}
	for _, attribute := range attributes {
		column, err := s.keys(items, s.getter(attribute, nil), a[1])
		if err != nil {
			return nil, err
		}
		for i, key := range keys {
			l := key.(*pyval.List) //nolint:forcetypeassert // made above
			l.Items = append(l.Items, column[i])
		}
	}
	descending, err := intOf(a[0])
	if err != nil {
		return nil, err
	}
	return &pyval.List{Items: items}, pyval.SortBy(s.m, items, descending != 0, keys)
}

func filterDictSort(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	part := int64(0)
	switch by, _ := pyval.Text(a[1]); by {
	case "key":
	case "value":
		part = 1
	default:
		return nil, pyval.Errorf(pyval.ValueError, `You can only sort by either "key" or "value"`)
	}
	if u, ok := v.(*pyval.Undef); ok {
		return nil, u.Err()
	}
	d, ok := v.(*pyval.Dict)
	if !ok {
		return nil, pyval.Errorf(pyval.TypeError, "'%s' object has no attribute 'items'", pyval.TypeName(v))
	}
	items, err := pyval.Collect(s.m, &pyval.View{Of: d, Part: pyval.Items})
	if err != nil {
		return nil, err
	}
	keys, err := s.keys(items, s.getter(part, nil), a[0])
	if err != nil {
		return nil, err
	}
	descending, err := intOf(a[2])
	if err != nil {
		return nil, err
	}
	return &pyval.List{Items: items}, pyval.SortBy(s.m, items, descending != 0, keys)
}

func filterGroupBy(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	items, err := pyval.CollectNew(s.m, v)
	if err != nil {
		return nil, err
	}
	get := s.getter(a[0], a[1])
	keys, err := s.keys(items, get, a[2])
	if err != nil {
		return nil, err
	}
	if err := pyval.SortBy(s.m, items, false, keys); err != nil {
		return nil, err
	}
	if keys, err = s.keys(items, get, a[2]); err != nil {
		return nil, err
	}
	out := &pyval.List{}
	for start := 0; start < len(items); {
		end := start + 1
		for ; end < len(items); end++ {
			same, err := pyval.Equal(s.m, keys[start], keys[end])
			if err != nil {
				return nil, err
			}
			if !same {
				break
			}
		}
		grouper, err := get(items[start])
		if err != nil {
			return nil, err
		}
		group := &pyval.List{Items: slices.Clone(items[start:end])}
		out.Items = append(out.Items, &pyval.Tuple{Items: []pyval.Value{grouper, group}, Names: []string{"grouper", "list"}})
		start = end
	}
	return out, s.m.GrowItems(8 * len(items))
}

func filterUnique(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	items, err := pyval.Collect(s.m, v)
	if err != nil {
		return nil, err
	}
	keys, err := s.keys(items, s.getter(a[1], nil), a[0])
	if err != nil {
		return nil, err
	}
	seen := &pyval.Dict{}
	var out []pyval.Value
	for i, key := range keys {
		before := seen.Len()
		if err := seen.Set(s.m, key, nil); err != nil {
			return nil, err
		}
		if seen.Len() > before {
			out = append(out, items[i])
		}
	}
	return pyval.NewIterator(out), nil
}

func filterMin(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	return s.extreme(v, a, pyval.Less)
}

func filterMax(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	return s.extreme(v, a, pyval.Greater)
}

func (s *state) extreme(v pyval.Value, a []pyval.Value, better pyval.Relation) (pyval.Value, error) {
	items, err := pyval.Collect(s.m, v)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return pyval.Undefinedf("No aggregated item, sequence was empty."), nil
	}
	keys, err := s.keys(items, s.getter(a[1], nil), a[0])
	if err != nil {
		return nil, err
	}
	best := 0
	for i := 1; i < len(keys); i++ {
		if err := s.m.Step(); err != nil {
			return nil, err
		}
		ok, err := pyval.Order(s.m, better, keys[i], keys[best])
		if err != nil {
			return nil, err
		}
		if ok {
			best = i
		}
	}
	return items[best], nil
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

// fill appends n times with, unless that is None.
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

func filterMap(s *state, v pyval.Value, a pyval.Args) (pyval.Value, error) {
	if !pyval.Truth(v) {
		return pyval.NewIterator(nil), nil
	}
	f, err := s.mapper(a)
	if err != nil {
		return nil, err
	}
	items, err := pyval.Collect(s.m, v)
	if err != nil {
		return nil, err
	}
	if err := s.m.GrowItems(len(items)); err != nil {
		return nil, err
	}
	out := make([]pyval.Value, len(items))
	for i, item := range items {
		if err := s.m.Step(); err != nil {
			return nil, err
		}
		if out[i], err = f(item); err != nil {
			return nil, err
		}
	}
	return pyval.NewIterator(out), nil
}

// mapper returns what map applies: a filter named by the first argument, or the lookup of an attribute.
func (s *state) mapper(a pyval.Args) (func(pyval.Value) (pyval.Value, error), error) {
	if attribute, ok := a.Lookup("attribute"); ok && len(a.Pos) == 0 {
		missing, _ := a.Lookup("default")
		if rest := a.Without("attribute").Without("default"); len(rest.Named) > 0 {
			return nil, pyval.Errorf(pyval.TypeError, "unexpected keyword argument '%s'", rest.Named[0].Name)
		}
		return s.getter(attribute, missing), nil
	}
	if len(a.Pos) == 0 {
		return nil, pyval.Errorf(pyval.TypeError, "map requires a filter argument")
	}
	id, _ := pyval.Text(a.Pos[0])
	f := s.t.filters[id]
	if f == nil {
		return nil, unknownFilter(id)
	}
	rest := pyval.Args{Pos: a.Pos[1:], Named: a.Named}
	return func(v pyval.Value) (pyval.Value, error) { return f.apply(s, id, v, rest) }, nil
}

// selecting makes select, reject (keep false), selectattr or rejectattr (ofAttr).
func selecting(keep, ofAttr bool) func(*state, pyval.Value, pyval.Args) (pyval.Value, error) {
	return func(s *state, v pyval.Value, a pyval.Args) (pyval.Value, error) {
		if !pyval.Truth(v) {
			return pyval.NewIterator(nil), nil
		}
		get := s.getter(nil, nil)
		if ofAttr {
			if len(a.Pos) == 0 {
				return nil, pyval.Errorf(pyval.TypeError, "missing parameter for attribute name")
			}
			get = s.getter(a.Pos[0], nil)
			a.Pos = a.Pos[1:]
		}
		items, err := pyval.Collect(s.m, v)
		if err != nil {
			return nil, err
		}
		var out []pyval.Value
		for _, item := range items {
			ok, err := s.passes(item, get, a)
			if err != nil {
				return nil, err
			}
			if ok == keep {
				out = append(out, item)
			}
		}
		return pyval.NewIterator(out), s.m.GrowItems(2 * len(out))
	}
}

// passes applies the test that the arguments name, or the truth, to what get finds in item.
func (s *state) passes(item pyval.Value, get func(pyval.Value) (pyval.Value, error), a pyval.Args) (bool, error) {
	if err := s.m.Step(); err != nil {
		return false, err
	}
	v, err := get(item)
	if err != nil {
		return false, err
	}
	if len(a.Pos) == 0 {
		return pyval.Truth(v), nil
	}
	id, _ := pyval.Text(a.Pos[0])
	t := s.t.tests[id]
	if t == nil {
		return false, syntaxErrorf("no test named '%s'", id)
	}
	return t.apply(s, id, v, pyval.Args{Pos: a.Pos[1:], Named: a.Named})
}
