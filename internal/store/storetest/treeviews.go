package storetest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// What a treeModel shows.

// snapshot is what the store says of v, without times.
func (m *treeModel) snapshot(v *modelVersion) file.Snapshot {
	f := v.of
	s := file.Snapshot{
		File: file.File{ID: f.id, Kind: f.kind, Path: f.path, DirectoryID: m.directories[file.ParentPath(f.path)], Tags: []string{}},
		Version: file.Version{
			ID: v.id, FileID: f.id, Hash: file.Hash(f.kind, []byte(v.content)), Content: []byte(v.content), Name: v.name, Description: v.description,
			Saved: v.saved, LogsCount: v.logs, Environments: []file.Environment{},
		},
	}
	for _, other := range f.versions {
		s.File.LogsCount += other.logs
	}
	for _, e := range m.environments {
		if f.deployed[e.ID] == v {
			s.Version.Environments = append(s.Version.Environments, e)
		}
	}
	for _, monitor := range f.monitors {
		shown := file.Monitor{EvaluatorID: monitor.evaluator.id, EnvironmentID: monitor.environment, Active: monitor.active, SampleRate: 1}
		if monitor.version != nil {
			shown.VersionID = monitor.version.id
		}
		s.Monitors = append(s.Monitors, shown)
	}
	return s
}

// list is the page of Files that the store lists, and their number on all pages.
func (m *treeModel) list(filter *store.FileFilter) (page []file.Snapshot, total int, reason errs.Reason) {
	if _, ok := m.directories[filter.Directory]; !ok {
		return nil, 0, errs.DirectoryNotFound
	}
	selected := slices.DeleteFunc(slices.Clone(m.files), func(f *modelOfFile) bool { return !m.selects(filter, f) })
	slices.SortStableFunc(selected, func(a, b *modelOfFile) int {
		switch filter.Sort {
		case store.ByName:
			return cmp.Compare(strings.ToLower(file.BaseName(a.path)), strings.ToLower(file.BaseName(b.path)))
		case store.ByUpdated:
			return cmp.Compare(a.updated, b.updated)
		case store.ByCreated:
		}
		return 0
	})
	if filter.Desc {
		slices.Reverse(selected)
	}
	from := min((filter.Page.Number-1)*filter.Page.Size, len(selected))
	for _, f := range selected[from:min(from+filter.Page.Size, len(selected))] {
		v := m.current(f)
		if filter.Environment != "" {
			v = f.deployed[m.environmentID(filter.Environment)]
		}
		page = append(page, m.snapshot(v))
	}
	return page, len(selected), nothingWrong
}

func (m *treeModel) environmentID(name string) string {
	for _, e := range m.environments {
		if e.Name == name {
			return e.ID
		}
	}
	return ""
}

func (m *treeModel) selects(filter *store.FileFilter, f *modelOfFile) bool {
	return !f.deleted && !filter.Template &&
		(len(filter.Kinds) == 0 || slices.Contains(filter.Kinds, f.kind)) &&
		strings.Contains(strings.ToLower(file.BaseName(f.path)), strings.ToLower(filter.NameContains)) &&
		(filter.Directory == "" || strings.HasPrefix(f.path, filter.Directory+"/")) &&
		(filter.Environment == "" || f.deployed[m.environmentID(filter.Environment)] != nil)
}
