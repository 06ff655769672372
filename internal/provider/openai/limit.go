package openai

import (
	"regexp"
	"strings"
	"sync"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/openai/naming"
	"github.com/openloop-server/openloop/internal/vendor"
)

// The members of a chat request that limit the length of the answer.
const (
	maxTokens           = "max_tokens"
	maxCompletionTokens = "max_completion_tokens"
)

// limit is the member of a chat request that limits the answer of model.
func (v *Vendor) limit(model string) string {
	if v.TokenLimit == vendor.MaxCompletionTokens || (v.TokenLimit == vendor.LimitByModel && naming.Reasons(model)) {
		return maxCompletionTokens
	}
	return maxTokens
}

// limited reports whether the driver says how long the answer of r may be. What a Prompt's `other` says of it is left alone.
func limited(r *llm.Request) bool {
	if r.MaxTokens <= 0 || r.Native != nil || r.Endpoint == llm.Complete || r.Endpoint == llm.Responses {
		return false
	}
	for _, name := range json.Names(r.Other) {
		if name == maxTokens || name == maxCompletionTokens {
			return false
		}
	}
	return true
}

// limits remembers which member a model takes, where its name tells nothing, or the wrong thing: Azure's deployments, and whatever is
// behind a proxy. It is safe for concurrent use.
type limits struct {
	mu    sync.Mutex
	known map[limitKey]vendor.TokenLimit
}

type limitKey struct{ base, model string }

// maxLimits bounds what is remembered.
const maxLimits = 1024

func keyOf(r *llm.Request) limitKey { return limitKey{r.Credentials.BaseURL, r.Model} }

// vendor is v as it is for r.
func (l *limits) vendor(v *Vendor, r *llm.Request) *Vendor {
	if !limited(r) {
		return v
	}
	l.mu.Lock()
	known, ok := l.known[keyOf(r)]
	l.mu.Unlock()
	if !ok {
		return v
	}
	out := *v
	out.TokenLimit = known
	return &out
}

// learn reports whether err refuses the member that limits the answer of r, so that it has to be sent again with the other one, which
// is remembered.
func (l *limits) learn(v *Vendor, r *llm.Request, err error) bool {
	if err == nil || !limited(r) || !refusesMember(errs.From(err), l.vendor(v, r).limit(r.Model)) {
		return false
	}
	other := vendor.MaxTokens
	if l.vendor(v, r).limit(r.Model) == maxTokens {
		other = vendor.MaxCompletionTokens
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil || len(l.known) >= maxLimits {
		l.known = map[limitKey]vendor.TokenLimit{}
	}
	l.known[keyOf(r)] = other
	return true
}

// forget drops what was learned when it turned out to be wrong.
func (l *limits) forget(r *llm.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.known, keyOf(r))
}

var refusesAtAll = regexp.MustCompile(`(?i)not supported|unsupported|unrecogni[sz]ed|unknown|unexpected|not permitted|\binstead\b`)

// refusesMember reports whether e refuses a member of the request as such, whatever its value.
func refusesMember(e *errs.Error, member string) bool {
	if e.ProviderStatus != 400 && e.ProviderStatus != 422 {
		return false
	}
	named := e.Param == member || strings.Contains(e.Message, member)
	return named && (e.Reason == errs.UnsupportedParameter || refusesAtAll.MatchString(e.Message))
}
