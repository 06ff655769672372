package sandbox_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/sandbox"
)

// TestTellsWhereCodeFailed states message, line and traceback of failures.
func TestTellsWhereCodeFailed(t *testing.T) {
	for name, c := range map[string]struct {
		code string
		want outcome
	}{
		"a missing key": {"def h(log):\n  return log['nope']\n", outcome{
			Reason: errs.CodeFailed, Message: "KeyError: 'nope' (line 2, in h)", Line: 2,
			Stdout: "Traceback (most recent call last):\n  File \"code.py\", line 2, in h\n    return log['nope']\n           ~~~^^^^^^^^\nKeyError: 'nope'\n",
		}},
		"below a library and another function": {"import json\ndef read(x):\n  return json.loads(x)\nprint('begin')\ndef h(log):\n  return read('{')", outcome{
			Reason: errs.CodeFailed, Line: 3,
			Message: "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1) (line 3, in read)",
			Stdout: "begin\nTraceback (most recent call last):\n  File \"code.py\", line 6, in h\n    return read('{')\n            ^^^^^^^^^\n  File \"code.py\", line 3, in read\n" +
				"    return json.loads(x)\n           ^^^^^^^^^^^^^\njson.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n",
		}},
		"a cause": {"def h(log):\n  try:\n    1 / 0\n  except ZeroDivisionError as e:\n    raise ValueError('no') from e", outcome{
			Reason: errs.CodeFailed, Message: "ValueError: no (line 5, in h)", Line: 5,
			Stdout: "Traceback (most recent call last):\n  File \"code.py\", line 3, in h\n    1 / 0\n    ~~^~~\nZeroDivisionError: division by zero\n\n" +
				"The above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n  File \"code.py\", line 5, in h\n" +
				"    raise ValueError('no') from e\nValueError: no\n",
		}},
		"at the top level": {"x = 1\ny = x.z\ndef h(log): pass", outcome{
			Reason: errs.CodeFailed, Message: "AttributeError: 'int' object has no attribute 'z' (line 2)", Line: 2,
			Stdout: "Traceback (most recent call last):\n  File \"code.py\", line 2, in <module>\n    y = x.z\n        ^^^\nAttributeError: 'int' object has no attribute 'z'\n",
		}},
		"an exception of the user": {"class Bad(Exception): pass\ndef h(log):\n  raise Bad", outcome{
			Reason: errs.CodeFailed, Message: "Bad (line 3, in h)", Line: 3,
			Stdout: "Traceback (most recent call last):\n  File \"code.py\", line 3, in h\n    raise Bad\ncode.Bad\n",
		}},
		"exit": {"import sys\ndef h(log):\n  sys.exit(3)", outcome{
			Reason: errs.CodeFailed, Message: "SystemExit: 3 (line 3, in h)", Line: 3,
			Stdout: "Traceback (most recent call last):\n  File \"code.py\", line 3, in h\n    sys.exit(3)\nSystemExit: 3\n",
		}},
		"an assertion": {"def h(log):\n  assert log['output'] == 'b', 'not b'", outcome{Reason: errs.CodeFailed, Message: "AssertionError: not b (line 2, in h)", Line: 2}}, // releases of 3.12 mark it in different ways
		"a mistake of syntax": {"def h(log):\n  return (1\n", outcome{
			Reason: errs.EvaluatorInvalid, Message: "SyntaxError: '(' was never closed (line 2)", Line: 2,
			Stdout: "  File \"code.py\", line 2\n    return (1\n           ^\nSyntaxError: '(' was never closed\n",
		}},
		"an indent": {"def h(log):\nreturn 1", outcome{
			Reason: errs.EvaluatorInvalid, Message: "IndentationError: expected an indented block after function definition on line 1 (line 2)", Line: 2,
			Stdout: "  File \"code.py\", line 2\n    return 1\n    ^^^^^^\nIndentationError: expected an indented block after function definition on line 1\n",
		}},
		"a return outside": {"return 1", outcome{
			Reason: errs.EvaluatorInvalid, Message: "SyntaxError: 'return' outside function (line 1)", Line: 1,
			Stdout: "  File \"code.py\", line 1\n    return 1\n    ^^^^^^^^\nSyntaxError: 'return' outside function\n",
		}},
		"something to await": {"import asyncio\nasync def h(log):\n  await asyncio.sleep(1)", outcome{
			Reason: errs.CodeFailed, Message: "RuntimeError: no running event loop (line 3, in h)", Line: 3,
			Stdout: "Traceback (most recent call last):\n  File \"code.py\", line 3, in h\n    await asyncio.sleep(1)\nRuntimeError: no running event loop\n",
		}},
		"too deep": {"def h(log):\n  return h(log)", outcome{Reason: errs.CodeFailed, Message: "RecursionError: maximum recursion depth exceeded (line 2, in h)", Line: 2}},
		"too deep in C": {"import functools\n@functools.cache\ndef h(n):\n  return h(n['output'] and {})", outcome{
			Reason: errs.CodeFailed, Message: "TypeError: unhashable type: 'dict'", Stdout: "TypeError: unhashable type: 'dict'\n",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, sandbox.Job{Code: c.code, Args: json.Value(`[{"output":"a"},null]`)})
			if c.want.Stdout == "" {
				got.Stdout = ""
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestSaysWhatToDoWithoutAPackage states the messages of imports that fail.
func TestSaysWhatToDoWithoutAPackage(t *testing.T) {
	for name, want := range map[string]string{
		"numpy": "external Evaluator", "pandas": "OPENLOOP_PYTHON_COMMAND", "requests": "no network", "nltk.tokenize": "external Evaluator", "openai": "no network", "ssl": "standard library",
		"ctypes": "standard library",
	} {
		got := run(t, sandbox.Job{Code: "import " + name + "\ndef f(log): pass", Args: json.Value("[1]")})
		if top, _, _ := strings.Cut(name, "."); got.Reason != errs.CodeFailed || got.Line != 1 || !strings.Contains(got.Message, want) ||
			!strings.HasPrefix(got.Message, "ModuleNotFoundError: No module named ") && top != "ssl" && top != "ctypes" {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	const optional = "try:\n  import numpy\nexcept ImportError:\n  numpy = None\ndef f(log): return numpy is None"
	if got := value(t, optional); got != "true" {
		t.Errorf("got %s", got)
	}
}

// TestKeepsTheStartOfTheOutput states what is kept of what code prints.
func TestKeepsTheStartOfTheOutput(t *testing.T) {
	for name, c := range map[string]struct{ code, want string }{
		"both streams":    {"import sys\ndef f(log):\n  print('a', end=' ')\n  print('b', file=sys.stderr)\n  sys.stdout.buffer.write(b'c')", "a b\nc"},
		"at the top":      {"print('ü😀')\ndef f(log): pass", "ü😀\n"},
		"a warning":       {"import warnings\ndef f(log):\n  warnings.warn('old')", "code.py:3: UserWarning: old\n  warnings.warn('old')\n"},
		"logging":         {"import logging\ndef f(log):\n  logging.warning('odd %s', 1)", "WARNING:root:odd 1\n"},
		"more than fits":  {"def f(log):\n  for _ in range(3): print('x' * 40000)", strings.Repeat("x", 40000) + "\n" + strings.Repeat("x", 65536-40001) + "\n[54467 more bytes were printed]\n"},
		"a cut character": {"def f(log): print('x' * 65535 + 'ü')", strings.Repeat("x", 65535) + "\n[2 more bytes were printed]\n"},
		"no characters":   {"def f(log): print('a\\ud800b')", "a?b\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, sandbox.Job{Code: c.code, Args: json.Value("[1]")})
			if d := cmp.Diff(outcome{Value: "null", Stdout: c.want}, got); d != "" {
				t.Errorf("(-want +got):\n%.2000s", d)
			}
		})
	}
}

// TestRefusesWhatIsTooLarge states the limits of code, arguments and results.
func TestRefusesWhatIsTooLarge(t *testing.T) {
	const small = "def f(log): return len(log)"
	for name, c := range map[string]struct {
		job  sandbox.Job
		want outcome
	}{
		"code": {sandbox.Job{Code: small + strings.Repeat(" ", sandbox.MaxSource)}, outcome{
			Reason: errs.EvaluatorInvalid, Message: "The code has 262171 bytes, and may have 262144.",
		}},
		"arguments": {sandbox.Job{Code: small, Args: json.Value(`["` + strings.Repeat("x", sandbox.MaxInput) + `"]`)}, outcome{
			Reason: errs.CodeFailed, Message: "The arguments of the code have 8388612 bytes, and may have 8388608.",
		}},
		"large arguments": {sandbox.Job{Code: small, Args: json.Value(`["` + strings.Repeat("x", sandbox.MaxInput-4) + `"]`)}, outcome{Value: "8388604"}},
		"large code":      {sandbox.Job{Code: small + "\n#" + strings.Repeat("x", sandbox.MaxSource-100), Args: json.Value(`[""]`)}, outcome{Value: "0"}},
		"memory": {sandbox.Job{Code: "def f(log):\n  return len([b'x' * (1 << 20) for _ in range(200)])", Args: json.Value("[1]")}, outcome{
			Reason: errs.CodeOutOfMemory, Message: "The code needs more than the 128 MiB of memory that it may have (line 2, in f).", Line: 2,
			Stdout: "Traceback (most recent call last):\n  File \"code.py\", line 2, in f\n    return len([b'x' * (1 << 20) for _ in range(200)])\n                 ~~~~~^~~~~~~~~~~\nMemoryError\n",
		}},
		"memory that is caught": {sandbox.Job{Code: "def f(log):\n  try:\n    return 'a' * 10 ** 9\n  except MemoryError:\n    return 'caught'", Args: json.Value("[1]")}, outcome{Value: `"caught"`}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(c.want, run(t, c.job)); d != "" {
				t.Errorf("(-want +got):\n%.2000s", d)
			}
		})
	}
}
