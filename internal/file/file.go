// Package file is the domain of versioned Files: what the six kinds have in common, and the content of each.
//
// A File has a kind, a path that is unique among all kinds, and immutable Versions. The hash of its content identifies a version within its
// File. A Deployment names the Version that an Environment uses.
package file

import (
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
)

// Kind is one of the six kinds of Files.
type Kind string

// The kinds, as the API names them.
const (
	PromptKind    Kind = "prompt"
	ToolKind      Kind = "tool"
	DatasetKind   Kind = "dataset"
	EvaluatorKind Kind = "evaluator"
	FlowKind      Kind = "flow"
	AgentKind     Kind = "agent"
)

// Spec is the names that distinguish a kind from the others.
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

// Spec returns the row of k. For an unknown kind it describes Files in general.
func (k Kind) Spec() Spec {
	for _, s := range Specs() {
		if s.Kind == k {
			return s
		}
	}
	return Spec{Kind: k, Plural: "files", Title: "File", NotFound: errs.FileNotFound}
}

// KindOfID returns the kind that the prefix of a File's id names. It returns false if id is not that of a File.
func KindOfID(id string) (Kind, bool) {
	prefix, _, _ := strings.Cut(id, "_")
	for _, s := range Specs() {
		if string(s.ID) == prefix {
			return s.Kind, true
		}
	}
	return "", false
}

// File is the part that all versions share. Times are UTC with microseconds.
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

// Name returns the last segment of the path.
func (f *File) Name() string { return BaseName(f.Path) }

// Version is an immutable content of a File, with a name and a description that can change.
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
	Saved       bool // by somebody; otherwise a call or a Log made it by bringing its content along
	LastUsedAt  time.Time
	LogsCount   int64
	Draft       bool // it was only tried: lists leave it out, and only its id names it

	Environments []Environment // that it is deployed to, oldest first; never nil when read from the store
}

// Past is what a version was called where it comes from: a version that is brought here from elsewhere keeps it. An empty FileID or VersionID stands for
// a new one.
type Past struct {
	FileID, VersionID    string
	CreatedAt, UpdatedAt time.Time
	UsedAt               time.Time // when it was used last
	Deleted              bool      // Logs have it, and lists do not
}

// File returns the id of the File, or fresh if p is nil or has none.
func (p *Past) File(fresh string) string {
	if p == nil || p.FileID == "" {
		return fresh
	}
	return p.FileID
}

// Version returns the id of the version, or fresh if p is nil or has none.
func (p *Past) Version(fresh string) string {
	if p == nil || p.VersionID == "" {
		return fresh
	}
	return p.VersionID
}

// Datapoint returns the id of a datapoint that a version from elsewhere has, "" if p is nil: then its id is of another File here, or none.
func (p *Past) Datapoint(id string) string {
	if p == nil {
		return ""
	}
	return id
}

// Updated returns when the version was changed last, or now if p is nil.
func (p *Past) Updated(now time.Time) time.Time {
	if p == nil {
		return now
	}
	return p.UpdatedAt
}

// In returns the environment with this id if v is deployed to it, else nil.
func (v *Version) In(environmentID string) *Environment {
	i := slices.IndexFunc(v.Environments, func(e Environment) bool { return e.ID == environmentID })
	if i < 0 {
		return nil
	}
	return &v.Environments[i]
}

// Environment is a target of deployments. Exactly one has the tag "default".
type Environment struct {
	ID        string
	Name      string
	Tag       string // "default" or "other"
	CreatedAt time.Time

	// Of a version's environments: when it was deployed there, and the id of the API key that did, "" if it is not known. Zero elsewhere.
	DeployedAt time.Time
	DeployedBy string
}

// The tags of environments.
const (
	DefaultTag = "default"
	OtherTag   = "other"
)

// Snapshot is one version of a File together with the File.
type Snapshot struct {
	File     File
	Version  Version
	Monitors []Monitor // of the File, oldest first
}

// DeployedTo returns the name of the environment whose deployment ref means. It is "" if ref names the version otherwise, or if nothing is
// deployed there. s is the version of ref.
func (s *Snapshot) DeployedTo(ref Ref) string {
	if ref.VersionID != "" {
		return ""
	}
	for _, e := range s.Version.Environments {
		if ref.Environment == e.Name || ref.Environment == e.ID || ref.Environment == "" && e.Tag == DefaultTag {
			return e.Name
		}
	}
	return ""
}

// Monitor is an Evaluator attached to a File, to run on the File's new Logs. It names either a version (VersionID) or the version deployed
// to an environment (EnvironmentID).
type Monitor struct {
	EvaluatorID   string
	VersionID     string
	EnvironmentID string
	Active        bool
	SampleRate    float64 // the part of the Logs that it judges, above 0; 1 for all
	Only          LogSelection
	Runs          bool // it judges Logs of Runs as well
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// LogSelection selects Logs of a File. Members that are zero select all.
type LogSelection struct {
	Environment string // that the Log names
	Source      string // likewise
	Failed      *bool  // whether the Log has an error
}

// Directory is a folder of Files. The root has the empty path and no parent. A File and a directory may have the same path.
type Directory struct {
	ID        string
	Path      string
	ParentID  string // "" of the root
	CreatedAt time.Time
	UpdatedAt time.Time
}
