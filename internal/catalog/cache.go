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
	name   string // of the version, "" if target says which
	hash   string
	past   bool // deleted ones count too
	draft  bool // what was not there before was made as a draft
}

// cached is a Prompt and the moment before it was read.
type cached struct {
	prompt     *Prompt
	moment     uint64
	topics     []store.Topic // that the Prompt, and what is shown of it, depends on
	readAt     time.Time
	refreshing atomic.Bool
}

// maxAge is that of the counts shown.
const maxAge = time.Second

type reader func(context.Context) (file.Snapshot, error)

// cached returns a Prompt from memory if it has not changed in the database since it was read. If its counts are older than maxAge, one
// caller reads them again, while the others use the old ones.
func (c *Catalog) cached(ctx context.Context, key cacheKey, read reader) (*Prompt, error) {
	moment, now := c.db.Moment(), c.now()
	hit := c.prompts.get(key)
	if hit != nil && !c.db.Since(hit.moment, hit.topics...) {
		if now.Sub(hit.readAt) < maxAge || !hit.refreshing.CompareAndSwap(false, true) {
			return hit.prompt, nil
		}
		defer hit.refreshing.Store(false)
		if !key.past {
			read = c.again(&hit.prompt.Snapshot)
		}
	}
	snap, err := read(ctx)
	if err != nil {
		return nil, err
	}
	p, err := c.Open(ctx, snap)
	if err != nil {
		return nil, err
	}
	topics := topicsOf(&p.Snapshot)
	for i := range p.Linked {
		topics = append(topics, store.FileTopic(p.Linked[i].ID))
	}
	c.prompts.put(key, &cached{prompt: p, moment: moment, topics: topics, readAt: now})
	return p, nil
}

// again reads the same version once more. While no topic of it changes, only its counts can have changed.
func (c *Catalog) again(snap *file.Snapshot) reader {
	return func(ctx context.Context) (file.Snapshot, error) {
		return c.db.Snapshot(ctx, snap.File.Kind, file.Ref{ID: snap.File.ID, VersionID: snap.Version.ID})
	}
}
