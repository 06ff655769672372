package web_test

import (
	"context"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web"
)

// foreign is a route whose failures and events are those of another API.
func foreign(t *testing.T, stream func(yield func(delta, error) bool)) *web.Server {
	t.Helper()
	type input struct {
		Body struct {
			Size int `json:"size"`
		} `body:"json"`
	}
	s, err := web.New([]web.Route{{
		Method: "POST", Path: "/v1/messages", ID: "messages",
		Failure: foreignFailure,
		Op: web.CallOrStream(web.Streaming[input, delta, delta]{
			Wanted:  func(*input) bool { return true },
			Silence: "event: ping\ndata: {}\n\n",
			Stream:  func(context.Context, *input) iter.Seq2[delta, error] { return stream },
			Name: func(_ delta, failed bool) string {
				if failed {
					return "message_error"
				}
				return "message_delta"
			},
			AppendError: func(dst []byte, _ delta, d *errs.Detail) []byte {
				return append(json.AppendString(append(dst, `{"error":`...), d.Message), '}')
			},
		}),
	}}, web.Options{Envelopes: map[string]web.Envelope{"/v1/": foreignFailure, "/v1/messages/": func(d *errs.Detail) web.Failure {
		return web.Failure{Status: d.Code, Body: d.Reason}
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func foreignFailure(d *errs.Detail) web.Failure {
	return web.Failure{
		Status: d.Code + 1, Body: map[string]any{"error": map[string]any{"message": d.Message}}, Header: http.Header{"X-Should-Retry": {"maybe"}},
	}
}

func send(t *testing.T, s *web.Server, body string) (status int, answer string) {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST", "/v1/messages", strings.NewReader(body)))
	return w.Code, w.Body.String()
}

func TestARouteSaysHowItsFailuresAreWritten(t *testing.T) {
	s := foreign(t, func(yield func(delta, error) bool) { yield(delta{}, errs.New(errs.LogNotFound, "There is none.")) })
	for body, want := range map[string]string{
		`{}`:           `405 {"error":{"message":"There is none."}}`,
		`{"size":"x"}`: `423 {"error":{"message":"The request has 1 problem: size: must be an integer."}}`,
	} {
		status, answer := send(t, s, body)
		if d := cmp.Diff(want, itoa(status)+" "+answer); d != "" {
			t.Errorf("%s (-want +got):\n%s", body, d)
		}
	}
}

func TestAStreamNamesItsEvents(t *testing.T) {
	s := foreign(t, func(yield func(delta, error) bool) {
		_ = yield(delta{Output: "a"}, nil) && yield(delta{}, errs.New(errs.Overloaded, "Too much."))
	})
	_, answer := send(t, s, `{}`)
	first, last, _ := strings.Cut(answer, "\n\n")
	if !strings.HasPrefix(first, "event: message_delta\ndata: {") || last != "event: message_error\ndata: {\"error\":\"Too much.\"}\n\n" {
		t.Errorf("got %q", answer)
	}
}

func TestAStreamBreaksItsSilenceInItsOwnWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := foreign(t, func(yield func(delta, error) bool) {
			yield(delta{Output: "a"}, nil)
			time.Sleep(16 * time.Second)
		})
		_, answer := send(t, s, `{}`)
		if !strings.HasSuffix(answer, "}\n\nevent: ping\ndata: {}\n\n") {
			t.Errorf("got %q", answer)
		}
	})
}

func TestWhatNoRouteTakesIsRefusedByItsPath(t *testing.T) {
	s := foreign(t, nil)
	for path, want := range map[string]string{
		"/v1/massages":     `405 maybe {"error":{"message":"There is no route POST /v1/massages. Did you mean POST /v1/messages?"}}`,
		"/v1/messages/all": `404  "route_not_found"`,
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST", path, nil))
		if d := cmp.Diff(want, itoa(w.Code)+" "+w.Header().Get("X-Should-Retry")+" "+w.Body.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", path, d)
		}
	}
}
