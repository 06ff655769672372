package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"openloop/internal/errs"
	"openloop/internal/web"
)

// takesBody reports whether the route reads a body as JSON.
func takesBody(r web.Route) bool {
	return r.Method == http.MethodPost || r.Method == http.MethodPatch || r.Method == http.MethodPut
}

// TestBadRequestsOnAllRoutes sends every kind of bad request to every route that could get it: each answer is of the error contract.
func TestBadRequestsOnAllRoutes(t *testing.T) {
	s := start(t, nil)
	for _, route := range s.web.Routes() {
		path := concrete(route)
		if takesBody(route) {
			for _, bad := range badBodies() {
				t.Run(route.ID+"/"+bad.name, func(t *testing.T) {
					r := s.request(t, route.Method, path, bad.body)
					r.Header.Set("Content-Type", bad.media)
					expect(t, s.send(t, r), bad.want...)
				})
			}
		}
		t.Run(route.ID+"/wrong method", func(t *testing.T) {
			a := s.send(t, s.request(t, "PURGE", path, "{}"))
			expect(t, a, errs.MethodNotAllowed)
			if allow := a.header.Get("Allow"); !strings.Contains(allow, route.Method) {
				t.Errorf("Allow is %q", allow)
			}
		})
		t.Run(route.ID+"/no such route", func(t *testing.T) {
			expect(t, s.send(t, s.request(t, route.Method, strings.TrimSuffix(path, "/")+"/no/such/route", "")), errs.RouteNotFound)
		})
	}
}

type badBody struct {
	name, body, media string
	want              []errs.Reason
}

// badBodies lists bodies that no operation takes. An empty one is an empty object, which may be all that an operation needs but for the
// File or provider that it names.
func badBodies() []badBody {
	const media = "application/json"
	return []badBody{
		{"empty", "", media, []errs.Reason{errs.ValidationFailed, errs.LogNotFound, errs.PromptNotFound, errs.UnknownProvider}},
		{"malformed", `{"a": `, media, []errs.Reason{errs.InvalidJSON}},
		{"two values", `{} {}`, media, []errs.Reason{errs.InvalidJSON}},
		{"not JSON", `path=a`, media, []errs.Reason{errs.InvalidJSON}},
		{"deep", strings.Repeat("[", 20_000), media, []errs.Reason{errs.InvalidJSON}},
		{"huge", `{"a": "` + strings.Repeat("x", 2<<20) + `"}`, media, []errs.Reason{errs.BodyTooLarge}},
		{"a form", `a=b`, "application/x-www-form-urlencoded", []errs.Reason{errs.UnsupportedMediaType}},
		{"another charset", `{}`, "application/json; charset=utf-16", []errs.Reason{errs.UnsupportedMediaType}},
		{"invalid UTF-8", "{\"path\": \"\xff\"}", media, []errs.Reason{errs.InvalidEncoding}},
		{"a list", `[]`, media, []errs.Reason{errs.ValidationFailed}},
		{"a text", `"a"`, media, []errs.Reason{errs.ValidationFailed}},
		{"null", `null`, media, []errs.Reason{errs.ValidationFailed, errs.LogNotFound, errs.PromptNotFound, errs.UnknownProvider}},
		{
			"wrong types", `{"path": 1, "id": [], "model": {}, "inputs": "x", "messages": {}, "output": 1, "metadata": 3, "start_time": "noon"}`, media,
			[]errs.Reason{errs.ValidationFailed, errs.PromptNotFound}, // populate takes any object
		},
	}
}

func expect(t *testing.T, a *answer, reasons ...errs.Reason) {
	t.Helper()
	if d := checkFailure(t, a); !slices.Contains(reasons, d.Reason) {
		t.Errorf("the answer is %d %s, want %v", a.status, a.body, reasons)
	}
}

// TestPathsThatNameNothing sends ids that no database keeps.
func TestPathsThatNameNothing(t *testing.T) {
	s := start(t, nil)
	unknown := []errs.Reason{errs.PromptNotFound, errs.LogNotFound, errs.FileNotFound, errs.UnknownProvider, errs.ResourceNotFound}
	ids := map[string][]errs.Reason{
		"%00": {errs.ValidationFailed}, "%FF": {errs.InvalidEncoding}, "a%2Fb": unknown, "%20": unknown, strings.Repeat("x", 5000): unknown,
	}
	for _, route := range s.web.Routes() {
		if !strings.Contains(route.Path, "{id}") && !strings.Contains(route.Path, "{provider}") {
			continue
		}
		body := ""
		if route.Method == http.MethodPut {
			body = `{"key": "sk-0123456789"}`
		}
		for id, want := range ids {
			path := strings.NewReplacer("{id}", id, "{log_id}", id, "{provider}", id).Replace(route.Path)
			expect(t, s.call(t, route.Method, path, body), want...)
		}
	}
	for id, want := range ids {
		expect(t, s.call(t, http.MethodGet, "/v5/logs?file_id="+id, ""), want...)
	}
}
