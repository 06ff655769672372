package logbook_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	day = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	who = auth.Principal{KeyID: "key_1"}
)

// fixture is a Book on an empty database and a clock that stands still.
type fixture struct {
	*logbook.Book
	db *store.DB
}

func open(t *testing.T) *fixture {
	t.Helper()
	f := new(fixture)
	now := func() time.Time { return day }
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "test.db"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	f.db = db
	f.Book = logbook.New(logbook.Options{DB: db, Catalog: catalog.New(db, now), Models: &models.Registry{}, Now: now})
	return f
}

func flow(id string, status trace.Status) logbook.Entry {
	return logbook.Entry{Ref: file.Ref{Path: "flow"}, Content: &file.Flow{}, Log: trace.Log{
		ID: id, Kind: file.FlowKind, Status: status, Payload: trace.Payload{Inputs: json.Value(`{}`)},
	}}
}

func tool(id, parent string) logbook.Entry {
	return logbook.Entry{Ref: file.Ref{Path: "tool"}, Content: &file.Tool{SourceCode: "x"}, Log: trace.Log{
		ID: id, Kind: file.ToolKind, TraceParentID: parent,
	}}
}

func (f *fixture) log(t *testing.T, e logbook.Entry) *trace.Log {
	t.Helper()
	l, err := f.Log(asked(t), e)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (f *fixture) put(t *testing.T, e logbook.Entry) *trace.Log {
	t.Helper()
	l, err := f.Put(asked(t), e)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (f *fixture) update(t *testing.T, kind file.Kind, id string, change func(*trace.Log)) *trace.Log {
	t.Helper()
	l, err := f.Update(t.Context(), kind, "", id, change)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestPutCompletesWhatWasBegun(t *testing.T) {
	f := open(t)
	begun := flow("one", "")
	begun.Log.Source, begun.Log.StartTime, begun.Log.RunID = "sdk", day.Add(-time.Minute), ""
	f.log(t, begun)
	span := flow("one", trace.Complete)
	span.Log.StartTime, span.Log.EndTime, span.Log.User = day, day.Add(time.Second), "u"
	span.Log.Payload = trace.Payload{Output: new("out")}
	span.Content = nil // it is not looked for
	got := f.put(t, span)
	want := trace.Log{
		ID: "one", Kind: file.FlowKind, FileID: got.FileID, VersionID: got.VersionID, CreatedAt: day, UpdatedAt: day, CreatedBy: "key_1",
		Status: trace.Complete, StartTime: day.Add(-time.Minute), EndTime: day.Add(time.Second), Source: "sdk", User: "u", TraceID: "one",
		Payload: trace.Payload{Inputs: json.Value(`{}`), Output: new("out")},
	}
	if d := cmp.Diff(&want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	stored, err := f.db.Log(t.Context(), "one")
	if d := cmp.Diff(&want, stored); d != "" || err != nil {
		t.Errorf("stored: %v (-want +got):\n%s", err, d)
	}
	again := flow("one", trace.Incomplete)
	if l := f.put(t, again); l.Status != trace.Complete {
		t.Errorf("what was complete is %s", l.Status)
	}
}

func TestPutMakesWhatIsNotThere(t *testing.T) {
	f := open(t)
	bare := flow("one", trace.Complete)
	bare.Log.Payload = trace.Payload{}
	if l := f.put(t, bare); l.Status != trace.Complete || !l.EndTime.Equal(day) || l.TraceID != "one" {
		t.Errorf("made %+v", l)
	}
	if l := f.put(t, flow("", "")); !strings.HasPrefix(l.ID, "log_") {
		t.Errorf("the id made is %q", l.ID)
	}
	_, err := f.Put(asked(t), tool("one", ""))
	if !errs.Is(err, errs.AlreadyExists) {
		t.Errorf("a Log of another kind: %v", err)
	}
}

func TestPutAtOnceMakesOneLog(t *testing.T) {
	f := open(t)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			e := flow("one", "")
			e.Log.Metadata = json.Value(`{}`)
			if i%2 == 0 {
				e.Log.Status, e.Log.Payload.Output = trace.Complete, new("out")
			}
			if _, err := f.Put(asked(t), e); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	l, err := f.db.Log(t.Context(), "one")
	if err != nil || l.Status != trace.Complete || *l.Payload.Output != "out" {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestACompleteLogKeepsWhatItNeeds(t *testing.T) {
	f := open(t)
	for name, c := range map[string]struct {
		log  trace.Log
		want errs.Reason // "" for none
	}{
		"nothing":           {trace.Log{}, errs.ValidationFailed},
		"inputs alone":      {trace.Log{Payload: trace.Payload{Inputs: json.Value(`{}`)}}, errs.ValidationFailed},
		"output alone":      {trace.Log{Payload: trace.Payload{Output: new("")}}, errs.ValidationFailed},
		"inputs and output": {trace.Log{Payload: trace.Payload{Inputs: json.Value(`{}`), Output: new("")}}, ""},
		"inputs and error":  {trace.Log{Error: new("e"), Payload: trace.Payload{Inputs: json.Value(`{"a":1}`)}}, ""},
		"not to be kept":    {trace.Log{PayloadDropped: true, Payload: trace.Payload{Inputs: json.Value(`{}`), Output: new("")}}, ""},
	} {
		e := flow("", trace.Complete)
		c.log.Kind, c.log.Status = file.FlowKind, trace.Complete
		e.Log = c.log
		_, err := f.Log(asked(t), e)
		if got := reason(err); got != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	dropped := flow("dropped", "")
	dropped.Log.PayloadDropped = true
	f.log(t, dropped)
	l := f.update(t, file.FlowKind, "dropped", func(l *trace.Log) { l.Status, l.Payload.Output = trace.Complete, new("out") })
	if l.Status != trace.Complete || l.Payload.Output != nil {
		t.Errorf("%+v", l)
	}
}

func reason(err error) errs.Reason {
	if err == nil {
		return ""
	}
	return errs.From(err).Reason
}

func TestJudgmentsAreOfTheirEvaluator(t *testing.T) {
	f := open(t)
	f.log(t, tool("judged", ""))
	options := []file.Option{{Name: "a"}, {Name: "b"}}
	for _, c := range []struct {
		evaluator file.Evaluator
		good, bad string // judgments, divided by blanks
	}{
		{file.Evaluator{ReturnType: file.ReturnsBoolean}, `true false null`, `"true" 1 ["a"]`},
		{file.Evaluator{ReturnType: file.ReturnsNumber}, `0 -1.5 1e300 null`, `"1" true []`},
		{file.Evaluator{ReturnType: file.ReturnsNumber, NumberLimits: &file.NumberLimits{Min: new(0.0), Max: new(5.0)}}, `0 5 2.5`, `-0.1 5.1`},
		{file.Evaluator{ReturnType: file.ReturnsSelect, Options: options}, `"a" "b" null`, `"c" ["a"] true 1`},
		{file.Evaluator{ReturnType: file.ReturnsSelect}, `"anything"`, `1`},
		{file.Evaluator{ReturnType: file.ReturnsMultiSelect, Options: options}, `[] ["a"] ["b","a"] null`, `"a" ["c"] [1]`},
		{file.Evaluator{ReturnType: file.ReturnsText}, `"" "text" null`, `true 1 []`},
	} {
		c.evaluator.Type, c.evaluator.ArgumentsType = file.HumanEvaluator, file.TargetFree
		try := func(judgment string) error {
			_, err := f.Log(asked(t), logbook.Entry{Ref: file.Ref{Path: "judge"}, Content: &c.evaluator, Log: trace.Log{
				Kind: file.EvaluatorKind, ParentID: "judged", Payload: trace.Payload{Judgment: json.Value(judgment)},
			}})
			return err
		}
		for judgment := range strings.FieldsSeq(c.good) {
			if err := try(judgment); err != nil {
				t.Errorf("%s %s: %v", c.evaluator.ReturnType, judgment, err)
			}
		}
		for judgment := range strings.FieldsSeq(c.bad) {
			if err := try(judgment); !errs.Is(err, errs.ValidationFailed) {
				t.Errorf("%s %s: %v", c.evaluator.ReturnType, judgment, err)
			}
		}
	}
}

func TestAPresetEvaluatorIsMadeOnce(t *testing.T) {
	f := open(t)
	f.log(t, tool("judged", ""))
	rate := func(target file.Ref, kind file.Kind) error {
		_, err := f.Log(asked(t), logbook.Entry{Ref: target, Log: trace.Log{
			Kind: kind, ParentID: "judged", Payload: trace.Payload{Judgment: json.Value(`"good"`)},
		}})
		return err
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := rate(file.Ref{Path: "rating"}, file.EvaluatorKind); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	snap, err := f.db.Snapshot(t.Context(), file.EvaluatorKind, file.Ref{Path: "rating"})
	if err != nil || snap.Version.LogsCount != 8 || len(snap.Version.Environments) != 1 {
		t.Errorf("%+v, %v", snap, err)
	}
	if err := rate(file.Ref{Path: "a/rating"}, file.EvaluatorKind); !errs.Is(err, errs.EvaluatorNotFound) {
		t.Errorf("elsewhere: %v", err)
	}
	if err := rate(file.Ref{Path: "correction"}, file.PromptKind); !errs.Is(err, errs.PromptNotFound) {
		t.Errorf("as another kind: %v", err)
	}
}

// asked is the context of what somebody asks for.
func asked(t *testing.T) context.Context { return auth.With(t.Context(), who) }
