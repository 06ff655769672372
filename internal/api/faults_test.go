package api_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web"
)

// takesBody reports whether the route reads a body as JSON and nothing else.
func (d *document) takesBody(r web.Route) bool {
	content := d.Paths[r.Path][strings.ToLower(r.Method)].RequestBody.Content
	_, ok := content["application/json"]
	return ok && len(content) == 1
}

// TestBadRequestsOnAllRoutes sends every kind of bad request to every route that could get it: each answer is of the error contract.
func TestBadRequestsOnAllRoutes(t *testing.T) {
	s := start(t, nil)
	doc, _ := readDocument(t)
	for _, route := range s.web.Routes() {
		path := concrete(route)
		if doc.takesBody(route) {
			for _, bad := range badBodies() {
				t.Run(route.ID+"/"+bad.name, func(t *testing.T) {
					r := s.request(t, route.Method, path, bad.body)
					r.Header.Set("Content-Type", bad.media)
					a := s.send(t, r)
					if d := checkFailure(t, a); bad.harmless && (a.status == http.StatusNotFound || d.Reason == errs.UnknownProvider) {
						return
					}
					expect(t, a, bad.want)
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
			below, _, _ := strings.Cut(path, "?")
			expect(t, s.send(t, s.request(t, route.Method, strings.TrimSuffix(below, "/")+"/no/such/route", "")), errs.RouteNotFound, errs.ModelNotFound) // a name of a model has any number of slashes
		})
	}
}

type badBody struct {
	name, body, media string
	want              errs.Reason
	harmless          bool // there are operations that need nothing of it but what their path names, which does not exist
}

// badBodies lists bodies that no operation takes. An empty one is an empty object, which may be all that an operation needs but for the
// File or provider that it names.
func badBodies() []badBody {
	const media = "application/json"
	return []badBody{
		{"empty", "", media, errs.ValidationFailed, true},
		{"malformed", `{"a": `, media, errs.InvalidJSON, false},
		{"two values", `{} {}`, media, errs.InvalidJSON, false},
		{"not JSON", `path=a`, media, errs.InvalidJSON, false},
		{"deep", strings.Repeat("[", 20_000), media, errs.InvalidJSON, false},
		{"huge", `{"a": "` + strings.Repeat("x", 2<<20) + `"}`, media, errs.BodyTooLarge, false},
		{"a form", `a=b`, "application/x-www-form-urlencoded", errs.UnsupportedMediaType, false},
		{"another charset", `{}`, "application/json; charset=utf-16", errs.UnsupportedMediaType, false},
		{"invalid UTF-8", "{\"path\": \"\xff\"}", media, errs.InvalidEncoding, false},
		{"a list", `[1]`, media, errs.ValidationFailed, false},
		{"a text", `"a"`, media, errs.ValidationFailed, false},
		{"null", `null`, media, errs.ValidationFailed, true},
		{
			"wrong types", `{"path": 1, "id": [], "model": {}, "inputs": "x", "messages": {}, "output": 1, "metadata": 3, "start_time": "noon"}`, media,
			errs.ValidationFailed, true,
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
	ids := map[string]errs.Reason{"%00": errs.ValidationFailed, "%FF": errs.InvalidEncoding, "a%2Fb": "", "%20": "", strings.Repeat("x", 5000): ""}
	for _, route := range s.web.Routes() {
		if !strings.Contains(route.Path, "{") || route.Public() {
			continue
		}
		for id, want := range ids {
			path := wildcard.ReplaceAllString(route.Path, id)
			a := s.call(t, route.Method, path, "")
			d := checkFailure(t, a)
			if d.Reason == errs.UnsupportedMediaType { // of a form
				continue
			}
			if want != "" && d.Reason != want || a.status != http.StatusNotFound && a.status != http.StatusUnprocessableEntity && a.status != http.StatusBadRequest {
				t.Errorf("%s %.60s: the answer is %d %.200s", route.ID, path, a.status, a.body)
			}
		}
	}
	for id := range ids {
		checkFailure(t, s.call(t, http.MethodGet, "/v5/logs?file_id="+id, ""))
	}
}

// wildcard is a part of a path pattern that stands for a value.
var wildcard = regexp.MustCompile(`\{[a-z_]+(\.\.\.)?\}`)
