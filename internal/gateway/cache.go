package gateway

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/answers"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/telemetry"
)

// Caching says how a call uses remembered answers.
type Caching struct {
	TTL     time.Duration // the age up to which an answer is taken
	Refresh bool          // the model is asked all the same, and its answer remembered
}

// HeaderCache is the header in which a call says how it is cached, and an answer whether it was.
const HeaderCache = "X-Openloop-Cache"

const (
	defaultTTL = 10 * time.Minute
	longestTTL = 7 * 24 * time.Hour
)

// CachingOf reads what the header of a request says: "ttl=600", "off", "refresh", or "refresh, ttl=600". otherwise is what counts where it says
// nothing; nil is for no caching. Errors: validation_failed.
func CachingOf(header string, otherwise *Caching) (*Caching, error) {
	if strings.TrimSpace(header) == "" {
		return otherwise, nil
	}
	out := new(Caching)
	for word := range strings.SplitSeq(header, ",") {
		word = strings.TrimSpace(word)
		seconds, ttl := strings.CutPrefix(word, "ttl=")
		n, err := strconv.Atoi(seconds)
		switch {
		case ttl && err == nil && n > 0 && n <= int(longestTTL/time.Second):
			out.TTL = time.Duration(n) * time.Second
		case word == "refresh":
			out.Refresh = true
		case word == "off" && strings.TrimSpace(header) == word:
			return nil, nil // no caching
		default:
			return nil, errs.Invalid("must be off, refresh or ttl= with 1 to "+strconv.Itoa(int(longestTTL/time.Second))+" seconds", HeaderCache)
		}
	}
	if out.TTL == 0 {
		out.TTL = defaultTTL
		if otherwise != nil {
			out.TTL = otherwise.TTL
		}
	}
	return out, nil
}

// remembering sets how c uses remembered answers.
func (g *Gateway) remembering(c *Call, q *relay.Question) {
	if c.Input.Caching == nil || g.o.Answers == nil {
		return
	}
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s\n%s\n", c.by, c.Prompt.Version.Hash)
	if q.Fingerprint(h) == nil {
		c.caching, c.key = c.Input.Caching, answers.Key(h.Sum(nil))
	}
}

// keyOf is the key of a sample: each has an answer of its own.
func (c *Call) keyOf(sample int) answers.Key {
	k := c.key
	k[len(k)-1] ^= byte(sample) //nolint:gosec // at most MaxSamples
	return k
}

// CachingFor returns that of so many seconds, nil for 0.
func CachingFor(seconds int) *Caching {
	if seconds == 0 {
		return nil
	}
	return &Caching{TTL: time.Duration(seconds) * time.Second}
}

// recall returns the outcome of a sample that an earlier answer answers, nil for none. See [relay.Relay.Recall] for native.
func (g *Gateway) recall(ctx context.Context, s *sample, native *llm.Native) *relay.Outcome {
	how := s.call.caching
	if how == nil {
		return nil
	}
	s.cache = relay.CacheMiss
	span := telemetry.Cache(ctx)
	defer func() { span.Found(string(s.cache)) }()
	if how.Refresh {
		return nil
	}
	a, ok := g.o.Answers.Get(s.call.keyOf(s.index), g.o.Now().Add(-how.TTL))
	if !ok {
		return nil
	}
	o := g.o.Relay.Recall(a, native)
	s.cache, s.age = o.Cache, o.DoneAt.Sub(a.At)
	return o
}

// remember keeps the answer to a sample for the next call that is the same, if it is whole and from one of the models that are asked first.
func (g *Gateway) remember(s *sample, o *relay.Outcome) {
	o.Cache = s.cache
	if s.call.caching == nil || o.Err != nil || !slices.Contains(finished, o.Response.Finish) || !s.call.plan.Begins(o.Provider(), o.Model()) {
		return
	}
	kept := *o.Response
	answer := answers.Answer{Provider: o.Provider(), Model: o.Model(), Response: &kept, At: o.DoneAt}
	if kept.RawRequest = nil; kept.Native {
		answer.Dialect = s.call.Input.Native.Dialect
	} else {
		kept.RawResponse = nil
	}
	g.o.Answers.Put(s.call.keyOf(s.index), answer)
}

var finished = []llm.FinishReason{llm.FinishStop, llm.FinishToolCalls}

// replay sends an answer as a stream. If the caller leaves, it is as with any other.
func replay(o *relay.Outcome, send relay.Send) {
	events := o.Response.Events()
	for i := range events {
		e := &events[i]
		e.More = i < len(events)-1
		if e.Output() && !send(o, e, o.DoneAt) {
			o.Err = context.Canceled
			return
		}
	}
}

// PutCache sets the headers that say whether an answer was remembered, and for how long.
func PutCache(h http.Header, use relay.CacheUse, age time.Duration) {
	if use == relay.CacheUnused {
		return
	}
	h.Set(HeaderCache, string(use))
	if use == relay.CacheHit {
		h.Set("Age", strconv.Itoa(int(age/time.Second)))
	}
}
