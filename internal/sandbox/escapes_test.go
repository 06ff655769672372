package sandbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/sandbox/sandboxtest"
)

// escape is code that tries to get out, and how it must end.
type escape struct {
	name, code string
	value      string      // that it returns
	reason     errs.Reason // or fails with
	message    string      // in the message
}

// escapes that end by themselves.
func escapes() []escape {
	return []escape{
		{"files", "import os\ndef f(log):\n  return open('/etc/passwd').read()", "", errs.CodeFailed, "Error: "},
		{"folders", "import os\ndef f(log):\n  return os.listdir('/')", "", errs.CodeFailed, "Error: "},
		{"writing", "def f(log):\n  with open('/tmp/x', 'w') as h: h.write('x')", "", errs.CodeFailed, "Error: "},
		{"files of the system", "def f(log):\n  return open('/proc/self/environ').read()", "", errs.CodeFailed, "Error: "},
		{"a way up", "import os\ndef f(log):\n  return os.open('../../../etc/hostname', 0)", "", errs.CodeFailed, "Error: "},
		{"links", "import os\ndef f(log):\n  os.symlink('/etc/passwd', 'x')", "", errs.CodeFailed, "Error: "},
		{"sockets", "import socket\ndef f(log):\n  s = socket.socket()\n  s.connect(('127.0.0.1', 80))", "", errs.CodeFailed, ""},
		{"a web page", "import urllib.request\ndef f(log): return urllib.request.urlopen('http://127.0.0.1/').status", "", errs.CodeFailed, ""},
		{"processes", "import os\ndef f(log): return os.fork()", "", errs.CodeFailed, "AttributeError"},
		{"commands", "import subprocess\ndef f(log): return subprocess.run(['ls']).returncode", "", errs.CodeFailed, ""},
		{"a shell", "import os\ndef f(log): return os.system('ls')", "", errs.CodeFailed, "AttributeError"},
		{"signals", "import os\ndef f(log): os.kill(1, 9)", "", errs.CodeFailed, "AttributeError"},
		{"threads", "import threading\ndef f(log): threading.Thread(target=print).start()", "", errs.CodeFailed, "can't start new thread"},
		{"native code", "import ctypes\ndef f(log): return ctypes.CDLL(None)", "", errs.CodeFailed, "ctypes"},
		{"the environment", "import os\ndef f(log): return dict(os.environ)", "{}", "", ""},
		{"the end of the interpreter", "import os\ndef f(log): os._exit(0)", "", errs.CodeFailed, "ended the interpreter with exit code 0"},
		{"an abort", "import os\ndef f(log): os.abort()", "", errs.CodeFailed, "The code crashed the interpreter."},
		{"memory of others", "def f(log):\n  import gc\n  return [o for o in gc.get_objects() if isinstance(o, str) and 'secret' + '-of-another' in o]", "[]", "", ""},
		{"a text of ten billion", "def f(log): return 'a' * (2 ** 31 - 100)", "", errs.CodeOutOfMemory, "128 MiB"},
		{"deep recursion", "def f(log): return f(log)", "", errs.CodeFailed, "RecursionError"},
		{"deep recursion in C", "class A:\n  def __repr__(self): return repr([self])\ndef f(log): return repr(A())", "", errs.CodeFailed, "RecursionError"},
		{"closing the streams", "import os\ndef f(log):\n  for d in range(3):\n    try: os.close(d)\n    except OSError: pass\n  return 1", "1", "", ""},
		{"moving the streams", "import os\ndef f(log):\n  try: os.dup2(2, 1)\n  except (OSError, AttributeError): return 1", "1", "", ""},
		{"reading the input again", "import os\ndef f(log): return [os.read(0, 100).decode(), input.__name__]", `["","input"]`, "", ""},
		{"asking", "def f(log): return input()", "", errs.CodeFailed, "EOFError"},
		{"a forged answer", "import os\ndef f(log):\n  os.write(1, b'{\"ok\":true}\\n')\n  return False", "false", "", ""},
		{"a forged last answer", "import os\nw = os.write\ndef f(log):\n  w(1, b'{\"ok\":5}\\n')\n  os._exit(0)", "", errs.CodeFailed, "exit code"},
		{"no answer", "import __main__\ndef f(log):\n  __main__._raw.kept = None\n  __main__._encode = None", "", errs.CodeFailed, ""},
		{"modules in disorder", "import sys\nsys.modules.clear()\ndef f(log): return 1", "1", "", ""},
		{"builtins in disorder", "import builtins\nfor n in list(vars(builtins)):\n  if n != '__import__': setattr(builtins, n, None)\ndef f(log): return 1", "", errs.CodeFailed, ""},
		{"work after the end", "import os\nclass A:\n  def __del__(self): os.write(1, b'{\"ok\":6}\\n')\na = A()\ndef f(log): return 7", "7", "", ""},
		{"bytecode", "def f(log):\n  f.__code__ = f.__code__.replace(co_code=b'\\xff' * 64)\n  return f(log)", "", errs.CodeFailed, ""},
		{"a broken pointer", "import array\ndef f(log):\n  a = array.array('i', [1])\n  return memoryview(a).cast('B')[99]", "", errs.CodeFailed, "IndexError"},
	}
}

// TestNothingEscapes runs each of them, and then code that must find nothing changed.
func TestNothingEscapes(t *testing.T) {
	if got := value(t, "secret = 'secret' + '-of-another'\ndef f(log): return 1"); got != "1" {
		t.Fatal(got)
	}
	for _, e := range escapes() {
		t.Run(e.name, func(t *testing.T) {
			got := run(t, sandbox.Job{Code: e.code, Args: json.Value(`[{"output":"a"}]`)})
			if got.Value != e.value || got.Reason != e.reason || !strings.Contains(got.Message, e.message) {
				t.Errorf("got %+v", got)
			}
			isUntouched(t, sandboxtest.Pool(t))
		})
	}
}

const untouched = `
import builtins, json, os, random, re, sys, time
def f(log):
    print("fine")
    assert open and len and sys.modules["json"] is json and random.random() < 1 and "code" in sys.modules
    assert not hasattr(builtins, "mine") and dict(os.environ) == {} and sys.getrecursionlimit() == 1000 and time.time() > 1e9
    return [re.sub("a", "b", log["output"]), sum(range(1000))]
`

// isUntouched fails if a run does not begin as every run must.
func isUntouched(t *testing.T, p *sandbox.Pool) {
	t.Helper()
	r, err := p.Run(t.Context(), sandbox.Job{Code: untouched, Args: json.Value(`[{"output":"aa"}]`)})
	if err != nil || string(r.Value) != `["bb",499500]` || r.Stdout != "fine\n" {
		t.Errorf("the next run: %s, %q, %v", r.Value, r.Stdout, err)
	}
}

// TestEndlessCodeIsStopped runs what does not end by itself.
func TestEndlessCodeIsStopped(t *testing.T) {
	o := sandboxtest.Options(t)
	o.Timeout, o.Workers = 3*time.Second, 4
	p := sandbox.New(o)
	t.Cleanup(p.Close)
	isUntouched(t, p) // loads the engine
	for name, code := range map[string]string{
		"a loop":               "def f(log):\n  while True: pass",
		"a loop that catches":  "def f(log):\n  while True:\n    try:\n      while True: pass\n    except BaseException: pass",
		"a regular expression": "import re\ndef f(log): return re.match('(a+)+$', 'a' * 40 + 'b')",
		"a large number":       "def f(log): return len(str(7 ** 10 ** 7))",
		"sleep":                "import time\ndef f(log): time.sleep(1e9)",
		"much output":          "import os\ndef f(log):\n  while True: os.write(1, b'x' * 65536)",
		"a loop at the top":    "while True: pass",
		"a loop after the end": "class A:\n  def __del__(self):\n    while True: pass\ndef f(log):\n  import builtins\n  builtins.mine = A()\n  del builtins.mine\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := p.Run(t.Context(), sandbox.Job{Code: code, Args: json.Value("[1]")})
			if !errs.Is(err, errs.CodeTimeout) || errs.From(err).Message != "The code did not end within 3s, and was stopped." {
				t.Errorf("got %s, %v", r.Value, err)
			}
			isUntouched(t, p)
		})
	}
}
