package openai

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/openai/chunk"
)

var commonChunks = []string{
	`{"id":"c","object":"chat.completion.chunk","created":1753900000,"model":"gpt-4o","service_tier":"default","system_fingerprint":"fp","choices":[{"index":0,"delta":{"content":" word"},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"x1"}`,
	`{"id":"c","model":"gpt-4o","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]}`,
	`{"id":"c","model":"gpt-4o","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}`,
	`{"model":"gpt-4o","choices":[{"index":0,"delta":{"content":"a\n\u00fc\ud83d\ude00 \"q\""}}]}`,
	`{"model":"gpt-4o","choices":[{"index":0,"delta":{"content":"“Grüße” 👋"}}]}`,
	"{ \"model\" : \"m\" ,\n\"choices\" : [ { \"index\" : 0 , \"delta\" : { \"content\" : \"a\" } } ] } ",
	`{"model":"deepseek-reasoner","choices":[{"index":0,"delta":{"content":null,"reasoning_content":"think"},"finish_reason":null}]}`,
	`{"model":"m","x":{"a":[1,true,false,null,{"b":[]},"s"]},"choices":[{"index":0,"content_filter_results":{},"delta":{"content":"a"}}]}`,
	`{"choices":[{"index":0,"finish_reason":"eos","delta":{"content":"a"}}]}`,
}

var otherChunks = []string{
	``, `{}`, `[]`, `null`, `[DONE]`, `{"choices":[]}`, `{"choices":null}`, `{"choices":[{}]`,
	`{"model":"m","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}`,
	`{"choices":[{"index":1,"delta":{"content":"a"}}]}`,
	`{"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}]}`,
	`{"choices":[{"index":0,"delta":{"content":["a"]}}]}`,
	`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]}}]}`,
	`{"choices":[{"index":0,"delta":{"refusal":"no"}}]}`,
	`{"choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":[]}}]}`,
	`{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"error"}]}`,
	`{"choices":[{"index":0,"delta":{"content":"a"}}],"error":{"message":"boom"}}`,
	`{"choices":[{"index":0,"delta":{"content":"a"}}],"error":null,"choices":[]}`,
	`{"choices":[{"index":0,"delta":{"content":"a","content":"b"}}]}`,
	`{"choices":[{"index":0,"delta":{"cont\u0065nt":"a"}}]}`,
	`{"choices":[{"index":0,"delta":{"content":"a` + "\x01" + `"}}]}`,
	`{"choices":[{"index":0,"delta":{"content":"\ud83d"}}]}`,
	`{"choices":[{"index":0,"delta":{"content":"` + "\xff" + `"}}]}`,
	`{"x":01,"choices":[{"index":0,"delta":{"content":"a"}}]}`,
	`{"x":-1.5e3,"choices":[{"index":0,"delta":{"content":"a"}}]}`,
	`{"choices":[{"index":00,"delta":{"content":"a"}}]}`,
	`{"choices":[{"index":0,"delta":{"content":"a"}}]}{}`,
	`{"choices":[{"index":0,"delta":{"content":"a"},}]}`,
}

func TestCommonChunksAreScanned(t *testing.T) {
	for _, in := range commonChunks {
		if _, ok := new(chunk.Scanner).Scan([]byte(in)); !ok {
			t.Errorf("left to the general decoder: %s", in)
		}
	}
	for _, in := range otherChunks {
		if c, ok := new(chunk.Scanner).Scan([]byte(in)); ok && json.JoinHalves(c.Content) != "\ufffd" {
			t.Errorf("scanned as %+v: %s", *c, in)
		}
	}
}

// agree fails when the scanner takes a chunk and makes something else of it than the general decoder does.
func agree(t *testing.T, data []byte) {
	t.Helper()
	c, ok := new(chunk.Scanner).Scan(data)
	if !ok {
		return
	}
	var fast, slow chatStream
	got, _, gotErr := fast.scanned(c, nil)
	want, _, wantErr := slow.decoded(data, nil)
	opts := []cmp.Option{cmp.Exporter(func(reflect.Type) bool { return true }), cmpopts.IgnoreFields(chatStream{}, "scanner"), cmpopts.EquateEmpty(), cmpopts.EquateErrors()}
	if wantErr != nil {
		want = nil
	}
	if gotErr != nil {
		got = nil
	}
	if d := cmp.Diff(want, got, opts...); d != "" {
		t.Fatalf("%q (-decoded +scanned):\n%s", data, d)
	}
	if d := cmp.Diff(wantErr, gotErr, opts...); d != "" {
		t.Fatalf("%q (-decoded +scanned):\n%s", data, d)
	}
	if d := cmp.Diff(slow, fast, opts...); d != "" {
		t.Fatalf("%q (-decoded +scanned):\n%s", data, d)
	}
}

func TestScannerAgreesWithTheDecoder(t *testing.T) {
	for _, in := range append(commonChunks, otherChunks...) {
		agree(t, []byte(in))
	}
}

func FuzzScanChunk(f *testing.F) {
	for _, in := range append(commonChunks, otherChunks...) {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, data []byte) { agree(t, data) })
}

func TestScanningACommonChunkAllocatesItsTextAlone(t *testing.T) {
	data := []byte(commonChunks[0])
	d, out := chatStream{model: "gpt-4o"}, make([]llm.Event, 0, 4)
	if n := testing.AllocsPerRun(100, func() {
		if _, _, err := d.event(data, out); err != nil {
			t.Fatal(err)
		}
	}); n > 1 {
		t.Errorf("%v allocations", n)
	}
}
