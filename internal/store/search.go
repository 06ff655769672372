package store

import (
	"bytes"
	"strings"

	"openloop/internal/json"
	"openloop/internal/trace"
)

// search looks for texts in Logs without regard to case.
type search struct{ text, metadata string }

func newSearch(f *trace.Filter) search {
	return search{text: strings.ToLower(f.Search), metadata: strings.ToLower(f.MetadataSearch)}
}

// match reports whether the Log with this record and payload matches; it needs only those it looks into.
func (s search) match(record, payload []byte) (bool, error) {
	if s.metadata != "" {
		var l trace.Log
		if err := readRecord(record, &l); err != nil || !jsonContains(l.Metadata, s.metadata) {
			return false, err
		}
	}
	if s.text == "" {
		return true, nil
	}
	p, err := readPayload(payload)
	return err == nil && payloadContains(&p, s.text), err
}

// payloadContains reports whether inputs or output hold text, which is in lower case.
func payloadContains(p *trace.Payload, text string) bool {
	if p.Output != nil && strings.Contains(strings.ToLower(*p.Output), text) {
		return true
	}
	if p.OutputMessage != nil && strings.Contains(strings.ToLower(p.OutputMessage.Content.String()), text) {
		return true
	}
	return jsonContains(p.Inputs, text)
}

// jsonContains reports whether a JSON text, as it is written or in one of its strings, holds text, which is in lower case.
func jsonContains(raw json.Value, text string) bool {
	if strings.Contains(strings.ToLower(string(raw)), text) {
		return true
	}
	if bytes.IndexByte(raw, '\\') < 0 { // nothing is escaped
		return false
	}
	var v any
	return json.UnmarshalForeign(raw, &v) == nil && valueContains(v, text)
}

func valueContains(v any, text string) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(strings.ToLower(v), text)
	case []any:
		for _, e := range v {
			if valueContains(e, text) {
				return true
			}
		}
	case map[string]any:
		for name, e := range v {
			if strings.Contains(strings.ToLower(name), text) || valueContains(e, text) {
				return true
			}
		}
	}
	return false
}
