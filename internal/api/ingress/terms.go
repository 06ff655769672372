package ingress

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/openloop-server/openloop/internal/web"
)

// The names of headers that failures and lists of what has no effect name.
const (
	headerPath        = "X-Openloop-Path"
	headerEnvironment = "X-Openloop-Environment"
)

// until returns when the caller of a request that was received at a time stops waiting, the zero time if nobody says it. What SDKs say counts
// only if it is a number.
func (h *Headers) until(received time.Time) time.Time {
	seconds := math.Inf(1)
	if h.Timeout != nil {
		seconds = *h.Timeout
	}
	if n, err := strconv.ParseFloat(h.Waits, 64); err == nil && n > 0 {
		seconds = min(seconds, n)
	}
	const most = 365 * 24 * time.Hour
	if seconds > most.Seconds() {
		return time.Time{}
	}
	return received.Add(time.Duration(seconds * float64(time.Second)))
}

// keys returns the provider key that the caller brings, by the name of the provider of the target. What a client sends as if to the provider of its
// API goes to that one alone.
func (s *Service) keys(ctx context.Context, d Dialect, t *Target, h *Headers) (map[string]string, error) {
	token, err := web.Bearer(h.Bearer)
	switch {
	case h.ProviderKey != "":
	case s.ForwardBearer && h.Key != "" && err == nil && token != "":
		return map[string]string{d.Owner: token}, nil
	default:
		return nil, nil
	}
	if t.Model != nil {
		return map[string]string{t.Model.Provider: h.ProviderKey}, nil
	}
	p, err := s.Catalog.Prompt(ctx, t.Ref)
	if err != nil {
		return nil, err
	}
	return map[string]string{p.Content.Provider: h.ProviderKey}, nil
}
