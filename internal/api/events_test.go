package api_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
)

// TestEventsTellWhoChangedWhat saves a Flow twice, changes nothing once, and reads what became known after the first change.
func TestEventsTellWhoChangedWhat(t *testing.T) {
	s := start(t, nil)
	list := func(after int64) []string {
		t.Helper()
		a := s.call(t, "GET", fmt.Sprintf("/v5/events?size=1000&after=%d", after), "")
		var out struct {
			Records []struct {
				Seq       int64  `json:"seq"`
				Operation string `json:"operation"`
				Kind      string `json:"kind"`
				ID        string `json:"id"`
				Detail    string `json:"detail"`
				KeyID     string `json:"key_id"`
			} `json:"records"`
		}
		if err := json.UnmarshalForeign([]byte(a.body), &out); err != nil || a.status != 200 {
			t.Fatalf("%d %s: %v", a.status, a.body, err)
		}
		var seen []string
		for _, r := range out.Records {
			if r.KeyID != "" { // what the server did at its start has none
				seen = append(seen, fmt.Sprint(r.Operation, " ", r.Kind, " ", r.ID != "", " ", r.Detail != ""))
			}
			if r.Seq <= after {
				t.Errorf("event %d is not after %d", r.Seq, after)
			}
		}
		return seen
	}
	for _, body := range []string{`{"path":"f","attributes":{"a":1}}`, `{"path":"f","attributes":{"a":2}}`, `{"path":"f","attributes":{"a":2}}`} {
		if a := s.call(t, "POST", "/v5/flows", body); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	saved := "SaveVersion file true true"
	if d := cmp.Diff([]string{saved, saved}, list(0)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	all, err := s.db.Events(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{saved}, list(all[len(all)-1].Seq-1)); d != "" {
		t.Errorf("after all but the last (-want +got):\n%s", d)
	}
}
