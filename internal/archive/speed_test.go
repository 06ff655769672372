package archive_test

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/archive"
)

var manyLogs = flag.Int("logs", 0, "how many Logs TestManyLogs imports; 0 for none")

// TestManyLogs measures how fast Logs are imported, and the memory that it takes: go test ./internal/archive -run ManyLogs -v -logs 100000.
func TestManyLogs(t *testing.T) {
	if *manyLogs == 0 {
		t.Skip("it takes -logs")
	}
	dir, db := copied(t), open(t)
	bytes := writeManyLogs(t, filepath.Join(dir, greet), *manyLogs)
	debug.FreeOSMemory()
	var most atomic.Uint64
	done, sampled := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(sampled)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), m.HeapAlloc+m.StackInuse))
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	cpu, start := cpuTime(t), time.Now()
	report := imported(t, db, archive.Options{Dir: dir})
	took, used := time.Since(start), cpuTime(t)-cpu
	close(done)
	<-sampled
	n := report.Counts["logs"].New
	t.Logf("%d Logs of %d bytes in %v: %.0f a second; CPU %v a Log; heap %d MB at most",
		n, bytes/int64(*manyLogs), took, float64(n)/took.Seconds(), used/time.Duration(n), most.Load()>>20)
}

func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// writeManyLogs writes Logs like those of a Prompt that is called, the newest first, and returns how many bytes they have.
func writeManyLogs(t *testing.T, dir string, n int) (size int64) {
	t.Helper()
	version, err := os.ReadFile(filepath.Join(dir, "versions", "prv_greet00000000000001"))
	must(t, err)
	must(t, os.RemoveAll(filepath.Join(dir, "logs")))
	must(t, os.MkdirAll(filepath.Join(dir, "logs"), 0o700))
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	words := strings.Repeat("What people ask and what models answer has about so many words. ", 12)
	for page, left := 1, n; left > 0; page++ {
		f, err := os.Create(filepath.Join(dir, "logs", fmt.Sprintf("%d.jsonl", page)))
		must(t, err)
		w := bufio.NewWriter(f)
		lines := 1000
		if page == 1 {
			lines++
		}
		for ; lines > 0 && left > 0; lines-- {
			left--
			written, _ := fmt.Fprintf(w, `{"id": "log_many%013d", "type": "prompt", "prompt": %s, "created_at": %q, "start_time": null, "end_time": null, "output": "%s %d", `+
				`"output_message": {"role": "assistant", "content": "%s"}, "messages": [{"role": "user", "content": "%s %d"}], "inputs": {"name": "Ada %d"}, "prompt_tokens": 120, `+
				`"output_tokens": 40, "prompt_cost": 0.00012, "output_cost": 0.0004, "provider_latency": 0.7, "finish_reason": "stop", "user": "user-%d", "evaluator_logs": [], `+
				`"trace_children": [], "batches": [], "save": true}`+"\n",
				left, version, at.Add(time.Duration(left)*time.Second).Format(time.RFC3339Nano), words, left, words, words, left, left, left%100)
			size += int64(written)
		}
		must(t, w.Flush())
		must(t, f.Close())
	}
	return size
}
