package catalog

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// cacheKey identifies a cached Prompt: by a reference, or by a File and the hash of a content.
type cacheKey struct {
	target file.Ref
	hash   string
}

// cached is a Prompt and the moment before it was read.
type cached struct {
	prompt     *Prompt
	moment     uint64
	topics     []store.Topic // that the Prompt, and what is shown of it, depends on
	readAt     time.Time
	refreshing atomic.Bool
}

const (
	maxCached = 4096        // Prompts kept; beyond, all are forgotten and read again as they are needed
	maxAge    = time.Second // of the counts shown
)

type reader func(context.Context) (file.Snapshot, error)

// cached returns a Prompt from memory if it has not changed in the database since it was read. If its counts are older than maxAge, one
// caller reads them again, while the others use the old ones.
func (c *Catalog) cached(ctx context.Context, key cacheKey, read reader) (*Prompt, error) {
	moment, now := c.db.Moment(), c.now()
	c.mu.RLock()
	hit := c.cache[key]
	c.mu.RUnlock()
	if hit != nil && !c.db.Since(hit.moment, hit.topics...) {
		if now.Sub(hit.readAt) < maxAge || !hit.refreshing.CompareAndSwap(false, true) {
			return hit.prompt, nil
		}
		defer hit.refreshing.Store(false)
		read = c.again(&hit.prompt.Snapshot)
	}
	snap, err := read(ctx)
	if err != nil {
		return nil, err
	}
	p, err := c.reopen(ctx, hit, snap)
	if err != nil {
		return nil, err
	}
	c.keep(key, &cached{prompt: p, moment: moment, topics: p.topics(), readAt: now})
	return p, nil
}

// topics returns what p depends on: its File, the Tools it links to, and the Evaluators that monitor it.
func (p *Prompt) topics() []store.Topic {
	out := []store.Topic{store.Files, store.FileTopic(p.File.ID)}
	for i := range p.Linked {
		out = append(out, store.FileTopic(p.Linked[i].ID))
	}
	for i := range p.Monitors {
		out = append(out, store.FileTopic(p.Monitors[i].EvaluatorID))
	}
	return out
}

// again reads the same version once more. While no topic of it changes, only its counts can have changed.
func (c *Catalog) again(snap *file.Snapshot) reader {
	return func(ctx context.Context) (file.Snapshot, error) {
		return c.db.Snapshot(ctx, snap.File.Kind, file.Ref{ID: snap.File.ID, VersionID: snap.Version.ID})
	}
}

// reopen opens snap, and reuses the compiled form in hit if it is the same version.
func (c *Catalog) reopen(ctx context.Context, hit *cached, snap file.Snapshot) (*Prompt, error) {
	if hit == nil || hit.prompt.Version.ID != snap.Version.ID {
		return c.Open(ctx, snap)
	}
	return c.link(ctx, &Prompt{Snapshot: snap, Compiled: hit.prompt.Compiled})
}

func (c *Catalog) keep(key cacheKey, entry *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.cache) >= maxCached {
		clear(c.cache)
	}
	c.cache[key] = entry
}
