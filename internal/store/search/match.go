package search

import (
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/trace"
)

// search looks for texts in Logs: without regard to case in what was said and in metadata, exactly in ids. It compares texts here and not
// in SQL, because payloads are blobs, and so that letters of all languages compare the same on both databases.
type search struct {
	said, metadata string
	ids            []string // a Log's id must contain one of them
}

func searchOf(f *trace.Filter) search {
	return search{said: strings.ToLower(f.Search), metadata: strings.ToLower(f.MetadataSearch), ids: f.IDContains}
}

// everything reports whether s matches every Log.
func (s *search) everything() bool { return s.said == "" && s.metadata == "" && len(s.ids) == 0 }

// match reports whether the Log with this id, record and payload matches. It needs only those that s looks into.
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

// grams returns conditions on the Logs that s may match. For each condition, a Log must have all grams of at least one of the choices.
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
