package failure_test

import (
	"strings"
	"testing"
)

func BenchmarkHTTP(b *testing.B) {
	for name, message := range map[string]string{
		"short": "Something about the request is wrong.",
		"long":  strings.Repeat("The model at fault is an account of tokens. ", 50),
	} {
		b.Run(name, func(b *testing.B) {
			body := []byte(openAI("null", message))
			c := call("openai")
			c.Secrets = []string{"sk-the-secret-of-this-call"}
			b.ReportAllocs()
			for b.Loop() {
				_ = c.HTTP(400, nil, body)
			}
		})
	}
}

func BenchmarkEventWithoutFailure(b *testing.B) {
	data := []byte(`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}]}`)
	c := call("openai")
	b.ReportAllocs()
	for b.Loop() {
		if c.Event("", nil, data) != nil {
			b.Fatal("a chunk is no failure")
		}
	}
}
