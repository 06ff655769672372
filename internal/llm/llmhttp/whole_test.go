package llmhttp_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// lengths is a driver whose vectors are the lengths of the texts. Two fit into a call.
func lengths(t *testing.T, h http.HandlerFunc) *llmhttp.Driver {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	below := func(base string) (llmhttp.Endpoint, error) {
		b, err := llmhttp.ParseBase(base)
		return func(*llm.Request, bool) *url.URL { return b.Join("/embed") }, err
	}
	whole := &llmhttp.Whole{
		Below: below, Batch: func(string) int { return 2 },
		Encode: func(r *llm.Request) (json.Value, error) { return json.Marshal(r.Passages.Texts) },
		Decode: func(_ failure.Call, _ http.Header, body []byte) (*llm.Response, error) {
			out := &llm.Response{Usage: llm.Usage{Input: 1, Known: true}}
			return out, json.Unmarshal(body, &out.Vectors)
		},
	}
	d, err := llmhttp.NewDriver(&llmhttp.Client{}, llmhttp.Wire{
		Vendor: failure.VendorOf("openai"), BaseURL: s.URL, Below: below, Header: llmhttp.BearerHeader, Embed: whole, Count: &llmhttp.Whole{
			Below: below, Encode: whole.Encode, Decode: whole.Decode,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestEmbedByParts states that the vectors of several calls are in the order of the texts, and that their tokens add up.
func TestEmbedByParts(t *testing.T) {
	d := lengths(t, func(w http.ResponseWriter, r *http.Request) {
		var texts []string
		body, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(body, &texts)
		var vectors []string
		for _, text := range texts {
			vectors = append(vectors, "["+strconv.Itoa(len(text))+"]")
		}
		_, _ = io.WriteString(w, "["+strings.Join(vectors, ",")+"]")
	})
	r := &llm.Request{Endpoint: llm.Embeddings, Passages: &llm.Passages{}}
	var want [][]float32
	for i := range 41 {
		r.Passages.Texts = append(r.Passages.Texts, strings.Repeat("x", i))
		want = append(want, []float32{float32(i)})
	}
	got, err := d.Embed(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&llm.Response{Vectors: want, Usage: llm.Usage{Input: 21, Known: true}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEmbedByPartsFails(t *testing.T) {
	d := lengths(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })
	r := &llm.Request{Endpoint: llm.Embeddings, Passages: &llm.Passages{Texts: make([]string, 9)}}
	if _, err := d.Embed(t.Context(), r); !errs.Is(err, errs.RateLimited) {
		t.Errorf("%v", err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := d.Embed(gone, r); err != context.Canceled { //nolint:errorlint // unchanged
		t.Errorf("%v", err)
	}
}
