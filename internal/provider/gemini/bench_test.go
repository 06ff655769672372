package gemini

import (
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

func BenchmarkDecodeChunk(b *testing.B) {
	data := []byte(`{"candidates": [{"content": {"parts": [{"text": " is Mexico City."}],"role": "model"},"index": 0}],` +
		`"usageMetadata": {"promptTokenCount": 55,"candidatesTokenCount": 8,"totalTokenCount": 63,` +
		`"promptTokensDetails": [{"modality": "TEXT","tokenCount": 55}]},` +
		`"modelVersion": "gemini-3-pro-preview","responseId": "REVVabaiCdq4qtsPnZu96Qo"}`)
	var d decoder
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		events, err := d.decode(failure.Call{}, nil, "", data)
		if err != nil || len(events) == 0 {
			b.Fatal(events, err)
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
		if _, err := encode(r, signerOf("google"), true); err != nil {
			b.Fatal(err)
		}
	}
}
