package api_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
)

// explored is an answer of GET /v5/logs/rows.
type explored struct {
	Records []struct {
		Input string `json:"input"`
	} `json:"records"`
	Next       string `json:"next"`
	Total      int    `json:"total"`
	TotalExact bool   `json:"total_exact"`
}

// library is a server with four Logs of two Files.
func library(t *testing.T) *server {
	t.Helper()
	s := start(t, nil)
	for _, body := range []string{
		`{"path": "a/one", "prompt": {"provider": "mock", "model": "echo"}, "messages": [{"role": "user", "content": "first"}], "user": "u1", "metadata": {"tier": "gold"}}`,
		`{"path": "a/one", "prompt": {"provider": "mock", "model": "echo"}, "messages": [{"role": "user", "content": "second"}], "user": "u2"}`,
		`{"path": "b/two", "prompt": {"provider": "mock", "model": "echo"}, "messages": [{"role": "user", "content": "third"}], "user": "u1"}`,
		`{"path": "b/two", "prompt": {"provider": "mock", "model": "error/rate_limited"}, "messages": [{"role": "user", "content": "fourth"}], "user": "u3"}`,
	} {
		s.call(t, http.MethodPost, "/v5/prompts/call", body)
	}
	return s
}

func (s *server) explore(t *testing.T, query string) (page explored) {
	t.Helper()
	a := s.call(t, http.MethodGet, "/v5/logs/rows?"+query, "")
	if err := json.UnmarshalForeign([]byte(a.body), &page); a.status != http.StatusOK || err != nil {
		t.Fatalf("%s: %d %s %v", query, a.status, a.body, err)
	}
	return page
}

func TestRowsAreNarrowed(t *testing.T) {
	s := library(t)
	for query, want := range map[string]string{
		"":                          "fourth third second first",
		"order=oldest":              "first second third fourth",
		"path=a":                    "second first",
		"path=!a":                   "fourth third",
		"path=a/one&user=u1":        "first",
		"user=u1&user=u2":           "third second first",
		"user=!u1":                  "fourth second",
		"status=failed":             "fourth",
		"error_reason=*":            "fourth",
		"origin=caller":             "",
		"origin=provider":           "fourth",
		"metadata=tier%3Dgold":      "first",
		"metadata=tier!%3Dgold":     "fourth third second",
		"search=THIRD":              "third",
		"tokens=%3E100000":          "",
		"type=prompt&type=tool":     "fourth third second first",
		"type=tool":                 "",
		"last=1h":                   "fourth third second first",
		"model=echo&size=2":         "third second",
		"end_date=2020-01-01":       "",
		"judgment=rating%3Dbad":     "",
		"in_trace=false&status=ok":  "third second first",
		"request_id=none":           "",
		"latency=0..1000&user=u2":   "second",
		"provider=mock&provider=!x": "fourth third second first",
	} {
		var got []string
		for _, r := range s.explore(t, query).Records {
			got = append(got, r.Input)
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

func TestRowsGoOnAtACursor(t *testing.T) {
	s := library(t)
	first := s.explore(t, "size=3")
	rest := s.explore(t, "size=3&after="+url.QueryEscape(first.Next))
	if len(rest.Records) != 1 || rest.Records[0].Input != "first" || rest.Next != "" || rest.Total != 4 || !rest.TotalExact {
		t.Errorf("the rest is %+v", rest)
	}
}

func TestRowsRefuse(t *testing.T) {
	s := library(t)
	cursor := s.explore(t, "size=1").Next
	for query, loc := range map[string]string{
		"latency=long": "query.latency.", "cost=1..": "query.cost.", "metadata=tier": "query.metadata.", "judgment=a/b": "query.judgment.",
		"last=soon": "query.last.", "last=1h&start_date=2026-01-01": "query.last.", "end_date=never": "query.end_date.", "after=x": "query.after.",
		"order=oldest&after=" + cursor: "query.after.", "after=" + cursor + "&before=" + cursor: "query.before.", "origin=caller&origin=OpenAI": "query.origin.",
		"order=sideways": "query.order.", "judgment=rating%3Cbad": "query.judgment.",
	} {
		a := s.call(t, http.MethodGet, "/v5/logs/rows?"+query, "")
		d := checkFailure(t, a)
		if a.status != http.StatusUnprocessableEntity || len(d.Errors) == 0 || !strings.HasPrefix(place(d.Errors[0].Loc), loc) {
			t.Errorf("%s is answered %d %s, want an error at %s", query, a.status, a.body, loc)
		}
	}
}

func TestFacets(t *testing.T) {
	s := library(t)
	for query, want := range map[string]string{
		"field=user":                  `{"field":"user","values":[{"value":"u1","count":2},{"value":"u2","count":1},{"value":"u3","count":1}],"more":false,"exact":true}`,
		"field=path&status=ok":        `{"field":"path","values":[{"value":"a/one","count":2},{"value":"b/two","count":1}],"more":false,"exact":true}`,
		"field=user&limit=1":          `{"field":"user","values":[{"value":"u1","count":2}],"more":true,"exact":true}`,
		"field=user&q=U3":             `{"field":"user","values":[{"value":"u3","count":1}],"more":false,"exact":true}`,
		"field=fault":                 `{"field":"fault","values":[{"value":"provider","count":1}],"more":false,"exact":true}`,
		"field=status&search=nothing": `{"field":"status","values":[],"more":false,"exact":true}`,
	} {
		if a := s.call(t, http.MethodGet, "/v5/logs/facets?"+query, ""); strings.TrimSpace(a.body) != want {
			t.Errorf("%s is answered %s\nwant %s", query, a.body, want)
		}
	}
}

func TestTailShowsLogsAsTheyAreStored(t *testing.T) {
	s := library(t)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	answer, err := s.Client().Do(s.request(t, http.MethodGet, "/v5/logs/tail?user=u2", "").WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	events := bufio.NewScanner(answer.Body)
	next := func() (event struct {
		Type string `json:"type"`
		Log  struct {
			Input string `json:"input"`
		} `json:"log"`
	}) {
		for events.Scan() {
			if data, ok := strings.CutPrefix(events.Text(), "data: "); ok {
				if err := json.UnmarshalForeign([]byte(data), &event); err != nil {
					t.Fatal(err)
				}
				return event
			}
		}
		t.Fatal("the stream ended")
		return event
	}
	if e := next(); e.Type != "open" {
		t.Fatalf("the first event is %+v", e)
	}
	for _, user := range []string{"u1", "u2"} {
		s.call(t, http.MethodPost, "/v5/prompts/call", `{"path": "a/one", "messages": [{"role": "user", "content": "to `+user+`"}], "user": "`+user+`"}`)
	}
	if e := next(); e.Type != "log" || e.Log.Input != "to u2" {
		t.Errorf("the next event is %+v", e)
	}
}
