//go:build unix

package sandbox_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/sandbox/sandboxtest"
)

// commandPool returns a Pool whose jobs run by the command of the options, which is that of this machine if they have none.
func commandPool(t testing.TB, o sandbox.Options) *sandbox.Pool {
	t.Helper()
	if o.Command == nil {
		o.Command = sandboxtest.Command(t)
	}
	o.Default = sandbox.Command
	p := sandbox.New(o)
	t.Cleanup(p.Close)
	return p
}

// TestTheCommandAnswersAsTheSandbox runs the evaluators whose answers are in the golden file of the sandbox.
func TestTheCommandAnswersAsTheSandbox(t *testing.T) {
	t.Parallel()
	answersAsCPython(t, commandPool(t, sandbox.Options{}))
}

// TestTheCommandFailsAsTheSandbox states failures, limits and output.
func TestTheCommandFailsAsTheSandbox(t *testing.T) {
	t.Parallel()
	p, soon := commandPool(t, sandbox.Options{}), commandPool(t, sandbox.Options{Timeout: time.Second})
	for name, c := range map[string]struct {
		code string
		want outcome
	}{
		"an exception":               {"def h(log):\n  return log['nope']\n", outcome{Reason: errs.CodeFailed, Message: "KeyError: 'nope' (line 2, in h)", Line: 2}},
		"a mistake of syntax":        {"def h(log):\n  return (1\n", outcome{Reason: errs.EvaluatorInvalid, Message: "SyntaxError: '(' was never closed (line 2)", Line: 2}},
		"no memory":                  {"def f(log): raise MemoryError", outcome{Reason: errs.CodeOutOfMemory, Message: "The code needs more memory than it may have (line 1, in f).", Line: 1}},
		"the end of the interpreter": {"import os\ndef f(log): os._exit(3)", outcome{Reason: errs.CodeFailed, Message: "The code ended the interpreter with exit code 3."}},
		"an abort":                   {"import os\ndef f(log): os.abort()", outcome{Reason: errs.CodeFailed, Message: "The code crashed the interpreter."}},
		"a crash":                    {"import ctypes\ndef f(log): ctypes.string_at(0)", outcome{Reason: errs.CodeFailed, Message: "The code crashed the interpreter."}},
		"a kill":                     {"import os\ndef f(log): os.kill(os.getpid(), 9)", outcome{Reason: errs.CodeFailed, Message: "The interpreter was killed, as it may be when code needs more memory than it may have."}},
		"closing all":                {"import os, time\ndef f(log):\n  os.closerange(3, 100)\n  time.sleep(1000)", outcome{Reason: errs.CodeFailed, Message: "The code ended without a result."}},
		"a loop":                     {"def f(log):\n  while True: pass", outcome{Reason: errs.CodeTimeout, Message: "The code did not end within 1s, and was stopped."}},
		"a flood":                    {"import os\ndef f(log):\n  while True: os.write(1, b'x' * 65536)", outcome{Reason: errs.CodeTimeout, Message: "The code did not end within 1s, and was stopped."}},
		"a flood in the answer":      {"import os\ndef f(log):\n  while True:\n    for d in range(3, 9):\n      try: os.write(d, b'x' * 65536)\n      except OSError: pass", outcome{Reason: errs.CodeTimeout, Message: "The code did not end within 1s, and was stopped."}},
		"a large result":             {"def f(log): return 'x' * (1 << 20)", outcome{Reason: errs.CodeFailed, Message: "returned 1048578 bytes of JSON, and may return 1048576"}},
		"a forged answer":            {"import os\ndef f(log):\n  os.write(1, b'{\"ok\":true}\\n')\n  return False", outcome{Value: "false"}},
		"much output":                {"def f(log): print('x' * 70000)", outcome{Value: "null", Stdout: strings.Repeat("x", 65536) + "\n[4465 more bytes were printed]\n"}},
		"output of others":           {"import subprocess\ndef f(log):\n  print('a')\n  return subprocess.run(['/bin/echo', 'b']).returncode", outcome{Value: "0", Stdout: "a\n"}},
		"reading the input":          {"import os\ndef f(log): return os.read(0, 100).decode()", outcome{Value: `""`}},
		"an odd answer":              {"import os\ndef f(log):\n  for d in range(3, 9):\n    try: os.write(d, b'[]\\n')\n    except OSError: pass\n  os._exit(0)", outcome{Reason: errs.CodeFailed, Message: "The code ended without a result."}},
	} {
		t.Run(name, func(t *testing.T) {
			p := p
			if c.want.Reason == errs.CodeTimeout {
				p = soon
			}
			got := runOn(t, p, sandbox.Job{Code: c.code, Args: json.Value(`[{"output":"a"},null]`)})
			if c.want.Stdout == "" {
				got.Stdout = ""
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%.2000s", d)
			}
		})
	}
}

// TestTheCommandTakesWhatTheSandboxTakes gives it as much as there may be.
func TestTheCommandTakesWhatTheSandboxTakes(t *testing.T) {
	p := commandPool(t, sandbox.Options{})
	got := runOn(t, p, sandbox.Job{Code: "def f(log): return len(log)", Args: json.Value(`["` + strings.Repeat("x", sandbox.MaxInput-4) + `"]`)})
	if d := cmp.Diff(outcome{Value: strconv.Itoa(sandbox.MaxInput - 4)}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestTheCommandHasNoEnvironment looks for variables of this process, and gives a run its own.
func TestTheCommandHasNoEnvironment(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "a-secret")
	const code = "import os, subprocess\ndef f():\n  return [dict(os.environ), subprocess.run(['/usr/bin/env'], stdout=subprocess.PIPE).stdout.decode()]"
	j := sandbox.Job{Code: code, Args: json.Value("{}"), Env: map[string]string{"API_KEY": "k-1"}}
	for _, reuse := range []bool{false, true} {
		p := commandPool(t, sandbox.Options{Reuse: reuse})
		first := runOn(t, p, j)
		second := runOn(t, p, sandbox.Job{Code: code, Args: json.Value("{}")})
		if d := cmp.Diff([]outcome{{Value: `[{"API_KEY":"k-1"},"API_KEY=k-1\n"]`}, {Value: `[{},""]`}}, []outcome{first, second}); d != "" {
			t.Errorf("reuse %t (-want +got):\n%s", reuse, d)
		}
	}
}

// TestTheCommandMakesRequests states that the network of a run is the caller's here too, and that a run without one finds none that another left.
func TestTheCommandMakesRequests(t *testing.T) {
	t.Parallel()
	const code = `
import json, requests, urllib.request
def refusal(call):
    try: call()
    except OSError as e: return str(e)
def f():
    return [
        requests.post("http://h/", json={"a": 1}).json()["b"], json.load(urllib.request.urlopen("http://h/json")), len(requests.get("http://h/large").content),
        refusal(lambda: requests.get("http://h/refused")), refusal(lambda: requests.get("http://h/slow", timeout=0.01)),
        refusal(lambda: requests.post("http://h/", data="x" * 3000000)), refusal(lambda: [requests.get("http://h/") for _ in range(20)]),
    ]`
	want := []outcome{
		{Value: `["{\"a\": 1}",{"a":[1,"ü"]},10485760,"This server does not connect to it.","The answer did not come in time.",` +
			`"This code has no network, or the request is too large.","A run makes 20 requests at most."]`},
		{Value: "false"},
		{Reason: errs.CodeTimeout, Message: "The code did not end within 1s, and was stopped."},
	}
	p := commandPool(t, sandbox.Options{Reuse: true})
	got := []outcome{
		runOn(t, p, sandbox.Job{Code: code, Args: json.Value("{}"), Fetch: world}),
		runOn(t, p, sandbox.Job{Code: "import sys\ndef f(): return 'requests' in sys.modules", Args: json.Value("{}")}),
		runOn(t, p, sandbox.Job{Code: "import requests\ndef f(): return requests.get('http://h/slow').text", Args: json.Value("{}"), Fetch: world, Timeout: time.Second}),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestAProcessMakesOneRun unless it is reused.
func TestAProcessMakesOneRun(t *testing.T) {
	t.Parallel()
	j := sandbox.Job{Code: "import os\nprint('out')\ndef f(): return os.getpid()", Args: json.Value("{}")}
	for _, reuse := range []bool{false, true} {
		p := commandPool(t, sandbox.Options{Reuse: reuse})
		a, b := runOn(t, p, j), runOn(t, p, j)
		if a.Stdout != "out\n" || b.Stdout != "out\n" || (a.Value == b.Value) != reuse {
			t.Errorf("reuse %t: got %+v, %+v", reuse, a, b)
		}
	}
}

// fifo is a pipe in the file system: what is written to it, and when all who could write are gone.
func fifo(t *testing.T) (path string, read func() string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return path, func() string {
		if err := f.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err != nil {
			t.Errorf("somebody can still write to the pipe: %v", err)
		}
		return string(text)
	}
}

// TestAProcessThatEndedIsReplaced kills a process that would be used again.
func TestAProcessThatEndedIsReplaced(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("this system does not tell when a process has ended")
	}
	p := commandPool(t, sandbox.Options{Reuse: true})
	got := runOn(t, p, sandbox.Job{Code: "import os\ndef f(): return os.getpid()", Args: json.Value("{}")})
	pid, err := strconv.Atoi(got.Value)
	if err != nil {
		t.Fatalf("got %+v", got)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for state := ""; !strings.Contains(state, ") Z "); {
		text, err := os.ReadFile(filepath.Join("/proc", got.Value, "stat"))
		if err != nil {
			t.Fatal(err)
		}
		state = string(text)
	}
	if got := runOn(t, p, one); got.Value != "1" {
		t.Errorf("got %+v", got)
	}
}

// tree is code that starts processes without end, which start others.
const tree = `
import os, sys, time
def f(path, then):
    pipe = sys.kept = open(path, "w")
    for _ in range(3):
        if os.fork() == 0:
            if os.fork() == 0:
                os.fork()
            pipe.write("x")
            pipe.flush()
            while True: time.sleep(1)
    while then == "wait": time.sleep(1)
    return 1
`

// TestATreeOfProcessesIsKilled has all processes ended, when the time is over and after an answer.
func TestATreeOfProcessesIsKilled(t *testing.T) {
	t.Parallel()
	for then, want := range map[string]outcome{
		"wait": {Reason: errs.CodeTimeout, Message: "The code did not end within 2s, and was stopped."}, "answer": {Value: "1"},
	} {
		p := commandPool(t, sandbox.Options{Timeout: 2 * time.Second})
		path, gone := fifo(t)
		got := runOn(t, p, sandbox.Job{Code: tree, Args: json.Value(`["` + path + `","` + then + `"]`)})
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", then, d)
		}
		if text := gone(); strings.Trim(text, "x") != "" {
			t.Errorf("got %q", text)
		}
	}
}

// TestTheCommandEndsWithItsContext cancels a run, and closes a Pool while it works.
func TestTheCommandEndsWithItsContext(t *testing.T) {
	o := sandbox.Options{Command: sandboxtest.Command(t), Default: sandbox.Command}
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	p := sandbox.New(o)
	path, gone := fifo(t)
	j := sandbox.Job{Code: "import time\ndef f(path):\n  open(path, 'w').write('x')\n  time.sleep(1000)", Args: json.Value(`["` + path + `"]`)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := p.Run(ctx, j)
		ended <- err
	}()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	go func() {
		_, err := p.Run(t.Context(), j)
		ended <- err
	}()
	p.Close()
	if err := <-ended; !errs.Is(err, errs.ShuttingDown) {
		t.Errorf("got %v", err)
	}
	gone()
	p.Close()
}

// TestTheRuntimeIsTheOneThatIsAskedFor states where jobs run, and what is said where nothing is configured.
func TestTheRuntimeIsTheOneThatIsAskedFor(t *testing.T) {
	for attributes, want := range map[string]sandbox.Runtime{
		`{"runtime":"command"}`: sandbox.Command, `{"runtime":"sandbox"}`: sandbox.Sandbox, `{"runtime":"python3.9"}`: "", `{"runtime":1}`: "", `{}`: "", ``: "",
	} {
		if got := sandbox.Asked(json.Value(attributes)); got != want {
			t.Errorf("%s: got %q", attributes, got)
		}
	}
	where := sandbox.Job{Code: "import sys\ndef f(): return sys.platform == 'wasi'", Args: json.Value("{}")}
	p := commandPool(t, sandbox.Options{})
	if got := runOn(t, p, where); got.Value != "false" {
		t.Errorf("by default: got %+v", got)
	}
	if got := runOn(t, sandboxtest.Pool(t), where); got.Value != "true" {
		t.Errorf("in the sandbox: got %+v", got)
	}
	where.Runtime = sandbox.Command
	want := outcome{Reason: errs.RuntimeUnavailable, Message: "The code asks for the runtime `command`, and this server has none. OPENLOOP_PYTHON_COMMAND sets it."}
	if d := cmp.Diff(want, runOn(t, sandboxtest.Pool(t), where)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestACommandThatDoesNotStartPython states what the caller and the operator learn.
func TestACommandThatDoesNotStartPython(t *testing.T) {
	for said, words := range map[string][]string{
		"no such file or directory": {"/nowhere/python3", "-"},
		"no room":                   {"/bin/sh", "-c", "echo no room >&2", "-"},
		"file already closed":       {"/bin/sh", "-c", "exec sleep 1000", "-"},
	} {
		var log strings.Builder
		p := commandPool(t, sandbox.Options{Command: words, Timeout: 100 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		want := outcome{Reason: errs.RuntimeUnavailable, Message: "This server cannot run Python by its command: no interpreter was started. The server's log has the details."}
		if d := cmp.Diff(want, runOn(t, p, one)); d != "" {
			t.Errorf("%v (-want +got):\n%s", words, d)
		}
		if !strings.Contains(log.String(), said) {
			t.Errorf("%v: the log is %s", words, log.String())
		}
	}
}

// jailed is the command of the documentation.
func jailed(t *testing.T) []string {
	t.Helper()
	python := sandboxtest.Command(t)
	words := strings.Fields("bwrap --unshare-all --die-with-parent --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink usr/bin /bin --proc /proc --dev /dev --tmpfs /tmp")
	if err := exec.CommandContext(t.Context(), words[0], append(words[1:], "true")...).Run(); err != nil {
		t.Skipf("bubblewrap does not work on this machine: %v", err)
	}
	if home := filepath.Dir(filepath.Dir(python[0])); !strings.HasPrefix(home, "/usr") {
		words = append(words, "--ro-bind", home, home)
	}
	return append(words, python...)
}

// TestNothingEscapesAJail runs code in bubblewrap that would get far without it.
func TestNothingEscapesAJail(t *testing.T) {
	p := commandPool(t, sandbox.Options{Command: jailed(t), Timeout: 3 * time.Second})
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		code, value, message string
	}{
		"a run":          {"def f(path): return 1", "1", ""},
		"files":          {"def f(path): return open(path).read()", "", "FileNotFoundError"},
		"writing":        {"def f(path): open('/usr/x', 'w')", "", "Error"},
		"the network":    {"import socket\ndef f(path): socket.create_connection(('192.0.2.1', 80), 1)", "", "Error"},
		"interfaces":     {"import socket\ndef f(path): return [n for _, n in socket.if_nameindex()]", `["lo"]`, ""},
		"processes":      {"import os\ndef f(path): return len([n for n in os.listdir('/proc') if n.isdigit()]) < 4", "true", ""},
		"variables":      {"def f(path): return open('/proc/1/environ').read()", `""`, ""},
		"what is left":   {"import os\ndef f(path):\n  open('/tmp/left', 'x').close()\n  return os.listdir('/tmp')", `["left"]`, ""},
		"again":          {"import os\ndef f(path):\n  open('/tmp/left', 'x').close()\n  return os.listdir('/tmp')", `["left"]`, ""},
		"an own session": {"import os, time\ndef f(path):\n  if os.fork() == 0:\n    os.setsid()\n    while True: time.sleep(1)\n  return 1", "1", ""},
		"a loop":         {"import os\ndef f(path):\n  os.fork()\n  os.setsid()\n  while True: pass", "", "did not end within 3s"},
		"an end":         {"import os\ndef f(path): os._exit(4)", "", "exit code 4"},
		"an abort":       {"import os\ndef f(path): os.abort()", "", "The code crashed the interpreter."},
		"a kill":         {"import os\ndef f(path): os.kill(os.getpid(), 9)", "", "The interpreter was killed"},
	} {
		t.Run(name, func(t *testing.T) {
			got := runOn(t, p, sandbox.Job{Code: c.code, Args: json.Value(`["` + secret + `"]`)})
			if got.Value != c.value || !strings.Contains(got.Message, c.message) {
				t.Errorf("got %+v", got)
			}
		})
	}
}
