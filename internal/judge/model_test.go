package judge_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

// upstream plays recorded answers one after the other, the last one again and again, and keeps what it was asked.
type upstream struct {
	t       *testing.T
	answers []recorded
	asked   []json.Value
}

type recorded struct {
	status int // 0 means 200
	body   string
	header http.Header
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.asked = append(u.asked, body(u.t, r))
	next := u.answers[min(len(u.asked), len(u.answers))-1]
	for name := range next.header {
		w.Header().Set(name, next.header.Get(name))
	}
	w.Header().Set("Content-Type", "application/json")
	if next.status != 0 {
		w.WriteHeader(next.status)
	}
	if _, err := w.Write([]byte(next.body)); err != nil {
		u.t.Error(err)
	}
}

// words is a recorded answer in words.
func words(text string) recorded {
	return recorded{body: `{"id":"chatcmpl-1","model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":` +
		string(json.AppendString(nil, text)) + `},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}}`}
}

// called is a recorded answer that calls the function.
func called(arguments string) recorded {
	return recorded{body: `{"id":"chatcmpl-1","model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"submit_judgment","arguments":` +
		string(json.AppendString(nil, arguments)) + `}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}}`}
}

// refusal is a recorded failure.
func refusal(status int, body string) recorded {
	return recorded{status: status, body: body, header: http.Header{"Retry-After": {"7"}}}
}

func judgeOf(provider string, t file.ReturnType, text string) *file.Evaluator {
	e := &file.Evaluator{
		Type: file.LLMEvaluator, ArgumentsType: file.TargetFree, ReturnType: t,
		Prompt: &file.Prompt{Provider: provider, Model: "gpt-4o", Template: &file.PromptTemplate{Messages: []llm.Message{{Role: llm.User, Content: llm.Text(text)}}}},
	}
	switch t { //nolint:exhaustive // the others have neither
	case file.ReturnsNumber:
		e.NumberLimits = &file.NumberLimits{Min: ptr(1.0), Max: ptr(5.0)}
	case file.ReturnsSelect, file.ReturnsMultiSelect:
		e.Options = []file.Option{{Name: "good"}, {Name: "very good"}, {Name: "bad"}}
	}
	return e
}

// asText is a judgment, and what is asked and kept for it.
func asText(u *upstream, l *trace.Log) string {
	var b strings.Builder
	for _, asked := range u.asked {
		raw, _ := json.Indent(asked)
		fmt.Fprintf(&b, "asked %s\n", raw)
	}
	show := func(name string, v any) {
		raw, err := json.MarshalIndent(v)
		if err != nil {
			u.t.Error(err)
		}
		fmt.Fprintf(&b, "%s %s\n", name, raw)
	}
	show("judgment", l.Payload.Judgment)
	show("output", l.Payload.Output)
	show("message", l.Payload.OutputMessage)
	show("metadata", l.Metadata)
	show("error", l.Error)
	show("tokens", []*int64{l.PromptTokens, l.OutputTokens})
	show("cost", []*float64{l.PromptCost, l.OutputCost})
	return b.String()
}

// TestMethodsAndReturnTypes has each type of judgment asked for by each method.
func TestMethodsAndReturnTypes(t *testing.T) {
	var out strings.Builder
	for _, c := range []struct {
		returns    file.ReturnType
		raw, words string
	}{
		{file.ReturnsBoolean, `true`, "**Verdict:** Yes."},
		{file.ReturnsNumber, `4`, "Rating: 4/5"},
		{file.ReturnsSelect, `"very good"`, "very good"},
		{file.ReturnsMultiSelect, `["bad","good"]`, "bad, good"},
		{file.ReturnsText, `"Rather long."`, "Rather long."},
	} {
		object := `{"reasoning": "Because.", "judgment": ` + c.raw + `}`
		for method, answer := range map[string]recorded{
			"tool": called(object), "schema": words(object), "json": words("```json\n" + object + "\n```"), "text": words("Because.\n\n" + c.words),
		} {
			t.Run(method+"/"+string(c.returns), func(t *testing.T) {
				u := &upstream{t: t, answers: []recorded{answer}}
				w := start(t, u)
				l := w.log(t, trace.Log{Payload: trace.Payload{Output: ptr("Hi.")}})
				got := w.judge(t, judgeOf(method, c.returns, "Judge: {{log.output}}"), l, nil)
				golden(t, "methods-"+method+"-"+string(c.returns)+".txt", asText(u, got))
			})
		}
	}
	_ = out
}

// TestAFailureOfTheModelIsOnTheLog keeps what a scheduler needs to try again.
func TestAFailureOfTheModelIsOnTheLog(t *testing.T) {
	u := &upstream{t: t, answers: []recorded{refusal(429, `{"error":{"message":"Rate limit reached.","type":"requests","code":"rate_limit_exceeded"}}`)}}
	w := start(t, u)
	l := w.log(t, trace.Log{Payload: trace.Payload{Output: ptr("Hi.")}})
	got := w.judge(t, judgeOf("tool", file.ReturnsBoolean, "Judge: {{log.output}}"), l, nil)
	want := errs.Detail{
		Type: "rate_limit_error", Message: "Rate limit reached.", Code: 429, Origin: "OpenAI", Reason: errs.RateLimited, Retryable: true, RetryAfter: 7,
		Provider: "openai", Model: "gpt-4o", ProviderStatus: 429, ProviderCode: "rate_limit_exceeded", DocURL: "/docs/errors/rate_limited",
	}
	if d := cmp.Diff(&want, got.Detail); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got.Error == nil || *got.Error != want.Message || got.Payload.Judgment != nil {
		t.Errorf("error %v, judgment %s", got.Error, got.Payload.Judgment)
	}
}
