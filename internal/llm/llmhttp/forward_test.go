package llmhttp_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// words decodes each event into its words. "end" is the end marker, "bad" a failure.
type words struct {
	out   []llm.Event
	ended bool
	whole bool
}

func (w *words) Decode(call failure.Call, h http.Header, e llmhttp.Event) ([]llm.Event, error) {
	w.out = w.out[:0]
	for text := range strings.FieldsSeq(string(e.Data)) {
		switch text {
		case "bad":
			return nil, call.Malformed(h, e.Data)
		case "end":
			w.ended = true
		case "ping":
			w.out = append(w.out, llm.Event{})
		default:
			w.out = append(w.out, llm.Event{Text: text})
		}
	}
	return w.out, nil
}

func (w *words) Ended() bool { return w.ended }

func (w *words) Last() (llm.Event, bool) {
	return llm.Event{Finish: llm.FinishStop, Usage: &llm.Usage{Output: 1, Known: true}}, w.whole
}

// pieces is a body that arrives in the given reads.
type pieces []string

func (p pieces) RoundTrip(r *http.Request) (*http.Response, error) {
	in, out := io.Pipe()
	go func() {
		for _, s := range p {
			if _, err := io.WriteString(out, s); err != nil {
				return
			}
		}
		_ = out.Close()
	}()
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: in, ContentLength: -1, Request: r}, nil
}

// told is what a reader of the events sees.
type told struct {
	Text, Request string
	Finish        llm.FinishReason
	Output        int64
	More          bool
	Reason        errs.Reason
	Partial       bool
}

func forward(t *testing.T, body pieces, w *words, stopAfter int) []told {
	t.Helper()
	base, err := llmhttp.ParseBase("http://example.com")
	if err != nil {
		t.Fatal(err)
	}
	c := llmhttp.Client{Transport: body}
	s, err := c.Stream(t.Context(), failure.Call{}, llmhttp.Request{URL: base.Join("/")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var out []told
	llmhttp.Forward(s, json.Value("{}"), w, func(e llm.Event, err error) bool {
		seen := told{Text: e.Text, Request: string(e.Request), Finish: e.Finish, More: e.More}
		if e.Usage != nil {
			seen.Output = e.Usage.Output
		}
		if err != nil {
			seen.Reason, seen.Partial = errs.From(err).Reason, errs.From(err).PartialOutput
		}
		out = append(out, seen)
		return len(out) != stopAfter
	})
	return out
}

func TestForward(t *testing.T) {
	for _, c := range []struct {
		name      string
		body      pieces
		whole     bool
		stopAfter int
		want      []told
	}{
		{
			"an end marker", pieces{"data: a\n\ndata: b\n\n", "data: c d\n\n", "data: end\n\ndata: late\n\n"}, false, 0,
			[]told{{Text: "a", Request: "{}", More: true}, {Text: "b"}, {Text: "c", More: true}, {Text: "d"}},
		},
		{
			"a ping at hand does not hold a text back", pieces{"data: a\n\ndata: ping\n\n", "data: ping\n\n", "data: end\n\n"}, false, 0,
			[]told{{Text: "a", Request: "{}"}},
		},
		{
			"an end without a marker", pieces{"data: a\n\n"}, true, 0,
			[]told{{Text: "a", Request: "{}"}, {Finish: llm.FinishStop, Output: 1}},
		},
		{
			"a cut", pieces{"data: a\n\n"}, false, 0,
			[]told{{Text: "a", Request: "{}"}, {Output: 1, Reason: errs.StreamInterrupted, Partial: true}},
		},
		{
			"a failure at hand", pieces{"data: a\n\ndata: bad\n\n"}, true, 0,
			[]told{{Text: "a", Request: "{}"}, {Output: 1, Reason: errs.MalformedProviderResponse, Partial: true}},
		},
		{
			"a failure before output", pieces{"data: ping\n\ndata: bad\n\n"}, true, 0,
			[]told{{Request: "{}", Output: 1, Reason: errs.MalformedProviderResponse}},
		},
		{
			"a reader that stops", pieces{"data: a b c\n\ndata: bad\n\n"}, true, 2,
			[]told{{Text: "a", Request: "{}", More: true}, {Text: "b", More: true}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, forward(t, c.body, &words{whole: c.whole}, c.stopAfter)); d != "" {
				t.Errorf("Forward (-want +got):\n%s", d)
			}
		})
	}
}
