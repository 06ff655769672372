package llmtest

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// said returns a failure in the shape that most vendors share. header holds alternating names and values.
func said(status int, message string, header ...string) answer {
	a := answer{given: true, status: status, header: http.Header{"Content-Type": {"application/json"}}}
	a.body = fmt.Appendf(nil, `{"error":{"message":%q}}`, message)
	for i := 0; i+1 < len(header); i += 2 {
		a.header.Set(header[i], header[i+1])
	}
	return a
}

// both makes the call of f, plain and streamed, against a provider that gives one answer. It passes each error to check, and checks that
// the plain call returns the request that it sent.
func (h *Harness) both(t *testing.T, f *fixture, a answer, check func(t *testing.T, err error)) {
	t.Helper()
	for _, stream := range []bool{false, true} {
		t.Run(map[bool]string{false: "plain", true: "stream"}[stream], func(t *testing.T) {
			s := serve(t, a)
			sent, err := run(t.Context(), h.New(t, s.client(t), s.url), f.call(t).request(), stream)
			if err == nil {
				t.Fatal("the call succeeded")
			}
			if !stream && (sent == nil || len(sent.RawRequest) == 0) {
				t.Error("the failed call does not tell what it sent")
			}
			check(t, err)
		})
	}
}

// statuses checks that a status leads to its reason if the sentence says nothing.
func (h *Harness) statuses(t *testing.T, f *fixture) {
	for status, want := range map[int]errs.Reason{
		302: errs.EndpointNotFound, 400: errs.InvalidRequest, 401: errs.InvalidAPIKey, 403: errs.PermissionDenied,
		404: errs.EndpointNotFound, 413: errs.RequestTooLarge, 422: errs.InvalidRequest, 429: errs.RateLimited,
		500: errs.ProviderInternal, 502: errs.ProviderUnreachable, 529: errs.Overloaded,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			h.both(t, f, said(status, "So it is.", "Location", "/elsewhere"), func(t *testing.T, err error) {
				e := errs.From(err)
				if e.Reason != want || e.ProviderStatus != status || e.Message != "So it is." || e.Origin == "" || e.PartialOutput {
					t.Errorf("got %+v, want %s", e, want)
				}
			})
		})
	}
}

// retryAfter checks that every way to give a waiting time is understood.
func (h *Harness) retryAfter(t *testing.T, f *fixture) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, header := range map[string][]string{
		"seconds":      {"Retry-After", "7"},
		"milliseconds": {"Retry-After-Ms", "7000"},
		"date":         {"Date", now.Format(http.TimeFormat), "Retry-After", now.Add(7 * time.Second).Format(http.TimeFormat)},
	} {
		t.Run(name, func(t *testing.T) {
			h.both(t, f, said(http.StatusTooManyRequests, "Slow down.", header...), func(t *testing.T, err error) {
				if e := errs.From(err); e.RetryAfter != 7*time.Second || !e.Reason.Retryable() {
					t.Errorf("%s, retry after %v", e.Reason, e.RetryAfter)
				}
			})
		})
	}
}

// noAnswers checks 2xx answers that are not answers.
func (h *Harness) noAnswers(t *testing.T, f *fixture) {
	html := answer{status: 200, header: http.Header{"Content-Type": {"text/html"}}, body: []byte("<!DOCTYPE html><h1>Welcome</h1>\n")}
	for name, a := range map[string]answer{
		"empty":        {status: 200},
		"HTML":         html,
		"not JSON":     {status: 200, body: []byte("Welcome\n")},
		"other JSON":   {status: 200, body: []byte(`{"ok":true}`)},
		"half of JSON": {status: 200, body: []byte(`{"id":"1","model":"m","choices":[{"mess`)},
	} {
		t.Run(name, func(t *testing.T) {
			h.both(t, f, a, func(t *testing.T, err error) {
				if e := errs.From(err); e.Reason != errs.MalformedProviderResponse && e.Reason != errs.StreamInterrupted {
					t.Errorf("got %+v", e)
				}
			})
		})
	}
	t.Run("closed", func(t *testing.T) {
		s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
		t.Cleanup(s.Close)
		for _, stream := range []bool{false, true} {
			_, err := run(t.Context(), h.New(t, (&server{}).client(t), s.URL), f.call(t).request(), stream)
			if e := errs.From(err); err == nil || e.Reason != errs.ProviderUnreachable || e.Origin != "" && e.Origin != errs.Gateway {
				t.Errorf("stream %v: got %+v", stream, e)
			}
		}
	})
}

// secrets checks that no part of an error holds the key, wherever the provider repeats it.
func (h *Harness) secrets(t *testing.T, f *fixture) {
	page := answer{status: 502, header: http.Header{"Content-Type": {"text/html"}}, body: []byte("<html><title>" + Key + "</title></html>")}
	for name, a := range map[string]answer{
		"message": said(http.StatusUnauthorized, "Incorrect API key provided: "+Key+"."),
		"prose":   said(http.StatusBadRequest, "The request "+Key+" is odd."),
		"header":  said(http.StatusInternalServerError, "Boom.", "X-Request-Id", Key),
		"page":    page,
		"success": {status: 200, body: []byte(`{"error":{"message":"no ` + Key + `"}}`)},
		"event":   {status: 200, header: http.Header{"Content-Type": {"text/event-stream"}}, body: []byte("event: error\ndata: {\"error\":{\"message\":\"no " + Key + "\"}}\n\n")},
	} {
		t.Run(name, func(t *testing.T) {
			h.both(t, f, a, func(t *testing.T, err error) {
				e := errs.From(err)
				shown := fmt.Sprintf("%+v %+v %s %s", e.Detail("", ""), e, e.Body, err)
				for cause := error(e); cause != nil; cause = errors.Unwrap(cause) {
					shown += " " + cause.Error()
				}
				if strings.Contains(shown, Key) {
					t.Errorf("the key is in %s", shown)
				}
			})
		})
	}
}
