package api_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDialects sends the requests of each file in the APIs of other vendors to a server of its own, as TestScenarios does, and compares the whole
// answers, failures too, and some of their headers.
func TestDialects(t *testing.T) {
	files, err := filepath.Glob("testdata/dialects/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			t.Parallel()
			runDialect(t, name, start(t, nil))
		})
	}
}

func runDialect(t *testing.T, name string, s *server) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	known, out := newNames(), strings.Builder{}
	for _, step := range parseSteps(t, string(raw)) {
		a := s.call(t, step.method, known.within(step.path), known.within(step.body))
		got := inLog.ReplaceAllStringFunc(seconds.ReplaceAllString(known.show(a), "<seconds>"), known.name)
		for _, h := range []string{"X-Openloop-Ignored", "X-Should-Retry"} {
			if v := a.header.Get(h); v != "" {
				got = strings.Replace(got, "\n", "\n"+h+": "+v+"\n", 1)
			}
		}
		if !*update && got != step.answer {
			t.Errorf("%s (-want +got):\n%s", step.title, cmp.Diff(step.answer, got))
		}
		step.answer = got
		out.WriteString(step.String())
	}
	if *update {
		if err := os.WriteFile(name, []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// within is text with names that are parts of ids replaced by what they stand for.
func (n *names) within(text string) string {
	return asLog.ReplaceAllStringFunc(text, func(name string) string {
		if id, ok := n.byName[name]; ok {
			return id
		}
		return name
	})
}

var (
	asLog   = regexp.MustCompile(`log_[0-9]{1,3}`)       // in a request
	inLog   = regexp.MustCompile(`log_[0-9A-Za-z]{21}`)  // within the id of something else
	seconds = regexp.MustCompile(`\b17726007[0-9]{2}\b`) // of the server's clock
)

// TestWebSocketsAreRefusedAtOnce states that the upgrade which clients try first is told from a request with the wrong method.
func TestWebSocketsAreRefusedAtOnce(t *testing.T) {
	s := start(t, nil)
	for _, path := range []string{"/v1/responses", "/openai/v1/responses"} {
		r := s.request(t, http.MethodGet, path, "")
		r.Header.Set("Upgrade", "websocket")
		r.Header.Set("Connection", "Upgrade")
		a := s.send(t, r)
		if want := `{"error":{"message":"Responses are made by POST here`; a.status != http.StatusUpgradeRequired || !strings.HasPrefix(a.body, want) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}
