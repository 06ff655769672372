package api_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
)

// Fault F12: an unknown provider has a reason of its own, and what is missing is named by its parameter.
func TestReasonsAndParamsOfNames(t *testing.T) {
	s := start(t, nil)
	made := s.call(t, "POST", "/v5/prompts", `{"path":"p","model":"echo","provider":"mock"}`)
	id, version := between(made.body, `"id":"`, `"`), between(made.body, `"version_id":"`, `"`)
	const message = `,"messages":[{"role":"user","content":"x"}]}`
	for _, c := range []struct {
		method, path, body string
		reason             errs.Reason
		param              string
	}{
		{"POST", "/v5/prompts", `{"path":"p","model":"m","provider":"opneai"}`, errs.UnknownProvider, "provider"},
		{"POST", "/v5/agents", `{"path":"a","model":"m","provider":"nobody"}`, errs.UnknownProvider, "provider"},
		{"POST", "/v5/prompts", `{"path":"p","model":"m","fallbacks":[{"model":"m","provider":"nobody"}]}`, errs.UnknownProvider, "fallbacks.0.provider"},
		{"POST", "/v5/prompts/call", `{"path":"p","prompt":{"model":"m","provider":"nobody"}` + message, errs.UnknownProvider, "prompt.provider"},
		{"POST", "/v5/prompts", `{"path":"p","provider":"nobody"}`, errs.ValidationFailed, "provider"}, // and no model
		{"POST", "/v5/prompts", `{"path":"p","model":"m","endpoint":"nothing"}`, errs.ValidationFailed, "endpoint"},
		{"POST", "/v5/prompts/call?environment=mars", `{"path":"p"` + message, errs.EnvironmentNotFound, "environment"},
		{"POST", "/v5/prompts/call?environment=staging", `{"path":"p"` + message, errs.VersionNotFound, "environment"},
		{"POST", "/v5/prompts/call?version_id=prv_x", `{"path":"p"` + message, errs.VersionNotFound, "version_id"},
		{"GET", "/v5/prompts/" + id + "?version_id=prv_x", "", errs.VersionNotFound, "version_id"},
		{"GET", "/v5/prompts/" + id + "?environment=mars", "", errs.EnvironmentNotFound, "environment"},
		{"DELETE", "/v5/prompts/" + id + "/versions/prv_x", "", errs.VersionNotFound, "version_id"},
		{"POST", "/v5/prompts/" + id + "/environments/env_x?version_id=" + version, "", errs.EnvironmentNotFound, "environment_id"},
		{"DELETE", "/v5/prompts/" + id + "/environments/env_x", "", errs.EnvironmentNotFound, "environment_id"},
	} {
		if d := checkFailure(t, s.call(t, c.method, c.path, c.body)); d.Reason != c.reason || d.Param != c.param {
			t.Errorf("%s %s %s: %s of %q, want %s of %q", c.method, c.path, c.body, d.Reason, d.Param, c.reason, c.param)
		}
	}
}
