package cases_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/cases"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

type fixture struct {
	*cases.Cases
	db      *store.DB
	files   *catalog.Catalog
	dataset file.Ref
}

func open(t *testing.T) *fixture {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	files := catalog.New(db, time.Now)
	snap, err := files.SaveDataset(t.Context(), catalog.DatasetDraft{Draft: catalog.Draft{Ref: file.Ref{Path: "cases"}}})
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{Cases: cases.New(db, files), db: db, files: files, dataset: file.Ref{ID: snap.File.ID}}
}

func (f *fixture) save(t *testing.T, path string, content file.Content) file.Snapshot {
	t.Helper()
	snap, err := f.files.Save(t.Context(), catalog.Draft{Ref: file.Ref{Path: path}, Content: content})
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

func (f *fixture) log(t *testing.T, snap *file.Snapshot, l trace.Log) {
	t.Helper()
	l.Kind, l.FileID, l.VersionID = snap.File.Kind, snap.File.ID, snap.Version.ID
	if err := f.db.AppendLog(t.Context(), &l); err != nil {
		t.Fatal(err)
	}
}

// TestAllSelectedLogsAreFoundOnce has more Logs than a page holds, and more of one time too.
func TestAllSelectedLogsAreFoundOnce(t *testing.T) {
	f := open(t)
	flow, at := f.save(t, "flow", &file.Flow{}), time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for i := range 700 {
		created := at.Add(time.Duration(min(i, 150)) * time.Second) // the last 550 are of one time
		f.log(t, &flow, trace.Log{ID: fmt.Sprint("log", i), CreatedAt: created, Payload: trace.Payload{Inputs: json.Value(fmt.Sprintf(`{"q":"%d"}`, i))}})
	}
	for _, c := range []struct {
		limit       int
		first, last string
	}{{0, "0", "699"}, {300, "400", "699"}, {1, "699", "699"}} {
		snap, record, err := f.Add(t.Context(), cases.Draft{
			Dataset: f.dataset, Filter: &trace.Filter{FileID: flow.File.ID}, Limit: c.limit, Target: cases.NoTarget,
		})
		if err != nil {
			t.Fatal(err)
		}
		want := c.limit
		if want == 0 {
			want = 700
		}
		if record.Logs != want || record.Added+record.Known != want || len(record.Skipped) > 0 {
			t.Errorf("limit %d: %+v", c.limit, record)
		}
		list, total, err := f.db.Datapoints(t.Context(), snap.Version.ID, trace.Page{Number: 1, Size: 1000})
		if err != nil || total != 700 || list[0].Inputs["q"] != "0" || list[699].Inputs["q"] != "699" {
			t.Errorf("limit %d: %d datapoints, %v", c.limit, total, err)
		}
	}
}

// TestMessages has those that the caller of each kind of File gave.
func TestMessages(t *testing.T) {
	say := func(role llm.Role, text string) llm.Message { return llm.Message{Role: role, Content: llm.Text(text)} }
	template := &file.PromptTemplate{Messages: []llm.Message{say(llm.System, "Be {{how}}")}}
	system, question, answer, more := say(llm.System, "Be kind"), say(llm.User, "Q"), say(llm.Assistant, "A"), say(llm.User, "More")
	for name, c := range map[string]struct {
		content file.Content
		logged  []llm.Message
		want    []llm.Message
	}{
		"a Prompt's without the template":            {&file.Prompt{Model: "m", Template: template}, []llm.Message{system, question}, []llm.Message{question}},
		"a Prompt's that the template did not make":  {&file.Prompt{Model: "m", Template: template}, []llm.Message{question, answer, more}, []llm.Message{question, answer, more}},
		"a Prompt's without a template":              {&file.Prompt{Model: "m"}, []llm.Message{system, question}, []llm.Message{system, question}},
		"an Agent's without what it did":             {&file.Agent{Prompt: file.Prompt{Model: "m", Template: template}}, []llm.Message{system, question, answer}, []llm.Message{question}},
		"an Agent's that was told more":              {&file.Agent{Prompt: file.Prompt{Model: "m"}}, []llm.Message{question, answer, more, answer}, []llm.Message{question, answer, more}},
		"a Flow's as they are":                       {&file.Flow{}, []llm.Message{system, question, answer}, []llm.Message{system, question, answer}},
		"a Prompt's that are the template's alone":   {&file.Prompt{Model: "m", Template: template}, []llm.Message{system}, nil},
		"a Prompt's whose template is a single text": {&file.Prompt{Model: "m", Template: &file.PromptTemplate{Text: "Be {{how}}"}}, []llm.Message{say(llm.User, "Be kind"), question}, []llm.Message{question}},
	} {
		f := open(t)
		snap := f.save(t, "file", c.content)
		f.log(t, &snap, trace.Log{ID: "log", Payload: trace.Payload{Inputs: json.Value(`{"how":"kind"}`), Messages: c.logged, Output: new("out")}})
		made, _, err := f.Add(t.Context(), cases.Draft{Dataset: f.dataset, LogIDs: []string{"log"}, Target: cases.FromOutput, Messages: true})
		if err != nil {
			t.Fatal(err)
		}
		list, _, err := f.db.Datapoints(t.Context(), made.Version.ID, trace.Page{Number: 1, Size: 10})
		if err != nil {
			t.Fatal(err)
		}
		want := []file.Datapoint{{
			ID: list[0].ID, Inputs: map[string]string{"how": "kind"}, Messages: c.want, Target: json.Value(`{"output":"out"}`), SourceLogID: "log",
		}}
		if diff := cmp.Diff(want, list); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
