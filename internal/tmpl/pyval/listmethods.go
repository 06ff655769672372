package pyval

import "slices"

var tupleMethods = map[string]*method{
	"count": {params: []Param{Req("value")}, call: countItem},
	"index": {params: []Param{Req("value")}, call: indexItem},
}

var floatMethods = map[string]*method{
	"is_integer": {call: func(_ *Meter, recv Value, _ []Value) (Value, error) {
		f, _ := recv.(float64)
		_, err := truncate(f)
		return err == nil && f == float64(int64(f)), nil
	}},
}

var listMethods = map[string]*method{
	"append": {params: []Param{Req("object")}, call: mutating(func(m *Meter, l *List, a []Value) error {
		l.Items = append(l.Items, a[0])
		return m.GrowItems(2)
	})},
	"clear": {call: mutating(func(_ *Meter, l *List, _ []Value) error {
		l.Items = nil
		return nil
	})},
	"copy": {call: func(m *Meter, recv Value, _ []Value) (Value, error) {
		items, err := CollectNew(m, recv)
		return &List{Items: items}, err
	}},
	"count": tupleMethods["count"],
	"extend": {params: []Param{Req("iterable")}, call: mutating(func(m *Meter, l *List, a []Value) error {
		items, err := CollectNew(m, a[0])
		l.Items = append(l.Items, items...)
		return err
	})},
	"index": tupleMethods["index"],
	"insert": {params: []Param{Req("index"), Req("object")}, call: mutating(func(m *Meter, l *List, a []Value) error {
		i, err := intArg(a[0])
		if err != nil {
			return err
		}
		n := int64(len(l.Items))
		l.Items = slices.Insert(l.Items, int(clampIndex(i, n, 0, n)), a[1])
		return m.GrowItems(2 + len(l.Items)/bytesPerStep)
	})},
	"pop": {params: []Param{Opt("index", int64(-1))}, call: popItem},
	"remove": {params: []Param{Req("value")}, call: mutating(func(m *Meter, l *List, a []Value) error {
		i, err := position(m, l.Items, a[0])
		if err != nil {
			return err
		}
		l.Items = slices.Delete(l.Items, i, i+1)
		return nil
	})},
	"reverse": {call: mutating(func(m *Meter, l *List, _ []Value) error {
		slices.Reverse(l.Items)
		return m.Work(len(l.Items))
	})},
	"sort": {params: []Param{Opt("reverse", false)}, call: mutating(func(m *Meter, l *List, a []Value) error {
		return SortBy(m, l.Items, Truth(a[0]), nil)
	})},
}

// mutating makes a method that changes a list and returns None.
func mutating(f func(m *Meter, l *List, a []Value) error) func(*Meter, Value, []Value) (Value, error) {
	return func(m *Meter, recv Value, a []Value) (Value, error) {
		l, _ := recv.(*List)
		return nil, f(m, l, a)
	}
}

func countItem(m *Meter, recv Value, a []Value) (Value, error) {
	items, err := Collect(m, recv)
	if err != nil {
		return nil, err
	}
	n := int64(0)
	for _, item := range items {
		if err := m.Step(); err != nil {
			return nil, err
		}
		eq, err := Equal(m, item, a[0])
		if err != nil {
			return nil, err
		}
		if eq {
			n++
		}
	}
	return n, nil
}

func indexItem(m *Meter, recv Value, a []Value) (Value, error) {
	items, err := Collect(m, recv)
	if err != nil {
		return nil, err
	}
	i, err := position(m, items, a[0])
	return int64(i), err
}

func position(m *Meter, items []Value, want Value) (int, error) {
	for i, item := range items {
		if err := m.Step(); err != nil {
			return 0, err
		}
		eq, err := Equal(m, item, want)
		if err != nil {
			return 0, err
		}
		if eq {
			return i, nil
		}
	}
	return 0, valueErrorf("the value is not in the list")
}

func popItem(m *Meter, recv Value, a []Value) (Value, error) {
	l, _ := recv.(*List)
	i, ok := indexOf(a[0], int64(len(l.Items)))
	if !ok {
		return nil, valueErrorf("pop index out of range")
	}
	v := l.Items[i]
	l.Items = slices.Delete(l.Items, int(i), int(i)+1)
	return v, m.Work(len(l.Items))
}

// SortBy sorts items in place, stably, like Python's list.sort. If keys is not nil, items are ordered by keys[i].
func SortBy(m *Meter, items []Value, descending bool, keys []Value) error {
	if keys == nil {
		keys = items
	}
	if err := m.GrowItems(3 * len(items)); err != nil {
		return err
	}
	type pair struct{ item, key Value }
	pairs := make([]pair, len(items))
	for i := range items {
		pairs[i] = pair{items[i], keys[i]}
	}
	var failed error
	less := func(a, b Value) bool {
		if failed == nil {
			failed = m.Step()
		}
		if failed != nil {
			return false
		}
		before, err := Order(m, Less, a, b)
		failed = err
		return before
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		if descending {
			a, b = b, a
		}
		switch {
		case less(a.key, b.key):
			return -1
		case less(b.key, a.key):
			return 1
		}
		return 0
	})
	for i := range pairs {
		items[i] = pairs[i].item
	}
	return failed
}
