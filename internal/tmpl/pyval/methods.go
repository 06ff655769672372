package pyval

// method is a method of a builtin type. args are bound to params, and recv has that type.
type method struct {
	params []Param
	raw    func(m *Meter, recv Value, a Args) (Value, error) // if set, replaces call and takes any arguments
	call   func(m *Meter, recv Value, a []Value) (Value, error)
}

// bound is a method with its receiver, as in `name.upper` without a call.
type bound struct {
	name   string
	recv   Value
	method *method
}

// TypeName returns the name of the type for messages.
func (b *bound) TypeName() string { return "method" }

// Attr finds nothing: a method has no attributes.
func (b *bound) Attr(string) (Value, bool) { return nil, false }

// Print fails: a method has no text.
func (b *bound) Print(*Meter) (string, error) { return "", NoText("method") }

// Call runs the method.
func (b *bound) Call(m *Meter, a Args) (Value, error) { return b.method.invoke(m, b.name, b.recv, a) }

func (f *method) invoke(m *Meter, name string, recv Value, a Args) (Value, error) {
	if err := m.Read(recv); err != nil {
		return nil, err
	}
	if f.raw != nil {
		return f.raw(m, recv, a)
	}
	args, err := a.Bind(name+"()", f.params)
	if err != nil {
		return nil, err
	}
	return f.call(m, recv, args)
}

// methodOf returns the method with that name of the type of v, or nil.
func methodOf(v Value, name string) *method {
	switch v.(type) {
	case string, Markup:
		return textMethods[name]
	case *List:
		return listMethods[name]
	case *Dict:
		return dictMethods[name]
	case *Tuple, *Range:
		return tupleMethods[name]
	case float64:
		return floatMethods[name]
	}
	return nil
}

// CallMethod returns Python's recv.name(args) for a builtin type. found is false if the type has no such method.
func CallMethod(m *Meter, recv Value, name string, a Args) (v Value, found bool, err error) {
	f := methodOf(recv, name)
	if f == nil {
		return nil, false, nil
	}
	v, err = f.invoke(m, name, recv, a)
	return v, true, err
}

// Call returns Python's f(args).
func Call(m *Meter, f Value, a Args) (Value, error) {
	switch f := f.(type) {
	case Callable:
		return f.Call(m, a)
	case *Undef:
		return nil, f.Err()
	}
	return nil, typeErrorf("'%s' object is not callable", TypeName(f))
}

// HasMethod reports whether v is of a builtin type with a method of that name.
func HasMethod(v Value, name string) bool { return methodOf(v, name) != nil }
