package promptfile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/promptfile"
)

// reverses checks that what is written of any content is read as that content.
func reverses[C file.Content](t *testing.T, contents *rapid.Generator[C], parse func(string) (C, error)) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		want := contents.Draw(t, "content")
		text, err := promptfile.Format(want)
		if err != nil {
			t.Fatalf("format: %v", err)
		}
		got, err := parse(text)
		if err != nil {
			t.Fatalf("parse: %v\n%s", err, text)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("what comes back (-want +got):\n%s\n%s", d, text)
		}
	})
}

func TestParseToolReversesFormatTool(t *testing.T) {
	reverses(t, rapid.Custom(func(t *rapid.T) *file.Tool {
		return &file.Tool{
			Function:    optional(t, "function", tools()),
			SourceCode:  texts().Draw(t, "source_code"),
			SetupValues: objects(t, "setup_values"),
			Attributes:  objects(t, "attributes"),
			Type:        rapid.SampledFrom([]file.ToolType{"", file.PythonTool, file.SnippetTool}).Draw(t, "tool_type"),
		}
	}), promptfile.Parse[file.Tool])
}

func TestParseEvaluatorReversesFormatEvaluator(t *testing.T) {
	types := []file.EvaluatorType{file.LLMEvaluator, file.PythonEvaluator, file.HumanEvaluator, file.ExternalEvaluator}
	bounds := rapid.Float64Range(-1e9, 1e9)
	reverses(t, rapid.Custom(func(t *rapid.T) *file.Evaluator {
		e := &file.Evaluator{
			Type:          rapid.SampledFrom(types).Draw(t, "evaluator_type"),
			ArgumentsType: texts().Draw(t, "arguments_type"),
			ReturnType:    rapid.SampledFrom([]file.ReturnType{file.ReturnsBoolean, file.ReturnsText}).Draw(t, "return_type"),
			Attributes:    objects(t, "attributes"),
			Options: several(t, "options", rapid.Custom(func(t *rapid.T) file.Option {
				return file.Option{Name: texts().Draw(t, "name"), Valence: texts().Draw(t, "valence")}
			})),
			NumberValence: texts().Draw(t, "number_valence"),
			Code:          texts().Draw(t, "code"),
			Instructions:  texts().Draw(t, "instructions"),
		}
		if rapid.Bool().Draw(t, "has prompt") {
			e.Prompt = prompts().Draw(t, "prompt")
		}
		if rapid.Bool().Draw(t, "has limits") {
			e.NumberLimits = &file.NumberLimits{Min: optional(t, "min", bounds), Max: optional(t, "max", bounds), Step: optional(t, "step", bounds)}
		}
		return e
	}), promptfile.Parse[file.Evaluator])
}

func TestParseFlowReversesFormatFlow(t *testing.T) {
	reverses(t, rapid.Custom(func(t *rapid.T) *file.Flow {
		return &file.Flow{Attributes: objects(t, "attributes")}
	}), promptfile.Parse[file.Flow])
}

func TestParseDatasetReversesFormatDataset(t *testing.T) {
	values := rapid.MapOfN(texts(), texts(), 1, 3)
	point := rapid.Custom(func(t *rapid.T) file.Datapoint {
		d := file.Datapoint{Messages: several(t, "messages", messages())}
		if rapid.Bool().Draw(t, "has inputs") {
			d.Inputs = values.Draw(t, "inputs")
		}
		if target := objects(t, "target"); string(target) != "{}" {
			d.Target = target
		}
		return d
	})
	reverses(t, rapid.Custom(func(t *rapid.T) *promptfile.Dataset {
		return &promptfile.Dataset{Attributes: objects(t, "attributes"), Datapoints: several(t, "datapoints", point)}
	}), promptfile.Parse[promptfile.Dataset])
}

// A Dataset is known by its datapoints, not by their order, nor how often they stand there.
func TestVersionOfADataset(t *testing.T) {
	version := func(lines string) file.Dataset {
		t.Helper()
		d, err := promptfile.Parse[promptfile.Dataset]("---\n---\n" + lines)
		if err != nil {
			t.Fatal(err)
		}
		v, err := d.Version()
		if err != nil {
			t.Fatal(err)
		}
		return *v
	}
	const a, b = `{"inputs": {"x": "1"}, "target": {"y": [1, 2.0]}}`, `{"messages": [{"role": "user", "content": "Hi"}]}`
	want := version(a + "\n" + b)
	if want.Count != 2 || want.Fingerprint == version(a).Fingerprint {
		t.Errorf("two datapoints are %+v", want)
	}
	if d := cmp.Diff(want, version("\n"+b+"\r\n  \n"+b+"\n"+`{"target": {"y": [1, 2.0]}, "inputs": {"x": "1"}}`)); d != "" {
		t.Errorf("in another order (-want +got):\n%s", d)
	}
}

// The files as people see them.
func TestFormatOfOtherKinds(t *testing.T) {
	write := func(text string, err error) string {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
		return text
	}
	function := &llm.Tool{Name: "weather", Description: "Tells the weather."}
	judge := &file.Prompt{Model: "gpt-4o", Template: &file.PromptTemplate{Messages: []llm.Message{says(llm.User, "Is {{log.output}} polite?")}}}
	for _, c := range []struct{ name, got, want string }{
		{
			"a tool with code", write(promptfile.Format(&file.Tool{Function: function, SourceCode: "def weather(city):\n    return \"sun\"\n"})),
			"---\nfunction: {\n  \"name\": \"weather\",\n  \"description\": \"Tells the weather.\"\n}\n---\n\ndef weather(city):\n    return \"sun\"\n\n",
		},
		{"a tool of code that is blank", write(promptfile.Format(&file.Tool{SourceCode: " "})), "---\nsource_code: \" \"\n---\n"},
		{"a flow", write(promptfile.Format(&file.Flow{Attributes: json.Value(`{"a":1}`)})), "---\nattributes: {\n  \"a\": 1\n}\n---\n"},
		{"an empty flow", write(promptfile.Format(&file.Flow{})), "---\n---\n"},
		{
			"code that judges", write(promptfile.Format(&file.Evaluator{Type: "python", ArgumentsType: "target_free", ReturnType: "boolean", Code: "def f(log): return True"})),
			"---\nevaluator_type: python\narguments_type: target_free\nreturn_type: boolean\n---\n\ndef f(log): return True\n",
		},
		{
			"a model that judges", write(promptfile.Format(&file.Evaluator{Type: "llm", ArgumentsType: "target_free", ReturnType: "boolean", Prompt: judge})),
			"---\nevaluator_type: llm\narguments_type: target_free\nreturn_type: boolean\nprompt: {\n  \"model\": \"gpt-4o\"\n}\n---\n\n<user>\n  Is {{log.output}} polite?\n</user>\n",
		},
		{
			"a person who judges", write(promptfile.Format(&file.Evaluator{Type: "human", ArgumentsType: "target_free", ReturnType: "text", Instructions: "<user> first"})),
			"---\nevaluator_type: human\narguments_type: target_free\nreturn_type: text\n---\n\n<user> first\n",
		},
		{
			"a dataset", write(promptfile.Format(&promptfile.Dataset{Attributes: json.Value(`{"a":1}`), Datapoints: []file.Datapoint{
				{Inputs: map[string]string{"b": "\n", "a": "é"}, Target: json.Value("{\n\"x\": 1\n}")}, {},
			}})),
			"---\nattributes: {\n  \"a\": 1\n}\n---\n\n{\"inputs\":{\"a\":\"é\",\"b\":\"\\n\"},\"target\":{\"x\":1}}\n{}\n",
		},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
	if judge.Template == nil {
		t.Error("writing changed the content")
	}
}

func TestErrorsOfOtherKinds(t *testing.T) {
	fault := func(_ any, err error) error { return err }
	const spec = "---\nevaluator_type: external\narguments_type: target_free\nreturn_type: text\n---\n"
	for _, c := range []struct {
		name    string
		err     error
		param   string
		message string
	}{
		{"an empty tool file", fault(promptfile.Parse[file.Tool]("")), "tool", "The tool file is wrong at line 1, column 1: the text is empty"},
		{"a mistyped name", fault(promptfile.Parse[file.Tool]("---\nfunktion: {}\n---\n")), "tool", `line 2, column 1: there is no "funktion" here; the names are attributes, function,`},
		{"a mistyped name within", fault(promptfile.Parse[file.Tool]("---\nfunction: {nam: a}\n---\n")), "tool", `line 2, column 12: there is no "nam" here`},
		{"code twice", fault(promptfile.Parse[file.Tool]("---\nsource_code: a\n---\n\n  b\n")), "tool", "line 5, column 3: the header has this text already"},
		{"a flow with text", fault(promptfile.Parse[file.Flow]("---\n---\na\n")), "flow", "line 3, column 1: nothing may follow this header"},
		{"a flow of a list", fault(promptfile.Parse[file.Flow]("---\n- a\n---\n")), "flow", "line 2, column 1: the header must be a list of names and values"},
		{"an evaluator that is elsewhere", fault(promptfile.Parse[file.Evaluator](spec + "code")), "evaluator", "line 6, column 1: nothing may follow this header"},
		{"a judge without prompt", fault(promptfile.Parse[file.Evaluator]("---\nevaluator_type: llm\n---\n<user>a</user>")), "evaluator", "line 4, column 1: nothing may follow this header"},
		{"a judge with a bad template", fault(promptfile.Parse[file.Evaluator]("---\nevaluator_type: llm\nprompt: {model: m}\n---\n<user>a")), "evaluator", "line 5, column 1: <user> has no end"},
		{"a mistyped name of a judge", fault(promptfile.Parse[file.Evaluator]("---\nevaluator_type: llm\nprompt: {modl: m}\n---\n")), "evaluator", `line 3, column 10: there is no "modl" here`},
		{"a line that is no JSON", fault(promptfile.Parse[promptfile.Dataset]("---\n---\n{}\n  {\"inputs\" {}}\n")), "dataset", "line 4, column 13: the line is not one JSON object"},
		{"a line of two", fault(promptfile.Parse[promptfile.Dataset]("---\n---\n{} {}\n")), "dataset", "line 3, column 4: the line is not one JSON object"},
		{"a line of a list", fault(promptfile.Parse[promptfile.Dataset]("---\n---\n[]\n")), "dataset", "line 3, column 1: each line must be a datapoint"},
		{"a line of null", fault(promptfile.Parse[promptfile.Dataset]("---\n---\nnull\n")), "dataset", "line 3, column 1: each line must be a datapoint"},
		{"a mistyped name in a line", fault(promptfile.Parse[promptfile.Dataset]("---\n---\n{\"input\": {}}\n")), "dataset", `line 3, column 1: a datapoint has no "input"; the names are inputs, messages, target`},
		{"a wrong type in a line", fault(promptfile.Parse[promptfile.Dataset]("---\n---\n{\"inputs\": {\"a\": 1}}\n")), "dataset", "line 3, column 1: inputs.a has the wrong type"},
		{"a target that is no object", fault(promptfile.Parse[promptfile.Dataset]("---\n---\n{\"target\": 1}\n")), "dataset", "line 3, column 1: target must be an object"},
		{"a name twice in a line", fault(promptfile.Parse[promptfile.Dataset]("---\n---\n{\"target\": {\"a\": 1, \"a\": 2}}\n")), "dataset", "line 3, column 1: a name is there twice"},
		{"datapoints in the header", fault(promptfile.Parse[promptfile.Dataset]("---\ndatapoints: []\n---\n")), "dataset", `line 2, column 1: there is no "datapoints" here; the names are attributes`},
	} {
		if c.err == nil {
			t.Errorf("%s is no error", c.name)
			continue
		}
		if e := errs.From(c.err); e.Param != c.param || !strings.Contains(e.Message, c.message) {
			t.Errorf("%s: param %q: %s\nwant %s: %s", c.name, e.Param, e.Message, c.param, c.message)
		}
	}
}

// What can be read can be written, and then says the same.
func FuzzParseOtherKinds(f *testing.F) {
	f.Add("---\nfunction: {name: f, description: d}\n---\n\ndef f(): pass\n")
	f.Add("---\nevaluator_type: llm\nprompt: {model: m, template: [{role: user}]}\n---\n")
	f.Add("---\nevaluator_type: python\narguments_type: target_free\nreturn_type: number\nnumber_limits: {min: 0}\n---\n  code")
	f.Add("---\nevaluator_type: human\noptions: [{name: a, valence: positive}]\n---\n\n\ninstructions\n")
	f.Add("---\nattributes: {a: ~}\n---\n \n")
	f.Add("---\n---\n")
	f.Add("---\nattributes: {a: 1}\n---\n{\"inputs\":{\"a\":\"b\"},\"messages\":[{\"role\":\"user\"}],\"target\":{}}\n\n{\"target\":null}\n")
	f.Fuzz(func(t *testing.T, text string) {
		comesBack(t, text, promptfile.Parse[file.Tool])
		comesBack(t, text, promptfile.Parse[file.Evaluator])
		comesBack(t, text, promptfile.Parse[file.Flow])
		comesBack(t, text, promptfile.Parse[promptfile.Dataset])
	})
}

func comesBack[C file.Content](t *testing.T, text string, parse func(string) (C, error)) {
	t.Helper()
	c, err := parse(text)
	if err != nil {
		if e := errs.From(err); e.Reason != errs.ValidationFailed && e.Reason != errs.TemplateInvalid {
			t.Fatalf("parse: %v", err)
		}
		return
	}
	out, err := promptfile.Format(c)
	if err != nil {
		t.Fatalf("format: %v", err)
	}
	again, err := parse(out)
	if err != nil {
		t.Fatalf("parse of what was written: %v\n%s", err, out)
	}
	if d := cmp.Diff(canonical(t, c), canonical(t, again)); d != "" {
		t.Errorf("what comes back (-want +got):\n%s\n%s", d, out)
	}
}
