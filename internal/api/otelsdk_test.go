package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
)

// TestSDKFlow makes a Flow's Log as the decorators do, and lets the spans of what ran in it arrive before and after its own.
func TestSDKFlow(t *testing.T) {
	for name, order := range map[string][]string{
		"in order": {"tool", "tool-failed", "prompt", "flow"}, "the Flow first": {"flow", "prompt", "tool-failed", "tool"},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, nil)
			made := s.call(t, "POST", "/v5/flows/log",
				`{"messages":null,"path":"dir/my flow","inputs":{"question":"What?"},"log_status":"incomplete","trace_parent_id":null,"flow":{"attributes":{"v":1}}}`)
			var flow struct {
				ID     string `json:"id"`
				FlowID string `json:"flow_id"`
			}
			if err := json.Unmarshal([]byte(made.body), &flow); err != nil || made.status != http.StatusOK {
				t.Fatalf("%d %s", made.status, made.body)
			}
			ids := map[string]string{}
			for _, one := range order {
				sent := s.export(t, otelPath, "", export(t, "sdk-python-"+one+".json", "log_flow1", flow.ID))
				ids[one] = records(t, sent)[0]
			}
			log := get[wireLog](t, s, "/v5/logs/"+flow.ID)
			want := map[string]any{flow.ID: []any{ids["tool"], ids["tool-failed"], ids["prompt"]}}
			if d := cmp.Diff(want, log.tree()); d != "" {
				t.Errorf("the trace (-want +got):\n%s", d)
			}
			if ids["flow"] != flow.ID || log.Status != "complete" || *log.Output != "done" || string(log.Inputs) != `{"question":"What?"}` {
				t.Errorf("the Flow's Log is %+v", log)
			}
			if versions := get[struct {
				Records []json.Value `json:"records"`
			}](t, s, "/v5/flows/"+flow.FlowID+"/versions"); len(versions.Records) != 1 {
				t.Errorf("the Flow has %d versions", len(versions.Records))
			}
		})
	}
}

func TestSDKOutcomes(t *testing.T) {
	s := start(t, nil)
	for _, c := range []struct{ name, want string }{
		{"flow-failed", `null bad "thing" null`},
		{"flow-message", `null null {assistant hi x}`},
	} {
		made := s.call(t, "POST", "/v5/flows/log", `{"path":"dir/`+c.name+`","inputs":{"question":"x"},"log_status":"incomplete","flow":{"attributes":{}}}`)
		var flow struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal([]byte(made.body), &flow); err != nil {
			t.Fatal(err)
		}
		records(t, s.export(t, otelPath, "", export(t, "sdk-python-"+c.name+".json", "log_flow1", flow.ID)))
		l := get[wireLog](t, s, "/v5/logs/"+flow.ID)
		got := fmt.Sprint(orNull(l.Output), " ", orNull(l.Error), " ", orNull(l.OutputMessage))
		if got != c.want {
			t.Errorf("%s: output, error and output_message are %s, want %s", c.name, got, c.want)
		}
	}
}

func orNull[T any](p *T) string {
	if p == nil {
		return "null"
	}
	return fmt.Sprint(*p)
}

// TestAnswersArePricedByTheModelAsked has a model answer whose name no catalogue knows.
func TestAnswersArePricedByTheModelAsked(t *testing.T) {
	s := start(t, nil)
	records(t, s.export(t, otelPath, "", export(t, "sdk-python-prompt.json", "gpt-4o-mini-2024-07-18", "gpt-unheard-of")))
	if logs := fileLogs(t, s, "dir/my prompt"); len(logs) != 1 || logs[0].PromptCost == nil || logs[0].OutputCost == nil {
		t.Errorf("the Logs are %+v", logs)
	}
}
