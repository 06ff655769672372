package verdict

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/llm"
)

// Verdict is what was read from a model's answer.
type Verdict struct {
	Found     bool
	Judgment  json.Value // nil if none was found
	Reasoning string
	Method    Method // by which the judgment was given; ByText for an answer in words, however it was asked for
	Text      string // the whole answer
}

// Read reads the answer of a judge to a request that asked for a judgment of e by the given method. It looks for calls of the function, then for
// JSON objects, and then at the last line. The first of these that gives anything holds the judgment, if it is one, or several that are equal.
func Read(e *file.Evaluator, m *llm.Message, asked Method) Verdict {
	out := Verdict{Method: asked, Text: m.Content.String()}
	var objects []json.Value
	for i := range m.ToolCalls {
		if f := &m.ToolCalls[i].Function; f.Name == submit {
			objects, out.Text = append(objects, f.Object()), Said(m)
		}
	}
	if len(objects) == 0 {
		if out.Method == ByTool {
			out.Method = ByText
		}
		objects = objectsIn(out.Text)
	}
	if verdicts := named(e, objects); len(verdicts) > 0 {
		return out.only(verdicts)
	}
	out.Method = ByText
	return out.only(inWords(e, out.Text))
}

// only completes v by the candidates, if they agree.
func (v Verdict) only(candidates []Verdict) Verdict {
	if len(candidates) == 0 {
		return v
	}
	first := candidates[0]
	for _, c := range candidates {
		if !c.Found || string(c.Judgment) != string(first.Judgment) {
			return v
		}
	}
	v.Found, v.Judgment, v.Reasoning = true, first.Judgment, first.Reasoning
	if v.Reasoning == "" && v.Method != ByTool {
		v.Reasoning = v.Text
	}
	return v
}

// The most of a text that is searched for objects.
const (
	maxSearched = 128 << 10 // bytes, at its end
	maxOpened   = 100       // braces
)

// objectsIn returns the JSON objects in a text that name a judgment, in order. Of nested ones it is the outermost.
func objectsIn(text string) []json.Value {
	if len(text) > maxSearched {
		text = text[len(text)-maxSearched:]
	}
	var found []json.Value
	for range maxOpened {
		start := strings.IndexByte(text, '{')
		if start < 0 {
			break
		}
		text = text[start:]
		object := json.First([]byte(text))
		if object == nil || len(candidatesIn(object)) == 0 {
			text = text[1:]
			continue
		}
		found, text = append(found, object), text[len(object):]
	}
	return found
}

// members returns the names by which models give a judgment, and a reasoning.
func members() (judgments, reasonings []string) {
	return []string{"judgment", "verdict", "result", "score", "rating"}, []string{"reasoning", "reason", "explanation", "rationale"}
}

// candidatesIn returns the values in an object that may be the judgment: the one of that name, or else those of the others.
func candidatesIn(object json.Value) []json.Value {
	var all map[string]json.Value
	if json.UnmarshalForeign(object, &all) != nil {
		return nil
	}
	names, _ := members()
	var out []json.Value
	for i, name := range names {
		for member, value := range all {
			if strings.EqualFold(member, name) {
				out = append(out, value)
			}
		}
		if i == 0 && len(out) > 0 {
			return out
		}
	}
	return out
}

// named returns the judgments in objects. An object whose value is no judgment of e counts as a candidate that is not found.
func named(e *file.Evaluator, objects []json.Value) []Verdict {
	var out []Verdict
	for _, object := range objects {
		candidates := candidatesIn(object)
		valid := slices.DeleteFunc(slices.Clone(candidates), func(v json.Value) bool { return meant(e, v) == nil })
		if len(valid) == 0 {
			out = append(out, Verdict{})
		}
		for _, v := range valid {
			out = append(out, Verdict{Found: true, Judgment: meant(e, v), Reasoning: reasoningIn(object)})
		}
	}
	return out
}

func reasoningIn(object json.Value) string {
	var all map[string]json.Value
	if json.UnmarshalForeign(object, &all) != nil {
		return ""
	}
	_, names := members()
	for _, name := range names {
		var text string
		if json.Kind(all[name]) == '"' && json.UnmarshalForeign(all[name], &text) == nil {
			return text
		}
	}
	return ""
}

// meant is the judgment of e that a value in JSON means, nil for none: a text may hold a number, a boolean or a name.
func meant(e *file.Evaluator, value json.Value) json.Value {
	if json.Kind(value) == '"' {
		var text string
		if json.UnmarshalForeign(value, &text) != nil {
			return nil
		}
		return spoken(e, text)
	}
	if json.Kind(value) == 't' && e.ReturnType == file.ReturnsNumber || json.Kind(value) == 'f' && e.ReturnType == file.ReturnsNumber {
		return nil
	}
	value = judgment.Form(e, value)
	if judgment.Expected(e, value) != "" {
		return nil
	}
	return value
}

// inWords is the judgment in the last line of a text that is not empty, of text Evaluators the whole text.
func inWords(e *file.Evaluator, text string) []Verdict {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	if e.ReturnType == file.ReturnsText {
		return []Verdict{{Found: true, Judgment: json.AppendString(nil, text)}}
	}
	before, line := "", text
	if i := strings.LastIndexByte(text, '\n'); i >= 0 {
		before, line = strings.TrimSpace(text[:i]), text[i+1:]
	}
	for _, form := range []string{line, unlabelled(line)} {
		if found := spoken(e, form); found != nil {
			return []Verdict{{Found: true, Judgment: found, Reasoning: before}}
		}
	}
	return nil
}

// label is what models write in front of a judgment: "**Verdict (1-5):** ". No digit comes before the colon, as in a time.
var label = regexp.MustCompile(`^[\s*_#>-]*\pL(?:[^:=.!?\n]{0,60}[^\d:=.!?\n])?[:=][\s*_]*`)

// unlabelled is a line without its label.
func unlabelled(line string) string { return line[len(label.FindString(line)):] }

// fraction is a number, perhaps of a whole: "4", "4/5", "4 out of 5".
var fraction = regexp.MustCompile(`^([+-]?\d+(?:\.\d+)?)(?:\s*(?:/|out of)\s*\d+(?:\.\d+)?)?$`)

// spoken is the judgment of e that a text is, nil for none. Marks of emphasis, quotes and the final stop do not count.
func spoken(e *file.Evaluator, text string) json.Value {
	if e.ReturnType == file.ReturnsText {
		return json.AppendString(nil, text)
	}
	exact := strings.TrimSpace(text)
	text = strings.Trim(exact, " \t\r*_`\"'.!“”")
	switch e.ReturnType {
	case file.ReturnsBoolean:
		return spokenBoolean(text)
	case file.ReturnsNumber:
		return spokenNumber(e, text)
	case file.ReturnsSelect:
		return option(e, exact, text)
	case file.ReturnsMultiSelect:
		return options(e, exact, text)
	case file.ReturnsText:
	}
	return nil
}

func spokenBoolean(text string) json.Value {
	switch strings.ToLower(text) {
	case "true", "yes", "pass":
		return json.Value("true")
	case "false", "no", "fail":
		return json.Value("false")
	}
	return nil
}

func spokenNumber(e *file.Evaluator, text string) json.Value {
	parts := fraction.FindStringSubmatch(text)
	if parts == nil {
		return nil
	}
	n, err := strconv.ParseFloat(parts[1], 64)
	if err != nil {
		return nil
	}
	value, err := json.Marshal(n)
	if err != nil || judgment.Expected(e, value) != "" {
		return nil
	}
	return value
}

// option is the one that a text names, in upper or lower case. exact is the text with all its marks, which a name may have.
func option(e *file.Evaluator, exact, text string) json.Value {
	if len(e.Options) == 0 && text != "" {
		return json.AppendString(nil, text)
	}
	for _, same := range []func(name string) bool{
		func(name string) bool { return name == exact }, func(name string) bool { return name == text },
		func(name string) bool { return strings.EqualFold(name, text) },
	} {
		others := slices.DeleteFunc(slices.Clone(e.Options), func(o file.Option) bool { return !same(o.Name) })
		if len(others) == 1 {
			return json.AppendString(nil, others[0].Name)
		}
	}
	return nil
}

// options are those that a text lists: as JSON, or between commas.
func options(e *file.Evaluator, exact, text string) json.Value {
	if value := json.Value(exact); json.Kind(value) == '[' && json.Valid(value) {
		return meant(e, value)
	}
	if one := option(e, exact, text); one != nil && len(e.Options) > 0 {
		return append(append(json.Value("["), one...), ']')
	}
	list := json.Value("[")
	for i, part := range strings.Split(strings.Trim(text, "[]"), ",") {
		part = strings.TrimSpace(part)
		one := option(e, part, strings.Trim(part, " *_`\"'"))
		if one == nil {
			return nil
		}
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, one...)
	}
	return judgment.Form(e, append(list, ']'))
}

// Said returns what a message says, with images and calls of functions as words.
func Said(m *llm.Message) string {
	var parts []string
	for _, p := range m.Content.List() {
		if p.Type == llm.ImagePart {
			parts = append(parts, "[image]")
			continue
		}
		parts = append(parts, p.Text)
	}
	for i := range m.ToolCalls {
		f := &m.ToolCalls[i].Function
		parts = append(parts, f.Name+"("+f.Arguments+")")
	}
	return strings.Join(parts, "\n")
}
