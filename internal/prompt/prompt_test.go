package prompt_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/prompt"
	"github.com/openloop-server/openloop/internal/tmpl"
)

// compile reads a Prompt's content from JSON, as callers send it.
func compile(t *testing.T, content string) (*prompt.Compiled, error) {
	t.Helper()
	var p file.Prompt
	if err := json.Unmarshal([]byte(content), &p); err != nil {
		t.Fatal(err)
	}
	return prompt.Compile(p)
}

func inputs(t *testing.T, raw string) tmpl.Inputs {
	t.Helper()
	in, err := tmpl.DecodeInputs([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestRender(t *testing.T) {
	user := func(c llm.Content) llm.Message { return llm.Message{Role: llm.User, Content: c} }
	image := func(url, detail string) llm.Part {
		return llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: url, Detail: detail}}
	}
	for name, test := range map[string]struct {
		content, inputs string
		want            prompt.Rendered
		variables       []string
	}{
		"no template":        {`{"model": "m"}`, `{}`, prompt.Rendered{}, nil},
		"a text":             {`{"model": "m", "template": "a {{x}} b"}`, `{"x": "y"}`, prompt.Rendered{Text: "a y b"}, []string{"x"}},
		"an empty list":      {`{"model": "m", "template": []}`, `{}`, prompt.Rendered{}, nil},
		"messages":           {`{"model": "m", "template": [{"role": "user", "content": "{{b}}{{a}}"}, {"role": "user", "content": "{{ a }}"}]}`, `{"a": "1", "b": 2}`, prompt.Rendered{Messages: []llm.Message{user(llm.Text("21")), user(llm.Text("1"))}}, []string{"b", "a"}},
		"values are no code": {`{"model": "m", "template": "{{a}}"}`, `{"a": "{{b}}"}`, prompt.Rendered{Text: "{{b}}"}, []string{"a"}},
		"parts": {
			`{"model": "m", "template": [{"role": "user", "content": [{"type": "text", "text": "{{a}}"}, {"type": "image_url", "image_url": {"url": "https://{{h}}/x", "detail": "low"}}]}]}`,
			`{"a": "see", "h": "example.com"}`,
			prompt.Rendered{Messages: []llm.Message{user(llm.Parts(llm.Part{Type: llm.TextPart, Text: "see"}, image("https://example.com/x", "low")))}},
			[]string{"a", "h"},
		},
		"the rest of a message": {
			`{"model": "m", "template": [{"role": "assistant", "name": "n", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{{a}}"}}]}, {"role": "tool", "tool_call_id": "c", "content": ""}]}`,
			`{}`,
			prompt.Rendered{Messages: []llm.Message{
				{Role: llm.Assistant, Name: "n", ToolCalls: []llm.ToolCall{{ID: "c", Type: "function", Function: llm.FunctionCall{Name: "f", Arguments: "{{a}}"}}}},
				{Role: llm.ToolRole, ToolCallID: "c", Content: llm.Text("")},
			}},
			nil,
		},
		"jinja": {`{"model": "m", "template_language": "jinja", "template": "{% for x in xs %}{{ x }},{% endfor %}"}`, `{"xs": [1, 2.50, "z"]}`, prompt.Rendered{Text: "1,2.5,z,"}, []string{"xs"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := compile(t, test.content)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Render(t.Context(), inputs(t, test.inputs))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if d := cmp.Diff(test.variables, c.Variables(), cmpopts.EquateEmpty()); d != "" {
				t.Errorf("variables (-want +got):\n%s", d)
			}
		})
	}
}

// TestRenderSharesNothing changes what was rendered, and renders again.
func TestRenderSharesNothing(t *testing.T) {
	c, err := compile(t, `{"model": "m", "template": [{"role": "user", "content": [{"type": "text", "text": "{{a}}"}, {"type": "image_url", "image_url": {"url": "{{a}}"}}]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	first, _ := c.Render(t.Context(), tmpl.Inputs{"a": "1"})
	second, _ := c.Render(t.Context(), tmpl.Inputs{"a": "2"})
	first.Messages[0].Content.Parts[0].Text, first.Messages[0].Content.Parts[1].ImageURL.URL = "x", "x"
	parts := second.Messages[0].Content.Parts
	if parts[0].Text != "2" || parts[1].ImageURL.URL != "2" || c.Content.Template.Messages[0].Content.Parts[1].ImageURL.URL != "{{a}}" {
		t.Errorf("%+v of %+v", second, c.Content.Template)
	}
}

// TestMissingInputsAreOneError collects them over all messages and parts, sorted.
func TestMissingInputsAreOneError(t *testing.T) {
	c, err := compile(t, `{"model": "m", "template": [{"role": "system", "content": "{{z}} {{a}} {{given}}"}, {"role": "user",
		"content": [{"type": "text", "text": "{{m}} {{z}}"}, {"type": "image_url", "image_url": {"url": "{{u}}"}}]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Render(t.Context(), inputs(t, `{"given": "", "m": null}`))
	want := &errs.Error{Reason: errs.MissingInputs, Message: "The template needs inputs that the call does not give: a, m, u, z."}
	for _, name := range []string{"a", "m", "u", "z"} {
		want.Violations = append(want.Violations, errs.Violation{
			Loc: []any{name}, Param: name, Message: "This input is missing.", Type: "missing",
		})
	}
	if d := cmp.Diff(want, errs.From(err)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestFaultsOfTemplatesNameTheirPlaces lists all at once.
func TestFaultsOfTemplatesNameTheirPlaces(t *testing.T) {
	for content, want := range map[string][][]any{
		`"{% if %}"`: {{"template"}},
		`[{"role": "user", "content": "{{ x }}"}, {"role": "user", "content": "{{ x"}]`: {{"template", 1, "content"}},
		`[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "{{"}}, {"type": "text", "text": "{%"}]}]`: {
			{"template", 0, "content", 0, "image_url", "url"}, {"template", 0, "content", 1, "text"},
		},
	} {
		_, err := compile(t, `{"model": "m", "template_language": "jinja", "template": `+content+`}`)
		e, ok := errors.AsType[*errs.Error](err)
		if !ok || e.Reason != errs.TemplateInvalid || e.Param != e.Violations[0].Param || !strings.Contains(e.Message, "line 1") {
			t.Fatalf("%s: %v", content, err)
		}
		var got [][]any
		for _, v := range e.Violations {
			got = append(got, v.Loc)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", content, d)
		}
	}
}

// TestRenderingCanFail for reasons that are the caller's.
func TestRenderingCanFail(t *testing.T) {
	for _, template := range []string{"{{ 1 + x }}", "{{ x.y.z }}", "{% for i in range(100000000) %}{{ x }}{% endfor %}"} {
		c, err := compile(t, `{"model": "m", "template_language": "jinja", "template": "`+template+`"}`)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Render(t.Context(), tmpl.Inputs{"x": "a"}); !errs.Is(err, errs.TemplateInvalid) {
			t.Errorf("%s: %v", template, err)
		}
	}
}

// TestRenderingEndsWithItsContext gives the context's own error.
func TestRenderingEndsWithItsContext(t *testing.T) {
	c, err := compile(t, `{"model": "m", "template_language": "jinja", "template": "{% for i in range(900) %}{% for j in range(900) %}x{% endfor %}{% endfor %}"}`)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Render(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// TestLargeInputs renders a picture of several megabytes.
func TestLargeInputs(t *testing.T) {
	c, err := compile(t, `{"model": "m", "template": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "{{picture}}"}}]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	url := "data:image/png;base64," + strings.Repeat("A", 8<<20)
	got, err := c.Render(t.Context(), tmpl.Inputs{"picture": url})
	if err != nil || got.Messages[0].Content.Parts[0].ImageURL.URL != url {
		t.Errorf("the picture is lost: %v", err)
	}
}
