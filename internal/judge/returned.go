package judge

import (
	"bytes"
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// read returns what a function says that returned value: a judgment, or a dict with a judgment, a reasoning and metadata. None abstains. Any
// other value is an error of reason code_failed.
func read(ctx context.Context, e *file.Evaluator, value json.Value) (given, error) {
	if json.Kind(value) != '{' {
		return judged(ctx, e, value)
	}
	names := json.Names(value)
	if !slices.Contains(names, "judgment") {
		return given{}, wrong(ctx, value, kindOf(e.ReturnType))
	}
	if i := slices.IndexFunc(names, func(n string) bool { return n != "judgment" && n != "reasoning" && n != "metadata" }); i >= 0 {
		return given{}, errs.New(errs.CodeFailed, "returned a dict with %s; it may hold judgment, reasoning and metadata", repr(ctx, quoted(names[i])))
	}
	var dict struct {
		Judgment  json.Value `json:"judgment"`
		Reasoning json.Value `json:"reasoning"`
		Metadata  json.Value `json:"metadata"`
	}
	if err := json.UnmarshalForeign(value, &dict); err != nil {
		return given{}, errs.Wrap("judge.read", err)
	}
	g, err := judged(ctx, e, dict.Judgment)
	if err != nil {
		return given{}, err
	}
	return g, g.explain(ctx, dict.Reasoning, dict.Metadata)
}

// explain adds the other members of a dict.
func (g *given) explain(ctx context.Context, reasoning, metadata json.Value) error {
	switch json.Kind(reasoning) {
	case 0, 'n':
	case '"':
		if err := json.UnmarshalForeign(reasoning, &g.reasoning); err != nil {
			return errs.Wrap("judge.explain", err)
		}
	default:
		return errs.New(errs.CodeFailed, "returned %s as reasoning; it is a str", shown(ctx, reasoning))
	}
	switch json.Kind(metadata) {
	case 0, 'n':
	case '{':
		g.metadata = metadata
	default:
		return errs.New(errs.CodeFailed, "returned %s as metadata; it is a dict", shown(ctx, metadata))
	}
	return nil
}

// judged checks a judgment against the return type.
func judged(ctx context.Context, e *file.Evaluator, value json.Value) (given, error) {
	if json.Kind(value) == 'n' {
		return given{judgment: json.Value("null")}, nil
	}
	out := judgment.Form(e, value)
	if want := judgment.Expected(e, out); want != "" {
		return given{}, wrong(ctx, value, want)
	}
	return given{judgment: out}, nil
}

func wrong(ctx context.Context, value json.Value, want string) error {
	return errs.New(errs.CodeFailed, "returned %s; this Evaluator returns %s", shown(ctx, value), want)
}

// kindOf is what Evaluators of a return type return.
func kindOf(t file.ReturnType) string {
	return judgment.Expected(&file.Evaluator{ReturnType: t}, json.Value("{}"))
}

// shown is a value as a sentence has it: "'good', a str".
func shown(ctx context.Context, value json.Value) string {
	return repr(ctx, value) + ", " + typeOf(value)
}

// maxShown is the most characters of a value in a message.
const maxShown = 80

// repr is how Python shows a value, cut to what fits into a message.
func repr(ctx context.Context, value json.Value) string {
	text := string(value)
	if v, err := pyval.DecodeJSON(value); err == nil {
		m := pyval.NewMeter(ctx, 100_000, 1<<22)
		if converted, err := pyval.Convert(m, v); err == nil {
			if s, err := pyval.Repr(m, converted); err == nil {
				text = s
			}
		}
	}
	if runes := []rune(text); len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return text
}

func quoted(text string) json.Value { return json.AppendString(nil, text) }

// typeOf is the type in Python with its article.
func typeOf(value json.Value) string {
	switch json.Kind(value) {
	case '"':
		return "a str"
	case 't', 'f':
		return "a bool"
	case '{':
		return "a dict"
	case '[':
		return "a list"
	case 'n':
		return "a NoneType"
	}
	if bytes.ContainsAny(value, ".eE") {
		return "a float"
	}
	return "an int"
}
