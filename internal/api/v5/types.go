package v5

import (
	"slices"

	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/json"
	"openloop/internal/llm"
	"openloop/internal/vendor"
	"openloop/internal/web"
)

// Types describes the types of the domain that have their own JSON.
func Types() []web.Type {
	content := web.OneOf("", "a string or a list of content parts", "", web.String(), web.List(web.Of[llm.Part]()))
	choice := web.OneOf("", "\"none\", \"auto\", \"required\" or a named function", "",
		web.Enum(llm.ToolsNone, llm.ToolsAuto, llm.ToolsRequired),
		web.Object("ToolChoice",
			web.Member{Name: "type", Schema: web.Enum("function")},
			web.Member{Name: "function", Required: true, Schema: web.Object("FunctionToolChoice", web.Member{Name: "name", Required: true, Schema: web.String()})},
		))
	slugs := vendor.Slugs()
	return []web.Type{
		web.Describe(content, func(c *llm.Content) bool { return sureParts(c.Parts) }),
		web.Describe(message(), sureMessage),
		web.Describe(part(), func(p *llm.Part) bool { return surePart(p) }),
		web.Describe(choice, func(c *llm.ToolChoice) bool {
			return c.Mode == "" || c.Mode == llm.ToolsAuto || c.Mode == llm.ToolsNone
		}),
		web.Describe(web.OneOf("", "a string or a list of strings", "", web.String(), web.List(web.String())), func(*llm.Stop) bool { return true }),
		web.Describe(web.OneOf("", "a level or a whole number", "", web.String(), web.Integer()), func(*llm.Effort) bool { return true }),
		web.Describe(web.OneOf("", "a text or a list of messages", "", web.String(), web.List(web.Of[llm.Message]())), sureTemplate),
		web.Describe(tool(), func(t *llm.Tool) bool { return t.Name != "" && t.Description != "" && objectOrAbsent(t.Parameters) }),
		web.Describe(evaluatorSpec(), func(*EvaluatorSpec) bool { return false }),
		web.Describe(agentTool(), func(*file.AgentTool) bool { return false }),
		web.Describe(web.Object("LinkedFileRequest",
			web.Member{Name: "file_id", Required: true, Always: true, Schema: web.String()},
			web.Member{Name: "environment_id", Schema: web.String()},
			web.Member{Name: "version_id", Schema: web.String()},
		), func(l *file.Link) bool { return l.FileID != "" }),
		web.Describe(responseFormat(), func(f *llm.ResponseFormat) bool {
			return (f.Type == "json_object" || f.Type == "json_schema") && objectOrAbsent(f.JSONSchema)
		}),
		web.Describe(&web.Schema{Type: "string", Enum: slugs, Reason: errs.UnknownProvider}, func(p *Provider) bool { return slices.Contains(slugs, string(*p)) }),
		web.Describe(thinking(), func(*llm.Thinking) bool { return false }),
	}
}

func message() *web.Schema {
	return web.Object("ChatMessage",
		web.Member{Name: "role", Required: true, Always: true, Schema: web.Enum("user", "assistant", "system", "tool", "developer")},
		web.Member{Name: "content", Schema: web.Of[llm.Content]()},
		web.Member{Name: "name", Schema: web.String()},
		web.Member{Name: "tool_call_id", Schema: web.String()},
		web.Member{Name: "tool_calls", Schema: web.List(toolCall())},
		web.Member{Name: "thinking", Schema: web.List(web.Of[llm.Thinking]())},
	)
}

func toolCall() *web.Schema {
	return web.Object("ToolCall",
		web.Member{Name: "id", Required: true, Always: true, Schema: web.String()},
		web.Member{Name: "type", Required: true, Always: true, Schema: web.Enum("function")},
		web.Member{Name: "function", Required: true, Always: true, Schema: web.Object("FunctionTool",
			web.Member{Name: "name", Required: true, Always: true, Schema: web.String()},
			web.Member{Name: "arguments", Schema: web.String()},
		)},
		web.Member{Name: "signature", Schema: web.String(), Description: "A provider's proof of the reasoning behind the call; send it back unchanged."},
	)
}

func part() *web.Schema {
	text := web.Object("TextChatContent",
		web.Member{Name: "type", Required: true, Always: true, Schema: web.Enum(string(llm.TextPart))},
		web.Member{Name: "text", Required: true, Always: true, Schema: web.String()},
	)
	image := web.Object("ImageChatContent",
		web.Member{Name: "type", Required: true, Always: true, Schema: web.Enum(string(llm.ImagePart))},
		web.Member{Name: "image_url", Required: true, Always: true, Schema: web.Object("ImageUrl",
			web.Member{Name: "url", Required: true, Always: true, Schema: web.String()},
			web.Member{Name: "detail", Schema: web.Enum("high", "low", "auto")},
		)},
	)
	return web.OneOf("ChatMessageContentItem", "a text or an image", "type", text, image)
}

func tool() *web.Schema {
	return web.Object("ToolFunction",
		web.Member{Name: "name", Required: true, Always: true, Schema: web.String()},
		web.Member{Name: "description", Required: true, Always: true, Schema: web.String()},
		web.Member{Name: "strict", Schema: web.Boolean()},
		web.Member{Name: "parameters", Schema: web.MapOf(web.Any()), Description: "A JSON Schema object."},
	)
}

func agentTool() *web.Schema {
	onCall := web.Member{Name: "on_agent_call", Schema: web.Enum(file.StopOnCall, file.ContinueOnCall), Description: "Whether the turn ends when the model calls the tool."}
	inline := web.Object("AgentInlineTool",
		web.Member{Name: "type", Required: true, Always: true, Schema: web.Enum(file.InlineTool)},
		web.Member{Name: "json_schema", Required: true, Always: true, Schema: web.Of[llm.Tool]()},
		onCall,
	)
	linked := web.Object("AgentLinkedFileRequest",
		web.Member{Name: "type", Required: true, Always: true, Schema: web.Enum(file.FileTool)},
		web.Member{Name: "link", Required: true, Always: true, Schema: web.Of[file.Link]()},
		onCall,
	)
	return web.OneOf("AgentTool", "a function or a File", "type", inline, linked)
}

func responseFormat() *web.Schema {
	return web.Object("ResponseFormat",
		web.Member{Name: "type", Required: true, Always: true, Schema: web.Enum("json_object", "json_schema")},
		web.Member{Name: "json_schema", Schema: web.MapOf(web.Any())},
	)
}

// thinking is what answers show, and what comes back of them: a block has no member that is empty.
func thinking() *web.Schema {
	readable := web.Object("AnthropicThinkingContent",
		web.Member{Name: "type", Required: true, Always: true, Schema: web.Enum(llm.ThinkingBlock)},
		web.Member{Name: "thinking", Always: true, Schema: web.String()},
		web.Member{Name: "signature", Schema: web.String()},
	)
	redacted := web.Object("AnthropicRedactedThinkingContent",
		web.Member{Name: "type", Required: true, Always: true, Schema: web.Enum(llm.RedactedThinkingBlock)},
		web.Member{Name: "data", Required: true, Always: true, Schema: web.String()},
	)
	return web.OneOf("ChatMessageThinkingItem", "a block of thinking", "type", readable, redacted)
}

func sureMessage(m *llm.Message) bool {
	switch m.Role {
	case llm.User, llm.Assistant, llm.System, llm.ToolRole, llm.Developer:
	default:
		return false
	}
	for i := range m.ToolCalls {
		if c := &m.ToolCalls[i]; c.ID == "" || c.Type != "function" || c.Function.Name == "" {
			return false
		}
	}
	return len(m.Thinking) == 0 && sureParts(m.Content.Parts)
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
	return p.Type == llm.TextPart && p.Text != "" || p.Type == llm.ImagePart && p.ImageURL != nil && p.ImageURL.URL != "" && p.ImageURL.Detail == ""
}

func sureTemplate(t *file.Template) bool {
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
