package app_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAProcessOnlyWorks has one process serve and another run what the first is asked for.
func TestAProcessOnlyWorks(t *testing.T) {
	t.Parallel()
	for name, environ := range databases(t) {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, "mock:echo", 10, append(slices.Clone(environ), "OPENLOOP_WORKERS=false")...)
			run := b.run(t)
			w := &replica{addr: "127.0.0.1:0", environ: append(slices.Clone(environ), "OPENLOOP_DATA_DIR="+b.data, "OPENLOOP_ONLY=workers")}
			w.up(t)
			defer w.down(t)
			stats := b.completed(t, run, patience)
			if judged := stats["evaluator_stats"].([]any)[0].(object); stats["num_logs"] != 10.0 || judged["num_true"] != 10.0 {
				t.Errorf("%v", stats)
			}
			got := map[string]int{}
			for _, path := range []string{"/health", "/ready", "/metrics", "/", "/docs", "/openapi.json", "/v5/prompts"} {
				got[path] = status(t, "http://"+w.addr+path)
			}
			want := map[string]int{"/health": 200, "/ready": 200, "/metrics": 200, "/": 404, "/docs": 404, "/openapi.json": 404, "/v5/prompts": 404}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func status(t *testing.T, url string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-API-KEY", testKey)
	resp, err := http.DefaultClient.Do(req)
	return read(t, resp, err).status
}

// TestAProcessThatOnlyWorksMakesNoKey starts one on an empty database, and a server that shows its first key afterwards.
func TestAProcessThatOnlyWorksMakesNoKey(t *testing.T) {
	t.Parallel()
	environ := []string{"OPENLOOP_DATA_DIR=" + t.TempDir()}
	w := &replica{addr: "127.0.0.1:0", environ: append(environ, "OPENLOOP_ONLY=workers", "OPENLOOP_API_KEY="+testKey)}
	w.up(t)
	defer w.down(t)
	s := &replica{addr: "127.0.0.1:0", environ: environ}
	s.up(t)
	defer s.down(t)
	if got := status(t, "http://"+s.addr+"/v5/prompts"); got != http.StatusUnauthorized {
		t.Errorf("the key of the process that only works is answered with %d", got)
	}
}
