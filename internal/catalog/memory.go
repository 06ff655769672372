package catalog

import (
	"context"
	"sync"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/prompt"
	"github.com/openloop-server/openloop/internal/store"
)

// memory keeps what was read by its key. The zero value is empty.
type memory[K comparable, V any] struct {
	mu   sync.RWMutex
	kept map[K]*V
}

const maxKept = 4096 // beyond, all are forgotten and read again as they are needed

// get returns nil for what is not kept.
func (m *memory[K, V]) get(key K) *V {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.kept[key]
}

func (m *memory[K, V]) put(key K, v *V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil || len(m.kept) >= maxKept {
		m.kept = map[K]*V{}
	}
	m.kept[key] = v
}

// rememberedSnap is a snapshot with the moment before it was read.
type rememberedSnap struct {
	snap   file.Snapshot
	moment uint64
	topics []store.Topic // that it depends on
}

// Opened is the content of a version, decoded and compiled. It is immutable.
type Opened struct {
	Content  file.Content
	Template *prompt.Compiled // of a Prompt, an Agent, or an Evaluator that asks a model; nil for none
}

// Inputs are the names of the variables of the template.
func (o *Opened) Inputs() []string {
	if o.Template == nil {
		return nil
	}
	return o.Template.Variables()
}

// Opened decodes and compiles the content of a version, once; that of a [Catalog.Unsaved], which has no id, each time.
func (c *Catalog) Opened(snap *file.Snapshot) (*Opened, error) {
	if o := c.opened.get(snap.Version.ID); o != nil {
		return o, nil
	}
	o, err := open(snap)
	if err == nil && snap.Version.ID != "" {
		c.opened.put(snap.Version.ID, o)
	}
	return o, err
}

func open(snap *file.Snapshot) (*Opened, error) {
	switch snap.File.Kind {
	case file.PromptKind:
		return compiled(snap, func(p *file.Prompt) *file.Prompt { return p })
	case file.AgentKind:
		return compiled(snap, func(a *file.Agent) *file.Prompt { return &a.Prompt })
	case file.EvaluatorKind:
		return compiled(snap, func(e *file.Evaluator) *file.Prompt { return e.Prompt })
	case file.ToolKind:
		return compiled(snap, func(*file.Tool) *file.Prompt { return nil })
	case file.FlowKind:
		return compiled(snap, func(*file.Flow) *file.Prompt { return nil })
	default:
		return compiled(snap, func(*file.Dataset) *file.Prompt { return nil })
	}
}

// compiled opens the content of a kind, whose Prompt, if it has one, is compiled.
func compiled[C any, P interface {
	*C
	file.Content
}](snap *file.Snapshot, promptOf func(P) *file.Prompt) (*Opened, error) {
	content, err := Content[C](snap)
	if err != nil {
		return nil, err
	}
	out := &Opened{Content: P(content)}
	if p := promptOf(content); p != nil {
		out.Template, err = prompt.Compile(*p)
	}
	return out, errs.Wrap("catalog.Opened "+snap.Version.ID, err)
}

// Versions reads versions with their Files, deleted ones and those of deleted Files too, as Logs name them. Unknown ids are left out. It
// answers from memory while nothing has changed, but for counts, which are those of the moment.
func (c *Catalog) Versions(ctx context.Context, ids []string) (map[string]*file.Snapshot, error) {
	out := make(map[string]*file.Snapshot, len(ids))
	var known []*file.Snapshot
	var unknown []string
	for _, id := range ids {
		if snap := c.remembered(file.Link{VersionID: id}); snap != nil {
			out[id], known = snap, append(known, snap)
		} else if id != "" {
			unknown = append(unknown, id)
		}
	}
	if err := c.db.Recount(ctx, known); err != nil {
		return nil, err
	}
	moment := c.db.Moment()
	read, err := c.db.VersionsByID(ctx, unknown)
	for id, snap := range read {
		c.remember(file.Link{VersionID: id}, snap, moment)
		out[id] = &snap
	}
	return out, err
}

// Version reads a version with its File, as [Catalog.Versions] does, but for its counts, which may be old. It is nil for an unknown id.
func (c *Catalog) Version(ctx context.Context, id string) (*file.Snapshot, error) {
	if snap := c.remembered(file.Link{VersionID: id}); snap != nil {
		return snap, nil
	}
	read, err := c.Versions(ctx, []string{id})
	return read[id], err
}

// Linked reads the version of a File that l names. If nothing is deployed to the environment in l, it reads the default version. It answers
// from memory while nothing has changed; then counts may be old, and [store.DB.Recount] renews them. Errors: the kind's not found,
// version_not_found, environment_not_found.
func (c *Catalog) Linked(ctx context.Context, l file.Link) (*file.Snapshot, error) {
	if snap := c.remembered(l); snap != nil {
		return snap, nil
	}
	moment := c.db.Moment()
	snap, err := c.readLinked(ctx, &l)
	if err != nil {
		return nil, err
	}
	c.remember(l, snap, moment)
	return &snap, nil
}

// remembered is what was read, nil when that may not hold any more.
func (c *Catalog) remembered(l file.Link) *file.Snapshot {
	r := c.versions.get(l)
	if r == nil || c.db.Since(r.moment, r.topics...) {
		return nil
	}
	copied := r.snap
	return &copied
}

func (c *Catalog) remember(l file.Link, snap file.Snapshot, moment uint64) {
	c.versions.put(l, &rememberedSnap{snap, moment, topicsOf(&snap)})
}

// topicsOf returns what snap depends on: its File, and the Evaluators that monitor it.
func topicsOf(snap *file.Snapshot) []store.Topic {
	topics := []store.Topic{store.Files, store.FileTopic(snap.File.ID)}
	for i := range snap.Monitors {
		topics = append(topics, store.FileTopic(snap.Monitors[i].EvaluatorID))
	}
	return topics
}
