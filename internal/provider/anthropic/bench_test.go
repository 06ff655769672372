package anthropic

import (
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

func BenchmarkDecodeDelta(b *testing.B) {
	data := []byte(`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" any special \"magic string\""}    }`)
	var d decoder
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		e, err := d.decode(failure.Call{}, nil, "content_block_delta", data)
		if err != nil || e.Text == "" {
			b.Fatal(e, err)
		}
	}
}

func BenchmarkDecodeToolDelta(b *testing.B) {
	data := []byte(`{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"ion\": \"San Fra"} }`)
	d := decoder{blocks: []blockState{{}, {kind: toolCall}}}
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		e, err := d.decode(failure.Call{}, nil, "content_block_delta", data)
		if err != nil || e.ToolCall == nil {
			b.Fatal(e, err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	r := with(func(r *llm.Request) {
		r.Messages = []llm.Message{
			{Role: llm.System, Content: llm.Text("You are a helpful assistant.")},
			user("What is the weather?"), {Role: llm.Assistant, Content: llm.Text("Where?")}, user("In Bern."),
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := encode(r, true, false); err != nil {
			b.Fatal(err)
		}
	}
}
