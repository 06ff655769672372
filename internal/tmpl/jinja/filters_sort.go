package jinja

import (
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// filterSort sorts by one or more attributes. Each key is a list, so that keys compare as in Jinja2.
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
	rows := make([]pyval.List, len(items))
	for _, attribute := range attributes {
		column, err := s.keys(items, s.getter(attribute, nil), a[1])
		if err != nil {
			return nil, err
		}
		for i := range rows {
			rows[i].Items = append(rows[i].Items, column[i])
		}
	}
	keys := make([]pyval.Value, len(items))
	for i := range rows {
		keys[i] = &rows[i]
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
