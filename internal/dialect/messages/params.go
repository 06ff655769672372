// Package messages is Anthropic's Messages API, as a server speaks it (https://docs.anthropic.com/en/api/messages).
package messages

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Params is the body of POST /v1/messages.
type Params struct {
	Question

	MaxTokens int  `json:"max_tokens" required:"true" min:"1"`
	Stream    bool `json:"stream,omitzero"`

	Temperature   *float64  `json:"temperature,omitzero" min:"0" max:"1"`
	TopP          *float64  `json:"top_p,omitzero" min:"0" max:"1"`
	StopSequences []string  `json:"stop_sequences,omitempty"`
	Metadata      *Metadata `json:"metadata,omitzero"`
	TopK          *int      `json:"top_k,omitzero" min:"0"`

	// Without effect.
	ServiceTier string `json:"service_tier,omitempty"`
}

// Question is what counts as the prompt of a request. It is the body of POST /v1/messages/count_tokens.
type Question struct {
	Model        string        `json:"model" required:"true" minlen:"1"`
	System       BlockContent  `json:"system,omitzero"`
	Messages     []Turn        `json:"messages" required:"true" minlen:"1"`
	Inputs       json.Value    `json:"inputs,omitzero" object:"true" doc:"Values of the variables of a saved Prompt."`
	Tools        []ToolParam   `json:"tools,omitempty"`
	ToolChoice   *ToolChoice   `json:"tool_choice,omitzero"`
	Thinking     *Thinking     `json:"thinking,omitzero"`
	OutputConfig *OutputConfig `json:"output_config,omitzero"`
	OutputFormat *OutputFormat `json:"output_format,omitzero"` // the older place of that in OutputConfig

	CacheControl *llm.Cache `json:"cache_control,omitzero"`

	// Without effect.
	ContextManagement json.Value `json:"context_management,omitzero"`

	// Refused.
	MCPServers []json.Value `json:"mcp_servers,omitempty"`
	Container  json.Value   `json:"container,omitzero"`
}

// Metadata says who asks.
type Metadata struct {
	UserID string `json:"user_id,omitempty"`
}

// Thinking says whether a model thinks, and how much.
type Thinking struct {
	Type         string `json:"type" required:"true" enum:"enabled,adaptive,disabled"`
	BudgetTokens int    `json:"budget_tokens,omitzero" min:"0"`
	Display      string `json:"display,omitempty"`
}

// OutputConfig is how much work an answer is, and its form.
type OutputConfig struct {
	Effort string        `json:"effort,omitempty"`
	Format *OutputFormat `json:"format,omitzero"`
}

// OutputFormat asks for an answer in JSON after a schema.
type OutputFormat struct {
	Type   string     `json:"type" required:"true" enum:"json_schema"`
	Schema json.Value `json:"schema" required:"true" object:"true"`
}

// Call returns the request in the portable model. Errors: unsupported_parameter for what that model cannot carry, validation_failed.
func (r *Params) Call() (*dialect.Call, error) {
	c, err := r.Question.Call()
	if err != nil {
		return nil, err
	}
	out := &c.Request
	out.MaxTokens, out.Temperature, out.TopP, out.TopK, out.Stop = r.MaxTokens, r.Temperature, r.TopP, r.TopK, r.StopSequences
	if r.Metadata != nil {
		out.User = label(r.Metadata.UserID)
		c.Conversation = out.User
	}
	c.Ignore(r.ServiceTier != "", "service_tier")
	return c, nil
}

// Call is [Params.Call] for the prompt alone.
func (q *Question) Call() (*dialect.Call, error) {
	if err := q.refuse(); err != nil {
		return nil, err
	}
	c := &dialect.Call{Name: q.Model, Inputs: json.Object(q.Inputs)}
	choice, err := q.ToolChoice.portable()
	if err != nil {
		return nil, err
	}
	r := reader{}
	c.Request = llm.Request{
		ToolChoice: choice, Effort: q.effort(), ResponseFormat: q.format(), Cache: q.CacheControl, HideThinking: q.Thinking != nil && q.Thinking.Display == "omitted",
	}
	if q.ToolChoice != nil && q.ToolChoice.DisableParallel {
		c.Request.ParallelTools = new(bool)
	}
	if c.Request.Messages, err = r.messages(q); err != nil {
		return nil, err
	}
	if c.Request.Tools, err = tools(q.Tools); err != nil {
		return nil, err
	}
	c.Ignore(r.cited, "citations")
	c.Ignore(given(q.ContextManagement), "context_management")
	q.ignoreThinking(c)
	return c, nil
}

// refuse returns an error for the first member that asks for what nothing here can do.
func (q *Question) refuse() error {
	switch {
	case len(q.MCPServers) > 0:
		return dialect.Unsupported("No provider's connector of MCP servers can be used here. Give the model their tools.", "mcp_servers")
	case given(q.Container):
		return dialect.Unsupported("No provider's container can be used here.", "container")
	}
	return nil
}

// given reports whether a member has a value; null is none.
func given(v json.Value) bool { return len(v) > 0 && json.Kind(v) != 'n' }

// adaptiveEffort is how much a model thinks that is to decide by itself and is not told otherwise: Anthropic's default.
const adaptiveEffort = "high"

// effort is a level where one is said, because more models take a level than a number of tokens.
func (q *Question) effort() llm.Effort {
	level := q.level()
	switch t := q.Thinking; {
	case t == nil:
		return llm.Effort{Level: level}
	case t.Type == thinkingDisabled:
		return llm.Effort{Level: "none"}
	case t.Type == thinkingAdaptive:
		return llm.Effort{Level: cmp.Or(level, adaptiveEffort)}
	case level != "":
		return llm.Effort{Level: level}
	default:
		return llm.Effort{Budget: t.BudgetTokens}
	}
}

// The types of Thinking that are not a budget.
const (
	thinkingAdaptive = "adaptive"
	thinkingDisabled = "disabled"
)

func (q *Question) level() string {
	if q.OutputConfig == nil {
		return ""
	}
	return q.OutputConfig.Effort
}

// ignoreThinking tells what is lost where thinking is said in more ways than the portable model has.
func (q *Question) ignoreThinking(c *dialect.Call) {
	if q.Thinking == nil {
		return
	}
	c.Ignore(q.level() != "" && q.Thinking.Type == thinkingDisabled, "output_config.effort")
	c.Ignore(q.level() != "" && q.Thinking.BudgetTokens > 0, "thinking.budget_tokens")
}

func (q *Question) format() *llm.ResponseFormat {
	f := q.OutputFormat
	if q.OutputConfig != nil {
		f = cmp.Or(q.OutputConfig.Format, f)
	}
	if f == nil {
		return nil
	}
	return &llm.ResponseFormat{Type: f.Type, JSONSchema: append(append([]byte(`{"name":"answer","schema":`), f.Schema...), '}')}
}

// label is the id of a user as providers take it: a long one is replaced by its hash.
func label(user string) string {
	const most = 64
	if len(user) <= most {
		return user
	}
	sum := sha256.Sum256([]byte(user))
	return hex.EncodeToString(sum[:])
}
