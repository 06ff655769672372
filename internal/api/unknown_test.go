package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
)

// Fault F8: a key for what is no provider is refused, since the call would be paid with another.
func TestKeysForUnknownProviders(t *testing.T) {
	s := start(t, nil)
	const call = `{"path":"k/p","prompt":{"model":"echo","provider":"mock"},"messages":[{"role":"user","content":"x"}],"provider_api_keys":`
	for keys, want := range map[string]string{
		`{"openai":"a","openai_azure_endpoint":"https://a.example","ai21":"b","cohere":"c"}`: "",
		`{"opena":"sk-secret"}`:                                                 `provider_api_keys holds a key for "opena", which is no provider. Did you mean "openai"?`,
		`{"mock":"a","Open-AI":"sk-secret"}`:                                    `provider_api_keys holds a key for "Open-AI", which is no provider. Did you mean "openai"?`,
		`{"nobody":"sk-secret"}`:                                                `provider_api_keys holds a key for "nobody", which is no provider.`,
		`{"mock_endpoint":"https://a.example"}`:                                 `provider_api_keys holds a key for "mock_endpoint", which is no provider.`,
		`{"sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKL":"openai"}`: `provider_api_keys holds a key for "[redacted]", which is no provider.`,
	} {
		a := s.call(t, "POST", "/v5/prompts/call", call+keys+"}")
		if want == "" {
			if a.status != 200 {
				t.Errorf("%s: %d %s", keys, a.status, a.body)
			}
			continue
		}
		d := checkFailure(t, a)
		if d.Reason != errs.UnknownProvider || d.Message != want || !strings.HasPrefix(d.Param, "provider_api_keys.") || len(d.Errors) != 1 {
			t.Errorf("%s: %s", keys, a.body)
		}
		if strings.Contains(a.body, "sk-") {
			t.Errorf("%s: the answer shows a key: %s", keys, a.body)
		}
	}
}

// Fault F8: members that the contract has are never told as unknown, whether they have an effect here or not.
func TestTheContractIsKnown(t *testing.T) {
	c, s := readContract(t), start(t, nil)
	served := c.served(s.web.Routes())
	for i := range served {
		o := &served[i]
		if o.Body == nil || o.Body.ContentType != "application/json" {
			continue
		}
		var members []string
		for _, f := range o.Body.Fields {
			members = append(members, `"`+f.Name+`":null`)
		}
		path := "/v5" + strings.NewReplacer("{", "", "}", "").Replace(o.Path)
		var query []string
		for _, q := range o.Query {
			query = append(query, q.Name+"=x")
		}
		r := s.request(t, o.Method, path+"?"+strings.Join(query, "&"), "{"+strings.Join(members, ",")+"}")
		a := s.send(t, r)
		if told := a.header.Get("X-Openloop-Ignored"); told != "" || a.header.Get("X-Error-Reason") == string(errs.RouteNotFound) {
			t.Errorf("%s: told %q: %s", o.ID, told, a.body)
		}
	}
}

// Fault F8: what nothing reads is found wherever it lies in a body.
func TestUnknownMembersOfAllDepths(t *testing.T) {
	s := start(t, nil)
	for body, want := range map[string]string{
		`{"path":"a","model":"m","input":{},"other":{"x":1},"attributes":{"y":{"z":1}}}`:                                       "input",
		`{"path":"a","model":"m","tools":[{"name":"f","description":"d","parameter":{"type":"object"}}]}`:                      "tools.0.parameter (did you mean parameters?)",
		`{"path":"a","model":"m","template":[{"role":"user","contents":"x"}]}`:                                                 "template.0.contents (did you mean content?)",
		`{"path":"a","model":"m","response_format":{"type":"json_object","schema":{}}}`:                                        "response_format.schema",
		`{"path":"a","model":"m","fallbacks":[{"model":"m","providers":"mock"}]}`:                                              "fallbacks.0.providers (did you mean provider?)",
		`{"path":"a","model":"m","template":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"u","x":1}}]}]}`: "template.0.content.0.image_url.x",
	} {
		a := s.call(t, http.MethodPost, "/v5/prompts", body)
		if got := a.header.Get("X-Openloop-Ignored"); got != want || a.status != 200 && a.status != 201 {
			t.Errorf("%s: %d, told %q, want %q: %s", body, a.status, got, want, a.body)
		}
		r := s.request(t, http.MethodPost, "/v5/prompts", body)
		r.Header.Set("X-Openloop-Strict", "true")
		place, _, _ := strings.Cut(want, " ")
		if d := checkFailure(t, s.send(t, r)); d.Reason != errs.ValidationFailed || d.Param != place || d.Errors[0].Type != "extra_forbidden" {
			t.Errorf("%s: %+v", body, d)
		}
	}
}

// Fault F8: requests of the operations' own examples pass in strict mode, so nothing that the SDKs send stands in its way.
func TestExamplesPassStrictly(t *testing.T) {
	s := start(t, nil)
	for _, body := range []string{
		`{"path":"e/p","prompt":{"provider":"mock","model":"echo"},"messages":[{"role":"user","content":"x"}],"batch_id":"b","log_status":"complete","stream":false}`,
	} {
		r := s.request(t, http.MethodPost, "/v5/prompts/call", body)
		r.Header.Set("X-Openloop-Strict", "true")
		if a := s.send(t, r); !slices.Contains([]int{200, 201}, a.status) {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
}
