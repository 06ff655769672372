package bedrock

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
)

func TestEmbed(t *testing.T) {
	for _, test := range []struct {
		model, answer string
		sent          []string
		want          [][]float32
		tokens        int64
	}{
		{
			"amazon.titan-embed-text-v2:0", `{"embedding":[0.5,-1],"inputTextTokenCount":4}`, []string{
				`/model/amazon.titan-embed-text-v2%3A0/invoke {"inputText":"a","dimensions":2}`,
				`/model/amazon.titan-embed-text-v2%3A0/invoke {"inputText":"b","dimensions":2}`,
			}, [][]float32{{0.5, -1}, {0.5, -1}}, 8,
		},
		{
			"us.cohere.embed-v4:0", `{"embeddings":[[1,2],[3,4]],"response_type":"embeddings_floats"}`, []string{
				`/model/us.cohere.embed-v4%3A0/invoke {"texts":["a","b"],"input_type":"search_document","output_dimension":2}`,
			}, [][]float32{{1, 2}, {3, 4}}, 7,
		},
		{
			"cohere.embed-english-v3", `{"embeddings":{"float":[[1,2],[3,4]]},"response_type":"embeddings_by_type"}`, []string{
				`/model/cohere.embed-english-v3/invoke {"texts":["a","b"],"input_type":"search_document","output_dimension":2}`,
			}, [][]float32{{1, 2}, {3, 4}}, 7,
		},
	} {
		url, sent := llmtest.Serve(t, 200, test.answer, "X-Amzn-Bedrock-Input-Token-Count", "7")
		d, err := New(&llmhttp.Client{}, Vendor{BaseURL: url})
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.Embed(t.Context(), embedding(test.model))
		if err != nil {
			t.Errorf("%s: %v", test.model, err)
			continue
		}
		if diff := cmp.Diff(test.sent, sent()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.model, diff)
		}
		if diff := cmp.Diff(test.want, got.Vectors); diff != "" || got.Usage.Input != test.tokens || !got.Usage.Known {
			t.Errorf("%s: %+v (-want +got):\n%s", test.model, got.Usage, diff)
		}
	}
}

func embedding(model string) *llm.Request {
	return &llm.Request{
		Endpoint: llm.Embeddings, Model: model, Passages: &llm.Passages{Texts: []string{"a", "b"}, Dimensions: 2}, Credentials: llm.Credentials{Key: "key"},
	}
}

func TestModelsThatMakeNoEmbeddings(t *testing.T) {
	if _, err := encodeEmbed(embedding("amazon.nova-2-lite-v1:0")); !errs.Is(err, errs.UnsupportedParameter) {
		t.Errorf("%v", err)
	}
}
