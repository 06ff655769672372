package gemini

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
)

func TestCount(t *testing.T) {
	const said = `"contents":[{"role":"user","parts":[{"text":"Hi"}]}]`
	for _, test := range []struct {
		vendor Vendor
		sent   string
	}{
		{Vendor{Slug: "google"}, `/v1beta/models/m:countTokens {"generateContentRequest":{` + said + `,"model":"models/m"}}`},
		{Vendor{Slug: "vertex_ai", Prefix: "/v1", Predict: true, NoIDs: true}, `/v1/models/m:countTokens {` + said + `}`},
	} {
		url, sent := llmtest.Serve(t, 200, `{"totalTokens":3}`)
		test.vendor.BaseURL = url
		d, err := New(&llmhttp.Client{}, test.vendor)
		if err != nil {
			t.Fatal(err)
		}
		n, err := d.Count(t.Context(), &llm.Request{Model: "m", Messages: []llm.Message{{Role: llm.User, Content: llm.Text("Hi")}}})
		if n != 3 || err != nil {
			t.Errorf("%s: %d, %v", test.vendor.Slug, n, err)
		}
		if diff := cmp.Diff([]string{test.sent}, sent()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.vendor.Slug, diff)
		}
	}
}
