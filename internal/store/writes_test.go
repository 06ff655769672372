package store_test

import (
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
)

// TestReadyNoticesThatWritesFail takes away the room of a database, and gives it back. Reads work all the time.
//
// Fault E7: only reads were tried.
func TestReadyNoticesThatWritesFail(t *testing.T) {
	for name, c := range map[string]struct{ breaks, mends string }{
		"a full disk":          {"PRAGMA max_page_count = 1", "PRAGMA max_page_count = 4294967294"},
		"a read-only database": {"PRAGMA query_only = 1", "PRAGMA query_only = 0"},
	} {
		t.Run(name, func(t *testing.T) {
			var passed atomic.Int64
			now := func() time.Time { return time.Unix(1e9, 0).Add(time.Duration(passed.Load())) }
			db := open(t, store.Options{Path: filepath.Join(t.TempDir(), "x.db"), Now: now})
			p := savePrompt(t, db)
			ready := func(want ...errs.Reason) {
				t.Helper()
				if err := db.Ready(t.Context()); (err == nil) != (want == nil) || err != nil && !errs.Is(err, want...) {
					t.Errorf("ready is %v, want %v", err, want)
				}
			}
			turn := func(pragma string) {
				t.Helper()
				if err := db.Pragma(t.Context(), pragma); err != nil {
					t.Fatal(err)
				}
			}
			ready()
			turn(c.breaks)
			ready() // the last write worked, a moment ago
			passed.Add(int64(6 * time.Second))
			ready(errs.DependencyUnavailable) // nobody has written meanwhile
			turn(c.mends)
			ready()

			filling := smallLog(p) // what the probe has left free
			filling.Payload.Output = new(strings.Repeat("x", 1<<18))
			if err := db.AppendLog(t.Context(), filling); err != nil {
				t.Fatal(err)
			}
			turn(c.breaks)
			large := smallLog(p)
			large.Payload.Output = new(strings.Repeat("x", 1<<20))
			if err := db.AppendLog(t.Context(), large); !errs.Is(err, errs.DependencyUnavailable) {
				t.Errorf("error is %v", err)
			}
			ready(errs.DependencyUnavailable)
			if err := db.Ping(t.Context()); err != nil {
				t.Errorf("reads fail: %v", err)
			}
			turn(c.mends)
			ready()
		})
	}
}

// TestReadyOfAPostgresThatIsReadOnly is about a standby, or a server that an operator has stopped writing to.
func TestReadyOfAPostgresThatIsReadOnly(t *testing.T) {
	o := store.Options{URL: postgres.URL(t)}
	db := open(t, o)
	p := savePrompt(t, db)
	if err := db.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.URL += "&default_transaction_read_only=on"
	if _, err := store.Open(t.Context(), o); !errs.Is(err, errs.DependencyUnavailable) {
		t.Errorf("it opens with %v", err)
	}
	o.URL = strings.Replace(o.URL, "&default_transaction_read_only=on", "&pool_max_conns=1", 1) // so that none is made that may write
	var passed atomic.Int64
	o.Now = func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
	db = open(t, o)
	for _, mode := range []string{"on", "off"} {
		if err := db.ReadOnly(t.Context(), mode); err != nil {
			t.Fatal(err)
		}
		passed.Add(int64(time.Minute))
		err, appended := db.Ready(t.Context()), db.AppendLog(t.Context(), smallLog(p))
		if mode == "on" != errs.Is(err, errs.DependencyUnavailable) || mode == "on" != errs.Is(appended, errs.DependencyUnavailable) {
			t.Errorf("read only %s: ready is %v, a Log %v", mode, err, appended)
		}
	}
}
