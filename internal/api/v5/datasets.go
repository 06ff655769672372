package v5

import (
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// DatasetUpsert saves a version of a Dataset.
type DatasetUpsert struct {
	FileRef
	Datapoints []CreateDatapoint `json:"datapoints" required:"true" doc:"Duplicates count once."`
	Action     string            `json:"action,omitempty" enum:"set,add,remove" doc:"What to do with the datapoints: set them instead of all others (the default), add them to those of the base, or remove them from it."`
	Attributes json.Value        `json:"attributes,omitzero" object:"true" doc:"More members that distinguish this version from others; those of the base if absent."`
	VersionLabels
}

// CreateDatapoint is a case of a Dataset. Datapoints with equal inputs, messages and target are the same.
type CreateDatapoint struct {
	Inputs   map[string]string `json:"inputs,omitempty" doc:"Values of the variables of a template."`
	Messages []llm.Message     `json:"messages,omitempty" doc:"The messages of the chat to continue."`
	Target   json.Value        `json:"target,omitzero" object:"true" doc:"The expected result, for comparison by Evaluators."`
}

// DatapointsOf returns the requested datapoints in the domain.
func DatapointsOf(list []CreateDatapoint) []file.Datapoint {
	out := make([]file.Datapoint, len(list))
	for i, d := range list {
		out[i] = file.Datapoint{Inputs: d.Inputs, Messages: d.Messages, Target: d.Target}
	}
	return out
}

// DatapointResponse is a datapoint. It has the same id in all versions of the Dataset that contain it.
type DatapointResponse struct {
	ID       string            `json:"id"`
	Inputs   map[string]string `json:"inputs"`
	Messages []llm.Message     `json:"messages,omitempty"`
	Target   json.Value        `json:"target,omitzero" object:"true"`

	SourceLogID string `json:"source_log_id,omitempty" doc:"The Log that it was made of, which may have been deleted since."`
}

// DatapointResponses returns datapoints on the wire. It never returns nil.
func DatapointResponses(list []file.Datapoint) []DatapointResponse {
	out := make([]DatapointResponse, len(list))
	for i, d := range list {
		out[i] = DatapointResponse{ID: d.ID, Inputs: d.Inputs, Messages: d.Messages, Target: d.Target, SourceLogID: d.SourceLogID}
	}
	return out
}

// DatasetResponse is a version of a Dataset.
type DatasetResponse struct {
	Path               string                `json:"path"`
	ID                 string                `json:"id"`
	DirectoryID        string                `json:"directory_id,omitempty"`
	VersionName        string                `json:"version_name,omitempty"`
	VersionDescription string                `json:"version_description,omitempty"`
	CommitMessage      string                `json:"commit_message,omitempty" doc:"The same as version_description, for older clients."`
	Status             string                `json:"status" enum:"uncommitted,committed,deleted" doc:"From older versions of the API; always committed."`
	Description        string                `json:"description,omitempty"`
	Tags               []string              `json:"tags"`
	Readme             string                `json:"readme,omitempty"`
	Name               string                `json:"name"`
	VersionID          string                `json:"version_id"`
	Type               string                `json:"type" enum:"dataset"`
	Environments       []EnvironmentResponse `json:"environments"`
	CreatedAt          time.Time             `json:"created_at"`
	UpdatedAt          time.Time             `json:"updated_at"`
	CreatedBy          *UserResponse         `json:"created_by"`
	LastUsedAt         time.Time             `json:"last_used_at"`
	DatapointsCount    int                   `json:"datapoints_count"`
	Datapoints         []DatapointResponse   `json:"datapoints,omitzero" doc:"Present if requested."`
	Attributes         json.Value            `json:"attributes,omitzero" object:"true"`
	Schema             *FreeObject           `json:"schema" doc:"Always null."`
}

// DatasetOf returns a version of a Dataset on the wire, without its datapoints. authors are by the ids of their keys.
func DatasetOf(snap *file.Snapshot, content *file.Dataset, authors map[string]*UserResponse) *DatasetResponse {
	f := FieldsOf(snap, nil, authors)
	return &DatasetResponse{
		Path: f.Path, ID: f.ID, DirectoryID: f.DirectoryID, VersionName: f.VersionName, VersionDescription: f.VersionDescription, CommitMessage: f.CommitMessage, Status: f.Status,
		Description: f.Description, Tags: f.Tags, Readme: f.Readme, Name: f.Name, VersionID: f.VersionID, Type: string(snap.File.Kind),
		Environments: f.Environments, CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt, CreatedBy: f.CreatedBy, LastUsedAt: f.LastUsedAt,
		DatapointsCount: content.Count, Attributes: content.Attributes,
	}
}

// CSVUpload is the form of a CSV file.
type CSVUpload struct {
	File               []byte `part:"file" required:"true" doc:"UTF-8, with commas and a header. A column is the input of that name, except target, target.<name> and messages (as JSON)."`
	VersionName        string `part:"version_name" maxlen:"255" doc:"Unique within the File."`
	VersionDescription string `part:"version_description"`
	CommitMessage      string `part:"commit_message" doc:"version_description under the name that older clients use."`
}
