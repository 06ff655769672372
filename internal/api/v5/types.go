package v5

import (
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/vendor"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// Types describes the domain types that have their own JSON.
func Types() []schema.Type {
	content := schema.TextOr("a string or a list of content parts", schema.Of[llm.Part]())
	choice := schema.OneOf("", "\"none\", \"auto\", \"required\" or a named function", "",
		schema.Enum(llm.ToolsNone, llm.ToolsAuto, llm.ToolsRequired),
		schema.Object("ToolChoice",
			schema.Member{Name: "type", Always: true, Schema: schema.Enum("function")},
			schema.Member{Name: "function", Required: true, Always: true, Schema: schema.Object("FunctionToolChoice", schema.Member{Name: "name", Required: true, Always: true, Schema: schema.String()})},
		))
	slugs := vendor.Slugs()
	return []schema.Type{
		schema.Describe(content, func(c *llm.Content) bool { return sureParts(c.Parts) }),
		schema.Describe(message(), sureMessage),
		schema.Describe(toolCall(), sureToolCall),
		schema.Describe(part(), func(p *llm.Part) bool { return surePart(p) }),
		schema.Describe(choice, func(c *llm.ToolChoice) bool {
			return c.Mode == "" || c.Mode == llm.ToolsAuto || c.Mode == llm.ToolsNone
		}),
		schema.Describe(schema.TextOr("a string or a list of strings", schema.String()), func(*llm.Stop) bool { return true }),
		schema.Describe(schema.OneOf("", "a level or a whole number", "", schema.String(), schema.Integer()), func(*llm.Effort) bool { return true }),
		schema.Describe(schema.TextOr("a text or a list of messages", schema.Of[llm.Message]()), sureTemplate),
		schema.Describe(tool(), func(t *llm.Tool) bool { return t.Name != "" && t.Description != "" && objectOrAbsent(t.Parameters) }),
		schema.Describe(evaluatorSpec(), func(*EvaluatorSpec) bool { return false }),
		schema.Describe(agentTool(), func(*file.AgentTool) bool { return false }),
		schema.Describe[AgentToolResponse](agentToolResponse(), nil),
		schema.Describe(schema.Object("LinkedFileRequest",
			schema.Member{Name: "file_id", Required: true, Always: true, Schema: schema.String()},
			schema.Member{Name: "environment_id", Schema: schema.String()},
			schema.Member{Name: "version_id", Schema: schema.String()},
		), func(l *file.Link) bool { return l.FileID != "" }),
		schema.Describe(responseFormat(), func(f *llm.ResponseFormat) bool {
			return (f.Type == "json_object" || f.Type == "json_schema") && objectOrAbsent(f.JSONSchema)
		}),
		schema.Describe(&schema.Schema{Type: "string", Enum: slugs, Reason: errs.UnknownProvider}, func(p *Provider) bool { return slices.Contains(slugs, string(*p)) }),
		schema.Describe(cached.Schema, func(c *llm.Cache) bool { return c.Type == "" }),
		schema.Describe(schema.String(), func(*llm.Piece) bool { return true }),
		schema.Describe(thinking(), func(*llm.Thinking) bool { return false }),
	}
}

func message() *schema.Schema {
	return schema.Object("ChatMessage",
		schema.Member{Name: "role", Required: true, Always: true, Schema: schema.Enum("user", "assistant", "system", "tool", "developer")},
		schema.Member{Name: "content", Schema: schema.Of[llm.Content]()},
		schema.Member{Name: "name", Schema: schema.String()},
		schema.Member{Name: "tool_call_id", Schema: schema.String()},
		schema.Member{Name: "tool_calls", Schema: schema.List(schema.Of[llm.ToolCall]())},
		schema.Member{Name: "thinking", Schema: schema.List(schema.Of[llm.Thinking]())},
		schema.Member{Name: "order", Schema: schema.List(schema.Of[llm.Piece]()), Description: "In which order an answer says its pieces, such as `thinking:0`, `text:0`, `call:0`, `thinking:1`; absent for the usual one: thinking, content, calls."},
		schema.Member{Name: "refusal", Schema: schema.String(), Description: "The end of the content, if the model refuses with it."},
		cached,
		schema.Member{Name: "is_error", Schema: schema.Boolean(), Description: "Of the result of a tool: it is the tool's failure."},
	)
}

func toolCall() *schema.Schema {
	return schema.Object("ToolCall",
		schema.Member{Name: "id", Required: true, Always: true, Schema: schema.String()},
		schema.Member{Name: "type", Required: true, Always: true, Schema: schema.Enum("function")},
		schema.Member{Name: "function", Required: true, Always: true, Schema: schema.Object("FunctionTool",
			schema.Member{Name: "name", Required: true, Always: true, Schema: schema.String()},
			schema.Member{Name: "arguments", Schema: schema.String()},
		)},
		schema.Member{Name: "signature", Schema: schema.String(), Description: "A provider's proof of the reasoning behind the call; send it back unchanged."},
	)
}

// cached is the mark of a provider's cache on a message or a part.
var cached = schema.Member{
	Name: "cache_control", Description: "Marks the end of what a provider is to keep in its cache, where it can be told so.",
	Schema: schema.Object("CacheControl",
		schema.Member{Name: "type", Required: true, Always: true, Schema: schema.Enum("ephemeral")},
		schema.Member{Name: "ttl", Schema: schema.String()},
	),
}

func part() *schema.Schema {
	text := schema.Object("TextChatContent",
		schema.Member{Name: "type", Required: true, Always: true, Schema: schema.Enum(string(llm.TextPart))},
		schema.Member{Name: "text", Required: true, Always: true, Schema: schema.String()},
		cached,
	)
	image := schema.Object("ImageChatContent",
		schema.Member{Name: "type", Required: true, Always: true, Schema: schema.Enum(string(llm.ImagePart))},
		schema.Member{Name: "image_url", Required: true, Always: true, Schema: schema.Object("ImageUrl",
			schema.Member{Name: "url", Required: true, Always: true, Schema: schema.String()},
			schema.Member{Name: "detail", Schema: schema.Enum("high", "low", "auto")},
		)},
		cached,
	)
	file := schema.Object("FileChatContent",
		schema.Member{Name: "type", Required: true, Always: true, Schema: schema.Enum(string(llm.FilePart))},
		schema.Member{Name: "file", Required: true, Always: true, Schema: schema.Object("FileContent",
			schema.Member{Name: "filename", Schema: schema.String()},
			schema.Member{Name: "file_data", Schema: schema.String(), Description: "A data URI in base64."},
			schema.Member{Name: "file_url", Schema: schema.String()},
			schema.Member{Name: "text", Schema: schema.String(), Description: "Of a document that is a text."},
		)},
		cached,
	)
	audio := schema.Object("AudioChatContent",
		schema.Member{Name: "type", Required: true, Always: true, Schema: schema.Enum(string(llm.AudioPart))},
		schema.Member{Name: "input_audio", Required: true, Always: true, Schema: schema.Object("AudioContent",
			schema.Member{Name: "data", Required: true, Always: true, Schema: schema.String(), Description: "In base64."},
			schema.Member{Name: "format", Required: true, Always: true, Schema: schema.Enum("wav", "mp3")},
		)},
		cached,
	)
	return schema.OneOf("ChatMessageContentItem", "a text, an image, a file or audio", "type", text, image, file, audio)
}

func tool() *schema.Schema {
	return schema.Object("ToolFunction",
		schema.Member{Name: "name", Required: true, Always: true, Schema: schema.String()},
		schema.Member{Name: "description", Required: true, Always: true, Schema: schema.String()},
		schema.Member{Name: "strict", Schema: schema.Boolean()},
		schema.Member{Name: "parameters", Schema: schema.MapOf(schema.Any()), Description: "A JSON Schema object."},
	)
}

func agentTool() *schema.Schema {
	onCall := schema.Member{Name: "on_agent_call", Schema: schema.Enum(file.StopOnCall, file.ContinueOnCall), Description: "Whether the turn ends when the model calls the tool."}
	inline := schema.Object("AgentInlineTool",
		schema.Member{Name: "type", Required: true, Always: true, Schema: schema.Enum(file.InlineTool)},
		schema.Member{Name: "json_schema", Required: true, Always: true, Schema: schema.Of[llm.Tool]()},
		onCall,
	)
	linked := schema.Object("AgentLinkedFileRequest",
		schema.Member{Name: "type", Required: true, Always: true, Schema: schema.Enum(file.FileTool)},
		schema.Member{Name: "link", Required: true, Always: true, Schema: schema.Of[file.Link]()},
		onCall,
	)
	return schema.OneOf("AgentTool", "a function or a File", "type", inline, linked)
}

func responseFormat() *schema.Schema {
	return schema.Object("ResponseFormat",
		schema.Member{Name: "type", Required: true, Always: true, Schema: schema.Enum("json_object", "json_schema")},
		schema.Member{Name: "json_schema", Schema: schema.MapOf(schema.Any())},
	)
}

// thinking is a block of thinking in answers, and in messages that send it back. A signature is there even if it is empty, as clients require.
func thinking() *schema.Schema {
	readable := schema.Object("AnthropicThinkingContent",
		schema.Member{Name: "type", Required: true, Always: true, Schema: schema.Enum(llm.ThinkingBlock)},
		schema.Member{Name: "thinking", Always: true, Schema: schema.String()},
		schema.Member{Name: "signature", Always: true, Schema: schema.String()},
	)
	redacted := schema.Object("AnthropicRedactedThinkingContent",
		schema.Member{Name: "type", Required: true, Always: true, Schema: schema.Enum(llm.RedactedThinkingBlock)},
		schema.Member{Name: "data", Required: true, Always: true, Schema: schema.String()},
	)
	return schema.OneOf("ChatMessageThinkingItem", "a block of thinking", "type", readable, redacted)
}

func sureMessage(m *llm.Message) bool {
	switch m.Role {
	case llm.User, llm.Assistant, llm.System, llm.ToolRole, llm.Developer:
	default:
		return false
	}
	for i := range m.ToolCalls {
		if !sureToolCall(&m.ToolCalls[i]) {
			return false
		}
	}
	return len(m.Thinking) == 0 && m.Cache == nil && sureParts(m.Content.Parts)
}

func sureToolCall(c *llm.ToolCall) bool {
	return c.ID != "" && c.Type == "function" && c.Function.Name != ""
}

func sureParts(parts []llm.Part) bool {
	for i := range parts {
		if !surePart(&parts[i]) {
			return false
		}
	}
	return true
}

func surePart(p *llm.Part) bool {
	if p.Cache != nil {
		return false
	}
	return p.Type == llm.TextPart && p.Text != "" || p.Type == llm.ImagePart && p.ImageURL != nil && p.ImageURL.URL != "" && p.ImageURL.Detail == ""
}

func sureTemplate(t *file.PromptTemplate) bool {
	for i := range t.Messages {
		if !sureMessage(&t.Messages[i]) {
			return false
		}
	}
	return true
}

func objectOrAbsent(v json.Value) bool {
	k := json.Kind(v)
	return len(v) == 0 || k == '{' || k == 'n'
}
