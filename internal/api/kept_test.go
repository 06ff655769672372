package api_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

// onStores runs a test on an empty database of each kind.
func onStores(t *testing.T, run func(*testing.T, store.Options)) {
	for name, fresh := range map[string]func(*testing.T) store.Options{
		"SQLite": func(t *testing.T) store.Options {
			return store.Options{Path: filepath.Join(t.TempDir(), "openloop.db")}
		},
		"PostgreSQL": func(t *testing.T) store.Options { return store.Options{URL: postgres.URL(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, fresh(t))
		})
	}
}

// respond has a model respond, and returns the id of the response.
func (s *server) respond(t *testing.T, body string) string {
	t.Helper()
	a := s.call(t, http.MethodPost, "/v1/responses", body)
	var r struct {
		ID string `json:"id"`
	}
	if err := json.UnmarshalForeign([]byte(a.body), &r); err != nil || a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return r.ID
}

// TestResponsesGoOnInAnyProcess lets the turns of a conversation alternate between two servers on one database.
func TestResponsesGoOnInAnyProcess(t *testing.T) {
	onStores(t, func(t *testing.T, o store.Options) {
		servers := []*server{startOn(t, nil, o), startOn(t, nil, o)}
		id, want := servers[0].respond(t, `{"model":"mock/echo","input":"turn 0"}`), []string{"turn 0"}
		for turn := range 70 {
			said := fmt.Sprint("turn ", turn+1)
			id = servers[(turn+1)%2].respond(t, fmt.Sprintf(`{"model":"mock/echo","previous_response_id":%q,"input":%q}`, id, said))
			want = append(want, want[len(want)-1], said) // what was said before, and what is asked now
		}
		var got []string
		for after, more := "", true; more; {
			a := servers[0].call(t, http.MethodGet, "/v1/responses/"+id+"/input_items?order=asc&limit=100&after="+after, "")
			var list struct {
				Data []struct {
					Content []struct {
						Text string `json:"text"`
					} `json:"content"`
				} `json:"data"`
				LastID  string `json:"last_id"`
				HasMore bool   `json:"has_more"`
			}
			if err := json.UnmarshalForeign([]byte(a.body), &list); err != nil || a.status != http.StatusOK {
				t.Fatalf("%d %s", a.status, a.body)
			}
			for _, item := range list.Data {
				got = append(got, item.Content[0].Text)
			}
			after, more = list.LastID, list.HasMore
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("items (-want +got):\n%s", diff)
		}
	})
}

// TestResponsesAreTheirKeys states that another key finds nothing, as if there were no such response.
func TestResponsesAreTheirKeys(t *testing.T) {
	s := start(t, nil)
	id := s.respond(t, `{"model":"mock/echo","input":"x"}`)
	item := "msg_" + strings.TrimPrefix(id, "resp_") + "_0"
	ask := func(key, method, path, body string) int {
		r := s.request(t, method, path, body)
		r.Header.Set("X-API-KEY", key)
		return s.send(t, r).status
	}
	for _, tt := range []struct {
		method, path, body string
		own, others        int
	}{
		{"GET", "/v1/responses/" + id, "", 200, 404},
		{"GET", "/v1/responses/" + id + "/input_items", "", 200, 404},
		{"POST", "/v1/responses/" + id + "/cancel", "", 400, 404},
		{"POST", "/v1/responses", `{"model":"mock/echo","input":"y","previous_response_id":"` + id + `"}`, 200, 400},
		{"POST", "/v1/responses", `{"model":"mock/echo","input":[{"type":"item_reference","id":"` + item + `"},{"role":"user","content":"y"}]}`, 200, 404},
		{"GET", "/v1/responses/" + strings.TrimPrefix(id, "resp_"), "", 404, 404},
		{"DELETE", "/v1/responses/" + id, "", 200, 404},
	} {
		others := ask(memberKey, tt.method, tt.path, tt.body)
		own := ask(adminKey, tt.method, tt.path, tt.body)
		if own != tt.own || others != tt.others {
			t.Errorf("%s %s: its own key got %d, want %d; another got %d, want %d", tt.method, tt.path, own, tt.own, others, tt.others)
		}
	}
}
