package pyval

var dictMethods = map[string]*method{
	"clear": {call: func(_ *Meter, recv Value, _ []Value) (Value, error) {
		dictOf(recv).clear()
		return nil, nil
	}},
	"copy": {call: func(m *Meter, recv Value, _ []Value) (Value, error) {
		return dictOf(recv).copyOf(m)
	}},
	"get": {params: []Param{Req("key"), Opt("default", nil)}, call: func(m *Meter, recv Value, a []Value) (Value, error) {
		v, ok, err := dictOf(recv).Get(m, a[0])
		if !ok {
			v = a[1]
		}
		return v, err
	}},
	"items":  viewing(Items),
	"keys":   viewing(Keys),
	"values": viewing(Values),
	"pop":    {raw: popKey},
	"setdefault": {params: []Param{Req("key"), Opt("default", nil)}, call: func(m *Meter, recv Value, a []Value) (Value, error) {
		d := dictOf(recv)
		v, ok, err := d.Get(m, a[0])
		if ok || err != nil {
			return v, err
		}
		return a[1], d.Set(m, a[0], a[1])
	}},
	"update": {raw: func(m *Meter, recv Value, a Args) (Value, error) {
		return nil, dictOf(recv).Update(m, a)
	}},
}

func dictOf(v Value) *Dict {
	d, _ := v.(*Dict)
	return d
}

func viewing(part ViewPart) *method {
	return &method{call: func(_ *Meter, recv Value, _ []Value) (Value, error) {
		return &View{Of: dictOf(recv), Part: part}, nil
	}}
}

func popKey(m *Meter, recv Value, a Args) (Value, error) {
	if len(a.Pos) < 1 || len(a.Pos) > 2 || len(a.Named) > 0 {
		return nil, typeErrorf("pop() takes a key and an optional default")
	}
	d := dictOf(recv)
	v, ok, err := d.Get(m, a.Pos[0])
	switch {
	case err != nil:
		return nil, err
	case !ok && len(a.Pos) == 2:
		return a.Pos[1], nil
	case !ok:
		return nil, valueErrorf("the key is not in the dictionary")
	}
	h, err := hashKey(m, a.Pos[0])
	if err != nil {
		return nil, err
	}
	return v, d.remove(m, d.find(h))
}

// Update is Python's dict.update. On an empty d it is also Python's constructor dict(…). It takes a mapping or a
// sequence of pairs, then keyword arguments.
func (d *Dict) Update(m *Meter, a Args) error {
	if len(a.Pos) > 1 {
		return typeErrorf("dict expected at most 1 argument, got %d", len(a.Pos))
	}
	if len(a.Pos) == 1 {
		if err := d.merge(m, a.Pos[0]); err != nil {
			return err
		}
	}
	for _, n := range a.Named {
		if err := d.Set(m, n.Name, n.Val); err != nil {
			return err
		}
	}
	return nil
}

func (d *Dict) merge(m *Meter, from Value) error {
	if src, ok := from.(*Dict); ok {
		for _, e := range src.entries {
			if err := d.Set(m, e.Key, e.Val); err != nil {
				return err
			}
		}
		return nil
	}
	pairs, err := Collect(m, from)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		kv, err := Collect(m, p)
		if err != nil {
			return err
		}
		if len(kv) != 2 {
			return valueErrorf("dictionary update sequence element has length %d; 2 is required", len(kv))
		}
		if err := d.Set(m, kv[0], kv[1]); err != nil {
			return err
		}
	}
	return nil
}
