package play

import (
	"context"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/prompt"
	"github.com/openloop-server/openloop/internal/tmpl"
)

// filling is what a template is filled with.
type filling struct {
	Inputs   json.Value    `json:"inputs,omitzero" object:"true" doc:"Values of the template's variables."`
	Messages []llm.Message `json:"messages,omitempty" doc:"Messages that follow those of the template."`
}

type promptRender struct {
	promptContent
	filling
}

type agentRender struct {
	agentContent
	filling
}

// Rendered is what a call would send of a template, and what the template needs.
type Rendered struct {
	Messages  []llm.Message `json:"messages,omitzero" doc:"The filled messages, and those of the request. Absent while inputs are missing, and for a text."`
	Text      *string       `json:"text,omitzero" doc:"The filled text of a completion. Absent while inputs are missing, and for messages."`
	Variables []Variable    `json:"variables" doc:"What the template reads, in the order of first use."`
	Calls     []Call        `json:"calls" doc:"The Tools that the template calls. They are not run: where inputs have no value of a call, it stays as it is written."`
	Missing   []string      `json:"missing" doc:"Variables that every call must give and these inputs lack, sorted."`
	Unused    []string      `json:"unused" doc:"Inputs that the template does not read, sorted."`
	Tokens    int           `json:"tokens" doc:"About how many tokens the messages and tools have, from their length; providers count otherwise. While inputs are missing, the template as it is written."`
}

// Variable is a variable of a template.
type Variable struct {
	Name     string  `json:"name"`
	Required bool    `json:"required" doc:"Whether every call must give it. Variables with a default are not required."`
	Given    bool    `json:"given" doc:"Whether the inputs have it."`
	Places   []Place `json:"places"`
}

// Call is the call of a Tool in a template.
type Call struct {
	Text   string  `json:"text" doc:"The call as it is written; an input of this name is its value."`
	Places []Place `json:"places"`
}

// Place is a place in a template.
type Place struct {
	Param   string `json:"param" doc:"The template in the content: template.0.content."`
	Message *int   `json:"message,omitzero" doc:"The index of the message; absent for a text."`
	Line    int    `json:"line" doc:"Counted from 1."`
	Column  int    `json:"column" doc:"Counted from 1, in characters."`
}

func promptRenderer(o Options) func(context.Context, *body[promptRender]) (*Rendered, error) {
	return func(ctx context.Context, in *body[promptRender]) (*Rendered, error) {
		content, err := Prompts(o).Inline(&in.Body.Prompt)
		if err != nil {
			return nil, err
		}
		out, err := render(ctx, content, content.Tools, &in.Body.filling)
		return out, ofContent(err, file.PromptKind)
	}
}

func agentRenderer(o Options) func(context.Context, *body[agentRender]) (*Rendered, error) {
	return func(ctx context.Context, in *body[agentRender]) (*Rendered, error) {
		content, err := Agents(o).Inline(&in.Body.Agent)
		if err != nil {
			return nil, err
		}
		var tools []llm.Tool
		for _, t := range content.Tools {
			if t.Inline != nil {
				tools = append(tools, *t.Inline)
			}
		}
		out, err := render(ctx, &content.Prompt, tools, &in.Body.filling)
		return out, ofContent(err, file.AgentKind)
	}
}

// ofContent is err, if it is about a template, about that of the content in the request.
func ofContent(err error, kind file.Kind) error {
	if errs.Is(err, errs.TemplateInvalid) {
		return errs.Within(err, string(kind))
	}
	return err
}

func render(ctx context.Context, content *file.Prompt, tools []llm.Tool, with *filling) (*Rendered, error) {
	compiled, err := prompt.Compile(*content)
	if err != nil {
		return nil, err
	}
	inputs, err := tmpl.DecodeInputs(with.Inputs)
	if err != nil {
		return nil, errs.Wrap("play.render", err)
	}
	uses := compiled.Uses()
	out := &Rendered{Missing: append([]string{}, compiled.Missing(inputs)...), Unused: unused(inputs, uses)}
	out.describe(compiled, uses, inputs)
	if len(out.Missing) > 0 {
		out.Tokens = tokensOf(asWritten(content), tools)
		return out, nil
	}
	filled, err := compiled.Render(ctx, standIns(inputs, uses))
	if err != nil {
		return nil, err
	}
	messages := append(filled.Conversation(), with.Messages...)
	if out.Tokens = tokensOf(messages, tools); content.Endpoint == llm.Complete {
		out.Text = &filled.Text
		return out, nil
	}
	out.Messages = append([]llm.Message{}, messages...)
	return out, nil
}

// describe sets the variables and calls.
func (r *Rendered) describe(compiled *prompt.Compiled, uses []prompt.Use, inputs tmpl.Inputs) {
	r.Variables, r.Calls = []Variable{}, []Call{}
	required := compiled.Required()
	for _, u := range uses {
		if u.Call {
			r.Calls = append(r.Calls, Call{u.Name, places(u.Positions)})
			continue
		}
		r.Variables = append(r.Variables, Variable{
			Name: u.Name, Required: slices.Contains(required, u.Name), Given: inputs.Has(u.Name), Places: places(u.Positions),
		})
	}
}

func places(list []prompt.Position) []Place {
	out := make([]Place, len(list))
	for i, p := range list {
		out[i] = Place{Param: errs.Dotted(p.Template), Line: p.Line, Column: p.Column}
		if len(p.Template) > 1 {
			if index, ok := p.Template[1].(int); ok {
				out[i].Message = &index
			}
		}
	}
	return out
}

// unused are the names of inputs that no use reads.
func unused(inputs tmpl.Inputs, uses []prompt.Use) []string {
	out := []string{}
	for name := range inputs {
		reads := func(u prompt.Use) bool { return u.Name == name || !u.Call && tmpl.Path(u.Name)[0] == name }
		if !slices.ContainsFunc(uses, reads) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// standIns are the inputs with the text of each call that has no value as its value.
func standIns(inputs tmpl.Inputs, uses []prompt.Use) tmpl.Inputs {
	out := tmpl.Inputs{}
	for _, u := range uses {
		if u.Call {
			out[u.Name] = "{{" + u.Name + "}}"
		}
	}
	maps.Copy(out, inputs)
	return out
}

// asWritten is the template as messages that are not filled.
func asWritten(content *file.Prompt) []llm.Message {
	if content.Template == nil {
		return nil
	}
	return prompt.Rendered{Text: content.Template.Text, Messages: content.Template.Messages}.Conversation()
}

// What providers count beside texts, about.
const (
	tokensOfMessage = 4
	tokensOfImage   = 1000
)

// tokensOf estimates the tokens of messages and tools.
func tokensOf(messages []llm.Message, tools []llm.Tool) int {
	n := 0
	for i := range messages {
		m := &messages[i]
		n += tokensOfMessage + tokensOfText(m.Content.String())
		for _, p := range m.Content.Parts {
			if p.Type == llm.ImagePart {
				n += tokensOfImage
			}
		}
		for _, c := range m.ToolCalls {
			n += tokensOfText(c.Function.Name) + tokensOfText(c.Function.Arguments)
		}
	}
	for i := range tools {
		t := &tools[i]
		n += tokensOfMessage + tokensOfText(t.Name) + tokensOfText(t.Description) + tokensOfText(string(t.Parameters))
	}
	return n
}

// tokensOfText counts four characters of ASCII as a token, and each other character.
func tokensOfText(s string) int {
	const perToken = 4
	ascii, others := 0, 0
	for _, r := range s {
		if r < utf8.RuneSelf {
			ascii++
		} else {
			others++
		}
	}
	return (ascii+perToken-1)/perToken + others
}
