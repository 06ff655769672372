package web_test

import (
	"context"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/web/ascii"
	"github.com/openloop-server/openloop/internal/web/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The operations below have every feature of the layer, in the shape of a prompts API.

type promptBody struct {
	Model       string         `json:"model" required:"true" minlen:"1" doc:"The model to call."`
	Endpoint    string         `json:"endpoint,omitempty" enum:"chat,complete"`
	Temperature *float64       `json:"temperature,omitzero" min:"0" max:"2"`
	MaxTokens   int            `json:"max_tokens,omitzero" min:"-1"`
	Stop        llm.Stop       `json:"stop,omitzero"`
	Tools       []toolBody     `json:"tools,omitempty" maxlen:"3"`
	Format      json.Value     `json:"format,omitzero" object:"true"`
	Nested      *promptBody    `json:"nested,omitzero"`
	Extra       map[string]int `json:"extra,omitempty"`
}

type toolBody struct {
	Name   string `json:"name" required:"true"`
	Strict bool   `json:"strict,omitzero"`
}

type callBody struct {
	Prompt    *promptBody      `json:"prompt,omitzero"`
	Messages  []llm.Message    `json:"messages,omitempty"`
	Inputs    json.Value       `json:"inputs,omitzero" object:"true"`
	StartTime time.Time        `json:"start_time,omitzero"`
	Save      bool             `json:"save,omitzero"`
	Samples   int              `json:"num_samples,omitzero" min:"0" max:"10"`
	Output    json.Opt[string] `json:"output,omitzero"`
	Tags      []string         `json:"tags,omitempty" enum:"a,b"`
	Score     float64          `json:"score,omitzero"`
	Choice    llm.ToolChoice   `json:"tool_choice,omitzero"`
	Stream    bool             `json:"stream,omitzero"`
}

type callInput struct {
	VersionID   string   `query:"version_id"`
	Environment string   `query:"environment"`
	Body        callBody `body:"json"`
}

type getInput struct {
	ID        string `path:"id"`
	VersionID string `query:"version_id"`
}

type listInput struct {
	FileID  string           `query:"file_id" required:"true"`
	Page    int              `query:"page" default:"1" min:"1"`
	Size    int              `query:"size" default:"10" min:"0"`
	IDs     []string         `query:"id"`
	Traces  []bool           `query:"in_trace_filter"`
	Since   time.Time        `query:"start_date"`
	Sort    string           `query:"sort_by" enum:"created_at,name" default:"created_at"`
	Sample  *int             `query:"sample"`
	Search  json.Opt[string] `query:"search"`
	Ratio   float64          `query:"ratio" max:"1"`
	Parents bool             `query:"include_parent"`
	Trace   string           `header:"X-Trace"`
}

type deployInput struct {
	ID  string `path:"id"`
	Env string `path:"env"`
}

type noteInput struct {
	Body *toolBody `body:"optional"`
}

type uploadInput struct {
	Type string `header:"Content-Type"`
	Data []byte `body:"bytes"`
}

type file struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type page[T any] struct {
	Records []T `json:"records"`
	Page    int `json:"page"`
}

// types describes what internal/llm does not say about itself.
func types() []schema.Type {
	return []schema.Type{
		schema.Describe[llm.Role](schema.Enum("user", "assistant", "system", "tool", "developer"), func(r *llm.Role) bool {
			switch *r {
			case llm.User, llm.Assistant, llm.System, llm.ToolRole, llm.Developer:
				return true
			}
			return false
		}),
		schema.Describe[llm.Content](schema.OneOf("", "a string or a list of content parts", "", schema.String(), schema.List(schema.Of[llm.Part]())), nil),
		schema.Describe[llm.Stop](schema.OneOf("", "a string or a list of strings", "", schema.String(), schema.List(schema.String())), nil),
		schema.Describe[llm.Part](schema.OneOf("ContentPart", "a content part", "type",
			schema.Object("TextPart", schema.Member{Name: "type", Schema: schema.Enum("text"), Required: true},
				schema.Member{Name: "text", Schema: schema.String(), Required: true}),
			schema.Object("ImagePart", schema.Member{Name: "type", Schema: schema.Enum("image_url"), Required: true},
				schema.Member{Name: "image_url", Schema: schema.Of[llm.ImageURL](), Required: true})), nil),
		schema.Describe[llm.Cache](schema.Object("CacheControl", schema.Member{Name: "type", Schema: schema.String(), Required: true}), nil),
		schema.Describe[llm.Thinking](schema.Object("Thinking", schema.Member{Name: "type", Schema: schema.String(), Required: true},
			schema.Member{Name: "thinking", Schema: schema.String()}, schema.Member{Name: "signature", Schema: schema.String()},
			schema.Member{Name: "data", Schema: schema.String()}), nil),
		schema.Describe[llm.ToolChoice](schema.OneOf("ToolChoice", "none, auto, required or a named function", "",
			schema.Enum("none", "auto", "required"),
			schema.Object("NamedToolChoice", schema.Member{Name: "type", Schema: schema.Enum("function")},
				schema.Member{Name: "function", Required: true, Schema: schema.Object("FunctionName",
					schema.Member{Name: "name", Schema: schema.String(), Required: true})})),
			func(c *llm.ToolChoice) bool { return c.Mode == "" || c.Mode == llm.ToolsAuto }),
	}
}

// delta is a chunk of the test stream.
type delta struct {
	Output string `json:"output"`
	more   bool
}

func (d delta) AppendJSON(dst []byte) []byte {
	return append(ascii.AppendString(append(dst, `{"output":`...), d.Output), '}')
}

func (d delta) More() bool { return d.more }

// harness is a server whose operations remember what they were given.
type harness struct {
	*web.Server

	tb     testing.TB
	got    any
	seen   []web.Observation
	log    strings.Builder
	stream func(ctx context.Context, yield func(delta, error) bool)
	call   func(ctx context.Context) error
}

func newHarness(t testing.TB, change ...func(*web.Options)) *harness {
	t.Helper()
	h := &harness{tb: t}
	opts := web.Options{
		Types:   types(),
		BaseURL: "https://openloop.example",
		MaxBody: 64 << 10,
		Authenticate: func(_ context.Context, secret string) (auth.Principal, error) {
			role, ok := map[string]auth.Role{"hl_sk_admin": auth.Admin, "hl_sk_developer": auth.Developer, "hl_sk_member": auth.Member}[secret]
			if !ok {
				return auth.Principal{}, errs.New(errs.GatewayKeyInvalid, "The API key is not known.")
			}
			return auth.Principal{KeyID: "key_" + string(role), Role: role}, nil
		},
		Logger:  slog.New(slog.NewTextHandler(&h.log, nil)),
		Observe: func(o web.Observation) { h.seen = append(h.seen, o) },
		Now:     func() time.Time { return time.UnixMilli(1_700_000_000_000) },
	}
	for _, c := range change {
		c(&opts)
	}
	s, err := web.New(h.routes(), opts)
	if err != nil {
		t.Fatal(err)
	}
	h.Server = s
	return h
}

func (h *harness) routes() []web.Route {
	return []web.Route{
		{Method: "POST", Path: "/v5/prompts/call", ID: "prompts.call", Summary: "Call a Prompt", Tag: "Prompts", Role: auth.Member, Op: web.CallOrStream(web.Streaming[callInput, *file, delta]{
			Wanted: func(in *callInput) bool { return in.Body.Stream },
			Call: func(ctx context.Context, in *callInput) (*file, error) {
				h.got = in
				if h.call != nil {
					return nil, h.call(ctx)
				}
				return &file{ID: "log_1", Name: "done"}, nil
			},
			Stream: func(ctx context.Context, _ *callInput) iter.Seq2[delta, error] {
				return func(yield func(delta, error) bool) { h.stream(ctx, yield) }
			},
			AppendError: func(dst []byte, last delta, d *errs.Detail) []byte {
				raw, _ := json.Marshal(d)
				dst = ascii.AppendString(append(dst, `{"output":"","after":`...), last.Output)
				dst = ascii.AppendString(append(dst, `,"error":`...), d.Message)
				return append(append(append(dst, `,"detail":`...), raw...), '}')
			},
			Done: true,
		})},
		{Method: "GET", Path: "/v5/prompts", ID: "prompts.list", Summary: "List Prompts", Tag: "Prompts", Role: auth.Member, Op: web.JSON(func(_ context.Context, in *listInput) (*page[file], error) {
			h.got = in
			return &page[file]{Page: in.Page}, nil
		})},
		{Method: "GET", Path: "/v5/prompts/{id}", ID: "prompts.get", Summary: "Get a Prompt", Tag: "Prompts", Role: auth.Member, Op: web.JSON(func(ctx context.Context, in *getInput) (*file, error) {
			h.got = in
			return &file{ID: in.ID, Name: auth.From(ctx).KeyID}, nil
		})},
		{Method: "POST", Path: "/v5/prompts", ID: "prompts.upsert", Summary: "Create or update a Prompt", Tag: "Prompts", Role: auth.Developer, Op: web.Created(func(_ context.Context, in *struct {
			Body promptBody `body:"json"`
		}) (*promptBody, error) {
			h.got = in
			return &in.Body, nil
		})},
		{Method: "DELETE", Path: "/v5/prompts/{id}/environments/{env}", ID: "prompts.undeploy", Summary: "Remove a Deployment", Tag: "Prompts", Role: auth.Developer, Op: web.NoContent(func(_ context.Context, in *deployInput) error {
			h.got = in
			return nil
		})},
		{Method: "POST", Path: "/v5/notes", ID: "notes.add", Summary: "Add a note", Tag: "Notes", Role: auth.Admin, Op: web.NoContent(func(_ context.Context, in *noteInput) error {
			h.got = in
			return nil
		})},
		{Method: "POST", Path: "/v5/upload", ID: "upload", Summary: "Upload", Tag: "Notes", Role: auth.Member, Op: web.Text(func(_ context.Context, in *uploadInput) (string, error) {
			return in.Type + " " + string(in.Data), nil
		})},
		{Method: "GET", Path: "/health", ID: "health", Summary: "Health", Tag: "System", Op: web.Text(func(context.Context, *struct{}) (string, error) { return "ok\n", nil })},
		{Method: "GET", Path: "/ui/{rest...}", ID: "ui", Hidden: true, Op: web.Handler(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "ui:"+r.PathValue("rest"))
		})},
		{Method: "POST", Path: "/raw", ID: "raw", Hidden: true, Role: auth.Member, Op: web.Handler(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.ReadAll(r.Body); err != nil {
				web.Fail(w, r, err)
				return
			}
			web.Fail(w, r, h.call(r.Context()))
		})},
	}
}

// do sends a request with a member's key directly to the handler.
func (h *harness) do(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(h.tb.Context(), method, target, strings.NewReader(body))
	r.Header.Set("X-Api-Key", "hl_sk_admin")
	r.Header.Set("X-Request-Id", "req_test")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Del(headers[i])
		if headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func newPost(t testing.TB, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "POST", testCall, strings.NewReader(body))
	r.Header.Set("X-Api-Key", "hl_sk_admin")
	r.Header.Set("Content-Type", "application/json")
	return r
}

// TestAPlaceIsNamedWithItsPartOfTheRequest has an operation that refuses values of its path, its query and its body alike, and a provider
// that names a place of its own.
func TestAPlaceIsNamedWithItsPartOfTheRequest(t *testing.T) {
	type input struct {
		ID   string   `path:"id"`
		Page int      `query:"page"`
		Body struct{} `body:"json"`
	}
	provider := &errs.Error{Reason: errs.InvalidRequest, Message: "m", Origin: "OpenAI", Violations: []errs.Violation{{Loc: []any{"page"}, Message: "m"}}}
	for name, c := range map[string]struct {
		err  error
		want []any
	}{
		"path":           {errs.Invalid("m", "id"), []any{"path", "id"}},
		"query":          {errs.Invalid("m", "page"), []any{"query", "page"}},
		"body":           {errs.Invalid("m", "tools", 0), []any{"body", "tools", 0.0}},
		"the whole body": {errs.Invalid("m"), []any{"body"}},
		"a provider's":   {provider, []any{"page"}},
	} {
		s, err := web.New([]web.Route{{Method: "POST", Path: "/a/{id}", ID: "a", Op: web.NoContent(func(context.Context, *input) error { return c.err })}}, web.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST", "/a/1", strings.NewReader(`{}`)))
		var got struct {
			Detail struct {
				Errors []struct {
					Loc []any `json:"loc"`
				} `json:"errors"`
			} `json:"detail"`
		}
		if err := json.UnmarshalForeign(w.Body.Bytes(), &got); err != nil || len(got.Detail.Errors) != 1 {
			t.Fatalf("%s: %v, %s", name, err, w.Body)
		}
		if d := cmp.Diff(c.want, got.Detail.Errors[0].Loc); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
