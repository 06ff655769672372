package mcp

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// pageSize is the number of Files whose tools are on a page. Many clients read only the first one.
const pageSize = 500

// environment returns the environment whose versions are offered: the one that the request names, or else the default one.
func (s *server) environment(ctx context.Context) (string, error) {
	if named := requestFrom(ctx).environment; named != "" {
		return named, nil
	}
	all, err := s.o.DB.Environments(ctx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(all, func(e file.Environment) bool { return e.Tag == file.DefaultTag })
	if i < 0 {
		return "", errs.New(errs.EnvironmentNotFound, "There is no default environment.")
	}
	return all[i].Name, nil
}

// page returns the versions on a page of what is deployed, the oldest Files first, and the cursor of the next page.
func (s *server) page(ctx context.Context, cursor string, kinds ...file.Kind) (snaps []file.Snapshot, next string, err error) {
	number, err := strconv.Atoi(cmp.Or(cursor, "1"))
	if err != nil || number < 1 {
		return nil, "", errs.Invalid("This is no cursor that an answer had.", "params", "cursor")
	}
	in, err := s.environment(ctx)
	if err != nil {
		return nil, "", err
	}
	snaps, total, err := s.o.DB.Files(ctx, store.FileFilter{
		Kinds: kinds, Environment: in, Sort: store.ByCreated, Page: trace.Page{Number: number, Size: pageSize},
	})
	if number*pageSize < total {
		next = strconv.Itoa(number + 1)
	}
	return snaps, next, err
}

// own says of a list that it is for whoever asked, and may be another the next moment.
func own() sdk.Cacheable { return sdk.Cacheable{CacheScope: "private"} }

// target is what a name means: a version, and the function of it if it has several.
type target struct {
	*file.Snapshot

	opened   *catalog.Opened
	function string
}

// find returns what a name means among what is deployed. It is nil if nothing has the name.
func (s *server) find(ctx context.Context, name string, kinds ...file.Kind) (*target, error) {
	ref, function := refOf(name)
	var err error
	if ref.Environment, err = s.environment(ctx); err != nil {
		return nil, err
	}
	snap, err := s.o.Catalog.Find(ctx, "", ref)
	switch {
	case errs.Is(err, errs.FileNotFound, errs.VersionNotFound, errs.ValidationFailed):
		return nil, nil
	case err != nil:
		return nil, err
	case !slices.Contains(kinds, snap.File.Kind):
		return nil, nil
	}
	opened, err := s.o.Catalog.Opened(&snap)
	if err != nil || !isName(name, &snap, opened, function) {
		return nil, err
	}
	return &target{&snap, opened, function}, nil
}

// isName reports whether a list would have the name for a version, or a function of it.
func isName(name string, snap *file.Snapshot, o *catalog.Opened, function string) bool {
	if tool, ok := o.Content.(*file.Tool); ok {
		if _, several := tool.MCPFunctions(); several {
			return tool.MCPFunction(function) != nil && name == nameOfPart(&snap.File, function)
		}
	}
	return name == nameOf(&snap.File)
}
