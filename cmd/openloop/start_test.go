package main_test

import (
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// ran is what a command did.
type ran struct {
	code           int
	stdout, stderr string
}

// execute runs the program to its end, with no setting of this test's own environment but PATH.
func execute(t *testing.T, bin string, environ []string, args ...string) ran {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // for a server that starts after all
	defer cancel()
	cmd := exec.CommandContext(ctx, bin, args...)
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

// TestAStartThatFailsNamesTheSetting starts servers that cannot start, and reads what they say of it.
//
// Fault F11: they showed the errors of drivers.
func TestAStartThatFailsNamesTheSetting(t *testing.T) {
	bin, dir := build(t), t.TempDir()
	write := func(path, text string) {
		path = filepath.Join(dir, path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write("file", "")
	write("noise/openloop.db", strings.Repeat("no database ", 1000))
	write("folder/openloop.db/x", "")
	write("models.json", `{"models": [`)
	taken := takenPort(t)
	const database = "OPENLOOP_DATABASE_URL (or DATABASE_URL): the database cannot be opened. "
	for _, c := range []struct{ setting, want string }{
		{"OPENLOOP_ADDR=" + taken, "OPENLOOP_ADDR: the server cannot listen on " + taken + ": another process listens there. End it, or set OPENLOOP_ADDR (or the flag -addr) to another address"},
		{"OPENLOOP_ADDR=127.0.0.1:99999", "OPENLOOP_ADDR: the server cannot listen on 127.0.0.1:99999: invalid port; it must be host:port, as 127.0.0.1:8080"},
		{"OPENLOOP_ADDR=127.0.0.1:none", "OPENLOOP_ADDR: the server cannot listen on 127.0.0.1:none: the port none is not known"},
		{"OPENLOOP_ADDR=192.0.2.1:80", "OPENLOOP_ADDR: the server cannot listen on 192.0.2.1:80: this machine does not have the address. OPENLOOP_ADDR=:8080 listens on all that it has"},
		{"OPENLOOP_PPROF_ADDRESS=" + taken, "OPENLOOP_PPROF_ADDRESS: the server cannot listen on " + taken + ": another process listens there. End it, or set OPENLOOP_PPROF_ADDRESS to another address"},
		{"OPENLOOP_PPROF_ADDRESS=10.255.255.254:6060", "OPENLOOP_PPROF_ADDRESS: the server cannot listen on 10.255.255.254:6060: this machine does not have the address"},
		{"OPENLOOP_PPROF_ADDRESS=0.0.0.0:6060", "OPENLOOP_PPROF_ADDRESS must be host:port with a loopback or private IP address, as 127.0.0.1:6060"},
		{"OPENLOOP_DATA_DIR=" + dir + "/file/x", "OPENLOOP_DATA_DIR: the folder " + dir + "/file/x cannot be used: not a directory. Let the account that runs this write to it, or name another folder"},
		{"OPENLOOP_DATA_DIR=" + dir + "/noise", "OPENLOOP_DATA_DIR: the database " + dir + "/noise/openloop.db cannot be opened. The file is no SQLite database. Move it away, or name another folder."},
		{"OPENLOOP_DATA_DIR=" + dir + "/folder", "OPENLOOP_DATA_DIR: the database " + dir + "/folder/openloop.db cannot be opened. The file, or the folder it is in, cannot be opened. Let the account that runs this read and write both."},
		{"OPENLOOP_DATABASE_URL=postgres://u:secret@127.0.0.1:1/d", database + "Nothing listens at its host and port. Start it, or correct the URL."},
		{"DATABASE_URL=postgres://u:secret@nowhere.invalid/d", database + "The name of its host, nowhere.invalid, is not known. Correct the URL."},
		{"OPENLOOP_DATABASE_URL=postgres://u:sec%ret@127.0.0.1/d", database + "It is no URL of PostgreSQL, as postgres://user:password@host:5432/name."},
		{"OPENLOOP_DATABASE_URL=" + changed(t, postgres.URL(t), func(u *url.URL) { u.Path = "/missing" }), database + "There is no database of that name. Make it, or correct the URL."},
		{"OPENLOOP_DATABASE_URL=" + changed(t, postgres.URL(t), func(u *url.URL) { u.RawQuery = strings.Replace(u.RawQuery, "user=openloop", "user=nobody", 1) }), database + "It does not accept the user, or the password. Correct the URL."},
		{"OPENLOOP_DATABASE_URL=" + changed(t, postgres.URL(t), func(u *url.URL) { u.RawQuery += "&default_transaction_read_only=on" }), database + "It can only be read: it is a standby, or set to read only. Name one that can be written."},
		{"OPENLOOP_MODELS_FILE=" + dir + "/missing.json", "OPENLOOP_MODELS_FILE: the file " + dir + "/missing.json cannot be read: no such file or directory"},
		{"OPENLOOP_MODELS_FILE=" + dir + "/models.json", "OPENLOOP_MODELS_FILE: the file " + dir + "/models.json: line 1, column 13, /models: the text ends too early"},
		{"OPENLOOP_ENCRYPTION_KEY=secret", "OPENLOOP_ENCRYPTION_KEY must be 32 random bytes in base64 or hex"},
	} {
		got := execute(t, bin, []string{"OPENLOOP_ADDR=127.0.0.1:0", "OPENLOOP_DATA_DIR=" + dir + "/data", c.setting}, "serve")
		if d := cmp.Diff(ran{1, "", "openloop: " + c.want + "\n"}, got, cmp.AllowUnexported(ran{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.setting, d)
		}
	}
}

// changed is the URL raw after change.
func changed(t *testing.T, raw string, change func(*url.URL)) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	change(u)
	return u.String()
}

// TestAMisspeltSettingIsToldAtTheStart is about the command; which names are told, internal/config tests.
func TestAMisspeltSettingIsToldAtTheStart(t *testing.T) {
	got := execute(t, build(t), []string{"OPENLOOP_ADDR=" + takenPort(t), "OPENLOOP_DATA_DRI=/x", "OPENLOOP_DATA_DIR=" + t.TempDir()}, "serve")
	if !strings.HasPrefix(got.stderr, "openloop: warning: OPENLOOP_DATA_DRI is no setting of Openloop, and is ignored. Did you mean OPENLOOP_DATA_DIR?\n") {
		t.Errorf("it says %s", got.stderr)
	}
}
