package store

import (
	"bytes"
	"slices"
	"strings"

	"openloop/internal/json"
	"openloop/internal/trace"
)

// search looks for texts in Logs: in what was said and in metadata without regard to case, in ids exactly. Texts are compared here and not
// in SQL: payloads are one blob, and letters of all languages count the same in both databases.
type search struct {
	said, metadata string
	ids            []string // any of them
}

func newSearch(f *trace.Filter) search {
	return search{said: strings.ToLower(f.Search), metadata: strings.ToLower(f.MetadataSearch), ids: f.IDContains}
}

// everything reports whether s matches every Log.
func (s *search) everything() bool { return s.said == "" && s.metadata == "" && len(s.ids) == 0 }

// match reports whether the Log with this id, record and payload matches; it needs only those it looks into.
func (s *search) match(id string, record, payload []byte) (bool, error) {
	if len(s.ids) > 0 && !slices.ContainsFunc(s.ids, func(part string) bool { return strings.Contains(id, part) }) {
		return false, nil
	}
	for _, in := range []struct {
		text  string
		texts func([]byte, func(string) bool) error
		blob  []byte
	}{{s.metadata, metadataTexts, record}, {s.said, saidTexts, payload}} {
		if in.text == "" {
			continue
		}
		found := false
		err := in.texts(in.blob, func(text string) bool {
			found = strings.Contains(text, in.text)
			return !found
		})
		if err != nil || !found {
			return false, err
		}
	}
	return true, nil
}

// saidTexts calls yield for the texts of a payload that are searched, in lower case, until it returns false: output and inputs, as they are
// written and each text in them that is written with escapes.
func saidTexts(payload []byte, yield func(string) bool) error {
	f := fields{rest: payload}
	var inputs json.Value
	output, more := "", true
	for more && f.next() {
		switch f.num {
		case payInputs:
			inputs = f.bytes()
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

// metadataTexts does the same for the metadata of a record.
func metadataTexts(record []byte, yield func(string) bool) error {
	f := fields{rest: record}
	for f.next() {
		if f.num == recMetadata {
			jsonTexts(f.bytes(), yield)
			return nil
		}
	}
	return f.err
}

// jsonTexts calls yield for a JSON text as it is written, and for each of its texts if any is written with escapes.
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

// grams says which Logs s may match: those that for each of the conditions have all grams of one of its choices.
func (s *search) grams() [][][]gram {
	var conditions [][][]gram
	if s.said != "" {
		conditions = append(conditions, [][]gram{gramsOf(saidField, s.said)})
	}
	if s.metadata != "" {
		conditions = append(conditions, [][]gram{gramsOf(metadataField, s.metadata)})
	}
	if len(s.ids) > 0 {
		var choices [][]gram
		for _, part := range s.ids {
			choices = append(choices, gramsOf(idField, part))
		}
		conditions = append(conditions, choices)
	}
	return conditions
}
