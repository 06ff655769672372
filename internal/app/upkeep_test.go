package app

import (
	"io"
	"testing"
	"time"

	"openloop/internal/config"
	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/store"
	"openloop/internal/trace"
)

func TestOldLogsAreDeleted(t *testing.T) {
	cfg, err := config.Read([]string{"OPENLOOP_DATA_DIR=" + t.TempDir(), "OPENLOOP_LOG_RETENTION=2d"})
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), cfg, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	snap, _, err := a.db.SaveVersion(t.Context(), store.Save{Kind: file.PromptKind, Path: "p", Content: []byte(`{}`), Hash: "h"})
	if err != nil {
		t.Fatal(err)
	}
	for id, age := range map[string]time.Duration{"old": 49 * time.Hour, "young": 47 * time.Hour} {
		l := &trace.Log{ID: id, FileID: snap.File.ID, VersionID: snap.Version.ID, CreatedAt: time.Now().Add(-age)}
		if err := a.db.AppendLog(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	a.sweep(t.Context())
	if _, err := a.db.Log(t.Context(), "old"); !errs.Is(err, errs.LogNotFound) {
		t.Errorf("the old Log: %v", err)
	}
	if _, err := a.db.Log(t.Context(), "young"); err != nil {
		t.Errorf("the young Log: %v", err)
	}
}
