package llmtest

import (
	"bufio"
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Call is a portable request as a fixture stores it.
type Call struct {
	Stream           bool                `json:"stream,omitzero"`
	Model            string              `json:"model"`
	Endpoint         llm.Endpoint        `json:"endpoint,omitzero"`
	Messages         []llm.Message       `json:"messages,omitempty"`
	Prompt           string              `json:"prompt,omitzero"`
	Suffix           string              `json:"suffix,omitzero"`
	Tools            []llm.Tool          `json:"tools,omitempty"`
	ToolChoice       llm.ToolChoice      `json:"tool_choice,omitzero"`
	MaxTokens        int                 `json:"max_tokens,omitzero"`
	Temperature      *float64            `json:"temperature,omitzero"`
	TopP             *float64            `json:"top_p,omitzero"`
	PresencePenalty  *float64            `json:"presence_penalty,omitzero"`
	FrequencyPenalty *float64            `json:"frequency_penalty,omitzero"`
	Stop             []string            `json:"stop,omitempty"`
	Seed             *int64              `json:"seed,omitzero"`
	ResponseFormat   *llm.ResponseFormat `json:"response_format,omitzero"`
	Effort           llm.Effort          `json:"reasoning_effort,omitzero"`
	LogProbs         *int                `json:"logprobs,omitzero"`
	User             string              `json:"user,omitzero"`
	ParallelTools    *bool               `json:"parallel_tool_calls,omitzero"`
	TopK             *int                `json:"top_k,omitzero"`
	ServiceTier      string              `json:"service_tier,omitzero"`
	Verbosity        string              `json:"verbosity,omitzero"`
	LogitBias        json.Value          `json:"logit_bias,omitzero"`
	HideThinking     bool                `json:"hide_thinking,omitzero"`
	Cache            *llm.Cache          `json:"cache_control,omitzero"`
	CachedTool       *llm.Cache          `json:"cache_control_of_tools,omitzero"` // of the last one
	Other            json.Value          `json:"other,omitzero"`
}

func (c *Call) request() *llm.Request {
	if n := len(c.Tools); n > 0 {
		c.Tools[n-1].Cache = c.CachedTool
	}
	return &llm.Request{
		ParallelTools: c.ParallelTools, TopK: c.TopK, ServiceTier: c.ServiceTier, Verbosity: c.Verbosity, LogitBias: c.LogitBias,
		HideThinking: c.HideThinking, Cache: c.Cache,
		Model: c.Model, Endpoint: c.Endpoint, Messages: c.Messages, Prompt: c.Prompt, Suffix: c.Suffix,
		Tools: c.Tools, ToolChoice: c.ToolChoice, MaxTokens: c.MaxTokens, Temperature: c.Temperature, TopP: c.TopP,
		PresencePenalty: c.PresencePenalty, FrequencyPenalty: c.FrequencyPenalty, Stop: c.Stop, Seed: c.Seed,
		ResponseFormat: c.ResponseFormat, Effort: c.Effort, LogProbs: c.LogProbs, User: c.User, Other: c.Other,
		Credentials: llm.Credentials{Key: Key},
	}
}

// Want is the expected result of a call as a fixture stores it: a response or an error.
type Want struct {
	Message      *llm.Message     `json:"message,omitzero"`
	Finish       llm.FinishReason `json:"finish_reason,omitzero"`
	StopSequence string           `json:"stop_sequence,omitzero"`
	Model        string           `json:"model,omitzero"`
	Usage        *tokens          `json:"usage,omitzero"`
	LogProbs     json.Value       `json:"logprobs,omitzero"`
	Error        *failed          `json:"error,omitzero"`
}

// tokens is [llm.Usage] without the raw report.
type tokens struct {
	Input       int64 `json:"input"`
	CachedInput int64 `json:"cached_input,omitzero"`
	CacheWrite  int64 `json:"cache_write,omitzero"`
	Output      int64 `json:"output"`
	Reasoning   int64 `json:"reasoning,omitzero"`
}

type failed struct {
	Reason        errs.Reason `json:"reason"`
	Origin        string      `json:"origin"`
	Message       string      `json:"message"`
	Param         string      `json:"param,omitzero"`
	ProviderCode  string      `json:"provider_code,omitzero"`
	Status        int         `json:"provider_status,omitzero"`
	RequestID     string      `json:"provider_request_id,omitzero"`
	PartialOutput bool        `json:"partial_output,omitzero"`
}

// wantOf describes the outcome of a call. With an error, r is what was delivered before it, if anything.
func wantOf(r *llm.Response, err error) Want {
	var w Want
	if r != nil && err == nil {
		w.Message, w.Finish, w.StopSequence, w.Model = withoutRandom(r.Message), r.Finish, r.StopSequence, r.Model
		if json.Kind(r.LogProbs) != 0 {
			w.LogProbs = r.LogProbs
		}
		if u := r.Usage; u.Known {
			w.Usage = &tokens{u.Input, u.CachedInput, u.CacheWrite, u.Output, u.Reasoning}
		}
	}
	if err != nil {
		d := errs.From(err).Detail("", "")
		w.Error = &failed{d.Reason, d.Origin, d.Message, d.Param, d.ProviderCode, d.ProviderStatus, d.ProviderRequestID, d.PartialOutput}
	}
	return w
}

var madeUpID = regexp.MustCompile(`^call_[A-Z2-7]{26}$`)

// withoutRandom returns m with made-up ids of tool calls replaced by numbered ones, as fixtures store them.
func withoutRandom(m llm.Message) *llm.Message {
	m.ToolCalls = slices.Clone(m.ToolCalls)
	for i := range m.ToolCalls {
		if madeUpID.MatchString(m.ToolCalls[i].ID) {
			m.ToolCalls[i].ID = "made-up-" + strconv.Itoa(i)
		}
	}
	return &m
}

// fixture is one parsed txtar file.
type fixture struct {
	*archive
	name   string
	path   string
	shared bool // with other vendors
	tried  bool // another vendor's suite already splits and cuts this answer in every way
	answer answer
}

// answer is what the provider sends.
type answer struct {
	given  bool // the fixture has one
	stream bool // to a streamed call
	status int
	header http.Header
	body   []byte
}

type fixtures []*fixture

// load reads the fixtures of h: its own, then the shared ones.
func (h *Harness) load(t *testing.T) fixtures {
	t.Helper()
	all := load(t, h.Fixtures)
	if len(all) == 0 {
		t.Fatalf("%s has no fixtures", h.Fixtures)
	}
	if h.Own == "" {
		return all
	}
	out, needed := load(t, h.Own), cases(&h.Serves.Abilities)
	for _, f := range all {
		if out.has(f.name) {
			own := out.find(t, f.name)
			own.tried = bytes.Equal(own.answer.body, f.answer.body)
		} else if slices.Contains(needed, f.name) {
			f.share(h.Names)
			out = append(out, f)
		}
	}
	return out
}

// share turns f from the fixture of another vendor into one of this vendor.
func (f *fixture) share(names *strings.Replacer) {
	f.shared, f.tried = true, true
	for _, part := range []string{"call.json", "wire-request.http", "want.json"} {
		if said := f.file(part); said != nil {
			f.set(part, []byte(names.Replace(string(said))))
		}
	}
}

func load(t *testing.T, dir string) fixtures {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	var all fixtures
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f := &fixture{archive: parseArchive(data), name: strings.TrimSuffix(filepath.Base(path), ".txtar"), path: path}
		f.answer = f.readAnswer(t)
		all = append(all, f)
	}
	return all
}

func (all fixtures) has(name string) bool {
	for _, f := range all {
		if f.name == name {
			return true
		}
	}
	return false
}

func (all fixtures) find(t *testing.T, name string) *fixture {
	t.Helper()
	for _, f := range all {
		if f.name == name {
			return f
		}
	}
	t.Fatalf("there is no fixture %s.txtar", name)
	return nil
}

func (f *fixture) call(t *testing.T) *Call {
	t.Helper()
	var c Call
	if err := json.Unmarshal(f.file("call.json"), &c); err != nil {
		t.Fatalf("%s: call.json: %v", f.path, err)
	}
	return &c
}

func (f *fixture) readAnswer(t *testing.T) answer {
	t.Helper()
	a := answer{stream: f.call(t).Stream, status: http.StatusOK, header: http.Header{}}
	for ending, contentType := range map[string]string{"json": "application/json", "sse": "text/event-stream", "txt": "text/plain"} {
		if body := f.file("wire-response." + ending); body != nil {
			a.body, a.given = body, true
			a.header.Set("Content-Type", contentType)
		}
	}
	if text := f.file("wire-response.frames"); text != nil {
		a.body, a.given = framesOf(text), true
		a.header.Set("Content-Type", "application/vnd.amazon.eventstream")
	}
	head := f.file("wire-response.http")
	if head == nil {
		return a
	}
	lines := bufio.NewScanner(bytes.NewReader(head))
	for lines.Scan() {
		if status, ok := strings.CutPrefix(lines.Text(), "HTTP "); ok {
			n, err := strconv.Atoi(status)
			if err != nil {
				t.Fatalf("%s: wire-response.http: %v", f.path, err)
			}
			a.status = n
		} else if name, value, ok := strings.Cut(lines.Text(), ": "); ok {
			a.header.Set(name, value)
		}
	}
	return a
}
