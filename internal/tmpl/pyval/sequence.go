package pyval

import (
	"html"
	"strings"
)

// arithSequence returns a op b for operands that are not both numbers.
func arithSequence(m *Meter, op Op, a, b Value) (Value, error) {
	switch op {
	case Add:
		if v, ok, err := concat(m, a, b); ok {
			return v, err
		}
	case Mul:
		if v, ok, err := repeat(m, a, b); ok {
			return v, err
		}
		if v, ok, err := repeat(m, b, a); ok {
			return v, err
		}
	case Mod:
		if s, ok := a.(string); ok {
			return Printf(m, s, b)
		}
		if s, ok := a.(Markup); ok {
			return printfMarkup(m, s, b)
		}
	case Sub, Div, FloorDiv, Pow:
	}
	return nil, typeErrorf("unsupported operand type(s) for %s: '%s' and '%s'", op, TypeName(a), TypeName(b))
}

func concat(m *Meter, a, b Value) (Value, bool, error) {
	switch x := a.(type) {
	case *List:
		if y, ok := b.(*List); ok {
			items, err := joined(m, x.Items, y.Items)
			return &List{Items: items}, true, err
		}
	case *Tuple:
		if y, ok := b.(*Tuple); ok {
			items, err := joined(m, x.Items, y.Items)
			return &Tuple{Items: items}, true, err
		}
	}
	x, okA := Text(a)
	y, okB := Text(b)
	if !okA || !okB {
		return nil, false, nil
	}
	if err := m.Grow(len(x) + len(y)); err != nil {
		return nil, true, err
	}
	return concatText(m, a, b, x, y)
}

func concatText(m *Meter, a, b Value, x, y string) (Value, bool, error) {
	_, markA := a.(Markup)
	_, markB := b.(Markup)
	if !markA && !markB {
		return x + y, true, nil
	}
	var err error
	if !markA {
		x, err = escaped(m, x)
	}
	if !markB && err == nil {
		y, err = escaped(m, y)
	}
	return Markup(x + y), true, err
}

func joined(m *Meter, x, y []Value) ([]Value, error) {
	if err := m.GrowItems(len(x) + len(y)); err != nil {
		return nil, err
	}
	return append(append(make([]Value, 0, len(x)+len(y)), x...), y...), nil
}

// repeat returns seq * n.
func repeat(m *Meter, seq, n Value) (Value, bool, error) {
	times, ok := Int(n)
	if !ok {
		return nil, false, nil
	}
	times = max(times, 0)
	switch s := seq.(type) {
	case *List:
		items, err := repeatItems(m, s.Items, times)
		return &List{Items: items}, true, err
	case *Tuple:
		items, err := repeatItems(m, s.Items, times)
		return &Tuple{Items: items}, true, err
	}
	s, ok := Text(seq)
	if !ok {
		return nil, false, nil
	}
	text, err := repeatText(m, s, times)
	return like(seq, text), true, err
}

func repeatText(m *Meter, s string, times int64) (string, error) {
	if s == "" || times == 0 {
		return "", nil
	}
	if times > int64(m.memory) {
		return "", m.Grow(-1)
	}
	if err := m.Grow(len(s) * int(times)); err != nil {
		return "", err
	}
	return strings.Repeat(s, int(times)), nil
}

func repeatItems(m *Meter, items []Value, times int64) ([]Value, error) {
	if len(items) == 0 || times == 0 {
		return nil, nil
	}
	if times > int64(m.memory) {
		return nil, m.Grow(-1)
	}
	if err := m.GrowItems(len(items) * int(times)); err != nil {
		return nil, err
	}
	out := make([]Value, 0, len(items)*int(times))
	for range times {
		out = append(out, items...)
	}
	return out, nil
}

// like returns text with the type of v, which is a string or Markup.
func like(v Value, text string) Value {
	if _, ok := v.(Markup); ok {
		return Markup(text)
	}
	return text
}

var htmlEscaper = strings.NewReplacer("&", "&amp;", ">", "&gt;", "<", "&lt;", "'", "&#39;", `"`, "&#34;")

func escaped(m *Meter, s string) (string, error) {
	if !strings.ContainsAny(s, `&<>'"`) {
		return s, m.Work(len(s))
	}
	if err := m.Grow(2 * len(s)); err != nil {
		return "", err
	}
	out := htmlEscaper.Replace(s)
	return out, m.Grow(len(out) - len(s))
}

// Escape is markupsafe's escape(v): Markup stays as it is.
func Escape(m *Meter, v Value) (Markup, error) {
	if s, ok := v.(Markup); ok {
		return s, nil
	}
	s, err := Str(m, v)
	if err != nil {
		return "", err
	}
	s, err = escaped(m, s)
	return Markup(s), err
}

// Unescape replaces HTML entities in s.
func Unescape(s string) string { return html.UnescapeString(s) }

// printfMarkup returns Markup % args. It escapes the inserted values.
func printfMarkup(m *Meter, s Markup, args Value) (Value, error) {
	safe, err := escapeArgs(m, args)
	if err != nil {
		return nil, err
	}
	out, err := Printf(m, string(s), safe)
	return Markup(out), err
}

func escapeArgs(m *Meter, args Value) (Value, error) {
	switch a := args.(type) {
	case *Tuple:
		out := make([]Value, len(a.Items))
		for i, item := range a.Items {
			v, err := escapeArg(m, item)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return &Tuple{Items: out}, m.GrowItems(len(out))
	case *Dict:
		out := NewDict(a.Len())
		for _, e := range a.entries {
			v, err := escapeArg(m, e.Val)
			if err != nil {
				return nil, err
			}
			if err := out.Set(m, e.Key, v); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return escapeArg(m, args)
}

func escapeArg(m *Meter, v Value) (Value, error) {
	if IsNumber(v) {
		return v, nil
	}
	return Escape(m, v)
}
