package archive_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/archive"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

func TestALogKeepsWhatItWas(t *testing.T) {
	db := filled(t)
	got, err := db.Log(t.Context(), "log_called000000000001")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2024, 4, 1, 12, 0, 1, 500_000, time.UTC)
	want := &trace.Log{
		ID: "log_called000000000001", Kind: file.PromptKind, FileID: "pr_greet000000000000001", VersionID: "prv_greet00000000000001",
		CreatedAt: at, UpdatedAt: at, StartTime: at, EndTime: at, FinishReason: "stop", PromptTokens: new(int64(12)), OutputTokens: new(int64(5)), ReasonTokens: new(int64(0)),
		PromptCost: new(1.5e-05), OutputCost: new(7e-05), Latency: new(0.81), Source: "sdk", User: "user-1", Environment: "production",
		Metadata: json.Value(`{"imported":{"sampler":"v2"},"n":1}`),
		Payload: trace.Payload{
			Inputs: json.Value(`{"name":"Ada"}`), Messages: []llm.Message{{Role: llm.User, Content: llm.Content{Text: "Hi", Set: true}}}, ToolChoice: &llm.ToolChoice{Mode: llm.ToolsAuto},
			Output: new("Hello Ada ✓"), OutputMessage: &llm.Message{Role: llm.Assistant, Content: llm.Content{Text: "Hello Ada ✓", Set: true}},
			ProviderRequest: json.Value(`{"model":"gpt-4o","messages":[]}`), ProviderResponse: json.Value(`{"id":"x"}`),
		},
	}
	compact := cmp.Transformer("compact", func(v json.Value) string {
		if v = v.Clone(); v != nil {
			_ = v.Compact()
		}
		return string(v)
	})
	if diff := cmp.Diff(want, got, compact); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestATraceIsWhole has Logs that stand in lines of their own and others that stand in these alone.
func TestATraceIsWhole(t *testing.T) {
	db := filled(t)
	spans, err := db.Spans(t.Context(), "log_tool00000000000001", "", 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range spans.Logs {
		got = append(got, l.ID)
	}
	want := []string{"log_root00000000000001", "log_agent0000000000001", "log_tool00000000000001", "log_child0000000000001"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	judges, err := db.EvaluatorLogs(t.Context(), []string{"log_root00000000000001"})
	if err != nil || len(judges["log_root00000000000001"]) != 1 {
		t.Errorf("the root is judged by %v, %v", judges, err)
	}
}

// TestLogsOfAnAliasAndOfADeletedVersion find the versions that they were made by.
func TestLogsOfAnAliasAndOfADeletedVersion(t *testing.T) {
	db := filled(t)
	for id, want := range map[string]string{"log_aliased00000000001": "prv_greet00000000000002", "log_ofgone000000000001": "prv_greet00000000000000"} {
		if l, err := db.Log(t.Context(), id); err != nil || l.VersionID != want {
			t.Errorf("%s is of %v, %v", id, l, err)
		}
	}
	_, err := db.Snapshot(t.Context(), file.PromptKind, file.Ref{ID: "pr_greet000000000000001", VersionID: "prv_greet00000000000000"})
	if !errs.Is(err, errs.VersionNotFound) {
		t.Errorf("the deleted version is found: %v", err)
	}
}

func TestOnlyLogsSinceATime(t *testing.T) {
	db := open(t)
	imported(t, db, archive.Options{Dir: export, Since: time.Date(2024, 4, 1, 12, 0, 3, 0, time.UTC)})
	for id, want := range map[string]bool{"log_failed000000000001": false, "log_aliased00000000001": true} {
		if got, err := db.LogExists(t.Context(), id); got != want || err != nil {
			t.Errorf("%s is there: %t, %v", id, got, err)
		}
	}
}

// TestNothingIsDoneBecauseOfAnImport has an active monitor, and an orchestrated Run with a datapoint that lacks its Log.
func TestNothingIsDoneBecauseOfAnImport(t *testing.T) {
	db := filled(t)
	if _, err := db.HealTasks(t.Context(), time.Time{}); err != nil {
		t.Fatal(err)
	}
	counts, err := db.TaskCounts(t.Context())
	if len(counts) != 0 || err != nil {
		t.Errorf("there are tasks: %v, %v", counts, err)
	}
}

func TestARunHasItsLogsInTheirPlaces(t *testing.T) {
	db := filled(t)
	type run struct {
		ID, Status, Logs string
		Control          bool
	}
	var got []run
	list, err := db.Runs(t.Context(), "evr_first0000000000001")
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		logs, _, err := db.RunLogs(t.Context(), "evr_first0000000000001", []string{list[i].ID}, trace.Page{Number: 1, Size: 10})
		if err != nil {
			t.Fatal(err)
		}
		r := run{ID: list[i].ID, Status: string(list[i].Status()), Control: list[i].Control}
		for _, l := range logs {
			r.Logs += l.Log.ID + " "
		}
		got = append(got, r)
	}
	want := []run{
		{"run_hand00000000000001", "cancelled", "log_called000000000001 ", false},
		{"run_first0000000000001", "completed", "log_run00000000000000001 log_run00000000000000002 ", true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
