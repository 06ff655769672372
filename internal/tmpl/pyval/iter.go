package pyval

// Iterator is a sequence that can be read once, like a generator in Python.
type Iterator struct {
	items []Value // the remaining items
	rng   *Range  // or a range, of which pos items were taken
	pos   int64
}

// NewIterator returns an iterator over items.
func NewIterator(items []Value) *Iterator { return &Iterator{items: items} }

// Next takes one item. It reports false at the end.
func (it *Iterator) Next() (Value, bool) {
	if it.rng != nil {
		if it.pos >= it.rng.Len() {
			return nil, false
		}
		it.pos++
		return it.rng.at(it.pos - 1), true
	}
	if len(it.items) == 0 {
		return nil, false
	}
	v := it.items[0]
	it.items = it.items[1:]
	return v, true
}

// Peek returns the next item without taking it.
func (it *Iterator) Peek() (Value, bool) {
	c := *it
	return c.Next()
}

// Left returns the number of items that were not taken yet.
func (it *Iterator) Left() int64 {
	if it.rng != nil {
		return it.rng.Len() - it.pos
	}
	return int64(len(it.items))
}

// Iter is Python's iter(v). It returns an [Iterator] as it is, and does not expand a range.
func Iter(m *Meter, v Value) (*Iterator, error) {
	switch v := v.(type) {
	case *Iterator:
		return v, nil
	case *Range:
		return &Iterator{rng: v}, nil
	case *List:
		return NewIterator(v.Items), nil
	}
	items, err := Collect(m, v)
	if err != nil {
		return nil, err
	}
	return NewIterator(items), nil
}

// Collect returns the items of v, as Python's list(v). The slice may belong to v, so the caller must not change it.
func Collect(m *Meter, v Value) ([]Value, error) {
	switch v := v.(type) {
	case *List:
		return v.Items, nil
	case *Tuple:
		return v.Items, nil
	case *Undef:
		return nil, nil
	case *Dict:
		return (&View{Of: v}).collect(m)
	case *View:
		return v.collect(m)
	case *Iterator:
		return v.drain(m)
	case *Range:
		return (&Iterator{rng: v}).drain(m)
	}
	if s, ok := Text(v); ok {
		return characters(m, s)
	}
	return nil, typeErrorf("'%s' object is not iterable", TypeName(v))
}

// CollectNew is like [Collect], but returns a slice that the caller may change.
func CollectNew(m *Meter, v Value) ([]Value, error) {
	items, err := Collect(m, v)
	if err != nil {
		return nil, err
	}
	if err := m.GrowItems(len(items)); err != nil {
		return nil, err
	}
	return append(make([]Value, 0, len(items)), items...), nil
}

// Iterable reports whether [Iter] would succeed.
func Iterable(v Value) bool {
	switch v.(type) {
	case string, Markup, *List, *Tuple, *Dict, *View, *Range, *Iterator, *Undef:
		return true
	}
	return false
}

func (it *Iterator) drain(m *Meter) ([]Value, error) {
	if it.rng == nil {
		items := it.items
		it.items = nil
		return items, m.Work(len(items))
	}
	n := it.Left()
	if n > 1<<40 {
		return nil, m.Grow(-1)
	}
	if err := m.GrowItems(2 * int(n)); err != nil {
		return nil, err
	}
	items := make([]Value, 0, n)
	for v, ok := it.Next(); ok; v, ok = it.Next() {
		items = append(items, v)
	}
	return items, nil
}

func (v *View) collect(m *Meter) ([]Value, error) {
	size := 1
	if v.Part == Items {
		size = 4
	}
	if err := m.GrowItems(size * v.Of.Len()); err != nil {
		return nil, err
	}
	out := make([]Value, len(v.Of.entries))
	for i, e := range v.Of.entries {
		switch v.Part {
		case Keys:
			out[i] = e.Key
		case Values:
			out[i] = e.Val
		case Items:
			out[i] = &Tuple{Items: []Value{e.Key, e.Val}}
		}
	}
	return out, nil
}

func characters(m *Meter, s string) ([]Value, error) {
	if err := m.GrowItems(2 * len(s)); err != nil {
		return nil, err
	}
	out := make([]Value, 0, len(s))
	for _, r := range s {
		out = append(out, string(r))
	}
	return out, nil
}
