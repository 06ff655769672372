// Package v5 holds the wire types of the v5 API, and nothing else.
package v5

import (
	"cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// FileRef identifies a File for an upsert.
type FileRef struct {
	Path string `json:"path,omitempty" doc:"The path of the File, which is created if it does not exist. Either path or id."`
	ID   string `json:"id,omitempty" doc:"The File that gets the version."`
}

// VersionLabels is the name and description of a version.
type VersionLabels struct {
	VersionName        string `json:"version_name,omitempty" maxlen:"255" doc:"Unique within the File."`
	VersionDescription string `json:"version_description,omitempty"`
	CommitMessage      string `json:"commit_message,omitempty" doc:"version_description under the name that older clients use."`
}

// Description returns the description in the current member or in that of older clients.
func (l *VersionLabels) Description() string { return cmp.Or(l.VersionDescription, l.CommitMessage) }

// FileLabels describes a File. Absent members stay.
type FileLabels struct {
	Description *string   `json:"description,omitzero" doc:"The description of the File."`
	Tags        *[]string `json:"tags,omitzero"`
	Readme      *string   `json:"readme,omitzero"`
}

// PromptUpsert saves a version of a Prompt.
type PromptUpsert struct {
	FileRef
	PromptKernel
	VersionLabels
	FileLabels
}

// ToolUpsert saves a version of a Tool.
type ToolUpsert struct {
	FileRef
	ToolKernel
	ToolType string `json:"tool_type,omitempty" enum:"pinecone_search,google,mock,snippet,json_schema,get_api_call,python,mcp" doc:"What runs the Tool; derived from the content by default."`
	VersionLabels
}

// EvaluatorUpsert saves a version of an Evaluator.
type EvaluatorUpsert struct {
	FileRef
	Spec EvaluatorSpec `json:"spec" required:"true"`
	VersionLabels
}

// FlowUpsert saves a version of a Flow.
type FlowUpsert struct {
	FileRef
	FlowKernel
	VersionLabels
}

// AgentUpsert saves a version of an Agent.
type AgentUpsert struct {
	FileRef
	AgentKernel
	VersionLabels
	FileLabels
}

// FileMove moves or renames a File. A path takes precedence over a name and a directory.
type FileMove struct {
	Path        *string `json:"path,omitzero" doc:"The complete new path."`
	Name        *string `json:"name,omitzero" doc:"The new name in the File's directory."`
	DirectoryID *string `json:"directory_id,omitzero" doc:"The directory to move to."`
}

// VersionUpdate sets the name and description of a version. Absent members stay, and an empty text clears.
type VersionUpdate struct {
	Name        *string `json:"name,omitzero" maxlen:"255" doc:"Unique within the File."`
	Description *string `json:"description,omitzero"`
}

// VersionCommit sets the description of a version, as clients did before versions had names.
type VersionCommit struct {
	CommitMessage string `json:"commit_message" required:"true" doc:"The description of the version."`
}

// MonitorUpdate changes the Evaluators that monitor a File.
type MonitorUpdate struct {
	Activate   []MonitorActivation `json:"activate,omitempty"`
	Deactivate []MonitorRef        `json:"deactivate,omitempty"`
}

// MonitorRef identifies a version of an Evaluator, or the one deployed to an environment.
type MonitorRef struct {
	EvaluatorVersionID string `json:"evaluator_version_id,omitempty"`
	EvaluatorID        string `json:"evaluator_id,omitempty"`
	EnvironmentID      string `json:"environment_id,omitempty"`
}

// MonitorActivation is an Evaluator that is to monitor a File, and which Logs it judges: all, if nothing else is said.
type MonitorActivation struct {
	MonitorRef
	SampleRate *float64       `json:"sample_rate,omitzero" min:"0" max:"1" doc:"The part of the Logs that is judged, more than 0; 1 by default. All Evaluators with the same rate judge the same Logs."`
	Filter     *MonitorFilter `json:"filter,omitzero"`
	Runs       bool           `json:"runs,omitempty" doc:"Judge Logs of Runs too. The Evaluators of their Evaluations judge them in any case."`
}

// MonitorFilter selects the Logs that are judged. A member that is absent selects all.
type MonitorFilter struct {
	Environment string `json:"environment,omitempty" doc:"Only Logs that name this environment."`
	Source      string `json:"source,omitempty" doc:"Only Logs that name this source."`
	HasError    *bool  `json:"has_error,omitzero" doc:"Only Logs with an error, or only those without."`
}

// PathRequest identifies a File by its path.
type PathRequest struct {
	Path string `json:"path" required:"true"`
}

// NewDirectory creates a directory.
type NewDirectory struct {
	Name     string `json:"name,omitempty" doc:"The last part of its path, if no path is given."`
	ParentID string `json:"parent_id,omitempty" doc:"The parent directory; the root by default."`
	Path     string `json:"path,omitempty" doc:"The complete path; missing directories are created."`
}

// DirectoryMove moves or renames a directory. A path takes precedence over a name and a parent.
type DirectoryMove struct {
	Name     *string `json:"name,omitzero" doc:"The new name."`
	ParentID *string `json:"parent_id,omitzero" doc:"The directory to move to."`
	Path     *string `json:"path,omitzero" doc:"The complete new path."`
}

// PromptText is the text of a .prompt file.
type PromptText struct {
	Prompt string `json:"prompt" required:"true"`
}

// AgentText is the text of an .agent file.
type AgentText struct {
	Agent string `json:"agent" required:"true"`
}

// ToolVariable is an environment variable of a Tool's code.
type ToolVariable struct {
	Name  string `json:"name" required:"true" minlen:"1" maxlen:"256"`
	Value string `json:"value" required:"true"`
}

// ToolCallRequest runs a Tool.
type ToolCallRequest struct {
	Path   string      `json:"path,omitempty" doc:"The Tool's path. Either path or id."`
	ID     string      `json:"id,omitempty" doc:"The Tool's id."`
	Tool   *ToolKernel `json:"tool,omitzero" doc:"The content to use. It determines the version, which is created if it does not exist."`
	Inputs json.Value  `json:"inputs,omitzero" object:"true" doc:"The arguments, by the names of the function's parameters."`

	Function string `json:"function,omitempty" doc:"The function to call, of a Tool that stands for all functions of an MCP server."`
	LogLabels
	OldStatus
}

// PromptCall calls a Prompt.
type PromptCall struct {
	Path            string            `json:"path,omitempty" doc:"The Prompt's path. Either path or id."`
	ID              string            `json:"id,omitempty" doc:"The Prompt's id."`
	Messages        []llm.Message     `json:"messages,omitempty" doc:"Messages that follow those of the template."`
	ToolChoice      llm.ToolChoice    `json:"tool_choice,omitzero"`
	Prompt          InlinePrompt      `json:"prompt,omitzero" doc:"The content to use. It determines the version, which is created if it does not exist."`
	Inputs          json.Value        `json:"inputs,omitzero" object:"true" doc:"Values of the template's variables."`
	ProviderAPIKeys map[string]string `json:"provider_api_keys,omitempty" doc:"Keys of providers for this call only; never stored."`
	NumSamples      *int              `json:"num_samples,omitzero" min:"1" max:"32" doc:"Number of answers to generate; 1 by default."`
	ReturnInputs    *bool             `json:"return_inputs,omitzero" doc:"false leaves inputs out of the answer."`
	Logprobs        *int              `json:"logprobs,omitzero" min:"0" max:"20"`
	Suffix          string            `json:"suffix,omitempty" doc:"The text after the completion."`
	Stream          bool              `json:"stream,omitzero"`
	MaxRetries      *int              `json:"max_retries,omitzero" min:"0" max:"10" doc:"Overrides the Prompt's."`
	Fallbacks       []Fallback        `json:"fallbacks,omitempty" maxlen:"5" doc:"Overrides the Prompt's."`
	Draft           bool              `json:"draft,omitzero" doc:"Runs the content in prompt without saving it as a version. The Prompt must exist."`
	LogLabels
	OldStatus
}
