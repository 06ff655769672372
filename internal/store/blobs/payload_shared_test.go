package blobs

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

// sentence is a text that JSON writes unchanged, long enough for a copy.
var sentence = strings.Repeat("The quick brown fox jumps over the lazy dog. ", 4)

func exchange(t testing.TB, asked, answered string) *trace.Payload {
	t.Helper()
	request, err := json.Marshal(map[string]any{"model": "m", "messages": []llm.Message{{Role: llm.User, Content: llm.Text(asked)}}})
	if err != nil {
		t.Fatal(err)
	}
	response, err := json.Marshal(map[string]any{"choices": []string{answered}, "id": "x"})
	if err != nil {
		t.Fatal(err)
	}
	return &trace.Payload{
		Messages: []llm.Message{{Role: llm.User, Content: llm.Text(asked)}}, Output: &answered,
		OutputMessage:   &llm.Message{Role: llm.Assistant, Content: llm.Text(answered)},
		ProviderRequest: request, ProviderResponse: response,
	}
}

func TestBodiesAreStoredWithoutWhatTheyRepeat(t *testing.T) {
	p := exchange(t, sentence+"\nÜber: \"what\"?\n"+sentence, "First. "+sentence)
	b := AppendPayload(nil, p)
	got, err := ReadPayload(b)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(*p, got); d != "" {
		t.Errorf("payload (-want +got):\n%s", d)
	}
	if n := strings.Count(string(b), sentence); n != 3 {
		t.Errorf("the sentence is stored %d times, want 3: twice asked and once answered", n)
	}
}

func TestAnyExchangeIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Just(sentence), rapid.Custom(func(r *rapid.T) string {
			return sentence + rapid.String().Draw(r, "tail") + sentence
		}))
		p := exchange(t, text.Draw(r, "asked"), text.Draw(r, "answered"))
		if rapid.Bool().Draw(r, "crossed") {
			p.ProviderRequest, p.ProviderResponse = p.ProviderResponse, p.ProviderRequest
		}
		base := []byte("before")
		got, err := ReadPayload(AppendPayload(base, p)[len(base):])
		if err != nil {
			r.Fatal(err)
		}
		if d := cmp.Diff(*p, got); d != "" {
			r.Fatalf("payload (-want +got):\n%s", d)
		}
	})
}
