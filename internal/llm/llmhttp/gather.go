package llmhttp

import (
	"bytes"
	"context"
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// isStream reports whether the body of a whole answer is a stream. Some servers send one although none was asked for: server-sent events,
// whose lines cannot begin JSON, or one JSON document on each line.
func isStream(body []byte) bool {
	body = bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n")
	for _, field := range []string{"data:", "event:", "id:", "retry:", ":"} {
		if bytes.HasPrefix(body, []byte(field)) {
			return true
		}
	}
	line, rest, _ := bytes.Cut(body, []byte{'\n'})
	return json.Kind(line) == '{' && json.Kind(rest) == '{' && json.Valid(line)
}

// gather returns the answer that the stream in the body of a tells.
func (c *Client) gather(ctx context.Context, call failure.Call, a *Answer, d Decoder) (*llm.Response, error) {
	res := &http.Response{StatusCode: a.Status, Header: a.Header, Body: http.NoBody}
	s := newStream(&exchange{ctx: ctx, call: call, res: res, body: bytes.NewReader(a.Body), strays: c.Strays, unreads: c.Unread})
	s.unseen = true
	var fold llm.Fold
	var failed error
	relay(s, nil, nil, d, func(e llm.Event, err error) bool {
		fold.Add(&e)
		failed = err
		return true
	})
	return fold.Response(), failed
}
