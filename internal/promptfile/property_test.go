package promptfile_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/promptfile"
)

// Whatever a Prompt holds, its file says the same.
func TestParseReversesFormat(t *testing.T) {
	reverses(t, prompts(), promptfile.Parse[file.Prompt])
}

// So does an Agent's.
func TestParseAgentReversesFormatAgent(t *testing.T) {
	reverses(t, agents(), promptfile.Parse[file.Agent])
}

// texts are made of what the format gives a meaning to, so that collisions are frequent.
func texts() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		"", " ", "  ", "    ", "\t", "\n", "\n\n", "\r\n", "\r", "a", "Hello, world.", "{{ name }}", "{% if a %}", "---", "\n---\n", `\`, `\\`,
		"<", ">", "</", "/>", "<user>", "</user>", "</user >", "<assistant>", "</assistant>", "<system>", "</system>", "</developer>", "<tool>",
		`<tool name="a" id="b">`, "</tool>", "<text>", "</text>", `<image url="x" />`, "<image ", "<thinking>", `<thinking signature="s">`,
		"</thinking>", "<user", "<userx>", "&lt;", "&amp;", `"`, "'", ":", "- ", "#", "é", "世界", "😀", "\u00a0", "\u0085", "\u2028", "\ufeff", "\x00",
		"\x1b", "\x7f", "null", "true", "1.0", "~", "*a", "&a", "!!int 1",
	})
	return rapid.Custom(func(t *rapid.T) string {
		if rapid.Bool().Draw(t, "random") {
			return rapid.String().Draw(t, "text")
		}
		return strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "pieces"), "")
	})
}

func prompts() *rapid.Generator[*file.Prompt] {
	return rapid.Custom(func(t *rapid.T) *file.Prompt {
		return &file.Prompt{
			Model:            rapid.OneOf(rapid.Just("gpt-4o"), texts().Filter(func(s string) bool { return s != "" })).Draw(t, "model"),
			Endpoint:         rapid.SampledFrom([]llm.Endpoint{"", llm.Chat, llm.Complete, llm.Edit, llm.Responses}).Draw(t, "endpoint"),
			Template:         optional(t, "template", templates()),
			TemplateLanguage: rapid.SampledFrom([]string{"", "default", "jinja"}).Draw(t, "template_language"),
			Provider:         rapid.SampledFrom([]string{"", "openai", "vertex_ai", "no"}).Draw(t, "provider"),
			MaxTokens:        optional(t, "max_tokens", rapid.Int()),
			Temperature:      optional(t, "temperature", rapid.Float64Range(-1e300, 1e300)),
			TopP:             optional(t, "top_p", rapid.Float64Range(0, 1)),
			Stop:             stops(t),
			PresencePenalty:  optional(t, "presence_penalty", rapid.Float64Range(-2, 2)),
			FrequencyPenalty: optional(t, "frequency_penalty", rapid.Float64Range(-2, 2)),
			Other:            objects(t, "other"),
			Seed:             optional(t, "seed", rapid.Int64()),
			ResponseFormat:   formats(t),
			ReasoningEffort:  efforts(t),
			Tools:            several(t, "tools", tools()),
			LinkedTools:      several(t, "linked_tools", texts()),
			Attributes:       objects(t, "attributes"),
			MaxRetries:       optional(t, "max_retries", rapid.Int()),
			Fallbacks:        several(t, "fallbacks", fallbacks()),
		}
	})
}

func agents() *rapid.Generator[*file.Agent] {
	return rapid.Custom(func(t *rapid.T) *file.Agent {
		a := &file.Agent{
			Prompt:        *prompts().Draw(t, "prompt"),
			Tools:         several(t, "agent tools", agentTools()),
			MaxIterations: optional(t, "max_iterations", rapid.Int()),
		}
		a.Prompt.Tools, a.LinkedTools = nil, nil
		return a
	})
}

func agentTools() *rapid.Generator[file.AgentTool] {
	return rapid.Custom(func(t *rapid.T) file.AgentTool {
		tool := file.AgentTool{OnAgentCall: rapid.SampledFrom([]string{"", file.StopOnCall, file.ContinueOnCall}).Draw(t, "on_agent_call")}
		if rapid.Bool().Draw(t, "inline") {
			tool.Inline = new(tools().Draw(t, "json_schema"))
			return tool
		}
		tool.Link = &file.Link{
			FileID:        texts().Filter(func(s string) bool { return s != "" }).Draw(t, "file_id"),
			EnvironmentID: texts().Draw(t, "environment_id"),
			VersionID:     texts().Draw(t, "version_id"),
		}
		return tool
	})
}

func optional[T any](t *rapid.T, label string, g *rapid.Generator[T]) *T {
	if !rapid.Bool().Draw(t, "has "+label) {
		return nil
	}
	v := g.Draw(t, label)
	return &v
}

// several is nil or has elements.
func several[T any](t *rapid.T, label string, g *rapid.Generator[T]) []T {
	s := rapid.SliceOfN(g, 0, 3).Draw(t, label)
	if len(s) == 0 {
		return nil
	}
	return s
}

func stops(t *rapid.T) llm.Stop {
	s := llm.Stop{Sequences: several(t, "stop", texts())}
	s.Single = len(s.Sequences) == 1 && rapid.Bool().Draw(t, "single")
	return s
}

func efforts(t *rapid.T) llm.Effort {
	if rapid.Bool().Draw(t, "level") {
		return llm.Effort{Level: texts().Draw(t, "reasoning_effort")}
	}
	return llm.Effort{Budget: rapid.Int().Draw(t, "budget")}
}

func formats(t *rapid.T) *llm.ResponseFormat {
	if !rapid.Bool().Draw(t, "has response_format") {
		return nil
	}
	return &llm.ResponseFormat{
		Type:       rapid.SampledFrom([]string{"json_object", "json_schema"}).Draw(t, "type"),
		JSONSchema: objects(t, "json_schema"),
	}
}

func fallbacks() *rapid.Generator[file.Fallback] {
	return rapid.Custom(func(t *rapid.T) file.Fallback {
		return file.Fallback{Provider: texts().Draw(t, "provider"), Model: texts().Draw(t, "model")}
	})
}

func tools() *rapid.Generator[llm.Tool] {
	return rapid.Custom(func(t *rapid.T) llm.Tool {
		return llm.Tool{
			Name:        texts().Filter(func(s string) bool { return s != "" }).Draw(t, "name"),
			Description: texts().Draw(t, "description"),
			Strict:      rapid.Bool().Draw(t, "strict"),
			Parameters:  objects(t, "parameters"),
		}
	})
}

// objects are absent, or compact JSON objects with numbers in any form.
func objects(t *rapid.T, label string) json.Value {
	if !rapid.Bool().Draw(t, "has "+label) {
		return nil
	}
	return appendObject(t, nil, 2)
}

func appendObject(t *rapid.T, dst []byte, depth int) []byte {
	dst = append(dst, '{')
	for i, name := range rapid.SliceOfNDistinct(texts(), 0, 4, rapid.ID).Draw(t, "names") {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(json.AppendString(dst, name), ':')
		dst = appendValue(t, dst, depth)
	}
	return append(dst, '}')
}

func appendValue(t *rapid.T, dst []byte, depth int) []byte {
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		return json.AppendString(dst, texts().Draw(t, "string"))
	case 1:
		numbers := []string{"0", "-0", "1.10", "12345678901234567890", "1e400", "-1E-7", "0.1"}
		return append(dst, rapid.SampledFrom(numbers).Draw(t, "number")...)
	case 2:
		return append(dst, rapid.SampledFrom([]string{"true", "false", "null", "[]", "{}"}).Draw(t, "word")...)
	case 3:
		if depth == 0 {
			return append(dst, "[[]]"...)
		}
		return append(appendValue(t, append(dst, '['), depth-1), ']')
	default:
		if depth == 0 {
			return append(dst, `{"a":{}}`...)
		}
		return appendObject(t, dst, depth-1)
	}
}

func templates() *rapid.Generator[file.PromptTemplate] {
	return rapid.Custom(func(t *rapid.T) file.PromptTemplate {
		if rapid.Bool().Draw(t, "text") {
			return file.PromptTemplate{Text: texts().Draw(t, "template text")}
		}
		return file.PromptTemplate{Messages: rapid.SliceOfN(messages(), 0, 4).Draw(t, "messages")}
	})
}

func messages() *rapid.Generator[llm.Message] {
	roles := []llm.Role{llm.User, llm.Assistant, llm.System, llm.ToolRole, llm.Developer}
	return rapid.Custom(func(t *rapid.T) llm.Message {
		m := llm.Message{
			Role:    rapid.SampledFrom(roles).Draw(t, "role"),
			Content: contents(t),
			Name:    rapid.OneOf(rapid.Just(""), texts()).Draw(t, "name"),
		}
		if m.Role == llm.ToolRole || rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
			m.ToolCallID = texts().Draw(t, "tool_call_id")
		}
		if m.Role == llm.Assistant || rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
			m.ToolCalls = several(t, "tool_calls", calls())
			m.Thinking = several(t, "thinking", thinkings())
		}
		addRare(t, &m)
		return m
	})
}

// addRare adds to one message of two what the text form has no element for.
func addRare(t *rapid.T, m *llm.Message) {
	switch rapid.IntRange(0, 9).Draw(t, "rare") {
	case 0:
		m.Cache = marks(t)
	case 1:
		m.IsError = true
	case 2:
		m.Refusal = "No."
	case 3:
		m.Order = []llm.Piece{{Kind: llm.CallPiece, Index: 1}, {Kind: llm.TextPiece}}
	case 4:
		m.Content = llm.Parts(rapid.SampledFrom([]llm.Part{
			{Type: llm.TextPart, Text: "a", Cache: marks(t)},
			{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "https://a/b.png"}, Cache: marks(t)},
			{Type: llm.FilePart, File: &llm.File{Name: "a.pdf", Data: "data:application/pdf;base64,JVBERg=="}},
			{Type: llm.AudioPart, Audio: &llm.Audio{Data: "AAAA", Format: "wav"}},
		}).Draw(t, "rare part"))
	}
}

func marks(t *rapid.T) *llm.Cache {
	return &llm.Cache{TTL: rapid.SampledFrom([]string{"", "1h"}).Draw(t, "ttl")}
}

func contents(t *rapid.T) llm.Content {
	switch rapid.IntRange(0, 4).Draw(t, "content") {
	case 0:
		return llm.Content{}
	case 1:
		return llm.Content{Set: true, Parts: rapid.SliceOfN(parts(), 0, 3).Draw(t, "parts")}
	default:
		return llm.Text(texts().Draw(t, "content text"))
	}
}

func parts() *rapid.Generator[llm.Part] {
	return rapid.Custom(func(t *rapid.T) llm.Part {
		if rapid.Bool().Draw(t, "text") {
			return llm.Part{Type: llm.TextPart, Text: texts().Draw(t, "part text")}
		}
		return llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{
			URL: texts().Draw(t, "url"), Detail: rapid.SampledFrom([]string{"", "high", "low", "auto"}).Draw(t, "detail"),
		}}
	})
}

func calls() *rapid.Generator[llm.ToolCall] {
	return rapid.Custom(func(t *rapid.T) llm.ToolCall {
		return llm.ToolCall{
			ID: texts().Draw(t, "id"), Type: "function", Signature: texts().Draw(t, "signature"),
			Function: llm.FunctionCall{Name: texts().Draw(t, "function"), Arguments: texts().Draw(t, "arguments")},
		}
	})
}

func thinkings() *rapid.Generator[llm.Thinking] {
	return rapid.Custom(func(t *rapid.T) llm.Thinking {
		if rapid.Bool().Draw(t, "redacted") {
			return llm.Thinking{Type: llm.RedactedThinkingBlock, Data: texts().Draw(t, "data")}
		}
		return llm.Thinking{Type: llm.ThinkingBlock, Thinking: texts().Draw(t, "thinking"), Signature: texts().Draw(t, "signature")}
	})
}
