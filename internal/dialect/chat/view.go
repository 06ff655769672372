package chat

import (
	"cmp"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// View returns what the portable model can tell of a body, which need not be a [Params].
func View(body json.Value) *dialect.Call {
	e, _ := json.NewEdit(body)
	c := &dialect.Call{
		Name: dialect.Word(e.Get("model")), Inputs: json.Object(e.Get("inputs")), Metadata: json.Object(e.Get("metadata")),
		Conversation: dialect.Word(e.Get("prompt_cache_key")),
	}
	c.Request.User = cmp.Or(dialect.Word(e.Get("user")), dialect.Word(e.Get("safety_identifier")))
	list, _ := json.Elements(e.Get("messages"))
	for _, v := range list {
		c.Request.Messages = append(c.Request.Messages, viewMessage(v))
	}
	list, _ = json.Elements(e.Get("tools"))
	for _, v := range list {
		var t ToolParam
		if json.UnmarshalForeign(v, &t) != nil {
			continue
		}
		if some, err := tools([]ToolParam{t}, &ToolChoice{}); err == nil {
			c.Request.Tools = append(c.Request.Tools, some...)
		}
	}
	return c
}

func viewMessage(v json.Value) llm.Message {
	var m Message
	if json.UnmarshalForeign(v, &m) == nil {
		if some, err := messages([]Message{m}); err == nil && len(some) == 1 {
			return some[0]
		}
	}
	return dialect.OpaqueMessage(v, "content", func(part json.Value) ([]llm.Part, bool) {
		alone := Message{Role: string(llm.User), Content: MessageContent{Parts: make([]Part, 1), Set: true}}
		if json.UnmarshalForeign(part, &alone.Content.Parts[0]) != nil {
			return nil, false
		}
		some, err := messages([]Message{alone})
		if err != nil || len(some) != 1 {
			return nil, false
		}
		return some[0].Content.Parts, true
	})
}
