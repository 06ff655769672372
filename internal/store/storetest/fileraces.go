package storetest

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

var fileRaces = map[string]func(*testing.T, *harness){
	"Changes at once leave Files and directories whole":                  changesAtOnce,
	"Directories moved into each other at once":                          directoriesAtOnce,
	"A version deleted and deployed at once":                             deleteAgainstDeploy,
	"A version deleted and saved at once":                                deleteAgainstSave,
	"All versions deleted at once":                                       deleteAllVersions,
	"A path taken at once goes to one File":                              pathAtOnce,
	"Evaluators that monitor each other attached and deleted at once":    monitorsAtOnce,
	"A directory deleted while a File is made in it":                     directoryAgainstFile,
	"Versions saved at once have times in the order they are listed in":  versionsInOrder,
	"A version name taken at once goes to one version":                   nameAtOnce,
	"Deployments to one environment at once leave one version in it":     deployAtOnce,
	"A File deleted and saved at once is either gone or made anew whole": deleteAgainstUpsert,
}

// expected fails the test unless err is nil or one of the errors that a caller meets when others were faster.
func expected(t *testing.T, err error) {
	t.Helper()
	if err != nil && !errs.Is(err, errs.AlreadyExists, errs.InUse, errs.IllegalState, errs.PromptNotFound, errs.EvaluatorNotFound, errs.VersionNotFound, errs.DirectoryNotFound, errs.FileNotFound) {
		t.Error(err)
	}
}

// whole checks what holds whatever happened: every File and directory lies in the directory that its path says, every File has
// versions, no environment uses two versions of one, and only Evaluators that exist monitor.
func (h *harness) whole(t *testing.T) {
	t.Helper()
	all, err := h.Directories(t.Context())
	must(t, err)
	idOf := map[string]string{}
	for _, d := range all {
		idOf[d.Path] = d.ID
	}
	for _, d := range all[1:] {
		equal(t, "parent of "+d.Path, idOf[file.ParentPath(d.Path)], d.ParentID)
	}
	files, total, err := h.Files(t.Context(), store.FileFilter{Page: page(1, 1000)})
	must(t, err)
	equal(t, "total", len(files), total)
	live := map[string]bool{}
	for _, s := range files {
		live[s.File.ID] = true
	}
	for _, s := range files {
		equal(t, "directory of "+s.File.Path, idOf[file.ParentPath(s.File.Path)], s.File.DirectoryID)
		if s.File.DirectoryID == "" {
			t.Errorf("%s is in no directory", s.File.Path)
		}
		h.wholeVersions(t, &s)
		for _, m := range s.Monitors {
			if !live[m.EvaluatorID] {
				t.Errorf("%s is monitored by %s, which is gone", s.File.Path, m.EvaluatorID)
			}
		}
	}
}

func (h *harness) wholeVersions(t *testing.T, s *file.Snapshot) {
	t.Helper()
	versions, err := h.Versions(t.Context(), s.File.Kind, s.File.ID)
	must(t, err)
	used, names := map[string]bool{}, map[string]bool{}
	for _, v := range versions {
		if names[v.Version.Name] && v.Version.Name != "" {
			t.Errorf("%s has two versions named %s", s.File.Path, v.Version.Name)
		}
		names[v.Version.Name] = true
		for _, e := range v.Version.Environments {
			if used[e.Name] {
				t.Errorf("%s has two versions in %s", s.File.Path, e.Name)
			}
			used[e.Name] = true
		}
	}
	deployed, err := h.Deployments(t.Context(), s.File.Kind, s.File.ID)
	must(t, err)
	equal(t, "number of deployments", len(used), len(deployed))
}

// racer does changes by chance to a few Files and directories.
type racer struct {
	*harness
	*rand.Rand
}

func changesAtOnce(t *testing.T, h *harness) {
	atOnce(8, func(i int) {
		r := racer{h, rand.New(rand.NewPCG(1, uint64(i)))}
		for range 40 {
			expected(t, r.change(t.Context()))
		}
	})
	h.whole(t)
}

func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

func (r racer) path() string { return pick(r.Rand, "p", "a/p", "a/b/p", "b/p", "b/a/q", "a") }

func (r racer) directoryPath() string { return pick(r.Rand, "a", "a/b", "b", "b/a", "c") }

func (r racer) change(ctx context.Context) error {
	switch r.IntN(10) {
	case 0:
		_, err := r.MakeDirectory(ctx, store.NewDirectory{Path: r.directoryPath()})
		return err
	case 1:
		return r.onDirectory(ctx, func(d *file.Directory) error {
			_, _, err := r.MoveDirectory(ctx, d.ID, store.Move{Path: new(r.directoryPath())})
			return err
		})
	case 2:
		return r.onDirectory(ctx, func(d *file.Directory) error { return r.DeleteDirectory(ctx, d.ID) })
	case 3, 4, 5:
		_, _, err := r.SaveVersion(ctx, saveOf(pick(r.Rand, file.PromptKind, file.EvaluatorKind), r.path(), itoa(r.IntN(3))))
		return err
	}
	return r.onFile(ctx, func(s *file.Snapshot) error { return r.changeFile(ctx, s) })
}

func (r racer) onDirectory(ctx context.Context, f func(*file.Directory) error) error {
	all, err := r.Directories(ctx)
	if err != nil || len(all) == 1 {
		return err
	}
	return f(&all[1+r.IntN(len(all)-1)])
}

func (r racer) onFile(ctx context.Context, f func(*file.Snapshot) error) error {
	s, err := r.Snapshot(ctx, "", file.Ref{Path: r.path()})
	if err != nil {
		return err
	}
	return f(&s)
}

func (r racer) changeFile(ctx context.Context, s *file.Snapshot) error {
	kind, id, version := s.File.Kind, s.File.ID, s.Version.ID
	environments, err := r.Environments(ctx)
	if err != nil {
		return err
	}
	environment := pick(r.Rand, environments...).ID
	switch r.IntN(7) {
	case 0:
		return r.DeleteFile(ctx, kind, id)
	case 1:
		_, err = r.MoveFile(ctx, kind, id, store.Move{Path: new(r.path())})
	case 2:
		_, err = r.Deploy(ctx, kind, id, environment, version, store.Terms{})
	case 3:
		err = r.Undeploy(ctx, kind, id, environment, store.Terms{})
	case 4:
		err = r.DeleteVersion(ctx, kind, id, version)
	case 5:
		_, err = r.DescribeVersion(ctx, kind, id, version, new(pick(r.Rand, "", "blue", "red")), nil)
	case 6:
		err = r.monitorAny(ctx, s)
	}
	return err
}

func (r racer) monitorAny(ctx context.Context, s *file.Snapshot) error {
	evaluators, _, err := r.Files(ctx, store.FileFilter{Kinds: []file.Kind{file.EvaluatorKind}, Page: page(1, 10)})
	if err != nil {
		return err
	}
	var refs []file.Ref
	for _, e := range evaluators {
		refs = append(refs, byVersion(&e))
	}
	r.Shuffle(len(refs), func(i, k int) { refs[i], refs[k] = refs[k], refs[i] })
	half := len(refs) / 2
	_, err = r.SetMonitors(ctx, s.File.Kind, s.File.ID, activations(refs[half:]), refs[:half])
	return err
}

func directoriesAtOnce(t *testing.T, h *harness) {
	for range 10 {
		h.save(t, prompt("a/x/p", "m"))
		h.save(t, prompt("b/y/p", "m"))
		a, b := h.directory(t, "a"), h.directory(t, "b")
		var failed [2]error
		atOnce(2, func(i int) {
			from, to := a, &b.ID
			if i == 1 {
				from, to = b, &a.ID
			}
			_, _, failed[i] = h.MoveDirectory(t.Context(), from.ID, store.Move{DirectoryID: to})
		})
		if (failed[0] == nil) == (failed[1] == nil) {
			t.Fatalf("errors are %v", failed)
		}
		h.whole(t)
		top := a
		if failed[0] == nil {
			top = b
		}
		_, _, err := h.MoveDirectory(t.Context(), top.ID, store.Move{Name: new(newLogID())})
		must(t, err)
	}
}

func deleteAgainstDeploy(t *testing.T, h *harness) {
	staging := h.environment(t, "staging").ID
	for i := range 10 {
		h.save(t, prompt(itoa(i), "one"))
		two := h.save(t, prompt(itoa(i), "two"))
		var removed, deployed error
		atOnce(2, func(i int) {
			if i == 0 {
				removed = h.DeleteVersion(t.Context(), file.PromptKind, two.File.ID, two.Version.ID)
			} else {
				_, deployed = h.Deploy(t.Context(), file.PromptKind, two.File.ID, staging, two.Version.ID, store.Terms{})
			}
		})
		if (removed == nil) == (deployed == nil) {
			t.Fatalf("errors are %v and %v", removed, deployed)
		}
		expected(t, removed)
		expected(t, deployed)
	}
	h.whole(t)
}

func deleteAgainstSave(t *testing.T, h *harness) {
	h.save(t, prompt("p", "one"))
	two := h.save(t, prompt("p", "two"))
	for range 10 {
		var created bool
		var removed error
		atOnce(2, func(i int) {
			if i == 0 {
				removed = h.DeleteVersion(t.Context(), file.PromptKind, two.File.ID, two.Version.ID)
				return
			}
			snap, made, err := h.SaveVersion(t.Context(), prompt("p", "two"))
			expected(t, err)
			created = made
			equal(t, "version", two.Version.ID, snap.Version.ID)
		})
		must(t, removed)
		_, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{Path: "p", VersionID: two.Version.ID})
		if there := err == nil; there != created {
			t.Fatalf("made anew: %v, there: %v", created, err)
		}
		h.save(t, prompt("p", "two"))
	}
}

func deleteAllVersions(t *testing.T, h *harness) {
	var versions []file.Snapshot
	for i := range 6 {
		versions = append(versions, h.save(t, prompt("p", itoa(i))))
	}
	id := versions[0].File.ID
	must(t, h.Undeploy(t.Context(), file.PromptKind, id, h.environment(t, "production").ID, store.Terms{}))
	failed := make([]error, len(versions))
	atOnce(len(versions), func(i int) { failed[i] = h.DeleteVersion(t.Context(), file.PromptKind, id, versions[i].Version.ID) })
	refused := slices.DeleteFunc(failed, func(err error) bool { return err == nil })
	equal(t, "number of versions kept", 1, len(refused))
	is(t, refused[0], errs.InUse)
	h.whole(t)
}

func pathAtOnce(t *testing.T, h *harness) {
	for i := range 10 {
		p, q := h.save(t, prompt("p"+itoa(i), "m")), h.save(t, prompt("d/q"+itoa(i), "m"))
		place := "new/" + itoa(i)
		failed := make([]error, 4)
		atOnce(len(failed), func(i int) {
			switch i {
			case 0:
				_, failed[i] = h.MoveFile(t.Context(), file.PromptKind, p.File.ID, store.Move{Path: &place})
			case 1:
				_, failed[i] = h.MoveFile(t.Context(), file.PromptKind, q.File.ID, store.Move{Path: &place})
			default:
				_, _, failed[i] = h.SaveVersion(t.Context(), saveOf([]file.Kind{2: file.ToolKind, 3: file.EvaluatorKind}[i], place, "m"))
			}
		})
		won := 0
		for _, err := range failed {
			expected(t, err)
			if err == nil {
				won++
			}
		}
		equal(t, "number of winners", 1, won)
	}
	h.whole(t)
}

func monitorsAtOnce(t *testing.T, h *harness) {
	for i := range 10 {
		e, f := h.evaluator(t, "e"+itoa(i), "m"), h.evaluator(t, "f"+itoa(i), "m")
		atOnce(6, func(i int) {
			var err error
			switch i {
			case 0, 1:
				_, err = h.SetMonitors(t.Context(), file.EvaluatorKind, e.File.ID, activations([]file.Ref{byVersion(&f), byVersion(&e)}), nil)
			case 2, 3:
				_, err = h.SetMonitors(t.Context(), file.EvaluatorKind, f.File.ID, activations([]file.Ref{byVersion(&e), byVersion(&f)}), nil)
			case 4:
				err = h.DeleteFile(t.Context(), file.EvaluatorKind, e.File.ID)
			case 5:
				_, err = h.MoveFile(t.Context(), file.EvaluatorKind, f.File.ID, store.Move{DirectoryID: new("root"), Name: new(newLogID())})
			}
			expected(t, err)
		})
	}
	h.whole(t)
}

func directoryAgainstFile(t *testing.T, h *harness) {
	for i := range 10 {
		d := h.makeDirectory(t, "d/"+itoa(i))
		atOnce(2, func(k int) {
			if k == 0 {
				expected(t, h.DeleteDirectory(t.Context(), d.ID))
				return
			}
			_, _, err := h.SaveVersion(t.Context(), prompt(d.Path+"/p", "m"))
			if err != nil {
				t.Error(err)
			}
		})
	}
	h.whole(t)
}

func versionsInOrder(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "first"))
	atOnce(16, func(i int) {
		_, _, err := h.SaveVersion(t.Context(), prompt("p", itoa(i)))
		expected(t, err)
	})
	all, err := h.Versions(t.Context(), file.PromptKind, p.File.ID)
	must(t, err)
	equal(t, "number of versions", 17, len(all))
	if !slices.IsSortedFunc(all, func(a, b file.Snapshot) int { return b.Version.CreatedAt.Compare(a.Version.CreatedAt) }) {
		t.Error("the times of versions are in another order")
	}
}

func nameAtOnce(t *testing.T, h *harness) {
	versions := []file.Snapshot{h.save(t, prompt("p", "one")), h.save(t, prompt("p", "two")), h.save(t, prompt("p", "three"))}
	failed := make([]error, len(versions))
	atOnce(len(versions), func(i int) {
		v := versions[i]
		_, failed[i] = h.DescribeVersion(t.Context(), file.PromptKind, v.File.ID, v.Version.ID, new("blue"), nil)
	})
	refused := slices.DeleteFunc(failed, func(err error) bool { return err == nil })
	equal(t, "number of refusals", 2, len(refused))
	for _, err := range refused {
		is(t, err, errs.AlreadyExists)
	}
}

func deployAtOnce(t *testing.T, h *harness) {
	versions := []file.Snapshot{h.save(t, prompt("p", "one")), h.save(t, prompt("p", "two")), h.save(t, prompt("p", "three"))}
	staging := h.environment(t, "staging").ID
	atOnce(12, func(i int) {
		v := versions[i%len(versions)]
		got, err := h.Deploy(t.Context(), file.PromptKind, v.File.ID, staging, v.Version.ID, store.Terms{})
		expected(t, err)
		equal(t, "deployed", v.Version.ID, got.Version.ID)
	})
	h.whole(t)
}

func deleteAgainstUpsert(t *testing.T, h *harness) {
	for i := range 10 {
		p := h.save(t, prompt("p", "one"))
		atOnce(3, func(k int) {
			if k == 0 {
				expected(t, h.DeleteFile(t.Context(), file.PromptKind, p.File.ID))
				return
			}
			_, _, err := h.SaveVersion(t.Context(), prompt("p", itoa(i)+"/"+itoa(k)))
			expected(t, err)
		})
		h.whole(t)
	}
}
