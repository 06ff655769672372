package v5

import (
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// EnvironmentResponse is an environment.
type EnvironmentResponse struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	Name      string    `json:"name"`
	Tag       string    `json:"tag" enum:"default,other"`

	DeployedAt time.Time     `json:"deployed_at,omitzero" doc:"When the version of a File was deployed to it."`
	DeployedBy *UserResponse `json:"deployed_by,omitzero" doc:"Who deployed the version, where it is known."`
}

// EnvironmentOf returns e on the wire. authors are by the ids of their keys; they are needed where a version is deployed to e.
func EnvironmentOf(e *file.Environment, authors map[string]*UserResponse) EnvironmentResponse {
	return EnvironmentResponse{ID: e.ID, CreatedAt: e.CreatedAt, Name: e.Name, Tag: e.Tag, DeployedAt: e.DeployedAt, DeployedBy: authors[e.DeployedBy]}
}

// FileEnvironmentResponse is an environment, with the version of a File that is deployed to it.
type FileEnvironmentResponse struct {
	EnvironmentResponse
	File *File `json:"file,omitzero"`
}

// InputResponse names a variable of a template.
type InputResponse struct {
	Name string `json:"name"`
}

// LinkedToolResponse is the function of a Tool that a Prompt links to.
type LinkedToolResponse struct {
	llm.Tool
	ID        string `json:"id"`
	VersionID string `json:"version_id"`
}

// FileFields is the members that answers about Files of all kinds share.
type FileFields struct {
	Path               string                        `json:"path"`
	ID                 string                        `json:"id"`
	DirectoryID        string                        `json:"directory_id,omitempty"`
	VersionName        string                        `json:"version_name,omitempty"`
	VersionDescription string                        `json:"version_description,omitempty"`
	CommitMessage      string                        `json:"commit_message,omitempty" doc:"The same as version_description, for older clients."`
	Status             string                        `json:"status" enum:"uncommitted,committed,deleted" doc:"From older versions of the API; always committed."`
	Description        string                        `json:"description,omitempty"`
	Tags               []string                      `json:"tags"`
	Readme             string                        `json:"readme,omitempty"`
	Name               string                        `json:"name"`
	VersionID          string                        `json:"version_id"`
	Draft              bool                          `json:"draft,omitzero" doc:"The version was only tried: lists leave it out until it is saved, described or deployed."`
	Environments       []EnvironmentResponse         `json:"environments"`
	CreatedAt          time.Time                     `json:"created_at"`
	UpdatedAt          time.Time                     `json:"updated_at"`
	CreatedBy          *UserResponse                 `json:"created_by"`
	LastUsedAt         time.Time                     `json:"last_used_at"`
	VersionLogsCount   int64                         `json:"version_logs_count"`
	TotalLogsCount     int64                         `json:"total_logs_count"`
	Inputs             []InputResponse               `json:"inputs"`
	Evaluators         []MonitoringEvaluatorResponse `json:"evaluators"`

	EvaluatorAggregates []EvaluatorAggregate `json:"evaluator_aggregates,omitzero" doc:"The Evaluators' results for the newest Logs, if requested."`

	Gate *GateState `json:"gate,omitzero" doc:"In the answer to a deployment past a closed gate, which only warns or was forced."`
}

// EvaluatorAggregate is the mean of an Evaluator's judgments: of numbers, or of booleans as 0 and 1.
type EvaluatorAggregate struct {
	Value              float64   `json:"value"`
	EvaluatorID        string    `json:"evaluator_id"`
	EvaluatorVersionID string    `json:"evaluator_version_id"`
	CreatedAt          time.Time `json:"created_at" doc:"When the first counted Log was judged."`
	UpdatedAt          time.Time `json:"updated_at" doc:"When the last counted Log was judged."`
}

// Committed is the status of every version. There are no uncommitted versions, as there were in 2024.
const Committed = "committed"

// FieldsOf describes a version of a File without its Evaluators. inputs are the variables of its template, and authors are by the ids of
// their keys.
func FieldsOf(snap *file.Snapshot, inputs []string, authors map[string]*UserResponse) FileFields {
	f, v := &snap.File, &snap.Version
	out := FileFields{
		Path: f.Path, ID: f.ID, DirectoryID: f.DirectoryID, VersionName: v.Name, VersionDescription: v.Description, CommitMessage: v.Description, Status: Committed,
		Description: f.Description, Tags: f.Tags, Readme: f.Readme, Name: f.Name(), VersionID: v.ID, Draft: v.Draft,
		CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt, CreatedBy: authors[v.CreatedBy], LastUsedAt: v.LastUsedAt, VersionLogsCount: v.LogsCount, TotalLogsCount: f.LogsCount,
		Environments: make([]EnvironmentResponse, 0, len(v.Environments)), Inputs: InputsOf(inputs), Evaluators: []MonitoringEvaluatorResponse{},
	}
	if out.LastUsedAt.IsZero() {
		out.LastUsedAt = v.CreatedAt
	}
	for i := range v.Environments {
		out.Environments = append(out.Environments, EnvironmentOf(&v.Environments[i], authors))
	}
	return out
}

// InputsOf returns names of variables on the wire.
func InputsOf(names []string) []InputResponse {
	out := make([]InputResponse, 0, len(names))
	for _, name := range names {
		out = append(out, InputResponse{name})
	}
	return out
}

// PromptResponse is a version of a Prompt.
type PromptResponse struct {
	FileFields
	Type string `json:"type" enum:"prompt"`
	ModelKernel
	Tools          []llm.Tool           `json:"tools,omitempty"`
	LinkedTools    []LinkedToolResponse `json:"linked_tools,omitempty"`
	RawFileContent string               `json:"raw_file_content,omitempty" doc:"The text of its .prompt file, if requested."`
	Schema         *FreeObject          `json:"schema" doc:"Always null."`
}

// PopulatedPrompt is a version of a Prompt with its template filled.
type PopulatedPrompt struct {
	PromptResponse
	PopulatedTemplate *file.PromptTemplate `json:"populated_template"`
}

// ToolResponse is a version of a Tool.
type ToolResponse struct {
	FileFields
	Type string `json:"type" enum:"tool"`
	ToolKernel
	ToolType  string  `json:"tool_type,omitempty" enum:"pinecone_search,google,mock,snippet,json_schema,get_api_call,python,mcp"`
	Signature *string `json:"signature" doc:"Always null."`
}

// EvaluatorResponse is a version of an Evaluator.
type EvaluatorResponse struct {
	FileFields
	Type       string        `json:"type" enum:"evaluator"`
	Spec       EvaluatorSpec `json:"spec"`
	Attributes json.Value    `json:"attributes,omitzero" object:"true" doc:"The attributes of the spec."`
	Schema     *FreeObject   `json:"schema" doc:"Always null."`
}

// FlowResponse is a version of a Flow.
type FlowResponse struct {
	FileFields
	Type       string      `json:"type" enum:"flow"`
	Attributes json.Value  `json:"attributes" object:"true"`
	Schema     *FreeObject `json:"schema" doc:"Always null."`
}

// AgentResponse is a version of an Agent.
type AgentResponse struct {
	FileFields
	Type string `json:"type" enum:"agent"`
	ModelKernel
	Tools          []AgentToolResponse `json:"tools"`
	MaxIterations  *int                `json:"max_iterations,omitzero"`
	CommittedBy    *UserResponse       `json:"committed_by" doc:"The author of the version."`
	CommittedAt    time.Time           `json:"committed_at" doc:"When the version was created."`
	Schema         *FreeObject         `json:"schema" doc:"Always null."`
	RawFileContent string              `json:"raw_file_content,omitempty" doc:"The text of its .agent file, if requested."`
}

// AgentToolResponse is a tool of an Agent: an inline function or a File.
type AgentToolResponse struct {
	Type        string     `json:"type" enum:"inline,file"`
	JSONSchema  *llm.Tool  `json:"json_schema,omitzero"`
	Link        *file.Link `json:"link,omitzero"`
	OnAgentCall string     `json:"on_agent_call,omitempty" enum:"stop,continue"`
	File        *File      `json:"file,omitzero" doc:"The version that the link currently means."`
}

// The two types of tools of an Agent, as the reference shows them.
type (
	// AgentInlineToolResponse is a function.
	AgentInlineToolResponse struct {
		Type        string   `json:"type" enum:"inline"`
		JSONSchema  llm.Tool `json:"json_schema"`
		OnAgentCall string   `json:"on_agent_call,omitempty" enum:"stop,continue"`
	}
	// AgentLinkedFileResponse is a File.
	AgentLinkedFileResponse struct {
		Type        string    `json:"type" enum:"file"`
		Link        file.Link `json:"link"`
		OnAgentCall string    `json:"on_agent_call,omitempty" enum:"stop,continue"`
		File        *File     `json:"file,omitzero" doc:"The version that the link currently means."`
	}
)

func agentToolResponse() *schema.Schema {
	return schema.OneOf("AgentToolResponse", "a function or a File", "type", schema.Of[AgentInlineToolResponse](), schema.Of[AgentLinkedFileResponse]())
}

// MonitoringEvaluatorResponse is an Evaluator that runs on the new Logs of a File.
type MonitoringEvaluatorResponse struct {
	VersionReference VersionReference   `json:"version_reference"`
	Version          *EvaluatorResponse `json:"version,omitzero"`
	State            string             `json:"state" enum:"active,inactive"`
	CreatedAt        time.Time          `json:"created_at"`
	UpdatedAt        time.Time          `json:"updated_at"`
	SampleRate       float64            `json:"sample_rate" doc:"The part of the Logs that is judged."`
	Filter           *MonitorFilter     `json:"filter,omitzero" doc:"Which Logs are judged; absent for all."`
	Runs             bool               `json:"runs" doc:"Whether Logs of Runs are judged too."`
}

// VersionReference is a *VersionResponse or a *DeploymentResponse, as its member "type" says.
type VersionReference struct{ Value any }

// VersionResponse identifies a version.
type VersionResponse struct {
	Type    string `json:"type" enum:"version"`
	Version File   `json:"version"`
}

// DeploymentResponse identifies the version deployed to an environment.
type DeploymentResponse struct {
	Type        string              `json:"type" enum:"environment"`
	File        File                `json:"file"`
	Environment EnvironmentResponse `json:"environment"`
}

// MarshalJSONTo encodes the type that is set.
func (r VersionReference) MarshalJSONTo(enc *json.Encoder) error { return json.Encode(enc, r.Value) }

// JSONSchema implements [schema.Schemer].
func (VersionReference) JSONSchema() *schema.Schema {
	return schema.OneOf("VersionReference", "a version or an environment", "type", schema.Of[VersionResponse](), schema.Of[DeploymentResponse]())
}

// File is the answer about a File of any kind: *PromptResponse, *ToolResponse, *DatasetResponse, …, as its member "type" says.
type File struct{ Value any }

// MarshalJSONTo encodes the answer of the kind.
func (f File) MarshalJSONTo(enc *json.Encoder) error { return json.Encode(enc, f.Value) }

// JSONSchema implements [schema.Schemer].
func (File) JSONSchema() *schema.Schema {
	return schema.OneOf("File", "a File of any kind", "type",
		schema.Of[PromptResponse](), schema.Of[ToolResponse](), schema.Of[DatasetResponse](), schema.Of[EvaluatorResponse](), schema.Of[FlowResponse](), schema.Of[AgentResponse]())
}

// DirectoryResponse is a directory.
type DirectoryResponse struct {
	ID          string    `json:"id"`
	ParentID    *string   `json:"parent_id"`
	Name        string    `json:"name"`
	Path        string    `json:"path"`
	Description *string   `json:"description" doc:"Always null."`
	Readme      *string   `json:"readme" doc:"Always null."`
	Tags        []string  `json:"tags"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// MovedDirectory is a directory that was moved, and what was in it.
type MovedDirectory struct {
	DirectoryResponse
	Moved []Moved `json:"moved" doc:"The directory and everything below it, by path; empty when the place is the same."`
}

// Moved is a File or a directory that has, or would have, another path.
type Moved struct {
	Type string `json:"type" enum:"directory,prompt,tool,dataset,evaluator,flow,agent"`
	ID   string `json:"id"`
	From string `json:"from" doc:"The path before."`
	To   string `json:"to" doc:"The path after."`
}

// DirectoryOf returns d on the wire. The root has no parent.
func DirectoryOf(d *file.Directory) DirectoryResponse {
	out := DirectoryResponse{
		ID: d.ID, Name: file.BaseName(d.Path), Path: d.Path, Tags: []string{}, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
	if d.ParentID != "" {
		out.ParentID = &d.ParentID
	}
	return out
}

// DirectoryWithContent is a directory with its content and its ancestors.
type DirectoryWithContent struct {
	DirectoryResponse
	Subdirectories []DirectoryResponse `json:"subdirectories"`
	Files          []File              `json:"files"`
	Parents        []DirectoryResponse `json:"parents" doc:"From the root downwards."`
}
