package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

var browsing = map[string]func(*testing.T, *harness){
	"What changed is listed of all Files":                           changesListed,
	"Changes of keys and environments are listed":                   settingsListed,
	"A deployment is kept with who, when, what it replaced and why": deploymentsKept,
	"A deployment is refused when another version is there":         deploymentExpects,
	"Of deployments that expect the same one succeeds":              deploymentsExpectAtOnce,
	"A move that is only tried changes nothing":                     movesTried,
	"A version counts as saved once somebody saves it":              versionsSaved,
	"A File that must be new is refused where one is":               filesNew,
	"Files are listed without content":                              filesBrowsed,
	"Versions are listed in pages":                                  versionsBrowsed,
	"What uses a File is found":                                     usesFound,
	"Names and ids are found":                                       namesFound,
}

// asActor is the context of a request with a key.
func asActor(t *testing.T) context.Context { return auth.With(t.Context(), actor) }

// history is the changes of the deployments of a File, the newest first, in words.
func (h *harness) history(t *testing.T, f *file.Snapshot, p store.DeploymentPage) string {
	t.Helper()
	list, err := h.DeploymentChanges(t.Context(), f.File.ID, p)
	must(t, err)
	var out []string
	for _, c := range list {
		if c.At.Before(epoch) {
			t.Errorf("%+v", c)
		}
		out = append(out, fmt.Sprintf("%s %s>%s %s %q %v %v", c.Environment.Name, c.Replaced.Name, c.Version.Name, c.By, c.Comment, c.Forced, c.Current))
	}
	return strings.Join(out, "; ")
}

// named is a Prompt's version with a name.
func named(path, name string) store.Save {
	s := prompt(path, name)
	s.VersionName = name
	return s
}

func deploymentsKept(t *testing.T, h *harness) {
	one, two := h.save(t, named("p", "one")), h.save(t, named("p", "two"))
	staging := h.environment(t, "staging").ID
	deploy := func(v *file.Snapshot, environment string, terms store.Terms) file.Snapshot {
		got, err := h.Deploy(asActor(t), file.PromptKind, v.File.ID, environment, v.Version.ID, terms)
		must(t, err)
		return got
	}
	got := deploy(&two, staging, store.Terms{Comment: "to see\x00"})
	deploy(&two, staging, store.Terms{Comment: "is there"})
	at := got.Version.In(staging)
	if at.DeployedBy != actor.KeyID || !at.DeployedAt.After(two.Version.CreatedAt) {
		t.Errorf("deployed %+v", at)
	}
	deploy(&one, staging, store.Terms{Past: &store.Passage{Deployed: two.Version.ID, ForcedBy: actor.KeyID}})
	must(t, h.Undeploy(asActor(t), file.PromptKind, one.File.ID, staging, store.Terms{Comment: "no"}))
	all := `staging one> key_actor "no" false false; staging two>one key_actor "" true false; staging >two key_actor "to see\x00" false false; production >one  "" false true`
	equal(t, "history", all, h.history(t, &one, store.DeploymentPage{Size: 10}))
	equal(t, "history of production", `production >one  "" false true`, h.history(t, &one, store.DeploymentPage{Environment: "production", Size: 10}))
	first, err := h.DeploymentChanges(t.Context(), one.File.ID, store.DeploymentPage{Size: 2})
	must(t, err)
	equal(t, "next page", strings.SplitN(all, "; ", 3)[2], h.history(t, &one, store.DeploymentPage{Size: 10, Before: first[1].Seq}))
	_, err = h.DeploymentChanges(t.Context(), "pr_x", store.DeploymentPage{Size: 1})
	is(t, err, errs.FileNotFound)
}

func changesListed(t *testing.T, h *harness) {
	one := h.save(t, named("p", "one"))
	called, draft, described := prompt("p", "three"), prompt("p", "four"), named("q", "two")
	called.Inline, draft.Draft, described.VersionDescription = true, true, "better"
	h.save(t, called)
	h.save(t, draft)
	described.By = actor.KeyID
	two, _, err := h.SaveVersion(asActor(t), described)
	must(t, err)
	gone := h.save(t, prompt("gone", "m"))
	must(t, h.DeleteFile(t.Context(), file.PromptKind, gone.File.ID))
	staging := h.environment(t, "staging").ID
	_, err = h.Deploy(asActor(t), file.PromptKind, one.File.ID, staging, one.Version.ID, store.Terms{Comment: "to see"})
	must(t, err)
	must(t, h.Undeploy(t.Context(), file.PromptKind, one.File.ID, staging, store.Terms{}))

	words := func(from, to time.Time, limit int) string {
		list, err := h.Changes(t.Context(), from, to, limit)
		must(t, err)
		var out []string
		for _, c := range list {
			out = append(out, fmt.Sprintf("%s %s>%s %s %s %q %v", c.File.Path, c.Replaced.Name, c.Version.Name, c.Environment.Name, c.By, c.Note, c.Deployment))
		}
		return strings.Join(out, "; ")
	}
	later := epoch.Add(time.Hour)
	all := `p one> staging  "" true; p >one staging key_actor "to see" true; q >two production key_actor "" true; q >two  key_actor "better" false; ` +
		`p >one production  "" true; p >one   "" false`
	equal(t, "changes", all, words(epoch, later, 10))
	equal(t, "the newest", strings.Join(strings.SplitN(all, "; ", 3)[:2], "; "), words(epoch, later, 2))
	equal(t, "of a range", strings.Join(strings.Split(all, "; ")[4:], "; "), words(epoch, two.Version.CreatedAt, 10))
	equal(t, "from then on", strings.Join(strings.Split(all, "; ")[:4], "; "), words(two.Version.CreatedAt, later, 10))
}

func deploymentExpects(t *testing.T, h *harness) {
	one, two := h.save(t, named("p", "one")), h.save(t, prompt("p", "two"))
	production, staging := h.environment(t, "production").ID, h.environment(t, "staging").ID
	last := h.lastEvent(t)
	for _, c := range []struct {
		environment, expected, message, found string
	}{
		{production, two.Version.ID, "Version `one` is deployed to the environment `production` now.", one.Version.ID},
		{production, "", "Version `one` is deployed to the environment `production` now.", one.Version.ID},
		{staging, one.Version.ID, "No version is deployed to the environment `staging` now.", "none"},
	} {
		_, err := h.Deploy(t.Context(), file.PromptKind, one.File.ID, c.environment, two.Version.ID, store.Terms{Expected: &c.expected})
		says(t, err, errs.DeploymentChanged, c.message)
		equal(t, "found", c.found, errs.From(err).Violations[0].Found)
		says(t, h.Undeploy(t.Context(), file.PromptKind, one.File.ID, c.environment, store.Terms{Expected: &c.expected}), errs.DeploymentChanged, c.message)
	}
	equal(t, "events", nil, h.eventsAfter(t, last))
	equal(t, "history", `production >one  "" false true`, h.history(t, &one, store.DeploymentPage{Size: 10}))
	_, err := h.Deploy(t.Context(), file.PromptKind, one.File.ID, staging, two.Version.ID, store.Terms{Expected: new("")})
	must(t, err)
	_, err = h.Deploy(t.Context(), file.PromptKind, one.File.ID, staging, one.Version.ID, store.Terms{Expected: &two.Version.ID})
	must(t, err)
	must(t, h.Undeploy(t.Context(), file.PromptKind, one.File.ID, staging, store.Terms{Expected: &one.Version.ID}))
}

func deploymentsExpectAtOnce(t *testing.T, h *harness) {
	one := h.save(t, prompt("p", "one"))
	production := h.environment(t, "production").ID
	var next [4]file.Snapshot
	for i := range next {
		next[i] = h.save(t, prompt("p", itoa(i)))
	}
	var failed [len(next)]error
	atOnce(len(next), func(i int) {
		_, failed[i] = h.Deploy(t.Context(), file.PromptKind, one.File.ID, production, next[i].Version.ID, store.Terms{Expected: &one.Version.ID})
	})
	won := 0
	for i := range failed {
		if failed[i] == nil {
			won++
			equal(t, "current", next[i].Version.ID, h.current(t, &one).Version.ID)
		} else {
			is(t, failed[i], errs.DeploymentChanged)
		}
	}
	equal(t, "deployments that succeed", 1, won)
}

func movesTried(t *testing.T, h *harness) {
	p, other := h.save(t, prompt("a/b/p", "m")), h.save(t, prompt("a/q", "m"))
	a, b := h.directory(t, "a"), h.directory(t, "a/b")
	last := h.lastEvent(t)
	d, moved, err := h.MoveDirectory(t.Context(), a.ID, store.Move{Path: new("x/y"), DryRun: true})
	must(t, err)
	equal(t, "directory", "x/y", d.Path)
	equal(t, "moved", []store.Moved{
		{Type: "directory", ID: a.ID, From: "a", To: "x/y"}, {Type: "directory", ID: b.ID, From: "a/b", To: "x/y/b"},
		{Type: "prompt", ID: p.File.ID, From: "a/b/p", To: "x/y/b/p"}, {Type: "prompt", ID: other.File.ID, From: "a/q", To: "x/y/q"},
	}, moved)
	got, err := h.MoveFile(t.Context(), file.PromptKind, p.File.ID, store.Move{Path: new("z/p"), DryRun: true})
	must(t, err)
	equal(t, "File", "z/p", got.File.Path)
	_, err = h.MoveFile(t.Context(), file.PromptKind, p.File.ID, store.Move{Path: new("a/q"), DryRun: true})
	is(t, err, errs.AlreadyExists)
	equal(t, "directories", "/ a a/b", h.directoryPaths(t))
	equal(t, "place", "a/b/p", h.current(t, &p).File.Path)
	equal(t, "events", nil, h.eventsAfter(t, last))
}

func versionsSaved(t *testing.T, h *harness) {
	called := prompt("p", "m")
	called.Inline = true
	one := h.save(t, called)
	again := h.save(t, called)
	saved := h.save(t, prompt("p", "m"))
	after := h.save(t, called)
	equal(t, "saved", [4]bool{false, false, true, true}, [4]bool{one.Version.Saved, again.Version.Saved, saved.Version.Saved, after.Version.Saved})
}

func filesNew(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	for _, model := range []string{"m", "other"} {
		s := prompt("p", model)
		s.New = true
		_, _, err := h.SaveVersion(t.Context(), s)
		says(t, err, errs.AlreadyExists, "The path `p` is taken by the Prompt `"+p.File.ID+"`.")
	}
	s := prompt("q", "m")
	s.New = true
	h.save(t, s)
}

func filesBrowsed(t *testing.T, h *harness) {
	one, called := named("a/p", "one"), prompt("a/p", "three")
	one.By, one.Tags, one.Description, called.Inline = "key_1", &[]string{"t"}, new("about"), true
	first := h.save(t, one)
	second, _, err := h.SaveVersion(asActor(t), prompt("a/p", "two"))
	must(t, err)
	third := h.save(t, called)
	h.appendMany(t, &third, newLogID(), newLogID())
	gone := h.save(t, prompt("a/gone", "m"))
	must(t, h.DeleteFile(t.Context(), file.PromptKind, gone.File.ID))
	h.save(t, prompt("b", "m"))

	rows, err := h.FileRows(t.Context(), "/a/")
	must(t, err)
	f := &third.File
	production := h.environment(t, "production")
	production.DeployedAt, production.DeployedBy = first.Version.CreatedAt, "key_1"
	want := store.FileRow{
		File: file.File{ID: f.ID, Kind: f.Kind, Path: "a/p", DirectoryID: f.DirectoryID, Description: "about", Tags: []string{"t"}, CreatedAt: f.CreatedAt,
			UpdatedAt: f.UpdatedAt, CreatedBy: "key_1", LastUsedAt: rows[0].LastUsedAt, LogsCount: 2},
		VersionsCount: 3, Newest: second.Version.ID, Differs: true,
		Deployed: []store.Deployed{{Environment: production, VersionID: first.Version.ID, VersionName: "one"}},
	}
	equal(t, "rows", []store.FileRow{want}, rows)
	byID, err := h.FileRowByID(t.Context(), f.ID)
	must(t, err)
	equal(t, "row", want, byID)
	all, err := h.FileRows(t.Context(), "")
	must(t, err)
	equal(t, "all", 2, len(all))
	_, err = h.FileRows(t.Context(), "nope")
	is(t, err, errs.DirectoryNotFound)
	_, err = h.FileRowByID(t.Context(), gone.File.ID)
	is(t, err, errs.FileNotFound)
	h.deploy(t, &second, "production")
	byID, err = h.FileRowByID(t.Context(), f.ID)
	must(t, err)
	equal(t, "differs once the newest is deployed", false, byID.Differs)
}

func versionsBrowsed(t *testing.T, h *harness) {
	var snaps []file.Snapshot
	for i := range 5 {
		s := named("p", itoa(i))
		s.Inline = i == 3
		snaps = append(snaps, h.save(t, s))
	}
	must(t, h.DeleteVersion(t.Context(), file.PromptKind, snaps[1].File.ID, snaps[1].Version.ID))
	h.appendMany(t, &snaps[2], newLogID())
	list := func(p store.VersionPage) string {
		t.Helper()
		rows, total, err := h.VersionRows(t.Context(), snaps[0].File.ID, p)
		must(t, err)
		out := itoa(total) + ":"
		for _, r := range rows {
			out += fmt.Sprintf(" %s %d", r.Name, len(r.Deployed))
			equal(t, "used", r.LogsCount == 1, !r.LastUsedAt.IsZero())
		}
		return out
	}
	equal(t, "first page and one more", "4: 4 0 3 0 2 0", list(store.VersionPage{Size: 2}))
	equal(t, "next page", "4: 2 0 0 1", list(store.VersionPage{Size: 2, Before: snaps[3].Version.ID}))
	equal(t, "saved", "3: 4 0 2 0 0 1", list(store.VersionPage{Size: 9, Saved: new(true)}))
	equal(t, "made by calls", "1: 3 0", list(store.VersionPage{Size: 9, Saved: new(false)}))
	_, _, err := h.VersionRows(t.Context(), snaps[0].File.ID, store.VersionPage{Size: 9, Before: "prv_x"})
	is(t, err, errs.VersionNotFound)
	_, _, err = h.VersionRows(t.Context(), "pr_x", store.VersionPage{Size: 9})
	is(t, err, errs.FileNotFound)
}

// linking is a version of an Agent that links to a File.
func linking(path, fileID, model string) store.Save {
	content := json.Value(fmt.Sprintf(`{"model":%q,"tools":[{"type":"file","link":{"file_id":%q}}]}`, model, fileID))
	return store.Save{Kind: file.AgentKind, Path: path, Content: content, Hash: file.Hash(file.AgentKind, content)}
}

func usesFound(t *testing.T, h *harness) {
	p, e := h.save(t, prompt("p", "m")), h.evaluator(t, "e", "m")
	d, _, err := h.SaveDataset(t.Context(), store.DatasetSave{Save: store.Save{Path: "d"}, Action: file.SetDatapoints})
	must(t, err)
	h.save(t, linking("a/now", p.File.ID, "1"))
	now := h.save(t, linking("a/now", p.File.ID, "2"))
	was := h.save(t, linking("a/was", p.File.ID, "1"))
	next := h.save(t, saveOf(file.AgentKind, "a/was", "2"))
	h.deploy(t, &next, "production")
	h.monitor(t, &p, []file.Ref{byVersion(&e)}, nil)
	must(t, h.SetGate(t.Context(), file.PromptKind, p.File.ID, h.environment(t, "staging").ID, json.Value(fmt.Sprintf(`{"dataset":%q}`, d.File.ID))))
	evaluation := &judgment.Evaluation{FileID: p.File.ID, Name: "n", Evaluators: []judgment.Evaluator{{VersionID: e.Version.ID}}}
	must(t, h.CreateEvaluation(t.Context(), evaluation))
	_, err = h.CreateRun(t.Context(), evaluation.ID, store.NewRun{VersionID: p.Version.ID, DatasetVersionID: d.Version.ID})
	must(t, err)

	name := func(s *file.Snapshot) store.FileName {
		return store.FileName{ID: s.File.ID, Kind: s.File.Kind, Path: s.File.Path}
	}
	for what, c := range map[string]struct {
		of   *file.Snapshot
		want store.Uses
	}{
		"Prompt": {&p, store.Uses{
			Links:       []store.Link{{FileName: name(&now), Versions: 2, Current: true}, {FileName: name(&was), Versions: 1}},
			Evaluations: []store.EvaluationUse{{ID: evaluation.ID, Name: "n", FileID: p.File.ID, As: "subject"}},
		}},
		"Evaluator": {&e, store.Uses{
			Monitored:   []store.FileName{name(&p)},
			Evaluations: []store.EvaluationUse{{ID: evaluation.ID, Name: "n", FileID: p.File.ID, As: "evaluator"}},
		}},
		"Dataset": {&d, store.Uses{
			Gated:       []store.FileName{name(&p)},
			Evaluations: []store.EvaluationUse{{ID: evaluation.ID, Name: "n", FileID: p.File.ID, As: "dataset"}},
		}},
		"Agent": {&now, store.Uses{}},
	} {
		got, err := h.UsesOf(t.Context(), c.of.File.ID)
		must(t, err)
		equal(t, what, c.want, got)
	}
	_, err = h.UsesOf(t.Context(), "pr_x")
	is(t, err, errs.FileNotFound)
}

func namesFound(t *testing.T, h *harness) {
	s := named("p", "one")
	s.VersionDescription = "about it"
	one, two := h.save(t, s), h.save(t, prompt("p", "two"))
	log := newLogID()
	h.appendMany(t, &one, log)
	e := &judgment.Evaluation{FileID: one.File.ID, Name: "nightly"}
	must(t, h.CreateEvaluation(t.Context(), e))
	run, err := h.CreateRun(t.Context(), e.ID, store.NewRun{VersionID: two.Version.ID})
	must(t, err)
	p := store.FileName{ID: one.File.ID, Kind: file.PromptKind, Path: "p"}

	files, err := h.FileNames(t.Context())
	must(t, err)
	equal(t, "Files", []store.FileName{p}, files)
	withNames, err := h.VersionsNamed(t.Context())
	must(t, err)
	words := store.VersionWords{Description: "about it", File: p}
	words.ID, words.Name = one.Version.ID, "one"
	equal(t, "versions with names", []store.VersionWords{words}, withNames)
	id, err := h.VersionNamed(t.Context(), one.File.ID, "one")
	must(t, err)
	equal(t, "version by name", one.Version.ID, id)
	_, err = h.VersionNamed(t.Context(), one.File.ID, "two")
	is(t, err, errs.VersionNotFound)
	byID, err := h.VersionsWithID(t.Context(), two.Version.ID[:len(two.Version.ID)-1], 5)
	must(t, err)
	unnamed := store.VersionWords{File: p}
	unnamed.ID = two.Version.ID
	equal(t, "versions by id", []store.VersionWords{unnamed}, byID)
	logs, err := h.LogsWithID(t.Context(), log, 5)
	must(t, err)
	equal(t, "Logs", []store.Named{{ID: log, File: p}}, logs)
	evaluations, err := h.EvaluationNames(t.Context())
	must(t, err)
	equal(t, "Evaluations", []store.Named{{ID: e.ID, Name: "nightly", File: p}}, evaluations)
	runs, err := h.RunsWithID(t.Context(), run.ID, 5)
	must(t, err)
	equal(t, "Runs", []store.Named{{ID: run.ID, File: p, EvaluationID: e.ID}}, runs)

	before := h.Moment()
	equal(t, "changed", false, h.Since(before, store.AnyFile) && !h.Since(before))
	h.save(t, prompt("p", "three"))
	equal(t, "changed", true, h.Since(before, store.AnyFile))
}

func settingsListed(t *testing.T, h *harness) {
	must(t, h.CreateKey(asActor(t), auth.APIKey{ID: "key_1", Name: "n", Role: auth.Member, Hash: "h", CreatedAt: epoch}))
	must(t, h.CreateLink(t.Context(), "l", "key_1"))
	must(t, err2(h.SaveProviderKey(t.Context(), store.ProviderKey{Provider: "openai", Sealed: []byte("k")})))
	h.save(t, prompt("p", "1"))
	e, err := h.CreateEnvironment(asActor(t), "qa")
	must(t, err)
	must(t, err2(h.RenameEnvironment(t.Context(), e.ID, "quality")))
	h.saveAlias(t, aliasOf("fast"))
	later := epoch.Add(time.Hour)
	list, err := h.SettingChanges(t.Context(), epoch, later, 4)
	must(t, err)
	want := []store.SettingChange{
		{Operation: "SaveAlias", Kind: sqldb.AliasKind, ID: "fast", By: actor.KeyID},
		{Operation: "RenameEnvironment", Kind: sqldb.EnvironmentKind, ID: e.ID, Name: "quality"},
		{Operation: "CreateEnvironment", Kind: sqldb.EnvironmentKind, ID: e.ID, Name: "quality", By: actor.KeyID},
		{Operation: "SaveProviderKey", Kind: sqldb.ProviderKeyKind, ID: "openai"},
	}
	if d := cmp.Diff(want, list, cmpopts.IgnoreFields(store.SettingChange{}, "At")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	before, err := h.SettingChanges(t.Context(), epoch, list[3].At, 10)
	must(t, err)
	if len(before) != 1 || before[0].Operation != "CreateKey" || before[0].By != actor.KeyID {
		t.Errorf("before: %+v", before)
	}
}
