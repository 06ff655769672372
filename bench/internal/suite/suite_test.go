package suite

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/bench/internal/report"
	"github.com/openloop-server/openloop/bench/internal/upstream"
	"github.com/openloop-server/openloop/internal/json"
)

// TestMain lets the test program play every server of a stack.
func TestMain(m *testing.M) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var err error
	switch {
	case len(os.Args) > 1 && (os.Args[1] == RoleUpstream || os.Args[1] == RoleProxy):
		err = Play(ctx, os.Args[1:])
	case len(os.Args) > 1 && os.Args[1] == "serve":
		err = standIn(ctx)
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		_, _ = os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
}

// standIn answers as the server under test would, as far as the benchmark
// sees it. STANDIN=forgets makes it count every other Log only, STANDIN=fails
// answer calls with 503, STANDIN=empty answer without the upstream's text,
// STANDIN=translates takes the other lane.
func standIn(ctx context.Context) error {
	chat, err := chatRequests(ownEndpoint())
	if err != nil {
		return err
	}
	var calls atomic.Int64
	var lane atomic.Value
	mux := http.NewServeMux()
	for path, name := range map[string]string{upstream.Path: "native", messagesPath: "portable"} {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			var call chatRequest
			body, err := io.ReadAll(r.Body)
			if err = errors.Join(err, json.Unmarshal(body, &call)); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			calls.Add(1)
			lane.Store(name)
			forward(r.Context(), w, chat, call.Stream)
		})
	}
	mux.HandleFunc("POST /v5/files/retrieve-by-path", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"id":"pr_1"}`)
	})
	mux.HandleFunc("GET /ready", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /v5/prompts", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"id":"pr_1"}`)
	})
	mux.HandleFunc("GET /v5/logs", func(w http.ResponseWriter, _ *http.Request) {
		total := calls.Load()
		if os.Getenv("STANDIN") == "forgets" {
			total /= 2
		}
		took, _ := lane.Load().(string)
		if os.Getenv("STANDIN") == "translates" {
			took = "portable"
		}
		_ = json.MarshalWrite(w, map[string]any{"total": total, "records": []map[string]string{{"lane": took}}})
	})
	mux.HandleFunc("POST /v5/prompts/call", func(w http.ResponseWriter, r *http.Request) {
		var call callRequest
		body, err := io.ReadAll(r.Body)
		err = errors.Join(err, json.Unmarshal(body, &call))
		if err != nil || call.Path != promptPath || len(call.Inputs) == 0 || os.Getenv("STANDIN") == "fails" {
			http.Error(w, "sorry", http.StatusServiceUnavailable)
			return
		}
		calls.Add(1)
		if os.Getenv("STANDIN") != "empty" {
			forward(r.Context(), w, chat, call.Stream)
		}
	})
	server := &http.Server{Addr: os.Getenv("OPENLOOP_ADDR"), Handler: keyed(mux), ReadHeaderTimeout: time.Minute}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// keyed refuses requests under /v5 without the key.
func keyed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v5/") && r.Header.Get("X-Api-Key") != os.Getenv("OPENLOOP_API_KEY") {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// forward sends the upstream's answer on.
func forward(ctx context.Context, w http.ResponseWriter, chat requests, stream bool) {
	request := chat.plain
	if stream {
		request = chat.stream
	}
	_, body, _ := strings.Cut(string(request), "\r\n\r\n")
	url := os.Getenv("OPENAI_BASE_URL") + "/chat/completions"
	out, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	answer, err := http.DefaultClient.Do(out)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(flushed{w}, answer.Body)
}

// flushed sends at once what is written.
type flushed struct{ http.ResponseWriter }

func (f flushed) Write(b []byte) (int, error) {
	n, err := f.ResponseWriter.Write(b)
	return n, errors.Join(err, http.NewResponseController(f.ResponseWriter).Flush())
}

// bench is a short benchmark of the given targets.
func bench(t *testing.T, only string, targets ...string) *Bench {
	return &Bench{
		Self: os.Args[0], Openloop: os.Args[0], Scratch: t.TempDir(), Targets: targets,
		Rounds: 2, Duration: 50 * time.Millisecond, Only: regexp.MustCompile(only), Progress: io.Discard, Streams: 20,
	}
}

func runAll(t *testing.T, b *Bench) []report.Case {
	t.Helper()
	var cases []report.Case
	err := b.Run(t.Context(), func(c report.Case) error {
		cases = append(cases, c)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(b.Scratch); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	return cases
}

// rowNames says which rows there are, and for which targets.
func rowNames(c report.Case) map[string]string {
	out := map[string]string{}
	for _, row := range c.Rows {
		var targets []string
		for name, figures := range row.Rounds {
			if len(figures) == 2 {
				targets = append(targets, name)
			}
		}
		slices.Sort(targets)
		out[row.Name] = strings.Join(targets, " ")
	}
	return out
}

func TestEveryTargetGetsItsFigures(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("processor time is read on Linux only")
	}
	const every, servers = "direct openloop proxy", "openloop proxy"
	want := map[string]map[string]string{
		"throughput/16": {"throughput": every, "CPU per 10,000 calls": servers, "p50": every, "p99": every},
		"latency/200": {
			"p50": every, "p90": every, "p99": every, "CPU per 10,000 calls": servers,
			"added p50": servers, "added p90": servers, "added p99": servers,
		},
		"stream/flat-out": {"chunk throughput": every, "CPU per chunk": servers, "first token p50": every, "first token p99": every},
		"memory":          {"idle": servers, "after load": servers, "peak": servers},
		"startup":         {"first start": servers, "second start": servers},

		"ingress/native/coding": {"throughput": every, "CPU per 10,000 calls": servers, "p50": every, "p99": every},
		"ingress/portable/open": {"memory per stream": servers},
	}
	for name, rows := range want {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := runAll(t, bench(t, "^"+name+"$", report.Direct, report.Proxy, report.Openloop))
			if len(got) != 1 || got[0].Failure != "" {
				t.Fatalf("got %+v", got)
			}
			if diff := cmp.Diff(rows, rowNames(got[0])); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestARunWithWrongAnswersFails(t *testing.T) {
	tests := []struct{ standIn, want string }{
		{"forgets", "calls were answered, but"},
		{"fails", "1 of 1 calls failed, such as: answered HTTP/1.1 503 Service Unavailable: sorry"},
		{"empty", "answer has 0 of 1 tokens"},
		{"translates", `a call took the lane "portable" in place of "native"`},
	}
	for _, tt := range tests {
		t.Run(tt.standIn, func(t *testing.T) {
			t.Parallel()
			only := "throughput/1$"
			if tt.standIn == "translates" {
				only = "ingress/native/throughput$"
			}
			b := bench(t, only, report.Openloop)
			b.Env = []string{"STANDIN=" + tt.standIn}
			got := runAll(t, b)
			if len(got) != 1 || len(got[0].Rows) != 0 || !strings.Contains(got[0].Failure, tt.want) {
				t.Errorf("got %+v, want a failure with %q", got, tt.want)
			}
		})
	}
}

func TestAServerThatDoesNotStartFailsTheCase(t *testing.T) {
	t.Parallel()
	b := bench(t, "throughput/1$", report.Openloop)
	b.Openloop = "/nowhere/openloop"
	if got := runAll(t, b); len(got) != 1 || !strings.Contains(got[0].Failure, "start openloop") {
		t.Errorf("got %+v", got)
	}
}

func TestRequestsAskForTheSame(t *testing.T) {
	chat, err := chatRequests(ownEndpoint())
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(chat.stream), "\r\n\r\n")
	var sent chatRequest
	if err := json.Unmarshal([]byte(body), &sent); err != nil {
		t.Fatal(err)
	}
	want := chatRequest{Model: model, Messages: rendered(), Stream: true, StreamOptions: &streamOptions{IncludeUsage: true}}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(body, "{{") {
		t.Errorf("a variable has no input: %s", body)
	}
	if len(body) < 1000 || len(body) > 1600 {
		t.Errorf("the body has %d bytes, want 1 to 1.6 KB", len(body))
	}
	for name := range inputs() {
		if !slices.ContainsFunc(template(), func(m message) bool { return strings.Contains(m.Content, "{{"+name+"}}") }) {
			t.Errorf("input %s is not used", name)
		}
	}
}

func TestAGatewayIsAskedInOpenAIsFormat(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	asked := make(chan string, 1)
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var call chatRequest
		body, err := io.ReadAll(r.Body)
		if err = errors.Join(err, json.Unmarshal(body, &call)); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		select {
		case asked <- strings.Join([]string{r.URL.Path, r.Header.Get("Authorization"), call.Model}, " "):
		default:
		}
		to, err := http.NewRequestWithContext(r.Context(), http.MethodPost, "http://"+addr+upstream.Path, bytes.NewReader(body))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		answer, err := http.DefaultClient.Do(to)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer answer.Body.Close()
		_, _ = io.Copy(w, answer.Body)
	}))
	t.Cleanup(gateway.Close)
	b := bench(t, "ingress/native/throughput$", report.Gateway)
	b.Upstream, b.Gateway = addr, &Gateway{URL: gateway.URL + "/llm/chat/completions", Key: "sk-theirs", Model: "mine", PID: os.Getpid()}
	got := runAll(t, b)
	if len(got) != 1 || got[0].Failure != "" {
		t.Fatalf("got %+v", got)
	}
	if diff := cmp.Diff("/llm/chat/completions Bearer sk-theirs mine", <-asked); diff != "" {
		t.Error(diff)
	}
}

func TestTheFirstRequestOfACodingClientHasItsSize(t *testing.T) {
	for name, make := range map[string]func(string) (requests, error){"chat": nativeCoding, "messages": portableCoding} {
		r, err := make("key")
		if err != nil {
			t.Fatal(err)
		}
		if _, body, _ := strings.Cut(string(r.plain), "\r\n\r\n"); len(body) < codingSize-3<<10 || len(body) > codingSize+3<<10 {
			t.Errorf("%s: %d bytes, want about %d", name, len(body), codingSize)
		}
	}
}

func TestAddDifferencesIsToDirectCallsOfTheRound(t *testing.T) {
	round := map[string]figures{
		report.Direct: {"p50": 60, "p99": 70},
		report.Proxy:  {"p50": 60.25, "p99": 69, "CPU": 3},
	}
	addDifferences(round)
	want := map[string]figures{
		report.Direct: {"p50": 60, "p99": 70},
		report.Proxy:  {"p50": 60.25, "p99": 69, "CPU": 3, "added p50": 0.25, "added p99": -1},
	}
	if diff := cmp.Diff(want, round); diff != "" {
		t.Error(diff)
	}
}
