package openai

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/vendor"
)

// The members of a chat request that limit the length of the answer.
const (
	maxTokens           = "max_tokens"
	maxCompletionTokens = "max_completion_tokens"
)

// limit is the member of a chat request that limits the answer of model.
func (v *Vendor) limit(model string) string {
	if v.TokenLimit == vendor.MaxCompletionTokens || (v.TokenLimit == vendor.LimitByModel && reasons(model)) {
		return maxCompletionTokens
	}
	return maxTokens
}

// limited reports whether the driver says how long the answer of r may be. What a Prompt's `other` says of it is left alone.
func limited(r *llm.Request) bool {
	if r.MaxTokens <= 0 || r.Endpoint == llm.Complete || r.Endpoint == llm.Responses {
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

// reasons reports whether model is one of OpenAI's reasoning models: o1 and its successors, GPT-5 and later, Codex. What the operator
// or a vendor writes around it ("openai/o3", "ft:o4-mini:…", "prod-gpt-5") does not matter: the first part that tells decides.
func reasons(model string) bool {
	name := strings.ToLower(model)
	name = name[strings.LastIndexByte(name, '/')+1:]
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "ft:"), ":")
	parts := strings.FieldsFunc(name, func(c rune) bool { return c == '-' || c == '_' || c == ' ' || c == '.' })
	for i, part := range parts {
		switch family, n := versionOf(part); {
		case part == "codex":
			return true
		case family == "gpt" && n == 0 && i+1 < len(parts):
			if n = generation(parts[i+1]); n > 0 {
				return reasoningGPT(n, parts[i+1:])
			}
		case family == "gpt" && n > 0:
			return reasoningGPT(n, parts[i:])
		case family == "o" && n > 0:
			return true
		}
	}
	return false
}

// reasoningGPT reports whether the GPT of generation n reasons; the chat models of a generation that does do not.
func reasoningGPT(n int, rest []string) bool {
	if n >= 30 && n < 50 { // Azure writes GPT-3.5 as gpt-35
		n /= 10
	}
	return n >= 5 && !slices.Contains(rest, "chat")
}

// versionOf splits "gpt5" or "o3": what is no word with a number has the family "".
func versionOf(part string) (family string, n int) {
	family = strings.TrimRight(part, "0123456789")
	switch {
	case strings.HasPrefix(part, "gpt"):
		return "gpt", generation(part[len("gpt"):])
	case family == "o":
		return family, generation(part[1:])
	default:
		return "", 0
	}
}

// generation is the number that s starts with, 0 when it starts with none.
func generation(s string) int {
	n := 0
	for i := 0; i < len(s) && i < 3 && s[i] >= '0' && s[i] <= '9'; i++ {
		n = 10*n + int(s[i]-'0')
	}
	return n
}
