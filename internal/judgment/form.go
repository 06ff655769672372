package judgment

import (
	"bytes"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

// Form returns a value in the form that judgments of e have: 0 and 1 are booleans, booleans are numbers, and several options have their order.
// A value that means no judgment is returned as it is.
func Form(e *file.Evaluator, value json.Value) json.Value {
	switch e.ReturnType { //nolint:exhaustive // texts and names are what they are
	case file.ReturnsBoolean:
		switch string(value) {
		case "0", "0.0":
			return json.Value("false")
		case "1", "1.0":
			return json.Value("true")
		}
	case file.ReturnsNumber:
		return numberForm(value)
	case file.ReturnsMultiSelect:
		return ordered(e, value)
	}
	return value
}

func numberForm(value json.Value) json.Value {
	switch json.Kind(value) {
	case 't':
		return json.Value("1")
	case 'f':
		return json.Value("0")
	}
	var n float64
	if json.Kind(value) != '0' || !bytes.ContainsAny(value, ".eE") || json.Unmarshal(value, &n) != nil {
		return value // an integer keeps its digits
	}
	out, err := json.Marshal(n)
	if err != nil {
		return value
	}
	return out
}

// ordered brings names of options into the order of the options, each once. Without options the order is that of the alphabet.
func ordered(e *file.Evaluator, value json.Value) json.Value {
	var names []string
	if json.Kind(value) != '[' || json.Unmarshal(value, &names) != nil {
		return value
	}
	place := func(name string) int {
		return slices.IndexFunc(e.Options, func(o file.Option) bool { return o.Name == name })
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := place(a) - place(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	raw, err := json.Marshal(slices.Compact(names))
	if err != nil {
		return value
	}
	return raw
}
