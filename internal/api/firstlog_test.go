package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
)

// TestAFileIsMadeByItsFirstLog names no more than paths where nothing is.
//
// Fault F9: the vendor's own example logs so to a Flow, and met a 404.
func TestAFileIsMadeByItsFirstLog(t *testing.T) {
	s := start(t, nil)
	for range 2 {
		for _, kind := range []string{"flows", "tools"} {
			a := s.call(t, http.MethodPost, "/v5/"+kind+"/log", `{"path": "new/`+kind+`", "inputs": {"q": "x"}, "output": "y"}`)
			if a.status != http.StatusOK && a.status != http.StatusCreated {
				t.Errorf("%s: %d %s", kind, a.status, a.body)
			}
		}
	}
	for _, kind := range []string{"flows", "tools"} {
		a := s.call(t, http.MethodGet, "/v5/"+kind, "")
		if strings.Count(a.body, `"path":"new/`+kind+`"`) != 1 || !strings.Contains(a.body, `"total":1`) {
			t.Errorf("the %s are %s", kind, a.body)
		}
	}
	for path, want := range map[string]errs.Reason{
		"/v5/prompts/log":                      errs.PromptNotFound,
		"/v5/agents/log":                       errs.AgentNotFound,
		"/v5/flows/log?environment=production": errs.FlowNotFound,
		"/v5/tools/log?version_id=tlv_x":       errs.ToolNotFound,
	} {
		expect(t, s.call(t, http.MethodPost, path, `{"path": "none", "output": "y"}`), want)
	}
	expect(t, s.call(t, http.MethodPost, "/v5/flows/log", `{"path": "new/tools", "output": "y"}`), errs.AlreadyExists)
	expect(t, s.call(t, http.MethodPost, "/v5/flows/log", `{"path": "a//b", "output": "y"}`), errs.ValidationFailed)
}
