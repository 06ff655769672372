package blobs

import (
	"bytes"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// SaidTexts calls yield with the searchable texts of a payload, in lower case, until yield returns false. These are the output and the
// inputs as they are written. If JSON in them uses escapes, the decoded texts in it follow.
func SaidTexts(payload []byte, yield func(string) bool) error {
	f := fields{rest: payload}
	var inputs json.Value
	output, more := "", true
	for more && f.next() {
		switch f.num {
		case payInputs:
			inputs = f.text
		case payOutput:
			output = f.string()
			more = yield(strings.ToLower(output))
		case payOutputMessage:
			m := readMessage(&f)
			if text := m.Content.String(); f.err == nil && text != "" && text != output {
				more = yield(strings.ToLower(text))
			}
		}
	}
	if f.err != nil || !more {
		return f.err
	}
	jsonTexts(inputs, yield)
	return nil
}

// MetadataTexts does the same for the metadata in a record.
func MetadataTexts(record []byte, yield func(string) bool) error {
	f := fields{rest: record}
	for f.next() {
		if f.num == recMetadata {
			jsonTexts(f.text, yield)
			return nil
		}
	}
	return f.err
}

// jsonTexts calls yield with a JSON text as it is written and, if it uses escapes, with each decoded text in it.
func jsonTexts(raw json.Value, yield func(string) bool) {
	if len(raw) == 0 || !yield(strings.ToLower(string(raw))) || bytes.IndexByte(raw, '\\') < 0 {
		return
	}
	var v any
	if json.UnmarshalForeign(raw, &v) == nil {
		valueTexts(v, yield)
	}
}

func valueTexts(v any, yield func(string) bool) bool {
	switch v := v.(type) {
	case string:
		return yield(strings.ToLower(v))
	case []any:
		for _, e := range v {
			if !valueTexts(e, yield) {
				return false
			}
		}
	case map[string]any:
		for name, e := range v {
			if !yield(strings.ToLower(name)) || !valueTexts(e, yield) {
				return false
			}
		}
	}
	return true
}
