package anthropic_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/provider/anthropic"
)

// asked is a request that a provider got.
type asked struct {
	Path, Body, Version, Beta string
}

// answering is a driver of a provider that answers everything with answer, and notes what it was asked.
func answering(t *testing.T, models, answer string, got *asked) *llmhttp.Driver {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*got = asked{r.URL.Path, string(body), r.Header.Get("Anthropic-Version"), r.Header.Get("Anthropic-Beta")}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	d, err := anthropic.New(&llmhttp.Client{}, anthropic.Vendor{Slug: "anthropic", BaseURL: s.URL, Models: models})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const (
	wholeMessage = `{"id":"msg_1","type":"message","role":"assistant","model":"claude-5","content":[{"type":"thinking","thinking":"","signature":"s"},{"type":"text","text":"Gr\u00fc\u00dfe"},{"type":"server_tool_use","id":"x"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":2}, "new" : 1.10 }`

	conversation = `"messages":[ {"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"EpwI"},{"type":"text","text":"y"}]},{"role":"user","content":"z"} ]`
)

func own() *llm.Request {
	return &llm.Request{
		Messages: []llm.Message{{Role: llm.System, Content: llm.Text("Be brief.")}, {Role: llm.User, Content: llm.Text("First.")}},
		Tools:    []llm.Tool{{Name: "read"}}, Temperature: new(0.5),
	}
}

func TestNativeRequests(t *testing.T) {
	for _, c := range []struct {
		name, models, model, body string
		own                       *llm.Request
		want                      asked
	}{
		{
			name: "as it came", model: "claude-5", body: `{ "max_tokens":1e2, "model":"anthropic/claude-5","system":[{"type":"text","text":"\u00fc","cache_control":{"type":"ephemeral"}}],` + conversation + `,"openloop":1}`,
			want: asked{"/v1/messages", `{ "max_tokens":1e2, "model":"claude-5","system":[{"type":"text","text":"\u00fc","cache_control":{"type":"ephemeral"}}],` + conversation + `}`, "2024-01-01", "a-1,b-2"},
		},
		{
			name: "on Vertex AI", models: "/v1/models/", model: "claude-5", body: `{"model":"vertex_ai/claude-5","max_tokens":9,` + conversation + `}`,
			want: asked{"/v1/models/claude-5:rawPredict", `{"max_tokens":9,` + conversation + `,"anthropic_version":"vertex-2023-10-16"}`, "2023-06-01", "a-1,b-2"},
		},
		{
			name: "of a saved Prompt", model: "claude-sonnet-4-5", own: own(), body: `{"model":"prompt:x","max_tokens":9,"system":"\u00fc","tools":[{"name":"read","x":1},{"name":"write", "x":1}],` + conversation + `}`,
			want: asked{"/v1/messages", `{"model":"claude-sonnet-4-5","max_tokens":9,"system":[{"type":"text","text":"Be brief."},{"type":"text","text":"\u00fc"}],` +
				`"tools":[{"name":"read","input_schema":{"type":"object","properties":{}}},{"name":"write", "x":1}],` +
				`"messages":[{"role":"user","content":[{"type":"text","text":"First."}]},` + strings.TrimPrefix(conversation, `"messages":[`) + `,"temperature":0.5}`, "2024-01-01", "a-1,b-2"},
		},
		{
			name: "whose thinking is bound", model: "claude-opus-5-5", own: &llm.Request{Messages: []llm.Message{{Role: llm.System, Content: llm.Text("s")}}}, body: `{"model":"x","max_tokens":9,` + conversation + `,"thinking":{"type":"adaptive"}}`,
			want: asked{"/v1/messages", `{"model":"claude-opus-5-5","max_tokens":9,` + conversation + `,"thinking":{"type":"adaptive","block_binding":{"prefix_mismatch_behavior":"drop_block"}},"system":[{"type":"text","text":"s"}]}`,
				"2024-01-01", "a-1,b-2,thinking-binding-controls-2026-08-01"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got asked
			d := answering(t, c.models, wholeMessage, &got)
			r := &llm.Request{Model: c.model, Native: &llm.Native{
				Dialect: llm.MessagesDialect, Body: json.Value(c.body), Removed: []string{"openloop"}, Own: c.own,
				Header: http.Header{"Anthropic-Version": {"2024-01-01"}, "Anthropic-Beta": {"a-1,b-2"}},
			}}
			out, err := d.Generate(t.Context(), r)
			if err != nil || !d.Speaks(r) {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("asked (-want +got):\n%s", d)
			}
			if d := cmp.Diff(wholeMessage, string(out.RawResponse)); d != "" || !out.Native || out.Usage.Input != 3 || out.Message.Content.String() != "Grüße" {
				t.Errorf("%+v, body (-want +got):\n%s", out, d)
			}
		})
	}
}

func TestNativeFrames(t *testing.T) {
	frames := []string{
		"event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"claude-5\",\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n",
		"event: ping\ndata: {\"type\": \"ping\"}\n\n",
		"event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"server_tool_use\"}}\n\n",
		"event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"text_delta\",\"text\":\"Grüße\"}}\n\n",
		"event: later\ndata: {\"type\":\"later\",\"index\":\"seven\"}\n\n",
		"event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"refusal\"},\"usage\":{\"output_tokens\":2}}\n\n",
		"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
	}
	var got asked
	d := answering(t, "", strings.Join(frames, ""), &got)
	var fold llm.Fold
	var told []string
	r := &llm.Request{Model: "claude-5", Native: &llm.Native{Dialect: llm.MessagesDialect, Body: json.Value(`{"model":"x","stream":true,"max_tokens":9,"messages":[]}`)}}
	for e, err := range d.Stream(t.Context(), r) {
		if err != nil {
			t.Fatal(err)
		}
		fold.Add(&e)
		if e.Raw != nil {
			told = append(told, "event: "+e.Raw.Name+"\ndata: "+string(e.Raw.Data)+"\n\n")
			if last := e.Raw.Name == "message_stop"; e.Raw.Last != last {
				t.Errorf("%s is last: %v", e.Raw.Name, e.Raw.Last)
			}
		}
	}
	if d := cmp.Diff(frames, told); d != "" {
		t.Errorf("frames (-want +got):\n%s", d)
	}
	if out := fold.Response(); out.Message.Content.String() != "Grüße" || out.Finish != llm.FinishContentFilter || out.Usage.Output != 2 || !out.Native {
		t.Errorf("%+v", out)
	}
}
