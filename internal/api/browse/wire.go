package browse

import (
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

// Author is who made or changed something.
type Author struct {
	ID   string `json:"id" doc:"The id of the API key."`
	Name string `json:"name" doc:"The name of the API key; empty when it has none."`
}

// Deployment is a version in an environment.
type Deployment struct {
	EnvironmentID string    `json:"environment_id"`
	Environment   string    `json:"environment" doc:"The name of the environment."`
	Default       bool      `json:"default" doc:"Whether it is the default environment."`
	VersionID     string    `json:"version_id"`
	VersionName   string    `json:"version_name,omitempty"`
	DeployedAt    time.Time `json:"deployed_at"`
	DeployedBy    *Author   `json:"deployed_by" doc:"Null when it is not known."`
}

// TreeFile is a File without its content.
type TreeFile struct {
	ID              string       `json:"id"`
	Path            string       `json:"path"`
	Name            string       `json:"name" doc:"The last segment of the path."`
	Kind            file.Kind    `json:"kind" enum:"prompt,tool,dataset,evaluator,flow,agent"`
	DirectoryID     string       `json:"directory_id"`
	Description     string       `json:"description,omitempty"`
	Tags            []string     `json:"tags"`
	Deployed        []Deployment `json:"deployed" doc:"The deployed versions, by the age of their environments."`
	NewestVersionID string       `json:"newest_version_id,omitempty" doc:"The newest version that somebody saved; absent when all were made by calls."`
	Differs         bool         `json:"differs" doc:"Whether the newest saved version is another than the one in the default environment."`
	VersionsCount   int64        `json:"versions_count"`
	LogsCount       int64        `json:"logs_count"`
	CreatedAt       time.Time    `json:"created_at"`
	CreatedBy       *Author      `json:"created_by" doc:"Null when it is not known."`
	UpdatedAt       time.Time    `json:"updated_at"`
	UpdatedBy       *Author      `json:"updated_by" doc:"Who made the last change. Null when it is not known."`
	LastUsedAt      *time.Time   `json:"last_used_at" doc:"The time of the newest Log; null when there is none."`
}

// TreeDirectory is a directory without its content.
type TreeDirectory struct {
	ID        string    `json:"id"`
	Path      string    `json:"path" doc:"Empty for the root."`
	Name      string    `json:"name"`
	ParentID  *string   `json:"parent_id" doc:"Null for the root."`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Tree is a page of Files, with all directories on the first page.
type Tree struct {
	Directories []TreeDirectory `json:"directories" doc:"On the first page: the directory that was asked for and all below it, by path. None beside a File that was asked for by its id."`
	Files       []TreeFile      `json:"files"`
	Total       int             `json:"total" doc:"Files on all pages."`
	Next        string          `json:"next,omitempty" doc:"The cursor of the next page; absent on the last."`
}

// Hit is something that a search found.
type Hit struct {
	Type         string    `json:"type" enum:"file,directory,version,environment,log,evaluation,run,api_key"`
	ID           string    `json:"id"`
	Title        string    `json:"title" doc:"What to show first: a path, a name, an id."`
	Detail       string    `json:"detail,omitempty" doc:"What to show beside it."`
	FileID       string    `json:"file_id,omitempty" doc:"Of a version, a Log, an Evaluation or a Run: its File."`
	EvaluationID string    `json:"evaluation_id,omitempty" doc:"Of a Run: an Evaluation that has it."`
	Kind         file.Kind `json:"kind,omitempty" enum:"prompt,tool,dataset,evaluator,flow,agent" doc:"The kind of the File."`
	Match        string    `json:"match" enum:"id,path,prefix,word,part" doc:"How it was found: by its id or whole path, the beginning of its path or name, the beginning of words, or any part."`
}

// Hits are what a search found, the best first.
type Hits struct {
	Hits []Hit `json:"hits"`
}

// VersionRow is a version without its content.
type VersionRow struct {
	ID          string       `json:"id"`
	Name        string       `json:"name,omitempty"`
	Description string       `json:"description,omitempty"`
	CreatedAt   time.Time    `json:"created_at"`
	CreatedBy   *Author      `json:"created_by" doc:"Null when it is not known."`
	Saved       bool         `json:"saved" doc:"Whether somebody saved it; otherwise a call or a Log made it by bringing its content along."`
	Deployed    []Deployment `json:"deployed" doc:"Where it is deployed."`
	LogsCount   int64        `json:"logs_count"`
	LastUsedAt  *time.Time   `json:"last_used_at" doc:"The time of the newest Log; null when there is none."`
	PreviousID  string       `json:"previous_id,omitempty" doc:"The version that it is compared to: the one before it in the list. Absent for the first."`
	Changes     string       `json:"changes,omitempty" doc:"What differs from the previous version, in a line."`
}

// Versions is a page of versions, the newest first.
type Versions struct {
	Versions []VersionRow `json:"versions"`
	Total    int          `json:"total" doc:"Versions on all pages."`
	Next     string       `json:"next,omitempty" doc:"The cursor of the next page; absent on the last."`
}

// Difference is what differs between two versions of a File.
type Difference struct {
	A        VersionName   `json:"a"`
	B        VersionName   `json:"b"`
	Same     bool          `json:"same" doc:"Whether the contents are the same."`
	Summary  string        `json:"summary" doc:"The difference in a line; empty when there is none."`
	Settings []SettingDiff `json:"settings" doc:"The settings that differ, in the order of the content."`
	Texts    []TextDiff    `json:"texts" doc:"Messages, code and other long texts, in order, with those that are the same."`
	Tools    []ToolDiff    `json:"tools" doc:"The tools that differ, by name."`
	TextA    string        `json:"text_a,omitempty" doc:"The whole version as text, of kinds that have such a form."`
	TextB    string        `json:"text_b,omitempty"`
}

// VersionName identifies a version.
type VersionName struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// SettingDiff is a setting that differs.
type SettingDiff struct {
	Name string     `json:"name" doc:"Its place in the content, as in attributes.team."`
	Old  json.Value `json:"old,omitzero" doc:"Any JSON; absent when it is not set."`
	New  json.Value `json:"new,omitzero" doc:"Any JSON; absent when it is not set."`
}

// TextDiff is a text in both versions.
type TextDiff struct {
	Name    string  `json:"name" doc:"Its place in the content, as in template or source_code."`
	Role    string  `json:"role,omitempty" doc:"Of a message."`
	OldRole string  `json:"old_role,omitempty" doc:"Of a message whose role differs."`
	Change  string  `json:"change" enum:"same,changed,added,removed"`
	Old     *string `json:"old" doc:"Null when it is added."`
	New     *string `json:"new" doc:"Null when it is removed."`
	Added   int     `json:"added" doc:"Lines that are new."`
	Removed int     `json:"removed" doc:"Lines that are gone."`
}

// ToolDiff is a tool that differs.
type ToolDiff struct {
	Name   string     `json:"name" doc:"The name of the function, or the id of the linked File."`
	Change string     `json:"change" enum:"changed,added,removed"`
	Old    json.Value `json:"old,omitzero" object:"true"`
	New    json.Value `json:"new,omitzero" object:"true"`
}

// DeploymentChange is an entry of the history of deployments.
type DeploymentChange struct {
	EnvironmentID       string    `json:"environment_id"`
	Environment         string    `json:"environment" doc:"The name of the environment; empty when it was deleted."`
	Action              string    `json:"action" enum:"deploy,remove"`
	VersionID           string    `json:"version_id,omitempty" doc:"The version that was deployed; absent when one was only removed."`
	VersionName         string    `json:"version_name,omitempty"`
	ReplacedVersionID   string    `json:"replaced_version_id,omitempty" doc:"The version that was there before; absent when there was none."`
	ReplacedVersionName string    `json:"replaced_version_name,omitempty"`
	At                  time.Time `json:"at"`
	By                  *Author   `json:"by" doc:"Null when it is not known."`
	Comment             string    `json:"comment,omitempty"`
	Forced              bool      `json:"forced" doc:"Whether it went past a closed gate."`
	Current             bool      `json:"current" doc:"Whether it is what the environment uses now."`
}

// Deployments is a page of the history of deployments, the newest first.
type Deployments struct {
	Deployments []DeploymentChange `json:"deployments"`
	Next        string             `json:"next,omitempty" doc:"The cursor of the next page; absent on the last."`
}

// Change is a version that somebody saved, or a change of a deployment.
type Change struct {
	Action              string    `json:"action" enum:"save,deploy,remove" doc:"A version was saved, was deployed, or was removed from an environment."`
	File                UsingFile `json:"file"`
	At                  time.Time `json:"at"`
	By                  *Author   `json:"by" doc:"Null when it is not known."`
	VersionID           string    `json:"version_id,omitempty" doc:"Absent when one was only removed."`
	VersionName         string    `json:"version_name,omitempty"`
	ReplacedVersionID   string    `json:"replaced_version_id,omitempty" doc:"The version that was deployed before; absent when there was none."`
	ReplacedVersionName string    `json:"replaced_version_name,omitempty"`
	EnvironmentID       string    `json:"environment_id,omitempty" doc:"Of a deployment."`
	Environment         string    `json:"environment,omitempty" doc:"Of a deployment: the name; absent when it was deleted."`
	Note                string    `json:"note,omitempty" doc:"The description of the version, or the comment on the deployment."`
}

// SettingChange is a change of an API key, of the key of a provider, of an environment, or of an alias.
type SettingChange struct {
	Action string    `json:"action" enum:"make,rename,revoke,store,delete,make_default,set_priority" doc:"What was done."`
	Kind   string    `json:"kind" enum:"api_key,provider_key,environment,alias" doc:"To what."`
	ID     string    `json:"id" doc:"Of the API key or the environment, or the name of the provider or the alias."`
	Name   string    `json:"name,omitempty" doc:"As it is now; absent when it is not there any more."`
	At     time.Time `json:"at"`
	By     *Author   `json:"by" doc:"Null for the server itself and the command line."`
}

// Changes are those of a range, the newest first.
type Changes struct {
	Changes  []Change        `json:"changes"`
	More     bool            `json:"more" doc:"Whether there are older ones in the range."`
	Settings []SettingChange `json:"settings" doc:"Changes of environments and, for admins, of keys and aliases, as many at most."`
}

// Uses is what would miss a File if it were deleted.
type Uses struct {
	Deployed      []Deployment    `json:"deployed" doc:"The environments that callers use it by."`
	LinkedBy      []Link          `json:"linked_by" doc:"Files with versions that link to it."`
	Monitors      []UsingFile     `json:"monitors" doc:"The Files that it monitors, when it is an Evaluator."`
	Gates         []UsingFile     `json:"gates" doc:"The Files with a gate that asks for it, when it is a Dataset or an Evaluator."`
	Evaluations   []EvaluationUse `json:"evaluations" doc:"The Evaluations that are of it, or use it as a Dataset or an Evaluator."`
	VersionsCount int64           `json:"versions_count"`
	LogsCount     int64           `json:"logs_count"`
}

// UsingFile names a File.
type UsingFile struct {
	ID   string    `json:"id"`
	Path string    `json:"path"`
	Kind file.Kind `json:"kind" enum:"prompt,tool,dataset,evaluator,flow,agent"`
}

// Link is a File with versions that link to another File.
type Link struct {
	UsingFile
	VersionsCount int  `json:"versions_count" doc:"Versions that link to it."`
	Current       bool `json:"current" doc:"Whether a deployed version or the newest one is among them."`
}

// EvaluationUse is an Evaluation that uses a File.
type EvaluationUse struct {
	ID     string `json:"id"`
	Name   string `json:"name,omitempty"`
	FileID string `json:"file_id,omitempty"`
	As     string `json:"as" enum:"subject,dataset,evaluator" doc:"What the File is in it."`
}

// Duplicate asks for a copy of a File.
type Duplicate struct {
	Path      string `json:"path" required:"true" doc:"Where to make the copy."`
	VersionID string `json:"version_id,omitempty" doc:"The version to copy; by default the one in the default environment, else the newest."`
}

// ReasonResponse is what a reason of errors means.
type ReasonResponse struct {
	Reason    string   `json:"reason"`
	Type      string   `json:"type"`
	Status    int      `json:"status" doc:"The HTTP status."`
	Retryable bool     `json:"retryable" doc:"Whether the same request may succeed later."`
	Origin    string   `json:"origin" enum:"caller,provider,server" doc:"Whose failure it is."`
	Title     string   `json:"title"`
	Meaning   string   `json:"meaning" doc:"What happened."`
	Actor     string   `json:"actor" doc:"Who must act."`
	ToDo      []string `json:"to_do" doc:"What to do, a sentence each."`
	Try       string   `json:"try" doc:"How to see this failure on purpose."`
	DocURL    string   `json:"doc_url"`
}

// Reasons are all reasons of errors.
type Reasons struct {
	Reasons []ReasonResponse `json:"reasons"`
}
