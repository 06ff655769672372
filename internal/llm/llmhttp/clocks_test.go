package llmhttp_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// paced is a provider that answers after a delay, sends each piece after its own delay, and never ends its body.
type paced struct {
	headers time.Duration
	pieces  []piece
}

type piece struct {
	after time.Duration
	text  string
}

func (p paced) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(p.headers):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	out, in := io.Pipe()
	go p.send(r.Context(), in)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: out, ContentLength: -1}, nil
}

func (p paced) send(ctx context.Context, in *io.PipeWriter) {
	stop := context.AfterFunc(ctx, func() { _ = in.CloseWithError(ctx.Err()) })
	defer stop()
	for _, piece := range p.pieces {
		time.Sleep(piece.after) // on the fake clock of synctest
		if _, err := io.WriteString(in, piece.text); err != nil {
			return
		}
	}
	<-ctx.Done()
	_ = in.CloseWithError(ctx.Err()) // stop may run before its function
}

var somewhere = llmhttp.Request{URL: &url.URL{Scheme: "http", Host: "example.invalid"}}

func TestClocks(t *testing.T) {
	const ping, text = ": ping\n\n", "data: x\n\n"
	clocks := llmhttp.Client{HeaderTimeout: 60 * time.Second, IdleTimeout: 20 * time.Second, OutputTimeout: 45 * time.Second}
	cases := []struct {
		name   string
		from   paced
		events int
		after  time.Duration // when the call ends
	}{
		{"no headers", paced{headers: time.Hour}, 0, 60 * time.Second},
		{"silence after the headers", paced{headers: 50 * time.Second}, 0, 70 * time.Second},
		{"silence after output", paced{pieces: []piece{{15 * time.Second, text}, {15 * time.Second, text}}}, 2, 50 * time.Second},
		{"pings without output", paced{pieces: []piece{{15 * time.Second, text}, {15 * time.Second, ping}, {15 * time.Second, ping}, {14 * time.Second, ping}}}, 1, 60 * time.Second},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hc := clocks
				hc.Transport = c.from
				start, events := time.Now(), 0
				s, err := hc.Stream(t.Context(), call, somewhere)
				for err == nil {
					defer s.Close()
					if _, err = s.Next(); err == nil {
						s.MarkOutput()
						events++
					}
				}
				e := errs.From(err)
				if e.Reason != errs.Timeout || e.ProviderStatus != 0 || e.PartialOutput != (events > 0) {
					t.Errorf("ended with %+v", e)
				}
				if after := time.Since(start); after != c.after || events != c.events {
					t.Errorf("ended after %v and %d events, want %v and %d", after, events, c.after, c.events)
				}
			})
		})
	}
}

func TestClockOfAWholeAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hc := llmhttp.Client{IdleTimeout: 20 * time.Second, Transport: paced{pieces: []piece{{5 * time.Second, "{"}}}}
		start := time.Now()
		_, err := hc.Do(t.Context(), call, somewhere)
		if reason(err) != errs.Timeout || time.Since(start) != 25*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func TestASlowReaderIsNotTheProvidersSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hc := llmhttp.Client{
			IdleTimeout: 20 * time.Second, OutputTimeout: 30 * time.Second,
			Transport: paced{pieces: []piece{{0, "data: 1\n\n"}, {0, "data: 2\n\n"}}},
		}
		s, err := hc.Stream(t.Context(), call, somewhere)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if _, err = s.Next(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour) // on the fake clock of synctest
		if e, err := s.Next(); err != nil || string(e.Data) != "2" {
			t.Errorf("got %q, %v", e.Data, err)
		}
	})
}
