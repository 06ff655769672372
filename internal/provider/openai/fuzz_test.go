package openai

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// recorded are the bodies that the fixtures of an endpoint hold, each event of a stream by itself.
func recorded(f *testing.F, endpoint string) (out [][]byte) {
	f.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", endpoint, "*.txtar"))
	if err != nil || len(paths) == 0 {
		f.Fatal("no fixtures", err)
	}
	vendors, err := filepath.Glob(filepath.Join("testdata", "vendors", "*", endpoint, "*.txtar"))
	if err != nil {
		f.Fatal(err)
	}
	paths = append(paths, vendors...)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		_, body, _ := bytes.Cut(data, []byte("-- wire-response.json --\n"))
		body, _, _ = bytes.Cut(body, []byte("-- want.json --\n"))
		out = append(out, body)
		for line := range bytes.Lines(data) {
			if event, ok := bytes.CutPrefix(line, []byte("data: ")); ok {
				out = append(out, bytes.TrimSpace(event))
			} else if bytes.HasPrefix(line, []byte(`{"`)) { // a line of Ollama's own form
				out = append(out, bytes.TrimSpace(line))
			}
		}
	}
	return out
}

func fuzzAnswer(f *testing.F, fixtures string, e llm.Endpoint) {
	for _, body := range recorded(f, fixtures) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := decode(e, body)
		if err != nil {
			if explain(failure.Call{}, nil, body, err) == nil {
				t.Error("no error was made of it")
			}
			return
		}
		checkResponse(t, r)
	})
}

func checkResponse(t *testing.T, r *llm.Response) {
	t.Helper()
	if u := r.Usage; min(u.Input, u.CachedInput, u.CacheWrite, u.Output, u.Reasoning) < 0 {
		t.Errorf("a bucket is negative: %+v", u)
	}
	if r.LogProbs != nil && !json.Valid(r.LogProbs) {
		t.Errorf("log probabilities are not JSON: %s", r.LogProbs)
	}
	if r.Message.Role != llm.Assistant || (r.Message.Content.IsZero() && r.Message.ToolCalls == nil) {
		t.Errorf("no message: %+v", r.Message)
	}
}

// fuzzStream decodes data as one event after another, one a line.
func fuzzStream(f *testing.F, fixtures string, e llm.Endpoint) {
	all := recorded(f, fixtures)
	for i, body := range all {
		f.Add(body)
		f.Add(bytes.Join([][]byte{body, all[(i+1)%len(all)], []byte("[DONE]")}, []byte("\n")))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newStream(e)
		var fold llm.Fold
		for line := range bytes.SplitSeq(data, []byte("\n")) {
			if len(line) == 0 {
				continue
			}
			before := bytes.Clone(line)
			events, err := s.Decode(failure.Call{}, nil, llmhttp.Event{Data: line})
			if err != nil {
				return
			}
			if !bytes.Equal(before, line) {
				t.Fatal("the decoder changed its input")
			}
			for i := range events {
				fold.Add(&events[i])
			}
			if s.Ended() {
				break
			}
		}
		if !s.Ended() {
			last, _ := s.Last()
			fold.Add(&last)
		}
		checkResponse(t, fold.Response())
	})
}

func FuzzChat(f *testing.F)            { fuzzAnswer(f, "chat", llm.Chat) }
func FuzzComplete(f *testing.F)        { fuzzAnswer(f, "complete", llm.Complete) }
func FuzzResponses(f *testing.F)       { fuzzAnswer(f, "responses", llm.Responses) }
func FuzzChatStream(f *testing.F)      { fuzzStream(f, "chat", llm.Chat) }
func FuzzCompleteStream(f *testing.F)  { fuzzStream(f, "complete", llm.Complete) }
func FuzzResponsesStream(f *testing.F) { fuzzStream(f, "responses", llm.Responses) }
