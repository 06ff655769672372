package admit

import (
	"bufio"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
)

// Memory returns how many bytes the process may use by the files of the system, which is mounted at root: the least of the limits of its control
// group and those above it, and of what the machine has. It is 0 where neither is known, as outside Linux.
func Memory(root fs.FS) int64 {
	least := int64(math.MaxInt64)
	take := func(n int64) {
		if n > 0 {
			least = min(least, n)
		}
	}
	take(machine(root))
	for _, group := range groups(root) {
		take(number(root, group))
	}
	if least == math.MaxInt64 {
		return 0
	}
	return least
}

// machine returns the memory of the machine.
func machine(root fs.FS) int64 {
	f, err := root.Open("proc/meminfo")
	if err != nil {
		return 0
	}
	defer f.Close() //nolint:errcheck // it was only read
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) == 3 && fields[0] == "MemTotal:" && fields[2] == "kB" {
			n, _ := strconv.ParseInt(fields[1], 10, 64)
			return n << 10
		}
	}
	return 0
}

// groups lists the files with limits of memory of the control group of this process and of those above it, of both versions. In a container the
// files of the first ones may be missing, since it sees its own group as the root.
func groups(root fs.FS) []string {
	raw, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return nil
	}
	var out []string
	for line := range strings.SplitSeq(strings.TrimSpace(string(raw)), "\n") {
		parts := strings.SplitN(line, ":", 3)
		if len(parts) != 3 {
			continue
		}
		base, file := "sys/fs/cgroup", "memory.max"
		if parts[1] != "" { // of the first version
			if !strings.Contains(","+parts[1]+",", ",memory,") {
				continue
			}
			base, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		}
		for at := path.Clean("/" + parts[2]); ; at = path.Dir(at) {
			out = append(out, path.Join(base, at, file))
			if at == "/" {
				break
			}
		}
	}
	return out
}

// number reads a file with one number. It is 0 if there is none, as for "max", and for the largest, which is no limit.
func number(root fs.FS, name string) int64 {
	raw, err := fs.ReadFile(root, name)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64)
	if err != nil || n >= 1<<62 {
		return 0
	}
	return n
}
