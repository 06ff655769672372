package llmhttp

import (
	"context"
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// Generate makes a call and translates the whole answer, as [llm.Driver].Generate must. decode translates it. If the answer is a stream
// that nobody asked for, d translates its events; d may be nil. With an error, the Response holds only the request that was sent.
func (c *Client) Generate(
	ctx context.Context, call failure.Call, r Request, decode func(failure.Call, http.Header, []byte) (*llm.Response, error), d Decoder,
) (*llm.Response, error) {
	answer, err := c.Do(ctx, call, r)
	if err != nil {
		return &llm.Response{RawRequest: r.Body}, err
	}
	if d != nil && isStream(answer.Body) {
		out, err := c.gather(ctx, call, answer, d)
		if err != nil {
			return &llm.Response{RawRequest: r.Body}, err
		}
		out.RawRequest = r.Body
		return out, nil
	}
	out, err := decode(call, answer.Header, answer.Body)
	if err != nil {
		return &llm.Response{RawRequest: r.Body}, err
	}
	out.Message.Mend()
	out.RawRequest, out.RawResponse = r.Body, answer.Body
	return out, nil
}

// relay runs [Forward] on the result of [Client.Stream] or [Client.Frames]: it yields err, or forwards s to its end and closes it.
func relay(s *Stream, err error, request json.Value, d Decoder, yield func(llm.Event, error) bool) {
	if err != nil {
		yield(llm.Event{Request: request}, err)
		return
	}
	defer s.Close() //nolint:errcheck // the answer is read or given up, so nothing depends on it
	Forward(s, request, d, yield)
}
