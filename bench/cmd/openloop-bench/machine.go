package main

import (
	"bytes"
	"os"
	"runtime"

	"github.com/openloop-server/openloop/bench/internal/report"
)

// machine describes where the benchmark runs, without naming the host.
func machine() report.Machine {
	return report.Machine{
		System: runtime.GOOS + "/" + runtime.GOARCH, Processor: processor(), Cores: runtime.NumCPU(), Go: runtime.Version(),
	}
}

// processor returns the processor's name where the system tells it.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range bytes.Lines(info) {
		if name, value, found := bytes.Cut(line, []byte(":")); found && string(bytes.TrimSpace(name)) == "model name" {
			return string(bytes.TrimSpace(value))
		}
	}
	return ""
}
