package embeddings_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/dialect/embeddings"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

func TestPassages(t *testing.T) {
	for input, want := range map[string]*llm.Passages{
		`"a"`:         {Texts: []string{"a"}},
		`["a","b"]`:   {Texts: []string{"a", "b"}},
		`[1,2]`:       {Tokens: [][]int64{{1, 2}}},
		`[[1,2],[3]]`: {Tokens: [][]int64{{1, 2}, {3}}},
	} {
		var p embeddings.Params
		if err := json.Unmarshal([]byte(`{"model":"m","input":`+input+`}`), &p); err != nil {
			t.Fatal(err)
		}
		got, err := p.Passages()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", input, err, diff)
		}
		if got := string(p.Log()); got != `{"input":`+input+`}` {
			t.Errorf("%s is logged as %s", input, got)
		}
	}
}

func FuzzParams(f *testing.F) {
	f.Add([]byte(`{"model":"m","input":["a",""]}`))
	f.Add([]byte(`{"model":"m","input":[1,-2,3.5]}`))
	f.Add([]byte(`{"model":"m","input":[[1],[]],"dimensions":5}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var p embeddings.Params
		if json.Unmarshal(body, &p) != nil {
			return
		}
		got, err := p.Passages()
		if err == nil && got.Len() == 0 {
			t.Errorf("%s: there is nothing to make vectors of", body)
		}
		if err == nil && !json.Valid(p.Log()) {
			t.Errorf("%s is logged as %s", body, p.Log())
		}
	})
}

func TestList(t *testing.T) {
	l := &embeddings.List{Vectors: [][]float32{{0.5, -1e-7}, {3}}, Model: `m"`, Tokens: 3}
	want := `{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1e-07]},{"object":"embedding","index":1,"embedding":[3]}],` +
		`"model":"m\"","usage":{"prompt_tokens":3,"total_tokens":3}}`
	if diff := cmp.Diff(want, string(l.AppendJSON(nil))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	l.Base64, l.Estimated = true, true
	want = `{"object":"list","data":[{"object":"embedding","index":0,"embedding":"AAAAP5W/1rM="},{"object":"embedding","index":1,"embedding":"AABAQA=="}],` +
		`"model":"m\"","usage":{"prompt_tokens":3,"total_tokens":3,"estimated":true}}`
	if diff := cmp.Diff(want, string(l.AppendJSON(nil))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
