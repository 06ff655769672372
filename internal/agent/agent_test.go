package agent_test

import (
	"context"
	"iter"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/agent"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/netguard"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/toolrun"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/vault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// driver is a provider that gives its answers one after the other, and keeps what it was asked.
type driver struct {
	answers []llm.Message // beyond them it waits until its call ends
	asked   []*llm.Request
}

func (d *driver) Generate(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	d.asked = append(d.asked, r)
	if len(d.asked) > len(d.answers) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return &llm.Response{Message: d.answers[len(d.asked)-1], Finish: llm.FinishStop}, nil
}

func (d *driver) Stream(ctx context.Context, r *llm.Request) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) {
		whole, err := d.Generate(ctx, r)
		if err != nil {
			yield(llm.Event{}, err)
			return
		}
		for _, e := range whole.Events() {
			if !yield(e, nil) {
				return
			}
		}
	}
}

const timeout = 30 * time.Minute

// open makes a runner of Agents on an empty database whose provider openai is d, with a mock Tool called weather.
func open(t *testing.T, d *driver) (r *agent.Runner, db *store.DB, tool file.Snapshot) {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "test.db"), d)
}

// openAt is open on the database at a path.
func openAt(t *testing.T, path string, d *driver) (r *agent.Runner, db *store.DB, tool file.Snapshot) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	python := sandbox.New(sandbox.Options{})
	t.Cleanup(func() {
		python.Close()
		if err := db.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	files, known := catalog.New(db, time.Now), new(models.Registry)
	ask := relay.New(relay.Options{Models: known, Now: time.Now, Providers: map[string]relay.Provider{"openai": {Driver: d, Display: "OpenAI"}}})
	book := logbook.New(logbook.Options{DB: db, Catalog: files, Models: known, Now: time.Now})
	tools := toolrun.New(toolrun.Options{
		Catalog: files, Vault: vault.New(db, secret.Source{}), Python: python, Logs: book, HTTP: netguard.NewClient(netguard.Options{}), Now: time.Now,
	})
	gw := gateway.New(gateway.Options{Catalog: files, Relay: ask, Tools: tools, Logs: book, Now: time.Now})
	tool, err = files.Save(t.Context(), catalog.Draft{Ref: file.Ref{Path: "weather"}, Content: &file.Tool{
		Type: file.MockTool, Function: &llm.Tool{Name: "weather"}, SetupValues: []byte(`{"output":"sunny"}`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return agent.New(agent.Options{DB: db, Catalog: files, Relay: ask, Gateway: gw, Tools: tools, Logs: book, Now: time.Now, Timeout: timeout}), db, tool
}

func input(tool *file.Snapshot) *agent.CallInput {
	return &agent.CallInput{
		Ref: file.Ref{Path: "a"}, Messages: []llm.Message{{Role: llm.User, Content: llm.Text("go")}}, Log: trace.Log{ID: "mine"},
		Agent: &file.Agent{Prompt: file.Prompt{Model: "m"}, Tools: []file.AgentTool{{Link: &file.Link{FileID: tool.File.ID}}}},
	}
}

// TestThinkingGoesBackToTheModel with its signatures, which providers demand at the next step, also after the Agent was resumed from disk.
func TestThinkingGoesBackToTheModel(t *testing.T) {
	thought := llm.Message{
		Role: llm.Assistant, ToolCalls: []llm.ToolCall{{ID: "c1", Type: "function", Function: llm.FunctionCall{Name: "weather", Arguments: "{}"}, Signature: "s2"}},
		Thinking: []llm.Thinking{{Type: llm.ThinkingBlock, Thinking: "hm", Signature: "s1"}, {Type: llm.RedactedThinkingBlock, Data: "x"}},
	}
	want := []llm.Message{{Role: llm.User, Content: llm.Text("go")}, thought, {Role: llm.ToolRole, ToolCallID: "c1", Content: llm.Text("sunny")}}
	d := &driver{answers: []llm.Message{thought, {Role: llm.Assistant, Content: llm.Text("done")}}}
	r, _, tool := open(t, d)
	got, err := r.Call(t.Context(), input(&tool))
	if err != nil || *got.Log.Payload.Output != "done" {
		t.Fatalf("%+v, %v", got, err)
	}
	if diff := cmp.Diff(want, d.asked[1].Messages); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	d.asked, d.answers = nil, []llm.Message{thought}
	in := input(&tool)
	in.Log.ID = "left"
	for e, err := range r.Stream(ctx, in) {
		if err == nil && e.Type == agent.AgentStart && e.Step == 2 {
			leave()
		}
	}
	d.asked, d.answers = nil, []llm.Message{{Role: llm.Assistant, Content: llm.Text("done")}}
	got, err = r.Continue(t.Context(), &agent.ContinueInput{LogID: "left"})
	if err != nil || *got.Log.Payload.Output != "done" {
		t.Fatalf("%+v, %v", got, err)
	}
	if diff := cmp.Diff(want, d.asked[0].Messages); diff != "" {
		t.Errorf("resumed (-want +got):\n%s", diff)
	}
}

// TestATurnEndsInTime has a model that does not answer. The lease is kept for all the time, and given back then; the Log can be continued.
func TestATurnEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &driver{}
		r, db, tool := open(t, d)
		began, failure := time.Now(), make(chan error)
		go func() {
			_, err := r.Call(t.Context(), input(&tool))
			failure <- err
		}()
		time.Sleep(timeout - time.Second)
		if _, err := r.Continue(t.Context(), &agent.ContinueInput{LogID: "mine"}); !errs.Is(err, errs.Conflict) {
			t.Errorf("continued meanwhile: %v", err)
		}
		err := <-failure
		if !errs.Is(err, errs.Timeout) || errs.From(err).LogID != "mine" || time.Since(began).Round(time.Second) != timeout {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		l, err := db.Log(t.Context(), "mine")
		if err != nil || l.Status != trace.Incomplete || l.Detail.Reason != errs.Timeout {
			t.Errorf("%+v, %v", l, err)
		}
		d.answers = []llm.Message{{}, {Role: llm.Assistant, Content: llm.Text("done")}}
		got, err := r.Continue(t.Context(), &agent.ContinueInput{LogID: "mine"})
		if err != nil || got.Log.Status != trace.Complete || got.Log.Error != nil {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// TestATurnThatWasLostStopsWithoutATrace has another process take the turn, for which the time of the lease is over. What it makes of the Log stays.
func TestATurnThatWasLostStopsWithoutATrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "test.db")
		r, db, tool := openAt(t, path, &driver{})
		failure := make(chan error)
		go func() {
			_, err := r.Call(t.Context(), input(&tool))
			failure <- err
		}()
		synctest.Wait()
		other, err := store.Open(t.Context(), store.Options{Path: path, Now: func() time.Time { return time.Now().Add(2 * time.Minute) }})
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close(t.Context())
		if taken, err := other.TakeTurn(t.Context(), store.Turn{LogID: "mine", Holder: "other", Lease: time.Minute}); err != nil || !taken {
			t.Fatalf("taken: %v, %v", taken, err)
		}
		if err := <-failure; !errs.Is(err, errs.Conflict) {
			t.Errorf("the turn failed with %v", err)
		}
		l, err := db.Log(t.Context(), "mine")
		if err != nil || l.Error != nil || l.Status != trace.Incomplete {
			t.Errorf("the Log is %+v, %v", l, err)
		}
		if held, err := other.RenewTurn(t.Context(), store.Turn{LogID: "mine", Holder: "other", Lease: time.Minute}); err != nil || !held {
			t.Errorf("the other one holds it: %v, %v", held, err)
		}
	})
}
