package anthropic

import (
	"cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// encode translates r into the body of a call, as Anthropic or as Google Vertex AI takes it.
func encode(r *llm.Request, stream, vertex bool) (json.Value, error) {
	out := request{
		Model:         r.Model,
		Temperature:   llm.Unless(r.Temperature, 1),
		TopP:          llm.Unless(r.TopP, 1),
		TopK:          r.TopK,
		StopSequences: r.Stop,
		CacheControl:  r.Cache,
		Stream:        stream,
	}
	if vertex {
		out.Model, out.Version = "", vertexVersion
	}
	if r.User != "" {
		out.Metadata = &metadata{UserID: r.User}
	}
	var err error
	if out.System, out.Messages, err = turns.Split(r.Messages); err != nil {
		return nil, err
	}
	settle(out.Messages)
	out.offer(r)
	if err := out.reason(r); err != nil {
		return nil, err
	}
	if out.Thinking != nil && out.Thinking.Type == "enabled" && resumesUnthought(out.Messages) {
		out.Thinking = nil
	}
	if err := out.format(r.ResponseFormat); err != nil {
		return nil, err
	}
	return llm.Body(&out, r.Other)
}

func encodeTools(tools []llm.Tool) []tool {
	out := make([]tool, 0, len(tools))
	for _, t := range tools {
		out = append(out, tool{Name: t.Name, Description: t.Description, InputSchema: t.Schema(), Strict: t.Strict, CacheControl: t.Cache})
	}
	return out
}

// offer sets the tools. A chat with calls has to come with tools: when none are offered any more, they are those of its calls, and the model
// may call none of them.
func (out *request) offer(r *llm.Request) {
	if called := llm.CalledTools(r.Messages); len(r.Tools) == 0 && len(called) > 0 {
		out.Tools, out.ToolChoice = encodeTools(called), &toolChoice{Type: llm.ToolsNone}
		return
	}
	out.Tools, out.ToolChoice = encodeTools(r.Tools), encodeToolChoice(r)
	if r.Serial() && r.ToolChoice.Mode != llm.ToolsNone {
		out.ToolChoice = cmp.Or(out.ToolChoice, &toolChoice{Type: llm.ToolsAuto})
		out.ToolChoice.DisableParallel = true
	}
}

// encodeToolChoice leaves the choice out when there are no tools: the API refuses it then.
func encodeToolChoice(r *llm.Request) *toolChoice {
	if len(r.Tools) == 0 {
		return nil
	}
	switch c := r.ToolChoice; c.Mode {
	case "":
		return nil
	case llm.ToolsRequired:
		return &toolChoice{Type: "any"}
	case llm.ToolsFunction:
		return &toolChoice{Type: "tool", Name: c.Function}
	default:
		return &toolChoice{Type: c.Mode}
	}
}

// format asks for an answer in JSON. The API knows schemas only.
func (out *request) format(f *llm.ResponseFormat) error {
	if f == nil || f.Type == "text" {
		return nil
	}
	if f.Type != "json_schema" {
		return llm.Unsupported("response_format", "Anthropic takes a response_format of type text or json_schema, not %s.", f.Type)
	}
	schema := f.Schema()
	if len(schema) == 0 {
		return llm.Unsupported("response_format", "A response_format of type json_schema needs a JSON Schema.")
	}
	if out.OutputConfig == nil {
		out.OutputConfig = &outputConfig{}
	}
	out.OutputConfig.Format = &outputFormat{Type: "json_schema", Schema: schema}
	return nil
}
