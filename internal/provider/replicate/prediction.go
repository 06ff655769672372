package replicate

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// Limits of the wait for a running prediction.
const (
	firstPoll   = 500 * time.Millisecond
	longestPoll = 5 * time.Second
	missedPolls = 3 // in a row that may fail in a way that passes

	cancelTimeout = 5 * time.Second
)

// create makes the prediction. header holds further names and values of the request's.
func (s *session) create(ctx context.Context, pairs ...string) (*prediction, error) {
	return s.read(ctx, llmhttp.Request{URL: s.base.Join(s.path), Header: header(s.key, pairs...), Body: s.body, Foreign: s.foreign})
}

// get reads the prediction as it is now.
func (s *session) get(ctx context.Context, id string) (*prediction, error) {
	return s.read(ctx, llmhttp.Request{Method: http.MethodGet, URL: s.base.Join("/v1/predictions/" + id), Header: header(s.key), Foreign: s.foreign})
}

func (s *session) read(ctx context.Context, r llmhttp.Request) (*prediction, error) {
	answer, err := s.http.Do(ctx, s.call, r)
	if err != nil {
		return nil, err
	}
	p := &prediction{raw: answer.Body, header: answer.Header}
	if err := json.UnmarshalForeign(answer.Body, p); err != nil || !isID(p.ID) || p.Status == "" {
		return nil, s.call.Unusable(answer.Header, answer.Body)
	}
	return p, nil
}

// isID reports whether s can stand in a path.
func isID(s string) bool {
	foreign := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}
	return s != "" && len(s) <= 128 && !strings.ContainsFunc(s, foreign)
}

// await asks for the prediction until it is done, and cancels it when it cannot be waited for any longer.
func (s *session) await(ctx context.Context, id string) (*prediction, error) {
	limit := s.http.HeaderTimeout
	within := ctx
	if limit > 0 {
		var stop context.CancelFunc
		within, stop = context.WithTimeout(ctx, limit)
		defer stop()
	}
	p, err := s.poll(within, id)
	if err == nil {
		return p, nil
	}
	s.cancel(ctx, id)
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return nil, s.call.Deadline(failure.Headers, limit)
	}
	return nil, err
}

func (s *session) poll(ctx context.Context, id string) (*prediction, error) {
	missed := 0
	for pause := firstPoll; ; pause = min(pause*3/2, longestPoll) {
		if err := llm.Sleep(ctx, pause); err != nil {
			return nil, err
		}
		p, err := s.get(ctx, id)
		switch {
		case err == nil && p.done():
			return p, nil
		case err == nil:
			missed = 0
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case missed == missedPolls || !errs.From(err).Reason.Retryable():
			return nil, err
		default:
			missed++
		}
	}
}

// cancel ends the work on a prediction that nobody waits for. That it fails changes nothing for the caller.
func (s *session) cancel(ctx context.Context, id string) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), cancelTimeout)
	defer stop()
	_, _ = s.http.Do(ctx, s.call, llmhttp.Request{URL: s.base.Join("/v1/predictions/" + id + "/cancel"), Header: header(s.key), Foreign: s.foreign})
}

// streamURL is where the output of p is streamed, nil when it is not. The key goes to the host of the API and to Replicate's own alone.
func (s *session) streamURL(p *prediction) *url.URL {
	u, err := url.Parse(p.URLs.Stream)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil
	}
	own := s.base.Join("/")
	if u.Host == own.Host && u.Scheme == own.Scheme {
		return u
	}
	if u.Scheme == "https" && strings.HasSuffix(u.Host, ".replicate.com") {
		return u
	}
	return nil
}
