package messages

import (
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// View returns what the portable model can tell of a body, which need not be a [Params].
func View(body json.Value) *dialect.Call {
	e, _ := json.NewEdit(body)
	c := &dialect.Call{Name: dialect.Word(e.Get("model")), Inputs: json.Object(e.Get("inputs"))}
	if metadata, ok := json.NewEdit(e.Get("metadata")); ok {
		c.Request.User = label(dialect.Word(metadata.Get("user_id")))
	}
	if system := e.Get("system"); json.Kind(system) == '"' || json.Kind(system) == '[' {
		c.Request.Messages = viewTurn(string(llm.System), system)
	}
	list, _ := json.Elements(e.Get("messages"))
	for _, v := range list {
		turn, _ := json.NewEdit(v)
		c.Request.Messages = append(c.Request.Messages, viewTurn(dialect.Word(turn.Get("role")), turn.Get("content"))...)
	}
	list, _ = json.Elements(e.Get("tools"))
	for _, v := range list {
		var t ToolParam
		if json.UnmarshalForeign(v, &t) != nil {
			continue
		}
		if some, err := tools([]ToolParam{t}); err == nil {
			c.Request.Tools = append(c.Request.Tools, some...)
		}
	}
	return c
}

// viewTurn reads a turn. A block that cannot be read is a text.
func viewTurn(role string, content json.Value) []llm.Message {
	switch llm.Role(role) {
	case llm.Assistant, llm.System:
	default:
		role = string(llm.User)
	}
	if json.Kind(content) == '"' {
		return []llm.Message{{Role: llm.Role(role), Content: llm.Text(dialect.Word(content))}}
	}
	list, ok := json.Elements(content)
	if !ok {
		return []llm.Message{{Role: llm.Role(role), Content: llm.Parts(dialect.Opaque(content))}}
	}
	turn := Turn{Role: role, Content: BlockContent{Set: true, Blocks: make([]Block, len(list))}}
	for i, v := range list {
		b := &turn.Content.Blocks[i]
		if json.UnmarshalForeign(v, b) == nil {
			if _, err := new(reader).turn(&Turn{Role: role, Content: BlockContent{Set: true, Blocks: []Block{*b}}}); err == nil {
				continue
			}
		}
		*b = Block{Piece: Piece{Type: blockText, Text: dialect.Opaque(v).Text}}
	}
	out, err := new(reader).turn(&turn)
	if err != nil {
		return []llm.Message{{Role: llm.Role(role), Content: llm.Parts(dialect.Opaque(content))}}
	}
	return out
}
