package evaluations_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/json"
)

// besideAPeer has promptfoo evaluate the same cases with the same check against the same provider, so many at a time, and compares the time that both
// take from the beginning to the end. PROMPTFOO names its program; without it the case is skipped.
func besideAPeer(b *testing.B, s *server, size int) {
	program := os.Getenv("PROMPTFOO")
	if program == "" {
		b.Skip("PROMPTFOO does not name the program (npm install promptfoo)")
	}
	s.dataset(b, size)
	s.prompt(b, "openai", "gpt-4o-mini")
	s.evaluator(b, "bench/exact")
	s.must(b, "POST", "/v5/evaluators/try", object{"path": "bench/exact", "log_ids": []string{s.call(b)}}, nil) // prepares Python
	ours := s.evaluate(b, "bench/exact")
	theirs := promptfoo(b, program, provider(b, 20*time.Millisecond), size)
	b.ReportMetric(float64(size)/ours.Seconds(), "places/s")
	b.ReportMetric(float64(size)/theirs.Seconds(), "promptfoo/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times-promptfoo")
	b.ReportMetric(0, "ns/op")
}

func promptfoo(b *testing.B, program, provider string, size int) time.Duration {
	b.Helper()
	tests := make([]object, size)
	for i := range tests {
		tests[i] = object{
			"vars":   object{"question": fmt.Sprintf("Question %d. %0900d", i, i)},
			"assert": []object{{"type": "javascript", "value": "output.trim().toLowerCase() === 'an answer'"}},
		}
	}
	raw, err := json.Marshal(object{
		"prompts": []string{"{{question}}"}, "tests": tests,
		"providers": []object{{"id": "openai:chat:gpt-4o-mini", "config": object{"apiBaseUrl": provider, "apiKey": "sk-bench"}}},
	})
	if err != nil {
		b.Fatal(err)
	}
	home := b.TempDir()
	config := filepath.Join(home, "promptfooconfig.json")
	if err := os.WriteFile(config, raw, 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), program, "eval", "-c", config, "-j", "64", "--no-cache", "--no-table", "--no-progress-bar", "--no-write", "-o", filepath.Join(home, "out.json"))
	cmd.Env = append(os.Environ(), "PROMPTFOO_DISABLE_TELEMETRY=1", "PROMPTFOO_DISABLE_UPDATE=1", "PROMPTFOO_CONFIG_DIR="+home, "NO_PROXY=127.0.0.1")
	began := time.Now()
	out, _ := cmd.CombinedOutput() // it ends with 100 when a check fails
	took := time.Since(began)
	if _, err := os.Stat(filepath.Join(home, "out.json")); err != nil {
		b.Fatalf("%s: %s", err, out)
	}
	return took
}
