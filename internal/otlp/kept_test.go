package otlp_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/otlp"
)

// said are all names that conventions give to attributes which are read.
var said = []string{
	"gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions", "gen_ai.prompt", "gen_ai.completion",
	"gen_ai.prompt.0.content", "gen_ai.prompt.0.tool_calls", "gen_ai.completion.0.content", "gen_ai.completion.0.finish_reason", "gen_ai.prompt.a.b",
	"gen_ai.response.finish_reasons", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.tool.name", "gen_ai.operation.name",
	"gen_ai.request.temperature", "gen_ai.usage.input_tokens", "gen_ai.usage.cache_read.input_tokens", "gen_ai.provider.name", "gen_ai.request.stop_sequences",
	"llm.input_messages", "llm.output_messages", "llm.input_messages.0.message.content", "llm.input_messages.0.message.contents.0.message_content.text",
	"llm.tools.0.tool.json_schema", "llm.invocation_parameters", "llm.request.functions.0.name", "llm.usage.total_tokens", "llm.finish_reason",
	"input.value", "output.value", "input.mime_type", "metadata", "tool.parameters", "openinference.span.kind", "embedding.embeddings.0.embedding.text",
	"traceloop.entity.input", "traceloop.entity.output", "traceloop.span.kind", "traceloop.association.properties.otel", "traceloop.association.properties.a",
	"ai.prompt.messages", "ai.prompt", "ai.prompt.tools", "ai.prompt.toolChoice", "ai.response.text", "ai.response.object", "ai.response.toolCalls",
	"ai.toolCall.args", "ai.toolCall.result", "ai.operationId", "ai.telemetry.metadata.a", "ai.settings.maxTokens", "ai.usage.totalTokens",
	"humanloop.log.inputs", "humanloop.log.inputs.a", "humanloop.log.messages", "humanloop.log.output_message", "humanloop.log.output", "humanloop.log.metadata",
	"humanloop.log.unknown", "humanloop.file.attributes", "humanloop.file.template", "humanloop.file.function.parameters.required", "error.type", "user.id", "mine",
}

// cut are values that hold the mark, in the ways that attributes hold anything: whole, cut, printed by Python, in lists and in objects.
func cut(t *rapid.T, mark string) string {
	return strings.ReplaceAll(rapid.SampledFrom([]string{
		`MARK`, `[{"role":"user","content":"MARK"}]`, `[{"role":"user","parts":[{"type":"text","content":"MARK"}`, `[{'role': 'user', 'content': 'MARK'}]`,
		`{"a": "MARK"}`, `{"a": {"MARK": "MARK"}}`, `{"a": "MARK`, `("MARK", 1)`, `["MARK", {"role": 7}]`, `[{"role":"user","x":"MARK"}]`, `"MARK"`,
		`[{"type":"tool_call","id":"MARK"}]`, `[{"role":"MARK"}]`, `[{"name":"f","parameters":"MARK"}]`, `[{"parameters":{"x":"MARK"}}]`,
		`[{"role":"assistant","tool_calls":["MARK", 1]}]`, `{"type":"MARK"}`, `[{"finish_reason":"MARK"}]`, `{"role":"user","content":"{\"a\":\"MARK"}`,
	}).Draw(t, "form"), "MARK", mark)
}

// TestEveryAttributeIsFound draws spans of any attributes: each text of them is in the Log, its version or its metadata. Fault C1.
func TestEveryAttributeIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{"prompt", "tool", "flow", "agent"}).Draw(t, "kind")
		names := rapid.SliceOfNDistinct(rapid.SampledFrom(said), 1, 6, rapid.ID).Draw(t, "names")
		pairs := []string{"humanloop.file.type", kind, "gen_ai.request.model", "m", "humanloop.file.path", "a/b"}
		var eventPairs []string
		marks := map[string]string{}
		for i, name := range names {
			mark := "mark" + strconv.Itoa(i) + "x"
			value := cut(t, mark)
			marks[name] = value
			if rapid.IntRange(0, 4).Draw(t, "place") == 0 {
				eventPairs = append(eventPairs, name, value)
			} else {
				pairs = append(pairs, name, value)
			}
		}
		event := rapid.SampledFrom([]string{"gen_ai.client.inference.operation.details", "gen_ai.user.message", "gen_ai.choice", "gen_ai.evaluation.result", "exception"}).Draw(t, "event")
		kept := shownSpan(t, pairs, event, eventPairs)
		for name, value := range marks {
			for i := range names {
				mark := "mark" + strconv.Itoa(i)
				if n := strings.Count(value, mark); n > 0 && !strings.Contains(kept, mark) {
					t.Fatalf("nothing is left of %s: %s in %s", name, value, kept)
				}
			}
		}
	})
}

func shownSpan(t *rapid.T, pairs []string, event string, eventPairs []string) string {
	batch, err := otlp.ReadJSON([]byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0000000000000000000000000000000a","spanId":"000000000000000b","name":"x",` +
		`"attributes":[` + attrs(pairs...) + `],"events":[{"name":"` + event + `","attributes":[` + attrs(eventPairs...) + `]}]}]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	entries := all(batch)
	if len(entries) != 1 {
		t.Fatalf("%v: %s", pairs, batch.Refusals.Message())
	}
	e := entries[0]
	kept, err := json.Marshal(map[string]any{"path": e.Path, "log": e.Log, "content": e.Content})
	if err != nil {
		t.Fatal(err)
	}
	return string(kept)
}

// TestBrokenDocumentsAreTexts reads what should hold JSON and does not: it is the text of a message, of the arguments or of the result, and
// stays in the metadata. Fault C1.
func TestBrokenDocumentsAreTexts(t *testing.T) {
	for _, broken := range []string{`[{"role":"user","parts":[{"type":"text","content":"What is the we`, `[{'role': 'user', 'content': 'hi'}]`, `{"a": 1, "b`} {
		for _, c := range []struct {
			kind, name string
			of         func(*otlp.SpanLog) string
		}{
			{"prompt", "gen_ai.input.messages", firstMessage},
			{"prompt", "gen_ai.prompt", firstMessage},
			{"prompt", "gen_ai.prompt.0.content", firstMessage},
			{"prompt", "llm.input_messages", firstMessage},
			{"prompt", "llm.input_messages.0.message.content", firstMessage},
			{"prompt", "ai.prompt.messages", firstMessage},
			{"prompt", "ai.prompt", firstMessage},
			{"prompt", "input.value", firstMessage},
			{"prompt", "gen_ai.system_instructions", firstMessage},
			{"prompt", "humanloop.log.messages", firstMessage},
			{"prompt", "gen_ai.output.messages", output},
			{"prompt", "gen_ai.completion", output},
			{"prompt", "gen_ai.completion.0.content", output},
			{"prompt", "llm.output_messages", output},
			{"prompt", "ai.response.toolCalls", output},
			{"prompt", "output.value", output},
			{"prompt", "humanloop.log.output_message", output},
			{"tool", "gen_ai.tool.call.arguments", input},
			{"tool", "ai.toolCall.args", input},
			{"tool", "traceloop.entity.input", input},
			{"tool", "input.value", input},
			{"tool", "humanloop.log.inputs", input},
			{"tool", "gen_ai.tool.call.result", result},
			{"tool", "ai.toolCall.result", result},
			{"tool", "traceloop.entity.output", result},
			{"tool", "output.value", result},
		} {
			e := entryOf(t, "x", attrs("humanloop.file.type", c.kind, "gen_ai.request.model", "m", c.name, broken))
			if got := c.of(&e); got != broken {
				t.Errorf("%s: %q became %q", c.name, broken, got)
			}
			if got := kept(t, &e)[c.name]; got != broken {
				t.Errorf("%s: the metadata has %q of %q", c.name, got, broken)
			}
		}
	}
}

func firstMessage(e *otlp.SpanLog) string {
	if len(e.Log.Payload.Messages) == 0 {
		return ""
	}
	return e.Log.Payload.Messages[0].Content.String()
}

func output(e *otlp.SpanLog) string {
	if e.Log.Payload.OutputMessage == nil {
		return ""
	}
	return e.Log.Payload.OutputMessage.Content.String()
}

func input(e *otlp.SpanLog) string {
	var inputs struct {
		Input string `json:"input"`
	}
	if json.Unmarshal(e.Log.Payload.Inputs, &inputs) != nil {
		return string(e.Log.Payload.Inputs)
	}
	return inputs.Input
}

func result(e *otlp.SpanLog) string {
	if e.Log.Payload.Output == nil {
		return ""
	}
	return *e.Log.Payload.Output
}

// kept are the attributes in the metadata of a Log that are texts.
func kept(t *testing.T, e *otlp.SpanLog) map[string]string {
	t.Helper()
	var metadata struct {
		Span struct {
			Attributes map[string]any `json:"attributes"`
		} `json:"otel"`
	}
	if err := json.Unmarshal(e.Log.Metadata, &metadata); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for name, v := range metadata.Span.Attributes {
		out[name], _ = v.(string)
	}
	return out
}

// TestWhatWasReadIsNotKeptTwice has a span of which all has found a place.
func TestWhatWasReadIsNotKeptTwice(t *testing.T) {
	e := entryOf(t, "chat m", attrs("gen_ai.operation.name", "chat", "gen_ai.request.model", "m", "gen_ai.provider.name", "aws.bedrock", "gen_ai.request.temperature", "0.5",
		"gen_ai.usage.input_tokens", "10", "gen_ai.usage.cache_read.input_tokens", "4", "gen_ai.usage.output_tokens", "3", "gen_ai.usage.total_tokens", "13",
		"gen_ai.response.finish_reasons", `["end_turn"]`, "gen_ai.system_instructions", `[{"type":"text","content":"Be brief."}]`,
		"gen_ai.input.messages", `[{"role":"human","parts":[{"type":"text","content":"hi"},{"type":"blob","modality":"image","mime_type":"image/jpeg","content":"AA"}]}]`,
		"gen_ai.output.messages", `[{"role":"assistant","parts":[{"type":"tool_call","id":"c","name":"f","arguments":{"a":[1,"x"]}}],"finish_reason":"tool_call"}]`,
		"gen_ai.tool.definitions", `[{"type":"function","name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"array"}}}}]`))
	if got := slices.Sorted(maps.Keys(kept(t, &e))); len(got) > 0 {
		t.Errorf("kept beside the Log: %v", got)
	}
}

// TestLinksAreKept has what a span says apart from its attributes, in both encodings. Fault C1.
func TestLinksAreKept(t *testing.T) {
	const span = `{"traceId":"0000000000000000000000000000000a","spanId":"000000000000000b","name":"x","traceState":"v=1","status":{"code":1,"message":"well"},` +
		`"links":[{"traceId":"0000000000000000000000000000000c","spanId":"000000000000000d","traceState":"w=2","attributes":[{"key":"why","value":{"stringValue":"follows"}}]}],` +
		`"events":[{"name":"gen_ai.evaluation.result","attributes":[{"key":"gen_ai.evaluation.score.value","value":{"doubleValue":0.5}}]}]}`
	want := `{"otel":{"events":[{"attributes":{"gen_ai.evaluation.score.value":0.5},"name":"gen_ai.evaluation.result"}],` +
		`"links":[{"attributes":{"why":"follows"},"span_id":"000000000000000d","trace_id":"0000000000000000000000000000000c","trace_state":"w=2"}],` +
		`"name":"x","scope":"s","scope_attributes":{"k":"v"},"span_id":"000000000000000b","status":"well","trace_id":"0000000000000000000000000000000a","trace_state":"v=1"}}`
	fromJSON, err := otlp.ReadJSON([]byte(`{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"s","attributes":[{"key":"k","value":{"stringValue":"v"}}]},"spans":[` + span + `]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	text := func(key, value string) []byte {
		return slices.Concat(bytesField(1, key), message(2, bytesField(1, value)))
	}
	fromProto, err := otlp.ReadProto(message(1, message(2,
		message(1, bytesField(1, "s"), message(3, text("k", "v"))),
		message(2, bytesField(1, unhex("0000000000000000000000000000000a")), bytesField(2, unhex("000000000000000b")), bytesField(3, "v=1"), bytesField(5, "x"),
			message(11, bytesField(2, "gen_ai.evaluation.result"), message(3, bytesField(1, "gen_ai.evaluation.score.value"), message(2, fixed64(4, 0x3fe0000000000000)))),
			message(13, bytesField(1, unhex("0000000000000000000000000000000c")), bytesField(2, unhex("000000000000000d")), bytesField(3, "w=2"), message(4, text("why", "follows"))),
			message(15, bytesField(2, "well"), varint(3, 1))))))
	if err != nil {
		t.Fatal(err)
	}
	for name, batch := range map[string]*otlp.Batch{"JSON": fromJSON, "Protocol Buffers": fromProto} {
		entries := all(batch)
		if len(entries) != 1 {
			t.Fatalf("%s: %s", name, batch.Refusals.Message())
		}
		if d := cmp.Diff(want, string(entries[0].Log.Metadata)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
