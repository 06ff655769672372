// Package ingress is what the routes for clients of other vendors share: which model a name means, how a request becomes a call, and what the
// headers of an answer say.
package ingress

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/openloop-server/openloop/internal/aliases"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// Options are what the routes work on. All fields are required.
type Options struct {
	DB      *store.DB
	Catalog *catalog.Catalog
	Relay   *relay.Relay
	Aliases *aliases.Registry
	Gateway *gateway.Gateway
	Now     func() time.Time
	Strict  bool // refuses what would have no effect

	// ForwardBearer says that the bearer token of a request with a key of its own header is the key of the provider whose API the client speaks.
	ForwardBearer bool
}

// Service is safe for concurrent use.
type Service struct{ Options }

// Headers are the headers of a request that the dialects have no members for.
type Headers struct {
	Path        string   `header:"X-Openloop-Path" doc:"The Prompt that a call of a model is logged to, by its path; direct/… by default."`
	Environment string   `header:"X-Openloop-Environment" doc:"The environment whose version of a saved Prompt runs."`
	User        string   `header:"X-Openloop-User" doc:"The end user, for the Log."`
	Metadata    string   `header:"X-Openloop-Metadata" doc:"A JSON object for the Log."`
	TraceParent string   `header:"X-Openloop-Trace-Parent" doc:"The Log that this call is a part of."`
	Cache       string   `header:"X-Openloop-Cache" doc:"Whether an answer to the same request may be a remembered one: ttl=600 (seconds), refresh or off."`
	ProviderKey string   `header:"X-Openloop-Provider-Key" doc:"The key of the provider of the model, in place of one that is kept here."`
	Key         string   `header:"X-Openloop-Key" doc:"The key of this server, for clients that send something else in the usual headers."`
	Bearer      string   `header:"Authorization"`
	Timeout     *float64 `header:"X-Openloop-Timeout" min:"0" doc:"The seconds that the caller waits: nothing is tried again after them."`
	Waits       string   `header:"X-Stainless-Timeout" doc:"The same, as SDKs of OpenAI and Anthropic say it."`
	Priority    string   `header:"X-Openloop-Priority" enum:"critical,interactive,batch" doc:"A lower priority than the key has: which calls go on when the server has more than it can do."` // package web reads it
	Strict      *bool    `header:"X-Openloop-Strict" doc:"true refuses what would have no effect."`
}

// flexTier is the word of OpenAI's clients for what may wait.
const flexTier = "flex"

// Dialect is an API that clients of another vendor call.
type Dialect struct {
	Name  string // on Logs: "openai.chat"
	Owner string // the provider whose models clients name without a provider: "openai"

	Members map[string]string // names of what has no effect, by those of [llm.Ignored], where they differ
}

// unused returns the names of what has no effect with the provider that answers.
func (s *Service) unused(d Dialect, c *dialect.Call, call *gateway.Call, provider string) []string {
	out := s.Relay.Ignored(provider, call.Prompt.Content.Endpoint, &c.Request)
	for i, name := range out {
		out[i] = cmp.Or(d.Members[name], name)
	}
	return out
}

// input returns the call that a request asks for. Errors: model_not_found, those of finding the Prompt, and those of the headers.
// native is the request in the words of its client, nil for none.
func (s *Service) input(ctx context.Context, d Dialect, c *dialect.Call, h *Headers, native *llm.Native) (*gateway.CallInput, error) {
	if c.Request.ServiceTier == flexTier {
		if err := web.Lower(ctx, auth.Batch); err != nil {
			return nil, err
		}
	}
	target, err := s.Target(ctx, d, c.Name, h)
	if err != nil {
		return nil, err
	}
	c.Ignore(target.Model != nil && h.Environment != "", headerEnvironment)
	c.Ignore(target.Model == nil && h.Path != "", headerPath)
	c.Request.Strict = s.Strict || h.Strict != nil && *h.Strict
	if err := strict(c); err != nil {
		if native == nil {
			return nil, err
		}
		native = native.Untold(err)
	}
	metadata, err := metadataOf(c, h)
	if err != nil {
		return nil, err
	}
	in := &gateway.CallInput{
		Ref: target.Ref, Prompt: target.Model, Inputs: c.Inputs, Messages: c.Request.Messages, ToolChoice: c.Request.ToolChoice, LogProbs: c.Request.LogProbs,
		Asked: &c.Request, Samples: c.Samples, Sticky: conversation(c), ReceivedAt: s.Now(), Ignored: c.Without,
		Log: trace.Log{
			Ingress: d.Name, Lane: trace.PortableLane, Conversation: c.Conversation, User: cmp.Or(h.User, c.Request.User), Metadata: metadata, TraceParentID: h.TraceParent,
			Payload: trace.Payload{Parameters: c.Parameters},
		},
	}
	in.Until = h.until(in.ReceivedAt)
	if in.Keys, err = s.keys(ctx, d, &target, h); err != nil {
		return nil, err
	}
	var otherwise *gateway.Caching
	if a := target.Alias; a != nil {
		in.Among, in.Log.Alias = aliases.Destinations(a), c.Name
		aliases.FillIn(&c.Request, &a.Defaults)
		native = native.WithDefaults(func(r *llm.Request) { aliases.FillIn(r, &a.Defaults) })
		otherwise = gateway.CachingFor(a.CacheTTL)
	}
	if in.Caching, err = gateway.CachingOf(h.Cache, otherwise); err != nil {
		return nil, err
	}
	if c.Request.Prompt != "" {
		return in, s.complete(c, in)
	}
	in.Native = native
	return in, nil
}

// strict refuses what would have no effect, if the request or the server wants that.
func strict(c *dialect.Call) error {
	if !c.Request.Strict {
		return nil
	}
	if without := c.Without(); len(without) > 0 {
		return dialect.Unsupported("This has no effect here, and the request is strict.", without[0])
	}
	return nil
}

// conversation names what the calls of one conversation share: what the client says, or else how it begins.
func conversation(c *dialect.Call) string {
	if c.Conversation != "" {
		return c.Conversation
	}
	sum := fnvOffset
	for i := range c.Request.Messages {
		m := &c.Request.Messages[i]
		sum = hash(sum, m.Content.Text)
		for j := range m.Content.Parts {
			sum = hash(sum, m.Content.Parts[j].Text)
		}
		if m.Role == llm.User {
			break
		}
	}
	return strconv.FormatUint(sum, 36)
}

// The numbers of FNV-1a. All replicas must find the same hash.
const (
	fnvOffset uint64 = 14695981039346656037
	fnvPrime  uint64 = 1099511628211
)

// hash adds text to an FNV-1a hash, without the copy that package fnv needs.
func hash(sum uint64, text string) uint64 {
	for i := range len(text) {
		sum = (sum ^ uint64(text[i])) * fnvPrime
	}
	return sum
}

func metadataOf(c *dialect.Call, h *Headers) (json.Value, error) {
	if h.Metadata == "" {
		return c.Metadata, nil
	}
	v := json.Value(h.Metadata)
	if json.Kind(v) != '{' || !json.Valid(v) {
		return nil, errs.Invalid("must be a JSON object", "X-Openloop-Metadata")
	}
	if c.Metadata == nil {
		return v, nil
	}
	return json.Merge(c.Metadata, v)
}

// Envelope is how a dialect writes failures.
func Envelope(words func(*errs.Detail) dialect.Failed) web.Envelope {
	return func(d *errs.Detail) web.Failure {
		f := words(d)
		h := http.Header{"X-Should-Retry": {f.RetryHeader(d)}}
		putFailed(h, d)
		return web.Failure{Status: f.Status, Body: f.Body, Header: h}
	}
}

// name is a provider's model as clients name it.
func name(provider, model string) string { return provider + "/" + model }

// Target is what a name of a model means: a version of a saved Prompt, an alias, or a model itself.
type Target struct {
	Ref   file.Ref
	Model *file.Prompt // of an alias its main target; nil for a saved Prompt
	Alias *store.Alias // nil for none
}
