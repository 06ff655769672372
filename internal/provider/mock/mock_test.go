package mock_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/mock"
)

func ask(model, text string) *llm.Request {
	return &llm.Request{Model: model, Messages: []llm.Message{{Role: llm.User, Content: llm.Text(text)}}}
}

func TestEchoAnswersTheLastUserMessage(t *testing.T) {
	r := ask("echo", "first")
	r.Messages = append(r.Messages, llm.Message{Role: llm.Assistant, Content: llm.Text("x")},
		llm.Message{Role: llm.User, Content: llm.Text("two  words ")})
	got, err := new(mock.Driver).Generate(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	want := llm.Message{Role: llm.Assistant, Content: llm.Text("two  words ")}
	if d := cmp.Diff(want, got.Message); d != "" {
		t.Errorf("message (-want +got):\n%s", d)
	}
	if want := (llm.Usage{Input: 4, Output: 2, Known: true}); !cmp.Equal(want, got.Usage) {
		t.Errorf("usage %+v, want %+v", got.Usage, want)
	}
}

func TestForcedToolIsCalled(t *testing.T) {
	r := ask("echo", "Paris")
	r.ToolChoice = llm.ToolChoice{Mode: llm.ToolsFunction, Function: "weather"}
	got, err := new(mock.Driver).Generate(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	want := llm.Message{Role: llm.Assistant, ToolCalls: []llm.ToolCall{{
		ID: "call_mock", Type: "function", Function: llm.FunctionCall{Name: "weather", Arguments: `{"input":"Paris"}`},
	}}}
	if d := cmp.Diff(want, got.Message); d != "" {
		t.Errorf("message (-want +got):\n%s", d)
	}
}

func TestMaxTokensCutsTheAnswer(t *testing.T) {
	r := ask("echo", "one two three")
	r.MaxTokens = 2
	got, err := new(mock.Driver).Generate(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got.Message.Content.String() != "one two" || got.Finish != llm.FinishLength {
		t.Errorf("got %q, %q", got.Message.Content.String(), got.Finish)
	}
}

func TestErrorModelsFailForEachProviderReason(t *testing.T) {
	for _, reason := range []errs.Reason{
		errs.InvalidRequest, errs.UnsupportedParameter, errs.ContextLengthExceeded, errs.RequestTooLarge, errs.ContentFiltered,
		errs.ModelOutputInvalid, errs.InvalidAPIKey, errs.PermissionDenied, errs.RegionNotSupported, errs.AccountDisabled,
		errs.ModelNotFound, errs.ResourceNotFound, errs.EndpointNotFound, errs.Conflict, errs.RateLimited, errs.QuotaExhausted,
		errs.Billing, errs.ProviderInternal, errs.MalformedProviderResponse, errs.Overloaded, errs.ModelNotReady, errs.Timeout,
		errs.ProviderUnreachable, errs.StreamInterrupted,
	} {
		_, err := new(mock.Driver).Generate(t.Context(), ask("error/"+string(reason), "x"))
		if got := errs.From(err).Reason; got != reason {
			t.Errorf("error/%s failed with %q: %v", reason, got, err)
		}
	}
}

func TestCutEndsAfterItsChunks(t *testing.T) {
	var text string
	var last error
	for e, err := range new(mock.Driver).Stream(t.Context(), ask("cut/3", "x")) {
		text, last = text+e.Text, err
	}
	if text != "lorem ipsum dolor " || !errs.Is(last, errs.StreamInterrupted) {
		t.Errorf("got %q, then %v", text, last)
	}
}

func TestPaceWaitsBeforeEachWord(t *testing.T) {
	var waited []time.Duration
	d := &mock.Driver{Pause: func(_ context.Context, d time.Duration) error {
		waited = append(waited, d)
		return nil
	}}
	if _, err := d.Generate(t.Context(), ask("lorem/3/20ms", "x")); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]time.Duration{20e6, 20e6, 20e6}, waited); d != "" {
		t.Errorf("pauses (-want +got):\n%s", d)
	}
}

func TestSlowIsSilentFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var arrived []time.Duration
		for e, err := range new(mock.Driver).Stream(t.Context(), ask("slow/30000/20", "x")) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Text != "" {
				arrived = append(arrived, time.Since(start))
			}
		}
		want := make([]time.Duration, 50)
		for i := range want {
			want[i] = 30*time.Second + time.Duration(i)*20*time.Millisecond
		}
		if d := cmp.Diff(want, arrived); d != "" {
			t.Errorf("pieces (-want +got):\n%s", d)
		}
	})
}

func TestSlowEndsWithItsCaller(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := new(mock.Driver).Generate(ctx, ask("slow/600000/600000", "x")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestUsageIsWhatTheModelSays(t *testing.T) {
	got, err := new(mock.Driver).Generate(t.Context(), ask("usage/100/2000/7", "one two three"))
	if err != nil {
		t.Fatal(err)
	}
	want := llm.Usage{Input: 100, CachedInput: 2000, Output: 7, Known: true}
	if got.Message.Content.String() != "one two three" || !cmp.Equal(want, got.Usage) {
		t.Errorf("got %q and %+v, want %+v", got.Message.Content.String(), got.Usage, want)
	}
}

func TestRefuseRefuses(t *testing.T) {
	r := ask("refuse", "x")
	r.ToolChoice = llm.ToolChoice{Mode: llm.ToolsFunction, Function: "weather"}
	got, err := new(mock.Driver).Generate(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	const refusal = "I'm sorry, but I can't help with that."
	want := llm.Message{Role: llm.Assistant, Content: llm.Text(refusal), Refusal: refusal}
	if d := cmp.Diff(want, got.Message); d != "" || got.Finish != llm.FinishContentFilter {
		t.Errorf("finish %q, message (-want +got):\n%s", got.Finish, d)
	}
}

func TestUnknownModelsAreRefused(t *testing.T) {
	for _, model := range []string{
		"", "gpt-4o", "lorem/x", "lorem/-1", "lorem/5/soon", "error", "error/nonsense", "error/billing/x", "cut/-1", "cut",
		"slow", "slow/5", "slow/5/x", "slow/5/600001", "slow/5/5/5", "think/x", "think/-1", "think/1/2", "usage", "usage/1/2", "usage/1/2/x", "usage/1/2/3/4", "embed/8",
	} {
		_, err := new(mock.Driver).Generate(t.Context(), ask(model, "x"))
		if !errs.Is(err, errs.ModelNotFound) {
			t.Errorf("%q: %v", model, err)
		}
	}
}

// Fault E: slow bodies and stalled readers. TestALongTextCostsNoMoreThanItself stops after the first of a million words, as a reader does that
// takes no more: what they cost then is a few copies of the text.
func TestALongTextCostsNoMoreThanItself(t *testing.T) {
	text := strings.Repeat("word ", 1_000_000)
	r := &llm.Request{Model: "echo", Messages: []llm.Message{{Role: llm.User, Content: llm.Text(text)}}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for e, err := range new(mock.Driver).Stream(t.Context(), r) {
		if err != nil || e.Text != "word " {
			t.Fatalf("%+v, %v", e, err)
		}
		break
	}
	runtime.ReadMemStats(&after)
	if cost := after.TotalAlloc - before.TotalAlloc; cost > 8*uint64(len(text)) {
		t.Errorf("a text of %d bytes costs %d", len(text), cost)
	}
}
