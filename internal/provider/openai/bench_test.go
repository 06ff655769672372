package openai

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

var benchCall = llm.Request{
	Model: "gpt-4o",
	Messages: []llm.Message{
		{Role: llm.System, Content: llm.Text(strings.Repeat("You are helpful. ", 60))},
		{Role: llm.User, Content: llm.Text("What is the \"weather\" in Zürich?\n")},
	},
	Tools:       []llm.Tool{{Name: "get_weather", Description: "The weather.", Parameters: []byte(`{"type":"object","properties":{"city":{"type":"string"}}}`)}},
	MaxTokens:   500,
	Credentials: llm.Credentials{Key: "sk-bench"},
}

const benchAnswer = `{"id":"chatcmpl-1","object":"chat.completion","created":1753900000,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"It is sunny.","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default","system_fingerprint":"fp_1"}`

func BenchmarkEncode(b *testing.B) {
	v := Vendor(row("openai"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := encode(&v, &benchCall, false); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	body := []byte(benchAnswer)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeChat(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChunk(b *testing.B) {
	for _, c := range []struct{ name, data string }{
		{"text", commonChunks[0]},
		{"escaped", commonChunks[3]},
		{"tool call", `{"id":"c","object":"chat.completion.chunk","created":1753900000,"model":"gpt-4o","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]},"logprobs":null,"finish_reason":null}],"usage":null}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			d, out, data := chatStream{model: "gpt-4o"}, make([]llm.Event, 0, 4), []byte(c.data)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := d.event(data, out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// canned answers every request with the same body.
type canned []byte

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(c)), ContentLength: -1, Request: r}, nil
}

func BenchmarkGenerate(b *testing.B) {
	d, err := New(&llmhttp.Client{Transport: canned(benchAnswer), HeaderTimeout: 60e9, IdleTimeout: 60e9}, row("openai"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Generate(b.Context(), &benchCall); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStream100(b *testing.B) {
	body := strings.Repeat("data: "+commonChunks[0]+"\n\n", 100) + "data: " + commonChunks[2] + "\n\ndata: [DONE]\n\n"
	d, err := New(&llmhttp.Client{Transport: canned(body), HeaderTimeout: 60e9, IdleTimeout: 60e9, OutputTimeout: 60e9}, row("openai"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		events := 0
		for _, err := range d.Stream(b.Context(), &benchCall) {
			if err != nil {
				b.Fatal(err)
			}
			events++
		}
		if events != 101 {
			b.Fatal(events)
		}
	}
}
