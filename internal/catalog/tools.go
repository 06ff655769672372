package catalog

import (
	"context"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// ToolsNamed returns the Tools whose paths end with a name, in the order of their paths, each in the version that a [file.Ref] to it means.
func (c *Catalog) ToolsNamed(ctx context.Context, name string) ([]file.Snapshot, error) {
	var found []file.Snapshot
	filter := store.FileFilter{Kinds: []file.Kind{file.ToolKind}, NameContains: name, Page: trace.Page{Number: 1, Size: 100}}
	for seen := 0; ; filter.Page.Number++ {
		page, total, err := c.db.Files(ctx, filter)
		if err != nil {
			return nil, err
		}
		for i := range page {
			if page[i].File.Name() == name {
				found = append(found, page[i])
			}
		}
		if seen += len(page); len(page) == 0 || seen >= total {
			slices.SortFunc(found, func(a, b file.Snapshot) int { return strings.Compare(a.File.Path, b.File.Path) })
			return found, nil
		}
	}
}
