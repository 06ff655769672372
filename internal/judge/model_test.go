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
		e.NumberLimits = &file.NumberLimits{Min: new(1.0), Max: new(5.0)}
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
				l := w.log(t, trace.Log{Payload: trace.Payload{Output: new("Hi.")}})
				got := w.judge(t, judgeOf(method, c.returns, "Judge: {{log.output}}"), l, nil)
				golden(t, "methods-"+method+"-"+string(c.returns)+".txt", asText(u, got))
			})
		}
	}
}

// TestAFailureOfTheModelIsOnTheLog keeps what a scheduler needs to try again.
func TestAFailureOfTheModelIsOnTheLog(t *testing.T) {
	u := &upstream{t: t, answers: []recorded{refusal(429, `{"error":{"message":"Rate limit reached.","type":"requests","code":"rate_limit_exceeded"}}`)}}
	w := start(t, u)
	l := w.log(t, trace.Log{Payload: trace.Payload{Output: new("Hi.")}})
	got := w.judge(t, judgeOf("tool", file.ReturnsBoolean, "Judge: {{log.output}}"), l, nil)
	want := errs.Detail{
		Type: "rate_limit_error", Message: "Rate limit reached.", Code: 429, Origin: "OpenAI", OriginClass: errs.OriginProvider, Reason: errs.RateLimited, Retryable: true, RetryAfter: 7,
		Provider: "openai", Model: "gpt-4o", ProviderStatus: 429, ProviderCode: "rate_limit_exceeded", DocURL: "/docs/errors/rate_limited",
	}
	if d := cmp.Diff(&want, got.Detail); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got.Error == nil || *got.Error != want.Message || got.Payload.Judgment != nil {
		t.Errorf("error %v, judgment %s", got.Error, got.Payload.Judgment)
	}
}

// judgeWords has a Log judged whose model answers as recorded.
func judgeWords(t *testing.T, e *file.Evaluator, answers ...recorded) (*upstream, *trace.Log) {
	t.Helper()
	u := &upstream{t: t, answers: answers}
	w := start(t, u)
	l := w.log(t, trace.Log{Payload: trace.Payload{
		Messages: []llm.Message{{Role: llm.System, Content: llm.Text("Be kind.")}, {Role: llm.User, Content: llm.Text("Hello")}}, Output: new("Hi {{log.id}}"),
	}})
	return u, w.judge(t, e, l, &file.Datapoint{ID: "dp_1", Target: json.Value(`{"output": {"b": 1, "a": [2.50]}}`)})
}

// TestAnUnreadableAnswerIsAskedForAgainOnce adds up what both answers took.
func TestAnUnreadableAnswerIsAskedForAgainOnce(t *testing.T) {
	u, l := judgeWords(t, judgeOf("text", file.ReturnsBoolean, "Judge."), words("Well, yes and no."), words("no"))
	golden(t, "again.txt", asText(u, l))
	u, l = judgeWords(t, judgeOf("tool", file.ReturnsNumber, "Judge."), called(`{"judgment": 9}`), words("Nine."))
	golden(t, "again-unreadable.txt", asText(u, l))
	if l.Detail == nil || l.Detail.Reason != errs.JudgmentUnreadable || len(l.Attempts) != 2 {
		t.Errorf("detail %+v, attempts %+v", l.Detail, l.Attempts)
	}
}

// TestAMethodThatIsRefusedGivesWayToTheNext plays a model that cannot be made to call a function.
func TestAMethodThatIsRefusedGivesWayToTheNext(t *testing.T) {
	refused := refusal(400, `{"error":{"message":"Thinking mode does not support this tool_choice.","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}`)
	u, l := judgeWords(t, judgeOf("tool", file.ReturnsBoolean, "Judge."), refused, words(`{"judgment": true}`))
	golden(t, "refused.txt", asText(u, l))
	other := refusal(400, `{"error":{"message":"The prompt is about fish.","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}`)
	u, l = judgeWords(t, judgeOf("tool", file.ReturnsBoolean, "Judge."), other)
	if len(u.asked) != 1 || l.Detail == nil || l.Detail.Reason != errs.InvalidRequest {
		t.Errorf("asked %d times, then %+v", len(u.asked), l.Detail)
	}
}

// TestAFallbackIsAskedByItsOwnMethod has a model take over that can do less.
func TestAFallbackIsAskedByItsOwnMethod(t *testing.T) {
	e := judgeOf("tool", file.ReturnsBoolean, "Judge.")
	e.Prompt.Fallbacks = []file.Fallback{{Provider: "text", Model: "small"}}
	u, l := judgeWords(t, e, refusal(503, `{"error":{"message":"Overloaded."}}`), words("yes"))
	golden(t, "fallback.txt", asText(u, l))
	var attempts []string
	for _, a := range l.Attempts {
		attempts = append(attempts, a.Provider+" "+a.Model+" "+string(a.Reason))
	}
	if d := cmp.Diff([]string{"tool gpt-4o overloaded", "text small "}, attempts); d != "" {
		t.Errorf("attempts (-want +got):\n%s", d)
	}
}

// TestTheVariablesOfATemplate fills both languages. What is filled in is not a template again.
func TestTheVariablesOfATemplate(t *testing.T) {
	plain := judgeOf("text", file.ReturnsBoolean, "{{log.output}} / {{ log.messages[1].content }} / {{log.error}} / {{testcase.target.output}} / {{testcase.target.output.a[0]}}\n{{log_prompt}}")
	jinja := judgeOf("text", file.ReturnsBoolean, "{{ log.output }} / {{ log.messages[1].content }} / {{ log.error }} / {{ testcase.target.output.a[0] }}\n{{ log_prompt }}")
	jinja.Prompt.TemplateLanguage = "jinja"
	for name, e := range map[string]*file.Evaluator{"variables.txt": plain, "variables-jinja.txt": jinja} {
		u, l := judgeWords(t, e, words("yes"))
		golden(t, name, numbered(asText(u, l)))
	}
	u, l := judgeWords(t, judgeOf("text", file.ReturnsBoolean, "{{log.nope}} {{testcase.inputs.q}} {{log.messages[2]}} {{log_prompt.x}} {{q}}"), words("yes"))
	const want = "The template names what neither the Log nor its datapoint has: log.messages[2], log.nope, log_prompt.x, q, testcase.inputs.q."
	if len(u.asked) != 0 || l.Error == nil || *l.Error != want || l.Detail.Reason != errs.MissingInputs {
		t.Errorf("asked %d times, then %+v", len(u.asked), l.Detail)
	}
}

// TestWhatAPromptBringsAlongIsKept reads the answer in words.
func TestWhatAPromptBringsAlongIsKept(t *testing.T) {
	e := judgeOf("tool", file.ReturnsBoolean, "Judge.")
	e.Prompt.ResponseFormat = &llm.ResponseFormat{Type: "json_object"}
	u, l := judgeWords(t, e, words(`{"verdict": "pass"}`))
	golden(t, "own-format.txt", asText(u, l))
}

// TestAModelThatReasonsIsNotForcedToCall asks it by a schema.
func TestAModelThatReasonsIsNotForcedToCall(t *testing.T) {
	e := judgeOf("tool", file.ReturnsBoolean, "Judge.")
	e.Prompt.ReasoningEffort = llm.Effort{Level: "low"}
	u, l := judgeWords(t, e, words(`{"reasoning": "", "judgment": false}`))
	golden(t, "reasons.txt", asText(u, l))
}

// TestNothingToJudge asks no model.
func TestNothingToJudge(t *testing.T) {
	u := &upstream{t: t, answers: []recorded{words("yes")}}
	w := start(t, u)
	e := judgeOf("text", file.ReturnsBoolean, "{{log.output}}")
	for name, l := range map[string]trace.Log{
		"failed": {Error: new("It failed.")}, "not kept": {PayloadDropped: true, Payload: trace.Payload{Output: new("Hi.")}},
	} {
		got := w.judge(t, e, w.log(t, l), nil)
		if got.Detail == nil || got.Detail.Reason != errs.NothingToJudge || len(u.asked) != 0 {
			t.Errorf("%s: %+v after %d questions", name, got.Detail, len(u.asked))
		}
	}
	partial := w.judge(t, e, w.log(t, trace.Log{Error: new("It broke off."), Payload: trace.Payload{Output: new("Hi.")}}), nil)
	if string(partial.Payload.Judgment) != "true" {
		t.Errorf("a Log with an error and an output: %s %+v", partial.Payload.Judgment, partial.Detail)
	}
	e.Prompt = nil
	if got := w.judge(t, e, w.log(t, trace.Log{Payload: trace.Payload{Output: new("Hi.")}}), nil); got.Detail == nil || got.Detail.Reason != errs.EvaluatorInvalid {
		t.Errorf("without a Prompt: %+v", got.Detail)
	}
}
