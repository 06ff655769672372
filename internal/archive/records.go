package archive

import (
	"cmp"
	"reflect"
	"strings"
	"sync"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/input"
)

// author is who made something: an object of the export.
type author struct {
	ID    string `json:"id"`
	Email string `json:"email_address"`
	Name  string `json:"full_name"`
}

// id is the id of a, which may be missing.
func (a *author) id() string {
	if a == nil || len(a.ID) > maxID || !plainID.MatchString(a.ID) {
		return ""
	}
	return a.ID
}

// moment is a time. One without a zone is in UTC; what is no time is the zero one.
type moment struct{ time.Time }

// UnmarshalJSONFrom implements the leniency.
func (m *moment) UnmarshalJSONFrom(dec *json.Decoder) error {
	var text string
	if dec.PeekKind() != json.KindString {
		return dec.SkipValue()
	}
	err := json.Decode(dec, &text)
	if at, ok := input.ParseTime(text); ok {
		m.Time = at.UTC().Truncate(time.Microsecond)
	}
	return err
}

// environment is an environment, and of a version who deployed it there and when.
type environment struct {
	ID         string  `json:"id"`
	Name       string  `json:"name"`
	Tag        string  `json:"tag"`
	CreatedAt  moment  `json:"created_at"`
	DeployedAt moment  `json:"deployed_at"`
	DeployedBy *author `json:"deployed_by"`
}

// versionRecord is a version of a File as the export has it, but for its content.
type versionRecord struct {
	ID            string        `json:"id"`
	Type          file.Kind     `json:"type"`
	Path          string        `json:"path"`
	DirectoryID   string        `json:"directory_id"`
	Description   string        `json:"description"`
	Readme        string        `json:"readme"`
	Tags          []string      `json:"tags"`
	VersionID     string        `json:"version_id"`
	VersionName   string        `json:"version_name"`
	About         string        `json:"version_description"`
	CommitMessage string        `json:"commit_message"`
	Draft         bool          `json:"draft"`
	CreatedAt     moment        `json:"created_at"`
	UpdatedAt     moment        `json:"updated_at"`
	CreatedBy     *author       `json:"created_by"`
	LastUsedAt    moment        `json:"last_used_at"`
	Environments  []environment `json:"environments"`
	Evaluators    []monitor     `json:"evaluators"`
}

// about is the description of the version, in the current member or that of older exports.
func (v *versionRecord) about() string { return cmp.Or(v.About, v.CommitMessage) }

// past is what the version with this id was, as one of a File.
func (v *versionRecord) past(fileID, id string) *file.Past {
	return &file.Past{
		FileID: fileID, VersionID: id, CreatedAt: v.CreatedAt.Time, UpdatedAt: later(v.UpdatedAt.Time, v.CreatedAt.Time), UsedAt: v.LastUsedAt.Time,
	}
}

// monitor is an Evaluator that monitors a File.
type monitor struct {
	Reference struct {
		Type        string      `json:"type"`
		Version     fileNames   `json:"version"`
		File        fileNames   `json:"file"`
		Environment environment `json:"environment"`
	} `json:"version_reference"`
	State      string   `json:"state"`
	CreatedAt  moment   `json:"created_at"`
	UpdatedAt  moment   `json:"updated_at"`
	SampleRate *float64 `json:"sample_rate"`
	Filter     struct {
		Environment string `json:"environment"`
		Source      string `json:"source"`
		HasError    *bool  `json:"has_error"`
	} `json:"filter"`
	Runs bool `json:"runs"`
}

// fileNames are the ids of a version, as far as a record names one.
type fileNames struct {
	ID        string `json:"id"`
	VersionID string `json:"version_id"`
}

// monitor returns m in the domain.
func (m *monitor) monitor() file.Monitor {
	out := file.Monitor{
		Active: m.State == "active", SampleRate: 1, Runs: m.Runs, CreatedAt: m.CreatedAt.Time, UpdatedAt: later(m.UpdatedAt.Time, m.CreatedAt.Time),
		Only: file.LogSelection{Environment: m.Filter.Environment, Source: m.Filter.Source, Failed: m.Filter.HasError},
	}
	if m.SampleRate != nil && *m.SampleRate > 0 && *m.SampleRate <= 1 {
		out.SampleRate = *m.SampleRate
	}
	if m.Reference.Type == "environment" {
		out.EvaluatorID, out.EnvironmentID = m.Reference.File.ID, m.Reference.Environment.ID
	} else {
		out.EvaluatorID, out.VersionID = m.Reference.Version.ID, m.Reference.Version.VersionID
	}
	return out
}

// later is a unless it is before b.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// linkedTool is a Tool that a Prompt links to: its id, or an object with it.
type linkedTool struct{ id string }

// UnmarshalJSONFrom implements the JSON union of string and object.
func (l *linkedTool) UnmarshalJSONFrom(dec *json.Decoder) error {
	if dec.PeekKind() == json.KindString {
		return json.Decode(dec, &l.id)
	}
	var object fileNames
	err := json.Decode(dec, &object)
	l.id = object.ID
	return err
}

// contentOf decodes the content of a version.
func contentOf(kind file.Kind, raw json.Value) (file.Content, error) {
	switch kind {
	case file.PromptKind:
		var k struct {
			v5.ModelKernel
			Tools  []llm.Tool   `json:"tools"`
			Linked []linkedTool `json:"linked_tools"`
		}
		if err := json.UnmarshalForeign(raw, &k); err != nil {
			return nil, err
		}
		content := (&v5.PromptKernel{ModelKernel: k.ModelKernel, Tools: k.Tools}).Content()
		for _, l := range k.Linked {
			content.LinkedTools = append(content.LinkedTools, l.id)
		}
		return content, nil
	case file.AgentKind:
		return kernel(raw, func(k *v5.AgentKernel) file.Content { return k.Content() })
	case file.ToolKind:
		type tool struct {
			v5.ToolKernel
			Type file.ToolType `json:"tool_type"`
		}
		return kernel(raw, func(k *tool) file.Content {
			content := k.Content()
			content.Type = k.Type
			return content
		})
	case file.EvaluatorKind:
		return kernel(raw, func(k *struct {
			Spec v5.EvaluatorSpec `json:"spec"`
		}) file.Content {
			return k.Spec.Content()
		})
	case file.FlowKind:
		return kernel(raw, func(k *v5.FlowKernel) file.Content { return k.Content() })
	case file.DatasetKind:
		return kernel(raw, func(k *struct {
			Attributes json.Value `json:"attributes"`
		}) file.Content {
			return &file.Dataset{Attributes: k.Attributes}
		})
	}
	return nil, &Fault{Reason: "There is no kind `" + string(kind) + "`."}
}

func kernel[K any](raw json.Value, content func(*K) file.Content) (file.Content, error) {
	var k K
	if err := json.UnmarshalForeign(raw, &k); err != nil {
		return nil, err
	}
	return content(&k), nil
}

// attributes is where a content keeps members that mean nothing here.
func attributes(c file.Content) *json.Value {
	switch c := c.(type) {
	case *file.Prompt:
		return &c.Attributes
	case *file.Agent:
		return &c.Attributes
	case *file.Tool:
		return &c.Attributes
	case *file.Evaluator:
		return &c.Attributes
	case *file.Flow:
		return &c.Attributes
	case *file.Dataset:
		return &c.Attributes
	}
	return new(json.Value)
}

// keepUnknown puts the members of raw that have no place into the attributes of c, below "imported", and returns their names.
func keepUnknown(c file.Content, raw json.Value) []string {
	found, kept := unknownIn(raw, knownOf(c.Kind()))
	if len(found) == 0 {
		return nil
	}
	into := attributes(c)
	if merged, err := json.Merge(json.ObjectOrEmpty(*into), append(append(json.Value(`{"imported":`), kept...), '}')); err == nil {
		*into = merged
	}
	return found
}

// unknownIn returns the members of an object, which is valid JSON, that are not known and say something: their names, and an object of them.
func unknownIn(raw json.Value, known map[string]bool) (names []string, object json.Value) {
	edit, ok := json.NewEdit(raw)
	if !ok {
		return nil, nil
	}
	object = json.Value{'{'}
	for _, name := range edit.Names() {
		if known[name] {
			continue
		}
		value := edit.Get(name)
		if json.Blank(value) {
			continue
		}
		if len(names) > 0 {
			object = append(object, ',')
		}
		names = append(names, name)
		object = append(append(json.AppendString(object, name), ':'), value...)
	}
	return names, append(object, '}')
}

// known are the members of wire types, by kind of File, and of Logs for the kind "".
var known sync.Map

// knownOf returns the members that a version of a kind has, or that Logs have for the kind "".
func knownOf(kind file.Kind) map[string]bool {
	if have, ok := known.Load(kind); ok {
		return have.(map[string]bool)
	}
	members := map[string]bool{}
	switch kind {
	case file.PromptKind:
		addMembers(members, reflect.TypeFor[v5.PromptResponse]())
	case file.AgentKind:
		addMembers(members, reflect.TypeFor[v5.AgentResponse]())
	case file.ToolKind:
		addMembers(members, reflect.TypeFor[v5.ToolResponse]())
	case file.EvaluatorKind:
		addMembers(members, reflect.TypeFor[v5.EvaluatorResponse]())
	case file.FlowKind:
		addMembers(members, reflect.TypeFor[v5.FlowResponse]())
	case file.DatasetKind:
		addMembers(members, reflect.TypeFor[v5.DatasetResponse]())
	default:
		addMembers(members, reflect.TypeFor[v5.Log]())
		members["session_id"] = true
	}
	known.Store(kind, members)
	return members
}

func addMembers(to map[string]bool, of reflect.Type) {
	for f := range of.Fields() {
		if f.Anonymous {
			addMembers(to, f.Type)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		to[name] = true
	}
}
