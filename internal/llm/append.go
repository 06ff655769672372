package llm

import "github.com/openloop-server/openloop/internal/json"

// AppendJSON appends m as JSON to dst and returns the extended slice. It writes the same members as [json.Marshal], but faster: every model
// call writes its messages several times.
func (m *Message) AppendJSON(dst []byte) []byte {
	if len(m.Thinking) > 0 || m.Content.Parts != nil || m.Role == "" || m.Order != nil || m.Refusal != "" || m.IsError || m.Cache != nil {
		return appendAny(dst, m)
	}
	dst = append(dst, `{"role":`...)
	dst = json.AppendString(dst, string(m.Role))
	if !m.Content.IsZero() {
		dst = append(dst, `,"content":`...)
		dst = json.AppendString(dst, m.Content.Text)
	}
	if m.Name != "" {
		dst = append(dst, `,"name":`...)
		dst = json.AppendString(dst, m.Name)
	}
	if m.ToolCallID != "" {
		dst = append(dst, `,"tool_call_id":`...)
		dst = json.AppendString(dst, m.ToolCallID)
	}
	if len(m.ToolCalls) > 0 {
		dst = append(dst, `,"tool_calls":`...)
		dst = appendAny(dst, m.ToolCalls)
	}
	return append(dst, '}')
}

// AppendMessages appends list as a JSON array to dst and returns the extended slice.
func AppendMessages(dst []byte, list []Message) []byte {
	dst = append(dst, '[')
	for i := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = list[i].AppendJSON(dst)
	}
	return append(dst, ']')
}

func appendAny(dst []byte, v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil { // canonical types always encode
		return append(dst, "null"...)
	}
	return append(dst, raw...)
}
