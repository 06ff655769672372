package evalrun_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/evalrun"
	"github.com/openloop-server/openloop/internal/filesync"
)

func TestParseCheck(t *testing.T) {
	for text, want := range map[string]evalrun.Check{
		"checks/exact": {Path: "checks/exact"}, "/checks/exact/:0.8": {Path: "checks/exact", Threshold: new(0.8)}, "a:b:-1e3": {Path: "a:b", Threshold: new(-1000.0)},
	} {
		got, err := evalrun.ParseCheck(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", text, err, diff)
		}
	}
	for _, text := range []string{"", ":0.8", "a:", "a:x", "a:NaN", "a:Inf", "a:1e999", "a//b", "a:b"} {
		if got, err := evalrun.ParseCheck(text); err == nil {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

func FuzzParseCheck(f *testing.F) {
	for _, seed := range []string{"a", "a:1", "a:b:1", ":", "a:-", "\xff:1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := evalrun.ParseCheck(text)
		if err == nil && (got.Path == "" || got.Threshold != nil && *got.Threshold-*got.Threshold != 0) {
			t.Errorf("%q is %+v", text, got)
		}
	})
}

func TestParseLimit(t *testing.T) {
	for text, want := range map[string]evalrun.Limit{"0": {}, "7": {Count: 7}, "5%": {Share: 0.05}, "0%": {}, "100%": {Share: 1}, "0.5%": {Share: 0.005}} {
		if got, err := evalrun.ParseLimit(text); err != nil || got != want {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-1", "1.5", "x", "%", "-1%", "101%", "NaN%"} {
		if got, err := evalrun.ParseLimit(text); err == nil {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

// answers is a server whose answers are these, one after the other, and the last of them from then on; "" is an outage.
func answers(t *testing.T, list ...string) (*evalrun.Server, *time.Time) {
	t.Helper()
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		text := list[min(int(asked.Add(1)), len(list))-1]
		switch {
		case text == "":
			panic(http.ErrAbortHandler)
		case strings.Contains(text, `"detail"`):
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(s.Close)
	client, err := filesync.NewClient(s.URL, "key")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(0, 0)
	return &evalrun.Server{Client: client, Now: func() time.Time { return at }, Wait: func(ctx context.Context, d time.Duration) error {
		at = at.Add(d)
		return ctx.Err()
	}}, &at
}

const (
	running = `{"runs": [{"id": "rn_1", "status": "running", "progress": {"logs": 3, "missing": 1, "failed": 1, "judged": 2, "wanted": 8, "waiting_for": ["human Tone: 2"], "cost": 0.845}}]}`
	stopped = `{"runs": [{"id": "rn_1", "status": "completed", "progress": {"logs": 4, "judged": 8, "wanted": 8, "stopped": "budget_exceeded"}}]}`
	without = `{"runs": [{"id": "rn_1", "status": "pending"}]}`
)

func TestWatchTellsOfTheProgress(t *testing.T) {
	s, _ := answers(t, without, running, "", running, stopped)
	var told []string
	states, err := s.Watch(t.Context(), "evr_1", []string{"rn_1"}, func(s evalrun.State) { told = append(told, s.String()) })
	want := []string{
		"Run rn_1 pending",
		"Run rn_1 running · 3 of 4 Logs · 1 failed · 2 of 8 judgments · $0.84 · waiting for human Tone: 2",
		"Run rn_1 running · 3 of 4 Logs · 1 failed · 2 of 8 judgments · $0.84 · waiting for human Tone: 2",
		"Run rn_1 completed · 4 of 4 Logs · 8 of 8 judgments · stopped: budget_exceeded",
	}
	if diff := cmp.Diff(want, told); diff != "" || err != nil || states["rn_1"].Progress.Stopped == "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestWatchGivesUp(t *testing.T) {
	for name, test := range map[string]struct {
		answer string
		after  time.Duration // at most
		says   string
	}{
		"after a minute without an answer": {"", 70 * time.Second, "cannot be reached"},
		"at once when refused":             {`{"detail": {"reason": "evaluation_not_found", "message": "It does not exist."}}`, 0, "It does not exist."},
		"at once without the Run":          {`{"runs": []}`, 0, "was removed from the Evaluation"},
	} {
		s, at := answers(t, test.answer)
		_, err := s.Watch(t.Context(), "evr_1", []string{"rn_1"}, func(evalrun.State) {})
		if waited := at.Sub(time.Unix(0, 0)); err == nil || !strings.Contains(err.Error(), test.says) || waited > test.after {
			t.Errorf("%s: %v after %v", name, err, waited)
		}
	}
}
