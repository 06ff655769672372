package gemini

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
)

func TestEmbed(t *testing.T) {
	const (
		embeddings  = `{"embeddings":[{"values":[0.5,-1]},{"values":[2,3]}]}`
		counted     = `{"embeddings":[{"values":[0.5,-1]},{"values":[2,3]}],"usageMetadata":{"promptTokenCount":5}}`
		predictions = `{"predictions":[{"embeddings":{"values":[0.5,-1],"statistics":{"token_count":2,"truncated":false}}},{"embeddings":{"values":[2,3],"statistics":{"token_count":3}}}]}`
		predicted   = `{"predictions":[{"embeddings":{"values":[0.5,-1],"statistics":{"token_count":2}}}]}`

		requests = `{"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":2},` +
			`{"model":"models/m","content":{"parts":[{"text":"b"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":2}]}`
		both = `{"instances":[{"content":"a","task_type":"RETRIEVAL_QUERY"},{"content":"b","task_type":"RETRIEVAL_QUERY"}],"parameters":{"outputDimensionality":2}}`
		one  = `{"instances":[{"content":"a","task_type":"RETRIEVAL_QUERY"}],"parameters":{"outputDimensionality":2}}`
		two  = `{"instances":[{"content":"b","task_type":"RETRIEVAL_QUERY"}],"parameters":{"outputDimensionality":2}}`
	)
	for _, test := range []struct {
		vendor        Vendor
		model, answer string
		sent          []string
		want          [][]float32
		usage         llm.Usage
	}{
		{Vendor{Slug: "google"}, "m", embeddings, []string{"/v1beta/models/m:batchEmbedContents " + requests}, [][]float32{{0.5, -1}, {2, 3}}, llm.Usage{}},
		{Vendor{Slug: "google"}, "m", counted, []string{"/v1beta/models/m:batchEmbedContents " + requests}, [][]float32{{0.5, -1}, {2, 3}}, llm.Usage{Input: 5, Known: true}},
		{Vendor{Slug: "vertex_ai", Prefix: "/v1", Predict: true}, "m", predictions, []string{"/v1/models/m:predict " + both}, [][]float32{{0.5, -1}, {2, 3}}, llm.Usage{Input: 5, Known: true}},
		{
			Vendor{Slug: "vertex_ai", Prefix: "/v1", Predict: true}, "gemini-embedding-001", predicted, // which takes one text a call
			[]string{"/v1/models/gemini-embedding-001:predict " + one, "/v1/models/gemini-embedding-001:predict " + two}, [][]float32{{0.5, -1}, {0.5, -1}}, llm.Usage{Input: 4, Known: true},
		},
	} {
		url, sent := llmtest.Serve(t, 200, test.answer)
		test.vendor.BaseURL = url
		d, err := New(&llmhttp.Client{}, test.vendor)
		if err != nil {
			t.Fatal(err)
		}
		r := &llm.Request{Endpoint: llm.Embeddings, Model: test.model, Passages: &llm.Passages{Texts: []string{"a", "b"}, Dimensions: 2, InputType: "search_query"}}
		got, err := d.Embed(t.Context(), r)
		if err != nil {
			t.Errorf("%s: %v", test.vendor.Slug, err)
			continue
		}
		if diff := cmp.Diff(test.sent, sent()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.vendor.Slug, diff)
		}
		if diff := cmp.Diff([]any{test.want, test.usage}, []any{got.Vectors, got.Usage}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.vendor.Slug, diff)
		}
	}
}
