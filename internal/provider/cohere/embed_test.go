package cohere

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
)

func TestEmbed(t *testing.T) {
	const answer = `{"id":"1","embeddings":{"float":[[0.5,-1],[2,3e-7]]},"texts":["a","b"],"meta":{"billed_units":{"input_tokens":3}}}`
	url, sent := llmtest.Serve(t, 200, answer)
	d, err := New(&llmhttp.Client{}, failure.VendorOf("cohere"), url)
	if err != nil {
		t.Fatal(err)
	}
	r := &llm.Request{Endpoint: llm.Embeddings, Model: "embed-v4.0", Passages: &llm.Passages{Texts: []string{"a", "b"}, Dimensions: 2, InputType: "search_query"}}
	got, err := d.Embed(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	asked := `{"model":"embed-v4.0","texts":["a","b"],"input_type":"search_query","embedding_types":["float"],"output_dimension":2}`
	want := &llm.Response{
		Vectors: [][]float32{{0.5, -1}, {2, 3e-7}}, Usage: llm.Usage{Input: 3, Known: true, Raw: json.Value(`{"billed_units":{"input_tokens":3}}`)},
		RawRequest: json.Value(asked), RawResponse: json.Value(answer),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"/v2/embed " + asked}, sent()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEmbedTakesNoTokens(t *testing.T) {
	_, err := encodeEmbed(&llm.Request{Passages: &llm.Passages{Tokens: [][]int64{{1}}}})
	if !errs.Is(err, errs.UnsupportedParameter) {
		t.Errorf("%v", err)
	}
}
