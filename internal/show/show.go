// Package show renders Files, Logs, Evaluations and Runs as the v5 API shows them. Handlers answer with them; webhooks and events can send the
// same. The package reads what belongs to the thing that it shows. It changes nothing and knows nothing of HTTP.
package show

import (
	"context"
	"maps"
	"slices"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

// Shows renders things of one database. It is safe for concurrent use.
type Shows struct {
	db      *store.DB
	catalog *catalog.Catalog
	base    string // public URL of the server; "" makes links relative
	authors authors
}

// New returns the rendering of what is in db, whose Files are those of c. base is the public URL of the server.
func New(db *store.DB, c *catalog.Catalog, base string) *Shows {
	return &Shows{db: db, catalog: c, base: base, authors: authors{db: db}}
}

// With says what is shown beside a version of a File.
type With struct {
	Raw        bool                         // the text of the .prompt or .agent file
	Aggregates map[string][]store.Aggregate // judgments by the version's id; nil when they are not wanted
}

// File shows a version of a File.
func (s *Shows) File(ctx context.Context, snap *file.Snapshot, with With) (v5.File, error) {
	v, err := s.view(ctx, with, snap)
	if err != nil {
		return v5.File{}, err
	}
	return v.file(snap, false), v.err
}

// Files shows versions of Files.
func (s *Shows) Files(ctx context.Context, snaps []file.Snapshot, with With) ([]v5.File, error) {
	all := make([]*file.Snapshot, len(snaps))
	for i := range snaps {
		all[i] = &snaps[i]
	}
	v, err := s.view(ctx, with, all...)
	if err != nil {
		return nil, err
	}
	out := make([]v5.File, len(all))
	for i, snap := range all {
		out[i] = v.file(snap, false)
	}
	return out, v.err
}

// Versions shows versions of Files by their ids, deleted ones too; unknown ids are left out.
func (s *Shows) Versions(ctx context.Context, ids []string) (map[string]v5.File, error) {
	snaps, err := s.catalog.Versions(ctx, ids)
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx, With{}, slices.Collect(maps.Values(snaps))...)
	if err != nil {
		return nil, err
	}
	out := make(map[string]v5.File, len(snaps))
	for id, snap := range snaps {
		out[id] = v.file(snap, false)
	}
	return out, v.err
}

// PromptJSON is a Prompt as the API shows it, encoded once for all calls that run it.
func (s *Shows) PromptJSON(ctx context.Context, p *catalog.Prompt) (json.Value, error) {
	if memo := p.Memo.Load(); memo != nil {
		return *memo, nil
	}
	shown, err := s.File(ctx, &p.Snapshot, With{})
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(shown.Value)
	if err != nil {
		return nil, errs.Wrap("show.PromptJSON", err)
	}
	p.Memo.Store(&raw)
	return raw, nil
}

// Time is t as answers have it, nil for the zero time.
func Time(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Microsecond)
	return &t
}
