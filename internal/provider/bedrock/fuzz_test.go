package bedrock

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// recorded are the parts of that name in all fixtures.
func recorded(f *testing.F, name string) (out [][]byte) {
	f.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(paths) == 0 {
		f.Fatal("no fixtures", err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if _, part, ok := bytes.Cut(data, []byte("-- "+name+" --\n")); ok {
			part, _, _ = bytes.Cut(part, []byte("-- want.json --\n"))
			out = append(out, part)
		}
	}
	return out
}

// FuzzDecode feeds foreign bytes to the decoder of whole answers.
func FuzzDecode(f *testing.F) {
	for _, body := range recorded(f, "wire-response.json") {
		f.Add(body)
	}
	for _, seed := range []string{"", "null", "[]", `{"output":{"message":{"content":[{"text":null},{"toolUse":{"input":[]}},{"reasoningContent":{}},{"citationsContent":{}}]}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		out, err := decode(failure.Call{}, nil, body)
		if err != nil {
			if errs.Is(err, errs.Internal) {
				t.Fatalf("an unclassified error: %v", err)
			}
			return
		}
		check(t, out)
	})
}

// FuzzStream feeds foreign bytes to the decoder of streams: a line is the name of an event and its payload.
func FuzzStream(f *testing.F) {
	for _, frames := range recorded(f, "wire-response.frames") {
		f.Add(frames)
	}
	f.Add([]byte(`contentBlockDelta {"contentBlockIndex":-1,"delta":{"text":"x","toolUse":{"input":"{"},"reasoningContent":{"text":"y","redactedContent":"eg=="}}}
contentBlockStart {"contentBlockIndex":99999999,"start":{"toolUse":{}}}
contentBlockStop {"contentBlockIndex":7}
messageStop {}
metadata {"usage":{"inputTokens":-1,"outputTokens":"x"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var d decoder
		var fold llm.Fold
		for line := range bytes.Lines(data) {
			name, payload, _ := bytes.Cut(line, []byte(" "))
			before := bytes.Clone(payload)
			events, err := d.Decode(failure.Call{}, nil, llmhttp.Event{Name: string(name), Data: payload})
			if err != nil {
				if errs.Is(err, errs.Internal) {
					t.Fatalf("an unclassified error: %v", err)
				}
				return
			}
			if !bytes.Equal(before, payload) {
				t.Fatal("the decoder changed its input")
			}
			for i := range events {
				fold.Add(&events[i])
			}
			if d.Ended() {
				break
			}
		}
		if last, whole := d.Last(); whole {
			fold.Add(&last)
		}
		check(t, fold.Response())
	})
}

// FuzzOther feeds a caller's own members to the encoder.
func FuzzOther(f *testing.F) {
	for _, other := range []string{
		`{"top_k":40,"inferenceConfig":{"temperature":0.1},"additionalModelRequestFields":{"a":1},"serviceTier":{"type":"flex"}}`,
		`{"inferenceConfig":1}`, `{"additionalModelRequestFields":null}`, `[]`, `null`, ``, `{"messages":[]}`,
	} {
		f.Add([]byte(other))
	}
	f.Fuzz(func(t *testing.T, other []byte) {
		body, err := encode(&llm.Request{Model: "m", Messages: []llm.Message{{Role: llm.User, Content: llm.Text("Hi")}}, Other: other})
		if err != nil {
			if e := errs.From(err); e.Reason != errs.InvalidRequest || e.Param != "other" {
				t.Fatalf("an unclassified error: %v", err)
			}
			return
		}
		if json.Kind(body) != '{' || !json.Valid(body) {
			t.Fatalf("the body is %s", body)
		}
	})
}

func check(t *testing.T, out *llm.Response) {
	t.Helper()
	if out.Message.Role != llm.Assistant || !out.Message.Content.Set && len(out.Message.ToolCalls) == 0 {
		t.Fatalf("no message of the assistant: %+v", out.Message)
	}
	if u := out.Usage; min(u.Input, u.CachedInput, u.CacheWrite, u.Output, u.Reasoning) < 0 {
		t.Fatalf("negative usage: %+v", u)
	}
}
