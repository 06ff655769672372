package admit_test

import (
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/openloop-server/openloop/internal/admit"
)

// percentile returns the element of list that the part p is not above, by nearest rank.
func percentile(list []time.Duration, p float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	list = slices.Sorted(slices.Values(list))
	return list[min(int(p*float64(len(list))), len(list)-1)]
}

func TestMemory(t *testing.T) {
	const machine = "proc/meminfo"
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	meminfo := text("MemTotal:       16000000 kB\nMemFree:        1 kB\n")
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  int64
	}{
		"nothing is known":   {fstest.MapFS{}, 0},
		"a machine":          {fstest.MapFS{machine: meminfo, "proc/self/cgroup": text("0::/\n")}, 16000000 << 10},
		"a container":        {fstest.MapFS{machine: meminfo, "proc/self/cgroup": text("0::/\n"), "sys/fs/cgroup/memory.max": text("536870912\n")}, 512 << 20},
		"without a limit":    {fstest.MapFS{machine: meminfo, "proc/self/cgroup": text("0::/a\n"), "sys/fs/cgroup/a/memory.max": text("max\n")}, 16000000 << 10},
		"a limit far above":  {fstest.MapFS{"proc/self/cgroup": text("0::/a/b/c\n"), "sys/fs/cgroup/a/memory.max": text("1000\n"), "sys/fs/cgroup/a/b/memory.max": text("2000\n")}, 1000},
		"the first version":  {fstest.MapFS{"proc/self/cgroup": text("9:cpu:/x\n4:memory:/docker/1\n"), "sys/fs/cgroup/memory/memory.limit_in_bytes": text("77\n")}, 77},
		"its largest number": {fstest.MapFS{"proc/self/cgroup": text("4:memory:/\n"), "sys/fs/cgroup/memory/memory.limit_in_bytes": text("9223372036854771712\n")}, 0},
		"nonsense":           {fstest.MapFS{machine: text("x\nMemTotal: much kB\n"), "proc/self/cgroup": text("\n:\n0::../..\n"), "sys/fs/cgroup/memory.max": text("-1")}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := admit.Memory(c.files); got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
}

// TestTheRuntimeHasTheMetrics that the signals read: another version of Go could name them otherwise.
func TestTheRuntimeHasTheMetrics(t *testing.T) {
	heap, delay := admit.LiveHeap(), admit.SchedulerDelay()
	if n := heap(day); n < 0 || n > 1<<40 {
		t.Errorf("the heap has %v bytes", n)
	}
	done := make(chan struct{})
	delay(day)
	for range 5 * 1000 {
		go func() { done <- struct{}{} }()
		<-done
	}
	for range 5 {
		if s := delay(day); s < 0 || s > 60 {
			t.Errorf("goroutines wait %v s", s)
		}
	}
}
