package mock

import (
	"bytes"
	"encoding/base64"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/responses"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

const compactionItem = "compaction"

// compaction is a conversation in fewer tokens, as OpenAI answers with it.
type compaction struct {
	ID        string                   `json:"id"`
	Object    string                   `json:"object"`
	CreatedAt int64                    `json:"created_at"`
	Output    []any                    `json:"output"`
	Usage     *responses.ResponseUsage `json:"usage"`
}

// compacted returns what the user said in the input of body, and an item that stands for the rest.
func compacted(body json.Value, model string, out *llm.Response) json.Value {
	whole := responseOf(model, out)
	c := compaction{ID: whole.ID, Object: "response.compaction", CreatedAt: whole.CreatedAt, Usage: whole.Usage}
	e, _ := json.NewEdit(body)
	items, ok := json.Elements(e.Get("input"))
	if text := dialect.Word(e.Get("input")); !ok && text != "" {
		c.Output = append(c.Output, map[string]string{"type": "message", "role": string(llm.User), "content": text})
	}
	for _, v := range items {
		if i, ok := json.NewEdit(v); ok && dialect.Word(i.Get("role")) == string(llm.User) {
			i.SetText("type", "message")
			c.Output = append(c.Output, i.Value())
		}
	}
	c.Output = append(c.Output, map[string]string{
		"type": compactionItem, "id": "cmp_" + mockID, "encrypted_content": base64.StdEncoding.EncodeToString(json.AppendValue(nil, out.Message.Content)),
	})
	return written(c)
}

// holdsCompaction reports whether the input of body may have what compacted returned.
func holdsCompaction(body json.Value) bool {
	return bytes.Contains(body, []byte(`"`+compactionItem+`"`))
}
