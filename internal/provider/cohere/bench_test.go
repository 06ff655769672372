package cohere

import (
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

func BenchmarkDecodeDelta(b *testing.B) {
	data := []byte(`{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":" any special \"magic string\""}}}}`)
	var d decoder
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		e, err := d.decode(failure.Call{}, nil, "content-delta", data)
		if err != nil || e.Text == "" {
			b.Fatal(e, err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	r := with(func(r *llm.Request) {
		r.Messages = []llm.Message{
			{Role: llm.System, Content: llm.Text("You are a helpful assistant.")}, {Role: llm.User, Content: llm.Text("What is the weather?")},
			{Role: llm.Assistant, Content: llm.Text("Where?")}, {Role: llm.User, Content: llm.Text("In Bern.")},
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := encode(r, true); err != nil {
			b.Fatal(err)
		}
	}
}
