package api_test

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/sandbox/sandboxtest"
	"github.com/openloop-server/openloop/internal/store"
)

var update = flag.Bool("update", false, "write what this run answers into testdata")

// TestScenarios sends the requests of each file to a server of its own, one after the other, and compares the whole answers, on both databases.
// Ids are named by their prefix and a number, in requests too; times of the server are written as <time>.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	contract := readContract(t)
	for _, name := range files {
		title := strings.TrimSuffix(filepath.Base(name), ".txt")
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			runScenario(t, name, contract, start(t, http.HandlerFunc(keyEcho)))
		})
		t.Run(title+" on PostgreSQL", func(t *testing.T) {
			if *update {
				t.Skip("the other one writes")
			}
			t.Parallel()
			runScenario(t, name, contract, startOn(t, http.HandlerFunc(keyEcho), store.Options{URL: postgres.URL(t)}))
		})
	}
}

func runScenario(t *testing.T, name string, contract *contract, s *server) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), `"evaluator_type": "python"`) && strings.Contains(string(raw), "/evaluators/try") ||
		strings.Contains(string(raw), `"source_code"`) && strings.Contains(string(raw), "/tools/call") {
		sandboxtest.Options(t) // skips what this build has no Python for
	}
	steps := parseSteps(t, string(raw))
	known := newNames()
	var out strings.Builder
	for _, step := range steps {
		a := s.call(t, step.method, known.real(step.path), known.real(step.body))
		contract.checkAnswer(t, s, step.method, known.real(step.path), a)
		got := known.show(a)
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

// keyEcho is a provider with OpenAI's API that answers with the key it was called with.
func keyEcho(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"id":"c1","object":"chat.completion","created":1,"model":"gpt-4o-2024-08-06","choices":[{"index":0,
		"message":{"role":"assistant","content":"`+r.Header.Get("Authorization")+`"},"finish_reason":"stop"}],
		"usage":{"prompt_tokens":2000,"completion_tokens":1000,"total_tokens":3000,"prompt_tokens_details":{"cached_tokens":1000}}}`)
}

// step is one request of a scenario: a line "## title", the method and path, the body, a line "=>", and the answer.
type step struct {
	title, method, path, body, answer string
}

func (s *step) String() string {
	request := s.method + " " + s.path + "\n"
	if s.body != "" {
		request += s.body + "\n"
	}
	return "## " + s.title + "\n" + request + "=>\n" + s.answer + "\n"
}

func parseSteps(t *testing.T, text string) []*step {
	t.Helper()
	var out []*step
	for part := range strings.SplitSeq("\n"+text, "\n## ") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		title, rest, _ := strings.Cut(part, "\n")
		request, want, _ := strings.Cut(rest+"\n", "=>\n")
		line, body, _ := strings.Cut(strings.TrimSpace(request), "\n")
		method, path, ok := strings.Cut(line, " ")
		if !ok {
			t.Fatalf("the step %q has no request", title)
		}
		out = append(out, &step{title, method, path, body, strings.TrimSpace(want)})
	}
	return out
}

// names translates between the ids of a run and those written in a scenario.
type names struct {
	byID, byName map[string]string
	counts       map[string]int
}

func newNames() *names {
	return &names{byID: map[string]string{}, byName: map[string]string{}, counts: map[string]int{}}
}

var (
	regexpVersion = regexp.MustCompile(`"version_id":`)
	regexpPrompt  = regexp.MustCompile(`pr_[0-9A-Za-z]{21}`)
	anID          = regexp.MustCompile(`\b[a-z]{2,4}_[0-9A-Za-z]{21}\b`)
	aName         = regexp.MustCompile(`\b[a-z]{2,4}_[0-9]{1,3}\b`)
	aTime         = regexp.MustCompile(`\b2026-03-04T[0-9:.]+Z`)
	aDatabaseTime = regexp.MustCompile(`("(?:held_until|oldest)": )"20[0-9T:.-]+Z"`) // of tasks on a database with a clock of its own
	aSecond       = regexp.MustCompile(`("created": ?)17[0-9]{8}`)
	aLatency      = regexp.MustCompile(`("(?:(?:provider_)?latency|milliseconds)": ?)[0-9.e-]+`)
	noTimeYet     = "<time>"
)

// real is text with names replaced by the ids they stand for.
func (n *names) real(text string) string {
	return aName.ReplaceAllStringFunc(text, func(name string) string {
		if id, ok := n.byName[name]; ok {
			return id
		}
		return name
	})
}

// show is an answer as scenarios write it: the status, and the body with its members sorted.
func (n *names) show(a *answer) string {
	body := a.body
	var v any
	if json.Unmarshal([]byte(body), &v) == nil {
		pretty, err := json.MarshalIndent(v)
		if err == nil {
			body = string(pretty)
		}
	}
	body = anID.ReplaceAllStringFunc(body, n.name)
	body = aTime.ReplaceAllString(body, noTimeYet)
	body = aDatabaseTime.ReplaceAllString(body, `$1"`+noTimeYet+`"`)
	body = aSecond.ReplaceAllString(body, `$1"<second>"`)
	body = aLatency.ReplaceAllString(body, `$1"<seconds>"`)
	return strings.TrimSpace(strconv.Itoa(a.status) + "\n" + body)
}

func (n *names) name(id string) string {
	if name, ok := n.byID[id]; ok {
		return name
	}
	prefix, _, _ := strings.Cut(id, "_")
	n.counts[prefix]++
	name := fmt.Sprintf("%s_%d", prefix, n.counts[prefix])
	n.byID[id], n.byName[name] = name, id
	return name
}
