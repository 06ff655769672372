package app_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/openloop-server/openloop/internal/json"
)

const upgradeFolder = "testdata/upgrade"

// upgradeGolden is what a server of then answered.
type upgradeGolden struct {
	Answers []struct {
		Method string     `json:"method"`
		Path   string     `json:"path"`
		Body   json.Value `json:"body"`
		Answer json.Value `json:"answer"` // a JSON text for an answer that is no JSON
	} `json:"answers"`
	Saves []struct {
		Path      string     `json:"path"`
		Body      json.Value `json:"body"`
		VersionID string     `json:"version_id"`
	} `json:"saves"`
}

// TestOlderDataUpgradesInPlace opens databases that an older server wrote, see testdata/upgrade/README.md, and compares every answer with
// that server's. Then it saves the same contents once more: each is the version that it was.
func TestOlderDataUpgradesInPlace(t *testing.T) {
	t.Parallel()
	settings := []string{
		"OPENLOOP_API_KEY=", // the key is in the database
		"OPENLOOP_ENCRYPTION_KEY=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "OPENLOOP_PUBLIC_URL=https://openloop.example.com",
		"OPENAI_API_KEY=", "ANTHROPIC_API_KEY=", "GEMINI_API_KEY=",
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "openloop.db"), unzipped(t, "sqlite.db.gz"), 0o600); err != nil {
			t.Fatal(err)
		}
		start(t, append(slices.Clone(settings), "OPENLOOP_DATA_DIR="+dir)...).answersAsBefore(t, "sqlite.golden.json.gz")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		url := restored(t, postgres.URL(t), "postgres.sql.gz")
		start(t, append(slices.Clone(settings), "OPENLOOP_DATABASE_URL="+url)...).answersAsBefore(t, "postgres.golden.json.gz")
	})
}

// restored makes a database of the dump in a server that base leads to, and returns its URL.
func restored(t *testing.T, base, dump string) string {
	t.Helper()
	run := func(url, sql string) {
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.PgConn().Exec(t.Context(), sql).ReadAll(); err != nil {
			t.Fatal(err)
		}
		if err := conn.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	run(base, "CREATE DATABASE upgraded")
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Del("search_path")
	u.Path, u.RawQuery = "/upgraded", query.Encode()
	run(u.String(), string(unzipped(t, dump)))
	return u.String()
}

func unzipped(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join(upgradeFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// later are the members that answers have had only since the golden files were written, and the report, whose words may change.
var later = []string{"sample_rate", "reviews_per_log", "progress", "score", "standard_error", "interval", "report", "origin_class", "api_key", "deployed_at", "deployed_by"}

// withoutLater is an answer without the members in later. "runs" is one too where it is a setting of a monitor, "return_type" in statistics, and
// "type" where it is the kind of a Log.
func withoutLater(t *testing.T, answer json.Value) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(answer, &v); err != nil {
		return string(answer) // a text
	}
	dropLater(v)
	return v
}

func dropLater(v any) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			dropLater(one)
		}
	case map[string]any:
		_, statistics := v["num_judgments"]
		_, isLog := v["trace_children"]
		maps.DeleteFunc(v, func(name string, member any) bool {
			_, setting := member.(bool)
			return slices.Contains(later, name) || name == "runs" && setting || name == "return_type" && statistics || name == "type" && isLog
		})
		for _, one := range v {
			dropLater(one)
		}
	}
}

// answersAsBefore compares what s answers with a golden file. No other member of any answer may differ.
func (s *testServer) answersAsBefore(t *testing.T, name string) {
	t.Helper()
	var golden upgradeGolden
	if err := json.Unmarshal(unzipped(t, name), &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Answers) < 300 || len(golden.Saves) < 20 {
		t.Fatalf("%s has %d answers and %d saves", name, len(golden.Answers), len(golden.Saves))
	}
	for _, g := range golden.Answers {
		got := s.sendAsBefore(t, g.Method, g.Path, g.Body)
		if got.status != http.StatusOK {
			t.Errorf("%s %s is answered %d %s", g.Method, g.Path, got.status, got.body)
			continue
		}
		before, now := g.Answer, asJSON(got.body)
		if g.Path == "/v5/provider-keys" {
			before, now = storedKeys(t, before), storedKeys(t, now)
		}
		if bytes.Equal(before, now) {
			continue
		}
		if d := cmp.Diff(withoutLater(t, before), withoutLater(t, now)); d != "" {
			t.Errorf("%s %s (-before +now):\n%s", g.Method, g.Path, d)
		}
	}
	for _, g := range golden.Saves {
		got := s.sendAsBefore(t, http.MethodPost, g.Path, g.Body)
		if got.status != http.StatusOK || !strings.Contains(got.body, fmt.Sprintf(`"version_id":%q`, g.VersionID)) {
			t.Errorf("POST %s %s is not %s, but %d %s", g.Path, g.Body, g.VersionID, got.status, got.body)
		}
	}
}

// storedKeys are the keys of a list that are stored. The list has all providers, which become more from version to version.
func storedKeys(t *testing.T, list json.Value) json.Value {
	t.Helper()
	var answer struct {
		Records []map[string]json.Value `json:"records"`
	}
	if err := json.Unmarshal(list, &answer); err != nil {
		t.Fatal(err)
	}
	stored, err := json.Marshal(slices.DeleteFunc(answer.Records, func(k map[string]json.Value) bool { return string(k["stored"]) != "true" }))
	if err != nil || len(stored) <= len("[]") {
		t.Fatalf("%s, %v", stored, err)
	}
	return stored
}

// sendAsBefore sends a request with the key that is in the database.
func (s *testServer) sendAsBefore(t *testing.T, method, path string, body []byte) *answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-API-KEY", "hl_sk_upgrade_0123456789abcdef")
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.Client().Do(req)
	return read(t, resp, err)
}

// asJSON is a body as a JSON value: what is none is a JSON string.
func asJSON(body string) json.Value {
	if json.Valid([]byte(body)) {
		return json.Value(body)
	}
	return json.AppendString(nil, body)
}
