package catalog

import (
	"context"
	"sync"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/prompt"
	"github.com/openloop-server/openloop/internal/store"
)

// memory is what was read of versions. The zero value is empty.
type memory struct {
	mu       sync.RWMutex
	opened   map[string]*Opened           // by the version's id
	versions map[file.Link]rememberedSnap // a version's id alone stands for the version even when it is deleted
}

// rememberedSnap is a snapshot with the moment before it was read.
type rememberedSnap struct {
	snap   file.Snapshot
	moment uint64
	topics []store.Topic // that it depends on
}

const maxRemembered = 4096 // of each; beyond, all are forgotten and read again as they are needed

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

// Opened decodes and compiles the content of a version, once.
func (c *Catalog) Opened(snap *file.Snapshot) (*Opened, error) {
	m := &c.memory
	m.mu.RLock()
	o := m.opened[snap.Version.ID]
	m.mu.RUnlock()
	if o != nil {
		return o, nil
	}
	o, err := open(snap)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.opened = room(m.opened)
	m.opened[snap.Version.ID] = o
	return o, nil
}

func open(snap *file.Snapshot) (*Opened, error) {
	switch snap.File.Kind {
	case file.PromptKind:
		compiled, err := Compile(snap)
		if err != nil {
			return nil, err
		}
		return &Opened{&compiled.Content, compiled}, nil
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

// Linked reads the version of a File that l names. A File with nothing deployed to the environment named is read as it is by default. It
// answers from memory while nothing has changed; counts may be old then, see [store.DB.Recount]. Errors: the kind's not found,
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

// remembered is a copy of what was read, nil when that may not hold any more.
func (c *Catalog) remembered(l file.Link) *file.Snapshot {
	m := &c.memory
	m.mu.RLock()
	defer m.mu.RUnlock()
	r, ok := m.versions[l]
	if !ok || c.db.Since(r.moment, r.topics...) {
		return nil
	}
	return &r.snap
}

func (c *Catalog) remember(l file.Link, snap file.Snapshot, moment uint64) {
	topics := []store.Topic{store.Files, store.FileTopic(snap.File.ID)}
	for i := range snap.Monitors {
		topics = append(topics, store.FileTopic(snap.Monitors[i].EvaluatorID))
	}
	m := &c.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	m.versions = room(m.versions)
	m.versions[l] = rememberedSnap{snap, moment, topics}
}

// room is m with room for one more.
func room[K comparable, V any](m map[K]V) map[K]V {
	if m == nil || len(m) >= maxRemembered {
		return map[K]V{}
	}
	return m
}
