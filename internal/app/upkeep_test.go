package app

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"openloop/internal/config"
	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/store"
	"openloop/internal/trace"
)

// TestABacklogOfIndexingKeepsNoSweepWaiting looks at ten minutes in which one chore has no end.
//
// Fault D2: Logs were swept once the backlog was gone.
func TestABacklogOfIndexingKeepsNoSweepWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute+time.Second)
		defer stop()
		began := time.Now()
		var swept []time.Duration
		backlog := func(ctx context.Context) time.Duration {
			<-ctx.Done()
			return indexEvery
		}
		sweep := func(context.Context) time.Duration {
			swept = append(swept, time.Since(began))
			time.Sleep(20 * time.Second) // of the fake clock
			return sweepEvery
		}
		sideBySide(ctx, backlog, sweep)
		var want []time.Duration
		for n := range 11 {
			want = append(want, time.Duration(n)*sweepEvery)
		}
		if d := cmp.Diff(want, swept); d != "" {
			t.Errorf("swept at (-want +got):\n%s", d)
		}
	})
}

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
