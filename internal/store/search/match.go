package search

import (
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/trace"
)

// search looks for texts in Logs: in what was said and in metadata without regard to case, in ids exactly. Texts are compared here and not
// in SQL: payloads are one blob, and letters of all languages count the same in both databases.
type search struct {
	said, metadata string
	ids            []string // any of them
}

func searchOf(f *trace.Filter) search {
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
	}{{s.metadata, logs.MetadataTexts, record}, {s.said, logs.SaidTexts, payload}} {
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
