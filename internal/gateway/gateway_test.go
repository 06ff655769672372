package gateway_test

import (
	"context"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/answers"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/toolrun"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/vault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// play is a provider that does what it says: it is asked for the events of the n-th call, from 0 on in no certain order.
type play func(ctx context.Context, n int) iter.Seq2[llm.Event, error]

type driver struct {
	play play
	next chan int
}

func newDriver(p play) *driver {
	d := &driver{p, make(chan int, 100)}
	for n := range cap(d.next) {
		d.next <- n
	}
	return d
}

func (d *driver) Stream(ctx context.Context, _ *llm.Request) iter.Seq2[llm.Event, error] {
	return d.play(ctx, <-d.next)
}

func (d *driver) Generate(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	var fold llm.Fold
	for e, err := range d.Stream(ctx, r) {
		if err != nil {
			return nil, err
		}
		fold.Add(&e)
	}
	return fold.Response(), nil
}

// open makes a gateway on an empty database whose provider openai is p.
func open(t *testing.T, p play) (*gateway.Gateway, *store.DB, <-chan relay.Observation) {
	t.Helper()
	return openAt(t, p, time.Now)
}

// openAt is open with a clock.
func openAt(t *testing.T, p play, now func() time.Time) (*gateway.Gateway, *store.DB, <-chan relay.Observation) {
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
	known, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	observed := make(chan relay.Observation, 100)
	g := newGateway(db, relay.Options{
		Models: known, Now: now, Observe: func(o relay.Observation) { observed <- o },
		Providers: map[string]relay.Provider{"openai": {Driver: newDriver(p), Display: "OpenAI"}},
	})
	return g, db, observed
}

// newGateway makes a gateway over db that asks models with the options o.
func newGateway(db *store.DB, o relay.Options) *gateway.Gateway {
	files := catalog.New(db, o.Now)
	book := logbook.New(logbook.Options{DB: db, Catalog: files, Models: o.Models, Now: o.Now})
	tools := toolrun.New(toolrun.Options{Catalog: files, Vault: vault.New(db, secret.Source{}), Logs: book, Now: o.Now}) // that need neither Python nor a network
	return gateway.New(gateway.Options{Catalog: files, Relay: relay.New(o), Tools: tools, Logs: book, Answers: answers.New(1 << 20), Now: o.Now})
}

func input(model string, samples int) *gateway.CallInput {
	return &gateway.CallInput{
		Ref: file.Ref{Path: "a/b"}, Prompt: &file.Prompt{Model: model}, Samples: samples,
		Messages: []llm.Message{{Role: llm.User, Content: llm.Text("hi")}},
	}
}

func text(s string) llm.Event { return llm.Event{Text: s} }

func failed(reason errs.Reason) error {
	return &errs.Error{Reason: reason, Message: "It failed.", Origin: "OpenAI", Provider: "openai", ProviderStatus: 500}
}

// say makes the provider send the texts, and then fail or end.
func say(err error, texts ...string) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) {
		for _, s := range texts {
			if !yield(text(s), nil) {
				return
			}
		}
		if err != nil {
			yield(llm.Event{}, err)
			return
		}
		yield(llm.Event{Finish: llm.FinishStop}, nil)
	}
}

func TestUsageAndCosts(t *testing.T) {
	sixty, three, nine := int64(60), int64(3), int64(9)
	usage := llm.Usage{Input: 10, CachedInput: 20, CacheWrite: 30, Output: 6, Reasoning: 3, Known: true}
	for name, test := range map[string]struct {
		model string
		usage *llm.Usage
		want  trace.Log
		costs bool
	}{
		"a known model":         {"gpt-4o", &usage, trace.Log{PromptTokens: &sixty, OutputTokens: &nine, ReasonTokens: &three}, true},
		"an unknown model":      {"our-own", &usage, trace.Log{PromptTokens: &sixty, OutputTokens: &nine, ReasonTokens: &three}, false},
		"no usage was sent":     {"gpt-4o", nil, trace.Log{}, false},
		"usage without a count": {"gpt-4o", &llm.Usage{Input: 5}, trace.Log{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			g, db, observed := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] {
				return func(yield func(llm.Event, error) bool) {
					yield(llm.Event{Text: "x", Usage: test.usage, Finish: "stop"}, nil)
				}
			})
			result, err := g.Call(auth.With(t.Context(), auth.Principal{KeyID: "key_1"}), input(test.model, 0))
			if err != nil {
				t.Fatal(err)
			}
			log, err := db.Log(t.Context(), result.Logs[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			got := trace.Log{PromptTokens: log.PromptTokens, OutputTokens: log.OutputTokens, ReasonTokens: log.ReasonTokens}
			if d := cmp.Diff(test.want, got); d != "" || log.CreatedBy != "key_1" {
				t.Errorf("made by %s (-want +got):\n%s", log.CreatedBy, d)
			}
			if costs := log.PromptCost != nil && log.OutputCost != nil && *log.OutputCost > 0; costs != test.costs {
				t.Errorf("costs are %v and %v", log.PromptCost, log.OutputCost)
			}
			if o := <-observed; (o.PromptCost != nil) != test.costs || o.Err != nil || o.Cancelled || o.Streamed {
				t.Errorf("observed %+v", o)
			}
		})
	}
}

// TestACallNeedsItsLog closes the database while the provider works: the answer is not handed out.
func TestACallNeedsItsLog(t *testing.T) {
	for _, samples := range []int{1, 2} {
		var db *store.DB
		g, opened, _ := open(t, func(ctx context.Context, _ int) iter.Seq2[llm.Event, error] {
			_ = db.Close(ctx)
			return say(nil, "x")
		})
		db = opened
		if _, err := g.Call(t.Context(), input("m", samples)); !errs.Is(err, errs.ShuttingDown) {
			t.Errorf("%d samples: %v", samples, err)
		}
	}
	for _, samples := range []int{1, 2} {
		var db *store.DB
		g, opened, _ := open(t, func(ctx context.Context, _ int) iter.Seq2[llm.Event, error] {
			return func(yield func(llm.Event, error) bool) {
				if yield(text("x"), nil) {
					_ = db.Close(ctx)
				}
			}
		})
		db = opened
		if got := collect(g.Stream(t.Context(), input("m", samples))); got.err == nil || !errs.Is(got.err, errs.ShuttingDown) || got.finals() != 0 {
			t.Errorf("%d samples streamed: %+v", samples, got)
		}
	}
}

// Fault E: clock jumps. TestAClockThatIsSetBack sets it back by a day while the provider works: nothing ends before it began.
func TestAClockThatIsSetBack(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	back := func(context.Context, int) iter.Seq2[llm.Event, error] {
		now = now.Add(-24 * time.Hour)
		return say(nil, "x")
	}
	g, db, observed := openAt(t, back, func() time.Time { return now })
	result, err := g.Call(t.Context(), input("m", 1))
	if err != nil {
		t.Fatal(err)
	}
	streamed := collect(g.Stream(t.Context(), input("m", 1)))
	if streamed.err != nil {
		t.Fatal(streamed.err)
	}
	logs, _, err := db.Logs(t.Context(), trace.Filter{FileID: result.Logs[0].FileID, Page: trace.Page{Number: 1, Size: 10}})
	if err != nil || len(logs) != 2 {
		t.Fatalf("%d Logs, %v", len(logs), err)
	}
	for _, l := range logs {
		if o := <-observed; l.EndTime.Before(l.StartTime) || *l.Latency != 0 || o.Upstream != 0 || o.FirstToken < 0 || o.Added < 0 {
			t.Errorf("the Log is from %v to %v and took %v, observed %+v", l.StartTime, l.EndTime, *l.Latency, o)
		}
	}
}

// TestOneLogIDOfTwoCalls lets two calls with the same id of a Log pass the check, and stores one.
func TestOneLogIDOfTwoCalls(t *testing.T) {
	var g *gateway.Gateway
	in := input("m", 1)
	in.Log.ID = "same"
	var inner error
	g, _, _ = open(t, func(ctx context.Context, n int) iter.Seq2[llm.Event, error] {
		if n == 0 {
			_, inner = g.Call(ctx, in)
		}
		return say(nil, "x")
	})
	_, outer := g.Call(t.Context(), in)
	if inner != nil || !errs.Is(outer, errs.AlreadyExists) {
		t.Errorf("the first is %v, the second %v", inner, outer)
	}
}

// TestAPanicOfADriverFailsTheCallAlone keeps goroutines of samples from ending the process.
func TestAPanicOfADriverFailsTheCallAlone(t *testing.T) {
	g, _, _ := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] { panic("boom") })
	_, err := g.Call(t.Context(), input("m", 2))
	if !errs.Is(err, errs.Internal) || !strings.Contains(err.Error(), "boom") {
		t.Errorf("the call: %v", err)
	}
	got := collect(g.Stream(t.Context(), input("m", 2)))
	if !errs.Is(got.err, errs.Internal) || len(got.chunks) > 0 {
		t.Errorf("the stream: %+v", got)
	}
}

// TestACallKeepsItsPlaceInATrace completes a trace while a call in it runs: its Log is kept there, but a further call is refused.
func TestACallKeepsItsPlaceInATrace(t *testing.T) {
	complete := make(chan func(), 1)
	g, db, _ := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] {
		(<-complete)()
		return say(nil, "hello")
	})
	flow, _, err := db.SaveVersion(t.Context(), store.Save{Kind: file.FlowKind, Path: "flow", Content: []byte("{}"), Hash: "h"})
	if err != nil {
		t.Fatal(err)
	}
	root := &trace.Log{ID: "root", Kind: file.FlowKind, FileID: flow.File.ID, VersionID: flow.Version.ID, Status: trace.Incomplete}
	if err := db.AppendLog(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	complete <- func() {
		if _, err := db.UpdateLog(t.Context(), "root", func(l *trace.Log) error { l.Status = trace.Complete; return nil }); err != nil {
			t.Error(err)
		}
	}
	in := input("gpt-4o", 1)
	in.Log.TraceParentID = "root"
	result, err := g.Call(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	log, err := db.Log(t.Context(), result.Logs[0].ID)
	if err != nil || log.TraceID != "root" || log.TraceParentID != "root" {
		t.Errorf("%+v, %v", log, err)
	}
	if _, err := g.Call(t.Context(), in); !errs.Is(err, errs.IllegalState) {
		t.Errorf("a further call: %v", err)
	}
}
