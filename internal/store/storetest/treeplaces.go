package storetest

import (
	"maps"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// What a treeModel knows of places.

func (m *treeModel) makeDirectories(path string) {
	if _, ok := m.directories[path]; ok {
		return
	}
	m.makeDirectories(file.ParentPath(path))
	m.directories[path] = ""
}

// directory is the path of the directory with this id.
func (m *treeModel) directory(id string) (path string, ok bool) {
	if id == store.RootDirectory {
		return "", true
	}
	for path, known := range m.directories {
		if known == id {
			return path, true
		}
	}
	return "", false
}

// destination is where a Move brings what is at path.
func (m *treeModel) destination(to *store.Move, path string) (string, errs.Reason) {
	if to.Path != nil {
		return *to.Path, nothingWrong
	}
	parent, name := file.ParentPath(path), file.BaseName(path)
	if to.DirectoryID != nil {
		var ok bool
		if parent, ok = m.directory(*to.DirectoryID); !ok {
			return "", errs.DirectoryNotFound
		}
	}
	if to.Name != nil {
		name = *to.Name
	}
	return join(parent, name), nothingWrong
}

func join(parent, name string) string {
	if parent == "" {
		return name
	}
	return parent + "/" + name
}

func (m *treeModel) moveFile(kind file.Kind, id string, to *store.Move) errs.Reason {
	f := m.find(kind, id)
	if f == nil {
		return kind.Spec().NotFound
	}
	path, reason := m.destination(to, f.path)
	if reason != nothingWrong || path == f.path {
		return reason
	}
	if m.at(path) != nil {
		return errs.AlreadyExists
	}
	m.makeDirectories(file.ParentPath(path))
	f.path = path
	m.touch(f)
	return nothingWrong
}

func (m *treeModel) makeDirectory(path string) errs.Reason {
	if _, ok := m.directories[path]; ok {
		return errs.AlreadyExists
	}
	m.makeDirectories(path)
	return nothingWrong
}

func (m *treeModel) moveDirectory(id string, to *store.Move) errs.Reason {
	from, ok := m.directory(id)
	if !ok {
		return errs.DirectoryNotFound
	}
	if from == "" {
		return errs.IllegalState
	}
	path, reason := m.destination(to, from)
	if reason != nothingWrong || path == from {
		return reason
	}
	if strings.HasPrefix(path, from+"/") {
		return errs.IllegalState
	}
	if _, taken := m.directories[path]; taken {
		return errs.AlreadyExists
	}
	m.makeDirectories(file.ParentPath(path))
	moved := maps.Clone(m.directories)
	for old, id := range m.directories {
		if rest, below := strings.CutPrefix(old+"/", from+"/"); below {
			delete(moved, old)
			moved[strings.TrimSuffix(path+"/"+rest, "/")] = id
		}
	}
	m.directories = moved
	for _, f := range m.files {
		if rest, below := strings.CutPrefix(f.path, from+"/"); below && !f.deleted {
			f.path = path + "/" + rest
		}
	}
	return nothingWrong
}

func (m *treeModel) deleteDirectory(id string) errs.Reason {
	path, ok := m.directory(id)
	if !ok {
		return errs.DirectoryNotFound
	}
	if path == "" {
		return errs.IllegalState
	}
	inside := func(p string) bool { return p != "" && file.ParentPath(p) == path }
	if slices.ContainsFunc(slices.Collect(maps.Keys(m.directories)), inside) ||
		slices.ContainsFunc(m.files, func(f *modelOfFile) bool { return !f.deleted && inside(f.path) }) {
		return errs.InUse
	}
	delete(m.directories, path)
	return nothingWrong
}
