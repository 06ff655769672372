package grams

import (
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/store/blobs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// Wanted is texts to look for in Logs: without regard to case in what was said and in metadata, exactly in ids. It compares texts here and not
// in SQL, because payloads are blobs, and so that letters of all languages compare the same on both databases.
type Wanted struct {
	Said, Metadata string   // in lower case
	IDs            []string // a Log's id must contain one of them
}

// WantedBy returns the texts that f looks for.
func WantedBy(f *trace.Filter) Wanted {
	return Wanted{Said: strings.ToLower(f.Search), Metadata: strings.ToLower(f.MetadataSearch), IDs: f.IDContains}
}

// Everything reports whether w matches every Log.
func (w *Wanted) Everything() bool { return w.Said == "" && w.Metadata == "" && len(w.IDs) == 0 }

// Match reports whether the Log with this id, record and payload matches. It needs only those that w looks into.
func (w *Wanted) Match(id string, record, payload []byte) (bool, error) {
	if len(w.IDs) > 0 && !slices.ContainsFunc(w.IDs, func(part string) bool { return strings.Contains(id, part) }) {
		return false, nil
	}
	for _, in := range []struct {
		text  string
		texts func([]byte, func(string) bool) error
		blob  []byte
	}{{w.Metadata, blobs.MetadataTexts, record}, {w.Said, blobs.SaidTexts, payload}} {
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

// Conditions returns the conditions of Logs that w may match.
func (w *Wanted) Conditions() []Condition {
	var conditions []Condition
	if w.Said != "" {
		conditions = append(conditions, Condition{Of(Said, w.Said)})
	}
	if w.Metadata != "" {
		conditions = append(conditions, Condition{Of(Metadata, w.Metadata)})
	}
	if len(w.IDs) > 0 {
		conditions = append(conditions, sqldb.Values(w.IDs, func(part string) []Gram { return Of(ID, part) }))
	}
	return conditions
}
