package responses

import (
	"cmp"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// IDPrefix begins the id of every answer.
const IDPrefix = "resp_"

// Response is an answer, whole or as far as it has come. Members are there even where nothing is known, because clients validate them; what was
// not asked for is echoed with OpenAI's defaults.
type Response struct {
	ID                 string             `json:"id"`
	Object             string             `json:"object"`
	CreatedAt          int64              `json:"created_at"` // Unix time in seconds
	CompletedAt        *int64             `json:"completed_at"`
	Status             string             `json:"status"`
	IncompleteDetails  *IncompleteDetails `json:"incomplete_details"`
	Model              string             `json:"model"`
	PreviousResponseID *string            `json:"previous_response_id"`
	Instructions       *string            `json:"instructions"`
	Output             []any              `json:"output"` // items
	Error              *ResponseError     `json:"error"`
	Tools              []any              `json:"tools"`
	ToolChoice         ChosenTool         `json:"tool_choice"`
	Truncation         string             `json:"truncation"`
	ParallelToolCalls  bool               `json:"parallel_tool_calls"`
	Text               TextConfig         `json:"text"`
	TopP               float64            `json:"top_p"`
	PresencePenalty    float64            `json:"presence_penalty"`
	FrequencyPenalty   float64            `json:"frequency_penalty"`
	TopLogprobs        int                `json:"top_logprobs"`
	Temperature        float64            `json:"temperature"`
	Reasoning          echoedReasoning    `json:"reasoning"`
	User               *string            `json:"user"`
	Usage              *ResponseUsage     `json:"usage"`
	MaxOutputTokens    *int               `json:"max_output_tokens"`
	MaxToolCalls       *int               `json:"max_tool_calls"`
	Store              bool               `json:"store"`
	Background         bool               `json:"background"`
	ServiceTier        string             `json:"service_tier"`
	Metadata           json.Value         `json:"metadata"`
	SafetyIdentifier   *string            `json:"safety_identifier"`
	PromptCacheKey     *string            `json:"prompt_cache_key"`
}

// IncompleteDetails says why an answer ended early.
type IncompleteDetails struct {
	Reason string `json:"reason"`
}

// ResponseError is why an answer failed after it had begun.
type ResponseError struct {
	Code     string       `json:"code"`
	Message  string       `json:"message"`
	Openloop *errs.Detail `json:"openloop"`
}

// ResponseUsage is the tokens of a call. The details are of the sums above them.
type ResponseUsage struct {
	InputTokens  int64         `json:"input_tokens"`
	Input        inputDetails  `json:"input_tokens_details"`
	OutputTokens int64         `json:"output_tokens"`
	Output       outputDetails `json:"output_tokens_details"`
	TotalTokens  int64         `json:"total_tokens"`
}

type inputDetails struct {
	CachedTokens     int64 `json:"cached_tokens"`
	CacheWriteTokens int64 `json:"cache_write_tokens"`
}

type outputDetails struct {
	ReasoningTokens int64 `json:"reasoning_tokens"`
}

type echoedReasoning struct {
	Effort  *string `json:"effort"`
	Summary *string `json:"summary"`
}

type echoedFunction struct {
	Type        string     `json:"type"`
	Name        string     `json:"name"`
	Description *string    `json:"description"`
	Parameters  json.Value `json:"parameters"`
	Strict      bool       `json:"strict"`
}

// The items of an output.
type (
	outputMessage struct {
		ID      string `json:"id"`
		Type    string `json:"type"`
		Status  string `json:"status"`
		Role    string `json:"role"`
		Content []any  `json:"content"` // saidText or saidRefusal
	}
	saidRefusal struct {
		Type    string `json:"type"`
		Refusal string `json:"refusal"`
	}
	saidText struct {
		Type        string       `json:"type"`
		Text        string       `json:"text"`
		Annotations []any        `json:"annotations"`
		Logprobs    []json.Value `json:"logprobs"`
	}
	outputCall struct {
		ID        string `json:"id"`
		Type      string `json:"type"`
		Status    string `json:"status"`
		CallID    string `json:"call_id"`
		Name      string `json:"name"`
		Namespace string `json:"namespace,omitempty"`
		Arguments string `json:"arguments"`
	}
	outputCustomCall struct {
		ID        string `json:"id"`
		Type      string `json:"type"`
		Status    string `json:"status"`
		CallID    string `json:"call_id"`
		Name      string `json:"name"`
		Namespace string `json:"namespace,omitempty"`
		Input     string `json:"input"`
	}
	outputReasoning struct {
		ID        string        `json:"id"`
		Type      string        `json:"type"`
		Summary   []saidSummary `json:"summary"`
		Encrypted string        `json:"encrypted_content,omitempty"`
	}
	saidSummary struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
)

// The statuses of answers and items.
const (
	statusInProgress = "in_progress"
	statusCompleted  = "completed"
	statusIncomplete = "incomplete"
	statusFailed     = "failed"
	statusCancelled  = "cancelled"
)

// newResponse returns the answer to r before anything of it is known.
func newResponse(r *ResponseParams, id string, created int64, model string) *Response {
	one := 1.0
	out := &Response{
		ID: IDPrefix + id, Object: "response", CreatedAt: created, Status: statusInProgress, Model: model, Instructions: orNull(r.Instructions), PreviousResponseID: orNull(r.PreviousResponseID),
		Output: []any{}, Tools: r.echoedTools(), ToolChoice: r.ToolChoice, Truncation: truncationOff,
		ParallelToolCalls: true, Text: TextConfig{Format: &TextFormat{Type: "text"}},
		TopP: *cmp.Or(r.TopP, &one), Temperature: *cmp.Or(r.Temperature, &one), TopLogprobs: *cmp.Or(r.TopLogprobs, new(int)),
		User: orNull(r.User), Store: r.stored(), ServiceTier: "default", Metadata: json.ObjectOrEmpty(r.Metadata),
		SafetyIdentifier: orNull(r.SafetyIdentifier), PromptCacheKey: orNull(r.PromptCacheKey),
	}
	if r.Text != nil && r.Text.Format != nil {
		out.Text.Format = r.Text.Format
	}
	if r.Reasoning != nil {
		out.Reasoning = echoedReasoning{orNull(r.Reasoning.Effort), orNull(r.Reasoning.Summary)}
	}
	if r.MaxOutputTokens > 0 {
		out.MaxOutputTokens = &r.MaxOutputTokens
	}
	return out
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// echoedTools are the tools that the model was given, in the form of Responses.
func (r *ResponseParams) echoedTools() []any {
	out := []any{}
	for i := range r.Tools {
		switch t := &r.Tools[i]; {
		case isIdleSearch(t):
		case t.Type == functionTool:
			f := t.portable()
			out = append(out, echoedFunction{functionTool, f.Name, orNull(f.Description), json.Object(f.Parameters), f.Strict})
		default:
			out = append(out, t)
		}
	}
	return out
}

// finish says how the answer ended. A provider that tells no usage has used nothing that anybody could count, and clients need numbers.
func (r *Response) finish(reason llm.FinishReason, u llm.Usage, at time.Time) {
	ended := at.Unix()
	r.Status, r.CompletedAt = statusCompleted, &ended
	if why := incomplete(reason); why != "" {
		r.Status, r.CompletedAt, r.IncompleteDetails = statusIncomplete, nil, &IncompleteDetails{why}
	}
	r.ServiceTier = cmp.Or(u.Tier, r.ServiceTier)
	r.Usage = &ResponseUsage{
		InputTokens: u.Prompt(), Input: inputDetails{u.CachedInput, u.CacheWrite},
		OutputTokens: u.Completion(), Output: outputDetails{u.Reasoning}, TotalTokens: u.Prompt() + u.Completion(),
	}
}

// incomplete is why an answer that ended for reason is not whole, "" if it is.
func incomplete(reason llm.FinishReason) string {
	switch reason { //nolint:exhaustive // all others are whole
	case llm.FinishLength:
		return "max_output_tokens"
	case llm.FinishContentFilter:
		return "content_filter"
	}
	return ""
}
