package archive

import (
	"context"
	"maps"
	"slices"

	"github.com/openloop-server/openloop/internal/file"
)

// linksOf are the Files and the versions that a content links to.
func linksOf(c file.Content) (files, versions []string) {
	switch c := c.(type) {
	case *file.Prompt:
		return c.LinkedTools, nil
	case *file.Agent:
		for _, t := range c.Tools {
			if t.Link == nil {
				continue
			}
			files = append(files, t.Link.FileID)
			if t.Link.VersionID != "" {
				versions = append(versions, t.Link.VersionID)
			}
		}
	}
	return files, versions
}

// tellDangling notes the links of versions to what is neither here nor in the export. They are kept.
func (im *importer) tellDangling(ctx context.Context) error {
	heads, err := im.db.Restore.Heads(ctx)
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for _, h := range heads {
		here[h.ID] = !h.Deleted
	}
	for _, f := range im.files {
		here[f.id] = here[f.id] || !f.left
	}
	for _, f := range im.files {
		if f.left || f.kind != file.PromptKind && f.kind != file.AgentKind {
			continue
		}
		gone := map[string]bool{}
		for _, v := range f.versions {
			read, _, err := im.readVersion(f, v.id)
			if err != nil {
				return err
			}
			files, _ := linksOf(read.content)
			for _, id := range files {
				if !here[id] {
					gone[id] = true
				}
			}
		}
		for _, id := range slices.Sorted(maps.Keys(gone)) {
			im.report.notef(string(f.kind), f.id, f.path, Dangling, "It links to `%s`, which is not here.", id)
		}
	}
	return nil
}
