package store_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// TestOldVersionsGetTheirPools migrates versions from before they had pools. Their pools are those that they would get today, but for presets, which
// are run in Python.
func TestOldVersionsGetTheirPools(t *testing.T) {
	contents := []struct {
		kind    file.Kind
		content string
		want    string
	}{
		{file.PromptKind, `{"model":"m","provider":"anthropic"}`, "anthropic"},
		{file.PromptKind, `{"model":"\u0000","template":"\ud800 \u0000"}`, "openai"},
		{file.AgentKind, `{"model":"m","provider":"google","tools":[]}`, "google"},
		{file.EvaluatorKind, `{"evaluator_type":"python","code":"\u0000"}`, "python"},
		{file.EvaluatorKind, `{"evaluator_type":"llm","prompt":{"provider":"mistral","model":"m"}}`, "mistral"},
		{file.EvaluatorKind, `{"evaluator_type":"llm","prompt":{"model":"m"}}`, "openai"},
		{file.EvaluatorKind, `{"evaluator_type":"human"}`, ""},
		{file.EvaluatorKind, `{"evaluator_type":"external","provider":"openai"}`, ""},
		{file.EvaluatorKind, `{}`, ""},
		{file.FlowKind, `{"provider":"openai"}`, ""},
		{file.ToolKind, `{"source_code":"def f(): pass"}`, "python"},
		{file.ToolKind, `{"tool_type":"mock"}`, "native"},
		{file.EvaluatorKind, `{"evaluator_type":"python","attributes":` + strings.Repeat("[", 900) + strings.Repeat("]", 900) + `}`, "python"},
	}
	onEach(t, empty, func(t *testing.T, o store.Options) {
		db := open(t, o)
		var want []string
		for i, c := range contents {
			path := string(rune('a' + i))
			_, _, err := db.SaveVersion(t.Context(), store.Save{Kind: c.kind, Path: path, Content: []byte(c.content), Hash: path})
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, path+" "+c.want)
		}
		const pools = `SELECT f.path || ' ' || v.pool FROM version v JOIN file f ON f.seq = v.file ORDER BY f.seq`
		got, err := db.Lines(t.Context(), pools)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("saved: %v (-want +got):\n%s", err, diff)
		}
		if err := db.Exec(t.Context(), `UPDATE version SET pool = 'x'`); err != nil {
			t.Fatal(err)
		}
		if err := db.Migrate(t.Context(), fillsPools(t)); err != nil {
			t.Fatal(err)
		}
		got, err = db.Lines(t.Context(), pools)
		for i := range want {
			if contents[i].kind == file.FlowKind {
				want[i] = strings.Fields(want[i])[0] + " x" // the column is made with ''
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("migrated: %v (-want +got):\n%s", err, diff)
		}
	})
}

// fillsPools is our migrations, and one more that fills the pools again by the statements of our own.
func fillsPools(t *testing.T) fs.FS {
	t.Helper()
	files := history(t, nil).(fstest.MapFS)
	for _, dialect := range []string{"sqlite", "postgres"} {
		var fills []string
		for _, name := range []string{"0008_tasks.sql", "0014_tool_pools.sql"} {
			for statement := range strings.SplitSeq(string(files["migrations/"+dialect+"/"+name].Data), ";\n") {
				if strings.Contains(statement, "UPDATE version SET pool") {
					fills = append(fills, statement)
				}
			}
		}
		if len(fills) != 3 {
			t.Fatalf("%d statements fill pools", len(fills))
		}
		files["migrations/"+dialect+"/9000_again.sql"] = &fstest.MapFile{Data: []byte("-- since: 28\n" + strings.Join(fills, ";\n"))}
	}
	return files
}
