package upstream

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
)

// start serves config until the test ends and returns the base URL.
func start(t *testing.T, config Config) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, listener, config) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "http://" + listener.Addr().String()
}

// post sends body as a standard client does and returns the whole answer.
func post(t *testing.T, url, body string) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(raw)
}

// delta is what a message and a piece of one have in common.
type delta struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

func TestPlainAnswerIsAChatCompletion(t *testing.T) {
	url := start(t, Config{})
	status, answer := post(t, url+Path, `{"model":"gpt-4o","messages":[],"stream":false}`)
	var got struct {
		Object  string `json:"object"`
		Choices []struct {
			Message delta `json:"message"`
		} `json:"choices"`
		Usage struct {
			Total int `json:"total_tokens"`
		} `json:"usage"`
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatal(err)
	}
	content := got.Choices[0].Message.Content
	facts := []any{status, got.Object, got.Choices[0].Message.Role, got.Usage.Total, strings.Count(content, "~"), strings.Count(answer, "~")}
	if diff := cmp.Diff([]any{200, "chat.completion", "assistant", 342, 1, 1}, facts); diff != "" {
		t.Error(diff)
	}
	if len(answer) < 900 || len(answer) > 1300 {
		t.Errorf("the answer has %d bytes, want about 1 KB", len(answer))
	}
}

func TestStreamHasTheEventsOfOpenAIInOrder(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string
	}{
		{"without usage", `{"stream":true}`, []string{"role", "tt~", "tt~", "stop", "[DONE]"}},
		{"with usage", `{"stream": true,"stream_options":{"include_usage": true}}`, []string{"role", "tt~", "tt~", "stop", "usage 342", "[DONE]"}},
	}
	url := start(t, Config{Chunks: 2, ChunkText: 3, Pace: time.Millisecond})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, answer := post(t, url+Path, tt.body)
			if diff := cmp.Diff(tt.want, summary(t, answer)); status != http.StatusOK || diff != "" {
				t.Errorf("status %d, %s", status, diff)
			}
		})
	}
}

// summary names what each event of a stream says.
func summary(t *testing.T, stream string) []string {
	t.Helper()
	var out []string
	for event := range strings.SplitSeq(strings.TrimSuffix(stream, "\n\n"), "\n\n") {
		data := strings.TrimPrefix(event, "data: ")
		if data == "[DONE]" {
			out = append(out, data)
			continue
		}
		var chunk struct {
			Choices []struct {
				Delta  delta  `json:"delta"`
				Finish string `json:"finish_reason"`
			} `json:"choices"`
			Usage struct {
				Total int `json:"total_tokens"`
			} `json:"usage"`
		}
		if err := json.Unmarshal([]byte(data), &chunk); err != nil {
			t.Fatalf("event %q: %v", event, err)
		}
		switch {
		case len(chunk.Choices) == 0:
			out = append(out, fmt.Sprintf("usage %d", chunk.Usage.Total))
		case chunk.Choices[0].Delta.Role != "":
			out = append(out, "role")
		default:
			out = append(out, chunk.Choices[0].Delta.Content+chunk.Choices[0].Finish)
		}
	}
	return out
}

func TestHeldStreamsGoOnWhenReleased(t *testing.T) {
	url := start(t, Config{Chunks: 2, ChunkText: 1})
	post(t, url+PathHold, "")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+Path, strings.NewReader(`{"stream":true}`))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	events := bufio.NewReader(response.Body)
	var begun string
	for !strings.Contains(begun, "~") {
		line, err := events.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		begun += line
	}
	post(t, url+PathRelease, "")
	rest, err := io.ReadAll(events)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"role", "~", "~", "stop", "[DONE]"}, summary(t, begun+string(rest))); diff != "" {
		t.Error(diff)
	}
}

func TestLatencyPassesBeforeTheAnswer(t *testing.T) {
	url := start(t, Config{Latency: 30 * time.Millisecond})
	before := time.Now()
	post(t, url+Path, `{}`)
	if took := time.Since(before); took < 30*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
}

func TestOtherPathsAreNotFound(t *testing.T) {
	url := start(t, Config{})
	if status, _ := post(t, url+"/v1/completions", `{}`); status != http.StatusNotFound {
		t.Errorf("status %d", status)
	}
}
