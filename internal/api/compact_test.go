package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/store"
)

const compaction = `{ "id":"resp_9","object":"response.compaction","created_at":1,"output":[{"type":"message","role":"user","content":"Grüße"},{"type":"compaction","id":"cmp_1","encrypted_content":"s1"}],"usage":{"input_tokens":30,"output_tokens":2,"total_tokens":32} }`

// TestConversationsAreCompactedByTheirProvider states that both bodies go on as they came, and that the Log counts tokens and holds nothing that was said.
func TestConversationsAreCompactedByTheirProvider(t *testing.T) {
	p := &parrot{answer: compaction}
	s := withParrot(t, p)
	const input = `"input":[ {"type":"message","role":"user","content":"Grüße"},{"type":"compaction","encrypted_content":"s0"} ],"new":1.10`
	for _, path := range []string{"/v1/responses/compact", "/openai/v1/responses/compact"} {
		a := s.call(t, "POST", path, `{"model":"openai/gpt-5",`+input+`}`)
		if a.status != http.StatusOK || a.body != compaction {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
		if want := `{"model":"gpt-5",` + input + `}`; p.path != "/responses/compact" || p.body != want {
			t.Errorf("%s: %s got %s, want %s", path, p.path, p.body, want)
		}
		l := logOf(t, s, a)
		if d := cmp.Diff(keptLog{Ingress: "openai.responses", Lane: "native", Finish: "stop", Prompted: 30}, l, cmpopts.IgnoreFields(keptLog{}, "Response")); d != "" {
			t.Errorf("%s: the Log (-want +got):\n%s", path, d)
		}
	}
}

// TestWhatCannotBeCompacted states which request is told that, and which what else is wrong with it.
func TestWhatCannotBeCompacted(t *testing.T) {
	s := withParrot(t, &parrot{answer: compaction})
	id := s.respond(t, `{"model":"mock/echo","input":"x"}`)
	for _, c := range []struct {
		body, param, code string
		status            int
	}{
		{`{"model":"mock/echo","input":"x"}`, "model", "unsupported_parameter", 400},
		{`{"model":"openai/gpt-5","previous_response_id":"` + id + `"}`, "model", "unsupported_parameter", 400},
		{`{"input":"x"}`, "model", "validation_failed", 400},
		{`{"model":"openai/gpt-5","input":`, "", "invalid_json", 400},
		{`["openai/gpt-5"]`, "", "validation_failed", 400},
	} {
		a := s.call(t, "POST", "/v1/responses/compact", c.body)
		if a.status != c.status || !strings.Contains(a.body, c.code) || c.param != "" && !strings.Contains(a.body, `"param":"`+c.param+`"`) {
			t.Errorf("%s: %d %s", c.body, a.status, a.body)
		}
	}
}

// TestCompactionStaysInTheAccountThatKeepsTheConversation states that previous_response_id decides by whose key a conversation is compacted.
func TestCompactionStaysInTheAccountThatKeepsTheConversation(t *testing.T) {
	s, k := withKeeper(t, store.Options{Path: t.TempDir() + "/openloop.db"})
	for i := range 8 {
		id := s.respond(t, fmt.Sprintf(`{"model":"openai/gpt-5","input":"x","prompt_cache_key":"a%d"}`, i))
		a := s.call(t, "POST", "/v1/responses/compact", fmt.Sprintf(`{"model":"openai/gpt-5","previous_response_id":"%s","prompt_cache_key":"b%d"}`, id, i))
		if want := k.kept[id]; a.status != http.StatusOK || a.body != `{ "object":"response.compaction","output":[{"id":"`+want+`"}] }` {
			t.Errorf("%s is kept by %s, and was compacted by: %d %s", id, want, a.status, a.body)
		}
	}
}
