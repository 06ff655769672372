package bedrock

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
)

func TestCount(t *testing.T) {
	url, sent := llmtest.Serve(t, 200, `{"inputTokens":5}`)
	d, err := New(&llmhttp.Client{}, Vendor{BaseURL: url})
	if err != nil {
		t.Fatal(err)
	}
	r := &llm.Request{
		Model: "us.anthropic.claude-sonnet-4-6", MaxTokens: 9, Messages: []llm.Message{{Role: llm.User, Content: llm.Text("Hi")}},
		Credentials: llm.Credentials{Key: "key"},
	}
	if n, err := d.Count(t.Context(), r); n != 5 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	want := `/model/anthropic.claude-sonnet-4-6/count-tokens {"input":{"converse":{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}}}`
	if diff := cmp.Diff([]string{want}, sent()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r.Model = "amazon.nova-2-lite-v1:0"
	if _, err := d.Count(t.Context(), r); !errs.Is(err, errs.UnsupportedParameter) {
		t.Errorf("%v", err)
	}
}
