// Package v5 holds the wire types of the v5 API, and nothing else.
package v5

import (
	"time"

	"openloop/internal/json"
	"openloop/internal/llm"
)

// FileRef names a File to be upserted.
type FileRef struct {
	Path string `json:"path,omitempty" doc:"Where the File is, or is to be made. Either path or id."`
	ID   string `json:"id,omitempty" doc:"The File that gets the version."`
}

// VersionLabels name and describe a version.
type VersionLabels struct {
	VersionName        string `json:"version_name,omitempty" maxlen:"255" doc:"Unique within the File."`
	VersionDescription string `json:"version_description,omitempty"`
}

// FileLabels describe a File; what is absent stays.
type FileLabels struct {
	Description *string   `json:"description,omitzero" doc:"Of the File."`
	Tags        *[]string `json:"tags,omitzero"`
	Readme      *string   `json:"readme,omitzero"`
}

// PromptUpsert asks for a version of a Prompt.
type PromptUpsert struct {
	FileRef
	PromptKernel
	VersionLabels
	FileLabels
}

// ToolUpsert asks for a version of a Tool.
type ToolUpsert struct {
	FileRef
	ToolKernel
	ToolType string `json:"tool_type,omitempty" enum:"pinecone_search,google,mock,snippet,json_schema,get_api_call,python" doc:"What runs the Tool; it follows from the content when absent."`
	VersionLabels
}

// EvaluatorUpsert asks for a version of an Evaluator.
type EvaluatorUpsert struct {
	FileRef
	Spec EvaluatorSpec `json:"spec" required:"true"`
	VersionLabels
}

// FlowUpsert asks for a version of a Flow.
type FlowUpsert struct {
	FileRef
	FlowKernel
	VersionLabels
}

// AgentUpsert asks for a version of an Agent.
type AgentUpsert struct {
	FileRef
	AgentKernel
	VersionLabels
	FileLabels
}

// FileMove moves or renames a File. A path wins over a name and a directory.
type FileMove struct {
	Path        *string `json:"path,omitzero" doc:"The whole new path."`
	Name        *string `json:"name,omitzero" doc:"The new name, in the directory where the File is."`
	DirectoryID *string `json:"directory_id,omitzero" doc:"The directory to move to."`
}

// VersionUpdate names and describes a version; what is absent stays, and an empty text clears.
type VersionUpdate struct {
	Name        *string `json:"name,omitzero" maxlen:"255" doc:"Unique within the File."`
	Description *string `json:"description,omitzero"`
}

// MonitorUpdate chooses the Evaluators that run on the new Logs of a File.
type MonitorUpdate struct {
	Activate   []MonitorRef `json:"activate,omitempty"`
	Deactivate []MonitorRef `json:"deactivate,omitempty"`
}

// MonitorRef names a version of an Evaluator, or the one that is deployed to an environment.
type MonitorRef struct {
	EvaluatorVersionID string `json:"evaluator_version_id,omitempty"`
	EvaluatorID        string `json:"evaluator_id,omitempty"`
	EnvironmentID      string `json:"environment_id,omitempty"`
}

// PathRequest names a File by its path.
type PathRequest struct {
	Path string `json:"path" required:"true"`
}

// NewDirectory makes a directory.
type NewDirectory struct {
	Name     string `json:"name,omitempty" doc:"The last part of its path, when no path is given."`
	ParentID string `json:"parent_id,omitempty" doc:"The directory that it lies in; the root when absent."`
	Path     string `json:"path,omitempty" doc:"The whole path; directories on the way that are missing are made."`
}

// DirectoryMove moves or renames a directory. A path wins over a name and a parent.
type DirectoryMove struct {
	Name     *string `json:"name,omitzero" doc:"The new name."`
	ParentID *string `json:"parent_id,omitzero" doc:"The directory to move to."`
	Path     *string `json:"path,omitzero" doc:"The whole new path."`
}

// PromptText is the text of a .prompt file.
type PromptText struct {
	Prompt string `json:"prompt" required:"true"`
}

// AgentText is the text of an .agent file.
type AgentText struct {
	Agent string `json:"agent" required:"true"`
}

// ToolVariable is a variable of the environment that a Tool's code runs in.
type ToolVariable struct {
	Name  string `json:"name" required:"true" minlen:"1" maxlen:"256"`
	Value string `json:"value" required:"true"`
}

// LogLabels are what a call or a Log may carry along.
type LogLabels struct {
	Source            string     `json:"source,omitempty" doc:"Where the call comes from."`
	Metadata          json.Value `json:"metadata,omitzero" object:"true" doc:"Anything, to be found by later."`
	StartTime         *time.Time `json:"start_time,omitzero"`
	EndTime           *time.Time `json:"end_time,omitzero"`
	SourceDatapointID string     `json:"source_datapoint_id,omitempty"`
	TraceParentID     string     `json:"trace_parent_id,omitempty" doc:"The Log that this one is a part of."`
	User              string     `json:"user,omitempty" doc:"The end user."`
	Environment       string     `json:"environment,omitempty" doc:"A label."`
	Save              *bool      `json:"save,omitzero" doc:"false keeps no inputs, messages or outputs."`
	LogID             string     `json:"log_id,omitempty" maxlen:"256" doc:"The id that the Log is to have."`
}

// PromptCall asks for a call of a Prompt.
type PromptCall struct {
	Path            string            `json:"path,omitempty" doc:"The Prompt's path. Either path or id."`
	ID              string            `json:"id,omitempty" doc:"The Prompt's id."`
	Messages        []llm.Message     `json:"messages,omitempty" doc:"Messages that follow those of the template."`
	ToolChoice      llm.ToolChoice    `json:"tool_choice,omitzero"`
	Prompt          InlinePrompt      `json:"prompt,omitzero" doc:"The content to use: the version is found by it, or made."`
	Inputs          json.Value        `json:"inputs,omitzero" object:"true" doc:"Values of the template's variables."`
	ProviderAPIKeys map[string]string `json:"provider_api_keys,omitempty" doc:"Keys of providers, for this call alone; never stored."`
	NumSamples      *int              `json:"num_samples,omitzero" min:"1" max:"32" doc:"Answers to generate; 1 when absent."`
	ReturnInputs    *bool             `json:"return_inputs,omitzero" doc:"false leaves inputs out of the answer."`
	Logprobs        *int              `json:"logprobs,omitzero" min:"0" max:"20"`
	Suffix          string            `json:"suffix,omitempty" doc:"The text after the completion."`
	Stream          bool              `json:"stream,omitzero"`
	MaxRetries      *int              `json:"max_retries,omitzero" min:"0" max:"10" doc:"In place of the Prompt's."`
	Fallbacks       []Fallback        `json:"fallbacks,omitempty" maxlen:"5" doc:"In place of the Prompt's."`
	LogLabels
}

// PromptLog reports a call that was made elsewhere.
type PromptLog struct {
	Path   string       `json:"path,omitempty" doc:"The Prompt's path. Either path or id."`
	ID     string       `json:"id,omitempty" doc:"The Prompt's id."`
	RunID  string       `json:"run_id,omitempty"`
	Prompt InlinePrompt `json:"prompt,omitzero" doc:"The content that was used: the version is found by it, or made."`
	LogAnswer
	LogLabels
}

// LogAnswer is what a Log says about an answer.
type LogAnswer struct {
	OutputMessage    *llm.Message   `json:"output_message,omitzero"`
	PromptTokens     *int64         `json:"prompt_tokens,omitzero" min:"0"`
	ReasoningTokens  *int64         `json:"reasoning_tokens,omitzero" min:"0"`
	OutputTokens     *int64         `json:"output_tokens,omitzero" min:"0"`
	PromptCost       *float64       `json:"prompt_cost,omitzero"`
	OutputCost       *float64       `json:"output_cost,omitzero"`
	FinishReason     string         `json:"finish_reason,omitempty"`
	Messages         []llm.Message  `json:"messages,omitempty"`
	ToolChoice       llm.ToolChoice `json:"tool_choice,omitzero"`
	Output           *string        `json:"output,omitzero"`
	CreatedAt        *time.Time     `json:"created_at,omitzero"`
	Error            *string        `json:"error,omitzero"`
	ProviderLatency  *float64       `json:"provider_latency,omitzero"`
	Stdout           *string        `json:"stdout,omitzero"`
	ProviderRequest  json.Value     `json:"provider_request,omitzero" object:"true"`
	ProviderResponse json.Value     `json:"provider_response,omitzero" object:"true"`
	Inputs           json.Value     `json:"inputs,omitzero" object:"true"`
	LogStatus        string         `json:"log_status,omitempty" enum:"complete,incomplete" doc:"Read from older clients, and ignored."`
}

// PromptLogUpdate changes a Log. What is absent stays; an output or error of null is unset.
type PromptLogUpdate struct {
	OutputMessage    *llm.Message     `json:"output_message,omitzero"`
	PromptTokens     *int64           `json:"prompt_tokens,omitzero" min:"0"`
	ReasoningTokens  *int64           `json:"reasoning_tokens,omitzero" min:"0"`
	OutputTokens     *int64           `json:"output_tokens,omitzero" min:"0"`
	PromptCost       *float64         `json:"prompt_cost,omitzero"`
	OutputCost       *float64         `json:"output_cost,omitzero"`
	FinishReason     string           `json:"finish_reason,omitempty"`
	Messages         []llm.Message    `json:"messages,omitempty"`
	ToolChoice       llm.ToolChoice   `json:"tool_choice,omitzero"`
	Output           json.Opt[string] `json:"output,omitzero"`
	CreatedAt        *time.Time       `json:"created_at,omitzero" doc:"Read, and ignored: a Log stays where it is in lists."`
	Error            json.Opt[string] `json:"error,omitzero"`
	ProviderLatency  *float64         `json:"provider_latency,omitzero"`
	Stdout           *string          `json:"stdout,omitzero"`
	ProviderRequest  json.Value       `json:"provider_request,omitzero" object:"true"`
	ProviderResponse json.Value       `json:"provider_response,omitzero" object:"true"`
	Inputs           json.Value       `json:"inputs,omitzero" object:"true"`
	Source           string           `json:"source,omitempty"`
	Metadata         json.Value       `json:"metadata,omitzero" object:"true"`
	StartTime        *time.Time       `json:"start_time,omitzero"`
	EndTime          *time.Time       `json:"end_time,omitzero"`
	LogStatus        string           `json:"log_status,omitempty" enum:"complete,incomplete" doc:"Read from older clients, and ignored."`
}
