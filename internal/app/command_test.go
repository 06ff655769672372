package app_test

import (
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/sandbox/sandboxtest"
)

// TestAnEvaluatorRunsByTheCommandOfTheOperator has one judge that asks for it, and one that does not where it is the default.
func TestAnEvaluatorRunsByTheCommandOfTheOperator(t *testing.T) {
	t.Parallel()
	command := "OPENLOOP_PYTHON_COMMAND=" + strings.Join(sandboxtest.Command(t), " ")
	asks := map[string]any{"runtime": "command"}
	for name, test := range map[string]struct {
		environ    []string
		attributes map[string]any
	}{
		"asked for": {[]string{command}, asks}, "by default": {[]string{command, "OPENLOOP_PYTHON_DEFAULT=command"}, nil},
	} {
		s := start(t, test.environ...)
		got := s.post(t, "/v5/evaluators/try", map[string]any{
			"spec": map[string]any{
				"evaluator_type": "python", "arguments_type": "target_free", "return_type": "boolean", "attributes": test.attributes,
				"code": "import sys\ndef f(log): return sys.platform != 'wasi' and log['output'] == 'Hi.'",
			},
			"logs": []any{map[string]any{"output": "Hi."}},
		})
		if got.status != 200 || !strings.Contains(got.body, `"judgment":true`) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

// TestAToolRunsByTheCommandOfTheOperator calls one that asks for it.
func TestAToolRunsByTheCommandOfTheOperator(t *testing.T) {
	t.Parallel()
	s := start(t, "OPENLOOP_PYTHON_COMMAND="+strings.Join(sandboxtest.Command(t), " "))
	got := s.post(t, "/v5/tools/call", map[string]any{
		"path": "t", "inputs": map[string]any{"a": 2},
		"tool": map[string]any{"source_code": "import sys\ndef f(a): return [sys.platform != 'wasi', a]", "attributes": map[string]any{"runtime": "command"}},
	})
	if got.status != 200 || !strings.Contains(got.body, `"output":"[true,2]"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
}
