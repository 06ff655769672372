// Package trace is the domain of Logs, the durable records of what ran or was reported, and of the trees that they form.
package trace

import (
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Log is one record. Empty strings, nil pointers and zero times mean unknown. Times are UTC with microseconds.
type Log struct {
	ID        string // made by the server, or chosen by the client in any form
	Kind      file.Kind
	FileID    string
	VersionID string

	CreatedAt time.Time
	UpdatedAt time.Time // when the record itself was last changed
	StartTime time.Time
	EndTime   time.Time

	Status       Status         // of Flow and Agent Logs, else ""
	Error        *string        // what failed, in one sentence
	Detail       *errs.Detail   // of a call that failed here
	Attempts     []errs.Attempt // of a call that was tried more than once, in order
	Provider     string         // that answered; of a failed call the Prompt's own
	Model        string         // likewise
	FinishReason string
	StopSequence string // at which the model stopped

	Usage          llm.Usage // of a call made here, or imported with its counts
	PromptTokens   *int64    // as the API shows them
	OutputTokens   *int64
	ReasonTokens   *int64
	PromptCost     *float64 // US dollars; nil means unknown
	OutputCost     *float64
	Latency        *float64 // seconds that the provider took
	SampleIndex    int      // of a call with several samples
	Source         string
	User           string
	Environment    string // a label
	TraceID        string // id of the root Log; "" for a Log outside any trace
	TraceParentID  string
	ParentID       string // the judged Log of an Evaluator's
	DatapointID    string
	RunID          string
	SessionID      string
	CreatedBy      string // id of the API key
	PayloadDropped bool   // save was false: of Payload nothing is kept but the judgment

	RequestID           string   // of the request that made the Log
	OTelTraceID         string   // of the OpenTelemetry trace that the request was part of, in hexadecimal
	DeployedEnvironment string   // name of the environment whose deployment ran
	Ingress             string   // the API that the call came through, as "openai.chat"; "" for this server's own
	Alias               string   // the name that the call had for its model, if that was an alias
	Cached              bool     // the answer was remembered from an earlier call
	Conversation        string   // what the calls of one conversation share, as their client says
	Lane                Lane     // of a call with an Ingress
	Ignored             []string // members of a request with an Ingress that had no effect
	ReplayOf            string   // id of the Log that this one replays, as its caller says
	Templated           int      // of a call made here: how many of the messages the template made; the caller's follow
	FirstToken          *float64 // of a stream: seconds until the first output, of those in Latency

	MarkedCompleted bool // of an Evaluator's: a person marked the judged Log as done

	Metadata json.Value // an object
	Payload  Payload
}

// Fail records a failure on the Log, with the message that its caller gets.
func (l *Log) Fail(d errs.Detail) { l.Error, l.Detail = &d.Message, &d }

// The sources of Logs that the server makes by itself.
const (
	SourceEvaluation = "evaluation" // Logs and judgments of Runs
	SourceMonitoring = "monitoring" // judgments of Evaluators that monitor a File
)

// Payload is the content of a Log. It is separate from the record because lists and reports do not need it.
type Payload struct {
	Inputs           json.Value      `json:"inputs,omitzero"` // an object
	Messages         []llm.Message   `json:"messages,omitempty"`
	ToolChoice       *llm.ToolChoice `json:"tool_choice,omitzero"`
	Output           *string         `json:"output,omitzero"`
	OutputMessage    *llm.Message    `json:"output_message,omitzero"`
	Stdout           *string         `json:"stdout,omitzero"`
	LogProbs         json.Value      `json:"logprobs,omitzero"`
	Judgment         json.Value      `json:"judgment,omitzero"`
	ProviderRequest  json.Value      `json:"provider_request,omitzero"`
	ProviderResponse json.Value      `json:"provider_response,omitzero"`
	Parameters       json.Value      `json:"parameters,omitzero"` // of an answer that its caller can come back to: what was asked besides the messages
}

// Lane is how a request of another API went to the provider.
type Lane string

// The lanes.
const (
	NativeLane   Lane = "native"   // in the words of its client, and the answer in those of the provider
	PortableLane Lane = "portable" // translated
)

// Status says whether a trace is still growing.
type Status string

// The states of a trace.
const (
	Complete   Status = "complete"
	Incomplete Status = "incomplete"
)
