package storetest

import (
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

var deployments = map[string]func(*testing.T, *harness){
	"Deploy replaces what an environment uses":           deployReplaces,
	"Deploy says what does not exist":                    deployRefuses,
	"Undeploy leaves the newest version as the default":  undeploys,
	"Deployments are listed by environment":              deploymentsListed,
	"DescribeVersion names, describes and clears":        describes,
	"DescribeVersion refuses":                            describeRefuses,
	"DeleteVersion refuses what is needed":               deleteVersionRefuses,
	"DeleteVersion keeps Logs":                           deleteVersionKeepsLogs,
	"DeleteVersion hides the version":                    deleteVersionHides,
	"A deleted version comes back with the same content": deletedVersionComesBack,
	"Snapshot by path finds Files of all kinds":          fileByPath,
	"Changes of versions and deployments are changes":    versionChangesCount,
}

// deploy deploys the version of s to the environment of this name.
func (h *harness) deploy(t *testing.T, s *file.Snapshot, environment string) file.Snapshot {
	t.Helper()
	got, err := h.Deploy(t.Context(), s.File.Kind, s.File.ID, h.environment(t, environment).ID, s.Version.ID, store.Terms{})
	must(t, err)
	return got
}

// current reads the version that s's File stands for.
func (h *harness) current(t *testing.T, s *file.Snapshot) file.Snapshot {
	t.Helper()
	got, err := h.Snapshot(t.Context(), s.File.Kind, file.Ref{ID: s.File.ID})
	must(t, err)
	return got
}

func environmentNames(s *file.Snapshot) string {
	names := ""
	for _, e := range s.Version.Environments {
		names += e.Name + " "
	}
	return names
}

func deployReplaces(t *testing.T, h *harness) {
	one, two := h.save(t, prompt("p", "one")), h.save(t, prompt("p", "two"))
	got := h.deploy(t, &two, "staging")
	equal(t, "version", two.Version.ID, got.Version.ID)
	got = h.deploy(t, &two, "production")
	equal(t, "environments of the second", "production staging ", environmentNames(&got))
	equal(t, "File stands for", two.Version.ID, h.current(t, &one).Version.ID)
	all, err := h.Versions(t.Context(), file.PromptKind, one.File.ID)
	must(t, err)
	equal(t, "environments of the first", "", environmentNames(&all[1]))
	equal(t, "File", one.File.CreatedAt, all[0].File.CreatedAt)
	equal(t, "File updated at", two.File.UpdatedAt, all[0].File.UpdatedAt)
}

func deployRefuses(t *testing.T, h *harness) {
	p, other := h.save(t, prompt("p", "m")), h.save(t, prompt("q", "m"))
	staging := h.environment(t, "staging").ID
	for _, c := range []struct {
		kind                       file.Kind
		file, environment, version string
		reason                     errs.Reason
		message                    string
	}{
		{file.PromptKind, "pr_x", staging, p.Version.ID, errs.PromptNotFound, "Prompt `pr_x` does not exist."},
		{file.ToolKind, p.File.ID, staging, p.Version.ID, errs.ToolNotFound, "Tool `" + p.File.ID + "` does not exist."},
		{file.PromptKind, p.File.ID, "env_\x00", p.Version.ID, errs.EnvironmentNotFound, "Environment `env_\x00` does not exist."},
		{file.PromptKind, p.File.ID, "staging", p.Version.ID, errs.EnvironmentNotFound, "Environment `staging` does not exist."},
		{
			file.PromptKind, p.File.ID, staging, other.Version.ID, errs.VersionNotFound,
			"Version `" + other.Version.ID + "` of Prompt `" + p.File.ID + "` does not exist.",
		},
	} {
		_, err := h.Deploy(t.Context(), c.kind, c.file, c.environment, c.version, store.Terms{})
		says(t, err, c.reason, c.message)
	}
	is(t, h.Undeploy(t.Context(), file.PromptKind, "pr_x", staging, store.Terms{}), errs.PromptNotFound)
	is(t, h.Undeploy(t.Context(), file.PromptKind, p.File.ID, "env_x", store.Terms{}), errs.EnvironmentNotFound)
	_, err := h.Deployments(t.Context(), file.ToolKind, p.File.ID)
	is(t, err, errs.ToolNotFound)
	equal(t, "untouched", p, h.current(t, &p))
}

func undeploys(t *testing.T, h *harness) {
	one, two := h.save(t, prompt("p", "one")), h.save(t, prompt("p", "two"))
	production := h.environment(t, "production").ID
	must(t, h.Undeploy(t.Context(), file.PromptKind, one.File.ID, production, store.Terms{}))
	must(t, h.Undeploy(t.Context(), file.PromptKind, one.File.ID, production, store.Terms{}))
	got := h.current(t, &one)
	equal(t, "File stands for", two.Version.ID, got.Version.ID)
	_, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{Path: "p", Environment: "production"})
	says(t, err, errs.VersionNotFound, "No version of Prompt `p` is deployed to environment `production`.")
	of, err := h.Deployments(t.Context(), file.PromptKind, one.File.ID)
	must(t, err)
	equal(t, "deployments", map[string]file.Snapshot{}, of)
}

func deploymentsListed(t *testing.T, h *harness) {
	one, two := h.save(t, prompt("p", "one")), h.save(t, prompt("p", "two"))
	h.save(t, prompt("q", "other"))
	h.deploy(t, &two, "staging")
	two = h.deploy(t, &two, "development")
	of, err := h.Deployments(t.Context(), file.PromptKind, one.File.ID)
	must(t, err)
	want := map[string]file.Snapshot{
		h.environment(t, "production").ID: h.current(t, &one), h.environment(t, "staging").ID: two, h.environment(t, "development").ID: two,
	}
	equal(t, "deployments", want, of)
}

func describes(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	describe := func(name, description *string) file.Snapshot {
		t.Helper()
		got, err := h.DescribeVersion(t.Context(), file.PromptKind, p.File.ID, p.Version.ID, name, description)
		must(t, err)
		return got
	}
	got := describe(new("blue"), new("ü\x00"))
	want := p
	want.Version.Name, want.Version.Description = "blue", "ü\x00"
	want.Version.UpdatedAt, want.File.UpdatedAt = got.Version.UpdatedAt, got.Version.UpdatedAt
	equal(t, "described", want, got)
	if !got.Version.UpdatedAt.After(p.Version.UpdatedAt) {
		t.Errorf("updated at %v, before it was %v", got.Version.UpdatedAt, p.Version.UpdatedAt)
	}
	before := h.Moment()
	equal(t, "nothing said", got, describe(nil, nil))
	equal(t, "the same said", got, describe(new("blue"), nil))
	equal(t, "no change", true, h.passed(before, 0))
	got = describe(new(""), nil)
	equal(t, "cleared", [2]string{"", "ü\x00"}, [2]string{got.Version.Name, got.Version.Description})
}

func describeRefuses(t *testing.T, h *harness) {
	s := prompt("p", "one")
	s.VersionName = "blue"
	h.save(t, s)
	two, other := h.save(t, prompt("p", "two")), h.save(t, prompt("q", "m"))
	describe := func(versionID, name string) error {
		_, err := h.DescribeVersion(t.Context(), file.PromptKind, two.File.ID, versionID, &name, nil)
		return err
	}
	says(t, describe(two.Version.ID, "blue"), errs.AlreadyExists, "Another version of this Prompt is named `blue` already.")
	is(t, describe(two.Version.ID, "nul\x00"), errs.ValidationFailed)
	is(t, describe(other.Version.ID, "red"), errs.VersionNotFound)
	_, err := h.DescribeVersion(t.Context(), file.PromptKind, "pr_x", two.Version.ID, nil, nil)
	is(t, err, errs.PromptNotFound)
	must(t, describe(two.Version.ID, "Blue"))
}

func deleteVersionRefuses(t *testing.T, h *harness) {
	one, two := h.save(t, prompt("p", "one")), h.save(t, prompt("p", "two"))
	remove := func(versionID string) error {
		return h.DeleteVersion(t.Context(), file.PromptKind, one.File.ID, versionID)
	}
	says(t, remove(one.Version.ID), errs.InUse,
		"Version `"+one.Version.ID+"` is deployed to environment `production`: deploy another one there, or remove the deployment.")
	other := h.save(t, prompt("q", "m"))
	is(t, remove(other.Version.ID), errs.VersionNotFound)
	is(t, h.DeleteVersion(t.Context(), file.ToolKind, one.File.ID, two.Version.ID), errs.ToolNotFound)
	must(t, remove(two.Version.ID))
	is(t, remove(two.Version.ID), errs.VersionNotFound)
	must(t, h.Undeploy(t.Context(), file.PromptKind, one.File.ID, h.environment(t, "production").ID, store.Terms{}))
	says(t, remove(one.Version.ID), errs.InUse,
		"Version `"+one.Version.ID+"` is the last of Prompt `"+one.File.ID+"`: delete the Prompt instead.")
}

func deleteVersionKeepsLogs(t *testing.T, h *harness) {
	h.save(t, prompt("p", "one"))
	two := h.save(t, prompt("p", "two"))
	l := h.append(t, logOf(&two, "1"))
	must(t, h.DeleteVersion(t.Context(), file.PromptKind, two.File.ID, two.Version.ID))
	got, err := h.Log(t.Context(), "1")
	must(t, err)
	equal(t, "Log", l, got)
	of, err := h.VersionsByID(t.Context(), []string{two.Version.ID})
	must(t, err)
	equal(t, "content", string(two.Version.Content), string(of[two.Version.ID].Version.Content))
	h.append(t, logOf(&two, "2")) // of a call that had begun
	equal(t, "Logs of the File", 2, h.current(t, &two).File.LogsCount)
}

func deleteVersionHides(t *testing.T, h *harness) {
	s := prompt("p", "one")
	one := h.save(t, s)
	s = prompt("p", "two")
	s.VersionName = "blue"
	two := h.save(t, s)
	must(t, h.DeleteVersion(t.Context(), file.PromptKind, one.File.ID, two.Version.ID))
	target := file.Ref{ID: one.File.ID, VersionID: two.Version.ID}
	_, err := h.Snapshot(t.Context(), file.PromptKind, target)
	is(t, err, errs.VersionNotFound)
	_, err = h.Deploy(t.Context(), file.PromptKind, one.File.ID, h.environment(t, "staging").ID, two.Version.ID, store.Terms{})
	is(t, err, errs.VersionNotFound)
	all, err := h.Versions(t.Context(), file.PromptKind, one.File.ID)
	must(t, err)
	equal(t, "number of versions", 1, len(all))
	must(t, h.Undeploy(t.Context(), file.PromptKind, one.File.ID, h.environment(t, "production").ID, store.Terms{}))
	equal(t, "File stands for", one.Version.ID, h.current(t, &one).Version.ID)
	s.Content, s.Hash = prompt("p", "three").Content, prompt("p", "three").Hash
	h.save(t, s) // the name is free
}

func deletedVersionComesBack(t *testing.T, h *harness) {
	one := h.save(t, prompt("p", "one"))
	s := prompt("p", "two")
	s.VersionName, s.VersionDescription = "blue", "d"
	two := h.save(t, s)
	h.append(t, logOf(&two, "1"))
	must(t, h.DeleteVersion(t.Context(), file.PromptKind, one.File.ID, two.Version.ID))
	back, created, err := h.SaveVersion(t.Context(), prompt("p", "two"))
	must(t, err)
	if !created {
		t.Error("a version that comes back is not told as made")
	}
	want := two
	want.Version.Name, want.Version.Description, want.Version.LogsCount, want.File.LogsCount = "", "", 1, 1
	want.Version.UpdatedAt, want.File.UpdatedAt = back.Version.UpdatedAt, back.Version.UpdatedAt
	want.Version.LastUsedAt, want.File.LastUsedAt = back.Version.LastUsedAt, back.Version.LastUsedAt
	equal(t, "version", want, back)
	if !back.File.UpdatedAt.After(two.File.UpdatedAt) {
		t.Errorf("File updated at %v, before it was %v", back.File.UpdatedAt, two.File.UpdatedAt)
	}
}

func fileByPath(t *testing.T, h *harness) {
	p, tool := h.save(t, prompt("a/p", "one")), h.save(t, saveOf(file.ToolKind, "a/t", "m"))
	two := h.save(t, prompt("a/p", "two"))
	two = h.deploy(t, &two, "staging")
	for _, c := range []struct {
		path, environment string
		want              file.Snapshot
	}{
		{"a/p", "", h.current(t, &p)},
		{"a/p", "staging", two},
		{"a/t", "production", tool},
	} {
		got, err := h.Snapshot(t.Context(), "", file.Ref{Path: c.path, Environment: c.environment})
		must(t, err)
		equal(t, c.path, c.want, got)
	}
	_, err := h.Snapshot(t.Context(), "", file.Ref{Path: "a"})
	says(t, err, errs.FileNotFound, "File `a` does not exist.")
	_, err = h.Snapshot(t.Context(), "", file.Ref{Path: "a/t", Environment: "staging"})
	says(t, err, errs.VersionNotFound, "No version of File `a/t` is deployed to environment `staging`.")
	_, err = h.Snapshot(t.Context(), "", file.Ref{Path: "a/t", Environment: "mars"})
	says(t, err, errs.EnvironmentNotFound, "Environment `mars` does not exist.")
}

func versionChangesCount(t *testing.T, h *harness) {
	h.save(t, prompt("p", "one"))
	two := h.save(t, prompt("p", "two"))
	staging := h.environment(t, "staging").ID
	deploy := func() error {
		_, err := h.Deploy(t.Context(), file.PromptKind, two.File.ID, staging, two.Version.ID, store.Terms{})
		return err
	}
	undeploy := func() error { return h.Undeploy(t.Context(), file.PromptKind, two.File.ID, staging, store.Terms{}) }
	remove := func() error { return h.DeleteVersion(t.Context(), file.PromptKind, two.File.ID, two.Version.ID) }
	for _, c := range []struct {
		name  string
		do    func() error
		moves bool
	}{
		{"deploy", deploy, true},
		{"deploy again", deploy, false},
		{"refused", func() error { is(t, remove(), errs.InUse); return nil }, false},
		{"undeploy", undeploy, true},
		{"undeploy again", undeploy, false},
		{"delete", remove, true},
	} {
		before := h.Moment()
		must(t, c.do())
		if moved := h.Moment() != before; moved != c.moves && !h.Since(before) {
			t.Errorf("%s: moments passed: %v", c.name, moved)
		}
	}
}
