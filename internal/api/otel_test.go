package api_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
)

const otelPath = "/v5/import/otel/v1/traces"

// export reads an export of internal/otlp/testdata, with texts replaced in it.
func export(t *testing.T, name string, replace ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "otlp", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(replace...).Replace(string(data))
}

// export sends an export as the given media type; "" for none.
func (s *server) export(t *testing.T, path, media, body string) *answer {
	t.Helper()
	r := s.request(t, "POST", path, body)
	r.Header.Del("Content-Type")
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	return s.send(t, r)
}

// wireLog is what the tests look at of a Log.
type wireLog struct {
	ID            string     `json:"id"`
	TraceID       string     `json:"trace_id"`
	TraceParentID string     `json:"trace_parent_id"`
	Status        string     `json:"log_status"`
	Output        *string    `json:"output"`
	Error         *string    `json:"error"`
	Inputs        json.Value `json:"inputs"`
	OutputMessage *struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	} `json:"output_message"`
	PromptCost *float64  `json:"prompt_cost"`
	OutputCost *float64  `json:"output_cost"`
	Children   []wireLog `json:"trace_children"`
}

// tree is the Log and what lies below it, by ids.
func (l *wireLog) tree() any {
	var below []any
	for i := range l.Children {
		below = append(below, l.Children[i].tree())
	}
	if below == nil {
		return l.ID
	}
	return map[string]any{l.ID: below}
}

func get[T any](t *testing.T, s *server, path string) T {
	t.Helper()
	var v T
	answer := s.call(t, "GET", path, "")
	if answer.status != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, answer.status, answer.body)
	}
	if err := json.Unmarshal([]byte(answer.body), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func records(t *testing.T, a *answer) []string {
	t.Helper()
	var out struct {
		Records []string `json:"records"`
	}
	if a.status != http.StatusOK || json.Unmarshal([]byte(a.body), &out) != nil {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return out.Records
}

// fileLogs are the Logs of the File at path.
func fileLogs(t *testing.T, s *server, path string) []wireLog {
	t.Helper()
	found := s.call(t, "POST", "/v5/files/retrieve-by-path", `{"path": "`+path+`"}`)
	var f struct {
		ID string `json:"id"`
	}
	if found.status != http.StatusOK || json.Unmarshal([]byte(found.body), &f) != nil {
		t.Fatalf("%s: %d %s", path, found.status, found.body)
	}
	return get[struct {
		Records []wireLog `json:"records"`
	}](t, s, "/v5/logs?file_id="+f.ID).Records
}

// TestSDKPromptMakesAVersion sends a provider's span for a Prompt that is deployed with another model.
func TestSDKPromptMakesAVersion(t *testing.T) {
	s := start(t, nil)
	made := s.call(t, "POST", "/v5/prompts", `{"path":"dir/my prompt","model":"gpt-4o","provider":"openai"}`)
	var p struct {
		ID        string `json:"id"`
		VersionID string `json:"version_id"`
	}
	if err := json.Unmarshal([]byte(made.body), &p); err != nil {
		t.Fatal(err)
	}
	records(t, s.export(t, otelPath, "", export(t, "sdk-python-prompt.json")))
	versions := get[struct {
		Records []struct {
			VersionID   string  `json:"version_id"`
			Model       string  `json:"model"`
			Temperature float64 `json:"temperature"`
		} `json:"records"`
	}](t, s, "/v5/prompts/"+p.ID+"/versions").Records
	if len(versions) != 2 {
		t.Fatalf("there are %d versions", len(versions))
	}
	now := get[struct {
		VersionID string `json:"version_id"`
	}](t, s, "/v5/prompts/"+p.ID)
	if now.VersionID != p.VersionID {
		t.Error("the span's version was deployed")
	}
	logs := fileLogs(t, s, "dir/my prompt")
	if len(logs) != 1 || logs[0].OutputMessage.Content != "The capital of France is Paris." || *logs[0].PromptCost <= 0 || *logs[0].OutputCost <= 0 {
		t.Errorf("the Logs are %+v", logs)
	}
}

// TestExportsAreKeptOnce sends the standard exports by both paths, twice.
func TestExportsAreKeptOnce(t *testing.T) {
	s := start(t, nil)
	for name, count := range map[string]int{"openllmetry.pb": 0, "vercel-ai.json": 8, "genai-events.json": 4} {
		media := "application/json"
		if filepath.Ext(name) == ".pb" {
			media = "application/x-protobuf"
		}
		body := export(t, name)
		first, second := s.export(t, otelPath, media, body), s.export(t, "/v1/traces", media, body)
		if first.status != http.StatusOK || second.status != http.StatusOK || first.header.Get("Content-Type") != media {
			t.Errorf("%s: %d %s, %d %s", name, first.status, first.body, second.status, second.body)
		}
		if count > 0 && len(records(t, first)) != count || count > 0 && second.body != "{}" {
			t.Errorf("%s: answered %s and %s", name, first.body, second.body)
		}
		if count == 0 && first.body+second.body != "" {
			t.Errorf("%s: answered %q and %q", name, first.body, second.body)
		}
	}
	if logs := fileLogs(t, s, "otel/shop/prompts/openai.chat"); len(logs) != 2 {
		t.Errorf("there are %d Logs of two calls", len(logs))
	}
	roots := fileLogs(t, s, "otel/shop/flows/answer question")
	if len(roots) != 1 || len(get[wireLog](t, s, "/v5/logs/"+roots[0].ID).Children) != 5 {
		t.Errorf("the trace is %+v", roots)
	}
}

// spanJSON is a span with two-digit ids.
func spanJSON(span, parent, start string) string {
	id := func(s string) string { return strings.Repeat(s, 8) }
	if parent != "" {
		parent = `"parentSpanId":"` + id(parent) + `",`
	}
	return `{"traceId":"` + strings.Repeat("ab", 16) + `","spanId":"` + id(span) + `",` + parent +
		`"name":"step ` + "x" + span + `","startTimeUnixNano":"17000000` + start + `000000000","endTimeUnixNano":"1700000099000000000"}`
}

func exportOf(spans ...string) string {
	return `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"svc"}}]},"scopeSpans":[{"scope":{"name":"s"},"spans":[` +
		strings.Join(spans, ",") + `]}]}]}`
}

// TestTracesJoinInAnyOrder sends the spans of a trace one by one, in several orders.
func TestTracesJoinInAnyOrder(t *testing.T) {
	root, child, other, grandchild := spanJSON("01", "", "01"), spanJSON("02", "01", "02"), spanJSON("03", "01", "03"), spanJSON("04", "02", "04")
	for name, order := range map[string][]string{
		"children first": {grandchild, child, other, root}, "root first": {root, child, other, grandchild},
		"root between": {grandchild, child, root, other}, "grandchild last": {child, other, root, grandchild},
		"pairs": {grandchild + "," + child, root + "," + other},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, nil)
			for _, spans := range order {
				records(t, s.export(t, otelPath, "application/json", exportOf(spans)))
			}
			id := func(step string) string { return fileLogs(t, s, "otel/svc/flows/step x"+step)[0].ID }
			want := map[string]any{id("01"): []any{map[string]any{id("02"): []any{id("04")}}, id("03")}}
			trace := get[wireLog](t, s, "/v5/logs/"+id("01"))
			if d := cmp.Diff(want, trace.tree()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestABadSpanCostsNoOther(t *testing.T) {
	for name, bad := range map[string]string{
		"no ids":          `{"name":"x"}`,
		"a bad id":        `{"traceId":"zz","spanId":"0102030405060708","name":"x"}`,
		"a bad attribute": strings.Replace(spanJSON("09", "", "01"), `"name"`, `"attributes":[{"key":"k","value":{"intValue":"many"}}],"name"`, 1),
		"a wrong type":    strings.Replace(spanJSON("09", "", "01"), `"name":"step x09"`, `"name":7`, 1),
		"an evaluator": strings.Replace(spanJSON("09", "", "01"), `"name"`,
			`"attributes":[{"key":"humanloop.file.type","value":{"stringValue":"evaluator"}}],"name"`, 1),
		"a Prompt without model": strings.Replace(spanJSON("09", "", "01"), `"name"`,
			`"attributes":[{"key":"humanloop.file.type","value":{"stringValue":"prompt"}}],"name"`, 1),
		"a long model": strings.Replace(spanJSON("09", "", "01"), `"name"`,
			`"attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"`+strings.Repeat("m", 300)+`"}}],"name"`, 1),
		"a bad path": strings.Replace(spanJSON("09", "", "01"), `"name"`,
			`"attributes":[{"key":"humanloop.file.path","value":{"stringValue":"a//b"}}],"name"`, 1),
		"a path of another kind": strings.Replace(spanJSON("09", "", "01"), `"name"`,
			`"attributes":[{"key":"humanloop.file.path","value":{"stringValue":"otel/svc/flows/step x01"}},{"key":"humanloop.file.type","value":{"stringValue":"tool"}}],"name"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, nil) // without Files that another of these has made
			got := s.export(t, otelPath, "application/json", exportOf(spanJSON("01", "", "01"), bad))
			var out struct {
				Records []string `json:"records"`
				Partial struct {
					Rejected string `json:"rejectedSpans"`
					Message  string `json:"errorMessage"`
				} `json:"partialSuccess"`
			}
			if err := json.Unmarshal([]byte(got.body), &out); err != nil || got.status != http.StatusOK {
				t.Fatalf("%d %s", got.status, got.body)
			}
			if len(out.Records) != 1 || out.Partial.Rejected != "1" || !strings.HasPrefix(out.Partial.Message, "The span ") {
				t.Errorf("answered %s", got.body)
			}
		})
	}
}

// TestAgentsTrace reads the trace of an agent, whose kinds are those of its spans.
func TestAgentsTrace(t *testing.T) {
	s := start(t, nil)
	records(t, s.export(t, otelPath, "application/json", export(t, "genai-events.json")))
	request := fileLogs(t, s, "otel/billing bot/flows/POST customers {id} ask")[0]
	agent, call, tool := fileLogs(t, s, "otel/billing bot/agents/Biller")[0], fileLogs(t, s, "otel/billing bot/prompts/chat")[0], fileLogs(t, s, "otel/billing bot/tools/balance")[0]
	want := map[string]any{request.ID: []any{map[string]any{agent.ID: []any{tool.ID, call.ID}}}}
	whole := get[wireLog](t, s, "/v5/logs/"+request.ID)
	if d := cmp.Diff(want, whole.tree()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if agent.Status != "complete" || *agent.Error != "TimeoutError" || *tool.Output != `{"owed": 12}` || call.OutputMessage.Content != "You owe 12." {
		t.Errorf("%+v, %+v, %+v", agent, tool, call)
	}
}

// TestManySpansOfOneExport sends more spans than are committed at once; their ids come in the order of their times.
func TestManySpansOfOneExport(t *testing.T) {
	s := start(t, nil)
	var spans []string
	for i := range 600 {
		spans = append(spans, fmt.Sprintf(`{"traceId":"%032x","spanId":"%016x","name":"step","startTimeUnixNano":"%d"}`, i/3+1, i+1, 1_700_000_000_000_000_000+int64(i)*1000))
	}
	sent := records(t, s.export(t, otelPath, "", exportOf(spans...)))
	var file struct {
		ID string `json:"id"`
	}
	found := s.call(t, "POST", "/v5/files/retrieve-by-path", `{"path": "otel/svc/flows/step"}`)
	if err := json.Unmarshal([]byte(found.body), &file); err != nil {
		t.Fatal(err)
	}
	logs := get[struct {
		Records []wireLog `json:"records"`
	}](t, s, "/v5/logs?size=1000&file_id="+file.ID).Records
	ids := make([]string, len(logs))
	for i := range logs {
		ids[len(logs)-1-i] = logs[i].ID // the list has the newest first
	}
	if d := cmp.Diff(sent, ids); d != "" || len(ids) != len(spans) {
		t.Errorf("%d Logs (-answered +listed):\n%s", len(ids), d)
	}
}

func TestBadExports(t *testing.T) {
	s := start(t, nil)
	for _, c := range []struct{ name, media, body, want string }{
		{"no JSON", "application/json", `{"resourceSpans":[`, "400 invalid_json"},
		{"no UTF-8", "", "{\"resourceSpans\":[{\"schemaUrl\":\"\xff\"}]}", "400 invalid_encoding"},
		{"no export", "text/plain;charset=UTF-8", `{"resourceSpans":7}`, "422 validation_failed"},
		{"a list", "application/json", `[]`, "422 validation_failed"},
		{"no Protocol Buffers", "application/x-protobuf", "\x0a\x05ab", "400 invalid_encoding"},
		{"another type", "application/xml", `<a/>`, "400 unsupported_media_type"},
	} {
		got := s.export(t, "/v1/traces", c.media, c.body)
		var out struct {
			Detail struct {
				Reason string `json:"reason"`
			} `json:"detail"`
		}
		if err := json.Unmarshal([]byte(got.body), &out); err != nil {
			t.Fatal(err)
		}
		if is := fmt.Sprint(got.status, " ", out.Detail.Reason); is != c.want {
			t.Errorf("%s: %s, want %s: %s", c.name, is, c.want, got.body)
		}
	}
}

func TestEmptyExports(t *testing.T) {
	s := start(t, nil)
	for media, want := range map[string]string{"application/json": `{"records":[]}`, "application/x-protobuf": ""} {
		if got := s.export(t, otelPath, media, ""); got.status != http.StatusOK || got.body != want {
			t.Errorf("%s: %d %q, want %q", media, got.status, got.body, want)
		}
	}
}

func TestGzippedExport(t *testing.T) {
	s := start(t, nil)
	zipped := func(text string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write([]byte(text))
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	send := func(body string) *answer {
		r := s.request(t, "POST", "/v1/traces", body)
		r.Header.Set("Content-Type", "application/x-protobuf")
		r.Header.Set("Content-Encoding", "gzip")
		return s.send(t, r)
	}
	if got := send(zipped(export(t, "openllmetry.pb"))); got.status != http.StatusOK {
		t.Errorf("an export: %d %s", got.status, got.body)
	}
	if got := send(zipped(strings.Repeat("\x00", 10<<20))); got.status != http.StatusBadRequest || !strings.Contains(got.body, "body_too_large") {
		t.Errorf("a bomb: %d %s", got.status, got.body)
	}
}
