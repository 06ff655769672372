package replicate

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// service is Replicate without a network. It gives its answers one after the other, the last one for ever, and keeps what was asked.
type service struct {
	answers []string // "503" and the like are statuses, "…" is none for an hour, what begins with "event:" is a stream
	mu      sync.Mutex
	asked   []string
	keys    map[string]string // by host
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.Method+" "+r.URL.Path)
	if s.keys == nil {
		s.keys = map[string]string{}
	}
	s.keys[r.URL.Host] = r.Header.Get("Authorization")
	if strings.HasSuffix(r.URL.Path, "/cancel") {
		return answer(r, http.StatusOK, `{"id":"p1","status":"canceled"}`), nil
	}
	body := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	switch body {
	case "503":
		return answer(r, http.StatusServiceUnavailable, `{"detail":"Down."}`), nil
	case "404":
		return answer(r, http.StatusNotFound, `{"detail":"Gone."}`), nil
	case "…":
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return answer(r, http.StatusOK, body), nil
}

func answer(r *http.Request, status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r}
}

const (
	running = `{"id":"p1","status":"processing","urls":{"stream":"https://stream.replicate.com/p1"}}`
	over    = `{"id":"p1","status":"succeeded","output":["H","i"],"metrics":{"input_token_count":3,"output_token_count":2}}`
	create  = "POST /v1/models/a/b/predictions"
	poll    = "GET /v1/predictions/p1"
	cancel  = "POST /v1/predictions/p1/cancel"
	open    = "GET /p1"
)

func (s *service) driver(t *testing.T) *Driver {
	t.Helper()
	d, err := New(&llmhttp.Client{Transport: s, HeaderTimeout: time.Minute}, failure.VendorOf("replicate"), "https://api.replicate.com")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (s *service) want(t *testing.T, asked ...string) {
	t.Helper()
	if d := cmp.Diff(asked, s.asked); d != "" {
		t.Errorf("asked (-want +got):\n%s", d)
	}
}

func call() *llm.Request {
	return &llm.Request{Model: "a/b", Messages: []llm.Message{{Role: llm.User, Content: llm.Text("Hi")}}, Credentials: llm.Credentials{Key: "r8_key"}}
}

func TestPredictionIsPolledUntilItIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{answers: []string{running, running, "503", "503", "503", running, over}}
		begun := time.Now()
		out, err := s.driver(t).Generate(t.Context(), call())
		if err != nil || out.Message.Content.Text != "Hi" || string(out.RawResponse) != over {
			t.Fatalf("%+v, %v", out, err)
		}
		s.want(t, create, poll, poll, poll, poll, poll, poll)
		if took := time.Since(begun).Round(10 * time.Millisecond); took != 10390*time.Millisecond {
			t.Errorf("it took %v", took)
		}
	})
}

func TestPredictionThatCannotBeAwaitedIsCancelled(t *testing.T) {
	for name, c := range map[string]struct {
		answers []string
		reason  errs.Reason
		origin  string
	}{
		"gone":          {[]string{running, "404"}, errs.EndpointNotFound, "Replicate"},
		"down for long": {[]string{running, "503"}, errs.Overloaded, "Replicate"},
		"never done":    {[]string{running}, errs.Timeout, errs.Gateway},
		"silent":        {[]string{running, "…"}, errs.Timeout, errs.Gateway},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &service{answers: c.answers}
				begun := time.Now()
				_, err := s.driver(t).Generate(t.Context(), call())
				if e := errs.From(err); e == nil || e.Reason != c.reason || e.Origin != c.origin {
					t.Errorf("got %v", err)
				}
				if s.asked[len(s.asked)-1] != cancel || time.Since(begun) > time.Minute {
					t.Errorf("asked %v in %v", s.asked, time.Since(begun))
				}
			})
		})
	}
}

func TestCallerWhoLeavesCancelsThePrediction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{answers: []string{running}}
		ctx, stop := context.WithTimeout(t.Context(), 3*time.Second)
		defer stop()
		_, err := s.driver(t).Generate(ctx, call())
		if !errors.Is(err, context.DeadlineExceeded) || s.asked[len(s.asked)-1] != cancel {
			t.Errorf("%v after %v", err, s.asked)
		}
	})
}

// stream collects the events of a call, up to the one after which the reader leaves; 0 reads all.
func stream(t *testing.T, s *service, leave int) (events []llm.Event, failed error) {
	t.Helper()
	for e, err := range s.driver(t).Stream(t.Context(), call()) {
		if err != nil {
			return events, err
		}
		events = append(events, e)
		if len(events) == leave {
			break
		}
	}
	return events, nil
}

func texts(events []llm.Event) string {
	var out string
	for _, e := range events {
		out += e.Text
	}
	return out
}

const (
	hi   = "event: output\ndata: H\n\nevent: output\ndata: i\n\n"
	done = "event: done\ndata: {}\n\n"
)

func TestStreamEndsWithWhatThePredictionCounts(t *testing.T) {
	s := &service{answers: []string{running, hi + done, over}}
	events, err := stream(t, s, 0)
	last := events[len(events)-1]
	if err != nil || texts(events) != "Hi" || last.Finish != llm.FinishStop || last.Usage.Output != 2 {
		t.Errorf("%+v, %v", events, err)
	}
	s.want(t, create, open, poll)
	if want := (map[string]string{"api.replicate.com": "Bearer r8_key", "stream.replicate.com": "Bearer r8_key"}); !cmp.Equal(want, s.keys) {
		t.Errorf("keys went to %v", s.keys)
	}
}

func TestStreamWithoutCountsIsWholeToo(t *testing.T) {
	s := &service{answers: []string{running, hi + done, "503"}}
	events, err := stream(t, s, 0)
	if last := events[len(events)-1]; err != nil || last.Finish != llm.FinishStop || last.Usage != nil {
		t.Errorf("%+v, %v", events, err)
	}
}

func TestBrokenStreamIsCancelled(t *testing.T) {
	for name, c := range map[string]struct {
		answers []string
		leave   int
		reason  errs.Reason
		asked   []string
	}{
		"cut":          {[]string{running, hi}, 0, errs.StreamInterrupted, []string{create, open, cancel}},
		"refused":      {[]string{running, "503"}, 0, errs.Overloaded, []string{create, open, cancel}},
		"reader left":  {[]string{running, hi + done}, 1, "", []string{create, open, cancel}},
		"failed there": {[]string{running, hi + "event: error\ndata: {\"detail\":\"No.\"}\n\n"}, 0, errs.ProviderInternal, []string{create, open}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &service{answers: c.answers}
			_, err := stream(t, s, c.leave)
			if (err != nil || c.reason != "") && !errs.Is(err, c.reason) {
				t.Errorf("got %v", err)
			}
			s.want(t, c.asked...)
		})
	}
}

func TestAnswerWithoutStreamComesInOnePiece(t *testing.T) {
	for name, first := range map[string]string{
		"no stream":         `{"id":"p1","status":"starting"}`,
		"somebody's stream": `{"id":"p1","status":"starting","urls":{"stream":"https://replicate.com.example.org/p1"}}`,
		"a plain stream":    `{"id":"p1","status":"starting","urls":{"stream":"http://stream.replicate.com/p1"}}`,
		"a local file":      `{"id":"p1","status":"starting","urls":{"stream":"file:///etc/passwd"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &service{answers: []string{first, over}}
				events, err := stream(t, s, 0)
				if err != nil || len(events) != 1 || events[0].Text != "Hi" || events[0].Finish != llm.FinishStop || events[0].Usage.Input != 3 || events[0].Request == nil {
					t.Errorf("%+v, %v", events, err)
				}
				s.want(t, create, poll)
			})
		})
	}
}

func TestStreamOfAFailedPrediction(t *testing.T) {
	s := &service{answers: []string{`{"id":"p1","status":"failed","error":"CUDA out of memory"}`}}
	if _, err := stream(t, s, 0); !errs.Is(err, errs.ProviderInternal) {
		t.Errorf("got %v", err)
	}
}

func TestPlace(t *testing.T) {
	for model, want := range map[string][2]string{
		"a/b":             {"/v1/models/a/b/predictions", ""},
		"a/b:v1":          {"/v1/predictions", "v1"},
		"v1":              {"/v1/predictions", "v1"},
		"deployments/a/b": {"/v1/deployments/a/b/predictions", ""},
		"a/b/../../x?y#z": {"/v1/models/a/b%2F..%2F..%2Fx%3Fy%23z/predictions", ""},
		"deployments/a":   {"/v1/models/deployments/a/predictions", ""},
		"":                {"/v1/predictions", ""},
	} {
		if path, version := place(model); path != want[0] || version != want[1] {
			t.Errorf("place(%q) = %s, %s, want %s", model, path, version, want)
		}
	}
}

func TestBaseURLOfACall(t *testing.T) {
	s := &service{answers: []string{over}}
	r := call()
	r.Credentials.BaseURL = "http://localhost:1/v1/"
	if _, err := s.driver(t).Generate(t.Context(), r); err != nil || !slices.Equal(s.asked, []string{create}) || s.keys["localhost:1"] == "" {
		t.Errorf("%v, asked %v of %v", err, s.asked, s.keys)
	}
	r.Credentials.BaseURL = "nowhere"
	if _, err := s.driver(t).Generate(t.Context(), r); !errs.Is(err, errs.EndpointNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := New(&llmhttp.Client{}, failure.VendorOf("replicate"), "api.replicate.com"); err == nil {
		t.Error("New took a base URL without a scheme")
	}
}
