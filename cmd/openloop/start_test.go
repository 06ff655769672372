package main_test

import (
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// ran is what a command did.
type ran struct {
	code           int
	stdout, stderr string
}

// execute runs the program to its end, with no setting of this test's own environment but PATH.
func execute(t *testing.T, bin string, environ []string, args ...string) ran {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), bin, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, environ...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run() // the exit code says it
	return ran{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// takenPort listens on a port until the test ends.
func takenPort(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

var firstKey = regexp.MustCompile(`(?m)^ {4}(hl_sk_\S+)$`)

// greeting starts a server without a configured key and returns what it says until it listens, and the first key, if it shows one.
func greeting(t *testing.T, bin string, environ ...string) (text, secret string) {
	t.Helper()
	p := serve(t, bin, append(environ, "OPENLOOP_API_KEY=")...)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-p.done; err != nil {
		t.Fatal(err)
	}
	if m := firstKey.FindStringSubmatch(p.said.String()); m != nil {
		secret = m[1]
	}
	return p.said.String(), secret
}

// TestTheFirstKeyIsShownByTheFirstServerThatListens starts one that cannot listen, then one that can, then another.
//
// Fault F4: the first start made the key and did not show it, and the second showed none.
func TestTheFirstKeyIsShownByTheFirstServerThatListens(t *testing.T) {
	bin, data := build(t), "OPENLOOP_DATA_DIR="+t.TempDir()
	if got := execute(t, bin, []string{data, "OPENLOOP_ADDR=" + takenPort(t)}, "serve"); got.code != 1 || got.stdout != "" {
		t.Fatalf("it started: %+v", got)
	}
	if full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0); err == nil { // a device of Linux that takes nothing
		cmd := exec.CommandContext(t.Context(), bin, "serve")
		cmd.Env, cmd.Stdout = append(os.Environ(), data, "OPENLOOP_ADDR=127.0.0.1:0"), full
		if err := cmd.Run(); err == nil {
			t.Error("it started without showing its key")
		}
		_ = full.Close()
	}
	if text, secret := greeting(t, bin, data); secret == "" {
		t.Errorf("no key is shown: %s", text)
	}
	text, secret := greeting(t, bin, data)
	if secret != "" || !strings.Contains(text, "openloop keys create -role admin NAME") {
		t.Errorf("the next start says %s", text)
	}
}
