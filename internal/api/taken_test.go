package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// TestWhatStandsInTheWayIsNamed meets the 409s of this server. None is worth a retry.
//
// Fault F5: they were all `conflict`, which is retryable.
func TestWhatStandsInTheWayIsNamed(t *testing.T) {
	s := start(t, nil)
	made := func(path, body string) map[string]any {
		t.Helper()
		a := s.call(t, http.MethodPost, path, body)
		var out map[string]any
		if err := json.Unmarshal([]byte(a.body), &out); err != nil || a.status > http.StatusCreated {
			t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
		return out
	}
	prompt := made("/v5/prompts", `{"path": "a/p", "model": "echo", "provider": "mock", "version_name": "blue"}`)
	id, version := prompt["id"].(string), prompt["version_id"].(string)
	made("/v5/tools", `{"path": "a/t", "function": {"name": "f", "description": "d"}}`)
	made("/v5/prompts/log", `{"path": "a/p", "log_id": "taken", "output": "x"}`)
	made("/v5/flows/log", `{"path": "f", "flow": {"attributes": {"a": 1}}, "log_id": "whole", "inputs": {"a": 1}, "output": "x", "log_status": "complete"}`)
	outer := made("/v5/directories", `{"path": "outer/inner"}`)["parent_id"].(string)
	for _, c := range []struct {
		method, path, body string
		want               errs.Reason
	}{
		{"POST", "/v5/prompts", `{"path": "a/t", "model": "m"}`, errs.AlreadyExists},
		{"POST", "/v5/prompts", `{"path": "a/p", "model": "other", "version_name": "blue"}`, errs.AlreadyExists},
		{"PATCH", "/v5/prompts/" + id, `{"path": "a/t"}`, errs.AlreadyExists},
		{"POST", "/v5/prompts/log", `{"path": "a/p", "log_id": "taken", "output": "x"}`, errs.AlreadyExists},
		{"POST", "/v5/prompts/call", `{"path": "a/p", "log_id": "taken", "messages": [{"role": "user", "content": "hi"}]}`, errs.AlreadyExists},
		{"POST", "/v5/directories", `{"path": "outer"}`, errs.AlreadyExists},
		{"DELETE", "/v5/prompts/" + id + "/versions/" + version, "", errs.InUse},
		{"DELETE", "/v5/directories/" + outer, "", errs.InUse},
		{"PATCH", "/v5/directories/" + outer, `{"path": "outer/inner/x"}`, errs.IllegalState},
		{"POST", "/v5/tools/log", `{"path": "a/t", "trace_parent_id": "whole", "output": "x"}`, errs.IllegalState},
		{"PATCH", "/v5/flows/logs/whole", `{"log_status": "incomplete"}`, errs.IllegalState},
	} {
		a := s.call(t, c.method, c.path, c.body)
		d := checkFailure(t, a)
		if a.status != http.StatusConflict || d.Reason != c.want || d.Retryable || !strings.HasSuffix(d.DocURL, string(c.want)) {
			t.Errorf("%s %s: %d %s, want %s", c.method, c.path, a.status, a.body, c.want)
		}
	}
}

// TestNoLogIsHiddenByAList reports Logs with the ids whose addresses are lists.
func TestNoLogIsHiddenByAList(t *testing.T) {
	s := start(t, nil)
	lists := 0
	for _, r := range s.web.Routes() {
		name, below := strings.CutPrefix(r.Path, "/v5/logs/")
		if r.Method != http.MethodGet || !below || strings.ContainsAny(name, "{/") {
			continue
		}
		lists++
		for _, path := range []string{"/v5/prompts/log", "/v5/prompts/call", "/v5/agents/call", "/v5/tools/call"} {
			a := s.call(t, http.MethodPost, path, `{"path": "p", "log_id": "`+name+`"}`)
			if d := checkFailure(t, a); d.Reason != errs.ValidationFailed || d.Param != "log_id" {
				t.Errorf("%s with the id %s: %d %s", path, name, a.status, a.body)
			}
		}
	}
	if lists == 0 {
		t.Error("there are no such lists")
	}
}
