package judgment

import (
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

// Expected describes the judgments that e gives ("a boolean", "a number of 5 or less") if raw is none of them. It is empty if e can give raw.
func Expected(e *file.Evaluator, raw json.Value) string {
	switch e.ReturnType {
	case file.ReturnsBoolean:
		return unless(json.Kind(raw) == 't' || json.Kind(raw) == 'f', "a boolean")
	case file.ReturnsNumber:
		return expectedNumber(e.NumberLimits, raw)
	case file.ReturnsSelect:
		var name string
		ok := json.Unmarshal(raw, &name) == nil && isOption(e, name)
		return unless(ok, "one of its options"+optionList(e))
	case file.ReturnsMultiSelect:
		var names []string
		ok := json.Kind(raw) == '[' && json.Unmarshal(raw, &names) == nil && !slices.ContainsFunc(names, func(name string) bool { return !isOption(e, name) })
		return unless(ok, "a list of its options"+optionList(e))
	case file.ReturnsText:
		return unless(json.Kind(raw) == '"', "a text")
	default:
		return ""
	}
}

func unless(ok bool, want string) string {
	if ok {
		return ""
	}
	return want
}

func expectedNumber(limits *file.NumberLimits, raw json.Value) string {
	var n float64
	if json.Kind(raw) != '0' || json.Unmarshal(raw, &n) != nil {
		return "a number"
	}
	if limits == nil {
		return ""
	}
	number := func(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
	switch {
	case limits.Min != nil && n < *limits.Min:
		return "a number of " + number(*limits.Min) + " or more"
	case limits.Max != nil && n > *limits.Max:
		return "a number of " + number(*limits.Max) + " or less"
	default:
		return ""
	}
}

// isOption reports whether a name may be chosen. An Evaluator without options allows any name.
func isOption(e *file.Evaluator, name string) bool {
	return len(e.Options) == 0 || slices.ContainsFunc(e.Options, func(o file.Option) bool { return o.Name == name })
}

func optionList(e *file.Evaluator) string {
	if len(e.Options) == 0 {
		return ""
	}
	names := make([]string, len(e.Options))
	for i, o := range e.Options {
		names[i] = strconv.Quote(o.Name)
	}
	return ": " + strings.Join(names, ", ")
}
