package sandbox

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// FetchRequest is an HTTP request that the code of a run asks for. Nothing in it is checked.
type FetchRequest struct {
	Method, URL string
	Header      http.Header
	Body        []byte
}

// FetchResponse is the answer to a [FetchRequest].
type FetchResponse struct {
	Status int
	Reason string // the words after the status
	URL    string // that it came from, behind all redirects
	Header http.Header
	Body   []byte // MaxFetched at most
}

// Fetch makes a request. The code gets the message of a failure as an exception, so the error must be classified. Fetch returns soon after ctx has
// ended.
type Fetch func(ctx context.Context, r *FetchRequest) (*FetchResponse, error)

// The limits of the requests of a run.
const (
	MaxFetches = 20
	MaxSent    = 1 << 20  // bytes of the body of a request
	MaxFetched = 10 << 20 // bytes of the body of an answer
)

// wire carries the requests of a run. The code writes one as a line, and reads the answer: a line, and then the bytes of the body.
type wire struct {
	ctx   context.Context
	out   *output
	fetch Fetch
	made  int
}

// asked is the line of a request.
type asked struct {
	Fetch *struct {
		Method  string      `json:"method"`
		URL     string      `json:"url"`
		Headers [][2]string `json:"headers"`
		Body    []byte      `json:"body"`
		Timeout float64     `json:"timeout"` // seconds; 0 for none of its own
	} `json:"fetch"`
}

// answered is the line of an answer, or of a failure.
type answered struct {
	Status  int         `json:"status"`
	Reason  string      `json:"reason"`
	URL     string      `json:"url"`
	Headers [][2]string `json:"headers"`
	Size    int         `json:"size"` // bytes of the body that follows

	Error   string `json:"error,omitempty"`
	Timeout bool   `json:"timeout"` // the error is that it took too long
}

// answer makes the request that the code has written, and returns what the code is to read. It is nil if there is no request.
func (w *wire) answer() []byte {
	var a asked
	if w.out.last == nil || json.Unmarshal(w.out.last, &a) != nil || a.Fetch == nil {
		return nil
	}
	w.out.last = nil
	r := &FetchRequest{Method: a.Fetch.Method, URL: a.Fetch.URL, Header: http.Header{}, Body: a.Fetch.Body}
	for _, h := range a.Fetch.Headers {
		r.Header.Add(h[0], h[1])
	}
	ctx := w.ctx
	if s := a.Fetch.Timeout; s > 0 && s < time.Hour.Seconds() {
		limited, cancel := context.WithTimeout(ctx, time.Duration(s*float64(time.Second)))
		defer cancel()
		ctx = limited
	}
	res, err := w.make(ctx, r)
	if w.ctx.Err() != nil {
		panic(errStopped) // ends the run, as in sleep
	}
	if err != nil {
		return reply(&answered{Error: failureOf(err), Timeout: errors.Is(err, context.DeadlineExceeded)}, nil)
	}
	head := &answered{Status: res.Status, Reason: res.Reason, URL: res.URL, Headers: [][2]string{}, Size: len(res.Body)}
	for _, name := range slices.Sorted(maps.Keys(res.Header)) {
		for _, value := range res.Header[name] {
			head.Headers = append(head.Headers, [2]string{name, strings.ToValidUTF8(value, "\uFFFD")})
		}
	}
	return reply(head, res.Body)
}

// make makes a request within the limits.
func (w *wire) make(ctx context.Context, r *FetchRequest) (*FetchResponse, error) {
	if w.made == MaxFetches {
		return nil, errs.New(errs.CodeFailed, "A run makes %d requests at most.", MaxFetches)
	}
	w.made++
	if len(r.Body) > MaxSent {
		return nil, errs.New(errs.CodeFailed, "The body of the request has %d bytes, and may have %d.", len(r.Body), MaxSent)
	}
	res, err := w.fetch(ctx, r)
	if err == nil && len(res.Body) > MaxFetched {
		err = errs.New(errs.CodeFailed, "The answer has more than %d MiB.", MaxFetched>>20)
	}
	return res, err
}

// failureOf is what the code is told of err.
func failureOf(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "The answer did not come in time."
	}
	return errs.From(err).Message
}

// reply is a head as a line, and a body behind it.
func reply(head *answered, body []byte) []byte {
	out, err := json.Marshal(head)
	if err != nil { // a text that is not UTF-8
		out, body = []byte(`{"error":"The answer has headers that are not text.","timeout":false}`), nil
	}
	return append(append(out, '\n'), body...)
}
