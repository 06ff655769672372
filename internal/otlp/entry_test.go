package otlp_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/otlp"
	"github.com/openloop-server/openloop/internal/trace"
)

// attrs are attributes of a span, written as name, value, ….
func attrs(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"key":` + strconv.Quote(pairs[i]) + `,"value":{"stringValue":` + strconv.Quote(pairs[i+1]) + `}}`)
	}
	return b.String()
}

// entryOf is what a span with a name and these attributes becomes.
func entryOf(t *testing.T, name, attributes string) otlp.SpanLog {
	t.Helper()
	batch, err := otlp.ReadJSON([]byte(`{"resourceSpans":[{"resource":{"attributes":[` + attrs("service.name", "svc") + `]},"scopeSpans":[{"spans":[` +
		`{"traceId":"0000000000000000000000000000000a","spanId":"000000000000000b","name":` + strconv.Quote(name) + `,"attributes":[` + attributes + `]}]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	entries := all(batch)
	if len(entries) != 1 {
		t.Fatalf("%s: %s", attributes, batch.Refusals.Message())
	}
	return entries[0]
}

// TestPaths tells where the Files of spans lie, and so what kind they are.
func TestPaths(t *testing.T) {
	for _, c := range []struct{ name, attributes, want string }{
		{"work", "", "otel/svc/flows/work"},
		{"", "", "otel/svc/flows/flow"},
		{"..", "", "otel/svc/flows/flow"},
		{"a/b\n c", "", "otel/svc/flows/a b c"},
		{"job 1234 of 5f2b1c9e-8d7a-4e55-9b1f-0123456789ab by deadbeefdeadbeef01 in abc", "", "otel/svc/flows/job * of * by * in abc"},
		{strings.Repeat("é", 80), "", "otel/svc/flows/" + strings.Repeat("é", 50)},
		{"GET /users/7", attrs("http.request.method", "GET"), "otel/svc/flows/GET"},
		{"GET /users/7", attrs("http.method", "GET", "http.route", "/users/{id}"), "otel/svc/flows/GET users {id}"},
		{"x", attrs("traceloop.entity.name", "42"), "otel/svc/flows/42"},
		{"chat gpt-4o", attrs("gen_ai.operation.name", "chat", "gen_ai.request.model", "gpt-4o"), "otel/svc/prompts/chat"},
		{"chat", attrs("gen_ai.operation.name", "chat"), "otel/svc/flows/chat"}, // no model, no Prompt
		{"x", attrs("gen_ai.request.model", "m", "gen_ai.prompt.name", "greet"), "otel/svc/prompts/greet"},
		{"x", attrs("llm.request.type", "completion", "gen_ai.request.model", "m"), "otel/svc/prompts/x"},
		{"execute_tool add", attrs("gen_ai.operation.name", "execute_tool"), "otel/svc/tools/add"},
		{"x", attrs("gen_ai.tool.call.id", "1", "gen_ai.tool.name", "add"), "otel/svc/tools/add"},
		{"x", attrs("traceloop.span.kind", "tool", "traceloop.entity.name", "look"), "otel/svc/tools/look"},
		{"retrieval docs", attrs("gen_ai.operation.name", "retrieval", "gen_ai.data_source.id", "docs"), "otel/svc/tools/docs"},                        // Fault C6
		{"retrieval", attrs("gen_ai.operation.name", "retrieval", "gen_ai.request.model", "m"), "otel/svc/tools/retrieval"},                            // Fault C6
		{"x", attrs("gen_ai.operation.name", "embeddings", "gen_ai.request.model", "m"), "otel/svc/prompts/x"},                                         // Fault C6
		{"create_agent A", attrs("gen_ai.operation.name", "create_agent", "gen_ai.agent.name", "A", "gen_ai.request.model", "m"), "otel/svc/agents/A"}, // Fault C6
		{"x", attrs("ai.operationId", "ai.rerank.doRerank"), "otel/svc/tools/x"},                                                                       // Fault C6
		{"x", attrs("openinference.span.kind", "RERANKER"), "otel/svc/tools/x"},
		{"x", attrs("openinference.span.kind", "EMBEDDING", "embedding.model_name", "e"), "otel/svc/prompts/x"},
		{"invoke_agent A", attrs("gen_ai.operation.name", "invoke_agent", "gen_ai.agent.name", "A"), "otel/svc/flows/A"},
		{"invoke_agent A", attrs("gen_ai.operation.name", "invoke_agent", "gen_ai.agent.name", "A", "gen_ai.request.model", "m"), "otel/svc/agents/A"},
		{"x", attrs("traceloop.span.kind", "task", "traceloop.entity.name", "step"), "otel/svc/flows/step"},
		{"ai.generateText.doGenerate", attrs("ai.operationId", "ai.generateText.doGenerate", "ai.model.id", "m"), "otel/svc/prompts/ai.generateText"},
		{"ai.toolCall", attrs("ai.operationId", "ai.toolCall", "ai.toolCall.name", "add"), "otel/svc/tools/add"},
		{"ai.generateText", attrs("ai.operationId", "ai.generateText", "ai.model.id", "m", "ai.telemetry.functionId", "fn"), "otel/svc/flows/fn"},
		{"ai.generateText", attrs("ai.operationId", "ai.generateText", "ai.telemetry.metadata.humanloopFlowPath", "a/b"), "a/b"},
		{"x", attrs("ai.operationId", "ai.toolCall", "ai.telemetry.metadata.humanloop.directoryPath", "/d/"), "d/tools/x"},
		{"x", attrs("humanloop.file.path", "/p/q/"), "p/q"},
		{"x", attrs("openloop.file.path", "p/q", "openloop.file.type", "tool"), "p/q"},
		{"x", attrs("openloop.directory", "mine"), "mine/flows/x"},
	} {
		if got := entryOf(t, c.name, c.attributes); got.Path != c.want {
			t.Errorf("%q with %s lies at %q, want %q", c.name, c.attributes, got.Path, c.want)
		}
	}
}

func TestProviders(t *testing.T) {
	for said, want := range map[string]string{
		"openai": "openai", "OpenAI": "openai", "aws.bedrock": "bedrock", "AWS": "bedrock", "azure.ai.openai": "openai_azure", "gcp.gemini": "google",
		"gcp.vertex_ai": "vertex_ai", "mistral_ai": "mistral", "x_ai": "xai", "openai.responses": "openai", "anthropic.messages": "anthropic",
		"google.generative-ai": "google", "azure-openai.chat": "openai_azure", "mistralai.chat": "mistral", "ibm.watsonx.ai": "ibm.watsonx.ai", "new": "new",
	} {
		e := entryOf(t, "x", attrs("gen_ai.request.model", "m", "gen_ai.system", said))
		if got := e.Content.(*file.Prompt).Provider; got != want || e.Log.Provider != want {
			t.Errorf("%q is %q, want %q", said, got, want)
		}
	}
}

// TestUsage sorts tokens into buckets that do not overlap, whatever convention counts them and however its exporter spells that.
func TestUsage(t *testing.T) {
	const in, out, total = "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.total_tokens"
	const read, write, reasoning = "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.reasoning.output_tokens"
	for attributes, want := range map[string]llm.Usage{
		"":                                         {},
		attrs("gen_ai.usage.input_tokens", "x"):    {},
		attrs("gen_ai.usage.input_tokens", "-5"):   {},
		attrs("gen_ai.usage.output_tokens", "3"):   {Output: 3, Known: true},
		attrs("gen_ai.usage.prompt_tokens", "4.0"): {Input: 4, Known: true},
		attrs("llm.token_count.prompt", "10", "llm.token_count.prompt_details.cache_read", "4", "llm.token_count.prompt_details.cache_write", "5"): {
			Input: 1, CachedInput: 4, CacheWrite: 5, Known: true,
		},
		// Fault C2: a part of the input cannot exceed it, so it is beside it.
		attrs(in, "3", read, "5000"):           {Input: 3, CachedInput: 5000, Known: true},
		attrs(in, "3", write, "5000"):          {Input: 3, CacheWrite: 5000, Known: true},
		attrs(in, "10", read, "6", write, "7"): {Input: 10, CachedInput: 6, CacheWrite: 7, Known: true},
		attrs("llm.token_count.prompt", "3", "llm.token_count.prompt_details.cache_read", "50"): {Input: 3, CachedInput: 50, Known: true},
		attrs(in, "100", read, "40", out, "5", total, "145"):                                    {Input: 100, CachedInput: 40, Output: 5, Known: true}, // the total proves it
		attrs(in, "100", read, "40", out, "5", total, "105"):                                    {Input: 60, CachedInput: 40, Output: 5, Known: true},
		attrs(in, "3", read, "5000", out, "5", total, "8"):                                      {Input: 3, CachedInput: 5000, Output: 5, Known: true}, // a total that leaves the cache out
		attrs(out, "5", read, "40", total, "50"):                                                {Input: 5, CachedInput: 40, Output: 5, Known: true},
		attrs(in, "5", total, "50"):                                                             {Input: 5, Output: 45, Known: true},
		// Fault C4: likewise for reasoning and the output.
		attrs(in, "1", out, "21", reasoning, "495"):                              {Input: 1, Output: 21, Reasoning: 495, Known: true},
		attrs("ai.usage.outputTokens", "5", "ai.usage.reasoningTokens", "9"):     {Output: 5, Reasoning: 9, Known: true},
		attrs(in, "10", out, "600", reasoning, "495", total, "1105"):             {Input: 10, Output: 600, Reasoning: 495, Known: true},
		attrs(in, "10", out, "600", reasoning, "495", total, "610"):              {Input: 10, Output: 105, Reasoning: 495, Known: true},
		attrs(in, "10", out, "600", reasoning, "495"):                            {Input: 10, Output: 105, Reasoning: 495, Known: true},
		attrs(in, "10", read, "4", out, "600", reasoning, "495", total, "1109"):  {Input: 10, CachedInput: 4, Output: 600, Reasoning: 495, Known: true},
		attrs(in, "10", read, "40", out, "600", reasoning, "495", total, "1145"): {Input: 10, CachedInput: 40, Output: 600, Reasoning: 495, Known: true},
		attrs(in, "9223372036854775807", read, "9223372036854775807", out, "1"):  {Output: 1, Known: true},
	} {
		e := entryOf(t, "x", strings.TrimSuffix(attrs("gen_ai.request.model", "m")+","+attributes, ","))
		if d := cmp.Diff(want, e.Usage); d != "" {
			t.Errorf("%s (-want +got):\n%s", attributes, d)
		}
	}
}

// TestSpellingsOfCounts reads one count in the words of every instrumentation that has its own. Fault C3.
func TestSpellingsOfCounts(t *testing.T) {
	for _, c := range []struct {
		want  llm.Usage
		names []string
	}{
		{llm.Usage{Input: 6, CachedInput: 4, Output: 10, Known: true}, []string{
			"gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cache_read_tokens", "gen_ai.usage.cached_tokens",
			"gen_ai.usage.input_tokens.cached", "gen_ai.usage.details.cache_read_tokens", "gen_ai.usage.details.cache_read_input_tokens",
			"gen_ai.usage.details.cached_tokens", "gen_ai.usage.details.cached_content_tokens", "gen_ai.usage.prompt_tokens_details.cached_tokens",
			"ai.usage.cachedInputTokens", "ai.usage.inputTokenDetails.cacheReadTokens", "llm.usage.cache_read_input_tokens",
			"llm.token_count.prompt_details.cache_read", "llm.token_count.prompt_details.cache_input",
		}},
		{llm.Usage{Input: 6, CacheWrite: 4, Output: 10, Known: true}, []string{
			"gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation_input_tokens",
			"gen_ai.usage.cache_write_tokens", "gen_ai.usage.input_tokens.cache_write", "gen_ai.usage.details.cache_write_tokens",
			"gen_ai.usage.details.cache_creation_input_tokens", "ai.usage.inputTokenDetails.cacheWriteTokens",
			"llm.usage.cache_creation_input_tokens", "llm.token_count.prompt_details.cache_write",
		}},
		{llm.Usage{Input: 10, Output: 6, Reasoning: 4, Known: true}, []string{
			"gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "gen_ai.usage.output_tokens.reasoning",
			"gen_ai.usage.details.reasoning_tokens", "gen_ai.usage.details.thoughts_tokens", "gen_ai.usage.completion_tokens_details.reasoning_tokens",
			"ai.usage.reasoningTokens", "ai.usage.outputTokenDetails.reasoningTokens", "llm.usage.reasoning_tokens",
			"llm.token_count.completion_details.reasoning",
		}},
		{llm.Usage{Input: 10, Output: 10, Known: true}, []string{ // shares of counts, and what is no count of tokens
			"gen_ai.usage.details.cache_audio_read_tokens", "ai.usage.inputTokenDetails.noCacheTokens", "gen_ai.usage.cost_details.cache_read",
			"gen_ai.usage.details.cache_hit_rate", "ai.usage.outputTokenDetails.textTokens", "llm.token_count.completion_details.audio",
		}},
	} {
		for _, name := range c.names {
			e := entryOf(t, "x", attrs("gen_ai.request.model", "m", "gen_ai.usage.input_tokens", "10", "gen_ai.usage.output_tokens", "10", name, "4"))
			if d := cmp.Diff(c.want, e.Usage); d != "" {
				t.Errorf("%s (-want +got):\n%s", name, d)
			}
		}
	}
	e := entryOf(t, "x", attrs("gen_ai.request.model", "m", "gen_ai.usage.input_tokens", "10", "gen_ai.usage.input_token_details", `{"cache_read": 4}`))
	if want := (llm.Usage{Input: 6, CachedInput: 4, Known: true}); e.Usage.Input != want.Input || e.Usage.CachedInput != want.CachedInput {
		t.Errorf("details as an object: %+v", e.Usage)
	}
}

// TestMessages reads the messages of a call in all the forms that instrumentations write.
func TestMessages(t *testing.T) {
	user := func(text string) llm.Message { return llm.Message{Role: llm.User, Content: llm.Text(text)} }
	call := llm.ToolCall{ID: "c", Type: "function", Function: llm.FunctionCall{Name: "f", Arguments: `{"a":1}`}}
	for name, c := range map[string]struct {
		attributes string
		want       []llm.Message
	}{
		"none":              {"", nil},
		"no JSON":           {attrs("gen_ai.input.messages", "oops"), []llm.Message{user("oops")}},
		"messages as texts": {attrs("gen_ai.input.messages", `["{\"role\":\"user\",\"content\":\"hi\"}"]`), []llm.Message{user("hi")}},
		"a plain prompt":    {attrs("gen_ai.prompt", "hi"), []llm.Message{user("hi")}},
		"messages as text":  {attrs("gen_ai.prompt", `[{"role":"human","content":"hi"}]`), []llm.Message{user("hi")}},
		"a text":            {attrs("gen_ai.input.messages", `["hi"]`), []llm.Message{user("hi")}},
		"no object":         {attrs("gen_ai.input.messages", `[7]`), []llm.Message{user("7")}},
		"wrong types":       {attrs("gen_ai.input.messages", `[{"role":5,"content":{"x":1}}]`), []llm.Message{{Role: "5", Content: llm.Text(`{"x":1}`)}}},
		"an input of words": {attrs("input.value", "hi"), []llm.Message{user("hi")}},
		"the instructions apart": {
			attrs("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"text","content":"hi"}]}]`, "gen_ai.system_instructions", `[{"type":"text","content":"Be brief."}]`),
			[]llm.Message{{Role: llm.System, Content: llm.Text("Be brief.")}, user("hi")},
		},
		"instructions of words": {
			attrs("gen_ai.system_instructions", "Be brief."), []llm.Message{{Role: llm.System, Content: llm.Text("Be brief.")}},
		},
		"tools and their results": {
			attrs("gen_ai.input.messages", `[{"role":"assistant","parts":[{"type":"reasoning","content":"hm"},{"type":"tool_call","id":"c","name":"f","arguments":{"a":1}}]},`+
				`{"role":"tool","parts":[{"type":"tool_call_response","id":"c","response":{"r":2}},{"type":"tool_call_response","id":"d","result":"x"}]}]`),
			[]llm.Message{
				{Role: llm.Assistant, ToolCalls: []llm.ToolCall{call}, Thinking: []llm.Thinking{{Type: llm.ThinkingBlock, Thinking: "hm"}}},
				{Role: llm.ToolRole, ToolCallID: "c", Content: llm.Text(`{"r":2}`)}, {Role: llm.ToolRole, ToolCallID: "d", Content: llm.Text("x")},
			},
		},
		"parts that nobody knows": {
			attrs("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"hologram","beam":1},{"type":"blob","modality":"audio","content":"AA"}]}]`),
			[]llm.Message{{Role: llm.User, Content: llm.Parts(llm.Part{Type: llm.TextPart, Text: `{"type":"hologram","beam":1}`}, llm.Part{Type: llm.TextPart, Text: "AA"})}},
		},
		"a message in a message": {
			attrs("gen_ai.input.messages", `[{"role":"user","message":{"content":"hi","message":{"content":"deeper"}}}]`), []llm.Message{user("hi")},
		},
		"images": {
			attrs("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"uri","modality":"image","uri":"https://i.test/a.png"},`+
				`{"type":"blob","modality":"image","mime_type":"image/jpeg","content":"AA"}]}]`),
			[]llm.Message{{Role: llm.User, Content: llm.Parts(
				llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "https://i.test/a.png"}},
				llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "data:image/jpeg;base64,AA"}},
			)}},
		},
		// Fault C5: what is no image is none, by its media type or by its modality.
		"audio and video": {
			attrs("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"uri","modality":"audio","uri":"https://i.test/a"},{"type":"uri","mime_type":"video/mp4","uri":"gs://b/c"},`+
				`{"type":"uri","uri":"https://i.test/d.mp3"},{"type":"file","mediaType":"application/pdf","url":"https://i.test/e"},`+
				`{"type":"uri","modality":"image","mime_type":"audio/wav","uri":"https://i.test/f"},{"type":"image","modality":"video","image":"data:video/mp4;base64,AA"}]}]`),
			[]llm.Message{{Role: llm.User, Content: llm.Parts(
				llm.Part{Type: llm.TextPart, Text: `{"type":"uri","modality":"audio","uri":"https://i.test/a"}`},
				llm.Part{Type: llm.TextPart, Text: `{"type":"uri","mime_type":"video/mp4","uri":"gs://b/c"}`},
				llm.Part{Type: llm.TextPart, Text: `{"type":"uri","uri":"https://i.test/d.mp3"}`},
				llm.Part{Type: llm.TextPart, Text: `{"type":"file","mediaType":"application/pdf","url":"https://i.test/e"}`},
				llm.Part{Type: llm.TextPart, Text: `{"type":"uri","modality":"image","mime_type":"audio/wav","uri":"https://i.test/f"}`},
				llm.Part{Type: llm.TextPart, Text: `{"type":"image","modality":"video","image":"data:video/mp4;base64,AA"}`},
			)}},
		},
		"calls that are cut": {
			attrs("gen_ai.prompt.0.role", "assistant", "gen_ai.prompt.0.tool_calls", `[{"id":"c","func`),
			[]llm.Message{{Role: llm.Assistant, Content: llm.Text(`[{"id":"c","func`)}},
		},
		"calls of which some are none": {
			attrs("ai.prompt.messages", `[{"role":"assistant","tool_calls":[7,{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]}]`),
			[]llm.Message{{Role: llm.Assistant, Content: llm.Text("7"), ToolCalls: []llm.ToolCall{call}}},
		},
		"calls as text": {
			attrs("gen_ai.prompt.0.role", "assistant", "gen_ai.prompt.0.tool_calls", `[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]`),
			[]llm.Message{{Role: llm.Assistant, ToolCalls: []llm.ToolCall{call}}},
		},
		"more than ten": {
			attrs("gen_ai.prompt.10.content", "k", "gen_ai.prompt.9.content", "j", "gen_ai.prompt.2.content", "c"), []llm.Message{user("c"), user("j"), user("k")},
		},
	} {
		e := entryOf(t, "x", strings.TrimSuffix(attrs("gen_ai.request.model", "m")+","+c.attributes, ","))
		if d := cmp.Diff(c.want, e.Log.Payload.Messages); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestUnflattening puts inputs together that an SDK took apart.
func TestUnflattening(t *testing.T) {
	for _, c := range []struct{ name, attributes, want string }{
		{"nothing", "", ``},
		{"members", attrs("humanloop.log.inputs.b.c", "1", "humanloop.log.inputs.a", "2"), `{"a":"2","b":{"c":"1"}}`},
		{"a list", attrs("humanloop.log.inputs.l.1", "b", "humanloop.log.inputs.l.0", "a"), `{"l":["a","b"]}`},
		{"a list with holes", attrs("humanloop.log.inputs.l.7", "b", "humanloop.log.inputs.l.3", "a"), `{"l":["a","b"]}`},
		{"numbers as names", attrs("humanloop.log.inputs.0", "a", "humanloop.log.inputs.1", "b"), `{"0":"a","1":"b"}`},
		{"numbers that are none", attrs("humanloop.log.inputs.l.01", "a", "humanloop.log.inputs.l.-1", "b"), `{"l":{"-1":"b","01":"a"}}`},
		{"a name within another", attrs("humanloop.log.inputs.a", "1", "humanloop.log.inputs.a.b", "2", "humanloop.log.inputs.a.b.c", "3"), `{"a":"1","a.b":"2","a.b.c":"3"}`},
		{"empty names", attrs("humanloop.log.inputs..a", "1", "humanloop.log.inputs.", "2"), `{"":"2",".a":"1"}`},
		{
			"a deep name", attrs("humanloop.log.inputs."+strings.Repeat("a.", 40)+"z", "1"),
			strings.Repeat(`{"a":`, 31) + `{"` + strings.Repeat("a.", 9) + `z":"1"}` + strings.Repeat("}", 31),
		},
	} {
		e := entryOf(t, "x", c.attributes)
		if got := string(e.Log.Payload.Inputs); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestReportedLog reads what the SDKs report of a Log by name.
func TestReportedLog(t *testing.T) {
	const log = "humanloop.log."
	e := entryOf(t, "x", attrs("humanloop.file.type", "flow", log+"id", "log_1", log+"trace_parent_id", "log_0", log+"source_datapoint_id", "dp_1", log+"runId", "rn_1",
		log+"log_status", "incomplete", log+"output", "out", log+"error", "bad", log+"stdout", "said", log+"user", "u", log+"source", "s", log+"session_id", "sesh", log+"environment", "e",
		log+"messages.0.role", "user", log+"messages.0.content", "hi", log+"output_message.role", "assistant", log+"output_message.tool_calls.0.id", "c",
		log+"output_message.tool_calls.0.type", "function", log+"output_message.tool_calls.0.function.name", "f", log+"output_message.tool_calls.0.function.arguments", "{}",
		log+"metadata.team", "x"))
	want := trace.Log{
		ID: "log_1", Kind: file.FlowKind, TraceID: "log_0", TraceParentID: "log_0", DatapointID: "dp_1", RunID: "rn_1", Status: trace.Incomplete, Error: new("bad"),
		User: "u", Source: "s", SessionID: "sesh", Environment: "e",
		Metadata: json.Value(`{"otel":{"name":"x","resource":{"service.name":"svc"},"span_id":"000000000000000b","trace_id":"0000000000000000000000000000000a"},"team":"x"}`),
		Payload: trace.Payload{
			Output: new("out"), Stdout: new("said"), Messages: []llm.Message{{Role: llm.User, Content: llm.Text("hi")}},
			OutputMessage: &llm.Message{Role: llm.Assistant, ToolCalls: []llm.ToolCall{{ID: "c", Type: "function", Function: llm.FunctionCall{Name: "f", Arguments: "{}"}}}},
		},
	}
	if d := cmp.Diff(want, e.Log); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestSchemasGetTheirTypesBack reads the function of a Tool whose values were all printed.
func TestSchemasGetTheirTypesBack(t *testing.T) {
	const at = "humanloop.file.function.parameters."
	for _, c := range []struct{ attributes, want string }{
		{attrs(at+"type", "object"), `{"properties":{},"required":[],"type":"object"}`},
		{attrs(at+"type", "string", at+"minLength", "3", at+"nullable", "True"), `{"minLength":3,"nullable":true,"type":"string"}`},
		{attrs(at+"type", "('string', 'null')"), `{"type":["string","null"]}`},
		{attrs(at+"type", "string,null"), `{"type":["string","null"]}`},
		{attrs(at+"enum", "('it\\'s', \"a\", 1, 2.5, True, None)"), `{"enum":["it's","a",1,2.5,true,null]}`},
		{attrs(at+"enum", "('open"), `{"enum":["('open"]}`},
		{attrs(at+"additionalProperties", "false"), `{"additionalProperties":false}`},
		{attrs(at+"additionalProperties.type", "string"), `{"additionalProperties":{"type":"string"}}`},
		{attrs(at+"properties.required.type", "boolean", at+"required", "required"), `{"properties":{"required":{"type":"boolean"}},"required":["required"]}`},
		{attrs(at+"description", "True"), `{"description":"True"}`},
	} {
		e := entryOf(t, "x", attrs("humanloop.file.type", "tool")+","+c.attributes)
		if got := string(e.Content.(*file.Tool).Function.Parameters); got != c.want {
			t.Errorf("%s: %s, want %s", c.attributes, got, c.want)
		}
	}
}

// TestNothingIsLost finds every attribute of a span somewhere in what is kept, but for those that say what kind of span it is and those whose
// words are translated.
func TestNothingIsLost(t *testing.T) {
	translated := regexp.MustCompile(`operation|span\.kind|request\.type|system$|provider|finish|mime_type|resource\.name|call\.type`)
	for _, name := range []string{"openllmetry.pb", "vercel-ai.json", "genai-events.json", "openllmetry-2024.json", "openinference-agent.json"} {
		batch := read(t, "testdata/"+name)
		spans := slices.Clone(batch.Spans)
		kept, err := json.Marshal(all(batch))
		if err != nil {
			t.Fatal(err)
		}
		for i := range spans {
			for attribute, v := range spans[i].Attributes {
				if v.Document() != nil || len(v.Text()) < 4 || translated.MatchString(attribute) {
					continue
				}
				if !strings.Contains(string(kept), strings.Trim(string(v.JSON()), `"\`)) {
					t.Errorf("%s: nothing is left of %s: %s", name, attribute, v.Text())
				}
			}
		}
	}
}
