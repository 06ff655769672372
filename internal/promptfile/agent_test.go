package promptfile_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/promptfile"
)

const everyAgent = `---
model: gpt-4o
provider: openai
temperature: 0.7
max_iterations: 5
tools: [
  {
    "type": "inline",
    "json_schema": {
      "name": "weather",
      "description": "Tells the weather.",
      "strict": true,
      "parameters": {
        "type": "object"
      }
    },
    "on_agent_call": "stop"
  },
  {
    "type": "file",
    "link": {
      "file_id": "tl_1",
      "environment_id": "env_1",
      "version_id": "tv_1"
    },
    "on_agent_call": "continue"
  },
  {
    "type": "file",
    "link": {
      "file_id": "pr_1"
    }
  }
]
---

<system>
  Be kind.
</system>
`

func agent() *file.Agent {
	return &file.Agent{
		Prompt: file.Prompt{
			Model: "gpt-4o", Provider: "openai", Temperature: new(0.7),
			Template: &file.PromptTemplate{Messages: []llm.Message{says(llm.System, "Be kind.")}},
		},
		MaxIterations: new(5),
		Tools: []file.AgentTool{
			{
				Inline:      &llm.Tool{Name: "weather", Description: "Tells the weather.", Strict: true, Parameters: json.Value(`{"type":"object"}`)},
				OnAgentCall: file.StopOnCall,
			},
			{Link: &file.Link{FileID: "tl_1", EnvironmentID: "env_1", VersionID: "tv_1"}, OnAgentCall: file.ContinueOnCall},
			{Link: &file.Link{FileID: "pr_1"}},
		},
	}
}

func TestFormatAgentWritesEveryField(t *testing.T) {
	for field, value := range reflect.ValueOf(*agent()).Fields() {
		if value.IsZero() {
			t.Errorf("the test has no %s", field.Name)
		}
	}
	got, err := promptfile.Format(agent())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(everyAgent, got); d != "" {
		t.Errorf("FormatAgent (-want +got):\n%s", d)
	}
}

func TestFormatOfAnAgentWithAModelAlone(t *testing.T) {
	got, err := promptfile.Format(&file.Agent{Prompt: file.Prompt{Model: "gpt-4o"}})
	if want := "---\nmodel: gpt-4o\n---\n"; err != nil || got != want {
		t.Errorf("FormatAgent = %q, %v, want %q", got, err, want)
	}
}

func TestFormatAgentNeedsAModel(t *testing.T) {
	out, err := promptfile.Format(&file.Agent{})
	if e := errs.From(err); out != "" || e.Reason != errs.ValidationFailed || e.Param != "agent" || !strings.Contains(e.Message, "This Agent cannot be written as a file") {
		t.Errorf("FormatAgent = %q, %v", out, err)
	}
}

// A member that is null is none, in tools as well.
func TestParseAgentTakesNullAsAbsent(t *testing.T) {
	got, err := promptfile.Parse[file.Agent]("---\nmodel: m\ntools:\n  - type: file\n    link: {file_id: tl_1, version_id: null}\n    json_schema: null\n    on_agent_call: ~\n---\n")
	if err != nil {
		t.Fatal(err)
	}
	want := &file.Agent{Prompt: file.Prompt{Model: "m"}, Tools: []file.AgentTool{{Link: &file.Link{FileID: "tl_1"}}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("ParseAgent (-want +got):\n%s", d)
	}
}

// A function may stand among the tools as in a Prompt.
func TestParseAgentTakesFunctions(t *testing.T) {
	got, err := promptfile.Parse[file.Agent]("---\nmodel: m\ntools: [{\"name\": \"a\", \"on_agent_call\": \"stop\", \"parameters\": {}}, {name: b, strict: true}]\n---\n")
	if err != nil {
		t.Fatal(err)
	}
	want := &file.Agent{Prompt: file.Prompt{Model: "m"}, Tools: []file.AgentTool{
		{Inline: &llm.Tool{Name: "a", Parameters: json.Value("{}")}, OnAgentCall: file.StopOnCall}, {Inline: &llm.Tool{Name: "b", Strict: true}},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("ParseAgent (-want +got):\n%s", d)
	}
}

func TestParseAgentErrors(t *testing.T) {
	tool := func(yaml string) string { return "---\nmodel: m\ntools:\n  - " + yaml + "\n---\n" }
	for _, c := range []struct{ name, text, message string }{
		{"empty", "", "The agent file is wrong at line 1, column 1: the text is empty"},
		{"no model", "---\nmax_iterations: 1\n---\n", "line 2, column 1: the header needs a model"},
		{"linked tools", "---\nmodel: m\nlinked_tools: [tl_1]\n---\n", `line 3, column 1: there is no "linked_tools" here; the names are attributes, endpoint,`},
		{"a wrong type", "---\nmodel: m\nmax_iterations: many\n---\n", "line 3, column 17: max_iterations has the wrong type"},
		{"a mistyped name of a function", tool("{name: weather, link: {}}"), `line 4, column 21: there is no "link" here; the names are description, name, parameters, strict`},
		{"a mistyped name of a tool", tool("{type: file, lnk: {}}"), `line 4, column 18: there is no "lnk" here; the names are json_schema, link, on_agent_call, type`},
		{"a mistyped name in a tool", tool("{type: file, link: {file: tl_1}}"), `line 4, column 25: there is no "file" here; the names are environment_id, file_id, version_id`},
		{"a mistyped name in a schema", tool("{type: inline, json_schema: {nam: a}}"), `line 4, column 34: there is no "nam" here`},
		{"no type", tool("{link: {file_id: tl_1}}"), "line 4, column 5: a tool needs a type, which is inline or file"},
		{"another type", tool("{type: web}"), "line 4, column 5: a tool needs a type"},
		{"a wrong type of a tool", tool("{type: file, link: tl_1}"), "line 4, column 24: tools.0.link has the wrong type"},
		{"no tool", tool("weather"), "line 4, column 5: tools.0 has the wrong type"},
		{"inline without schema", tool("{type: inline}"), "needs a json_schema with a name"},
		{"inline without name", tool("{type: inline, json_schema: {description: a}}"), "needs a json_schema with a name"},
		{"inline with link", tool("{type: inline, json_schema: {name: a}, link: {file_id: tl_1}}"), "a tool of type inline has no link"},
		{"file without link", tool("{type: file}"), "needs a link with a file_id"},
		{"file without id", tool("{type: file, link: {version_id: tv_1}}"), "needs a link with a file_id"},
		{"file with schema", tool("{type: file, link: {file_id: tl_1}, json_schema: {name: a}}"), "a tool of type file has no json_schema"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := promptfile.Parse[file.Agent](c.text)
			if err == nil {
				t.Fatalf("ParseAgent = %+v, want an error", a)
			}
			e := errs.From(err)
			if e.Reason != errs.ValidationFailed || e.Param != "agent" || !strings.Contains(e.Message, c.message) {
				t.Errorf("ParseAgent: %s, param %q: %s\nwant param agent: %s", e.Reason, e.Param, e.Message, c.message)
			}
		})
	}
}

// What can be read can be written, and then says the same.
func FuzzParseAgent(f *testing.F) {
	f.Add(everyAgent)
	f.Add("---\nmodel: m\nmax_iterations: 0\ntools: []\n---\nComplete {{this}}\n")
	f.Add("---\nmodel: m\ntools: [{type: file, link: {file_id: a}, json_schema: ~}]\n---\n<user>\n<text>a</text><image url=\"b\"/></user>")
	f.Add("---\nmodel: m\ntools: [{name: a, on_agent_call: stop}, {name: [b]}]\n---\n")
	f.Add("---\nmodel: m\ntools: [{type: inline, json_schema: {name: a, strict: null}, link: null}, null]\n---\n")
	f.Fuzz(func(t *testing.T, text string) { comesBack(t, text, promptfile.Parse[file.Agent]) })
}
