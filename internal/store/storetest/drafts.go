package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

var drafts = map[string]func(*testing.T, *harness){
	"A draft is in no list and no default":          draftsHide,
	"A draft is made once and changes nothing else": draftsAreQuiet,
	"A draft of what exists is what exists":         draftsOfVersions,
	"A draft is saved by its content":               draftsAreSaved,
	"A draft is saved when it is deployed":          draftsAreDeployed,
	"A draft is saved when it is described":         draftsAreDescribed,
	"A draft makes no File":                         draftsMakeNoFile,
	"The last version that is no draft stays":       draftsAreNoRest,
	"Drafts that no Log uses go after a week":       draftsGo,
}

// draft asks for a draft of a Prompt whose content is the model alone.
func draft(path, model string) store.Save {
	s := prompt(path, model)
	s.Draft = true
	return s
}

// listed are the models of the listed versions of a File, newest first.
func (h *harness) listed(t *testing.T, fileID string) []string {
	t.Helper()
	snaps, err := h.Versions(t.Context(), file.PromptKind, fileID)
	must(t, err)
	var models []string
	for i := range snaps {
		models = append(models, string(snaps[i].Version.Content))
	}
	return models
}

func draftsHide(t *testing.T, h *harness) {
	saved := h.save(t, prompt("p", "1"))
	must(t, h.Undeploy(t.Context(), file.PromptKind, saved.File.ID, saved.Version.Environments[0].ID, store.Terms{}))
	tried := h.save(t, draft("p", "2"))
	if !tried.Version.Draft || tried.File.ID != saved.File.ID || len(tried.Version.Environments) > 0 {
		t.Errorf("the draft is %+v", tried)
	}
	if d := cmp.Diff([]string{`{"model":"1"}`}, h.listed(t, saved.File.ID)); d != "" {
		t.Errorf("listed (-want +got):\n%s", d)
	}
	whole, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{Path: "p"})
	must(t, err)
	list, total, err := h.Files(t.Context(), store.FileFilter{Page: page(1, 10)})
	must(t, err)
	if whole.Version.ID != saved.Version.ID || total != 1 || list[0].Version.ID != saved.Version.ID {
		t.Errorf("the Prompt is %s, and %d Files are listed: %+v", whole.Version.ID, total, list)
	}
	named, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{VersionID: tried.Version.ID})
	must(t, err)
	if !named.Version.Draft {
		t.Errorf("the named version is %+v", named.Version)
	}
}

func draftsAreQuiet(t *testing.T, h *harness) {
	saved := h.save(t, prompt("p", "1"))
	last := h.lastEvent(t)
	tried := h.save(t, draft("p", "2"))
	again := h.save(t, draft("p", "2"))
	if events := h.eventsAfter(t, last); len(events) != 1 || events[0].Operation != "SaveDraft" {
		t.Errorf("the events are %+v", events)
	}
	if d := cmp.Diff(tried, again); d != "" || !again.File.UpdatedAt.Equal(saved.File.UpdatedAt) {
		t.Errorf("the File was updated at %v, then at %v (-first +second):\n%s", saved.File.UpdatedAt, again.File.UpdatedAt, d)
	}
}

func draftsOfVersions(t *testing.T, h *harness) {
	saved := h.save(t, prompt("p", "1"))
	if d := cmp.Diff(saved, h.save(t, draft("p", "1"))); d != "" {
		t.Errorf("(-saved +draft):\n%s", d)
	}
	other := h.save(t, prompt("p", "2"))
	must(t, h.DeleteVersion(t.Context(), file.PromptKind, other.File.ID, other.Version.ID))
	if back := h.save(t, draft("p", "2")); !back.Version.Draft || back.Version.ID != other.Version.ID {
		t.Errorf("the deleted version came back as %+v", back.Version)
	}
}

func draftsAreSaved(t *testing.T, h *harness) {
	h.save(t, prompt("p", "1"))
	tried := h.save(t, draft("p", "2"))
	by := prompt("p", "2")
	by.By = "key_saver"
	saved := h.save(t, by)
	if v := saved.Version; v.ID != tried.Version.ID || v.Draft || v.CreatedBy != by.By || !v.CreatedAt.After(tried.Version.CreatedAt) {
		t.Errorf("of the draft %+v came %+v", tried.Version, v)
	}
	if d := cmp.Diff([]string{`{"model":"2"}`, `{"model":"1"}`}, h.listed(t, saved.File.ID)); d != "" {
		t.Errorf("listed (-want +got):\n%s", d)
	}
}

func draftsAreDeployed(t *testing.T, h *harness) {
	h.save(t, prompt("p", "1"))
	tried := h.save(t, draft("p", "2"))
	environments, err := h.Environments(t.Context())
	must(t, err)
	deployed, err := h.Deploy(t.Context(), file.PromptKind, tried.File.ID, environments[1].ID, tried.Version.ID, store.Terms{})
	must(t, err)
	if deployed.Version.Draft || len(h.listed(t, tried.File.ID)) != 2 {
		t.Errorf("it is %+v", deployed.Version)
	}
}

func draftsAreDescribed(t *testing.T, h *harness) {
	h.save(t, prompt("p", "1"))
	tried := h.save(t, draft("p", "2"))
	named, err := h.DescribeVersion(t.Context(), file.PromptKind, tried.File.ID, tried.Version.ID, new("good"), nil)
	must(t, err)
	if named.Version.Draft || named.Version.Name != "good" || len(h.listed(t, tried.File.ID)) != 2 {
		t.Errorf("it is %+v", named.Version)
	}
}

func draftsMakeNoFile(t *testing.T, h *harness) {
	_, _, err := h.SaveVersion(t.Context(), draft("p/q", "1"))
	if !errs.Is(err, errs.PromptNotFound) || errs.From(err).Param != "path" {
		t.Errorf("the error is %v", err)
	}
	if _, total, err := h.Files(t.Context(), store.FileFilter{Page: page(1, 10)}); err != nil || total != 0 {
		t.Errorf("%d Files, %v", total, err)
	}
}

func draftsAreNoRest(t *testing.T, h *harness) {
	saved := h.save(t, prompt("p", "1"))
	tried := h.save(t, draft("p", "2"))
	must(t, h.Undeploy(t.Context(), file.PromptKind, saved.File.ID, saved.Version.Environments[0].ID, store.Terms{}))
	if err := h.DeleteVersion(t.Context(), file.PromptKind, saved.File.ID, saved.Version.ID); !errs.Is(err, errs.InUse) {
		t.Errorf("the error is %v", err)
	}
	must(t, h.DeleteVersion(t.Context(), file.PromptKind, saved.File.ID, tried.Version.ID))
}

// draftsGo tries three contents. Of one there is a Log, and of another one that is deleted; the third is tried again when it is gone already.
func draftsGo(t *testing.T, h *harness) {
	saved := h.save(t, prompt("p", "saved"))
	used, unused, again := h.save(t, draft("p", "used")), h.save(t, draft("p", "unused")), h.save(t, draft("p", "again"))
	h.appendMany(t, &used, "log_1")
	h.appendMany(t, &unused, "log_2")
	must(t, err2(h.DeleteLogs(t.Context(), []string{"log_2"})))
	swept := func(days int) (there []bool) {
		t.Helper()
		h.ticks.Add((time.Duration(days) * anyDay).Milliseconds())
		must(t, err2(h.SweepDrafts(t.Context())))
		for _, s := range []file.Snapshot{saved, used, unused, again} {
			_, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{VersionID: s.Version.ID})
			there = append(there, err == nil)
		}
		return there
	}
	equal(t, "after six days", []bool{true, true, true, true}, swept(6))
	equal(t, "after eight days", []bool{true, true, false, false}, swept(2))
	if back := h.save(t, draft("p", "again")); back.Version.ID != again.Version.ID {
		t.Errorf("%s came back as %s", again.Version.ID, back.Version.ID)
	}
	h.appendMany(t, &again, "log_3")
	equal(t, "when it was tried again", []bool{true, true, false, true}, swept(2))
	if next := h.save(t, prompt("p", "unused")); next.Version.ID == unused.Version.ID || string(next.Version.Content) != `{"model":"unused"}` {
		t.Errorf("what was emptied is %+v", next.Version)
	}
	last := h.lastEvent(t)
	swept(2)
	equal(t, "events of a sweep that finds nothing", nil, h.eventsAfter(t, last))
}
