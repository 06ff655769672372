package cli_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/cli"
	"github.com/openloop-server/openloop/internal/config"
)

// TestDatasetAdd adds Logs of a server to a Dataset by the command.
func TestDatasetAdd(t *testing.T) {
	server := startServer(t)
	for _, request := range [][2]string{
		{"tools/log", `{"path": "reply", "inputs": {"q": "a"}, "output": "1", "log_id": "one"}`},
		{"tools/log", `{"path": "reply", "inputs": {"q": "b"}, "output": "2", "log_id": "two"}`},
		{"tools/log", `{"path": "reply", "inputs": {"q": "c"}, "log_id": "three", "created_at": "2020-01-01T00:00:00Z", "output": "3"}`},
		{"evaluators/log", `{"path": "rating", "parent_id": "one", "judgment": "bad"}`},
		{"evaluators/log", `{"path": "rating", "parent_id": "two", "judgment": "good"}`},
		{"evaluators/log", `{"path": "rating", "parent_id": "three", "judgment": "bad"}`},
		{"evaluators", `{"path": "tone", "spec": {"evaluator_type": "external", "arguments_type": "target_free", "return_type": "number"}}`},
		{"evaluators/log", `{"path": "tone", "parent_id": "two", "judgment": 0.25}`},
		{"datasets", `{"path": "cases", "datapoints": []}`},
	} {
		send(t, http.MethodPost, server.URL+"/v5/"+request[0], request[1])
	}
	for _, c := range []struct {
		args, want string
		code       int
	}{
		{"add cases -from-logs reply -where rating=bad -last 7d", "1 of 1 Logs are new datapoints of cases; 0 were known.\nVersion dsv_X has 1 datapoints.\n", 0},
		{"add cases -from-logs reply -where rating=bad -last 7d", "0 of 1 Logs are new datapoints of cases; 1 were known.\nVersion dsv_X has 1 datapoints.\n", 0},
		{"add -from-logs reply -where tone<0.5 -where rating!=bad cases", "1 of 1 Logs are new datapoints of cases; 0 were known.\nVersion dsv_X has 2 datapoints.\n", 0},
		{"add cases -from-logs reply -target correction", "0 of 3 Logs are new datapoints of cases; 0 were known. 3 were skipped: no correction.\nVersion dsv_X has 2 datapoints.\n", 0},
		{"add cases -from-logs nope", "openloop: File `nope` does not exist.\n", 1},
		{"add reply -from-logs reply", "openloop: reply is no Dataset but a Tool\n", 1},
		{"add cases -from-logs reply -where rating", "openloop: \"rating\" is no condition, as rating=bad or support/tone<0.5\n", 2},
		{"add cases -from-logs reply -last soon", "openloop: \"soon\" is no time, as 7d or 12h\n", 2},
		{"add -from-logs reply", "openloop: name the Dataset; see openloop dataset add -h\n", 2},
		{"add cases", "openloop: name the File whose Logs are added by -from-logs\n", 2},
		{"add cases more -from-logs reply", "openloop: dataset add takes one Dataset, and not \"more\" too\n", 2},
	} {
		var out bytes.Buffer
		code := cli.Run(t.Context(), &cli.Env{
			Args: append([]string{"dataset"}, strings.Fields(c.args)...), Environ: []string{"OPENLOOP_URL=" + server.URL, "OPENLOOP_API_KEY=" + syncKey},
			Stdout: &out, Stderr: &out,
		})
		got := regexp.MustCompile(`dsv_\w+`).ReplaceAllString(out.String(), "dsv_X")
		if diff := cmp.Diff(c.want, got); diff != "" || code != c.code {
			t.Errorf("%s: exit code %d (-want +got):\n%s", c.args, code, diff)
		}
	}
}

// TestDatasetAddWarns of a variable that looks like a setting and is none, as other commands do.
func TestDatasetAddWarns(t *testing.T) {
	var out bytes.Buffer
	code := cli.Run(t.Context(), &cli.Env{Args: []string{"dataset", "add", "cases"}, Environ: []string{"OPENLOOP_URI=x"}, Stdout: &out, Stderr: &out})
	want := "openloop: warning: OPENLOOP_URI is no setting of Openloop, and is ignored. Did you mean OPENLOOP_URL?\nopenloop: name the File whose Logs are added by -from-logs\n"
	if diff := cmp.Diff(want, out.String()); diff != "" || code != 2 {
		t.Errorf("exit code %d (-want +got):\n%s", code, diff)
	}
}

func startServer(t *testing.T) *httptest.Server {
	t.Helper()
	return serverWith(t, "OPENLOOP_DATA_DIR="+t.TempDir(), "OPENLOOP_API_KEY="+syncKey)
}

// serverWith starts a server with these settings.
func serverWith(t *testing.T, environ ...string) *httptest.Server {
	t.Helper()
	cfg, err := config.Read(environ)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return server
}

func send(t *testing.T, method, url, body string) (answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-API-KEY", syncKey)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, _ := io.ReadAll(resp.Body)
	if resp.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("%s %s is answered %d %s", url, body, resp.StatusCode, raw)
	}
	return string(raw)
}

// TestPushAtAClosedGate pushes a version that may not be deployed: it is saved.
func TestPushAtAClosedGate(t *testing.T) {
	server, dir := startServer(t), t.TempDir()
	made := send(t, http.MethodPost, server.URL+"/v5/prompts", `{"path": "greet", "model": "one"}`)
	send(t, http.MethodPost, server.URL+"/v5/datasets", `{"path": "cases", "datapoints": []}`)
	file, environment := regexp.MustCompile(`pr_\w+`).FindString(made), regexp.MustCompile(`env_\w+`).FindString(made)
	send(t, http.MethodPut, server.URL+"/v5/prompts/"+file+"/environments/"+environment+"/gate",
		`{"evaluation": {"dataset": {"path": "cases"}, "evaluators": [{"path": "rating"}]}}`)
	if err := os.WriteFile(filepath.Join(dir, "greet.prompt"), []byte("---\nmodel: two\n---\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	code := cli.Run(t.Context(), &cli.Env{
		Args: []string{"push", "-dir", dir, "-force", "-deploy", "production"}, Environ: []string{"OPENLOOP_URL=" + server.URL, "OPENLOOP_API_KEY=" + syncKey},
		Stdout: &out, Stderr: &out,
	})
	got := regexp.MustCompile(`prv_\w+`).ReplaceAllString(out.String(), "prv_X")
	want := "~ greet.prompt\n! greet.prompt  saved, but not deployed to production: The gate of the environment `production` is closed for the version `prv_X`.\n" +
		"1 changed, 1 failure, 1 only on the server.\n"
	if code != 1 || got != want {
		t.Errorf("exit code %d, %s", code, got)
	}
	if versions := send(t, http.MethodGet, server.URL+"/v5/prompts/"+file+"/versions", ""); !strings.Contains(versions, `"model":"two"`) {
		t.Errorf("versions %s", versions)
	}
}
