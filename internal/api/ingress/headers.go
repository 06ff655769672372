package ingress

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// head is the part of an answer's header that is known when it begins.
type head struct {
	ignored                string   // unknown members and parameters, as package web lists them
	without                []string // members without effect
	call                   *gateway.Call
	logID, provider, model string
	attempts               int // so far
	cache                  relay.CacheUse
	age                    time.Duration
}

// put sets the headers: what has no effect, the Log, who answers, and how often models were asked.
func (b *head) put(h http.Header) {
	set(h, headerLog, b.logID)
	set(h, headerProvider, b.provider)
	set(h, headerModel, b.model)
	h.Set(headerAttempts, strconv.Itoa(b.attempts))
	gateway.PutCache(h, b.cache, b.age)
	all := slices.Concat(b.without, b.call.Overruled)
	if b.ignored != "" {
		all = slices.Insert(all, 0, b.ignored)
	}
	if len(all) > 0 {
		h.Set(headerIgnored, strings.Join(all, ", "))
	}
}

// ignored is what package web lists of the request of ctx. It is for the time before a stream begins.
func ignored(ctx context.Context) string { return web.Header(ctx).Get(headerIgnored) }

const (
	headerIgnored  = "X-Openloop-Ignored"
	headerLog      = "X-Openloop-Log-Id"
	headerProvider = "X-Openloop-Provider"
	headerModel    = "X-Openloop-Model"
	headerAttempts = "X-Openloop-Attempts"
	headerCost     = "X-Openloop-Cost"
)

// putWhole sets the headers of an answer that is whole: those of a head, and what it cost in US dollars, if that is known.
func putWhole(ctx context.Context, b *head, logs []*trace.Log) {
	cost, known := 0.0, true
	for _, l := range logs {
		if b.cache != relay.CacheHit {
			b.attempts += max(len(l.Attempts), 1)
		}
		if l.PromptCost == nil || l.OutputCost == nil {
			known = false
			continue
		}
		cost += *l.PromptCost + *l.OutputCost
	}
	b.ignored = ignored(ctx)
	h := web.Header(ctx)
	b.put(h)
	if known {
		h.Set(headerCost, strconv.FormatFloat(cost, 'f', -1, 64))
	}
}

// putFailed sets the headers of a failure: the Log, and who was asked how often, as far as that is known.
func putFailed(h http.Header, d *errs.Detail) {
	set(h, headerLog, d.LogID)
	set(h, headerProvider, d.Provider)
	set(h, headerModel, d.Model)
	if d.LogID != "" {
		h.Set(headerAttempts, strconv.Itoa(max(len(d.Attempts), 1)))
	}
}

// set sets a header to a text of anybody's, without what a header cannot have.
func set(h http.Header, name, text string) {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '_'
		}
		return r
	}, errs.Truncate(text, maxHeader))
	if text != "" {
		h.Set(name, text)
	}
}

const maxHeader = 256 // bytes
