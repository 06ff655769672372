package mcpclient

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// session is a session with a server. One caller has it at a time.
type session struct {
	key    string
	sdk    *sdk.ClientSession
	now    func() time.Time
	origin string // the host of the server
	timer  *time.Timer

	functions []Function
	readAt    time.Time // of functions
}

// key identifies what a session can be used for again.
func (e *Endpoint) key() string {
	var b strings.Builder
	b.WriteString(e.URL.String())
	_ = e.Header.Write(&b) // sorted by name; a builder does not fail
	return b.String()
}

// open begins a session. What it does later is bound to the contexts of its calls, and not to ctx.
func (c *Client) open(ctx context.Context, at *Endpoint) (*session, error) {
	client := *c.o.HTTP
	client.Timeout = 0 // callTime is the limit
	client.Transport = &wire{next: c.o.HTTP.Transport, origin: origin(at.URL), header: at.Header}
	client.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		err := c.o.HTTP.CheckRedirect(r, via)
		observedOf(r.Context()).note(0, err)
		return err
	}
	own := &sdk.Implementation{Name: "openloop", Title: "Openloop", Version: c.o.Version}
	asks := sdk.NewClient(own, &sdk.ClientOptions{Capabilities: &sdk.ClientCapabilities{}})
	s, err := asks.Connect(ctx, &sdk.StreamableClientTransport{Endpoint: at.URL.String(), HTTPClient: &client, MaxRetries: 2, DisableStandaloneSSE: true}, nil)
	if err != nil {
		return nil, err
	}
	return &session{key: at.key(), sdk: s, now: c.o.Now, origin: at.URL.Hostname()}, nil
}

// read lists the functions of the server.
func (s *session) read(ctx context.Context) error {
	var all []Function
	params := new(sdk.ListToolsParams)
	for range maxPages {
		page, err := s.sdk.ListTools(ctx, params)
		if err != nil {
			return err
		}
		for _, t := range page.Tools {
			f, err := s.function(t)
			if err != nil {
				return err
			}
			all = append(all, f)
		}
		if params.Cursor = page.NextCursor; params.Cursor == "" {
			s.functions, s.readAt = all, s.now()
			return nil
		}
		if len(all) > maxFunctions {
			break
		}
	}
	return s.failed("%s has more than %d functions, or its list of them does not end.", s.origin, maxFunctions)
}

func (s *session) function(t *sdk.Tool) (Function, error) {
	schema, err := json.Marshal(t.InputSchema)
	if err != nil || json.Kind(schema) != '{' {
		return Function{}, s.failed("%s has a function %q whose parameters are no JSON Schema.", s.origin, errs.Clean(t.Name, maxShown))
	}
	return Function{Name: t.Name, Description: t.Description, Parameters: schema}, nil
}

// maxShown is the most characters of a foreign name in a message.
const maxShown = 64

// expect makes sure that the server has the function f as it is known here.
func (s *session) expect(ctx context.Context, f *Function) error {
	fresh := s.now().Sub(s.readAt) >= listTime
	if fresh {
		if err := s.read(ctx); err != nil {
			return err
		}
	}
	if s.has(f) {
		return nil
	}
	if !fresh {
		if err := s.read(ctx); err != nil || s.has(f) {
			return err
		}
	}
	return errs.New(errs.ToolChanged, "The function %q of %s is gone, or has other parameters than this version of the Tool. Save the Tool again to use it as it is now.",
		errs.Clean(f.Name, maxShown), s.origin)
}

func (s *session) has(f *Function) bool {
	want, err := json.Canonical(f.Parameters)
	for i := range s.functions {
		if s.functions[i].Name == f.Name && err == nil {
			got, err := json.Canonical(s.functions[i].Parameters)
			return err == nil && string(got) == string(want)
		}
	}
	return false
}

func (s *session) call(ctx context.Context, name string, arguments json.Value) (string, error) {
	result, err := s.sdk.CallTool(ctx, &sdk.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		return "", err
	}
	text, err := textOf(result)
	switch {
	case err != nil:
		return "", err
	case len(text) > maxText:
		return "", s.failed("%s answered more than %d KiB.", s.origin, maxText>>10)
	case result.IsError && strings.TrimSpace(text) == "":
		return "", s.failed("%s says that the call failed, and not why.", s.origin)
	case result.IsError:
		return "", s.failed("%s", errs.Clean(text, errs.MaxMessage))
	}
	return text, nil
}

// textOf joins the parts of a result by lines: texts as they are, and others as JSON. A result without parts is what it holds as structure.
func textOf(r *sdk.CallToolResult) (string, error) {
	var parts []string
	for _, c := range r.Content {
		if text, ok := c.(*sdk.TextContent); ok {
			parts = append(parts, strings.ToValidUTF8(text.Text, "\uFFFD"))
			continue
		}
		raw, err := c.MarshalJSON()
		if err != nil {
			return "", fmt.Errorf("content of a result: %w", err)
		}
		parts = append(parts, string(raw))
	}
	if parts == nil && r.StructuredContent != nil {
		raw, err := json.Marshal(r.StructuredContent)
		return string(raw), err
	}
	return strings.Join(parts, "\n"), nil
}

// failed is an error that the server is the origin of.
func (s *session) failed(format string, args ...any) error { return failed(s.origin, format, args...) }

func failed(origin, format string, args ...any) error {
	return errs.New(errs.ToolFailed, format, args...).With(func(e *errs.Error) { e.Origin = origin })
}
