package browse

import (
	"context"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// shown renders what the store says. It holds the names of authors.
type shown struct{ authors map[string]*v5.UserResponse }

func (h *handlers) shown(ctx context.Context) (shown, error) {
	authors, err := h.o.Shows.Authors(ctx)
	return shown{authors}, err
}

// author returns the author with this id, nil for "".
func (s shown) author(id string) *Author {
	if id == "" {
		return nil
	}
	out := &Author{ID: id}
	if known := s.authors[id]; known != nil && known.FullName != nil {
		out.Name = *known.FullName
	}
	return out
}

func (s shown) deployed(list []store.Deployed) []Deployment {
	out := make([]Deployment, len(list))
	for i := range list {
		d, e := &list[i], &list[i].Environment
		out[i] = Deployment{
			EnvironmentID: e.ID, Environment: e.Name, Default: e.Tag == file.DefaultTag, VersionID: d.VersionID, VersionName: d.VersionName,
			DeployedAt: e.DeployedAt, DeployedBy: s.author(e.DeployedBy),
		}
	}
	return out
}

func (s shown) file(row *store.FileRow) TreeFile {
	return TreeFile{
		ID: row.ID, Path: row.Path, Name: row.Name(), Kind: row.Kind, DirectoryID: row.DirectoryID, Description: row.Description, Tags: row.Tags,
		Deployed: s.deployed(row.Deployed), NewestVersionID: row.Newest, Differs: row.Differs, VersionsCount: row.VersionsCount, LogsCount: row.LogsCount,
		CreatedAt: row.CreatedAt, CreatedBy: s.author(row.CreatedBy), UpdatedAt: row.UpdatedAt, UpdatedBy: s.author(row.UpdatedBy), LastUsedAt: orNull(row.LastUsedAt),
	}
}

// orNull returns nil for the zero time.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
