// Package file is the domain of versioned files: what is common to the six kinds, and the content of each.
//
// A File has a kind, a path that is unique among all kinds, and immutable Versions, each identified within its File by the hash of
// the content that changes behaviour. A Deployment names the Version that an Environment uses.
package file

import (
	"strings"
	"time"

	"openloop/internal/errs"
	"openloop/internal/ids"
	"openloop/internal/json"
)

// Kind is one of the six kinds of Files.
type Kind string

// The kinds, in the words of the API.
const (
	PromptKind    Kind = "prompt"
	ToolKind      Kind = "tool"
	DatasetKind   Kind = "dataset"
	EvaluatorKind Kind = "evaluator"
	FlowKind      Kind = "flow"
	AgentKind     Kind = "agent"
)

// Spec is what sets a kind apart from the others by name.
type Spec struct {
	Kind          Kind
	Plural        string      // of its routes: "prompts"
	Title         string      // in messages: "Prompt"
	ID, VersionID ids.Prefix  // of its ids
	NotFound      errs.Reason // of an unknown one
}

// Specs lists the kinds.
func Specs() []Spec {
	return []Spec{
		{PromptKind, "prompts", "Prompt", ids.Prompt, ids.PromptVersion, errs.PromptNotFound},
		{ToolKind, "tools", "Tool", ids.Tool, ids.ToolVersion, errs.ToolNotFound},
		{DatasetKind, "datasets", "Dataset", ids.Dataset, ids.DatasetVersion, errs.DatasetNotFound},
		{EvaluatorKind, "evaluators", "Evaluator", ids.Evaluator, ids.EvaluatorVersion, errs.EvaluatorNotFound},
		{FlowKind, "flows", "Flow", ids.Flow, ids.FlowVersion, errs.FlowNotFound},
		{AgentKind, "agents", "Agent", ids.Agent, ids.AgentVersion, errs.AgentNotFound},
	}
}

// Spec returns the row of k; an unknown kind gives a row of Files in general.
func (k Kind) Spec() Spec {
	for _, s := range Specs() {
		if s.Kind == k {
			return s
		}
	}
	return Spec{Kind: k, Plural: "files", Title: "File", NotFound: errs.FileNotFound}
}

// KindOfID is the kind that the prefix of a File's id names; false for what is no File's id.
func KindOfID(id string) (Kind, bool) {
	prefix, _, _ := strings.Cut(id, "_")
	for _, s := range Specs() {
		if string(s.ID) == prefix {
			return s.Kind, true
		}
	}
	return "", false
}

// File is what all versions share. Times are UTC with microseconds.
type File struct {
	ID          string
	Kind        Kind
	Path        string // without leading or trailing slash
	DirectoryID string
	Description string
	Readme      string
	Tags        []string
	CreatedAt   time.Time
	UpdatedAt   time.Time
	CreatedBy   string // id of the API key
	LastUsedAt  time.Time
	LogsCount   int64 // of all versions
}

// Name is the last segment of the path.
func (f *File) Name() string { return BaseName(f.Path) }

// Version is an immutable content of a File, with a name and a description that may change.
type Version struct {
	ID          string
	FileID      string
	Hash        string     // of the canonical form of Content, in hex
	Content     json.Value // JSON of the kind's content, with members in the order they were given
	Name        string     // "" or unique within the File
	Description string
	CreatedAt   time.Time
	UpdatedAt   time.Time
	CreatedBy   string
	LastUsedAt  time.Time
	LogsCount   int64

	Environments []Environment // that it is deployed to, oldest first; never nil when read from the store
}

// Environment is a place that versions are deployed to. Exactly one has the tag "default".
type Environment struct {
	ID        string
	Name      string
	Tag       string // "default" or "other"
	CreatedAt time.Time
}

// The tags of environments.
const (
	DefaultTag = "default"
	OtherTag   = "other"
)

// Snapshot is one version of a File, with the File.
type Snapshot struct {
	File     File
	Version  Version
	Monitors []Monitor // of the File, oldest first
}

// Monitor is an Evaluator attached to a File, to run on the File's new Logs. It is a version of the Evaluator, or the one that is deployed
// to an environment: either VersionID or EnvironmentID is set.
type Monitor struct {
	EvaluatorID   string
	VersionID     string
	EnvironmentID string
	Active        bool
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Directory is a folder of Files. The root has the empty path and no parent. A File and a directory may have the same path.
type Directory struct {
	ID        string
	Path      string
	ParentID  string // "" of the root
	CreatedAt time.Time
	UpdatedAt time.Time
}
