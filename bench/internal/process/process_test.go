package process

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test program play the programs that the tests start.
func TestMain(m *testing.M) {
	switch os.Getenv("PROCESS_TEST_ROLE") {
	case "fail":
		_, _ = os.Stderr.WriteString("no luck today\n")
		os.Exit(3)
	case "burn":
		for start := time.Now(); time.Since(start) < 100*time.Millisecond; {
		}
		_ = os.WriteFile(os.Getenv("PROCESS_TEST_FILE"), nil, 0o600)
		select {} // until SIGTERM, which ends it with a failure
	default:
		os.Exit(m.Run())
	}
}

func start(t *testing.T, role string) (p *Process, file string) {
	t.Helper()
	dir := t.TempDir()
	file = filepath.Join(dir, "burnt")
	p, err := Start(t.Context(), Spec{
		Name: role, Path: os.Args[0], Log: filepath.Join(dir, "log"),
		Env: []string{"PROCESS_TEST_ROLE=" + role, "PROCESS_TEST_FILE=" + file},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p, file
}

func TestReadyFailsWithTheLogWhenTheProgramEnds(t *testing.T) {
	p, _ := start(t, "fail")
	never := errors.New("not yet")
	_, err := p.Ready(t.Context(), func(context.Context) error { return never })
	if err == nil || !strings.Contains(err.Error(), "no luck today") {
		t.Errorf("error %v does not show the log", err)
	}
	if err := p.Stop(); err == nil || !strings.Contains(err.Error(), "ended by itself") {
		t.Errorf("Stop: %v", err)
	}
}

func TestCostOfARunningProgram(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip(ErrNoFigures)
	}
	p, file := start(t, "burn")
	took, err := p.Ready(t.Context(), func(context.Context) error {
		_, err := os.Stat(file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	cpu, err := p.CPU()
	if err != nil {
		t.Fatal(err)
	}
	if took < 100*time.Millisecond || cpu < tick || cpu > time.Duration(runtime.NumCPU())*took+2*tick {
		t.Errorf("ready after %v with %v of processor time, having burnt for 100ms", took, cpu)
	}
	memory, err := p.Memory()
	if err != nil {
		t.Fatal(err)
	}
	if memory.Resident < 1<<20 || memory.Peak < memory.Resident {
		t.Errorf("memory %+v", memory)
	}
	if err := p.Stop(); err == nil || !strings.Contains(err.Error(), "stopped badly") {
		t.Errorf("Stop of a program that does not handle SIGTERM: %v", err)
	}
}

func TestParseStat(t *testing.T) {
	raw := "42 (a (b) c) S 1 42 42 0 -1 4194304 100 0 0 0 150 25 0 0 20 0 8 0 60228 3133440 388"
	if got, err := parseStat([]byte(raw)); err != nil || got != 1750*time.Millisecond {
		t.Errorf("%v, %v; want 1.75s", got, err)
	}
	for _, bad := range []string{"", "42 (x) S 1", "42 (x) S 1 42 42 0 -1 4194304 100 0 0 0 x 25 0"} {
		if got, err := parseStat([]byte(bad)); err == nil {
			t.Errorf("parseStat(%q) = %v, want an error", bad, got)
		}
	}
}

func TestParseStatus(t *testing.T) {
	raw := "Name:\tserver\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\nThreads:\t8\n"
	if got, err := parseStatus([]byte(raw)); err != nil || got != (Memory{Resident: 1 << 20, Peak: 2 << 20}) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", "VmRSS:\t1 kB\n", "VmRSS:\tx kB\nVmHWM:\t1 kB\n"} {
		if got, err := parseStatus([]byte(bad)); err == nil {
			t.Errorf("parseStatus(%q) = %+v, want an error", bad, got)
		}
	}
}
