package replicate_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
	"github.com/openloop-server/openloop/internal/provider/replicate"
)

func driver(t *testing.T, hc *llmhttp.Client, baseURL string) llm.Driver {
	t.Helper()
	one := *hc
	one.Transport = &oneRequest{next: hc.Transport}
	d, err := replicate.New(&one, failure.VendorOf("replicate"), baseURL)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestChat(t *testing.T) {
	llmtest.Run(t, llmtest.Harness{New: driver, Apart: true, Serves: replicate.Declaration().Endpoints[0], Fixtures: "testdata/chat"})
}

func TestComplete(t *testing.T) {
	llmtest.Run(t, llmtest.Harness{New: driver, Apart: true, Serves: replicate.Declaration().Endpoints[1], Fixtures: "testdata/complete"})
}

// oneRequest makes a streamed call one exchange, as the suite has it: what creates the prediction is sent when its stream is asked for, and
// answered with the stream. What else is asked of a prediction is answered here.
type oneRequest struct {
	next    http.RoundTripper
	created *http.Request
	body    []byte
}

// RoundTrip implements [http.RoundTripper].
func (o *oneRequest) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/cancel"):
		return said(r, `{"id":"p1","status":"canceled"}`), nil
	case r.Method == http.MethodPost:
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(body, []byte(`"stream":true`)) {
			o.created, o.body = r, body
			stream := "http://" + r.URL.Host + "/stream"
			return said(r, `{"id":"p1","model":"meta/meta-llama-3-8b-instruct","status":"starting","urls":{"stream":"`+stream+`"}}`), nil
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		return o.next.RoundTrip(r)
	case r.URL.Path == "/stream":
		again := o.created.Clone(r.Context())
		again.Body = io.NopCloser(bytes.NewReader(o.body))
		return o.next.RoundTrip(again)
	default:
		return said(r, `{"id":"p1","status":"succeeded","metrics":{"input_token_count":5,"output_token_count":7}}`), nil
	}
}

func said(r *http.Request, body string) *http.Response {
	return &http.Response{
		StatusCode: http.StatusCreated, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}
