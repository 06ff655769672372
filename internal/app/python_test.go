package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/sandbox/sandboxtest"
)

// TestPythonIsPreparedByTheProgramWithoutSecrets lets a script stand for the program. It notes how it was called, and fails.
func TestPythonIsPreparedByTheProgramWithoutSecrets(t *testing.T) {
	sandboxtest.Options(t) // skips without an image
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n{ echo \"$@\"; env; } > '"+dir+"/called'\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OPENAI_API_KEY", "a-secret")
	p := sandbox.New(PythonOptions(&config.Config{DataDir: dir, Program: program}, slog.New(slog.DiscardHandler)))
	defer p.Close()
	_, err := p.Run(t.Context(), sandbox.Job{Code: "def f(log): pass", Args: json.Value("[1]")})
	if !errs.Is(err, errs.RuntimeUnavailable) {
		t.Errorf("got %v", err)
	}
	called, err := os.ReadFile(filepath.Join(dir, "called"))
	if err != nil || !strings.HasPrefix(string(called), "python warm\n") || !strings.Contains(string(called), "OPENLOOP_DATA_DIR="+dir+"\n") || strings.Contains(string(called), "a-secret") {
		t.Errorf("%v: %s", err, called)
	}
}

// TestTheOperatorIsWarnedOfACommandWithoutAJail states which programs are known to isolate code.
func TestTheOperatorIsWarnedOfACommandWithoutAJail(t *testing.T) {
	for command, want := range map[string]int{"": 0, "bwrap --unshare-all python3 -": 0, "/usr/bin/nsjail -- python3 -": 0, "docker run x python3 -": 0, "python3 -I -": 1, "/opt/jail -": 1} {
		var s sink
		log, lines := newLogger(&config.Config{LogLevel: "info"}, &s)
		warnOfCommand(t.Context(), strings.Fields(command), log)
		if err := lines.Flush(); err != nil || s.count() != want {
			t.Errorf("%q: %q, %v", command, s.writes, err)
		}
	}
}
