package storetest

import (
	"cmp"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// treeModel is Files and directories as anybody would keep them in memory. Its methods answer with the reason of the refusal, "" for
// none, and a refused change changes nothing.
type treeModel struct {
	files        []*modelOfFile    // in the order they were made, deleted ones too
	directories  map[string]string // id by path, the root's too; "" until it is known
	environments []file.Environment
	changes      int
}

type modelOfFile struct {
	id, path  string
	kind      file.Kind
	deleted   bool
	updated   int                      // the number of the latest change
	versions  []*modelVersion          // in the order they were made, deleted ones too
	deployed  map[string]*modelVersion // by the environment's id
	monitors  []*modelMonitor          // in the order they were attached
	variables map[string]string
}

type modelVersion struct {
	of                             *modelOfFile
	id, content, name, description string
	deleted, saved                 bool
	logs                           int64
}

type modelMonitor struct {
	evaluator   *modelOfFile
	version     *modelVersion // nil for the one in the environment
	environment string
	active      bool
}

const nothingWrong errs.Reason = ""

func (m *treeModel) find(kind file.Kind, id string) *modelOfFile {
	for _, f := range m.files {
		if f.id == id && f.kind == kind && !f.deleted {
			return f
		}
	}
	return nil
}

func (m *treeModel) at(path string) *modelOfFile {
	for _, f := range m.files {
		if f.path == path && !f.deleted {
			return f
		}
	}
	return nil
}

func (m *treeModel) touch(f *modelOfFile) {
	m.changes++
	f.updated = m.changes
}

func (f *modelOfFile) version(id string) *modelVersion {
	for _, v := range f.versions {
		if v.id == id && !v.deleted {
			return v
		}
	}
	return nil
}

// live are the versions that are not deleted.
func (f *modelOfFile) live() []*modelVersion {
	return slices.DeleteFunc(slices.Clone(f.versions), func(v *modelVersion) bool { return v.deleted })
}

// nameFree says whether no version of f but v has the name.
func (f *modelOfFile) nameFree(v *modelVersion, name string) bool {
	return name == "" || !slices.ContainsFunc(f.live(), func(other *modelVersion) bool { return other != v && other.name == name })
}

// current is the version that f stands for.
func (m *treeModel) current(f *modelOfFile) *modelVersion {
	if v := f.deployed[m.environments[0].ID]; v != nil {
		return v
	}
	live := f.live()
	return live[len(live)-1]
}

// save is SaveVersion; the ids of what it made are filled in by the caller.
func (m *treeModel) save(s *store.Save) (v *modelVersion, made bool, reason errs.Reason) {
	f := m.at(s.Path)
	if s.ID != "" {
		f = m.find(s.Kind, s.ID)
		if f == nil {
			return nil, false, s.Kind.Spec().NotFound
		}
	}
	if f == nil {
		return m.makeFile(s), true, nothingWrong
	}
	if f.kind != s.Kind {
		return nil, false, errs.AlreadyExists
	}
	return m.saveIn(f, s)
}

func (m *treeModel) makeFile(s *store.Save) *modelVersion {
	m.makeDirectories(file.ParentPath(s.Path))
	f := &modelOfFile{path: s.Path, kind: s.Kind, deployed: map[string]*modelVersion{}, variables: map[string]string{}}
	v := &modelVersion{of: f, content: string(s.Content), name: s.VersionName, saved: !s.Inline}
	f.versions, f.deployed[m.environments[0].ID] = []*modelVersion{v}, v
	m.files = append(m.files, f)
	m.touch(f)
	return v
}

func (m *treeModel) saveIn(f *modelOfFile, s *store.Save) (v *modelVersion, made bool, reason errs.Reason) {
	for _, known := range f.versions {
		if known.content == string(s.Content) {
			v = known
		}
	}
	if !f.nameFree(v, s.VersionName) {
		return nil, false, errs.AlreadyExists
	}
	switch {
	case v == nil:
		v = &modelVersion{of: f, content: string(s.Content), name: s.VersionName, saved: !s.Inline}
		f.versions = append(f.versions, v)
	case v.deleted:
		v.deleted, v.name, v.description, v.saved = false, s.VersionName, "", !s.Inline
	default:
		was := *v
		v.name, v.saved = cmp.Or(s.VersionName, v.name), v.saved || !s.Inline
		if was != *v {
			m.touch(f)
		}
		return v, false, nothingWrong
	}
	m.touch(f)
	return v, true, nothingWrong
}

// on finds a version of a File.
func (m *treeModel) on(kind file.Kind, id, versionID string) (*modelVersion, errs.Reason) {
	f := m.find(kind, id)
	if f == nil {
		return nil, kind.Spec().NotFound
	}
	v := f.version(versionID)
	if v == nil {
		return nil, errs.VersionNotFound
	}
	return v, nothingWrong
}

func (m *treeModel) hasEnvironment(id string) bool {
	return slices.ContainsFunc(m.environments, func(e file.Environment) bool { return e.ID == id })
}

func (m *treeModel) deploy(kind file.Kind, id, environment, versionID string) errs.Reason {
	v, reason := m.on(kind, id, versionID)
	switch {
	case reason == kind.Spec().NotFound:
		return reason
	case !m.hasEnvironment(environment):
		return errs.EnvironmentNotFound
	case v != nil:
		v.of.deployed[environment] = v
	}
	return reason
}

func (m *treeModel) undeploy(kind file.Kind, id, environment string) errs.Reason {
	f := m.find(kind, id)
	switch {
	case f == nil:
		return kind.Spec().NotFound
	case !m.hasEnvironment(environment):
		return errs.EnvironmentNotFound
	}
	delete(f.deployed, environment)
	return nothingWrong
}

func (m *treeModel) describe(kind file.Kind, id, versionID string, name, description *string) errs.Reason {
	v, reason := m.on(kind, id, versionID)
	if reason != nothingWrong {
		return reason
	}
	was := *v
	if name != nil {
		if !v.of.nameFree(v, *name) {
			return errs.AlreadyExists
		}
		v.name = *name
	}
	if description != nil {
		v.description = *description
	}
	if was != *v {
		m.touch(v.of)
	}
	return nothingWrong
}

func (m *treeModel) deleteVersion(kind file.Kind, id, versionID string) errs.Reason {
	v, reason := m.on(kind, id, versionID)
	if reason != nothingWrong {
		return reason
	}
	for _, used := range v.of.deployed {
		if used == v {
			return errs.InUse
		}
	}
	if len(v.of.live()) == 1 {
		return errs.InUse
	}
	v.deleted = true
	m.touch(v.of)
	m.detach(func(monitor *modelMonitor) bool { return monitor.version == v })
	return nothingWrong
}

func (m *treeModel) deleteFile(kind file.Kind, id string) errs.Reason {
	f := m.find(kind, id)
	if f == nil {
		return kind.Spec().NotFound
	}
	f.deleted = true
	m.detach(func(monitor *modelMonitor) bool { return monitor.evaluator == f })
	return nothingWrong
}

func (m *treeModel) detach(gone func(*modelMonitor) bool) {
	for _, f := range m.files {
		f.monitors = slices.DeleteFunc(f.monitors, gone)
	}
}

// monitorOf is the monitor that ref names.
func (m *treeModel) monitorOf(ref file.Ref, runs bool) (*modelMonitor, errs.Reason) {
	if ref.VersionID != "" {
		for _, f := range m.files {
			if v := f.version(ref.VersionID); v != nil && f.kind == file.EvaluatorKind && !f.deleted {
				return &modelMonitor{evaluator: f, version: v}, nothingWrong
			}
		}
		return nil, errs.VersionNotFound
	}
	f := m.find(file.EvaluatorKind, ref.ID)
	switch {
	case f == nil:
		return nil, errs.EvaluatorNotFound
	case !m.hasEnvironment(ref.Environment):
		return nil, errs.EnvironmentNotFound
	case runs && f.deployed[ref.Environment] == nil:
		return nil, errs.VersionNotFound
	}
	return &modelMonitor{evaluator: f, environment: ref.Environment}, nothingWrong
}

func (m *treeModel) setMonitors(kind file.Kind, id string, activate, deactivate []file.Ref) errs.Reason {
	f := m.find(kind, id)
	if f == nil {
		return kind.Spec().NotFound
	}
	var list []*modelMonitor
	for i, ref := range slices.Concat(deactivate, activate) {
		monitor, reason := m.monitorOf(ref, i >= len(deactivate))
		if reason != nothingWrong {
			return reason
		}
		monitor.active = i >= len(deactivate)
		list = append(list, monitor)
	}
	for _, monitor := range list {
		f.setMonitor(monitor)
	}
	return nothingWrong
}

func (f *modelOfFile) setMonitor(monitor *modelMonitor) {
	for _, known := range f.monitors {
		if known.evaluator == monitor.evaluator && known.version == monitor.version && known.environment == monitor.environment {
			known.active = monitor.active
			return
		}
	}
	if monitor.active {
		f.monitors = append(f.monitors, monitor)
	}
}
