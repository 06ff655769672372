package filesync_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/filesync"
	"github.com/openloop-server/openloop/internal/json"
)

const key = "hl_sk_test_0123456789abcdef"

// world is a whole server and a folder.
type world struct {
	*testing.T
	url    string
	client *filesync.Client
	dir    string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	cfg, err := config.Read([]string{"OPENLOOP_DATA_DIR=" + t.TempDir(), "OPENLOOP_API_KEY=" + key})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(a.Handler())
	t.Cleanup(func() {
		s.Close()
		if err := a.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	w := &world{T: t, url: s.URL, dir: filepath.Join(t.TempDir(), "openloop")}
	if w.client, err = filesync.NewClient(s.URL, key); err != nil {
		t.Fatal(err)
	}
	return w
}

// another is a second folder of the same server.
func (w *world) another() *world {
	other := *w
	other.dir = filepath.Join(w.TempDir(), "another")
	return &other
}

// api makes a request and returns the answer's members.
func (w *world) api(method, path string, body any) map[string]any {
	w.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		w.Fatal(err)
	}
	req, err := http.NewRequestWithContext(w.Context(), method, w.url+"/v5"+path, bytes.NewReader(raw))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("X-API-KEY", key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	out := map[string]any{}
	if raw, err = io.ReadAll(resp.Body); err != nil || resp.StatusCode > 299 {
		w.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, raw, err)
	}
	if len(raw) > 0 && raw[0] == '{' {
		if err := json.Unmarshal(raw, &out); err != nil {
			w.Fatal(err)
		}
	}
	return out
}

// save makes a version of a Prompt and returns the ids of File and version.
func (w *world) save(path, model string) (id, versionID string) {
	w.Helper()
	made := w.api("POST", "/prompts", map[string]any{"path": path, "model": model})
	return made["id"].(string), made["version_id"].(string)
}

// use deploys a version to an environment.
func (w *world) use(id, versionID, environment string) {
	w.Helper()
	w.api("POST", "/prompts/"+id+"/environments/"+w.environment(id, environment)+"?version_id="+versionID, nil)
}

func (w *world) environment(id, name string) string {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), "GET", w.url+"/v5/prompts/"+id+"/environments", nil)
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("X-API-KEY", key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatal(err)
	}
	var list []struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		w.Fatalf("%v in %s", err, raw)
	}
	for _, e := range list {
		if e.Name == name {
			return e.ID
		}
	}
	w.Fatalf("there is no environment %s", name)
	return ""
}

// change makes a version of a Prompt and deploys it to the default environment.
func (w *world) change(path, model string) {
	w.Helper()
	id, versionID := w.save(path, model)
	w.use(id, versionID, "production")
}

// models are those of the versions that the server uses, by path.
func (w *world) models() map[string]string {
	w.Helper()
	out := map[string]string{}
	for _, record := range w.api("GET", "/files?size=1000", nil)["records"].([]any) {
		f := record.(map[string]any)
		out[f["path"].(string)], _ = f["model"].(string)
	}
	return out
}

func prompt(model string) string { return "---\nmodel: " + model + "\n---\n" }

func (w *world) write(name, text string) {
	w.Helper()
	place := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(place, []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
}

func (w *world) remove(name string) {
	w.Helper()
	if err := os.RemoveAll(filepath.Join(w.dir, name)); err != nil {
		w.Fatal(err)
	}
}

// files are the texts of the files in the folder, but for the state.
func (w *world) files() map[string]string {
	w.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(w.dir, func(place string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(place)
		name, _ := filepath.Rel(w.dir, place)
		if !strings.HasPrefix(name, ".openloop") {
			out[filepath.ToSlash(name)] = string(raw)
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		w.Fatal(err)
	}
	return out
}

type command func(context.Context, filesync.Options) (filesync.Summary, error)

// run runs a command and returns what it reports, a line each.
func (w *world) run(do command, o filesync.Options) []string {
	w.Helper()
	lines, err := w.try(do, o)
	if err != nil {
		w.Fatal(err)
	}
	return lines
}

func (w *world) try(do command, o filesync.Options) (lines []string, err error) {
	o.Client, o.Dir = w.client, w.dir
	o.Report = func(c filesync.Change) {
		lines = append(lines, strings.TrimSpace(c.Action.String()+" "+c.Name+" "+c.Note))
	}
	_, err = do(w.Context(), o)
	return lines, err
}

// expect runs a command and compares what it reports.
func (w *world) expect(do command, o filesync.Options, want ...string) {
	w.Helper()
	if d := cmp.Diff(want, w.run(do, o)); d != "" {
		w.Errorf("the report (-want +got):\n%s", d)
	}
}

func (w *world) expectFiles(want map[string]string) {
	w.Helper()
	if d := cmp.Diff(want, w.files()); d != "" {
		w.Errorf("the folder (-want +got):\n%s", d)
	}
}

func (w *world) expectModels(want map[string]string) {
	w.Helper()
	if d := cmp.Diff(want, w.models()); d != "" {
		w.Errorf("the server (-want +got):\n%s", d)
	}
}

type (
	options = filesync.Options
	files   = map[string]string
)
