package judge_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/trace"
)

func code(t file.ReturnType, text string) *file.Evaluator {
	e := &file.Evaluator{Type: file.PythonEvaluator, ArgumentsType: file.TargetRequired, ReturnType: t, Code: text}
	switch t { //nolint:exhaustive // the others have neither
	case file.ReturnsNumber:
		e.NumberLimits = &file.NumberLimits{Min: new(-10.0), Max: new(10.0)}
	case file.ReturnsSelect, file.ReturnsMultiSelect:
		e.Options = []file.Option{{Name: "b"}, {Name: "a"}}
	}
	return e
}

// TestWhatCodeMayReturn has functions return a value that is written in Python, and compares the judgment or the error.
func TestWhatCodeMayReturn(t *testing.T) {
	w := start(t, nil)
	l := w.log(t, trace.Log{Payload: trace.Payload{Output: new("Hi.")}})
	for _, test := range []struct {
		returns     file.ReturnType
		value, want string
	}{
		{file.ReturnsBoolean, "True", "true"},
		{file.ReturnsBoolean, "False", "false"},
		{file.ReturnsBoolean, "1", "true"},
		{file.ReturnsBoolean, "0", "false"},
		{file.ReturnsBoolean, "1.0", "true"},
		{file.ReturnsBoolean, "None", "null"},
		{file.ReturnsBoolean, "'good'", "returned 'good', a str; this Evaluator returns a boolean"},
		{file.ReturnsBoolean, "2", "returned 2, an int; this Evaluator returns a boolean"},
		{file.ReturnsBoolean, "[True]", "returned [True], a list; this Evaluator returns a boolean"},
		{file.ReturnsBoolean, "{'score': 1}", "returned {'score': 1}, a dict; this Evaluator returns a boolean"},
		{file.ReturnsBoolean, "{'judgment': True}", "true"},
		{file.ReturnsBoolean, "{'judgment': None, 'reasoning': None, 'metadata': None}", "null"},
		{file.ReturnsBoolean, "{'judgment': 'x'}", "returned 'x', a str; this Evaluator returns a boolean"},
		{file.ReturnsBoolean, "{'judgment': True, 'score': 1}", "returned a dict with 'score'; it may hold judgment, reasoning and metadata"},
		{file.ReturnsBoolean, "{'judgment': True, 'reasoning': 1}", "returned 1, an int as reasoning; it is a str"},
		{file.ReturnsBoolean, "{'judgment': True, 'metadata': [1]}", "returned [1], a list as metadata; it is a dict"},
		{file.ReturnsBoolean, "object()", "returned <object object at …>, a object: a object in it cannot be written as JSON"},
		{file.ReturnsNumber, "3", "3"},
		{file.ReturnsNumber, "3.0", "3"},
		{file.ReturnsNumber, "1e-7", "1e-7"},
		{file.ReturnsNumber, "0.1 + 0.2", "0.30000000000000004"},
		{file.ReturnsNumber, "True", "1"},
		{file.ReturnsNumber, "False", "0"},
		{file.ReturnsNumber, "10.5", "returned 10.5, a float; this Evaluator returns a number of 10 or less"},
		{file.ReturnsNumber, "-11", "returned -11, an int; this Evaluator returns a number of -10 or more"},
		{file.ReturnsNumber, "'4'", "returned '4', a str; this Evaluator returns a number"},
		{file.ReturnsNumber, "float('nan')", "returned nan, which is not a finite number"},
		{file.ReturnsSelect, "'a'", `"a"`},
		{file.ReturnsSelect, "'c'", `returned 'c', a str; this Evaluator returns one of its options: "b", "a"`},
		{file.ReturnsSelect, "'" + strings.Repeat("c", 100) + "'", "returned '" + strings.Repeat("c", 79) + `…, a str; this Evaluator returns one of its options: "b", "a"`},
		{file.ReturnsMultiSelect, "['a', 'b', 'a']", `["b","a"]`},
		{file.ReturnsMultiSelect, "('a',)", `["a"]`},
		{file.ReturnsMultiSelect, "{'a', 'b'}", `["b","a"]`},
		{file.ReturnsMultiSelect, "[]", `[]`},
		{file.ReturnsMultiSelect, "'a'", `returned 'a', a str; this Evaluator returns a list of its options: "b", "a"`},
		{file.ReturnsMultiSelect, "['c']", `returned ['c'], a list; this Evaluator returns a list of its options: "b", "a"`},
		{file.ReturnsText, "'it is'", `"it is"`},
		{file.ReturnsText, "3", "returned 3, an int; this Evaluator returns a text"},
	} {
		got := w.judge(t, code(test.returns, "def f(log):\n    return "+test.value), l, nil)
		said := string(got.Payload.Judgment)
		if got.Error != nil {
			said = address.ReplaceAllString(*got.Error, "at …")
			if got.Detail.Reason != errs.CodeFailed {
				t.Errorf("%s: reason %s", test.value, got.Detail.Reason)
			}
		}
		if said != test.want {
			t.Errorf("a %s function that returns %s: %s, want %s", test.returns, test.value, said, test.want)
		}
	}
}

var address = regexp.MustCompile(`at 0x[0-9a-f]+`)

func TestCodeThatFails(t *testing.T) {
	w := start(t, nil)
	l := w.log(t, trace.Log{Payload: trace.Payload{Output: new("Hi.")}})
	type failure struct {
		Reason  errs.Reason
		Message string
		Line    int
		Stdout  string
	}
	for text, want := range map[string]failure{
		"def h(log):\n    print('so far')\n    return log['nope']": {
			errs.CodeFailed, "KeyError: 'nope' (line 3, in h)", 3,
			"so far\nTraceback (most recent call last):\n  File \"code.py\", line 3, in h\n    return log['nope']\n            ~~~^^^^^^^^\nKeyError: 'nope'\n",
		},
		"def h(log):\n    return (": {errs.EvaluatorInvalid, "SyntaxError: '(' was never closed (line 2)", 2, "  File \"code.py\", line 2\n    return (\n           ^\nSyntaxError: '(' was never closed\n"},
		"x = 1":                     {errs.EvaluatorInvalid, "The code has no function. Define one that takes the Log: def evaluate(log): ...", 0, ""},
		"def h(log, *, strict): pass": {
			errs.EvaluatorInvalid, "h() has keyword-only parameters without a default, which nothing would set: strict.", 0, "",
		},
	} {
		got := w.judge(t, code(file.ReturnsBoolean, text), l, nil)
		if got.Detail == nil || got.Error == nil {
			t.Errorf("%q does not fail", text)
			continue
		}
		seen := failure{got.Detail.Reason, *got.Error, got.Detail.Line, ""}
		if got.Payload.Stdout != nil {
			seen.Stdout = *got.Payload.Stdout
		}
		if d := cmp.Diff(want, seen); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
		if got.Payload.Judgment != nil || got.Detail.Message != *got.Error {
			t.Errorf("%q: judgment %s, detail %q", text, got.Payload.Judgment, got.Detail.Message)
		}
	}
}

// TestTheRuntimeIsAskedForByAttributes asks for the one that this Judge does not have, and for none.
func TestTheRuntimeIsAskedForByAttributes(t *testing.T) {
	w := start(t, nil)
	l := w.log(t, trace.Log{Payload: trace.Payload{Output: new("Hi.")}})
	e := code(file.ReturnsBoolean, "def f(log): return True")
	e.Attributes = json.Value(`{"runtime":"python3.9","team":"a"}`)
	if got := w.judge(t, e, l, nil); string(got.Payload.Judgment) != "true" {
		t.Errorf("got %+v", got)
	}
	e.Attributes = json.Value(`{"runtime":"command"}`)
	got := w.judge(t, e, l, nil)
	if got.Detail == nil || got.Detail.Reason != errs.RuntimeUnavailable || !strings.Contains(*got.Error, "OPENLOOP_PYTHON_COMMAND") {
		t.Errorf("got %+v", got)
	}
}

// TestTheLogOfAJudgment compares all of it.
func TestTheLogOfAJudgment(t *testing.T) {
	w := start(t, nil)
	l := w.log(t, trace.Log{Payload: trace.Payload{Output: new("Hi.")}})
	e := code(file.ReturnsBoolean, "async def f(log):\n    print('looks')\n    return {'judgment': log['output'] == 'Hi.', 'reasoning': 'It greets.', 'metadata': {'words': 1}}")
	got := w.judge(t, e, l, nil)
	snap := w.save(t, e)
	want := &trace.Log{
		ID: got.ID, Kind: file.EvaluatorKind, FileID: snap.File.ID, VersionID: snap.Version.ID, ParentID: l.ID, CreatedAt: day, StartTime: day, EndTime: day,
		CreatedBy: "key_1", Metadata: json.Value(`{"words":1}`),
		Payload: trace.Payload{Judgment: json.Value("true"), Output: new("It greets."), Stdout: new("looks\n")},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if err := w.book.Record(t.Context(), got); err != nil {
		t.Error(err)
	}
}

// ids are in an order that no run has again.
var id = regexp.MustCompile(`"(log|pr|prv|fl|flv|dir|env|dp)_[A-Za-z0-9]{10,}"`)

// numbered is a text with its ids numbered.
func numbered(text string) string {
	known := map[string]string{}
	return id.ReplaceAllStringFunc(text, func(found string) string {
		if known[found] == "" {
			prefix, _, _ := strings.Cut(found, "_")
			known[found] = prefix + "_" + strconv.Itoa(len(known)+1) + `"`
		}
		return known[found]
	})
}

// TestWhatCodeGets has a function return its arguments.
func TestWhatCodeGets(t *testing.T) {
	w := start(t, nil)
	show := func(l *trace.Log, d *file.Datapoint) string {
		t.Helper()
		got := w.judge(t, code(file.ReturnsText, "import json\ndef f(*args): return json.dumps(args, indent=2)"), l, d)
		if got.Error != nil {
			t.Fatal(*got.Error)
		}
		var text string
		if err := json.Unmarshal(got.Payload.Judgment, &text); err != nil {
			t.Fatal(err)
		}
		return numbered(text) + "\n"
	}
	l := w.log(t, trace.Log{
		StartTime: day, EndTime: day.Add(1500 * time.Millisecond), PromptTokens: new(int64(3)), PromptCost: new(0.25), Metadata: json.Value(`{"a":[1]}`),
		Payload: trace.Payload{
			Inputs: json.Value(`{"q":"x"}`), Messages: []llm.Message{{Role: llm.User, Content: llm.Text("Hello")}}, Output: new("Hi."),
			OutputMessage: &llm.Message{Role: llm.Assistant, Content: llm.Text("Hi.")},
		},
	})
	d := &file.Datapoint{ID: "dp_1", Inputs: map[string]string{"q": "x"}, Target: json.Value(`{"output":"Hi!"}`)}
	golden(t, "arguments.txt", show(l, d))
	golden(t, "arguments-failed.txt", show(w.log(t, trace.Log{Error: new("It failed.")}), nil))
	flow := w.record(t, logbook.Entry{Ref: file.Ref{Path: "flow"}, Content: &file.Flow{}, Log: trace.Log{Kind: file.FlowKind}})
	w.log(t, trace.Log{TraceParentID: flow.ID, Payload: trace.Payload{Output: new("within")}})
	golden(t, "arguments-flow.txt", show(flow, nil))
}

// TestALongTraceIsTruncated gives code the first thousand Logs of a trace, and half as many as often as it takes to fit.
func TestALongTraceIsTruncated(t *testing.T) {
	w := start(t, nil)
	count := code(file.ReturnsText, "def f(log): return str([len(log['trace_children']), log.get('trace_truncated')])")
	flow := w.record(t, logbook.Entry{Ref: file.Ref{Path: "flow"}, Content: &file.Flow{}, Log: trace.Log{Kind: file.FlowKind}})
	for range 1_005 {
		w.log(t, trace.Log{TraceParentID: flow.ID})
	}
	if got := w.judge(t, count, flow, nil); string(got.Payload.Judgment) != `"[999, True]"` {
		t.Errorf("of 1,005 Logs: %s %v", got.Payload.Judgment, got.Detail)
	}
	large := w.record(t, logbook.Entry{Ref: file.Ref{Path: "flow"}, Content: &file.Flow{}, Log: trace.Log{Kind: file.FlowKind}})
	for range 10 {
		w.log(t, trace.Log{TraceParentID: large.ID, Payload: trace.Payload{Output: new(strings.Repeat("x", 1<<20))}})
	}
	if got := w.judge(t, count, large, nil); string(got.Payload.Judgment) != `"[4, True]"` {
		t.Errorf("of ten Logs of a megabyte: %s %v", got.Payload.Judgment, got.Detail)
	}
}

// TestPresetsAreEqualToTheirCode judges many Logs natively, and by the same code in the sandbox.
func TestPresetsAreEqualToTheirCode(t *testing.T) {
	w := start(t, nil)
	random := rand.New(rand.NewPCG(1, 2))
	some := func() bool { return random.IntN(4) > 0 }
	for range 100 {
		l := &trace.Log{ID: "log_1", Kind: file.PromptKind}
		if some() {
			l.StartTime = day.Add(time.Duration(random.Int64N(1e15)))
		}
		if some() {
			l.EndTime = l.StartTime.Add(time.Duration(random.Int64N(1e12)))
		}
		if some() {
			l.Latency = new(random.Float64() * 100)
		}
		if some() {
			l.PromptTokens, l.PromptCost = new(random.Int64N(1e6)), new(random.Float64()/1e5)
		}
		if some() {
			l.OutputTokens, l.OutputCost = new(random.Int64N(3)), new(float64(random.IntN(3)))
		}
		for _, name := range []string{"Cost", "Tokens", "Latency"} {
			native := file.PresetEvaluator(name)
			sandboxed := *native
			sandboxed.Code += "\n# in the sandbox\n"
			if file.PoolOf(native) != file.NativePool || file.PoolOf(&sandboxed) != file.PythonPool {
				t.Fatalf("%s is computed in %q, its code in %q", name, file.PoolOf(native), file.PoolOf(&sandboxed))
			}
			want, got := w.judge(t, &sandboxed, l, nil), w.judge(t, native, l, nil)
			if d := cmp.Diff([]any{string(want.Payload.Judgment), want.Error}, []any{string(got.Payload.Judgment), got.Error}); d != "" {
				t.Errorf("%s of %+v (-code +native):\n%s", name, l, d)
			}
		}
	}
}

// TestAJudgmentThatIsStopped is none: nothing is known of the Log.
func TestAJudgmentThatIsStopped(t *testing.T) {
	w := start(t, nil)
	l := w.log(t, trace.Log{Payload: trace.Payload{Output: new("Hi.")}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := w.Judge.Judge(ctx, w.save(t, code(file.ReturnsBoolean, "def f(log): return True")), l, nil); got != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", got, err)
	}
	human := &file.Evaluator{Type: file.HumanEvaluator, ArgumentsType: file.TargetFree, ReturnType: file.ReturnsBoolean}
	if got := w.judge(t, human, l, nil); got.Detail == nil || got.Detail.Reason != errs.EvaluatorInvalid {
		t.Errorf("%+v", got.Detail)
	}
}
