package storetest

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/store"
)

var files = map[string]func(*testing.T, *harness){
	"SaveVersion makes a File and deploys its first version":    saveMakesFile,
	"SaveVersion deploys no later version":                      saveDeploysOnce,
	"SaveVersion finds the version with the same hash":          saveFindsVersion,
	"SaveVersion by id":                                         saveByID,
	"SaveVersion refuses":                                       saveRefuses,
	"SaveVersion names versions":                                saveNamesVersions,
	"SaveVersion describes the File":                            saveDescribesFile,
	"SaveVersion keeps content byte for byte":                   saveKeepsContent,
	"SaveVersion keeps a past at once":                          saveKeepsPast,
	"SaveVersion makes directories once":                        saveMakesDirectories,
	"SaveVersion of the same content at once makes one version": saveSameAtOnce,
	"SaveVersion of different contents at once makes them all":  saveDifferentAtOnce,
	"Paths differ by case":                                      pathsDifferByCase,
	"Snapshot finds what a target names":                        snapshotFinds,
	"Snapshot says what does not exist":                         snapshotRefuses,
	"Versions come newest first":                                versionsNewestFirst,
	"DeleteFile frees the path":                                 deleteFreesPath,
	"DeleteFile keeps Logs":                                     deleteKeepsLogs,
	"Changes have topics":                                       changesHaveTopics,
	"Moments count changes":                                     momentsCount,
}

func saveMakesFile(t *testing.T, h *harness) {
	s := prompt("support/mail/reply", "m")
	s.By, s.VersionName, s.VersionDescription = "key_1", "first", "the first one"
	snap, created, err := h.SaveVersion(t.Context(), s)
	must(t, err)
	at := epoch.Add(2 * time.Millisecond) // the first is the database's
	production := h.environment(t, "production")
	production.DeployedAt, production.DeployedBy = at, "key_1"
	f, v := snap.File, snap.Version
	want := file.Snapshot{
		File: file.File{
			ID: f.ID, Kind: file.PromptKind, Path: "support/mail/reply", DirectoryID: f.DirectoryID, Tags: []string{}, CreatedAt: at, UpdatedAt: at,
			LastUsedAt: at, CreatedBy: "key_1",
		},
		Version: file.Version{
			ID: v.ID, FileID: f.ID, Hash: s.Hash, Content: s.Content, Name: "first", Description: "the first one", CreatedAt: at, UpdatedAt: at,
			CreatedBy: "key_1", Saved: true, LastUsedAt: at, Environments: []file.Environment{production},
		},
	}
	equal(t, "snapshot", want, snap)
	if !created || f.ID[:3] != "pr_" || v.ID[:4] != "prv_" || f.DirectoryID[:4] != "dir_" {
		t.Errorf("created %v, ids %s %s %s", created, f.ID, v.ID, f.DirectoryID)
	}
}

func (h *harness) environment(t *testing.T, name string) file.Environment {
	t.Helper()
	all, err := h.Environments(t.Context())
	must(t, err)
	for _, e := range all {
		if e.Name == name {
			return e
		}
	}
	t.Fatalf("no environment %s in %v", name, all)
	return file.Environment{}
}

func saveDeploysOnce(t *testing.T, h *harness) {
	first := h.save(t, prompt("p", "one"))
	second := h.save(t, prompt("p", "two"))
	equal(t, "environments", []file.Environment{}, second.Version.Environments)
	got, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{Path: "p"})
	must(t, err)
	equal(t, "deployed version", first.Version.ID, got.Version.ID)
	if !got.File.UpdatedAt.Equal(second.Version.CreatedAt) {
		t.Errorf("File updated at %v, its second version created at %v", got.File.UpdatedAt, second.Version.CreatedAt)
	}
}

func saveFindsVersion(t *testing.T, h *harness) {
	first := h.save(t, prompt("p", "one"))
	before := h.Moment()
	again, created, err := h.SaveVersion(t.Context(), prompt("p", "one"))
	must(t, err)
	equal(t, "snapshot", first, again)
	if created || !h.passed(before, 0) {
		t.Errorf("created %v, moments passed by %d", created, h.Moment()-before)
	}
}

// saveKeepsPast saves versions from elsewhere: no moment passes in which one was never used, or is there although it was deleted.
func saveKeepsPast(t *testing.T, h *harness) {
	for _, deleted := range []bool{false, true} {
		s := prompt("p", "deleted: "+strconv.FormatBool(deleted))
		s.Past = &file.Past{FileID: "pr_past", VersionID: "prv_" + strconv.FormatBool(deleted), CreatedAt: at(1), UpdatedAt: at(2), UsedAt: at(3), Deleted: deleted}
		before := h.lastEvent(t)
		h.save(t, s)
		equal(t, "events", 1, len(h.eventsAfter(t, before)))
		got, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{ID: "pr_past", VersionID: s.Past.VersionID})
		if deleted {
			is(t, err, errs.VersionNotFound)
			continue
		}
		must(t, err)
		v := got.Version
		equal(t, "times", []time.Time{at(1), at(2), at(3)}, []time.Time{v.CreatedAt, v.UpdatedAt, v.LastUsedAt})
	}
}

func saveByID(t *testing.T, h *harness) {
	first := h.save(t, prompt("a/p", "one"))
	s := prompt("", "two")
	s.ID = first.File.ID
	second := h.save(t, s)
	equal(t, "path", "a/p", second.File.Path)
	s = prompt("a/p", "three")
	s.ID = first.File.ID
	third := h.save(t, s)
	equal(t, "File", first.File.ID, third.File.ID)
}

func saveRefuses(t *testing.T, h *harness) {
	p := h.save(t, prompt("a/p", "one"))
	tool := h.save(t, saveOf(file.ToolKind, "a/t", "one"))
	try := func(kind file.Kind, id, path string) error {
		s := saveOf(kind, path, "two")
		s.ID = id
		_, _, err := h.SaveVersion(t.Context(), s)
		return err
	}
	says(t, try(file.PromptKind, "pr_unknown", ""), errs.PromptNotFound, "Prompt `pr_unknown` does not exist.")
	says(t, try(file.PromptKind, tool.File.ID, ""), errs.PromptNotFound, "Prompt `"+tool.File.ID+"` does not exist.")
	says(t, try(file.PromptKind, "", "a/t"), errs.AlreadyExists, "The path `a/t` is taken by the Tool `"+tool.File.ID+"`.")
	is(t, try(file.PromptKind, p.File.ID, "a/other"), errs.ValidationFailed)
	is(t, try(file.PromptKind, "", "a/\x00"), errs.ValidationFailed)
	is(t, try(file.PromptKind, "pr_\x00\xff", ""), errs.PromptNotFound)
	_, total, err := h.Files(t.Context(), store.FileFilter{})
	must(t, err)
	equal(t, "number of Files", 2, total)
}

func saveNamesVersions(t *testing.T, h *harness) {
	named := func(model, name, description string) (file.Snapshot, error) {
		s := prompt("p", model)
		s.VersionName, s.VersionDescription = name, description
		snap, _, err := h.SaveVersion(t.Context(), s)
		return snap, err
	}
	one, err := named("one", "blue", "d")
	must(t, err)
	_, err = named("two", "blue", "")
	says(t, err, errs.AlreadyExists, "Another version of this Prompt is named `blue` already.")
	two, err := named("two", "", "")
	must(t, err)
	_, err = named("two", "blue", "")
	is(t, err, errs.AlreadyExists)
	red, err := named("two", "red", "new")
	must(t, err)
	equal(t, "version", two.Version.ID, red.Version.ID)
	equal(t, "name and description", [2]string{"red", "new"}, [2]string{red.Version.Name, red.Version.Description})
	same, err := named("one", "", "")
	must(t, err)
	equal(t, "untouched version", one.Version, same.Version)
	_, err = named("two", "Red", "")
	must(t, err) // case counts, and so does renaming
	_, err = named("two", "nul\x00", "")
	is(t, err, errs.ValidationFailed)
}

func saveDescribesFile(t *testing.T, h *harness) {
	s := prompt("p", "m")
	first := h.save(t, s)
	s.Description, s.Readme, s.Tags = new("beschrieben: ü\x00"), new("# Read"), new([]string{"a", "b"})
	got := h.save(t, s)
	equal(t, "about", []any{"beschrieben: ü\x00", "# Read", []string{"a", "b"}}, []any{got.File.Description, got.File.Readme, got.File.Tags})
	if !got.File.UpdatedAt.After(first.File.UpdatedAt) {
		t.Errorf("updated at %v, before it was %v", got.File.UpdatedAt, first.File.UpdatedAt)
	}
	before := h.Moment()
	equal(t, "the same again", got, h.save(t, s))
	s.Description, s.Readme, s.Tags = nil, nil, nil
	equal(t, "nothing said", got, h.save(t, s))
	equal(t, "no change", true, h.passed(before, 0))
	s.Tags = &[]string{}
	equal(t, "tags", []string{}, h.save(t, s).File.Tags)
}

func saveKeepsContent(t *testing.T, h *harness) {
	s := prompt("p", "m")
	s.Content = []byte(`{"text":"\u0000 ü 😀 \ud800","n":123456789012345678901234567890.5,"nested":` + nested(3000) + `}`)
	snap := h.save(t, s)
	got, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{ID: snap.File.ID, VersionID: snap.Version.ID})
	must(t, err)
	equal(t, "content", string(s.Content), string(got.Version.Content))
}

func saveMakesDirectories(t *testing.T, h *harness) {
	one := h.save(t, prompt("a/b/one", "m"))
	two := h.save(t, prompt("a/b/two", "m"))
	three := h.save(t, prompt("a/three", "m"))
	root := h.save(t, prompt("root", "m"))
	equal(t, "same directory", one.File.DirectoryID, two.File.DirectoryID)
	top, err := h.DirectoryByID(t.Context(), store.RootDirectory)
	must(t, err)
	equal(t, "root", top.ID, root.File.DirectoryID)
	if three.File.DirectoryID == one.File.DirectoryID || three.File.DirectoryID == "" {
		t.Errorf("directory of a/three is %q", three.File.DirectoryID)
	}
}

// atOnce runs f n times at the same time.
func atOnce(n int, f func(i int)) {
	var group sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		group.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	group.Wait()
}

func saveSameAtOnce(t *testing.T, h *harness) {
	var created atomic.Int32
	versions := make([]string, 16)
	atOnce(len(versions), func(i int) {
		snap, isNew, err := h.SaveVersion(t.Context(), prompt("deep/down/p", "m"))
		if err != nil {
			t.Error(err)
		}
		if isNew {
			created.Add(1)
		}
		versions[i] = snap.Version.ID
	})
	for _, v := range versions {
		equal(t, "version", versions[0], v)
	}
	equal(t, "times created", 1, created.Load())
}

func saveDifferentAtOnce(t *testing.T, h *harness) {
	atOnce(16, func(i int) {
		if _, created, err := h.SaveVersion(t.Context(), prompt("deep/down/p", itoa(i))); err != nil || !created {
			t.Errorf("created %v, %v", created, err)
		}
	})
	one, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{Path: "deep/down/p"})
	must(t, err)
	all, err := h.Versions(t.Context(), file.PromptKind, one.File.ID)
	must(t, err)
	deployed := 0
	for _, v := range all {
		deployed += len(v.Version.Environments)
	}
	equal(t, "versions and deployments", [2]int{16, 1}, [2]int{len(all), deployed})
}

func pathsDifferByCase(t *testing.T, h *harness) {
	lower, upper := h.save(t, prompt("dir/p", "m")), h.save(t, prompt("Dir/P", "m"))
	if lower.File.ID == upper.File.ID || lower.File.DirectoryID == upper.File.DirectoryID {
		t.Error("paths that differ by case name the same")
	}
	_, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{Path: "DIR/p"})
	is(t, err, errs.PromptNotFound)
	_, err = h.Snapshot(t.Context(), file.PromptKind, file.Ref{Path: "dir/p", Environment: "Production"})
	is(t, err, errs.EnvironmentNotFound)
}

func snapshotFinds(t *testing.T, h *harness) {
	one, two := h.save(t, prompt("a/p", "one")), h.save(t, prompt("a/p", "two"))
	id := one.File.ID
	for _, c := range []struct {
		target file.Ref
		want   string
	}{
		{file.Ref{ID: id}, one.Version.ID},
		{file.Ref{Path: "a/p"}, one.Version.ID},
		{file.Ref{ID: id, Path: "elsewhere"}, one.Version.ID},
		{file.Ref{ID: id, VersionID: two.Version.ID}, two.Version.ID},
		{file.Ref{Path: "a/p", VersionID: two.Version.ID}, two.Version.ID},
		{file.Ref{ID: id, Environment: "production"}, one.Version.ID},
		{file.Ref{ID: id, VersionID: two.Version.ID, Environment: "production"}, two.Version.ID},
	} {
		got, err := h.Snapshot(t.Context(), file.PromptKind, c.target)
		must(t, err)
		if got.Version.ID != c.want {
			t.Errorf("%+v names %s, want %s", c.target, got.Version.ID, c.want)
		}
	}
}

func snapshotRefuses(t *testing.T, h *harness) {
	p, other := h.save(t, prompt("a/p", "m")), h.save(t, prompt("a/other", "m"))
	id := p.File.ID
	for _, c := range []struct {
		kind    file.Kind
		target  file.Ref
		reason  errs.Reason
		message string
	}{
		{file.PromptKind, file.Ref{ID: "pr_x"}, errs.PromptNotFound, "Prompt `pr_x` does not exist."},
		{file.PromptKind, file.Ref{Path: "a"}, errs.PromptNotFound, "Prompt `a` does not exist."},
		{file.PromptKind, file.Ref{}, errs.PromptNotFound, "Prompt `` does not exist."},
		{file.ToolKind, file.Ref{ID: id}, errs.ToolNotFound, "Tool `" + id + "` does not exist."},
		{file.EvaluatorKind, file.Ref{Path: "a/p"}, errs.EvaluatorNotFound, "Evaluator `a/p` does not exist."},
		{file.PromptKind, file.Ref{ID: id, VersionID: "prv_x"}, errs.VersionNotFound, "Version `prv_x` of Prompt `" + id + "` does not exist."},
		{
			file.PromptKind, file.Ref{ID: id, VersionID: other.Version.ID}, errs.VersionNotFound,
			"Version `" + other.Version.ID + "` of Prompt `" + id + "` does not exist.",
		},
		{file.PromptKind, file.Ref{ID: id, Environment: "mars"}, errs.EnvironmentNotFound, "Environment `mars` does not exist."},
		{file.PromptKind, file.Ref{ID: id, Environment: "nul\x00"}, errs.EnvironmentNotFound, "Environment `nul\x00` does not exist."},
		{
			file.PromptKind, file.Ref{Path: "a/p", Environment: "staging"}, errs.VersionNotFound,
			"No version of Prompt `a/p` is deployed to environment `staging`.",
		},
	} {
		_, err := h.Snapshot(t.Context(), c.kind, c.target)
		says(t, err, c.reason, c.message)
	}
}

func versionsNewestFirst(t *testing.T, h *harness) {
	var want []string
	var id string
	for i := range 5 {
		snap := h.save(t, prompt("p", itoa(i)))
		id, want = snap.File.ID, append([]string{snap.Version.ID}, want...)
	}
	h.save(t, prompt("q", "other"))
	list, err := h.Versions(t.Context(), file.PromptKind, id)
	must(t, err)
	var got []string
	for _, s := range list {
		got = append(got, s.Version.ID)
	}
	equal(t, "versions", want, got)
	_, err = h.Versions(t.Context(), file.PromptKind, "pr_x")
	is(t, err, errs.PromptNotFound)
	_, err = h.Versions(t.Context(), file.ToolKind, id)
	is(t, err, errs.ToolNotFound)
}

func deleteFreesPath(t *testing.T, h *harness) {
	old := h.save(t, prompt("a/p", "m"))
	is(t, h.DeleteFile(t.Context(), file.ToolKind, old.File.ID), errs.ToolNotFound)
	must(t, h.DeleteFile(t.Context(), file.PromptKind, old.File.ID))
	is(t, h.DeleteFile(t.Context(), file.PromptKind, old.File.ID), errs.PromptNotFound)
	_, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{ID: old.File.ID})
	is(t, err, errs.PromptNotFound)
	_, err = h.Versions(t.Context(), file.PromptKind, old.File.ID)
	is(t, err, errs.PromptNotFound)
	again := h.save(t, saveOf(file.ToolKind, "a/p", "m"))
	if again.File.ID == old.File.ID {
		t.Error("a deleted File came back")
	}
	_, total, err := h.Files(t.Context(), store.FileFilter{})
	must(t, err)
	equal(t, "Files", 1, total)
}

func deleteKeepsLogs(t *testing.T, h *harness) {
	p := h.save(t, prompt("a/p", "m"))
	l := h.append(t, logOf(&p, newLogID()))
	must(t, h.DeleteFile(t.Context(), file.PromptKind, p.File.ID))
	got, err := h.Log(t.Context(), l.ID)
	must(t, err)
	equal(t, "Log", l, got)
	versions, err := h.VersionsByID(t.Context(), []string{got.VersionID, "prv_unknown", "nul\x00"})
	must(t, err)
	equal(t, "number of versions", 1, len(versions))
	equal(t, "path", "a/p", versions[got.VersionID].File.Path)
	h.append(t, logOf(&p, newLogID())) // of a call that had begun
}

// changesHaveTopics makes each kind of change and asks for every topic. Fault D3.
func changesHaveTopics(t *testing.T, h *harness) {
	a, b := h.save(t, prompt("a", "m")), h.save(t, prompt("b", "m"))
	tool := h.save(t, saveOf(file.ToolKind, "t", "m"))
	second := h.save(t, prompt("a", "n"))
	about := func(err error, from uint64) string {
		must(t, err)
		var out []string
		for name, topic := range map[string]store.Topic{
			"a": store.FileTopic(a.File.ID), "b": store.FileTopic(b.File.ID), "tool": store.FileTopic(tool.File.ID),
			"files": store.Files, "keys": store.Keys, "secrets": store.Secrets,
		} {
			if h.Since(from, topic) {
				out = append(out, name)
			}
		}
		slices.Sort(out)
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		name, want string
		do         func() error
	}{
		{"nothing", "", func() error { return nil }},
		{"version", "a", func() error { _, _, err := h.SaveVersion(t.Context(), prompt("a", "o")); return err }},
		{"new File", "", func() error { _, _, err := h.SaveVersion(t.Context(), prompt("d/new", "o")); return err }},
		{"deployment", "a", func() error { h.deploy(t, &second, "production"); return nil }},
		{"move", "b", func() error {
			_, err := h.MoveFile(t.Context(), file.PromptKind, b.File.ID, store.Move{Path: new("e/b")})
			return err
		}},
		{"move of a directory", "files", func() error {
			d := h.directory(t, "e")
			_, _, err := h.MoveDirectory(t.Context(), d.ID, store.Move{Path: new("f")})
			return err
		}},
		{"key", "keys", func() error {
			return h.CreateKey(t.Context(), auth.APIKey{ID: "key_1", Role: auth.Member, Hash: "hash"})
		}},
		{"revocation", "keys", func() error { return h.RevokeKey(t.Context(), "key_1") }},
		{"provider key", "secrets", func() error { h.saveKey(t, store.ProviderKey{Provider: "openai", Sealed: []byte("s")}); return nil }},
		{"variable", "secrets tool", func() error {
			_, err := h.PutToolVariables(t.Context(), tool.File.ID, []store.ToolVariable{{Name: "n", Sealed: []byte("s")}})
			return err
		}},
		{"deletion", "secrets tool", func() error { return h.DeleteFile(t.Context(), file.ToolKind, tool.File.ID) }},
	} {
		from := h.Moment()
		if got := about(c.do(), from); !h.Since(from) {
			equal(t, c.name, c.want, got)
		}
	}
}

func momentsCount(t *testing.T, h *harness) {
	last := h.Moment()
	moved := func(what string, want bool) {
		t.Helper()
		if now := h.Moment(); (now != last) != want && !h.Since(last) {
			t.Errorf("%s: the moment went from %d to %d", what, last, now)
		}
		last = h.Moment()
	}
	p := h.save(t, prompt("p", "m"))
	moved("new File", true)
	h.save(t, prompt("p", "n"))
	moved("new version", true)
	h.append(t, logOf(&p, ids.New(ids.Log, epoch)))
	moved("Log", false)
	must(t, h.DeleteFile(t.Context(), file.PromptKind, p.File.ID))
	moved("deletion", true)
	is(t, h.DeleteFile(t.Context(), file.PromptKind, p.File.ID), errs.PromptNotFound)
	moved("failure", false)
}
