package catalog_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a catalog on an empty database, with a clock that stands still until it is moved.
type fixture struct {
	*catalog.Catalog
	db  *store.DB
	now atomic.Int64 // Unix seconds
}

func open(t *testing.T) *fixture {
	t.Helper()
	f := new(fixture)
	f.now.Store(1_800_000_000)
	clock := func() time.Time { return time.Unix(f.now.Load(), 0) }
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "test.db"), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	f.db, f.Catalog = db, catalog.New(db, clock)
	return f
}

func (f *fixture) save(t *testing.T, path, model string) file.Snapshot {
	t.Helper()
	snap, err := f.Save(auth.With(t.Context(), auth.Principal{KeyID: "key_1"}), catalog.Draft{Ref: file.Ref{Path: path}, Content: &file.Prompt{Model: model}})
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

func (f *fixture) read(t *testing.T, target file.Ref) *catalog.Prompt {
	t.Helper()
	p, err := f.Prompt(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSave(t *testing.T) {
	f := open(t)
	first := f.save(t, "/a/b/", "one")
	if first.File.Path != "a/b" || first.File.CreatedBy != "key_1" || len(first.Version.Environments) != 1 {
		t.Errorf("the first version is %+v", first)
	}
	if again := f.save(t, "a/b", "one"); again.Version.ID != first.Version.ID {
		t.Error("the same content makes another version")
	}
	if second := f.save(t, "a/b", "two"); second.Version.ID == first.Version.ID || len(second.Version.Environments) != 0 {
		t.Errorf("the second version is %+v", second)
	}
}

func TestSaveRefuses(t *testing.T) {
	f := open(t)
	snap := f.save(t, "a", "one")
	broken := &file.Prompt{Model: "m", TemplateLanguage: "jinja", Template: &file.PromptTemplate{Text: "{% if %}"}}
	for name, test := range map[string]struct {
		draft catalog.Draft
		want  errs.Reason
	}{
		"no name":              {catalog.Draft{Content: &file.Prompt{Model: "m"}}, errs.ValidationFailed},
		"a bad path":           {catalog.Draft{Ref: file.Ref{Path: "a//b"}, Content: &file.Prompt{Model: "m"}}, errs.ValidationFailed},
		"an unknown id":        {catalog.Draft{Ref: file.Ref{ID: "pr_x"}, Content: &file.Prompt{Model: "m"}}, errs.PromptNotFound},
		"two names":            {catalog.Draft{Ref: file.Ref{ID: snap.File.ID, Path: "b"}, Content: &file.Prompt{Model: "m"}}, errs.ValidationFailed},
		"a broken template":    {catalog.Draft{Ref: file.Ref{Path: "b"}, Content: broken}, errs.TemplateInvalid},
		"an unknown Tool":      {catalog.Draft{Ref: file.Ref{Path: "b"}, Content: &file.Prompt{Model: "m", LinkedTools: []string{"tl_x"}}}, errs.ToolNotFound},
		"a member given twice": {catalog.Draft{Ref: file.Ref{Path: "b"}, Content: &file.Prompt{Model: "m", Other: []byte(`{"a":1,"a":1}`)}}, errs.ValidationFailed},
	} {
		if _, err := f.Save(t.Context(), test.draft); !errs.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := f.UsePrompt(t.Context(), test.draft); !errs.Is(err, test.want) {
			t.Errorf("%s, used: %v", name, err)
		}
	}
	if _, total, err := f.db.Files(t.Context(), store.FileFilter{}); err != nil || total != 1 {
		t.Errorf("there are %d Files, %v", total, err)
	}
}

// TestPromptIsRememberedWhileNothingChanges compares the very objects.
func TestPromptIsRememberedWhileNothingChanges(t *testing.T) {
	f := open(t)
	f.save(t, "a", "one")
	target := file.Ref{Path: "a"}
	first := f.read(t, target)
	if f.read(t, target) != first {
		t.Error("it was read again, and nothing had changed")
	}
	if _, err := f.db.DescribeVersion(t.Context(), file.PromptKind, first.File.ID, first.Version.ID, new("a name"), nil); err != nil {
		t.Fatal(err)
	}
	after := f.read(t, target)
	if after == first {
		t.Error("it was not read again, and its version was named")
	}
	if after.Compiled != first.Compiled {
		t.Error("the same version was compiled again")
	}
}

// TestChangesOfOthersForgetNothing makes, moves and deletes other Files, keys and secrets, then closes the database: what is remembered needs
// no statement. Fault D3: a change forgets what it is about.
func TestChangesOfOthersForgetNothing(t *testing.T) {
	f := open(t)
	f.save(t, "b", "one")
	target := file.Ref{Path: "b"}
	first := f.read(t, target)
	a := f.save(t, "a", "one")
	f.save(t, "a", "two")
	f.save(t, "a/deep/file", "two")
	_, moved := f.db.MoveFile(t.Context(), file.PromptKind, a.File.ID, store.Move{Path: new("c/a")})
	_, stored := f.db.SaveProviderKey(t.Context(), store.ProviderKey{Provider: "openai", Sealed: []byte("s")})
	made := f.db.CreateKey(t.Context(), auth.APIKey{ID: "key_2", Role: auth.Member, Hash: "h"})
	if err := errors.Join(moved, stored, made, f.db.DeleteFile(t.Context(), file.PromptKind, a.File.ID)); err != nil {
		t.Fatal(err)
	}
	if err := f.db.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f.read(t, target) != first {
		t.Error("it was read again")
	}
}

// TestChangesOfWhatAPromptUses are seen at once, though the Prompt itself is as it was.
func TestChangesOfWhatAPromptUses(t *testing.T) {
	f := open(t)
	tool := func(path, name string) file.Snapshot {
		snap, err := f.Save(t.Context(), catalog.Draft{Ref: file.Ref{Path: path}, Content: &file.Tool{Function: &llm.Tool{Name: name, Description: "d"}}})
		if err != nil {
			t.Fatal(err)
		}
		return snap
	}
	linked := tool("tool", "one")
	evaluator, err := f.Save(t.Context(), catalog.Draft{Ref: file.Ref{Path: "e"}, Content: file.PresetEvaluator("rating")})
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Save(t.Context(), catalog.Draft{Ref: file.Ref{Path: "p"}, Content: &file.Prompt{Model: "m", LinkedTools: []string{linked.File.ID}}})
	if err != nil {
		t.Fatal(err)
	}
	target, last := file.Ref{Path: "p"}, (*catalog.Prompt)(nil)
	for _, change := range []struct {
		name string
		make func() error
	}{
		{"nothing before", func() error { return nil }},
		{"monitored", func() error {
			_, err := f.db.SetMonitors(t.Context(), file.PromptKind, p.File.ID, []store.Activation{{Ref: file.Ref{VersionID: evaluator.Version.ID}}}, nil)
			return err
		}},
		{"the Evaluator moves", func() error {
			_, err := f.db.MoveFile(t.Context(), file.EvaluatorKind, evaluator.File.ID, store.Move{Path: new("moved")})
			return err
		}},
		{"another version of the Tool is deployed", func() error {
			_, err := f.db.Deploy(t.Context(), file.ToolKind, linked.File.ID, linked.Version.Environments[0].ID, tool("tool", "two").Version.ID, store.Terms{})
			return err
		}},
		{"a directory moves", func() error {
			d, err := f.db.MakeDirectory(t.Context(), store.NewDirectory{Path: "d"})
			if err == nil {
				_, _, err = f.db.MoveDirectory(t.Context(), d.ID, store.Move{Path: new("x")})
			}
			return err
		}},
	} {
		if err := change.make(); err != nil {
			t.Fatalf("%s: %v", change.name, err)
		}
		if now := f.read(t, target); now == last {
			t.Errorf("%s: it was not read again", change.name)
		} else {
			last = now
		}
	}
	if got := last.Linked[0].Function.Name; got != "two" {
		t.Errorf("the Tool is %q", got)
	}
}

// TestChangesAreSeenAtOnce deletes and makes Files under the same path.
func TestChangesAreSeenAtOnce(t *testing.T) {
	f := open(t)
	target := file.Ref{Path: "a"}
	for _, model := range []string{"one", "two", "three"} {
		snap := f.save(t, "a", model)
		if p := f.read(t, target); p.Content.Model != model || p.File.ID != snap.File.ID {
			t.Errorf("the path stands for %s", p.Content.Model)
		}
		if err := f.db.DeleteFile(t.Context(), file.PromptKind, snap.File.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Prompt(t.Context(), target); !errs.Is(err, errs.PromptNotFound) {
			t.Errorf("the deleted Prompt gives %v", err)
		}
	}
}

// TestCountsAreASecondOldAtMost appends Logs, which belong to no topic.
func TestCountsAreASecondOldAtMost(t *testing.T) {
	f := open(t)
	snap := f.save(t, "a", "one")
	target := file.Ref{Path: "a"}
	f.read(t, target)
	if err := f.db.AppendLog(t.Context(), &trace.Log{ID: "l", Kind: file.PromptKind, FileID: snap.File.ID, VersionID: snap.Version.ID}); err != nil {
		t.Fatal(err)
	}
	if got := f.read(t, target).Version.LogsCount; got != 0 {
		t.Errorf("within the second the count is %d", got)
	}
	f.now.Add(1)
	p := f.read(t, target)
	if p.Version.LogsCount != 1 || p.File.LogsCount != 1 || p.Version.LastUsedAt.IsZero() {
		t.Errorf("after a second the counts are %d and %d", p.Version.LogsCount, p.File.LogsCount)
	}
	if f.read(t, target) != p {
		t.Error("it was read again within the second")
	}
}

// TestManyReadersOfAnOldCount all get an answer while it is refreshed.
func TestManyReadersOfAnOldCount(t *testing.T) {
	f := open(t)
	f.save(t, "a", "one")
	f.read(t, file.Ref{Path: "a"})
	f.now.Add(10)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if p, err := f.Prompt(t.Context(), file.Ref{Path: "a"}); err != nil || p.Content.Model != "one" {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
	all.Wait()
}

func TestPromptByIDAndPath(t *testing.T) {
	f := open(t)
	a, b := f.save(t, "a", "one"), f.save(t, "b", "one")
	for target, want := range map[file.Ref]errs.Reason{
		{ID: a.File.ID, Path: "a"}: "", {ID: b.File.ID, Path: "a"}: errs.ValidationFailed, {ID: "pr_x", Path: "a"}: errs.PromptNotFound, {Path: "c"}: errs.PromptNotFound,
		{ID: a.File.ID, VersionID: b.Version.ID}: errs.VersionNotFound, {Path: "a", Environment: "staging"}: errs.VersionNotFound,
		{Path: "a", Environment: "nowhere"}: errs.EnvironmentNotFound,
	} {
		if _, err := f.Prompt(t.Context(), target); (err != nil) != (want != "") || err != nil && !errs.Is(err, want) {
			t.Errorf("%+v: %v", target, err)
		}
	}
}

// TestUsePromptIsRemembered brings contents along.
func TestUsePromptIsRemembered(t *testing.T) {
	f := open(t)
	use := func(model string) *catalog.Prompt {
		p, err := f.UsePrompt(t.Context(), catalog.Draft{Ref: file.Ref{Path: "a"}, Content: &file.Prompt{Model: model}})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := use("one")
	remembered := use("one") // read after it was made
	if remembered.Version.ID != first.Version.ID || use("one") != remembered {
		t.Error("the same content is read again")
	}
	if use("two").Version.ID == first.Version.ID {
		t.Error("another content is the same version")
	}
	if use("one").Version.ID != first.Version.ID {
		t.Error("the first content became another version")
	}
}

func TestSaveDataset(t *testing.T) {
	f := open(t)
	save := func(d catalog.DatasetDraft) (file.Snapshot, error) {
		return f.SaveDataset(auth.With(t.Context(), auth.Principal{KeyID: "key_1"}), d)
	}
	first, err := save(catalog.DatasetDraft{Draft: catalog.Draft{Ref: file.Ref{Path: "/a/d/"}}, Datapoints: []file.Datapoint{{Target: []byte(`{"a":1}`)}}, Attributes: []byte(`{"k":1}`)})
	if err != nil || first.File.Path != "a/d" || first.Version.CreatedBy != "key_1" {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := save(catalog.DatasetDraft{Draft: catalog.Draft{Ref: file.Ref{ID: first.File.ID}}, Action: file.AddDatapoints, Attributes: []byte(`null`)})
	if err != nil || again.Version.ID != first.Version.ID {
		t.Errorf("an addition of nothing gives %+v, %v", again, err)
	}
}

func TestSaveDatasetRefuses(t *testing.T) {
	f := open(t)
	twice := []byte(`{"a":1,"a":1}`)
	for name, draft := range map[string]catalog.DatasetDraft{
		"no name":                             {},
		"a bad path":                          {Draft: catalog.Draft{Ref: file.Ref{Path: "a//b"}}},
		"a member given twice in attributes":  {Draft: catalog.Draft{Ref: file.Ref{Path: "a"}}, Attributes: twice},
		"a member given twice in a datapoint": {Draft: catalog.Draft{Ref: file.Ref{Path: "a"}}, Datapoints: []file.Datapoint{{}, {Target: twice}}},
	} {
		if _, err := f.SaveDataset(t.Context(), draft); !errs.Is(err, errs.ValidationFailed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, total, err := f.db.Files(t.Context(), store.FileFilter{}); err != nil || total != 0 {
		t.Errorf("there are %d Files, %v", total, err)
	}
}
