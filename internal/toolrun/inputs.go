package toolrun

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// checkInputs refuses inputs, an object, that do not fit the parameters of a function, with every violation at once. A nil function takes anything.
func checkInputs(f *llm.Tool, inputs json.Value) error {
	if f == nil || len(f.Parameters) == 0 {
		return nil
	}
	s, err := compile(f)
	if err != nil {
		return err
	}
	var value any
	if err := json.UnmarshalForeign(inputs, &value); err != nil {
		return errs.Wrap("toolrun.checkInputs", err)
	}
	failure, ok := errors.AsType[*jsonschema.ValidationError](s.Validate(value))
	if !ok {
		return nil
	}
	return invalid(violations(nil, failure))
}

// compile reads the parameters of a function.
func compile(f *llm.Tool) (*jsonschema.Schema, error) {
	const name = "parameters"
	var document any
	if err := json.UnmarshalForeign(f.Parameters, &document); err != nil {
		return nil, errs.Wrap("toolrun.compile", err)
	}
	if f.Strict {
		closeObjects(document)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(nowhere{})
	c.UseRegexpEngine(pattern)
	err := c.AddResource(name, document)
	var s *jsonschema.Schema
	if err == nil {
		s, err = c.Compile(name)
	}
	if err != nil {
		return nil, &errs.Error{Reason: errs.ValidationFailed, Op: "toolrun.compile", Err: err,
			Message: "The parameters of the Tool's function are not a JSON Schema that can be used, so no inputs can be checked."}
	}
	return s, nil
}

// nowhere finds no schema: those of other documents are not read.
type nowhere struct{}

func (nowhere) Load(url string) (any, error) { return nil, fmt.Errorf("%s is another document", url) }

// pattern compiles a regular expression. One that this language of expressions does not have accepts every text.
func pattern(text string) (jsonschema.Regexp, error) {
	re, err := regexp.Compile(text)
	if err != nil {
		re = regexp.MustCompile("")
	}
	return re, nil
}

// closeObjects lets no object of a schema have members that it does not name, unless it says so: this is what strict means to models.
func closeObjects(schema any) {
	switch s := schema.(type) {
	case map[string]any:
		if _, said := s["additionalProperties"]; !said && s["properties"] != nil {
			s["additionalProperties"] = false
		}
		for _, inner := range s {
			closeObjects(inner)
		}
	case []any:
		for _, inner := range s {
			closeObjects(inner)
		}
	}
}

// violations appends what a failure says of single members.
func violations(to []errs.Violation, e *jsonschema.ValidationError) []errs.Violation {
	place := make([]any, len(e.InstanceLocation))
	for i, step := range e.InstanceLocation {
		place[i] = step
		if n, err := strconv.Atoi(step); err == nil {
			place[i] = n
		}
	}
	at := func(rule, message string, below ...any) {
		v := errs.Violation{Loc: slices.Concat(place, below), Message: message, Type: rule}
		v.Param = errs.Dotted(v.Loc)
		to = append(to, v)
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			at("missing", "is required", name)
		}
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			at("extra_forbidden", "is not known", errs.Truncate(name, 64))
		}
	case *kind.Type:
		at("value_error", fmt.Sprintf("must be %s, not %s", noun(k.Want), k.Got))
	case *kind.Enum:
		at("enum", "must be one of "+list(k.Want))
	case *kind.AnyOf, *kind.OneOf:
		at("union", "fits none of the alternatives, or too many")
	default:
		for _, cause := range e.Causes {
			to = violations(to, cause)
		}
		if len(e.Causes) == 0 {
			at("value_error", e.BasicOutput().Error.String())
		}
	}
	return to
}

// noun says which types are wanted: "a string", "null or an integer".
func noun(types []string) string {
	out := make([]string, len(types))
	for i, t := range types {
		switch {
		case t == "null":
			out[i] = t
		case strings.ContainsRune("aio", rune(t[0])):
			out[i] = "an " + t
		default:
			out[i] = "a " + t
		}
	}
	return strings.Join(out, " or ")
}

func list(values []any) string {
	out := make([]string, 0, len(values))
	for _, v := range values {
		raw, err := json.Marshal(v)
		if err == nil {
			out = append(out, errs.Truncate(string(raw), 64))
		}
	}
	return strings.Join(out, ", ")
}

const (
	maxViolations = 20 // that are listed
	maxNamed      = 3  // in the message
)

// invalid is the error that lists violations.
func invalid(all []errs.Violation) error {
	slices.SortFunc(all, func(a, b errs.Violation) int {
		return strings.Compare(a.Param+"\x00"+a.Message, b.Param+"\x00"+b.Message)
	})
	all = slices.CompactFunc(all, func(a, b errs.Violation) bool { return a.Param == b.Param && a.Message == b.Message })
	named := make([]string, 0, maxNamed+1)
	for i := range all[:min(len(all), maxNamed)] {
		named = append(named, strings.TrimPrefix(all[i].Param+" "+all[i].Message, " "))
	}
	if more := len(all) - len(named); more > 0 {
		named = append(named, fmt.Sprintf("and %d more", more))
	}
	e := errs.New(errs.ValidationFailed, "The inputs do not fit the parameters of the Tool: %s.", strings.Join(named, "; "))
	e.Violations = all[:min(len(all), maxViolations)]
	e.Param = e.Violations[0].Param
	return e
}
