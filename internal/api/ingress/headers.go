package ingress

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// head sets the headers of an answer that begins: what has no effect, the Log, and who answers.
func head(ctx context.Context, c *dialect.Call, call *gateway.Call, logID, provider, model string) {
	h := web.Header(ctx)
	set(h, "X-Openloop-Log-Id", logID)
	set(h, "X-Openloop-Provider", provider)
	set(h, "X-Openloop-Model", model)
	if ignored := slices.Concat(c.Ignored, call.Overruled); len(ignored) > 0 {
		all := strings.Join(ignored, ", ")
		if unknown := h.Get(headerIgnored); unknown != "" {
			all = unknown + ", " + all
		}
		h.Set(headerIgnored, all)
	}
}

const headerIgnored = "X-Openloop-Ignored"

// tail sets the headers of a whole answer beside those of head: how often models were asked, and what it cost in US dollars.
func tail(ctx context.Context, logs []*trace.Log) {
	attempts, cost, known := 0, 0.0, true
	for _, l := range logs {
		attempts += max(len(l.Attempts), 1)
		if l.PromptCost == nil || l.OutputCost == nil {
			known = false
			continue
		}
		cost += *l.PromptCost + *l.OutputCost
	}
	h := web.Header(ctx)
	h.Set("X-Openloop-Attempts", strconv.Itoa(attempts))
	if known {
		h.Set("X-Openloop-Cost", strconv.FormatFloat(cost, 'f', -1, 64))
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
