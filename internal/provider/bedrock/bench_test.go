package bedrock

import (
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

func BenchmarkDecodeDelta(b *testing.B) {
	e := llmhttp.Event{Name: "contentBlockDelta", Data: []byte(`{"contentBlockIndex":0,"delta":{"text":" any special"},"p":"abcdefghijklmnopqrstu"}`)}
	var d decoder
	b.ReportAllocs()
	b.SetBytes(int64(len(e.Data)))
	for b.Loop() {
		if events, err := d.Decode(failure.Call{}, nil, e); err != nil || events[0].Text == "" {
			b.Fatal(events, err)
		}
	}
}

func chat() *llm.Request {
	return &llm.Request{Model: "anthropic.claude-3-haiku-20240307-v1:0", Messages: []llm.Message{
		{Role: llm.System, Content: llm.Text("You are a helpful assistant.")},
		{Role: llm.User, Content: llm.Text("What is the weather?")},
		{Role: llm.Assistant, Content: llm.Text("Where?")},
		{Role: llm.User, Content: llm.Text("In Bern.")},
	}}
}

func BenchmarkEncode(b *testing.B) {
	r := chat()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := encode(r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	a := &account{Vendor: Vendor{Region: "us-east-1", Now: time.Now}, signer: v4.NewSigner()}
	endpoint, err := below("https://" + hostOf(a.Region))
	if err != nil {
		b.Fatal(err)
	}
	r := chat()
	body, err := encode(r)
	if err != nil {
		b.Fatal(err)
	}
	c := Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.authorize(b.Context(), c, endpoint(r, false), a.Region, body); err != nil {
			b.Fatal(err)
		}
	}
}
