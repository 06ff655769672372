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

func chat(messages ...llm.Message) *file.Prompt {
	return &file.Prompt{Model: "m", Template: &file.PromptTemplate{Messages: messages}}
}

func plain(text string) *file.Prompt {
	return &file.Prompt{Model: "m", Template: &file.PromptTemplate{Text: text}}
}

func says(role llm.Role, text string) llm.Message {
	return llm.Message{Role: role, Content: llm.Text(text)}
}

func image(url string) llm.Part {
	return llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: url}}
}

func text(s string) llm.Part { return llm.Part{Type: llm.TextPart, Text: s} }

// Each body follows the header `model: m`.
func TestParseTemplates(t *testing.T) {
	weather := llm.ToolCall{ID: "call_1", Type: "function", Function: llm.FunctionCall{Name: "weather", Arguments: "{\n  \"city\": \"Rome\"\n}"}}
	for _, c := range []struct {
		name, body string
		want       *file.Prompt
	}{
		{"nothing", "", &file.Prompt{Model: "m"}},
		{"only blank lines", "\n  \n", &file.Prompt{Model: "m"}},
		{"plain text right after the header", "Complete this.\n\n{{text}}\n", plain("Complete this.\n\n{{text}}")},
		{"plain text after an empty line", "\n  indented\n\n", plain("  indented\n")},
		{"plain text that begins like a message", `\<user> said`, plain("<user> said")},
		{"indented", "<system>\n  Be kind.\n    Always.\n\n  Really.\n</system>\n", chat(says(llm.System, "Be kind.\n  Always.\n\nReally."))},
		{"not indented", "\n<system>\nBe kind.\n  Always.\n\nReally.\n</system>\n", chat(says(llm.System, "Be kind.\n  Always.\n\nReally."))},
		{"on one line", "<user> Hi </user><assistant>Hello</assistant>", chat(says(llm.User, "Hi"), says(llm.Assistant, "Hello"))},
		{"text beside its tags", "<user>one\n  two\n  three</user>", chat(says(llm.User, "one\ntwo\nthree"))},
		{"no content and no text", "<assistant/>\n<user></user>", chat(llm.Message{Role: llm.Assistant}, says(llm.User, ""))},
		{"named", `<user name="Ann \"A\" O'Hara">Hi</user>`, chat(llm.Message{Role: llm.User, Name: `Ann "A" O'Hara`, Content: llm.Text("Hi")})},
		{"named in single quotes", `<user name='C:\new "x"'>Hi</user>`, chat(llm.Message{Role: llm.User, Name: `C:\new "x"`, Content: llm.Text("Hi")})},
		{"foreign tags are text", "<system>\n  <rules>a &lt; b</rules> <users>\n</system>", chat(says(llm.System, "<rules>a &lt; b</rules> <users>"))},
		{"tags that cannot be meant are text", "<user>write <text> and <thinking>…</thinking></user>", chat(says(llm.User, "write <text> and <thinking>…</thinking>"))},
		{"escaped tags are text", `<user>\<user> \</user> \\<text></user>`, chat(says(llm.User, `<user> </user> \<text>`))},
		{"a tool call is text in what a user says", `<user>write <tool name="a" id="b"></user>`, chat(says(llm.User, `write <tool name="a" id="b">`))},
		{
			"text and images",
			"<user>\n  <text>\n    What is in\n      these?\n  </text>\n  <image url=\"https://x.example/a.png\" />\n  <image url='{{image}}' detail=\"low\"/>\n</user>",
			chat(llm.Message{Role: llm.User, Content: llm.Parts(text("What is in\n  these?"), image("https://x.example/a.png"),
				llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "{{image}}", Detail: "low"}})}),
		},
		{
			"bare text beside an image",
			"<user>\n  What is this?\n  <image url=\"a\"/>\n</user>",
			chat(llm.Message{Role: llm.User, Content: llm.Parts(text("What is this?"), image("a"))}),
		},
		{
			"a tool call and its result",
			"<assistant>\n  <tool name=\"weather\" id=\"call_1\">\n    {\n      \"city\": \"Rome\"\n    }\n  </tool>\n</assistant>\n\n<tool name=\"weather\" id=\"call_1\">\n  Sunny.\n</tool>",
			chat(llm.Message{Role: llm.Assistant, ToolCalls: []llm.ToolCall{weather}},
				llm.Message{Role: llm.ToolRole, Name: "weather", ToolCallID: "call_1", Content: llm.Text("Sunny.")}),
		},
		{
			"bare text beside a tool call",
			"<assistant>\nLet me see.\n<tool name=\"a\" id=\"b\"/>\n</assistant>",
			chat(llm.Message{Role: llm.Assistant, Content: llm.Text("Let me see."), ToolCalls: []llm.ToolCall{
				{ID: "b", Type: "function", Function: llm.FunctionCall{Name: "a"}},
			}}),
		},
		{
			"thinking",
			"<assistant>\n  <thinking signature=\"s\">\n    Hm.\n  </thinking>\n  <thinking data=\"d\"/>\n  <text>\n    Yes.\n  </text>\n</assistant>",
			chat(llm.Message{Role: llm.Assistant, Content: llm.Text("Yes."), Thinking: []llm.Thinking{
				{Type: llm.ThinkingBlock, Thinking: "Hm.", Signature: "s"}, {Type: llm.RedactedThinkingBlock, Data: "d"},
			}}),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := promptfile.Parse[file.Prompt]("---\nmodel: m\n---\n" + c.body)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("Parse (-want +got):\n%s", d)
			}
		})
	}
}

const everything = `---
model: gpt-4o
provider: openai
endpoint: chat
temperature: 0.7
max_tokens: -1
top_p: 1
stop: [
  "END",
  "\n"
]
presence_penalty: 0
frequency_penalty: -0.5
seed: 7
reasoning_effort: high
response_format: {
  "type": "json_schema",
  "json_schema": {
    "name": "answer",
    "schema": {
      "type": "object"
    }
  }
}
other: {
  "service_tier": "flex",
  "big": 12345678901234567890
}
tools: [
  {
    "name": "weather",
    "description": "Tells the weather.",
    "strict": true,
    "parameters": {
      "type": "object"
    }
  }
]
linked_tools: [
  "tl_1"
]
attributes: {
  "team": "a\u2028b"
}
template_language: jinja
fallbacks: [
  {
    "provider": "anthropic",
    "model": "claude-sonnet-4-5"
  }
]
max_retries: 2
---

<system>
  Be kind.
</system>

<user name="Ann">
  <text>
    See \<user> here.
  </text>
  <image url="https://x.example/a.png" detail="low" />
</user>
`

func everythingPrompt() *file.Prompt {
	return &file.Prompt{
		Model: "gpt-4o", Provider: "openai", Endpoint: llm.Chat, Temperature: new(0.7), MaxTokens: new(-1), TopP: new(1.0),
		Stop: llm.Stop{Sequences: []string{"END", "\n"}}, PresencePenalty: new(0.0), FrequencyPenalty: new(-0.5), Seed: new(int64(7)),
		ReasoningEffort: llm.Effort{Level: "high"},
		ResponseFormat:  &llm.ResponseFormat{Type: "json_schema", JSONSchema: json.Value(`{"name":"answer","schema":{"type":"object"}}`)},
		Other:           json.Value(`{"service_tier":"flex","big":12345678901234567890}`),
		Tools: []llm.Tool{{
			Name: "weather", Description: "Tells the weather.", Strict: true, Parameters: json.Value(`{"type":"object"}`),
		}},
		LinkedTools: []string{"tl_1"}, Attributes: json.Value(`{"team":"a` + "\u2028" + `b"}`), TemplateLanguage: "jinja",
		MaxRetries: new(2), Fallbacks: []file.Fallback{{Provider: "anthropic", Model: "claude-sonnet-4-5"}},
		Template: &file.PromptTemplate{Messages: []llm.Message{
			says(llm.System, "Be kind."),
			{Role: llm.User, Name: "Ann", Content: llm.Parts(text("See <user> here."), llm.Part{
				Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "https://x.example/a.png", Detail: "low"},
			})},
		}},
	}
}

func TestFormatWritesEveryField(t *testing.T) {
	for field, value := range reflect.ValueOf(*everythingPrompt()).Fields() {
		if value.IsZero() {
			t.Errorf("the test has no %s", field.Name)
		}
	}
	got, err := promptfile.Format(everythingPrompt())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(everything, got); d != "" {
		t.Errorf("Format (-want +got):\n%s", d)
	}
}

func TestParseTakesWindowsLineEnds(t *testing.T) {
	got, err := promptfile.Parse[file.Prompt]("\ufeff" + strings.ReplaceAll(everything, "\n", "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(everythingPrompt(), got); d != "" {
		t.Errorf("Parse (-want +got):\n%s", d)
	}
}

func TestFormatOfAModelAlone(t *testing.T) {
	got, err := promptfile.Format(&file.Prompt{Model: "gpt-4o"})
	if want := "---\nmodel: gpt-4o\n---\n"; err != nil || got != want {
		t.Errorf("Format = %q, %v, want %q", got, err, want)
	}
}

// What no element can say is in the header, and still comes back.
func TestFormatPutsUnusualTemplatesIntoTheHeader(t *testing.T) {
	for name, p := range map[string]*file.Prompt{
		"an empty text":      plain(""),
		"only blanks":        plain(" \n"),
		"no messages":        chat([]llm.Message{}...),
		"no parts":           chat(llm.Message{Role: llm.User, Content: llm.Parts([]llm.Part{}...)}),
		"an unknown role":    chat(says("critic", "No.")),
		"an unknown part":    chat(llm.Message{Role: llm.User, Content: llm.Parts(llm.Part{Type: "audio", Text: "x"})}),
		"a user's tool call": chat(llm.Message{Role: llm.User, ToolCalls: []llm.ToolCall{{ID: "a", Type: "function"}}}),
		"another tool type":  chat(llm.Message{Role: llm.Assistant, ToolCalls: []llm.ToolCall{{ID: "a", Type: "custom"}}}),
		"other thinking":     chat(llm.Message{Role: llm.Assistant, Thinking: []llm.Thinking{{Type: "other", Data: "d"}}}),
	} {
		t.Run(name, func(t *testing.T) {
			// A chat of no messages has a list that is empty, not nil.
			if p.Template.Messages != nil && len(p.Template.Messages) == 0 {
				p.Template.Messages = []llm.Message{}
			}
			out, err := promptfile.Format(p)
			if err != nil || !strings.Contains(out, "\ntemplate: ") {
				t.Fatalf("Format = %q, %v", out, err)
			}
			got, err := promptfile.Parse[file.Prompt](out)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(p, got); d != "" {
				t.Errorf("Parse(Format(p)) (-want +got):\n%s", d)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	const header = "---\nmodel: m\n---\n"
	for _, c := range []struct {
		name, text string
		reason     errs.Reason
		message    string
	}{
		{"empty", " \n", errs.ValidationFailed, "line 1, column 1: the text is empty"},
		{"no header", "\nmodel: m\n", errs.ValidationFailed, "line 2, column 1: expected a line ---"},
		{"open header", "---\nmodel: m\n", errs.ValidationFailed, "line 1, column 1: the header that begins here is not ended"},
		{"not UTF-8", "---\nmodel: \xff\n---\n", errs.ValidationFailed, "not valid UTF-8"},
		{"no model", "---\n# none\n---\n", errs.ValidationFailed, "needs a model"},
		{"an empty model", "---\nmodel: ''\n---\n", errs.ValidationFailed, "needs a model"},
		{"a list", "---\n- model\n---\n", errs.ValidationFailed, "line 2, column 1: the header must be a list of names"},
		{"bad YAML", "\n---\nmodel: m\ntop_p: [1\n---\n", errs.ValidationFailed, "line 5, column 1: the YAML cannot be read"},
		{"a mistyped name", "---\nmodel: m\ntemprature: 1\n---\n", errs.ValidationFailed, `line 3, column 1: there is no "temprature" here; the names are attributes,`},
		{"a mistyped name of a tool", "---\nmodel: m\ntools: [{name: a, params: {}}]\n---\n", errs.ValidationFailed, `line 3, column 19: there is no "params" here`},
		{"a tool without a name", "---\nmodel: m\ntools: [{description: a}]\n---\n", errs.ValidationFailed, "line 3, column 9: a tool needs a name"},
		{"a name twice", "---\nmodel: m\nmodel: n\n---\n", errs.ValidationFailed, `line 3, column 1: the name "model" is there twice`},
		{"a wrong type", "---\nmodel: m\nmax_tokens: many\n---\n", errs.ValidationFailed, "line 3, column 13: max_tokens has the wrong type"},
		{"a wrong type within", "---\nmodel: m\ntools:\n  - name: a\n    strict: 3\n---\n", errs.ValidationFailed, "line 5, column 13: tools.0.strict has the wrong type"},
		{"no number of JSON", "---\nmodel: m\ntop_p: .inf\n---\n", errs.ValidationFailed, `line 3, column 8: ".inf" is no number`},
		{"an alias", "---\nmodel: &m a\nprovider: *m\n---\n", errs.ValidationFailed, "line 2, column 8: anchors and aliases"},
		{"a tag", "---\nmodel: !!binary aGk=\n---\n", errs.ValidationFailed, "line 2, column 8: tags cannot be used"},
		{"a second document", "---\nmodel: m\n...\nmodel: n\n---\n", errs.ValidationFailed, "line 4, column 1: the header has a second YAML document"},
		{"two templates", "---\nmodel: m\ntemplate: a\n---\nb\n", errs.TemplateInvalid, "line 5, column 1: the header has a template already"},
		{"no end", header + "\n<user>\n  Hi\n</system>\n", errs.TemplateInvalid, "line 5, column 1: <user> has no end </user>"},
		{"no end of a tool call", header + "<assistant>\n  é<tool name=\"a\" id=\"b\">{}\n</assistant>", errs.TemplateInvalid, "line 5, column 4: <tool> has no end </tool>"},
		{"text between messages", header + "<user>Hi</user>\nand\n", errs.TemplateInvalid, "line 5, column 1: expected a message"},
		{"a message in a message", header + "<user>a</user></user>", errs.TemplateInvalid, "line 4, column 15: expected a message"},
		{"an unknown attribute", header + `<user nick="a">Hi</user>`, errs.TemplateInvalid, `<user> has no attribute "nick"`},
		{"a twice given attribute", header + `<user name="a" name="b">Hi</user>`, errs.TemplateInvalid, `<user> has the attribute "name" twice`},
		{"an attribute without value", header + `<user name>Hi</user>`, errs.TemplateInvalid, "line 4, column 7: expected > or an attribute"},
		{"an open quote", header + `<user name="a>Hi</user>`, errs.TemplateInvalid, "line 4, column 7: the value of name has no closing quote"},
		{"a wrong escape", header + `<user name="C:\x">Hi</user>`, errs.TemplateInvalid, "line 4, column 7: the value of name cannot be read"},
		{"an image without URL", header + `<user><image detail="low"/></user>`, errs.TemplateInvalid, "line 4, column 7: <image> needs the attribute url"},
		{"an image with a body", header + `<user><image url="a">b</image></user>`, errs.TemplateInvalid, "<image> holds nothing"},
		{"a tool call without id", header + `<assistant><tool name="a">{}</tool></assistant>`, errs.TemplateInvalid, "<tool> needs the attribute id"},
		{"thinking with data and text", header + `<assistant><thinking data="a">b</thinking></assistant>`, errs.TemplateInvalid, "<thinking> with data"},
		{"text beside text", header + "<user>\n<text>a</text>\nb\n</user>", errs.TemplateInvalid, "line 6, column 1: this text must stand in <text>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := promptfile.Parse[file.Prompt](c.text)
			if err == nil {
				t.Fatalf("Parse = %+v, want an error", p)
			}
			e := errs.From(err)
			if e.Reason != c.reason || e.Param != "prompt" || !strings.Contains(e.Message, c.message) {
				t.Errorf("Parse: %s, param %q: %s\nwant %s, param prompt: %s", e.Reason, e.Param, e.Message, c.reason, c.message)
			}
		})
	}
}

func TestFormatNeedsAModel(t *testing.T) {
	if out, err := promptfile.Format(&file.Prompt{}); !errs.Is(err, errs.ValidationFailed) {
		t.Errorf("Format = %q, %v, want validation_failed", out, err)
	}
}

// What can be read can be written, and then says the same.
func FuzzParse(f *testing.F) {
	f.Add(everything)
	f.Add("---\nmodel: m\n---\nComplete {{this}}\n")
	f.Add("---\nmodel: m\ntools: [{name: a, parameters: {a: [1, 2.50, null, ~, yes]}}]\n---\n<user><text>a</text><image url=\"b\"/></user>")
	f.Add("---\nmodel: m\n---\n<assistant>\n a \n<tool name='b' id=\"c\\n\">{}</tool><thinking data=\"d\"/></assistant>\n<tool id=\"c\">\\<tool></tool>")
	f.Add("\ufeff---\r\nmodel: >-\r\n  m\r\n---\r\n<user>a\r\n  b</user>")
	f.Add("---\nmodel: m\ntemplate: [{role: critic, content: [{type: audio}]}]\nreasoning_effort: 5\nstop: x\n---\n")
	f.Fuzz(func(t *testing.T, text string) { comesBack(t, text, promptfile.Parse[file.Prompt]) })
}

// canonical is a content as JSON, which does not tell absent from null.
func canonical(t *testing.T, p file.Content) string {
	p.Normalize()
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
