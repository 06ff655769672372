package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"testing"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web"
)

// typicalCall is a body of about 500 bytes.
const typicalCall = `{"prompt":{"model":"gpt-4o","endpoint":"chat","temperature":0.7,"max_tokens":256,"stop":["END"],` +
	`"tools":[{"name":"search","strict":true}]},"messages":[{"role":"system","content":"You answer in one sentence."},` +
	`{"role":"user","content":"What is the capital of the country that has the largest number of lakes in the whole world?"}],` +
	`"inputs":{"customer":"Ada","tier":"gold","locale":"en"},"num_samples":1,"save":true,"tags":["a","b"],` +
	`"start_time":"2026-11-22T10:00:00.123456Z","stream":false}`

// sink is an answer that nobody reads.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) WriteHeader(int)             {}

type rewindable struct{ *bytes.Reader }

func (rewindable) Close() error { return nil }

func post(b *testing.B, s http.Handler, path, body string) {
	b.Helper()
	b.ReportAllocs()
	u, err := url.Parse("http://localhost" + path)
	if err != nil {
		b.Fatal(err)
	}
	data := rewindable{bytes.NewReader([]byte(body))}
	header := http.Header{"Content-Type": {"application/json"}, "X-Api-Key": {"hl_sk_member"}}
	w := &sink{header: http.Header{}}
	for b.Loop() {
		_, _ = data.Seek(0, io.SeekStart)
		clear(w.header)
		r := &http.Request{Method: "POST", URL: u, Header: header, Body: data, ContentLength: int64(len(body)), Host: "localhost"}
		s.ServeHTTP(w, r)
	}
}

func BenchmarkTrivialPOST(b *testing.B) {
	type in struct {
		Body struct {
			Name string `json:"name" required:"true"`
		} `body:"json"`
	}
	s, err := web.New([]web.Route{{Method: "POST", Path: "/v5/things", ID: "things", Role: auth.Member,
		Op: web.JSON(func(_ context.Context, in *in) (file, error) { return file{ID: "x", Name: in.Body.Name}, nil })}},
		web.Options{Authenticate: anyone, Logger: slog.New(slog.NewJSONHandler(io.Discard, nil)), Observe: func(web.Observation) {}})
	if err != nil {
		b.Fatal(err)
	}
	post(b, s, "/v5/things", `{"name":"a name"}`)
}

func anyone(context.Context, string) (auth.Principal, error) {
	return auth.Principal{KeyID: "key_1", Role: auth.Member}, nil
}

func BenchmarkTypicalCall(b *testing.B) {
	h := newHarness(b, func(o *web.Options) { o.Logger, o.Observe, o.Authenticate, o.Now = nil, nil, anyone, nil })
	post(b, h, "/v5/prompts/call", typicalCall)
}

// BenchmarkPlainUnmarshal is what decoding alone costs; the difference to BenchmarkTypicalCall is the layer.
func BenchmarkPlainUnmarshal(b *testing.B) {
	b.ReportAllocs()
	data := []byte(typicalCall)
	for b.Loop() {
		var body callBody
		if err := json.Unmarshal(data, &body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCoercedCall(b *testing.B) {
	h := newHarness(b, func(o *web.Options) { o.Logger, o.Observe, o.Authenticate = nil, nil, anyone })
	post(b, h, "/v5/prompts/call", `{"num_samples":5.0,`+typicalCall[1:])
}

func BenchmarkStreamedEvent(b *testing.B) {
	h := newHarness(b, func(o *web.Options) { o.Logger, o.Observe, o.Authenticate = nil, nil, anyone })
	h.stream = func(_ context.Context, yield func(delta, error) bool) {
		for b.Loop() {
			yield(delta{Output: "one piece of the answer"}, nil)
		}
	}
	b.ReportAllocs()
	h.ServeHTTP(&sink{header: http.Header{}}, newPost(b, `{"stream":true}`))
}
