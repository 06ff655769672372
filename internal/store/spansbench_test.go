package store_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// BenchmarkSpans reads the first 200 spans of a trace of 10,000 Logs, which lie in groups of ten.
func BenchmarkSpans(b *testing.B) {
	db, err := store.Open(b.Context(), store.Options{Path: filepath.Join(b.TempDir(), "test.db"), Relaxed: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close(b.Context())
	content := json.Value(`{"model":"m"}`)
	snap, _, err := db.SaveVersion(b.Context(), store.Save{Kind: file.PromptKind, Path: "p", Content: content, Hash: file.Hash(file.PromptKind, content)})
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	for i := range 10_000 {
		l := &trace.Log{ID: fmt.Sprint("l", i), Kind: file.PromptKind, FileID: snap.File.ID, VersionID: snap.Version.ID, TraceID: "l0", StartTime: began.Add(time.Duration(i)), Model: "m", Provider: "mock"}
		l.Payload.Inputs = json.Value(`{"text":"some inputs of a call, and some more of them"}`)
		if i > 0 {
			l.TraceParentID = fmt.Sprint("l", (i-1)/10)
		}
		if err := db.AppendLog(b.Context(), l); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := db.Log(b.Context(), "l9999"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		spans, err := db.Spans(b.Context(), "l77", "", 200)
		if err != nil || spans.Total != 10_000 || len(spans.Logs) != 200 {
			b.Fatal(spans.Total, err)
		}
	}
}
