package store_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/pgtest"
	"github.com/openloop-server/openloop/internal/trace"
)

func savePrompt(t *testing.T, db *store.DB) *file.Snapshot {
	t.Helper()
	snap, _, err := db.SaveVersion(t.Context(), store.Save{Kind: file.PromptKind, Path: "p", Content: []byte(`{}`), Hash: "h"})
	if err != nil {
		t.Fatal(err)
	}
	return &snap
}

func smallLog(s *file.Snapshot) *trace.Log {
	return &trace.Log{ID: ids.New(ids.Log, time.Now()), FileID: s.File.ID, VersionID: s.Version.ID}
}

func TestFullDiskIsAnOutageThatTheOperatorReadsOf(t *testing.T) {
	var out bytes.Buffer
	db := open(t, store.Options{Path: filepath.Join(t.TempDir(), "x.db"), Logger: slog.New(slog.NewTextHandler(&out, nil))})
	p := savePrompt(t, db)
	if err := db.Pragma(t.Context(), "PRAGMA max_page_count = 60"); err != nil {
		t.Fatal(err)
	}
	large := smallLog(p)
	large.Payload.Output = new(strings.Repeat("x", 1<<20))
	if err := db.AppendLog(t.Context(), large); !errs.Is(err, errs.DependencyUnavailable) {
		t.Errorf("error is %v", err)
	}
	if got := out.String(); !strings.Contains(got, "store.AppendLog") || !strings.Contains(got, "full") {
		t.Errorf("the operator reads %q", got)
	}
	if err := db.Pragma(t.Context(), "PRAGMA max_page_count = 4294967294"); err != nil {
		t.Fatal(err)
	}
	if err := db.AppendLog(t.Context(), large); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestDatabaseThatIsBusyIsAnOutage(t *testing.T) {
	o := store.Options{Path: filepath.Join(t.TempDir(), "x.db")}
	db, other := open(t, o), open(t, o)
	p := savePrompt(t, db)
	for _, text := range []string{"PRAGMA busy_timeout = 1", "PRAGMA locking_mode = NORMAL"} {
		if err := db.Pragma(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	if err := other.Pragma(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	if err := db.AppendLog(t.Context(), smallLog(p)); !errs.Is(err, errs.DependencyUnavailable) {
		t.Errorf("AppendLog: %v", err)
	}
	if err := db.DeleteFile(t.Context(), file.PromptKind, p.File.ID); !errs.Is(err, errs.DependencyUnavailable) {
		t.Errorf("DeleteFile: %v", err)
	}
	if _, err := db.Log(t.Context(), "x"); !errs.Is(err, errs.LogNotFound) {
		t.Errorf("readers wait for writers: %v", err)
	}
	if err := other.Pragma(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := db.AppendLog(t.Context(), smallLog(p)); err != nil {
		t.Errorf("free again: %v", err)
	}
}

func TestLostServerIsAnOutage(t *testing.T) {
	var own pgtest.Server
	defer own.Stop()
	db := open(t, store.Options{URL: own.URL(t)})
	p := savePrompt(t, db)
	if err := db.AppendLog(t.Context(), smallLog(p)); err != nil {
		t.Fatal(err)
	}
	own.Stop()
	for what, err := range map[string]error{
		"AppendLog":  db.AppendLog(t.Context(), smallLog(p)),
		"Ping":       db.Ping(t.Context()),
		"DeleteFile": db.DeleteFile(t.Context(), file.PromptKind, p.File.ID),
	} {
		if !errs.Is(err, errs.DependencyUnavailable) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// hears waits until a topic has changed since before.
func hears(t *testing.T, db *store.DB, before uint64, topic store.Topic) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !db.Since(before, topic) {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("no change was heard")
		}
	}
}

// TestChangesOfAnotherProcessAreNoticed, and on PostgreSQL what they are about. Fault D3.
func TestChangesOfAnotherProcessAreNoticed(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		one, other := open(t, o), open(t, o)
		a := savePrompt(t, one)
		b, _, err := one.SaveVersion(t.Context(), store.Save{Kind: file.PromptKind, Path: "q", Content: []byte(`{}`), Hash: "h"})
		if err != nil {
			t.Fatal(err)
		}
		named := o.URL != "" // another process of SQLite cannot say what it changed
		for i := range 3 {   // everything counts as changed once, when a store begins to listen
			before := one.Moment()
			if _, err := other.DescribeVersion(t.Context(), file.PromptKind, a.File.ID, a.Version.ID, new(fmt.Sprint("name ", i)), nil); err != nil {
				t.Fatal(err)
			}
			hears(t, one, before, store.FileTopic(a.File.ID))
			if one.Since(before, store.FileTopic(b.File.ID), store.Keys, store.Secrets) != named {
				return
			}
		}
		t.Errorf("other topics have changed: %v", named)
	})
}
