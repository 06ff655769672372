package api_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

// keeper is a provider that keeps responses, each in the account of the key that it was asked with.
type keeper struct {
	mu    sync.Mutex
	kept  map[string]string // keys, by the ids of responses
	asked []string          // method, path, query and key, but for new responses
}

// ServeHTTP implements [http.Handler].
func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	key := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	id, below, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/responses/"), "/")
	w.Header().Set("Content-Type", "application/json")
	switch {
	case strings.HasSuffix(r.URL.Path, "/chat/completions"): // the test of a key
		_, _ = io.WriteString(w, wholeChat)
		return
	case r.URL.Path == "/responses":
		k.create(w, key, body)
		return
	case id == "compact":
		_, _ = io.WriteString(w, `{ "object":"response.compaction","output":[{"id":"`+key+`"}] }`)
		return
	case k.kept[id] != key:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"error":{"message":"Response with id '`+id+`' not found.","type":"invalid_request_error","param":null,"code":null}}`)
		return
	}
	k.asked = append(k.asked, strings.TrimSpace(fmt.Sprintln(r.Method, id, below, r.URL.RawQuery, key)))
	if r.Method == http.MethodDelete {
		delete(k.kept, id)
	}
	_, _ = io.WriteString(w, `{ "id":"`+id+`", "of":"`+below+`" }`)
}

// create makes a response, as a stream if that is asked for.
func (k *keeper) create(w http.ResponseWriter, key string, body []byte) {
	e, _ := json.NewEdit(body)
	previous := strings.Trim(string(e.Get("previous_response_id")), `"`)
	if previous != "" && k.kept[previous] != key {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":{"message":"Previous response with id '`+previous+`' not found.","type":"invalid_request_error","param":"previous_response_id","code":"previous_response_not_found"}}`)
		return
	}
	id := fmt.Sprintf("resp_%04d", len(k.kept))
	k.kept[id] = key
	response := `{ "id":"` + id + `","object":"response","created_at":1,"model":"gpt-5-2025","status":"completed","output":[{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"told","annotations":[]}]}],"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5} }`
	if string(e.Get("stream")) != "true" {
		_, _ = io.WriteString(w, response)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	for _, frame := range []string{
		`{"type":"response.created","sequence_number":0,"response":{"id":"` + id + `","status":"in_progress","output":[]}}`,
		`{"type":"response.output_text.delta","sequence_number":1,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"told"}`,
		`{"type":"response.completed","sequence_number":2,"response":` + response + `}`,
	} {
		name := strings.Split(frame, `"`)[3]
		_, _ = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, frame)
	}
}

// withKeeper starts a server with two keys of a provider that keeps responses.
func withKeeper(t *testing.T, o store.Options) (*server, *keeper) {
	t.Helper()
	k := &keeper{kept: map[string]string{}}
	s := startOn(t, k, o)
	for _, name := range []string{"first", "second"} {
		if a := s.call(t, "PUT", "/v5/provider-keys/openai/credentials/"+name, `{"key": "sk-`+name+`-0123456789"}`); a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	return s, k
}

// TestResponsesThatProvidersKeep states that a conversation stays in the account that keeps it, streamed or not, whatever else would choose another.
func TestResponsesThatProvidersKeep(t *testing.T) {
	onStores(t, func(t *testing.T, o store.Options) {
		s, k := withKeeper(t, o)
		for i := range 12 {
			stream := i%2 == 1
			id := ""
			for turn := range 3 {
				body := fmt.Sprintf(`{"model":"openai/gpt-5","input":"turn %d","stream":%t,"prompt_cache_key":"c%d-%d"}`, turn, stream, i, turn)
				if id != "" {
					body = strings.TrimSuffix(body, "}") + `,"previous_response_id":"` + id + `"}`
				}
				a := s.call(t, "POST", "/v1/responses", body)
				if a.status != http.StatusOK || !strings.Contains(a.body, `"id":"resp_`) {
					t.Fatalf("conversation %d, turn %d: %d %s", i, turn, a.status, a.body)
				}
				_, rest, _ := strings.Cut(a.body, `"id":"`)
				id, _, _ = strings.Cut(rest, `"`)
				if l := logOf(t, s, a); l.Lane != "native" || l.Output != "told" {
					t.Errorf("conversation %d, turn %d: the Log has %v", i, turn, l)
				}
			}
		}
		accounts := map[string]bool{}
		for _, key := range k.kept {
			accounts[key] = true
		}
		if len(accounts) != 2 {
			t.Errorf("all conversations went to one of two accounts: %v", accounts)
		}
	})
}

// TestKeptResponsesAreAskedFor states that what a provider keeps is shown, cancelled and deleted by it, for the key of the caller alone.
func TestKeptResponsesAreAskedFor(t *testing.T) {
	onStores(t, func(t *testing.T, o store.Options) {
		s, k := withKeeper(t, o)
		id := s.respond(t, `{"model":"openai/gpt-5","input":"x"}`)
		key, path := k.kept[id], "/v1/responses/"+id
		for _, c := range []struct{ method, path, want, asked string }{
			{"GET", path, `{ "id":"` + id + `", "of":"" }`, "GET " + id + "   " + key},
			{"GET", path + "/input_items?order=asc&after=m", `{ "id":"` + id + `", "of":"input_items" }`, "GET " + id + " input_items after=m&limit=20&order=asc " + key},
			{"POST", path + "/cancel", `{ "id":"` + id + `", "of":"cancel" }`, "POST " + id + " cancel  " + key},
			{"DELETE", path, `{"id":"` + id + `","object":"response","deleted":true}`, "DELETE " + id + "   " + key},
		} {
			r := s.request(t, c.method, c.path, "")
			r.Header.Set("X-API-KEY", memberKey)
			if a := s.send(t, r); a.status != http.StatusNotFound {
				t.Errorf("%s %s: another key got %d %s", c.method, c.path, a.status, a.body)
			}
			k.asked = nil
			a := s.call(t, c.method, c.path, "")
			if d := cmp.Diff([]any{200, c.want, []string{c.asked}}, []any{a.status, a.body, k.asked}); d != "" {
				t.Errorf("%s %s (-want +got):\n%s", c.method, c.path, d)
			}
		}
		a := s.call(t, "GET", path, "")
		if a.status != http.StatusNotFound || !strings.Contains(a.body, `"code":"resource_not_found"`) {
			t.Errorf("a deleted response: %d %s", a.status, a.body)
		}
	})
}

// TestKeptResponsesGoOnElsewhere states that a conversation which a provider keeps can go on with a model of another, which is told all of it.
func TestKeptResponsesGoOnElsewhere(t *testing.T) {
	s, _ := withKeeper(t, store.Options{Path: t.TempDir() + "/openloop.db"})
	first := s.respond(t, `{"model":"openai/gpt-5","input":"one"}`)
	second := s.respond(t, `{"model":"openai/gpt-5","input":"two","previous_response_id":"`+first+`"}`)
	third := s.respond(t, `{"model":"mock/echo","input":"three","previous_response_id":"`+second+`"}`)
	a := s.call(t, "GET", "/v1/responses/"+third+"/input_items?order=asc", "")
	var list struct {
		Data []struct {
			Content []struct {
				Text string `json:"text"`
			} `json:"content"`
		} `json:"data"`
	}
	if err := json.UnmarshalForeign([]byte(a.body), &list); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, item := range list.Data {
		got = append(got, item.Content[0].Text)
	}
	if d := cmp.Diff([]string{"one", "told", "two", "told", "three"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
