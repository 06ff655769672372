package bedrock_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/bedrock"
)

// invoked is a provider that answers with frames, each of which holds an event.
type invoked struct {
	events []string
	url    string
	body   string
}

// RoundTrip implements [http.RoundTripper].
func (p *invoked) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	p.url, p.body = r.URL.String(), string(body)
	var out bytes.Buffer
	for _, e := range p.events {
		m := eventstream.Message{Payload: []byte(`{"bytes":"` + base64.StdEncoding.EncodeToString([]byte(e)) + `","p":"ab"}`)}
		m.Headers.Set(":message-type", eventstream.StringValue("event"))
		m.Headers.Set(":event-type", eventstream.StringValue("chunk"))
		if err := eventstream.NewEncoder().Encode(&out, m); err != nil {
			return nil, err
		}
	}
	h := http.Header{"Content-Type": {"application/vnd.amazon.eventstream"}}
	return &http.Response{StatusCode: http.StatusOK, Header: h, Body: io.NopCloser(&out), Request: r}, nil
}

func TestClaudeIsInvokedWithItsOwnBody(t *testing.T) {
	p := &invoked{events: []string{
		`{"type":"message_start","message":{"model":"claude","usage":{"input_tokens":3,"output_tokens":1}}}`,
		`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Grüße"}}`,
		`{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}`,
		`{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":3}}`,
	}}
	d := newDriver(t, p, bedrock.Vendor{Region: "us-east-1"})
	r := hello("us.anthropic.claude-opus-5-5-v1:0", "AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
	r.Native = &llm.Native{
		Dialect: llm.MessagesDialect, Header: http.Header{"Anthropic-Version": {"2023-06-01"}, "Anthropic-Beta": {"a-1, b-2"}},
		Body: json.Value(`{"model":"bedrock/x","max_tokens":1e1,"stream":true,"messages":[ {"role":"user","content":"\u00fc"} ]}`),
	}
	var fold llm.Fold
	var told []string
	for e, err := range d.Stream(t.Context(), r) {
		if err != nil {
			t.Fatal(err)
		}
		if fold.Add(&e); e.Raw != nil {
			told = append(told, e.Raw.Name+" "+string(e.Raw.Data))
		}
	}
	var want []string
	for _, e := range p.events {
		kind, _, _ := strings.Cut(strings.TrimPrefix(e, `{"type":"`), `"`)
		want = append(want, kind+" "+e)
	}
	if d := cmp.Diff(want, told); d != "" {
		t.Errorf("frames (-want +got):\n%s", d)
	}
	asked := []string{
		"https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-opus-5-5-v1%3A0/invoke-with-response-stream",
		`{"max_tokens":1e1,"messages":[ {"role":"user","content":"\u00fc"} ],"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["a-1","b-2"]}`,
	}
	if d := cmp.Diff(asked, []string{p.url, p.body}); d != "" {
		t.Errorf("asked (-want +got):\n%s", d)
	}
	if out := fold.Response(); out.Message.Content.String() != "Grüße" || out.Usage.Output != 2 {
		t.Errorf("%+v", out)
	}
	if other := hello("amazon.nova-2-lite-v1:0", ""); d.Speaks(&llm.Request{Model: other.Model, Native: r.Native}) {
		t.Error("a model of another maker is asked in Messages")
	}
}
