package anthropic

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
)

func TestCount(t *testing.T) {
	const counted = `"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}],"model":"claude-sonnet-4-6","system":[{"type":"text","text":"Be brief."}],` +
		`"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}]}`
	half := 0.5
	r := &llm.Request{
		Model: "claude-sonnet-4-6", MaxTokens: 9, Temperature: &half, Stop: []string{"x"}, User: "u", Tools: []llm.Tool{{Name: "f"}},
		Messages: []llm.Message{{Role: llm.System, Content: llm.Text("Be brief.")}, {Role: llm.User, Content: llm.Text("Hi")}},
	}
	for _, test := range []struct {
		vendor Vendor
		sent   string
	}{
		{Vendor{Slug: "anthropic"}, "/v1/messages/count_tokens {" + counted},
		{Vendor{Slug: "vertex_ai", Models: "/v1/models/"}, `/v1/models/count-tokens:rawPredict {"anthropic_version":"vertex-2023-10-16",` + counted},
	} {
		url, sent := llmtest.Serve(t, 200, `{"input_tokens":14}`)
		test.vendor.BaseURL = url
		d, err := New(&llmhttp.Client{}, test.vendor)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := d.Count(t.Context(), r); n != 14 || err != nil {
			t.Errorf("%s: %d, %v", test.vendor.Slug, n, err)
		}
		if diff := cmp.Diff([]string{test.sent}, sent()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.vendor.Slug, diff)
		}
	}
}

func TestCountFailures(t *testing.T) {
	for _, test := range []struct {
		status int
		answer string
		want   errs.Reason
	}{
		{200, `{}`, errs.MalformedProviderResponse},
		{404, `{"type":"error","error":{"type":"not_found_error","message":"model: claude-x"}}`, errs.ModelNotFound},
		{529, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, errs.Overloaded},
	} {
		url, _ := llmtest.Serve(t, test.status, test.answer)
		d, err := New(&llmhttp.Client{}, Vendor{Slug: "anthropic", BaseURL: url})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Count(t.Context(), &llm.Request{Model: "claude-x", Messages: []llm.Message{{Role: llm.User, Content: llm.Text("Hi")}}}); !errs.Is(err, test.want) {
			t.Errorf("%s: %v", test.answer, err)
		}
	}
}
