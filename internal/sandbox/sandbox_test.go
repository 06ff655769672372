package sandbox_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/sandbox/sandboxtest"
)

var update = flag.Bool("update", false, "write the golden file anew with the python3 of this machine")

// value runs code with a Log and returns the JSON of its result.
func value(t testing.TB, code string) string {
	t.Helper()
	r, err := sandboxtest.Pool(t).Run(t.Context(), sandbox.Job{Code: code, Args: json.Value(`[{"output":"a"},null]`)})
	if err != nil {
		t.Fatalf("%v\n%s", err, r.Stdout)
	}
	return string(r.Value)
}

// outcome is what a caller sees of a run.
type outcome struct {
	Value, Stdout string
	Line          int
	Reason        errs.Reason
	Message       string
}

func run(t testing.TB, j sandbox.Job) outcome {
	t.Helper()
	return runOn(t, sandboxtest.Pool(t), j)
}

func runOn(t testing.TB, p *sandbox.Pool, j sandbox.Job) outcome {
	t.Helper()
	r, err := p.Run(t.Context(), j)
	out := outcome{Value: string(r.Value), Stdout: r.Stdout, Line: r.Line}
	if err != nil {
		e := errs.From(err)
		out.Reason, out.Message = e.Reason, e.Message
		if e.Reason == errs.Internal {
			t.Errorf("the error is not classified: %v", err)
		}
	}
	return out
}

const golden = "testdata/answers.golden.json"

// TestAnswersAsCPython runs evaluators as teams write them. The golden file is what CPython answers on this machine.
func TestAnswersAsCPython(t *testing.T) {
	if *update {
		out, err := exec.CommandContext(t.Context(), "python3", "testdata/golden.py").Output()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, out, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	answersAsCPython(t, sandboxtest.Pool(t))
}

// answersAsCPython holds what evaluators answer on p to the golden file.
func answersAsCPython(t *testing.T, p *sandbox.Pool) {
	t.Helper()
	var want map[string][]json.Value
	var logs []struct {
		Log      json.Value `json:"log"`
		Testcase json.Value `json:"testcase"`
	}
	decode(t, golden, &want)
	decode(t, "testdata/logs.json", &logs)
	if len(want) != 12 {
		t.Fatalf("there are %d evaluators", len(want))
	}
	for name, answers := range want {
		t.Run(name, func(t *testing.T) {
			code, err := os.ReadFile(filepath.Join("testdata/evaluators", name+".py"))
			if err != nil {
				t.Fatal(err)
			}
			for i, l := range logs {
				got := runOn(t, p, sandbox.Job{Code: string(code), Args: json.Value("[" + string(l.Log) + "," + string(l.Testcase) + "]")})
				if d := cmp.Diff(outcome{Value: string(answers[i])}, got); d != "" {
					t.Errorf("Log %d (-CPython +got):\n%s", i+1, d)
				}
			}
		})
	}
}

func decode(t *testing.T, path string, v any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestCallsByTheSignature states which function is called, and with what.
func TestCallsByTheSignature(t *testing.T) {
	for name, c := range map[string]struct {
		code, entry, args string
		want              outcome
	}{
		"one parameter":               {"def f(log): return log", "", `[1,2]`, outcome{Value: "1"}},
		"two parameters":              {"def f(log, testcase): return [log, testcase]", "", `[1,null]`, outcome{Value: "[1,null]"}},
		"a default":                   {"def f(log, testcase=5): return [log, testcase]", "", `[1,2]`, outcome{Value: "[1,2]"}},
		"a third with a default":      {"def f(a, b, c=3): return [a, b, c]", "", `[1,2]`, outcome{Value: "[1,2,3]"}},
		"any number":                  {"def f(*all): return all", "", `[1,2]`, outcome{Value: "[1,2]"}},
		"positional only":             {"def f(log, /): return log", "", `[1,2]`, outcome{Value: "1"}},
		"a keyword with a default":    {"def f(log, *, strict=True): return strict", "", `[1,2]`, outcome{Value: "true"}},
		"the last function":           {"def g(log): return 'g'\ndef f(log): return g(log) + 'f'\nx = 1", "", `[1,2]`, outcome{Value: `"gf"`}},
		"an earlier one, made anew":   {"def f(log): return 1\ndef g(log): return 2\ndef f(log): return 3", "", `[1,2]`, outcome{Value: "3"}},
		"no function below another":   {"def f(log):\n  def g(): return 2\n  return 1", "", `[1,2]`, outcome{Value: "1"}},
		"below a condition":           {"def g(log): return 1\nif g(0):\n  def f(log): return 2\nelse:\n  def h(log): return 3", "", `[1,2]`, outcome{Value: "2"}},
		"with type parameters":        {"def g(log): return 1\ndef f[T](log: T) -> T: return log\nclass C[T]:\n  pass", "", `[8,2]`, outcome{Value: "8"}},
		"above a class and a lambda":  {"def f(log): return log\nclass C:\n  def g(self): pass\nh = lambda: 1\nx = [i for i in (1, 2)]\ny = list(i for i in x)", "", `[8,2]`, outcome{Value: "8"}},
		"a lambda":                    {"g = lambda log: 1\nf = lambda log, case: [log, case]", "", `[1,2]`, outcome{Value: "[1,2]"}},
		"a decorated function":        {"import functools\n@functools.cache\ndef f(log): return log", "", `[1,2]`, outcome{Value: "1"}},
		"a coroutine":                 {"import asyncio\nasync def g(): return 4\nasync def f(log):\n  await asyncio.sleep(0)\n  return await g()", "", `[1]`, outcome{Value: "4"}},
		"by name":                     {"def search(q, n=2): return [q, n]\ndef other(): pass", "search", `{"q":"shoes"}`, outcome{Value: `["shoes",2]`}},
		"arguments by keyword":        {"def f(q, **more): return [q, more]", "", `{"q":1,"x":2}`, outcome{Value: `[1,{"x":2}]`}},
		"no arguments":                {"def f(): return 1", "", `{}`, outcome{Value: "1"}},
		"nothing given":               {"def f(): return 1", "", ``, outcome{Value: "1"}},
		"arguments over lines":        {"def f(a): return a", "", "[{\n\"a\": [1,\n 2]}]", outcome{Value: `{"a":[1,2]}`}},
		"a builtin":                   {"f = 1\nshow = len", "show", `["abc"]`, outcome{Value: "3"}},
		"a class":                     {"class Judge:\n  def __call__(self, log): return log\njudge = Judge()", "judge", `[7,8]`, outcome{Value: "7"}},
		"keyword-only":                {"def f(log, *, a, b): return 1", "", `[1,2]`, outcome{Reason: errs.EvaluatorInvalid, Message: "f() has keyword-only parameters without a default, which nothing would set: a, b."}},
		"too many parameters":         {"def f(a, b, c, d): return 1", "", `[1,2]`, outcome{Reason: errs.EvaluatorInvalid, Message: "f() has more parameters than it gets arguments (2): c, d."}},
		"too few parameters":          {"def f(): return 1", "", `[1,2]`, outcome{Reason: errs.EvaluatorInvalid, Message: "f() takes no arguments. It is called with 2, of which it must take at least the first."}},
		"no function":                 {"x = 1", "", `[1,2]`, outcome{Reason: errs.EvaluatorInvalid, Message: "The code has no function. Define one that takes the Log: def evaluate(log): ..."}},
		"an imported function only":   {"from json import loads", "", `[1,2]`, outcome{Reason: errs.EvaluatorInvalid, Message: "The code has no function. Define one that takes the Log: def evaluate(log): ..."}},
		"no function of that name":    {"def g(): return 1\ndef f(): return 2", "search", `{}`, outcome{Value: "2"}},
		"no function for inputs":      {"x = 1", "search", `{}`, outcome{Reason: errs.EvaluatorInvalid, Message: "The code has no function. Define one that takes the inputs by their names."}},
		"an argument that is missing": {"def f(q): pass", "f", `{}`, outcome{Reason: errs.CodeFailed, Message: "TypeError: f() missing 1 required positional argument: 'q'", Stdout: "TypeError: f() missing 1 required positional argument: 'q'\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, sandbox.Job{Code: c.code, Entry: c.entry, Args: json.Value(c.args)})
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestReturnsJSON states what becomes of values that are no JSON.
func TestReturnsJSON(t *testing.T) {
	const head = "import dataclasses, datetime, decimal, enum, fractions, uuid, collections\nclass C(enum.Enum):\n  A = 'a'\nclass S(str, enum.Enum):\n  B = 'b'\n" +
		"@dataclasses.dataclass\nclass D:\n  x: int\nP = collections.namedtuple('P', 'x y')\ndef f(log): return "
	for expression, want := range map[string]string{
		"True": "true", "1": "1", "1.0": "1.0", "None": "null", "'ü😀\\n'": `"ü😀\n"`, "(1, 2)": "[1,2]", "{'b', 'a'}": `["a","b"]`, "frozenset({1, 'a'})": `["a",1]`, "C.A": `"a"`,
		"S.B": `"b"`, "[C.A, D(3)]": `["a",{"x":3}]`, "P(1, 2)": "[1,2]", "{1: 2, None: 3}": `{"1":2,"null":3}`, "decimal.Decimal('1.5')": "1.5", "decimal.Decimal('2')": "2",
		"fractions.Fraction(1, 4)": "0.25", "datetime.date(2024, 1, 2)": `"2024-01-02"`, "uuid.UUID(int=1)": `"00000000-0000-0000-0000-000000000001"`, "'\\ud800x'": `"?x"`,
		"2 ** 70": "1180591620717411303424", "{'a': {'b': [{}]}}": `{"a":{"b":[{}]}}`,
	} {
		if got := value(t, head+expression); got != want {
			t.Errorf("%s: got %s, want %s", expression, got, want)
		}
	}
	for expression, want := range map[string]string{
		"float('nan')":            "returned nan, which is not a finite number",
		"-float('inf')":           "returned -inf, which is not a finite number",
		"[float('nan')]":          "returned [nan], a list: numbers in it are not finite",
		"b'x'":                    "returned b'x', a bytes: a bytes in it cannot be written as JSON",
		"(x for x in [])":         "a generator: a generator in it cannot be written as JSON",
		"{(1, 2): 3}":             "returned {(1, 2): 3}, a dict: keys must be str, int, float, bool or None, not tuple",
		"(a := [], a.append(a))":  "a tuple: Circular reference detected",
		"'x' * (1 << 20)":         "returned 1048578 bytes of JSON, and may return 1048576",
		"decimal.Decimal('NaN')":  "returned Decimal('NaN'), a Decimal",
		"type('T', (), {})()":     "a T in it cannot be written as JSON",
		"[D, D(object())]":        "a type in it cannot be written as JSON",
		"{'a': {1, 2, object()}}": "a object in it cannot be written as JSON",
	} {
		got := run(t, sandbox.Job{Code: head + expression, Args: json.Value("[1]")})
		if got.Reason != errs.CodeFailed || !strings.Contains(got.Message, want) {
			t.Errorf("%s: got %+v, want %s", expression, got, want)
		}
	}
}
