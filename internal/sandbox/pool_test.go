package sandbox_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/sandbox/sandboxtest"
)

var (
	one   = sandbox.Job{Code: "def f(log): return 1", Args: json.Value("[1]")}
	loop  = sandbox.Job{Code: "def f(log):\n  while True: pass", Args: json.Value("[1]")}
	sleep = sandbox.Job{Code: "import time\ndef f(log): time.sleep(1000)", Args: json.Value("[1]")}
)

// TestRunsDifferWhereTheyShould states what is random, and what is not.
func TestRunsDifferWhereTheyShould(t *testing.T) {
	const code = "import os, random, secrets, uuid\ndef f(log): return [random.random(), str(uuid.uuid4()), secrets.token_hex(), os.urandom(8).hex()]"
	if a, b := value(t, code), value(t, code); a == b {
		t.Errorf("two runs have the same random numbers: %s", a)
	}
	const fixed = "import random\ndef f(log):\n  random.seed(7)\n  return [hash('a'), hash(('b', 1)), list({'x', 'y', 'z'}), random.random()]"
	if a, b := value(t, fixed), value(t, fixed); a != b {
		t.Errorf("two runs differ: %s, %s", a, b)
	}
}

// TestRunsNeverSeeEachOther changes what runs have in common in CPython.
func TestRunsNeverSeeEachOther(t *testing.T) {
	const leave = `
import builtins, decimal, json, os, random, sys, warnings, gc, locale, math
def f(log):
    before = [getattr(builtins, "mine", None), getattr(json, "mine", None), os.environ.get("MINE"), sys.getrecursionlimit(), decimal.getcontext().prec, "mine" in sys.modules,
              len(sys.path_hooks), gc.isenabled(), json.dumps(1), log.get("mine")]
    builtins.mine = json.mine = os.environ["MINE"] = log["mine"] = "x"
    sys.setrecursionlimit(99); decimal.getcontext().prec = 3; sys.modules["mine"] = json; sys.path_hooks.clear(); gc.disable(); math.pi = 3
    json.dumps = lambda *a, **k: "forged"
    sys.keep = ["x" * 1000 for _ in range(1000)]
    return before`
	const clean = `[null,null,null,1000,28,false,2,true,"1",null]`
	for range 3 {
		if got := value(t, leave); got != clean {
			t.Errorf("got %s, want %s", got, clean)
		}
	}
}

// TestEnvIsOfOneRun gives two runs variables.
func TestEnvIsOfOneRun(t *testing.T) {
	j := sandbox.Job{Code: "import os\ndef f(): return dict(os.environ)", Args: json.Value("{}"), Env: map[string]string{"API_KEY": "k-1"}}
	first := run(t, j)
	j.Env = map[string]string{"OTHER": "ü", "A=B": "c", "NUL": "\x00", "": "d"}
	if d := cmp.Diff([]outcome{{Value: `{"API_KEY":"k-1"}`}, {Value: `{"OTHER":"ü"}`}}, []outcome{first, run(t, j)}); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestTheCollectorInterruptsCode measures how long a collection of garbage waits for an endless loop. The bound is far above what it takes, and far below
// what it would take without the interruption, which is the time of the run.
func TestTheCollectorInterruptsCode(t *testing.T) {
	p := sandboxtest.Pool(t)
	if _, err := p.Run(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error)
	go func() {
		_, err := p.Run(ctx, loop)
		ended <- err
	}()
	best := time.Hour
	for range 5 {
		start := time.Now()
		runtime.GC()
		best = min(best, time.Since(start))
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the loop ended with %v", err)
	}
	t.Logf("the fastest of five collections took %v", best)
	if best > 3*time.Second {
		t.Errorf("a collection took %v", best)
	}
}

// TestMemoryDoesNotGrow compares what the process has after some runs and after many more. SANDBOX_RUNS names another number.
func TestMemoryDoesNotGrow(t *testing.T) {
	runs := 100
	if n, err := strconv.Atoi(os.Getenv("SANDBOX_RUNS")); err == nil {
		runs = n
	}
	p := sandboxtest.Pool(t)
	code := "import re\ndef f(log):\n  x = [bytes(1000) for _ in range(1000)]\n  return len(re.sub('1', '', '0123456789')) + len(x)"
	some := func(n int) {
		for range n {
			if _, err := p.Run(t.Context(), sandbox.Job{Code: code, Args: json.Value(`[{}]`)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	some(30)
	before := resident(t)
	start := time.Now()
	some(runs)
	t.Logf("%d runs, %v each; %d MiB before, %d MiB after", runs, time.Since(start)/time.Duration(runs), before>>20, resident(t)>>20)
	if grown := resident(t) - before; grown > 20<<20 {
		t.Errorf("the process has grown by %d MiB", grown>>20)
	}
}

// resident is the memory of this process.
func resident(t *testing.T) int {
	t.Helper()
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("this system does not tell")
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// TestWaitsForAnInterpreter runs more jobs at a time than there are interpreters.
func TestWaitsForAnInterpreter(t *testing.T) {
	t.Parallel()
	o := sandboxtest.Options(t)
	o.Workers = 2
	p := sandbox.New(o)
	defer p.Close()
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			r, err := p.Run(t.Context(), sandbox.Job{Code: "def f(n): return n * 2", Args: json.Value("[" + strconv.Itoa(i) + "]")})
			if err != nil || string(r.Value) != strconv.Itoa(2*i) {
				t.Errorf("%d: %s, %v", i, r.Value, err)
			}
		})
	}
	all.Wait()
}

// TestEndsWithItsContext cancels a run, one that waits for an interpreter, and one that has not begun.
func TestEndsWithItsContext(t *testing.T) {
	p := sandboxtest.Pool(t)
	if _, err := p.Run(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	for range 2 {
		go func() {
			_, err := p.Run(ctx, sleep)
			ended <- err
		}()
	}
	cancel()
	for range 2 {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	if r, err := p.Run(ctx, one); !errors.Is(err, context.Canceled) || r == nil {
		t.Errorf("got %v, %v", r, err)
	}
	isUntouched(t, p)
}

// TestCloseEndsRuns closes a Pool while it works, and uses it afterwards.
func TestCloseEndsRuns(t *testing.T) {
	o := sandboxtest.Options(t)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	p := sandbox.New(o)
	if _, err := p.Run(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	for range 3 {
		go func() {
			_, err := p.Run(t.Context(), sleep)
			ended <- err
		}()
	}
	p.Close()
	for range 3 {
		if err := <-ended; !errs.Is(err, errs.ShuttingDown) {
			t.Errorf("got %v", err)
		}
	}
	p.Close()
	if _, err := p.Run(t.Context(), one); !errs.Is(err, errs.ShuttingDown) {
		t.Errorf("got %v", err)
	}
}

// TestGivesMemoryBack waits until the Pool has nothing, and uses it again, as often as it takes memory and gives it back. What stays of the first time
// does so once. The time is that of synctest.
func TestGivesMemoryBack(t *testing.T) {
	o := sandboxtest.Options(t)
	synctest.Test(t, func(t *testing.T) {
		p := sandbox.New(o)
		defer p.Close()
		use := func() (used, left int) {
			if _, err := p.Run(t.Context(), one); err != nil {
				t.Fatal(err)
			}
			used = resident(t)
			time.Sleep(sandbox.DefaultIdle + time.Second)
			return used, resident(t)
		}
		_, before := use()
		for range 2 {
			used, left := use()
			if used, left = used-before, left-before; used < 16<<20 || left > used/2 {
				t.Errorf("of %d MiB the Pool keeps %d", used>>20, left>>20)
			}
		}
	})
}

// TestGetsReady asks until a run can begin at once.
func TestGetsReady(t *testing.T) {
	t.Parallel()
	p := sandbox.New(sandboxtest.Options(t))
	if p.Ready() {
		t.Error("it is ready at once")
	}
	if _, err := p.Run(t.Context(), one); err != nil || !p.Ready() {
		t.Errorf("it is not ready after a run; %v", err)
	}
	p.Close()
	if !p.Ready() {
		t.Error("who asks a closed one waits for ever")
	}
}

// TestWithoutAnImage states what a server without Python says.
func TestWithoutAnImage(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.wasm")
	if err := os.WriteFile(broken, []byte("\x00asm\x01\x00\x00\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		filepath.Join(dir, "missing"): "This server cannot run Python: the image that it is given cannot be read. Its log has the details.",
		broken:                        "This server cannot run Python: the interpreter could not be prepared. The server's log has the details.",
	} {
		p := sandbox.New(sandbox.Options{Dir: dir, Image: name})
		for range 2 {
			if r, err := p.Run(t.Context(), one); !errs.Is(err, errs.RuntimeUnavailable) || errs.From(err).Message != want || r == nil {
				t.Errorf("got %v, %v", r, err)
			}
		}
		p.Close()
	}
}

// TestPreparesInAnotherProcess states when Options.Prepare is called.
func TestPreparesInAnotherProcess(t *testing.T) {
	t.Parallel()
	o := sandboxtest.Options(t)
	dir, calls := t.TempDir(), 0
	prepared := o.Dir
	o.Dir = dir
	o.Prepare = func(context.Context) error {
		calls++
		return os.CopyFS(filepath.Join(dir, "cache"), os.DirFS(filepath.Join(prepared, "cache")))
	}
	if err := sandbox.Prepare(t.Context(), sandbox.Options{Dir: prepared}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		p := sandbox.New(o)
		isUntouched(t, p)
		p.Close()
		if calls != 1 {
			t.Errorf("it was called %d times", calls)
		}
	}
	o.Dir, o.Prepare = t.TempDir(), func(context.Context) error { return errors.New("no memory") }
	p := sandbox.New(o)
	defer p.Close()
	if _, err := p.Run(t.Context(), one); !errs.Is(err, errs.RuntimeUnavailable) {
		t.Errorf("got %v", err)
	}
}

// BenchmarkRun measures runs of three sizes on one interpreter.
func BenchmarkRun(b *testing.B) {
	for name, code := range map[string]string{
		"exact match": "def f(log): return log['output'] == 'b'",
		"classes":     "",
		"loop":        "def f(log):\n  n = 0\n  for i in range(100000): n += i\n  return n",
	} {
		b.Run(name, func(b *testing.B) {
			if code == "" {
				text, err := os.ReadFile("testdata/evaluators/03_dataclass.py")
				if err != nil {
					b.Fatal(err)
				}
				code = string(text)
			}
			j := sandbox.Job{Code: code, Args: json.Value(`[{"output":"` + strings.Repeat("a", 1000) + `"}]`)}
			p := sandboxtest.Pool(b)
			if _, err := p.Run(b.Context(), j); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := p.Run(b.Context(), j); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
		})
	}
}
