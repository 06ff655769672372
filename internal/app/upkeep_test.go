package app

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// TestABacklogOfIndexingKeepsNoSweepWaiting looks at ten minutes in which one chore has no end.
//
// Fault D2: Logs were swept once the backlog was gone.
func TestABacklogOfIndexingKeepsNoSweepWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var swept []time.Duration
		a := new(App)
		a.background(t.Context(),
			repeated(func(ctx context.Context) time.Duration {
				<-ctx.Done()
				return indexEvery
			}),
			repeated(func(context.Context) time.Duration {
				swept = append(swept, time.Since(began))
				time.Sleep(20 * time.Second) // of the fake clock
				return sweepEvery
			}))
		time.Sleep(10*time.Minute + 30*time.Second)
		for _, w := range a.work {
			w.Stop()
		}
		var want []time.Duration
		for n := range 11 {
			want = append(want, time.Duration(n)*sweepEvery)
		}
		if d := cmp.Diff(want, swept); d != "" {
			t.Errorf("swept at (-want +got):\n%s", d)
		}
	})
}

// TestUpkeepLastsFromItsStartToClose lets a Log grow old on a fake clock, once before the upkeep was started and once after. Closing twice is safe.
func TestUpkeepLastsFromItsStartToClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, err := config.Read([]string{"OPENLOOP_DATA_DIR=" + t.TempDir(), "OPENLOOP_LOG_RETENTION=1h"})
		if err != nil {
			t.Fatal(err)
		}
		a, err := New(t.Context(), cfg, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		snap, _, err := a.db.SaveVersion(t.Context(), store.Save{Kind: file.PromptKind, Path: "p", Content: []byte(`{}`), Hash: "h"})
		if err != nil {
			t.Fatal(err)
		}
		add := func(id string, age time.Duration) {
			l := &trace.Log{ID: id, FileID: snap.File.ID, VersionID: snap.Version.ID, CreatedAt: time.Now().Add(-age)}
			if err := a.db.AppendLog(t.Context(), l); err != nil {
				t.Fatal(err)
			}
		}
		add("old", 2*time.Hour)
		time.Sleep(10 * time.Minute)
		if _, err := a.db.Log(t.Context(), "old"); err != nil {
			t.Errorf("the old Log, before the upkeep starts: %v", err)
		}
		a.background(t.Context(), a.upkeep()...)
		for _, w := range a.work {
			<-w.Ready()
		}
		add("young", 58*time.Minute)
		time.Sleep(90 * time.Second)
		if _, err := a.db.Log(t.Context(), "old"); !errs.Is(err, errs.LogNotFound) {
			t.Errorf("the old Log: %v", err)
		}
		if _, err := a.db.Log(t.Context(), "young"); err != nil {
			t.Errorf("the young Log: %v", err)
		}
		time.Sleep(2 * time.Minute)
		if _, err := a.db.Log(t.Context(), "young"); !errs.Is(err, errs.LogNotFound) {
			t.Errorf("the young Log, which has become old: %v", err)
		}
		for range 2 {
			if err := a.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}
