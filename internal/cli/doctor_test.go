package cli_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/cli"
	"github.com/openloop-server/openloop/internal/json"
)

// TestDoctorAgainstAServer examines a real server behind a proxy that lets streams through, and behind one that holds them back.
func TestDoctorAgainstAServer(t *testing.T) {
	environ := []string{"OPENLOOP_DATA_DIR=" + t.TempDir(), "OPENLOOP_API_KEY=" + syncKey, "OPENAI_API_KEY=sk-canary0123456789"}
	server := serverWith(t, environ...)
	to, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for holds, want := range map[bool]string{false: "ok", true: "fault"} {
		proxy := httputil.NewSingleHostReverseProxy(to)
		proxy.FlushInterval = -1
		if holds {
			proxy.ModifyResponse = hold
		}
		front := httptest.NewServer(proxy)
		states := diagnose(t, append(environ, "OPENLOOP_PUBLIC_URL="+front.URL), "-url", server.URL)
		for check, want := range map[string]string{
			"address": "ok", "server-ready": "ok", "server-version": "ok", "server-key": "ok", "public-url": "ok", "encryption-key": "ok",
			"database-migrations": "ok", "proxy-streams": want,
		} {
			if states[check] != want {
				t.Errorf("a proxy that holds back (%t): %s is %q, want %q", holds, check, states[check], want)
			}
		}
		front.Close()
	}
}

// hold has a proxy read an answer to its end before it sends any of it.
func hold(r *http.Response) error {
	raw, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(raw))
	return err
}

// diagnose runs the doctor. It returns the state of each check.
func diagnose(t *testing.T, environ []string, args ...string) map[string]string {
	t.Helper()
	var out, said bytes.Buffer
	code := cli.Run(t.Context(), &cli.Env{Args: append([]string{"doctor", "-json"}, args...), Environ: environ, Stdout: &out, Stderr: &said})
	var report struct {
		State    string `json:"state"`
		Findings []struct {
			Check string `json:"check"`
			State string `json:"state"`
		} `json:"findings"`
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || said.Len() > 0 {
		t.Fatalf("%v: %s%s", err, out.String(), said.String())
	}
	if want := map[string]int{"ok": 0, "warning": 1, "fault": 2}[report.State]; code != want {
		t.Errorf("the exit code is %d, and the state %s", code, report.State)
	}
	if strings.Contains(out.String(), "canary") || strings.Contains(out.String(), syncKey) {
		t.Errorf("the report shows a secret: %s", out.String())
	}
	states := map[string]string{}
	for _, f := range report.Findings {
		states[f.Check] = f.State
	}
	return states
}
